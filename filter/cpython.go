// Package cpython knows the lines that CPython 3.8 to 3.14 prints of exceptions
// and warnings; see Python/traceback.c, Python/errors.c and Lib/warnings.py. Each
// of its writes is one write(2) (seen with strace); testdata/captures/more/README.md
// has the list.
package filter

import (
	"bytes"
	"regexp"
)

const (
	// ignored begins what sys.unraisablehook prints.
	ignored = "Exception ignored "
	// tracebackHead is the first line of a traceback.
	tracebackHead = "Traceback (most recent call last):"
	// frameIndent is how many spaces stand in front of a frame, and of the source
	// line of a warning.
	frameIndent = 2
	// sourceIndent is how many stand in front of the source line of a frame.
	sourceIndent = 4
)

var (
	// ignoredHead is "Exception ignored in: " and its relatives: "… in
	// thread started by: ", "… on threading shutdown ", "… while calling
	// deallocator ".
	ignoredHead = regexp.MustCompile(`^Exception ignored (?:in|on|while)(?: [a-z_.]+)*(?:: ?| |$)`)
	bareFrame   = regexp.MustCompile(`^(?:File "[^"]*", line \d+(?:, in \S.*)?$|\[Previous line repeated \d+ more times?\]$)`)
	errorLine   = regexp.MustCompile(`^(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit|Iteration|Warning|error)(?::.*)?$`)
	warningLine = regexp.MustCompile(`^(.+?):\d+: (\w[\w.]*): (.*)$`)
)

// ignoredLen is the length of what stands in front of the object, in a line that
// begins with Ignored; 0: it is no such line.
func ignoredLen(text []byte) int { return len(ignoredHead.Find(text)) }

// isHead reports whether a line is the head of a traceback.
func isHead(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte(tracebackHead))
	return ok && len(bytes.TrimRight(rest, " ")) == 0
}

// isFrame reports whether a text, without its indent, is
// `File "PATH", line N, in FUNCTION`.
func isFrame(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte(`File "`))
	_, rest, found := bytes.Cut(rest, []byte(`", line `))
	in := bytes.TrimLeft(rest, "0123456789")
	return ok && found && len(in) < len(rest) && bytes.HasPrefix(in, []byte(", in ")) && len(in) > len(", in ")
}

// isBareFrame reports whether a text, without its indent, is any line that is
// indented as a frame is: a SyntaxError names no function, and a recursion is cut
// short.
func isBareFrame(text []byte) bool { return bareFrame.Match(text) }

// isError reports whether a line may be the last of a traceback: a class that is
// named as exceptions are, and its message.
func isError(text []byte) bool { return errorLine.Match(text) }

// isMarks reports whether a text is nothing but what is drawn below a source line.
func isMarks(text []byte) bool { return len(bytes.Trim(text, "^~ ")) == 0 }

// warningParts takes the first line of a warning apart: "PATH:LINE: CATEGORY: MESSAGE".
func warningParts(text []byte) (path, category, message []byte, ok bool) {
	m := warningLine.FindSubmatch(text)
	if m == nil {
		return nil, nil, nil, false
	}
	return m[1], m[2], m[3], true
}
