// Package spool keeps what a run or a log says until a page of it is written: what was shown, and what was
// folded, each where it stood. What is large goes into a temporary file, so that it takes little memory; of what
// is very large the middle is left out.
package spool

import (
	"encoding/binary"
	"errors"
	"os"
	"runtime"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// So much is kept. What does not fill a segment stays in memory.
const (
	segmentSize = 1 << 20
	maxHead     = 32 // segments of the beginning
	maxTail     = 32 // of the end
	maxPiece    = 256 << 10
)

// A Spool is a sink that keeps what it is told. It fails nobody: what it cannot keep it leaves out, and says so.
// It is not safe for concurrent use.
type Spool struct {
	next       filter.Sink
	current    []byte
	line       int // in which current begins
	full       []segment
	file       *os.File
	rules      []string
	index      map[*rules.Rule]int
	err        error
	head, tail int // segments that are kept
	size       int // of one
}

// A segment is one that is full.
type segment struct {
	slot, size int
	line       int // in which it begins
}

// New returns a spool in front of another sink.
func New(next filter.Sink) *Spool { return newSpool(next, segmentSize, maxHead, maxTail) }

func newSpool(next filter.Sink, size, head, tail int) *Spool {
	return &Spool{next: next, index: map[*rules.Rule]int{}, size: size, head: head, tail: tail}
}

// Event hands an event on, and keeps it as it was taken.
func (s *Spool) Event(e filter.Event) error {
	err := s.next.Event(e)
	if !e.Fold || !errors.Is(err, filter.ErrShow) { // else it comes once more
		s.keep(e)
	}
	return err
}

func (s *Spool) keep(e filter.Event) {
	for raw, line := e.Raw, e.Line; len(raw) > 0 && s.err == nil; {
		piece := raw[:min(len(raw), maxPiece, s.size/2)]
		s.put(record{line: line, rule: s.ruleOf(e), text: piece})
		for _, c := range piece {
			if c == '\n' {
				line++
			}
		}
		raw = raw[len(piece):]
	}
}

// ruleOf is the number of the rule that has folded it, from 1; 0: it was shown.
func (s *Spool) ruleOf(e filter.Event) int {
	if !e.Fold {
		return 0
	}
	n, ok := s.index[e.Rule]
	if !ok {
		s.rules = append(s.rules, e.Rule.ID)
		n = len(s.rules)
		s.index[e.Rule] = n
	}
	return n
}

// A record is a piece of text in a segment.
type record struct {
	line, rule int
	text       []byte
}

const maxHeader = 3 * binary.MaxVarintLen64

func (s *Spool) put(r record) {
	if len(s.current)+maxHeader+len(r.text) > s.size && len(s.current) > 0 {
		s.spill()
	}
	if len(s.current) == 0 {
		s.line = r.line
	}
	s.current = binary.AppendUvarint(s.current, uint64(r.line))
	s.current = binary.AppendUvarint(s.current, uint64(r.rule))
	s.current = binary.AppendUvarint(s.current, uint64(len(r.text)))
	s.current = append(s.current, r.text...)
}

// spill writes the segment that is full to its place in the file: those behind the head in turn.
func (s *Spool) spill() {
	n := len(s.full)
	slot := n
	if n >= s.head {
		slot = s.head + (n-s.head)%s.tail
	}
	if s.file == nil {
		s.create()
	}
	if s.err == nil {
		_, s.err = s.file.WriteAt(s.current, int64(slot)*int64(s.size))
	}
	if s.err != nil {
		s.drop()
		return
	}
	s.full = append(s.full, segment{slot, len(s.current), s.line})
	s.current = s.current[:0]
}

// create makes the file. Where that can be, it has no name, so that it ends with the program.
func (s *Spool) create() {
	if s.file, s.err = os.CreateTemp("", "orbfilter-*.text"); s.err == nil && runtime.GOOS != "windows" {
		s.err = os.Remove(s.file.Name())
	}
}

// drop gives up what was kept.
func (s *Spool) drop() {
	s.current, s.full = nil, nil
	if s.file != nil {
		s.close()
	}
}

func (s *Spool) close() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
	s.file = nil
}

// Reset forgets all, so that another log can be kept in the same room.
func (s *Spool) Reset(next filter.Sink) {
	clear(s.index)
	s.next, s.current, s.full, s.rules, s.err = next, s.current[:0], s.full[:0], nil, nil
}

// Close removes what was kept.
func (s *Spool) Close() { s.drop() }

// Empty reports whether nothing was said.
func (s *Spool) Empty() bool { return len(s.current) == 0 && len(s.full) == 0 && s.err == nil }

// Text is what was kept. It can be read until the spool is closed or reset.
func (s *Spool) Text() report.Text { return text{s} }
