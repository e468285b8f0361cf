package spool

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/view"
)

// maxLine is how much of a line is told.
const maxLine = 16 << 10

// A text reads what a spool has kept.
type text struct{ *Spool }

// Lines goes through the lines.
func (t text) Lines(yield func(report.Line) bool) error {
	if t.err != nil {
		return fmt.Errorf("the text was not kept: %w", t.err)
	}
	a := &assembler{yield: yield, rules: t.rules}
	var room []byte
	if len(t.full) > 0 {
		room = make([]byte, t.size)
	}
	for n, s := range t.full {
		switch first := max(t.head, len(t.full)-t.tail); {
		case n >= t.head && n < first:
			continue // another one has its place
		case n == first && first > t.head:
			a.gap(t.full[t.head].line, s.line)
		}
		if _, err := t.file.ReadAt(room[:s.size], int64(s.slot)*int64(t.size)); err != nil {
			return err
		}
		if !a.segment(room[:s.size]) {
			return nil
		}
	}
	if a.segment(t.current) {
		a.end()
	}
	return nil
}

// An assembler makes lines of records. What is shown of a line that something was folded in the middle of
// comes behind that, and is one line.
type assembler struct {
	yield         func(report.Line) bool
	rules         []string
	shown, folded part
	done          bool
	view          view.Line
}

// A part is a line that has not ended.
type part struct {
	line, rule int
	text       []byte
	open       bool
	cut        int // bytes that were too many
}

// segment reads records, and reports whether more is wanted.
func (a *assembler) segment(b []byte) bool {
	for len(b) > 0 && !a.done {
		var r record
		r.line, b = number(b)
		r.rule, b = number(b)
		size := 0
		size, b = number(b)
		r.text, b = b[:size], b[size:]
		a.take(r)
	}
	return !a.done
}

func number(b []byte) (int, []byte) {
	n, size := binary.Uvarint(b)
	return int(n), b[size:]
}

func (a *assembler) take(r record) {
	to := &a.shown
	if r.rule > 0 {
		to = &a.folded
	}
	if a.folded.open && a.folded.rule != r.rule { // what was folded ends here
		a.emit(&a.folded)
	}
	for rest, line := r.text, r.line; len(rest) > 0 && !a.done; line++ {
		end := bytes.IndexByte(rest, '\n')
		piece := rest
		if end >= 0 {
			piece, rest = rest[:end], rest[end+1:]
		} else {
			rest = nil
		}
		to.add(piece, line, r.rule)
		if end >= 0 {
			a.emit(to)
		}
	}
}

func (p *part) add(piece []byte, line, rule int) {
	if !p.open {
		*p = part{line: line, rule: rule, text: p.text[:0], open: true}
	}
	room := min(len(piece), maxLine-len(p.text))
	p.text, p.cut = append(p.text, piece[:room]...), p.cut+len(piece)-room
}

func (a *assembler) emit(p *part) {
	if !p.open || a.done {
		return
	}
	p.open = false
	l := report.Line{Number: p.line, Text: a.seen(p.text), Cut: p.cut}
	if p.rule > 0 {
		l.Rule = a.rules[p.rule-1]
	}
	a.done = !a.yield(l)
}

// seen is what is to be seen of a line in the end, without colours.
func (a *assembler) seen(raw []byte) string {
	return strings.ToValidUTF8(string(a.view.Bare(view.LastFrame(bytes.TrimRight(raw, "\r")))), "\uFFFD")
}

// gap says that lines were not kept.
func (a *assembler) gap(from, to int) {
	a.end()
	a.done = a.done || !a.yield(report.Line{Number: from, Left: max(1, to-from)})
}

func (a *assembler) end() {
	a.emit(&a.folded)
	a.emit(&a.shown)
}
