package tally

import (
	"bytes"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A Raised exception is a traceback that passes and has not ended.
type Raised struct {
	inner, own string // its last frame so far, and the last in the user's own code
	group      bool   // it is an ExceptionGroup: each line has "+" or "|" in front
	said       bool   // of a group: the exception was named, and what follows is its message
}

// groupHead is the first line of an ExceptionGroup (PEP 654), behind "  + ".
const groupHead = "Exception Group " + cpython.TracebackHead

// withoutMarks is a line of an ExceptionGroup without what is drawn in front of it.
func withoutMarks(text []byte) []byte {
	rest := bytes.TrimLeft(text, " ")
	if len(rest) == 0 || rest[0] != '|' && rest[0] != '+' {
		return text
	}
	return bytes.TrimPrefix(rest[1:], []byte(" "))
}

// notOwn is what the path of code holds that is not the user's: what is installed,
// and what comes with Python.
var notOwn = lazyregexp.New(`[/\\](?:site|dist)-packages[/\\]|[/\\]lib[/\\]python\d[\d.]*[/\\]|[/\\]Lib[/\\]\w+\.py$|^<`)

// frame takes in a line of the traceback that may be a frame. The number of its line
// is left out: it is another after each change above it.
func (r *Raised) frame(text []byte) {
	if len(text) > cpython.MaxRepr || !cpython.IsFrame(text) {
		return
	}
	path, function, _ := strings.Cut(strings.TrimPrefix(string(text), `File "`), `", line `)
	_, function, _ = strings.Cut(strings.TrimRight(function, " "), ", in ")
	r.inner = function + " (" + path[strings.LastIndexAny(path, `/\`)+1:] + ")"
	if !notOwn.MatchString(path) {
		r.own = r.inner
	}
}

// where says which code has raised it.
func (r *Raised) where() string {
	if r.own == "" || r.own == r.inner {
		return r.inner
	}
	return r.inner + ", " + r.own
}
