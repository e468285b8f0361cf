package outcome

import "slices"

// A sequence is of operations that each host goes through by itself: with --no-wait side by
// side, with --serial one host behind the other, and within a function that runs
// operations. pyinfra does not say which host begins one, but a host that has come to
// the end of one begins the next at once.
type sequence struct {
	ops     []*operation
	done    map[int]int // how many each host has come to the end of
	waits   bool        // a host has come to the end of one only as it begins the next
	nested  bool
	unclear bool
}

// begin takes in that one begins, directly below the result of a host; -1: of none.
func (s *sequence) begin(at mark, above int) {
	if above < 0 {
		return
	}
	if s.waits {
		s.done[above]++
	}
	s.name(s.done[above], at)
}

// name says what begins as the i-th. A host that comes behind another one (--serial) begins with
// the first once more, which looks as if that one went on.
func (s *sequence) name(i int, at mark) {
	switch {
	case s.unclear:
	case i == len(s.ops) && i < maxOperations:
		s.add(at)
	case i >= len(s.ops):
		s.lose()
	case s.ops[i].name == at.name:
	case len(s.ops[i].cells) == 0:
		s.ops[i].mark = at
	case !s.waits || at.name != s.ops[0].name:
		s.lose()
	}
}

func (s *sequence) add(at mark) {
	op := newOperation(at)
	op.nested = s.nested
	s.ops = append(s.ops, op)
}

// lose gives up: two hosts did not do the same.
func (s *sequence) lose() { s.unclear, s.ops = true, nil }

// end returns that which a host has come to the end of; nil: it cannot be told.
func (s *sequence) end(h int) *operation {
	i := s.done[h]
	if !s.waits {
		s.done[h]++
	}
	if i >= len(s.ops) { // it was given up
		return nil
	}
	return s.ops[i]
}

// begun are the operations that have a result. Of one that has none it is not known whether
// it is another one.
func (s *sequence) begun() []*operation {
	return slices.DeleteFunc(slices.Clone(s.ops), func(op *operation) bool { return len(op.cells) == 0 })
}
