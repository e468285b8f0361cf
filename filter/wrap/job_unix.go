//go:build unix

package wrap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lookAgain = 200 * time.Millisecond // between two looks whether we are in the foreground now
	stopTime  = 200 * time.Millisecond // for the program to stop
	nobody    = 100 * time.Millisecond // after that we were not stopped by asking for it, for no shell looks after us
)

// job is a running program.
//
// There are two kinds. In a session of its own, with a pseudo-terminal as controlling terminal, the program gets
// the keyboard and all signals through us. Otherwise it shares our process group and our controlling terminal, if any,
// and the kernel and the shell treat both of us alike.
type job struct {
	outlets []*outlet
	session bool
	console *console // nil: no session, or no keyboard
	process *os.Process
	pumps   *pumps

	signals chan os.Signal
	states  chan state
	end     *state // nil: still running

	wake  <-chan time.Time // when to resume if nobody does; nil: not suspended
	typed bool             // suspended by the suspend character, so that we have stopped the program
}

// state is a change of the program: it was stopped, or has ended.
type state struct {
	syscall.WaitStatus
	err error
}

func (s state) stopped() bool { return s.err == nil && !s.Exited() && !s.Signaled() }

func (c *Command) run(path string) (int, error) {
	j, err := c.prepare()
	if err != nil {
		return ExitFailure, err
	}
	defer j.close()
	if err := j.start(path, c); err != nil {
		return status(err), err
	}
	for j.end == nil {
		j.step()
	}
	j.drain()
	return j.result()
}

// prepare opens what the program will write to.
func (c *Command) prepare() (*job, error) {
	outlets, err := c.outlets()
	if err != nil {
		return nil, err
	}
	j := &job{outlets: outlets, states: make(chan state, 8), signals: make(chan os.Signal, 64)}
	j.session = j.terminal() != nil && c.alone()
	for _, o := range outlets {
		if o.tty && !(j.session && o == j.terminal()) {
			plain(o.far) // this terminal of ours does not become raw
		}
	}
	return j, nil
}

// alone tells whether we may take the terminal for us. In a pipeline others use it, too: `… | less` reads the keyboard,
// and `ssh … |` asks for a password. They and we would take each other's keys, and each would restore settings that it
// has from the other. So there the program shares the terminal as it would without us, and only its output is ours.
func (c *Command) alone() bool { return !isPipe(c.Stdin) && !isPipe(c.Stdout) }

func isPipe(f *os.File) bool {
	if f == nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0
}

// terminal is the outlet whose pseudo-terminal is the controlling one. Nil: there is none.
func (j *job) terminal() *outlet {
	for _, o := range j.outlets {
		if o.tty {
			return o
		}
	}
	return nil
}

func (j *job) start(path string, c *Command) error {
	stdin, err := c.stdin()
	if err != nil {
		return err
	}
	if stdin != c.Stdin {
		defer stdin.Close()
	}
	j.listen()
	attr := &os.ProcAttr{Sys: &syscall.SysProcAttr{}, Files: []*os.File{stdin, j.outlets[0].far, j.outlets[len(j.outlets)-1].far}}
	if j.session {
		j.own(attr)
	}
	if j.process, err = os.StartProcess(path, c.Args, attr); err != nil {
		return cannotStart(c.Args[0], err)
	}
	go j.wait(j.process.Pid)
	for _, o := range j.outlets {
		if !o.tty { // a slave stays open, or EIO could come before the program has opened /dev/tty again
			o.closeFar()
		}
	}
	if j.session {
		j.connect(c.Stdin)
	}
	j.pumps = startPumps(j.outlets) // not earlier: the terminal must be in raw mode when output comes
	return nil
}

// own gives the program a session and a controlling terminal of its own.
func (j *job) own(attr *os.ProcAttr) {
	tty := j.terminal().far
	if isTerminal(attr.Files[0]) {
		attr.Files[0] = tty
	}
	attr.Sys.Setsid, attr.Sys.Setctty = true, true
	for fd, f := range attr.Files {
		if f == tty {
			attr.Sys.Ctty = fd
			break
		}
	}
}

// connect takes our terminal and begins to copy the keyboard. Without one the program goes on alone.
func (j *job) connect(stdin *os.File) {
	// From now on the kernel does not stop us for touching the terminal in the background; we look before we do. Not
	// earlier, because a child inherits what is ignored. It is for good: see listen.
	signal.Ignore(syscall.SIGTTIN, syscall.SIGTTOU)
	if j.console = openConsole(stdin, j.terminal(), j.process.Pid); j.console != nil {
		j.console.attach()
	}
}

// wait tells what becomes of the program. In a shared process group stops are left to the shell, which sees ours.
func (j *job) wait(pid int) {
	options := 0
	if j.session {
		options = unix.WUNTRACED
	}
	for {
		var s state
		_, s.err = syscall.Wait4(pid, &s.WaitStatus, options, nil)
		if errors.Is(s.err, syscall.EINTR) {
			continue
		}
		j.states <- s
		if !s.stopped() {
			return
		}
	}
}

// step handles one thing that happens while the program runs.
func (j *job) step() {
	select {
	case s := <-j.states:
		j.changed(s)
	case <-j.suspendTyped():
		j.stopProgram()
		j.suspend()
	case s := <-j.signals:
		j.signal(s.(syscall.Signal))
	case <-j.background():
		j.console.attach()
	case <-j.wake:
		j.resume(j.typed)
	}
}

func (j *job) changed(s state) {
	if !s.stopped() {
		j.end = &s
		return
	}
	j.suspend() // it has stopped itself: whoever looks after us must see that
}

func (j *job) suspendTyped() <-chan struct{} {
	if j.console == nil {
		return nil
	}
	return j.console.keys.suspended
}

// background ticks while we wait for the terminal. A signal does not always tell that we got it: bash's fg sends
// SIGCONT to a stopped job only.
func (j *job) background() <-chan time.Time {
	if j.console == nil || j.wake != nil || j.console.attached() {
		return nil
	}
	return time.After(lookAgain)
}

// drain waits for the rest of the output.
func (j *job) drain() {
	if j.console != nil {
		j.console.leave()
	}
	for _, o := range j.outlets {
		o.closeFar()
	}
	close(j.pumps.ended)
	for cut := j.pumps.cut; ; {
		select {
		case <-j.pumps.done:
			return
		case s := <-j.signals:
			if cut != nil && ends(s) {
				close(cut)
				cut = nil
			}
		}
	}
}

func (j *job) result() (int, error) {
	err := j.pumps.err()
	switch {
	case j.end.err != nil:
		return ExitFailure, fmt.Errorf("waiting for the program: %w", j.end.err)
	case j.end.Signaled():
		return 128 + int(j.end.Signal()), err
	}
	return j.end.ExitStatus(), err
}

// close is the end of Run, however it comes.
func (j *job) close() {
	if j.console != nil {
		j.console.close()
	}
	signal.Stop(j.signals)
	closeAll(j.outlets)
	if j.process != nil {
		_ = j.process.Release()
	}
}
