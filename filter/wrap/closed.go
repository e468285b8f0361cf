package wrap

import (
	"errors"
	"os"
)

// ErrClosed is the error of Pipe.Run when nobody reads the output any more, and it was not to read on.
var ErrClosed = errors.New("nobody reads the output any more")

// OnClosed is asked once for each output that nobody reads any more: a pipe or a socket whose other side is closed, a
// terminal that has gone. It is told at once, also while nothing is written, where the system can tell (not on Windows).
// It is called from the goroutine that calls the Stream, between two calls, and says whether to read on: then what
// comes is still given to the Stream. Nil reads on.
type OnClosed func(out *os.File) (readOn bool)

// watch makes the pump look after who reads out.
func (p *pump) watch(out *os.File, ask OnClosed) {
	if out == nil || ask == nil {
		return
	}
	p.out, p.ask = out, ask
	p.closed, p.unwatch = abandoned(out)
}

// readOn asks what is to be done now that nobody reads the output. What was read already comes first: it may decide.
func (p *pump) readOn() (yes bool) {
	p.closed = nil
	for range len(p.src.full) {
		chunk, more := <-p.src.full
		if !more {
			return true // the end is there as well, and is seen next
		}
		p.take(chunk)
	}
	yes = true
	p.try(func() error { yes = p.ask(p.out); return nil })
	return yes
}
