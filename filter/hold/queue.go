package hold

import (
	"bytes"
	"iter"
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
)

const (
	// maxHeld bounds the bytes that wait behind open blocks.
	maxHeld = 1 << 20
	// segmentCost is what a segment takes beside its bytes.
	segmentCost = 128
)

// A Queue holds what waits. New makes one.
type Queue struct {
	next   Next
	claims bool

	margin  margin
	stands  bool     // something of the current line stays
	wrapper *wrapper // of the current line; nil: it has none
	before  *wrapper // what of it came before the current frame; for arrays of bytes

	segments []segment
	first    []segment // room for them
	bytes    int
	room     []byte // for bytes that are held; what lies behind its length is free
	seq      int    // of the next segment

	now    time.Duration
	taken  int   // bytes that were put
	stayed int64 // bytes that were let go and are not folded
	limits Limits
}

// A segment is a run of input bytes in the order they came, and who claimed
// them. While a block is open, what came after its first piece waits, since
// it would have to follow that piece if the block turns out to be none.
type segment struct {
	raw   []byte
	line  int
	seq   int    // counts the segments that were held
	claim *Claim // nil: none has it
	Owner        // where claim is nil
	text
	at      time.Duration
	account *Account // of who has written it
	passed  bool     // it came by Pass
}

// New returns an empty queue that lets go to next. claims: a block that will be shown holds
// its bytes as well, so that they leave with its rule; but only as long as there is room.
func New(next Next, claims bool) *Queue { return &Queue{next: next, claims: claims, seq: 1} }

// Tick tells the queue what time it is.
func (q *Queue) Tick(now time.Duration) { q.now = now }

// Empty reports whether nothing waits.
func (q *Queue) Empty() bool { return len(q.segments) == 0 }

// Fresh reports whether nothing waits, and nothing of the current line has stayed.
func (q *Queue) Fresh() bool { return q.Empty() && !q.stands && !q.margin.waits }

// Full reports whether more waits than may.
func (q *Queue) Full() bool { return q.cost() > maxHeld }

func (q *Queue) cost() int { return q.bytes + len(q.segments)*segmentCost }

// Taken is how many bytes were put.
func (q *Queue) Taken() int { return q.taken }

// Stayed is how many bytes have left that are not folded.
func (q *Queue) Stayed() int64 { return q.stayed }

// Forget lets Limits count from here on.
func (q *Queue) Forget() { q.limits = Limits{} }

// Limits says how much was held so far.
func (q *Queue) Limits() Limits { return q.limits }

// Pass lets bytes leave that are nobody's, behind what waits. Unless nothing is known of them, they are whole lines, behind
// which a line begins.
func (q *Queue) Pass(raw []byte, line int, known view.Promise) {
	if len(raw) == 0 {
		return
	}
	q.Stand()
	if q.Empty() {
		q.taken += len(raw)
		q.leave(Event{Raw: raw, Line: line}, known)
	} else if !q.lengthen(raw, line) {
		q.put(segment{raw: raw, line: line, text: text{visible: true}, passed: true})
	}
	q.stands = q.stands && known == view.Nothing
}

// lengthen makes bytes a part of the last segment that waits, if that is of the same line and was passed as well: so it makes no difference in
// how many pieces a long line comes in.
func (q *Queue) lengthen(raw []byte, line int) bool {
	if q.Empty() {
		return false
	}
	last := &q.segments[len(q.segments)-1]
	if !last.passed || last.line != line {
		return false
	}
	last.raw = append(last.raw, raw...)
	q.taken += len(raw)
	q.grow(len(raw))
	return true
}

// grow counts bytes that are held. Of what is too much, as much counts as may be held.
func (q *Queue) grow(n int) {
	q.bytes += n
	q.limits.Bytes = max(q.limits.Bytes, min(q.bytes, maxHeld-len(q.segments)*segmentCost))
}

// Fold takes whole lines that a rule folds, where nothing waits.
func (q *Queue) Fold(raw []byte, line int, o Owner) {
	q.put(segment{raw: raw, line: line, Owner: o})
}

// put appends a segment. Its bytes are copied unless it can leave at once.
func (q *Queue) put(s segment) {
	if len(s.raw) == 0 {
		return
	}
	q.taken += len(s.raw)
	if c := s.claim; c != nil && c.settled() {
		s.Owner, s.claim = c.Owner, nil
	}
	if q.Empty() && s.claim == nil {
		q.leave(Event{Rule: s.Rule, Fold: s.Fold, Raw: s.raw, Line: s.line}, view.Nothing)
		return
	}
	if q.join(&s) {
		q.grow(len(s.raw))
		return
	}
	s.raw, s.at, s.seq = q.copied(s.raw), q.now, q.seq
	if s.claim != nil {
		s.claim.hold(q.seq)
	}
	q.seq++
	q.append(s)
	q.grow(len(s.raw))
}

// append appends a segment. Where those in front have left, and there is no room behind, it makes room in front.
func (q *Queue) append(s segment) {
	if n := len(q.segments); n == cap(q.segments) && n > 0 && n <= cap(q.first)/2 {
		moved := q.first[:n]
		copy(moved, q.segments)
		clear(q.first[n:cap(q.first)])
		q.segments = moved
	}
	const most = 8 << 10 // there are hardly more, see maxHeld
	if q.segments = append(q.segments, s); len(q.segments) == 1 || cap(q.segments) > cap(q.first) && cap(q.segments) <= most {
		q.first = q.segments[:0]
	}
}

// join appends the bytes of a segment to the last one that waits, if both leave together whatever comes, and
// nobody will look at them apart: empty lines behind an open block are some bytes each, and a segment more than a hundred.
func (q *Queue) join(s *segment) bool {
	n := len(q.segments)
	if n == 0 || len(q.room) == 0 || len(s.raw) > cap(q.room)-len(q.room) {
		return false
	}
	last := &q.segments[n-1]
	if !last.takes(s) || &last.raw[len(last.raw)-1] != &q.room[len(q.room)-1] {
		return false
	}
	q.room = append(q.room, s.raw...)
	last.raw = q.room[len(q.room)-len(last.raw)-len(s.raw) : len(q.room) : len(q.room)]
	return true
}

// takes reports whether a segment may be one with that behind it: the same has both, and that behind has no spaces that may be
// somebody else's. What a claim may have to give back, and what a rule claims that is shown, stay apart.
func (s *segment) takes(next *segment) bool {
	switch {
	case s.claim != next.claim, next.indent > 0, s.indent > 0 && !s.visible:
		return false
	case s.claim != nil:
		return s.seq >= s.claim.head
	}
	return s.Owner == next.Owner && (s.Rule == nil || s.Fold)
}

func (q *Queue) leave(e Event, known view.Promise) {
	if !e.Fold {
		q.stayed += int64(len(e.Raw))
	}
	q.next.Leave(e, known)
}

// Release sends out what does not wait for an open block any more.
func (q *Queue) Release() {
	n := 0
	for n < len(q.segments) {
		s := &q.segments[n]
		o := s.Owner
		if c := s.claim; c != nil {
			if !c.settled() && (!c.Kept || q.mayWait()) {
				break
			}
			o = c.Owner
		}
		q.limits.Time = max(q.limits.Time, q.now-s.at)
		q.leave(Event{Rule: o.Rule, Fold: o.Fold, Raw: s.raw, Line: s.line}, view.Nothing)
		q.bytes -= len(s.raw)
		n++
	}
	if n == 0 {
		return
	}
	clear(q.segments[:n])
	if q.segments = q.segments[n:]; q.Empty() { // else it moves to the front when it grows
		q.segments, q.room = q.first[:0], q.room[:0]
	}
}

// Untie lets go of all claims: what waits is nobody's, and leaves.
func (q *Queue) Untie() {
	for i := range q.segments {
		q.segments[i].claim, q.segments[i].Owner = nil, Owner{}
	}
	q.margin, q.wrapper = margin{}, nil
	q.Release()
}

// Unclaim takes from an open claim what it has from the head of the last traceback on: that is
// nobody's.
func (q *Queue) Unclaim(c *Claim) {
	for s := range q.since(c.head) {
		switch {
		case s.claim == nil || s.seq < c.head:
		case s.claim == c:
			s.claim = nil
		case s.claim.with != nil:
			s.claim.with.unclaim(c)
		}
	}
}

// since yields the segments that came since one, from the last one on. Those that were split
// off another have no number.
func (q *Queue) since(seq int) iter.Seq[*segment] {
	return func(yield func(*segment) bool) {
		for i := len(q.segments) - 1; i >= 0 && (q.segments[i].seq == 0 || q.segments[i].seq >= seq) && yield(&q.segments[i]); i-- {
		}
	}
}

// maxNear is how many of the last segments are looked at, at most, for spaces that are not theirs.
const maxNear = 2048

// nearby is the first of these.
func (q *Queue) nearby() int { return max(0, len(q.segments)-maxNear) }

// mayWait reports whether a block that will be shown is held back all the same: for
// its rule to be in the event, and only as long as nothing else is given up for it.
func (q *Queue) mayWait() bool { return q.claims && q.cost() <= maxHeld/2 }

// copied returns a copy of bytes that are held. Most are short and leave soon, all
// together: they lie one behind the other, and their room is used again. What has
// left of one room is kept with what has not, which is no more than a room.
func (q *Queue) copied(raw []byte) []byte {
	const room = 16 << 10
	if len(raw) > room/4 {
		return bytes.Clone(raw)
	}
	if len(raw) > cap(q.room)-len(q.room) {
		q.room = make([]byte, 0, room)
	}
	from := len(q.room)
	q.room = append(q.room, raw...)
	return q.room[from:len(q.room):len(q.room)]
}
