package wrap

import (
	"errors"
	"os"
	"syscall"
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
	act  *mirror // for ours; nil: there is nothing to do
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
			o.tty, o.act = true, newMirror(o.ours, o.near)
			o.dst = mirrored{o.dst, o.act}
			return nil
		}
	}
	o.near, o.far, err = os.Pipe()
	return err
}

// onClosed lets the program know, if it is not to be read on, as it would know without us: what it writes then ends it, or
// is an error. A terminal that has gone ends it by SIGHUP.
func (o *outlet) onClosed(ask OnClosed) OnClosed {
	if ask == nil {
		return nil
	}
	return func(out *os.File) bool {
		if !ask(out) && !o.tty {
			o.near.Close()
		}
		return true
	}
}

func (o *outlet) closeFar() {
	o.far.Close() // closing twice does no harm
}

func closeAll(all []*outlet) {
	for _, o := range all {
		o.act.end()
		o.closeFar()
		o.near.Close()
	}
}

// mirrored is a Stream that gets nothing before the terminal has the settings that the program has made for it.
type mirrored struct {
	Stream
	act *mirror
}

func (m mirrored) Write(b []byte) (int, error) {
	m.act.look()
	return m.Stream.Write(b)
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
	return Writer{t.to}.Write(b)
}

func (through) Tick(time.Time) error { return nil }
func (through) Flush() error         { return nil }
func (through) Pending() bool        { return false }

// Writer writes to a file that somebody may have made non-blocking behind our back: the program has our stdin, and that
// is, on a terminal, the same open file as our stdout. What does not fit is written later.
type Writer struct{ *os.File }

func (w Writer) Write(b []byte) (n int, err error) {
	defer offer(w.File)()
	for {
		m, err := w.File.Write(b[n:])
		n += m
		if !errors.Is(err, syscall.EAGAIN) {
			return n, err
		}
		time.Sleep(time.Millisecond)
	}
}
