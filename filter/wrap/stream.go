package wrap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// outlet is one way from the program to a Stream.
type outlet struct {
	name string // for errors
	dst  Stream
	ours *os.File // where dst leads to; nil: nowhere
	near *os.File // what we read: the master of a pseudo-terminal, or the end of a pipe
	far  *os.File // what the program gets: the slave, or the other end
	tty  bool
}

// outlets opens what the program writes to: one outlet if Merged, else two, stdout first.
func (c *Command) outlets() ([]*outlet, error) {
	all := []*outlet{{name: "stdout", dst: c.Out, ours: c.Stdout}, {name: "stderr", dst: c.Err, ours: c.Stderr}}
	if c.Merged() {
		all = all[:1]
	}
	for i, o := range all {
		if err := o.open(); err != nil {
			closeAll(all[:i])
			return nil, err
		}
	}
	return all, nil
}

// open makes the pseudo-terminal or the pipe. Without pseudo-terminals (no /dev/pts in a container, none left) it is a
// pipe: a deploy without colours is better than none.
func (o *outlet) open() (err error) {
	if o.dst == nil {
		o.dst = through{o.ours}
	}
	if o.ours != nil && isTerminal(o.ours) {
		if o.near, o.far, err = openTerminal(o.ours); err == nil {
			o.tty = true
			return nil
		}
	}
	o.near, o.far, err = os.Pipe()
	return err
}

func (o *outlet) closeFar() {
	o.far.Close() // closing twice does no harm
}

func closeAll(all []*outlet) {
	for _, o := range all {
		o.closeFar()
		o.near.Close()
	}
}

// stdin is what the program gets as such in the first place.
func (c *Command) stdin() (*os.File, error) {
	if c.Stdin != nil {
		return c.Stdin, nil
	}
	return os.Open(os.DevNull)
}

// through is the Stream in place of nil.
type through struct{ to *os.File }

func (t through) Write(b []byte) (int, error) {
	if t.to == nil {
		return len(b), nil
	}
	return t.to.Write(b)
}

func (through) Tick(time.Time) error { return nil }
func (through) Flush() error         { return nil }
func (through) Pending() bool        { return false }

// pumps are the running pumps of a program.
type pumps struct {
	ended chan struct{} // to be closed when the program has ended
	cut   chan struct{} // to be closed when the grandchildren are not to be waited for
	done  chan struct{} // closed when the last pump has ended

	errs []error // of the pumps, in the order of the outlets; to be read after done
}

func startPumps(all []*outlet) *pumps {
	p := &pumps{
		ended: make(chan struct{}),
		cut:   make(chan struct{}),
		done:  make(chan struct{}),
		errs:  make([]error, len(all)),
	}
	finished := make(chan struct{})
	for i, o := range all {
		go func() {
			p.errs[i] = p.pump(o)
			finished <- struct{}{}
		}()
	}
	go func() {
		for range all {
			<-finished
		}
		close(p.done)
	}()
	return p
}

func (p *pumps) pump(o *outlet) error {
	pump := newPump(o.dst, o.near)
	pump.ended, pump.cut = p.ended, p.cut
	if err := pump.run(); err != nil {
		return fmt.Errorf("%s: %w", o.name, bare(err))
	}
	return nil
}

// err waits for the pumps and tells what went wrong in them.
func (p *pumps) err() error {
	<-p.done
	return errors.Join(p.errs...)
}

// bare is the error without "write /dev/stdout" in front.
func bare(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}
