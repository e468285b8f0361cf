package match

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A thousand blocks may be open, and each of a line's texts may be a piece of any of them. So they
// are kept by what they wait for: blocks in the same places wait for the same steps, and a text
// that none of these steps is about is asked once, and not a thousand times.

const (
	// maxTried is how many blocks that wait for the same are asked, at most, whether they take
	// a text that one of their steps is about. Pieces of equal text are interchangeable, so
	// that the first one takes it as a rule.
	maxTried = 64
	// maxLists is how many lists of places are known by their content.
	maxLists = 4096
)

// A waiting is the blocks that are in the same places.
type waiting struct {
	places []plan.State
	strong bool     // one of the steps that they wait for may stand behind other text
	blocks []*block // by number
}

// blocks are those of one writer that are open, or complete and may still get a piece.
type blocks struct {
	open       []*block // by number
	waiting    []*waiting
	tracebacks []*block // those of the open ones that are tracebacks
	room       int      // columns below their last source lines, in which carets may come
	changed    bool     // one is not open any more, so that it may have to be forgotten
	look       int      // the row from which on it is worth a look whether one has to
	touched    []*block // that got a piece in this line, or frame
}

// opened takes in a block that has begun.
func (l *blocks) opened(b *block) {
	if len(l.open) == 0 {
		l.look = math.MaxInt
	}
	l.open = append(l.open, b)
	l.look = min(l.look, b.row+maxGap+1)
}

// move brings a block into other places.
func (l *blocks) move(b *block, places []plan.State) {
	if w := b.waiting; w != nil && len(places) > 0 && same(w.places, places) {
		b.places = places
		return
	}
	l.leave(b)
	b.places = places
	if len(places) == 0 {
		return
	}
	i := slices.IndexFunc(l.waiting, func(w *waiting) bool { return same(w.places, places) })
	if i < 0 {
		i = len(l.waiting)
		l.waiting = append(l.waiting, &waiting{places: places, strong: anyStrong(places)})
	}
	b.waiting = l.waiting[i]
	at, _ := slices.BinarySearchFunc(b.waiting.blocks, b, byNumber)
	b.waiting.blocks = slices.Insert(b.waiting.blocks, at, b)
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
	}
}

// forget lets a block go.
func (l *blocks) forget(b *block) {
	l.leave(b)
	l.under(b, view.Span{})
	l.tracebacks = slices.DeleteFunc(l.tracebacks, func(o *block) bool { return o == b })
}

// under notes the columns in which carets may come below a block's last source line.
func (l *blocks) under(b *block, columns view.Span) {
	l.room += columns.To - columns.From - (b.under.To - b.under.From)
	b.under = columns
}

func byNumber(a, b *block) int { return cmp.Compare(a.number, b.number) }

// same reports whether two lists of places are one: they lie in the same place, see Filter.list.
func same(a, b []plan.State) bool { return len(a) == len(b) && &a[0] == &b[0] }

// anyStrong reports whether one of the steps that come next may be found behind other text.
func anyStrong(places []plan.State) bool {
	for _, p := range places {
		for i := p.Next; i < len(p.Program.Steps); i++ {
			s := &p.Program.Steps[i]
			if s.Standalone {
				return true
			}
			if !s.Optional {
				break
			}
		}
	}
	return false
}

// lists are those that are known.
type lists struct {
	of  map[string][]plan.State
	key []byte
}

func newLists() lists { return lists{of: map[string][]plan.State{}} }

// list returns a list of places that may be kept, and that is the same for the same places. One of
// a single place, as most are, is ready made.
func (m *Matcher) list(places []plan.State) []plan.State {
	if len(places) == 1 {
		p := places[0]
		return p.Program.Single[p.Next : p.Next+1 : p.Next+1]
	}
	key := m.lists.key[:0]
	for _, p := range places {
		key = binary.LittleEndian.AppendUint32(key, uint32(p.Program.ID))
		key = binary.LittleEndian.AppendUint32(key, uint32(p.Next))
	}
	m.lists.key = key
	if known, ok := m.lists.of[string(key)]; ok {
		return known
	}
	list := slices.Clone(places)
	if len(m.lists.of) < maxLists {
		m.lists.of[string(key)] = list
	}
	return list
}

// about reports whether one of the steps that blocks wait for is about a text.
func (m *Matcher) about(w *waiting, at *sight) bool {
	weak := !at.behind && !at.strong
	if !weak && !w.strong {
		return false
	}
	for _, p := range w.places {
		for i := p.Next; i < len(p.Program.Steps); i++ {
			s := &p.Program.Steps[i]
			if weak || s.Standalone {
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
// places are left in m.drafts.best. nil: none waits for it.
func (w *writer) takes(at *sight) (taker *block, best take) {
	rank := math.MaxInt
	try := func(b *block) (better bool) {
		t := w.waits(b, at)
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
func (w *writer) awaits(at *sight, suits func(*block) bool) bool {
	for _, q := range w.waiting {
		if !w.about(q, at) {
			continue
		}
		for _, b := range q.blocks[:min(len(q.blocks), maxTried)] {
			if suits(b) && w.waits(b, at).n > 0 {
				return true
			}
		}
	}
	return false
}
