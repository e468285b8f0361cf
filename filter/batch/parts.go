package batch

import (
	"bytes"
	"errors"
	"io"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// A large log is read in parts, so that all cores have something to do where there is only one. What is said of it, and
// written, is what would be if it were read as one: package filter sees to that.

const (
	// partLen is how long a part is, about; a log of less than some parts is read as one.
	partLen = 2 << 20
	// partBefore is how much of what stands in front of a part it is told. It is filtered twice.
	partBefore = 96 << 10
	// partHead is how much of how the log begins.
	partHead = 64 << 10
)

// shares are what the logs that are read at a time have together.
type shares struct {
	parts chan struct{} // one for each part that is in memory
	work  chan struct{} // one for each that is filtered
}

// newShares returns nil if one log is read at a time, on one core.
func newShares(jobs int) *shares {
	if jobs == 1 {
		return nil
	}
	return &shares{make(chan struct{}, jobs+2), make(chan struct{}, jobs)}
}

// apply reports whether a log is to be read in parts. Standard input is not.
func (s *shares) apply(p piece) bool {
	least := int64(4 * partLen)
	if p.work.source.Kind != logs.Plain {
		least /= 16 // as logs pack
	}
	return s != nil && p.log.Size >= least
}

// A stretch is a part of a log on its way.
type stretch struct {
	filter.Stretch
	part  *filter.Part
	ahead *recurring.Ahead // nil: nothing is known of it
	done  chan struct{}    // closed when part is there
	err   error            // behind it nothing more can be read, and why; io.EOF: there is nothing more
}

// inParts reads a log in parts.
func (s *shares) inParts(plan *filter.Plan, o filter.Options, w *filter.Whole, recurs *recurring.Recurrences, text io.Reader) (err error) {
	all, shown, followed := make(chan *stretch, cap(s.parts)), make(chan func(), 2), make(chan struct{})
	go s.read(plan, o, text, all)
	go func() {
		defer close(followed)
		for follow := range shown {
			follow()
			<-s.parts
		}
	}()
	defer func() { <-followed }()
	defer close(shown)
	_ = w.Apart()
	for one := range all {
		<-one.done
		recurs.Expect(one.ahead)
		_, _ = w.Go(one.Text, one.part) // an error of the sink is its own to say
		shown <- w.Apart()
		if one.err != nil {
			err = notEOF(one.err)
		}
	}
	return err
}

// read cuts a log into parts and has them filtered.
func (s *shares) read(plan *filter.Plan, o filter.Options, from io.Reader, to chan<- *stretch) {
	defer close(to)
	before, head, line := []byte(nil), []byte(nil), 1
	for n := 0; ; n++ {
		s.parts <- struct{}{}
		text, err := readPart(from)
		if n == 0 {
			head = bytes.Clone(text[:min(len(text), partHead)])
		}
		one := &stretch{Stretch: filter.Stretch{Text: text, Line: line, Before: before, Head: head}, done: make(chan struct{}), err: err}
		go s.filter(plan, o, one, n > 0 && len(text) > partBefore)
		to <- one
		if err != nil {
			return
		}
		before, line = text[max(0, len(text)-partBefore):], line+bytes.Count(text, []byte("\n"))
	}
}

// filter filters one part. alone: it is of use by itself.
func (s *shares) filter(plan *filter.Plan, o filter.Options, one *stretch, alone bool) {
	defer close(one.done)
	if !alone {
		return
	}
	s.work <- struct{}{}
	defer func() {
		<-s.work
		if recover() != nil { // a mistake of ours; it is filtered once more, where that is said
			one.part, one.ahead = nil, nil
		}
	}()
	if one.part = plan.Part(o, one.Stretch); one.part != nil {
		one.ahead = recurring.LookAhead(one.Text, one.part.Events(one.Text))
	}
}

// readPart reads as much as a part has, or what is left. err is io.EOF at the end.
func readPart(from io.Reader) (text []byte, err error) {
	text = make([]byte, partLen)
	n, err := io.ReadFull(from, text)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return text[:n], err
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
