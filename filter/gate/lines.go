package gate

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/view"
)

// Lines walk through whole lines to those that hold a literal.
type Lines struct {
	gate  *Gate
	walk  Walk
	view  *view.Line
	lines []byte
	// hidden is where, from the last place on, a sequence is first that may stand in a
	// literal; -1: look for it
	hidden int
}

// Lines returns a walk through whole lines that has not begun. v is to look with; its content is not kept.
func (g *Gate) Lines(p []byte, v *view.Line) Lines {
	return Lines{gate: g, walk: g.Walk(p), view: v, lines: p, hidden: -1}
}

// Next returns where the first line begins, from the beginning of one on, that holds a literal, or
// the end of the lines. A literal may be hidden by escape sequences in it, so that lines with such are looked at
// without them. The place is not in front of the last one that was asked for.
func (l *Lines) Next(at int) int {
	for at < len(l.lines) {
		to := l.nextHidden(at)
		if i := l.walk.Find(at); i >= 0 && i < to {
			return at + bytes.LastIndexByte(l.lines[at:i], '\n') + 1
		}
		if to == len(l.lines) {
			return to
		}
		at += bytes.LastIndexByte(l.lines[at:to], '\n') + 1
		end := at + bytes.IndexByte(l.lines[at:], '\n') + 1
		if line := l.lines[at:end]; l.gate.Find(l.view.Bare(line)) >= 0 || l.gate.Find(line) >= 0 {
			return at
		}
		at = end
	}
	return at
}

// nextHidden returns where the next escape sequence lies, or the end. It is
// remembered: most logs have none, and are not to be searched for each line.
func (l *Lines) nextHidden(at int) int {
	if l.hidden < at {
		l.hidden = len(l.lines)
		for _, begin := range [...]string{"\x1b", view.EscFigures} {
			if i := bytes.Index(l.lines[at:l.hidden], []byte(begin)); i >= 0 {
				l.hidden = at + i
			}
		}
	}
	return l.hidden
}
