package filter

import (
	"bytes"
	"iter"
	"time"

	"github.com/orbfilter/orbfilter/rules"
)

const (
	// maxHeld bounds the bytes that wait behind open blocks.
	maxHeld = 1 << 20
	// segmentCost is what a segment takes beside its bytes.
	segmentCost = 128
)

// A segment is a run of input bytes in the order they came, and who claimed
// them. While a block is open, what came after its first piece waits, since
// it would have to follow that piece if the block turns out to be none.
type segment struct {
	raw   []byte
	line  int
	seq   int         // counts the segments that were held
	block *block      // nil: unclaimed
	rule  *rules.Rule // claimed by a rule that matches single lines
	fold  bool        // with rule
	// lead is the number of spaces that unclaimed text at the start of a
	// line begins with, visible whether there is anything else.
	lead    int
	visible bool
	header  bool // the text behind the spaces is a header of pyinfra
	host    bool // it is what pyinfra says of a host
	leadAt  int  // where in raw the spaces begin
	at      time.Duration
	voice   *voice // whose line it is of
}

// put appends a segment. Its bytes are copied unless it can leave at once.
func (f *Filter) put(s segment) {
	if len(s.raw) == 0 {
		return
	}
	f.taken += len(s.raw)
	if s.block != nil && s.block.state != open {
		s.fold, s.rule, s.block = s.block.fold, s.block.rule, nil
	}
	if len(f.held) == 0 && s.block == nil {
		f.emit(Event{Rule: s.rule, Fold: s.fold, Raw: s.raw, Line: s.line})
		return
	}
	s.voice, s.raw, s.at, s.seq = f.voice, f.copied(s.raw), f.now, f.seq
	if b := s.block; b != nil && !b.held {
		b.held, b.seq = true, f.seq
	}
	f.seq++
	if f.held = append(f.held, s); len(f.held) == 1 {
		f.queue = f.held
	}
	f.heldBytes += len(s.raw)
	f.limits.HeldBytesMax = max(f.limits.HeldBytesMax, f.heldBytes)
}

// release sends out what does not wait for an open block any more.
func (f *Filter) release() {
	n := 0
	for n < len(f.held) {
		s := &f.held[n]
		e := Event{Rule: s.rule, Fold: s.fold, Raw: s.raw, Line: s.line}
		if b := s.block; b != nil {
			if b.state == open && (!b.kept || f.mayWait()) {
				break
			}
			e.Rule, e.Fold = b.rule, b.fold
		}
		f.limits.HeldMax = max(f.limits.HeldMax, f.now-s.at)
		f.emit(e)
		f.heldBytes -= len(s.raw)
		n++
	}
	if n == 0 {
		return
	}
	clear(f.held[:n])
	if f.held = f.held[n:]; len(f.held) == 0 { // else it moves to the front when it grows
		f.held, f.room = f.queue[:0], f.room[:0]
	}
}

// heldSince yields the segments that came since one, from the last one on. Those that were split
// off another have no number.
func (f *Filter) heldSince(seq int) iter.Seq[*segment] {
	return func(yield func(*segment) bool) {
		for i := len(f.held) - 1; i >= 0 && (f.held[i].seq == 0 || f.held[i].seq >= seq) && yield(&f.held[i]); i-- {
		}
	}
}

// maxNear is how many of the last segments are looked at, at most, for spaces that are not theirs.
const maxNear = 2048

// nearby is the first of these.
func (f *Filter) nearby() int { return max(0, len(f.held)-maxNear) }

// mayWait reports whether a block that will be shown is held back all the same: for
// its rule to be in the event, and only as long as nothing else is given up for it.
func (f *Filter) mayWait() bool {
	return f.options.Claims && f.heldBytes+len(f.held)*segmentCost <= maxHeld/2
}

// copied returns a copy of bytes that are held. Most are short and leave soon, all
// together: they lie one behind the other, and their room is used again. What has
// left of one room is kept with what has not, which is no more than a room.
func (f *Filter) copied(raw []byte) []byte {
	const room = 16 << 10
	if len(raw) > room/4 {
		return bytes.Clone(raw)
	}
	if len(raw) > cap(f.room)-len(f.room) {
		f.room = make([]byte, 0, room)
	}
	from := len(f.room)
	f.room = append(f.room, raw...)
	return f.room[from:len(f.room):len(f.room)]
}
