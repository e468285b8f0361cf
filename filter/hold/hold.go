// Package hold is the queue in which the bytes of a run wait until it is known whose they
// are. Lines come in, one at a time, with the pieces that blocks have taken of them; events
// go out, each a run of bytes with the rule that has them, if any. What waits for no block, and
// for nothing in front of it, goes out: all bytes that came in do, once, and in that order.
//
// There is one queue for all writers, so that the order stays. What noise has left behind that is
// torn is kept for each writer apart (Account): the spaces of an indent, a line end. margin.go
// keeps a line that stays together with its own prefix.
package hold

import (
	"errors"
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// An Event is a run of input bytes, and the rule that claimed them, if any.
// The Raw bytes of all events, one after the other, are the input.
type Event struct {
	Rule *rules.Rule // nil: nobody claimed these bytes
	Fold bool        // the bytes are not to be shown; only with a Rule
	Raw  []byte      // exactly as read; valid until Event returns
	Line int         // number of the line that Raw begins in, from 1
}

// ErrShow is what a sink returns for bytes that are to be folded, and that it
// does not let be: it gets them once more, to be shown, and they count as such.
var ErrShow = errors.New("not to be folded")

// A Next takes what leaves the queue, in order. known is what is known of it, if it is whole lines.
type Next interface {
	Leave(e Event, known view.Promise)
}

// A State is what has become of a claim.
type State uint8

// The states.
const (
	Open    State = iota // it is not decided: its bytes wait
	Claimed              // its bytes are those of its rule, also those that are still to come
	Passed               // its bytes are nobody's
)

// A Claim is what a block has on the bytes that it has taken. The zero value is open.
type Claim struct {
	State State
	Kept  bool // no rule that it may be of folds, so that nothing waits for it
	Owner      // whose its bytes are, when it is not open any more
	held  bool // segments of it wait, from seq on
	seq   int
	head  int // the first segment of the head of a traceback that it took last
	// then is what becomes of a prefix that waits, see margin; nil: it is a block's claim.
	then *ownership
	with *wrapper // whose claim it is; nil: it is not a wrapper's
}

// Waits reports whether other bytes wait for it.
func (c *Claim) Waits() bool { return c.State == Open && !c.Kept && c.held }

// An Owner is whose bytes are.
type Owner struct {
	Rule *rules.Rule // nil: nobody's
	Fold bool        // they are not to be shown; only with a Rule
}

// A Piece is a part of a line that a block has taken.
type Piece struct {
	view.Span      // of the view's text
	*Claim         // the block's
	Ends      bool // the line end was written after it
	Head      bool // it is the head of a traceback, which may have to be given back
}

// A Line is a line, or a frame of one, and what was found in it.
type Line struct {
	*view.Line
	Number   int      // of the line, from 1
	Account  *Account // of who has written it
	Shown    bool     // a visible part of the line has left already
	Prefixed bool     // the line has a prefix, in this frame or in one before it
	Pieces   []Piece  // in order; empty: no block has a part in it
	// Rest is whose the text behind the last piece is, or all of it where there is none, if a rule
	// for single lines takes it.
	Rest Owner
}

// Limits says how much a queue has held.
type Limits struct {
	Bytes int           // at a time, at most
	Time  time.Duration // for which some bytes have waited, at most
}
