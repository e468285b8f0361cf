package view

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// What collectors write in front of lines may be anything: the name of a machine and a colon (pdsh, Packer, Vagrant), a
// job and a tab (GNU parallel --tag), a time in a form of their own. Such a prefix is known by what stands behind
// it: pyinfra begins each run with the same lines, and whatever is in front of one of these, and is not
// pyinfra's own, is in front of all lines of the run.
//
// Figures in it may count, or be a time: then two of these lines differ in them. A prefix is learnt as it
// stands, and its figures are of any value once they were seen to differ, or if they are a time of day; they do not tell writers apart then.
// Beside them the words of a calendar may change, and half a day. It may have a number of its own for each line, in
// hexadecimal figures: then the lines of one run differ in it, where those of two would begin with the same line.

const (
	// longestLearnt bounds a prefix that is learnt, in bytes, and maxLearnt how many are remembered: the last ones.
	longestLearnt = 120
	maxLearnt     = 16
)

// beginnings are the lines that a run of pyinfra begins with, whole.
var beginnings = [][]byte{[]byte("--> Loading config..."), []byte("--> Loading inventory..."), []byte("--> Connecting to hosts...")}

// A learnt is a prefix that was seen in front of one of beginnings.
type learnt struct {
	text    string // as it stood there
	figures bool   // its figures are of any value, and the words of a calendar
	ids     bool   // and its hexadecimal numbers
	first   int    // in front of which of beginnings it was seen first
}

// learn takes the text for what it teaches: whether one of beginnings ends it.
func (v *Line) learn() {
	if pyinfra.Phase(v.Text) != "" && len(v.key) == 0 {
		v.margin = margin{edge: true}
		v.taught = slices.DeleteFunc(v.taught, learnt.isIndent)
		return
	}
	v.margin.check(v.Text, len(v.key) == 0)
	if !bytes.HasSuffix(bytes.TrimRight(v.Text, " "), []byte("...")) { // as all of them end
		return
	}
	arrow := bytes.LastIndex(v.Text, []byte("--> "))
	if arrow <= 0 || arrow > longestLearnt {
		return
	}
	header := slices.IndexFunc(beginnings, func(b []byte) bool { return bytes.Equal(bytes.TrimRight(v.Text[arrow:], " "), b) })
	if header < 0 {
		return
	}
	prefix := v.Text[:arrow]
	if isIndent := len(v.key) == 0 && v.margin.take(prefix, header); !isIndent && !mayBePrefix(prefix) {
		return
	}
	for i := range v.taught {
		l := &v.taught[i]
		if n := l.match(v.Text); n == arrow {
			return
		}
		if like := (learnt{text: l.text, figures: true}); like.match(v.Text) == arrow {
			l.figures = true
			return
		}
		if like := (learnt{text: l.text, figures: true, ids: true}); header > l.first && like.match(v.Text) == arrow {
			l.figures, l.ids = true, true
			return
		}
	}
	if len(v.taught) == maxLearnt {
		v.taught = slices.Delete(v.taught, 0, 1)
	}
	v.taught = append(v.taught, learnt{text: string(prefix), figures: isCounted(prefix) || isTimed(prefix), first: header})
}

// mayBePrefix reports whether a text is one that something may write in front of all lines: it ends apart from
// them, has something to be seen in it, and is not what pyinfra writes in front of what a host prints.
func mayBePrefix(text []byte) bool {
	last := text[len(text)-1]
	switch {
	case isWordByte(last) || bytes.IndexByte([]byte("\"'`($"), last) >= 0 || bytes.Contains(text, []byte("-->")):
		return false
	case len(bytes.TrimSpace(text)) == 0: // spaces may be a torn indent; nobody writes a tab for one
		return last == '\t'
	}
	return (!isHosts(text) || isCounted(text)) && !isPiece(text)
}

// isHosts reports whether a text is what pyinfra writes in front of what a host prints, perhaps several times: the host prints what another run says of its own.
func isHosts(text []byte) bool {
	for n := -1; n != 0; text = text[n:] {
		n = pyinfra.HostLen(text)
	}
	return len(text) == 0
}

// A margin is what is known of how far a text is indented as a whole, as in a list, or an answer that quotes it. A torn block
// may leave spaces in front of one header of pyinfra's; in front of another one as well there are as many only there.
type margin struct {
	edge   bool // a header has begun at the left edge: then what is indented is only quoted
	spaces int  // so many were in front of the header that was seen last; 0: there were others, or none
	header int  // which of beginnings that was; it may be looked at several times
}

// check takes in a line behind a header that was indented: one that begins further left, or that somebody else has written, shows that the text as a
// whole is not.
func (m *margin) check(text []byte, bare bool) {
	if m.spaces > 0 && (!bare || len(text) > 0 && SkipSpaces(text) < m.spaces) {
		m.spaces = 0
	}
}

// take takes in what stands in front of one of beginnings, and reports whether it is an indent of all lines. A single space is none: carets of a
// torn block leave such.
func (m *margin) take(prefix []byte, header int) bool {
	n := SkipSpaces(prefix)
	switch {
	case n != len(prefix) || n < 2 || m.edge:
		m.spaces = 0
	case n == m.spaces && header != m.header:
		return true
	default:
		m.spaces, m.header = n, header
	}
	return false
}

// isIndent reports whether it is spaces only.
func (l learnt) isIndent() bool { return strings.Trim(l.text, " ") == "" }

// isCounted reports whether a text is what Drone writes in front of a line: the name of a step, and the number of the line, in
// brackets (https://github.com/drone/drone-cli/blob/master/drone/exec/exec.go). In front of a header of pyinfra it is no host's.
func isCounted(text []byte) bool {
	rest, ok := bytes.CutSuffix(text, []byte("] "))
	colon := bytes.LastIndexByte(rest, ':')
	return ok && text[0] == '[' && colon > 1 && colon < len(rest)-1 && figuresLen(rest[colon+1:]) == len(rest)-colon-1
}

// isPiece reports whether a text may be a piece of what CPython prints of an exception, which writes it in several. In
// a torn block such pieces stand in front of pyinfra's lines; they are not to be taken for what stands in front of all.
func isPiece(text []byte) bool {
	word := bytes.Trim(text, " ")
	object := bytes.HasSuffix(text, []byte(">")) && bytes.IndexByte(text, '<') >= 0 // its end, behind another piece
	return object || isSource(text) || bytes.IndexByte([]byte(":<^~"), word[0]) >= 0 || bytes.IndexByte([]byte(")^~"), text[len(text)-1]) >= 0 ||
		bytes.Contains(text, []byte(cpython.Ignored)) || cpython.IsHead(word) || bytes.HasPrefix(word, []byte(`File "`)) || cpython.IsError(word)
}

// isSource reports whether a text may be a line of a program's source, as CPython shows it below a frame: indented by four spaces, which it writes apart, so
// that they may be torn off. What is indented and in front of all lines is a name or a number, with something behind it that parts it from them: Vagrant's
// "    default: ", the numbers of cat -n.
func isSource(text []byte) bool {
	words, end := bytes.Fields(text), bytes.TrimRight(text, " ")
	inWord := isWordByte(end[len(end)-1]) && figuresLen(words[0]) < len(words[0])
	indented := SkipSpaces(text) >= len(sourceIndent)
	return isStatement(words) || calls(text) || indented && (len(words) > 2 || bytes.ContainsAny(text, `()='"`) || inWord)
}

// sourceIndent is what traceback.c and traceback.py of CPython write in front of a line of source.
const sourceIndent = "    "

// isStatement reports whether words begin as a statement of Python does, or assign something.
func isStatement(words [][]byte) bool {
	return len(words) > 1 && (slices.Contains(statements, string(words[0])) || string(words[1]) == "=")
}

// statements begin those that have something behind them.
var statements = []string{"assert", "await", "class", "def", "del", "elif", "for", "from", "if", "import", "match", "raise", "return", "while", "with", "yield"}

// calls reports whether a bracket opens behind a word, as in a call.
func calls(text []byte) bool {
	for i, c := range text {
		if c == '(' && i > 0 && isWordByte(text[i-1]) {
			return true
		}
	}
	return false
}

func isWordByte(c byte) bool {
	return c == '_' || isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// undressLearnt takes a prefix off that was learnt.
func (v *Line) undressLearnt() {
	for i := len(v.taught) - 1; i >= 0; i-- {
		l := &v.taught[i]
		n := l.match(v.Text)
		if len(v.Text) == 0 && l.isIndent() { // nobody indents an empty line
			n = 0
		} else if n <= 0 {
			continue
		}
		v.key = append(append(v.key, "learnt "...), l.text...)
		v.key = append(v.key, '\n')
		if n > 0 {
			v.Prefix = v.After(n - 1)
			v.Cut(n)
		}
		return
	}
}

// LearnAs has the view know the prefixes that another one has learnt, and no others: to look again at lines that it has looked at.
func (v *Line) LearnAs(other *Line) {
	v.taught, v.margin = append(v.taught[:0], other.taught...), other.margin
}

// Learnt is what lines leave behind for those below, in some form: what was learnt of what stands in front of them, and which texts
// in objects go on.
func (v *Line) Learnt() string {
	return fmt.Sprintf("%v %#v %v %q", v.Narrow, v.taught, v.margin, v.parts)
}

// match returns the length of the prefix at the start of a text, or -1. A space at its end may be missing at the
// end of a line.
func (l *learnt) match(text []byte) int {
	if !l.figures {
		return literalLen(text, l.text, true)
	}
	n := 0
	for i := 0; i < len(l.text); {
		if a, b := l.alike(text, i, n); a > 0 {
			if b == 0 {
				return -1
			}
			i, n = i+a, n+b
			continue
		}
		if rest, ok := behindFigures(l.text[i:]); ok {
			i = len(l.text) - len(rest)
			n += SkipSpaces(text[n:])
			m := figuresLen(text[n:])
			if m == 0 {
				return -1
			}
			n += m
			continue
		}
		if n == len(text) && l.text[i:] == " " { // cut by an editor
			return n
		}
		if n == len(text) || text[n] != l.text[i] {
			return -1
		}
		i, n = i+1, n+1
	}
	return n
}

// behindFigures returns what stands behind the figures that a text begins with, perhaps with spaces in front of them. ok: there are some.
func behindFigures(text string) (rest string, ok bool) {
	figures := strings.TrimLeft(text, " ")
	rest = strings.TrimLeft(figures, digits)
	return rest, len(rest) < len(figures)
}
