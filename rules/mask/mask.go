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
	// Optional: it may be missing another time. No piece of Mask is.
	Optional bool
}

// Mask takes a line apart into what is the same each time and what varies:
// times, addresses, paths, versions, hosts, numbers and the like. The texts of
// the pieces, one after the other, are the line. What is in keep does not vary.
func Mask(line string, keep ...string) []Piece {
	var m masker
	m.keep = keep
	rest := m.hostPrefix(line)
	for at := len(line) - len(rest); at < len(line); {
		at += m.next(line, at)
	}
	m.flush()
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
	pieces []Piece
	plain  []byte // text that is the same each time, not yet put
	keep   []string
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

// hostPrefix takes the name of the host in front of a line, and the spaces.
func (m *masker) hostPrefix(line string) (rest string) {
	name, rest := Host(line)
	if name != "" {
		m.put(line[:len(line)-len(rest)], HostPrefix)
	}
	return rest
}

func (m *masker) put(text, pattern string) {
	m.flush()
	m.pieces = append(m.pieces, Piece{Text: text, Pattern: pattern, Variable: true})
}

func (m *masker) flush() {
	if len(m.plain) > 0 {
		m.pieces = append(m.pieces, Piece{Text: string(m.plain), Pattern: Quote(string(m.plain))})
		m.plain = m.plain[:0]
	}
}

func (m *masker) same(text string) int {
	m.plain = append(m.plain, text...)
	return len(text)
}

// next takes one piece, or one character, of the line; it returns its length.
func (m *masker) next(line string, at int) int {
	rest := line[at:]
	for _, k := range m.keep {
		if k != "" && strings.HasPrefix(rest, k) {
			return m.same(k)
		}
	}
	if n := m.run(rest); n > 0 {
		return n
	}
	if at == 0 || !isWord(line[at-1]) {
		if n := m.variable(line, at); n > 0 {
			return n
		}
	}
	if found := number.FindString(rest); found != "" {
		m.put(found, `\d+`)
		return len(found)
	}
	_, n := utf8.DecodeRuneInString(rest)
	return m.same(rest[:n])
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// run takes a run of one character that is drawn rather than written: spaces
// that align columns, a line of dashes.
func (m *masker) run(rest string) int {
	c := rest[0]
	if isWord(c) || c == '\t' || len(rest) < 2 || rest[1] != c {
		return 0
	}
	n := len(rest) - len(strings.TrimLeft(rest, string(c)))
	switch {
	case c == ' ':
		m.put(rest[:n], ` +`)
	case n >= 4 && c > ' ' && c < 0x7f:
		m.put(rest[:n], Quote(string(c))+`{4,}`)
	default:
		return 0
	}
	return n
}

// variable takes what varies at the start of a word.
func (m *masker) variable(line string, at int) int {
	if n := m.quotedPath(line, at); n > 0 {
		return n
	}
	for i := range variables {
		v := &variables[i]
		if strings.IndexByte(v.first, line[at]) < 0 || v.has != "" && !strings.ContainsAny(line[at:], v.has) {
			continue
		}
		found := v.re.FindStringSubmatchIndex(line[at:])
		if found == nil || v.is != nil && !v.is(line[at:at+found[1]]) {
			continue
		}
		return m.take(v, line[at:at+found[1]], found)
	}
	return 0
}

// take puts what was found, or the group in it that varies.
func (m *masker) take(v *varying, text string, found []int) int {
	switch {
	case v.name == "date":
		m.put(text, `\d{4}`+Quote(text[4:5])+`\d\d`+Quote(text[7:8])+`\d\d`)
	case v.name == "path":
		m.put(text, pathPattern(text))
	case v.pattern == nil:
		m.same(text)
	case len(found) > 2 && found[2] >= 0:
		m.same(text[:found[2]])
		m.put(text[found[2]:found[3]], v.pattern(text[found[2]:found[3]]))
		m.same(text[found[3]:])
	default:
		m.put(text, v.pattern(text))
	}
	return len(text)
}

// spaced lets a pattern of a path have spaces.
var spaced = strings.NewReplacer(`\S*`, `[^"]*`, `[^\s/"]+`, `[^/"]+`)

// quotedPath takes a path between double quotes, which may have spaces in it.
func (m *masker) quotedPath(line string, at int) int {
	if line[at] != '/' || at == 0 || line[at-1] != '"' {
		return 0
	}
	n := strings.IndexByte(line[at:], '"')
	if n <= 0 {
		return 0
	}
	m.put(line[at:at+n], spaced.Replace(pathPattern(line[at:at+n])))
	return n
}

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
