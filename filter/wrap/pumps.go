package wrap

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// stuck is how long, after we were told to end, a Stream may take for its last call.
const stuck = time.Second

// Pipe copies what comes from a pipe, and decides what to do upon signals. The first Ctrl-C is for those upstream, whose
// last words are to be shown: reading goes on. At the second, and at SIGQUIT, SIGTERM and SIGHUP, it ends.
type Pipe struct {
	// Out is where the Stream leads to, if somebody is to look after who reads it, and Closed what to do when nobody does.
	// Both may be nil.
	Out    *os.File
	Closed OnClosed

	signals *signals
}

// NewPipe returns a Pipe. From now on signals are for it, so that a Ctrl-C before Run does not end us. It must be run.
func NewPipe() *Pipe { return &Pipe{signals: listen(ending)} }

// Run copies src to dst until EOF, as Pump does. The exit status is 0, or 128+n if it ended because of signal n. Then the
// error may be ErrStuck. The error is ErrClosed when nobody reads the output, and Closed said not to read on.
func (p *Pipe) Run(dst Stream, src io.Reader) (code int, err error) {
	keepSIGPIPE()
	defer p.signals.close()
	copying := newPump(dst, src)
	copying.watch(p.Out, p.Closed)
	asked, err := runPumps(copying).wait(p.signals)
	if asked != 0 {
		code = 128 + asked
	}
	return code, err
}

// pumps are pumps that run side by side.
type pumps struct {
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
	p := &pumps{ended: make(chan struct{}), cut: make(chan struct{}), done: make(chan struct{}), errs: make([]error, len(all))}
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
// already, it does not wait for long. That signal is returned, too; 0: there was none.
func (p *pumps) wait(s *signals) (asked int, err error) {
	var limit <-chan time.Time
	if s.last != 0 {
		close(p.cut)
		limit = time.After(stuck)
	}
	for {
		select {
		case <-p.done:
			return s.last, errors.Join(p.errs...)
		case <-limit:
			return s.last, ErrStuck
		case sig := <-s.c:
			if s.note(sig) {
				close(p.cut)
				limit = time.After(stuck)
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
