// Package ci shows a run as it goes on, in a format for who reads it: a person, a program, or a CI
// system, which takes some lines for commands.
package ci

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// A Stream shows what a filter leaves. When it cannot write any more it
// remembers why and goes on without: the filter's counts are still wanted,
// and who writes to the filter must not notice.
//
// What the events of one read of the input make is written at once, by Flush.
type Stream struct {
	W     io.Writer
	Marks *Marks // nil: no markers
	ASCII bool   // of the markers
	Color bool
	Live  *Live  // nil: the run's own bytes and, if there are Marks, markers
	Name  string // not empty: a line of JSON for each event, of the stream of this name

	err     error
	out     []byte // what is about to be written
	middle  bool   // the last line that was shown has not ended
	pending []*rules.Rule
}

// Marks are the issues that were marked already, in any stream of a run.
type Marks struct {
	mu   sync.Mutex
	seen map[*rules.Rule]bool
}

// NewMarks returns an empty set of marks.
func NewMarks() *Marks { return &Marks{seen: map[*rules.Rule]bool{}} }

func (m *Marks) first(r *rules.Rule) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := !m.seen[r]
	m.seen[r] = true
	return first
}

// Middle reports whether the last line that was shown has not ended.
func (s *Stream) Middle() bool { return s.middle }

// Err returns the error that ended the writing, or nil.
func (s *Stream) Err() error { return s.err }

// Event shows the event, or a marker for the first one that is folded of an
// issue, as soon as no line is begun.
func (s *Stream) Event(e filter.Event) error {
	if s.Name != "" {
		s.write(eventJSON(s.Name, e))
		return nil
	}
	if e.Fold {
		s.fold(e)
	} else {
		s.show(e.Raw)
		s.middle = !bytes.HasSuffix(e.Raw, []byte("\n")) && !bytes.HasSuffix(e.Raw, []byte("\x1b[K"))
	}
	if !s.middle {
		s.mark()
	}
	return nil
}

func (s *Stream) fold(e filter.Event) {
	if s.Marks != nil && s.Marks.first(e.Rule) {
		s.pending = append(s.pending, e.Rule)
	}
	if s.Live != nil {
		s.write(s.Live.fold(e))
	}
}

func (s *Stream) show(p []byte) {
	if s.Live != nil {
		p = s.Live.text(p)
	}
	s.write(p)
}

// Own writes lines that are not the run's. Those of a Live are obeyed.
func (s *Stream) Own(lines string) {
	if s.Live != nil {
		lines = string(s.Live.own(lines))
	}
	s.write([]byte(lines))
	s.middle = false
	s.Flush()
}

// Close writes what was kept back. It does not close W.
func (s *Stream) Close() {
	if s.Live != nil {
		s.write(s.Live.close())
	}
	s.Flush()
}

// Stopped reports whether commands were stopped in the stream, and resumed.
func (s *Stream) Stopped() bool {
	if s.Live == nil {
		return false
	}
	g, ok := s.Live.guard.(*stopGuard)
	return ok && g.used
}

func (s *Stream) mark() {
	for _, r := range s.pending {
		text := fmt.Sprintf("orbfilter: folding %s here: %s", r.ID, printable.Line(r.Title))
		if s.ASCII {
			text = string(printable.ASCII.Bytes([]byte(text)))
		}
		s.show([]byte(words.Paint(s.Color, color.Faint).Sprint(text) + "\n"))
	}
	s.pending = nil
}

// roomy is how much is collected, at most, and what is written where it lies.
const roomy = 64 << 10

func (s *Stream) write(p []byte) {
	if len(s.out)+len(p) > roomy {
		s.Flush()
	}
	if len(p) > roomy/4 {
		s.Flush()
		s.writeNow(p)
		return
	}
	s.out = append(s.out, p...)
}

// Flush writes what the events so far have made.
func (s *Stream) Flush() {
	s.writeNow(s.out)
	s.out = s.out[:0]
}

func (s *Stream) writeNow(p []byte) {
	if s.err == nil && len(p) > 0 {
		_, s.err = s.W.Write(p)
	}
}
