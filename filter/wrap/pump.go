package wrap

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"time"
)

// Stream is where the output of a program is written to.
// All methods are called from one goroutine per Stream. After an error no method is called any more.
type Stream interface {
	io.Writer
	Tick(now time.Time) error // what time it is: before every Write and while something is pending; lets deadlines pass
	Flush() error             // the input pauses: show what may be shown (a prompt, a spinner frame)
	Pending() bool            // something is held back (so timers are needed at all)
}

// A Preparer is a Stream that can look at what is to be written while what is in front of it is written: Prepare is called from another
// goroutine than all other methods, and must not change what these read. What it returns is called in place of Write, and does as Write would.
type Preparer interface {
	Prepare(p []byte) (write func() (int, error))
}

// A Stream with something pending is flushed after Idle of silence. If there is no silence, but no line ends either
// (a dot every now and then), it is flushed when the line has waited for Latest.
const (
	Idle   = 20 * time.Millisecond
	Latest = 40 * time.Millisecond
)

const (
	beat   = 50 * time.Millisecond  // between two Ticks while the input is silent
	grace  = 200 * time.Millisecond // of silence, until a process left behind by the program is not waited for
	atMost = 400 * time.Millisecond // that it is waited for, if it is never silent
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
	name   string // of the output, for errors
	dst    Stream
	src    *source
	failed error // the first error of dst

	alarm   *time.Timer // the next Flush or Tick
	flushed bool        // since the last chunk, if there was one
	since   time.Time   // when the line began to wait that is to be flushed; zero: none is
	due     time.Time   // when it is

	ended    <-chan struct{} // closed when the program has ended; nil: never, only EOF is the end
	cut      <-chan struct{} // closed when we were told to end; nil: never
	patience *time.Timer     // runs when one of them was closed: until the end of the silence, or of all
	limit    time.Time       // the latter; zero: it does not run

	out     *os.File        // where dst leads to, and that is looked after; nil: it is not
	ask     OnClosed        // what to do when nobody reads it
	closed  <-chan struct{} // closed when nobody does; nil: that is known, or not looked for
	unwatch func()
}

func newPump(dst Stream, src io.Reader) *pump {
	p := &pump{unwatch: func() {}, dst: dst, src: newSource(src, dst), flushed: true, alarm: time.NewTimer(time.Hour), patience: time.NewTimer(time.Hour)}
	p.patience.Stop()
	return p
}

func (p *pump) run() error {
	defer p.alarm.Stop()
	defer p.patience.Stop()
	defer func() { p.unwatch() }()
	go p.src.read()
	for {
		p.arm()
		select {
		case chunk, more := <-p.src.full:
			if !more {
				return errors.Join(p.failed, p.src.err)
			}
			p.take(chunk)
		case <-p.alarm.C:
			p.pause()
		case <-p.ended:
			p.ended = nil
			p.leave(atMost)
		case <-p.cut:
			p.cut = nil
			p.leave(atMost)
		case <-p.closed:
			if !p.readOn() {
				return ErrClosed
			}
		case <-p.patience.C:
			if p.src.finish() {
				return p.rest()
			}
			p.patience.Reset(grace)
		}
	}
}

// take writes a chunk and gives its buffer back to the reader.
func (p *pump) take(c chunk) {
	p.src.taken++
	now := time.Now()
	if p.since.IsZero() || bytes.IndexByte(c.bytes, '\n') >= 0 { // another line waits now
		p.since = now
	}
	p.try(func() error { return p.dst.Tick(now) })
	p.try(func() error { return c.writeTo(p.dst) })
	p.src.free <- c.bytes[:cap(c.bytes)]
	p.flushed = false
	p.due = now.Add(min(Idle, p.since.Add(Latest).Sub(now)))
	p.wait()
}

// leave sets the end of the waiting, unless it is sooner already.
func (p *pump) leave(in time.Duration) {
	if limit := time.Now().Add(in); p.limit.IsZero() || limit.Before(p.limit) {
		p.limit = limit
	}
	p.wait()
}

// wait begins to wait for the silence.
func (p *pump) wait() {
	if !p.limit.IsZero() {
		p.patience.Reset(min(grace, time.Until(p.limit)))
	}
}

// rest writes what a reader has left that cannot be woken any more.
func (p *pump) rest() error {
	for {
		chunk, more := p.src.overdue()
		if !more {
			return p.failed
		}
		p.src.taken++
		p.try(func() error { return chunk.writeTo(p.dst) })
	}
}

// pause is called when nothing came for a while, or no line end.
func (p *pump) pause() {
	if chunk, more := p.src.overdue(); more { // it was not the input that paused: we were stopped, or had no processor
		p.take(chunk)
	}
	switch now := time.Now(); {
	case p.src.behind(): // nor here: who reads has had none yet
		p.due = now.Add(Idle)
	case p.flushed:
		p.try(func() error { return p.dst.Tick(now) })
	case !now.Before(p.due):
		p.flushed, p.since = true, time.Time{}
		p.try(p.dst.Flush)
	}
}

// arm sets the alarm, unless the stream holds nothing back.
func (p *pump) arm() {
	pending := false
	p.try(func() error { pending = p.dst.Pending(); return nil })
	switch {
	case !pending:
		p.since = time.Time{}
		p.alarm.Stop()
	case p.flushed:
		p.alarm.Reset(beat)
	default:
		p.alarm.Reset(time.Until(p.due))
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

// writeTo writes a chunk, as it was prepared.
func (c chunk) writeTo(w io.Writer) error {
	write := c.write
	if write == nil {
		write = func() (int, error) { return w.Write(c.bytes) }
	}
	n, err := write()
	if err == nil && n < len(c.bytes) {
		err = io.ErrShortWrite
	}
	return err
}
