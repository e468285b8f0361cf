package match

import (
	"cmp"
	"math"
	"slices"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A thousand blocks may be open, and each of a line's texts may be a piece of any of them. So they
// are kept by what they wait for: blocks in the same states wait for the same steps, and a text
// that none of these steps is about is asked once, and not a thousand times.

// maxTried is how many blocks that wait for the same are asked, at most, whether they take
// a text that one of their steps is about. Pieces of equal text are interchangeable, so
// that the first one takes it as a rule.
const maxTried = 64

// A waiting is the blocks that are in the same states.
type waiting struct {
	states     []plan.State
	standalone bool     // one of the steps that they wait for may stand behind other text
	blocks     []*block // by number
}

// blocks are those of one writer that are open, or complete and may still get a piece.
type blocks struct {
	open       []*block // by number
	waiting    []*waiting
	spare      *waiting // which no block is in; nil: there is none
	tracebacks []*block // those of the open ones that are tracebacks
	room       int      // columns below their last source lines, in which carets may come
	changed    bool     // one is not open any more, so that it may have to be forgotten
	look       int      // the row from which on it is worth a look whether one has to
	touched    []*block // that got a piece in this line, or frame
	// ordered: those in open all wait, and the one whose last piece is oldest comes first.
	ordered bool
}

// opened takes in a block that has begun.
func (l *blocks) opened(b *block) {
	if len(l.open) == 0 {
		l.look, l.ordered = math.MaxInt, true
	}
	l.open = append(l.open, b)
	l.look = min(l.look, b.row+maxGap+1)
}

// move brings a block into other states, which are of plan.Lists.
func (l *blocks) move(b *block, states []plan.State) {
	if w := b.waiting; w != nil && len(states) > 0 && plan.Same(w.states, states) {
		b.states = states
		return
	}
	l.leave(b)
	b.states = states
	if len(states) == 0 {
		return
	}
	i := slices.IndexFunc(l.waiting, func(w *waiting) bool { return plan.Same(w.states, states) })
	if i < 0 {
		i = len(l.waiting)
		l.waiting = append(l.waiting, l.newWaiting(states))
	}
	b.waiting = l.waiting[i]
	at, _ := slices.BinarySearchFunc(b.waiting.blocks, b, byNumber)
	b.waiting.blocks = slices.Insert(b.waiting.blocks, at, b)
}

// newWaiting returns one in which no block waits, in the memory of one that is of no use any more: each piece makes one, and ends one.
func (l *blocks) newWaiting(states []plan.State) *waiting {
	w := l.spare
	if l.spare = nil; w == nil {
		w = &waiting{}
	}
	w.states, w.standalone = states, plan.Standalone(states)
	return w
}

// leave takes a block out of those that wait.
func (l *blocks) leave(b *block) {
	w := b.waiting
	if b.waiting = nil; w == nil {
		return
	}
	if at, there := slices.BinarySearchFunc(w.blocks, b, byNumber); there {
		w.blocks = slices.Delete(w.blocks, at, at+1)
	}
	if len(w.blocks) == 0 {
		l.waiting = slices.DeleteFunc(l.waiting, func(o *waiting) bool { return o == w })
		l.spare = w
	}
}

// forget lets a block go; forgetGone is to follow.
func (l *blocks) forget(b *block) {
	l.under(b, view.Span{})
	b.gone = true
}

// forgetGone takes all that were let go out of the lists, at once: a thousand may go in one line.
func (l *blocks) forgetGone() {
	gone := func(b *block) bool { return b.gone }
	for _, w := range l.waiting {
		w.blocks = slices.DeleteFunc(w.blocks, gone)
	}
	l.waiting = slices.DeleteFunc(l.waiting, func(w *waiting) bool { return len(w.blocks) == 0 })
	l.tracebacks = slices.DeleteFunc(l.tracebacks, gone)
}

// under notes the columns in which carets may come below a block's last source line.
func (l *blocks) under(b *block, columns view.Span) {
	l.room += columns.To - columns.From - (b.under.To - b.under.From)
	b.under = columns
}

func byNumber(a, b *block) int { return cmp.Compare(a.number, b.number) }

// about reports whether one of the steps that blocks wait for is about a text.
func (m *Matcher) about(w *waiting, at *candidate) bool {
	weak := !at.behind && !at.standalone
	if !weak && !w.standalone {
		return false
	}
	for _, p := range w.states {
		for i := p.Next; i < len(p.Program.Steps); i++ {
			s := &p.Program.Steps[i]
			if (weak || s.Standalone) && at.mayBe(s) {
				if n, _ := m.ask(s, at); n > 0 {
					return true
				}
			}
			if !s.Optional {
				break
			}
		}
	}
	return false
}

// takes returns the block that takes a text: of those that leave out the fewest steps, the one
// whose indent was torn off just as the piece's, or that took the last piece, else the oldest. Its
// states are left in m.drafts.best. nil: none waits for it.
func (w *writer) takes(at *candidate) (taker *block, best lookahead) {
	rank := math.MaxInt
	try := func(b *block) (better bool) {
		t := w.lookAhead(b, at)
		if t.n == 0 {
			return false
		}
		if r := w.rank(b, &t, at); r < rank || r == rank && b.number < taker.number {
			best, taker, rank = t, b, r
			w.drafts.best, w.drafts.next = w.drafts.next, w.drafts.best
		}
		return true
	}
	for _, q := range w.waiting {
		if !w.about(q, at) {
			continue
		}
		if b := w.taker; b != nil && b.waiting == q && b.State != hold.Passed {
			try(b)
		}
		tried := 0
		for _, b := range q.blocks {
			if b.State == hold.Passed || b == w.taker {
				continue
			}
			if try(b) && rank <= 1 { // a better one there is not
				break
			}
			if tried++; tried == maxTried {
				break
			}
		}
	}
	return taker, best
}

// awaits reports whether a block waits for a text that suits.
func (w *writer) awaits(at *candidate, suits func(*block) bool) bool {
	for _, q := range w.waiting {
		if !w.about(q, at) {
			continue
		}
		for _, b := range q.blocks[:min(len(q.blocks), maxTried)] {
			if suits(b) && w.lookAhead(b, at).n > 0 {
				return true
			}
		}
	}
	return false
}
