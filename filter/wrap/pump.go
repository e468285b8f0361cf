package wrap

import (
	"errors"
	"io"
	"runtime/debug"
	"time"
)

// Stream is where the output of a program is written to.
// All methods are called from one goroutine per Stream. After an error no method is called any more.
type Stream interface {
	io.Writer
	Tick(now time.Time) error // what time it is: before every Write and while something is pending; lets deadlines pass
	Flush() error             // input has been idle for Idle: show what may be shown (a prompt, a spinner frame)
	Pending() bool            // something is held back (so timers are needed at all)
}

// Idle is how long the input must be silent until a Stream with something pending is flushed.
const Idle = 20 * time.Millisecond

const (
	beat  = 50 * time.Millisecond  // between two Ticks while the input is silent
	grace = 200 * time.Millisecond // of silence, until a process left behind by the program is not waited for
)

// Pump copies src to dst until EOF. Reading and writing overlap; dst is only called from the caller's goroutine.
//
// An error of dst does not end the reading, for that would kill the program upstream by SIGPIPE: dst is not written to
// any more, src is read to its end, and the error is returned. A panic in dst is such an error, a *PanicError.
// A read error other than the end is returned as well.
func Pump(dst Stream, src io.Reader) error {
	keepSIGPIPE()
	return newPump(dst, src).run()
}

// pump is the side of a Pump that writes.
type pump struct {
	dst    Stream
	src    *source
	failed error // the first error of dst

	flushed bool // since the last chunk
	left    bool // the program has ended; only grandchildren can be writing

	alarm    *time.Timer // the next Flush or Tick
	patience *time.Timer // the end of the grace

	ended <-chan struct{} // closed when the program has ended; nil: never, only EOF is the end
	cut   <-chan struct{} // closed when nobody wants to wait for grandchildren; nil: never
}

func newPump(dst Stream, src io.Reader) *pump {
	p := &pump{dst: dst, src: newSource(src), alarm: time.NewTimer(time.Hour), patience: time.NewTimer(time.Hour)}
	p.patience.Stop()
	return p
}

func (p *pump) run() error {
	defer p.alarm.Stop()
	defer p.patience.Stop()
	go p.src.read()
	for {
		p.arm()
		select {
		case chunk, more := <-p.src.full:
			if !more {
				return errors.Join(p.failed, p.src.err)
			}
			p.take(chunk)
		case now := <-p.alarm.C:
			p.idle(now)
		case <-p.ended:
			p.ended, p.left = nil, true
			p.patience.Reset(grace)
		case <-p.cut:
			p.cut = nil
			p.patience.Reset(0)
		case <-p.patience.C:
			if p.src.finish() {
				return p.rest()
			}
			p.patience.Reset(grace)
		}
	}
}

// take writes a chunk and gives its buffer back to the reader.
func (p *pump) take(chunk []byte) {
	p.try(func() error { return p.dst.Tick(time.Now()) })
	p.try(func() error { return writeAll(p.dst, chunk) })
	p.src.free <- chunk[:cap(chunk)]
	p.flushed = false
	if p.left {
		p.patience.Reset(grace)
	}
}

// rest writes what a reader has left that cannot be woken any more.
func (p *pump) rest() error {
	for len(p.src.full) > 0 {
		chunk := <-p.src.full
		p.try(func() error { return writeAll(p.dst, chunk) })
	}
	return p.failed
}

// idle is called when nothing came for a while.
func (p *pump) idle(now time.Time) {
	if p.flushed {
		p.try(func() error { return p.dst.Tick(now) })
		return
	}
	p.flushed = true
	p.try(p.dst.Flush)
}

// arm sets the alarm, unless the stream holds nothing back.
func (p *pump) arm() {
	pending := false
	p.try(func() error { pending = p.dst.Pending(); return nil })
	switch {
	case !pending:
		p.alarm.Stop()
	case p.flushed:
		p.alarm.Reset(beat)
	default:
		p.alarm.Reset(Idle)
	}
}

// try calls the stream, unless it has failed before.
func (p *pump) try(call func() error) {
	if p.failed != nil {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			p.failed = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	p.failed = call()
}

func writeAll(w io.Writer, b []byte) error {
	n, err := w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}
