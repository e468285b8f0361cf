package gate

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/view"
)

// Lines walk through whole lines to those that hold a literal.
type Lines struct {
	gate   *Gate
	walk   Walk
	view   *view.Line
	lines  []byte
	hidden view.Hidden
	bare   bool // see Known
}

// Lines returns a walk through whole lines that has not begun. v is to look with; its content is not kept. ahead is what is known of
// bytes that the lines may lie in; nil: nothing is.
func (g *Gate) Lines(p []byte, v *view.Line, ahead *Ahead) Lines {
	literals, hidden := ahead.of(p)
	l := Lines{gate: g, walk: g.Walk(p), view: v, lines: p, hidden: view.NewHiddenMarked(p, hidden)}
	l.walk.marks = literals
	return l
}

// Next returns where the first line begins, from the beginning of one on, that holds a literal, or
// the end of the lines. A literal may be hidden by escape sequences in it, or in an object of JSON, so that lines with such are
// looked at without them. The place is not in front of the last one that was asked for.
func (l *Lines) Next(at int) int {
	l.bare = true
	for at < len(l.lines) {
		to := l.hidden.Next(at)
		if i := l.walk.Find(at); i >= 0 && i < to {
			return at + bytes.LastIndexByte(l.lines[at:i], '\n') + 1
		}
		if to == len(l.lines) {
			return to
		}
		at += bytes.LastIndexByte(l.lines[at:to], '\n') + 1
		end := at + bytes.IndexByte(l.lines[at:], '\n') + 1
		if l.holds(l.lines[at:end]) {
			return at
		}
		at, l.bare = end, false
	}
	return at
}

// holds reports whether a line holds a literal, hidden or not: in any of its frames, each of which may be an object.
func (l *Lines) holds(line []byte) bool {
	if l.gate.Find(line) >= 0 {
		return true
	}
	for n := 0; view.Hides(line); line = line[n:] {
		if n, _ = view.FrameLen(line, 0); n == 0 {
			n = len(line)
		}
		if l.gate.Find(l.view.Bare(line[:n])) >= 0 {
			return true
		}
	}
	return false
}

// Known is what is known of the lines in front of the one that was found last, from where it was looked for.
func (l *Lines) Known() view.Promise {
	if l.bare {
		return view.Bare
	}
	return view.NoLiteral
}
