package filter

import (
	"errors"

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

// A Sink receives the events of a run in order. An error ends the writing to
// the sink; the filter returns it and goes on reading. ErrShow does not.
type Sink interface {
	Event(Event) error
}

// SinkFunc is a function as a Sink.
type SinkFunc func(Event) error

// Event calls the function.
func (fn SinkFunc) Event(e Event) error { return fn(e) }
