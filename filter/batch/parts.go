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
	// leastPart is how long a part is, at least. What is longer costs less, since what stands in front of it is filtered twice.
	leastPart = 2 << 20
	// allParts is how much parts have together that are in memory, unless each has to have leastPart.
	allParts = 24 << 20
	// fewParts are too few to be read side by side.
	fewParts = 4
	// manyParts are as many as a log has at least whose parts are as long as may be: else some cores would wait for others at its end.
	manyParts = 16
	// partBefore is how much of what stands in front of a part it is told. It is filtered twice.
	partBefore = 32 << 10
	// partHead is how much of how the log begins.
	partHead = 64 << 10
)

// shares are what the logs that are read at a time have together.
type shares struct {
	parts chan []byte         // room for the text of each part that may be in memory; nil: there is none yet
	work  chan *filter.Memory // one for each that is filtered; nil: nothing is remembered yet
}

// newShares returns nil if one log is read at a time, on one core.
func newShares(jobs int) *shares {
	if jobs == 1 {
		return nil
	}
	s := &shares{make(chan []byte, jobs+2), make(chan *filter.Memory, jobs)}
	for range jobs {
		s.work <- nil
	}
	for range cap(s.parts) {
		s.parts <- nil
	}
	return s
}

// apply reports whether a log is to be read in parts. Standard input is not.
func (s *shares) apply(p piece) bool {
	return s != nil && p.text() >= fewParts*leastPart
}

// text is how much text a log has, about.
func (p piece) text() int64 {
	if p.work.source.Kind != logs.Plain {
		return 16 * p.log.Size // as logs pack
	}
	return p.log.Size
}

// partOf is how long the parts of a log of so many bytes are.
func (s *shares) partOf(text int64) int {
	return int(max(leastPart, min(allParts/int64(cap(s.parts)), text/manyParts)))
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
func (s *shares) inParts(plan *filter.Plan, o filter.Options, w *filter.Whole, recurs *recurring.Recurrences, text io.Reader, size int) (err error) {
	all, shown, followed := make(chan *stretch, cap(s.parts)), make(chan func() []byte, 2), make(chan struct{})
	go s.read(plan, o, text, size, all)
	go func() {
		defer close(followed)
		for follow := range shown {
			s.parts <- follow()
		}
	}()
	defer s.empty()
	defer func() { <-followed }()
	defer close(shown)
	_ = w.Apart()
	for one := range all {
		<-one.done
		recurs.Expect(one.ahead)
		_, _ = w.Go(one.Text, one.part) // an error of the sink is its own to say
		shown <- leaving(w, one.Text)
		if one.err != nil {
			err = notEOF(one.err)
		}
	}
	return err
}

// empty gives up the room that nobody uses: the next large log may come late, or not at all.
func (s *shares) empty() {
	for range cap(s.parts) {
		select {
		case <-s.parts:
			s.parts <- nil
		default:
			return
		}
	}
}

// leaving returns what follows the runs, and then returns the room of the text, which nobody needs any more.
func leaving(w *filter.Whole, text []byte) func() []byte {
	follow := w.Apart()
	w.LetGo()
	return func() []byte {
		follow()
		return text
	}
}

// read cuts a log into parts and has them filtered.
func (s *shares) read(plan *filter.Plan, o filter.Options, from io.Reader, size int, to chan<- *stretch) {
	defer close(to)
	before, head, line := []byte(nil), []byte(nil), 1
	for n := 0; ; n++ {
		text, err := readPart(from, <-s.parts, size)
		if n == 0 {
			head = bytes.Clone(text[:min(len(text), partHead)])
		}
		one := &stretch{Stretch: filter.Stretch{Text: text, Line: line, Before: before, Head: head}, done: make(chan struct{}), err: err}
		before, line = bytes.Clone(text[max(0, len(text)-partBefore):]), line+bytes.Count(text, []byte("\n"))
		go s.filter(plan, o, one, len(text) > partBefore)
		to <- one // from here on its room may be another's
		if err != nil {
			return
		}
	}
}

// filter filters one part. alone: it is of use by itself.
func (s *shares) filter(plan *filter.Plan, o filter.Options, one *stretch, alone bool) {
	defer close(one.done)
	if !alone {
		return
	}
	if o.Memory = <-s.work; o.Memory == nil {
		o.Memory = plan.NewMemory()
	}
	defer func() {
		if recover() != nil { // a mistake of ours; it is filtered once more, where that is said
			one.part, one.ahead, o.Memory = nil, nil, nil
		}
		s.work <- o.Memory
	}()
	if one.part = plan.Part(o, one.Stretch); one.part != nil {
		one.ahead = recurring.LookAhead(one.Text, one.part.Events(one.Text))
	}
}

// readPart reads as much as a part has, or what is left. err is io.EOF at the end. There may be room for it.
func readPart(from io.Reader, room []byte, size int) (text []byte, err error) {
	if cap(room) < size {
		room = make([]byte, size)
	}
	text = room[:size]
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
