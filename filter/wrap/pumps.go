package wrap

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Pipe copies what comes from a pipe, and decides what to do upon signals. The first Ctrl-C is for those upstream, whose
// last words are to be shown: reading goes on. At the second, and at all others that would end a program, it ends.
type Pipe struct {
	// Out is where the Stream leads to, if somebody is to look after who reads it, and Closed what to do when nobody does.
	// Both may be nil.
	Out    *os.File
	Closed OnClosed

	signals *signals
}

// NewPipe returns a Pipe. From now on signals are for it, those too that came since the program began: a Ctrl-C before
// Run does not end us. It must be run.
func NewPipe() *Pipe {
	p := &Pipe{signals: listen(ending)}
	p.signals.ours(time.Now().Add(-under))
	return p
}

// Run copies src to dst until EOF, as Pump does. The exit status is 0, or 128+n if it ended because of signal n. Then the
// error may be ErrStuck. The error is ErrClosed when nobody reads the output, and Closed said not to read on.
//
// After it, signals do not end us at once, so that what there is to say and to write can be, unless that is stuck as well.
// See Signal.
func (p *Pipe) Run(dst Stream, src io.Reader) (code int, err error) {
	keepSIGPIPE()
	copying := newPump(dst, src)
	copying.watch(p.Out, p.Closed)
	err = runPumps(copying).wait(p.signals)
	p.signals.settle()
	if told := p.signals.told(); told != 0 {
		code = 128 + int(told)
	}
	go p.signals.late()
	return code, err
}

// Signal is the signal to Raise when all is said and written; nil: there is none. Who reads to the end in spite of a Ctrl-C
// has to die of it in the end, or the shell takes it for handled, and begins with what comes next.
func (p *Pipe) Signal() os.Signal { return orNil(p.signals.dying()) }

func orNil(s syscall.Signal) os.Signal {
	if s == 0 {
		return nil
	}
	return s
}

// pumps are pumps that run side by side.
type pumps struct {
	list  []*pump
	ended chan struct{} // to be closed when the program has ended
	cut   chan struct{} // to be closed when its grandchildren are hardly to be waited for
	done  chan struct{} // closed when the last pump has ended
	errs  []error       // of the pumps, in their order; to be read after done
}

func startPumps(all []*outlet, closed OnClosed) *pumps {
	list := make([]*pump, len(all))
	for i, o := range all {
		list[i] = newPump(o.dst, o.near)
		list[i].name = o.name
		list[i].watch(o.ours, o.onClosed(closed))
	}
	return runPumps(list...)
}

func runPumps(all ...*pump) *pumps {
	p := &pumps{list: all, ended: make(chan struct{}), cut: make(chan struct{}), done: make(chan struct{}), errs: make([]error, len(all))}
	finished := make(chan struct{})
	for i, pump := range all {
		pump.ended, pump.cut = p.ended, p.cut
		go func() {
			p.errs[i] = named(pump.name, pump.run())
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

// wait waits for the pumps, and tells what went wrong in them. After a signal that tells us to end, which may have come
// already, it does so until they are stuck.
func (p *pumps) wait(s *signals) error {
	w := &watch{Ticker: &time.Ticker{}} // whose channel is nil
	leave := func() {
		close(p.cut)
		w = newWatch()
	}
	if s.told() != 0 {
		leave()
	}
	defer func() { w.Stop() }()
	for {
		select {
		case <-p.done:
			return errors.Join(p.errs...)
		case <-w.C:
			if w.stuck() {
				return ErrStuck
			}
		case sig := <-s.c:
			if s.note(sig) {
				leave()
			}
		}
	}
}

// named puts the name of the output in front of the error, and not "write /dev/stdout".
func named(name string, err error) error {
	if err == nil || name == "" {
		return err
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}
