package outcome

import (
	"bytes"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
)

// A trace is a traceback that is being read.
type trace struct {
	of    *Failure // whose it is; nil: of nobody who has said so
	start bool     // it comes from pyinfra's own start
	// ignored: Python has said that it goes on all the same.
	ignored bool
	lines   int
}

// maxTrace is how many lines a traceback may have that is read.
const maxTrace = 2000

// traceback takes in a line of a traceback at the left edge. Its last line is the
// reason: that of pyinfra which could not begin, of an exception that it has named, or
// of its death, if nothing of pyinfra's follows.
func (r *run) traceback(text []byte, at int) bool {
	t := r.trace
	if t == nil {
		if !cpython.IsHead(text) {
			return false
		}
		r.trace = &trace{ignored: r.ignored > 0 && at-r.ignored <= 1}
		return true
	}
	t.lines++
	switch {
	case isHeader(text), t.lines > maxTrace, t.of == nil && bytes.HasPrefix(text, []byte(logged+"[")):
		r.trace = nil
		return false
	case startFrame.Match(text):
		t.start = true
	case len(text) > 0 && text[0] != ' ' && !cpython.IsHead(text) && !cpython.IsMarks(text):
		r.trace = nil
		r.raised(t, shorten(text), at)
	}
	return true
}

// raised takes in the last line of a traceback.
func (r *run) raised(t *trace, text string, at int) {
	switch {
	case t.of != nil:
		t.of.Text = append(t.of.Text, text)
		t.of.Reason = text + inFile(t.of.Text[0])
	case t.start && !r.began:
		r.notBegun(text, at)
	case r.began && !t.ignored:
		r.crash, r.attentive = &Failure{Line: at, Operation: r.where, Reason: text, Text: []string{text}}, max(r.attentive, maxRest)
	}
}

// inFile is where an exception was raised, of "An exception occurred in: FILE".
func inFile(said string) string {
	if _, file, ok := strings.Cut(said, " in: "); ok {
		return " (in " + file + ")"
	}
	return ""
}
