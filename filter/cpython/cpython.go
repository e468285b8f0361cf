// Package cpython knows the lines that CPython 3.8 to 3.14 prints of exceptions
// and warnings; see Python/traceback.c, Python/errors.c and Lib/warnings.py. Each
// of its writes is one write(2) (seen with strace); testdata/captures/more/README.md
// has the list.
package cpython

import (
	"bytes"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const (
	// Ignored begins what sys.unraisablehook prints.
	Ignored = "Exception ignored "
	// TracebackHead is the first line of a traceback.
	TracebackHead = "Traceback (most recent call last):"
	// FrameIndent is how many spaces stand in front of a frame, and of the source
	// line of a warning.
	FrameIndent = 2
	// SourceIndent is how many stand in front of the source line of a frame.
	SourceIndent = 4
)

var (
	repeated = lazyregexp.New(`^\[Previous line repeated \d+ more times?\]$`)
	chain    = lazyregexp.New(`^(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):$`)
)

// IgnoredLen is the length of what stands in front of the object, in a line that
// begins with Ignored; 0: it is no such line.
//
// It is `Exception ignored (?:in|on|while)(?: [a-z_.]+)*(?:: ?| |$)`: "Exception ignored in: " and
// its relatives, "… in thread started by: ", "… on threading shutdown ", "… while calling deallocator ".
func IgnoredLen(text []byte) int {
	rest, ok := bytes.CutPrefix(text, []byte(Ignored))
	if !ok {
		return 0
	}
	for _, word := range []string{"in", "on", "while"} {
		if after, ok := bytes.CutPrefix(rest, []byte(word)); ok {
			if n := wordsLen(after); n >= 0 {
				return len(text) - len(after) + n
			}
		}
	}
	return 0
}

// wordsLen is the length of the words that a text begins with, each with a space in front, and of
// what ends them: a colon, and a space, or the end of the text; -1: nothing does.
func wordsLen(text []byte) int {
	best, at := -1, 0
	for {
		switch {
		case at == len(text):
			return at
		case text[at] == ':':
			return min(len(text), at+1+min(1, bytes.Count(text[at+1:min(len(text), at+2)], []byte(" "))))
		case text[at] != ' ':
			return best
		}
		best = at + 1
		word := text[at+1:]
		n := len(word) - len(bytes.TrimLeft(word, "abcdefghijklmnopqrstuvwxyz_."))
		if n == 0 {
			return best
		}
		at += 1 + n
	}
}

// IsHead reports whether a line is the head of a traceback.
func IsHead(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte(TracebackHead))
	return ok && len(bytes.TrimRight(rest, " ")) == 0
}

// IsFrame reports whether a text, without its indent, is
// `File "PATH", line N, in FUNCTION`.
func IsFrame(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte(`File "`))
	if !ok {
		return false
	}
	_, rest, found := bytes.Cut(rest, []byte(`", line `))
	in := bytes.TrimLeft(rest, "0123456789")
	return found && len(in) < len(rest) && bytes.HasPrefix(in, []byte(", in ")) && len(in) > len(", in ")
}

// IsBareFrame reports whether a text, without its indent, is any line that is
// indented as a frame is: a SyntaxError names no function, and a recursion is cut
// short.
//
// It is `^(?:File "[^"]*", line \d+(?:, in \S.*)?$|\[Previous line repeated \d+ more times?\]$)`, read by hand, since each line behind an open
// block is asked.
func IsBareFrame(text []byte) bool {
	if len(text) == 0 || text[0] != 'F' {
		return len(text) > 0 && text[0] == '[' && repeated.Match(text)
	}
	rest, ok := bytes.CutPrefix(text, []byte(`File "`))
	_, rest, closed := bytes.Cut(rest, []byte(`"`))
	number, found := bytes.CutPrefix(rest, []byte(`, line `))
	in := bytes.TrimLeft(number, "0123456789")
	if !ok || !closed || !found || len(in) == len(number) {
		return false
	}
	name, ok := bytes.CutPrefix(in, []byte(", in "))
	return len(in) == 0 || ok && len(name) > 0 && !isSpace(name[0]) && bytes.IndexByte(name, '\n') < 0
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' && c != '\v' }

// IsError reports whether a line may be the last of a traceback: a class that is
// named as exceptions are, and its message: ErrorLine, read by hand, since each line behind an open block is asked.
func IsError(text []byte) bool {
	name, message, _ := bytes.Cut(text, []byte(":"))
	if !isErrorName(name) || bytes.IndexByte(message, '\n') >= 0 {
		return false
	}
	was := byte('.')
	for _, c := range name {
		if c == '.' && was == '.' || c != '.' && !isWord(c) {
			return false
		}
		was = c
	}
	return true
}

// ErrorLine is what IsError finds.
const ErrorLine = `^(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit|Iteration|Warning|error)(?::.*)?$`

// isErrorName reports whether a name ends as those of exceptions do.
func isErrorName(name []byte) bool {
	for _, end := range [...]string{"Error", "Exception", "Interrupt", "Exit", "Iteration", "Warning", "error"} {
		if bytes.HasSuffix(name, []byte(end)) {
			return true
		}
	}
	return false
}

// IsChain reports whether a line is what CPython writes between an exception and one
// that came of it; Lib/traceback.py, _cause_message and _context_message.
func IsChain(text []byte) bool {
	return len(text) > 0 && (text[0] == 'D' || text[0] == 'T') && chain.Match(text)
}

// Marks are what is drawn below a source line: carets, and since 3.11 tildes where
// the carets point out the operator or the call in what they stand below. Which
// Python draws them, and where, is not for rules to say: 3.8 to 3.10 draw none, 3.11
// and 3.12 draw them unless they would stand below all of the line, 3.13 and 3.14 in
// uncaught exceptions only, 3.15 everywhere.
const Marks = "^~"

// IsMarks reports whether a text is nothing but what is drawn below a source line.
func IsMarks(text []byte) bool { return len(bytes.Trim(text, Marks+" ")) == 0 }

// Columns is how wide a text is drawn at most: CPython counts a character of East
// Asian width as two columns, and UTF-8 has three bytes and more for each of them.
func Columns(text []byte) (n int) {
	for _, c := range text {
		switch {
		case c < utf8.RuneSelf, c >= 0xc0 && c < 0xe0:
			n++
		case c >= 0xe0:
			n += 2
		}
	}
	return n
}

// elided stands for lines of a statement that are left out: since 3.13 a statement
// is shown whole, if it is not long.
var elided = lazyregexp.New(`^\.{3}<\d+ lines>\.{3}$`)

// IsElided reports whether a text, without its indent, stands for lines of a
// statement that are left out.
func IsElided(text []byte) bool { return elided.Match(text) }

// Unclosed is how many brackets are open behind a source line, if so many were in
// front of it: a statement goes on in the next line as long as one is.
func Unclosed(open int, line []byte) int {
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			return open
		case c == '(', c == '[', c == '{':
			open++
		case c == ')', c == ']', c == '}':
			open = max(0, open-1)
		}
	}
	return open
}

// WarningParts takes the first line of a warning apart: "PATH:LINE: CATEGORY: MESSAGE". The path is
// as short as can be; it is `^(.+?):\d+: (\w[\w.]*): (.*)$`.
func WarningParts(text []byte) (path, category, message []byte, ok bool) {
	for at := 1; at < len(text); at++ {
		i := bytes.IndexByte(text[at:], ':')
		if i < 0 {
			break
		}
		at += i
		rest := text[at+1:]
		digits := len(rest) - len(bytes.TrimLeft(rest, "0123456789"))
		if rest, ok = bytes.CutPrefix(rest[digits:], []byte(": ")); digits == 0 || !ok {
			continue
		}
		word := wordLen(rest)
		if message, ok = bytes.CutPrefix(rest[word:], []byte(": ")); word > 0 && ok {
			return text[:at], rest[:word], message, true
		}
	}
	return nil, nil, nil, false
}

// wordLen is the length of a name that a text begins with, which may have dots in it.
func wordLen(text []byte) (n int) {
	for n < len(text) && (text[n] == '.' && n > 0 || isWord(text[n])) {
		n++
	}
	return n
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// MaxRepr bounds how long the repr of an object is, or a line that names a frame, that is looked at.
const MaxRepr = 4 << 10
