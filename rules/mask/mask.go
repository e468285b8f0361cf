// Package mask tells what varies in a line of text (times, numbers, addresses, hosts, paths) from
// what does not. It knows nothing of rules.
package mask

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A Piece is a run of a line: text that is the same each time, or something
// that varies, such as a number or a path.
type Piece struct {
	Text string
	// Pattern is an expression, in regexp2's syntax, that matches Text and what
	// may stand in its place another time. Of text that is the same it is the text
	// itself, quoted.
	Pattern  string
	Variable bool
	// Kind is of what varies; 0: of the other pieces.
	Kind Kind
	// Optional: it may be missing another time. No piece of Mask is.
	Optional bool
}

// Mask takes a line apart into what is the same each time and what varies:
// times, addresses, paths, versions, hosts, numbers and the like. The texts of
// the pieces, one after the other, are the line. What is in keep does not vary.
func Mask(line string, keep ...string) []Piece {
	m := masker{finder: finder{line: line, keep: keep}}
	m.at = m.hostPrefix()
	m.rest()
	return m.pieces
}

// Message takes a text apart that no host stands in front of, and that was seen more than once: numbers in an address in
// the web vary there.
func Message(text string) []Piece {
	m := masker{finder: finder{line: text}, again: true}
	m.rest()
	return m.pieces
}

// Expression returns the expression that matches a line which was taken apart.
func Expression(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Pattern)
	}
	return b.String()
}

// A masker collects pieces.
type masker struct {
	finder
	pieces []Piece
	plain  []byte // text that is the same each time, not yet put
	again  bool   // the text was seen more than once
}

// pyinfraHost is how pyinfra begins a line about a host; see print_prefix in
// its api/host.py. The names are padded to one width.
var pyinfraHost = lazyregexp.New(`^ *\[([^\]\s]+)\] +`)

// notHosts are found in brackets at the start of lines, and are no hosts.
var notHosts = lazyregexp.New(`(?i)^(?:debug|info|notice|note|warn|warning|err|error|fatal|critical|trace|ok|\d+|[x*+!?-]|pyinfra[._].*|pyinfra)$`)

// Host returns the name of the host in front of a line of pyinfra, and what is
// behind it. The name is empty when there is none.
func Host(line string) (name, rest string) {
	if n := len(line) - len(strings.TrimLeft(line, " ")); n == len(line) || line[n] != '[' {
		return "", line
	}
	at := pyinfraHost.FindStringSubmatchIndex(line)
	if at == nil || notHosts.MatchString(line[at[2]:at[3]]) {
		return "", line
	}
	return line[at[2]:at[3]], line[at[1]:]
}

// hostPrefix takes the name of the host in front of a line, and the spaces. It returns their length.
func (m *masker) hostPrefix() int {
	name, rest := Host(m.line)
	n := len(m.line) - len(rest)
	if name != "" {
		m.put(m.line[:n], HostPrefix, AHost)
	}
	return n
}

func (m *masker) put(text, pattern string, kind Kind) {
	m.flush()
	m.pieces = append(m.pieces, Piece{Text: text, Pattern: pattern, Variable: true, Kind: kind})
}

func (m *masker) flush() {
	if len(m.plain) > 0 {
		m.pieces = append(m.pieces, Piece{Text: string(m.plain), Pattern: Quote(string(m.plain))})
		m.plain = m.plain[:0]
	}
}

func (m *masker) same(text string) { m.plain = append(m.plain, text...) }

// rest takes the pieces of the rest of the line.
func (m *masker) rest() {
	for m.at < len(m.line) {
		f := m.next()
		m.same(m.line[f.at:f.from])
		switch {
		case f.from == f.to:
		case f.v == &number:
			m.put(m.line[f.from:f.to], numberPattern(m.line, f.from, f.to), Number)
		default:
			m.take(f.v, m.line[f.from:f.to], f.v.kind)
		}
		m.same(m.line[f.to:f.end])
	}
	m.flush()
}

// take puts what was found.
func (m *masker) take(v *varying, text string, kind Kind) {
	switch {
	case v.name == "date" && v.pattern == nil:
		m.put(text, `\d{4}`+Quote(text[4:5])+`\d\d`+Quote(text[7:8])+`\d\d`, kind)
	case v.name == "path":
		m.put(text, pathPattern(text), kind)
	case v.name == "url":
		m.url(text)
	case v.name == "quoted path":
		m.put(text, spaced.Replace(pathPattern(text)), kind)
	case v.pattern != nil:
		m.put(text, v.pattern(text), kind)
	default:
		m.same(text)
	}
}

// url puts an address in the web: its host may be another, and the rest says what the line is about. If it was seen
// more than once, numbers and ids in it are others each time.
func (m *masker) url(text string) {
	from := strings.Index(text, "://") + len("://")
	to := from + len(text[from:]) - len(strings.TrimLeft(text[from:], letters+digits+".-:@[]_"))
	m.same(text[:from])
	if host := text[from:to]; strings.ContainsAny(host, digits) {
		m.parts(host)
	} else {
		m.same(host)
	}
	if !m.again {
		m.same(text[to:])
		return
	}
	for name := range strings.SplitAfterSeq(text[to:], "/") {
		m.parts(name)
	}
}

// parts puts a part of an address.
func (m *masker) parts(text string) {
	for _, p := range Message(text) {
		if p.Variable {
			m.put(p.Text, p.Pattern, p.Kind)
		} else {
			m.same(p.Text)
		}
	}
}

// spaced lets a pattern of a path have spaces.
var spaced = strings.NewReplacer(`\S*`, `[^"]*`, `[^\s/"]+`, `[^/"]+`)

// Quote returns an expression that matches just this text, and that can stand
// in a rule file.
func Quote(text string) string {
	b := make([]byte, 0, len(text)+8)
	for _, r := range text {
		switch {
		case strings.ContainsRune(`\.+*?()|[]{}^$`, r):
			b = append(b, '\\', byte(r))
		case r >= ' ' && r < 0x7f:
			b = append(b, byte(r))
		case r == '\t':
			b = append(b, `\t`...)
		case !unicode.IsGraphic(r) || unicode.IsSpace(r):
			b = fmt.Appendf(b, `\x{%X}`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}
