package filter

import (
	"bytes"
	"regexp"
	"strings"
)

// A view is a line as matching sees it: without escape sequences, without
// the prefix that a CI system or log collector put in front, and without its
// end. It leads back to the original bytes, which are the only ones that are
// ever sent out.
type view struct {
	raw  []byte
	text []byte
	pos  []int  // pos[i] is where text[i] lies in raw
	end  int    // where the line end begins in raw; len(raw) if there is none
	move []span // escape sequences in raw that do more than colour
}

// A span is a half-open range of bytes.
type span struct{ from, to int }

// look makes v the view of raw, one line or frame. It reuses v's memory.
func (v *view) look(raw []byte) {
	*v = view{raw: raw, text: v.text[:0], pos: v.pos[:0], move: v.move[:0], end: len(raw) - endLen(raw)}
	for i := 0; i < v.end; {
		if raw[i] != esc {
			v.text = append(v.text, raw[i])
			v.pos = append(v.pos, i)
			i++
			continue
		}
		n := escapeLen(raw[i:v.end])
		if raw[i+n-1] != 'm' {
			v.move = append(v.move, span{i, i + n})
		}
		i += n
	}
	n := prefixLen(v.text)
	v.text, v.pos = v.text[n:], v.pos[n:]
}

// at returns where text[i] lies in raw; at len(text) the line end.
func (v *view) at(i int) int {
	if i < len(v.pos) {
		return v.pos[i]
	}
	return v.end
}

const esc = 0x1b

// endLen returns the length of the end of a line: LF, CR LF, or the CR of a
// frame that is overwritten, with the erasing sequence that follows it.
func endLen(raw []byte) int {
	n := len(raw)
	switch {
	case bytes.HasSuffix(raw, []byte("\r\n")):
		return 2
	case bytes.HasSuffix(raw, []byte("\n")), bytes.HasSuffix(raw, []byte("\r")):
		return 1
	}
	if i := bytes.LastIndexByte(raw, '\r'); i >= 0 && i+1 < n && eraseLen(raw[i+1:]) == n-i-1 {
		return n - i
	}
	return 0
}

// eraseLen returns the length of the sequence EL ("erase in line", ECMA-48
// 8.3.41) that b begins with, or 0.
func eraseLen(b []byte) int {
	for _, el := range [...]string{"\x1b[K", "\x1b[0K", "\x1b[1K", "\x1b[2K"} {
		if bytes.HasPrefix(b, []byte(el)) {
			return len(el)
		}
	}
	return 0
}

// escapeLen returns the length of the escape sequence (ECMA-48) that b begins
// with; b[0] is ESC. One that is cut off reaches to the end of b.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	switch b[1] {
	case '[': // CSI: parameters, intermediates, one final byte
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				return i + 1
			}
			if b[i] < 0x20 || b[i] > 0x7e {
				return i // broken: what follows is text again
			}
		}
		return len(b)
	case ']', 'P', '_', '^', 'X': // strings, ended by BEL or ST
		for i := 2; i < len(b); i++ {
			if b[i] == 0x07 {
				return i + 1
			}
			if b[i] == esc && i+1 < len(b) && b[i+1] == '\\' {
				return i + 2
			}
		}
		return 2 // not ended in this line: only the introducer is hidden
	}
	i := 1
	for i < len(b) && b[i] >= 0x20 && b[i] <= 0x2f {
		i++
	}
	return min(i+1, len(b))
}

// A prefix is what a CI system or log collector writes in front of a line.
// first and has are cheap to look at: few lines meet the expression.
type prefix struct {
	first string // characters that it can begin with; empty: any
	has   string // a text in it
	re    *regexp.Regexp
}

const digits = "0123456789"

var prefixes = []prefix{
	// RFC 3339, as GitHub, GitLab, Azure, Docker and kubectl write it; GitLab adds "00O ".
	{"[" + digits, ":", regexp.MustCompile(`^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?(?: \d\d[OE]\+?)? ?`)},
	// gh run view --log: job, step, then the line
	{"", "\t", regexp.MustCompile(`^[^\t]{1,200}\t[^\t]{1,200}\t`)},
	// docker compose: "web-1  | "
	{"", " | ", regexp.MustCompile(`^[A-Za-z0-9][\w.-]* +\| `)},
	// Jenkins Timestamper and ts(1): "12:34:56  ", "[12:34:56.789] "
	{"[" + digits, ":", regexp.MustCompile(`^\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]? {1,2}`)},
	// syslog (RFC 3164): "Nov 24 03:59:21 host pyinfra[123]: "
	{"JFMASOND", ":", regexp.MustCompile(`^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: [\w.-]+ [\w./-]+(?:\[\d+\])?:)? ?`)},
}

// length returns how much of text is this prefix; 0: it has none.
func (p *prefix) length(text []byte) int {
	if p.first != "" && strings.IndexByte(p.first, text[0]) < 0 || !bytes.Contains(text, []byte(p.has)) {
		return 0
	}
	if loc := p.re.FindIndex(text); loc != nil {
		return loc[1]
	}
	return 0
}

// prefixLen returns the length of the prefixes in front of text, at most
// three (gh writes one in front of GitHub's).
func prefixLen(text []byte) int {
	n := 0
	for range 3 {
		m := onePrefix(text[n:])
		if m == 0 {
			break
		}
		n += m
	}
	return n
}

// longestPrefix bounds where a prefix is looked for.
const longestPrefix = 500

func onePrefix(text []byte) int {
	if len(text) == 0 || text[0] == ' ' || text[0] == '-' || text[0] == '^' {
		return 0 // what nearly every line begins with
	}
	text = text[:min(len(text), longestPrefix)]
	for i := range prefixes {
		if n := prefixes[i].length(text); n > 0 {
			return n
		}
	}
	return 0
}
