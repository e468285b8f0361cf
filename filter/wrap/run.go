package wrap

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/orbfilter/orbfilter/filter/wrap/early"
)

// job is a running program.
type job struct {
	outlets []*outlet
	process *os.Process
	pumps   *pumps
	signals *signals
	direct  bool        // it has our stdout and stderr, and there are no outlets
	early   []os.Signal // that came while it was started, and are not for it alone
}

// end is what became of the program.
type end struct {
	state *os.ProcessState
	err   error
}

func (c *Command) run(path string) (int, error) {
	j := &job{signals: listen(early.Ending, slices.Concat(passedOn, noticed)...)}
	c.signals = j.signals
	defer func() { go j.signals.late() }()
	if s := j.tooEarly(); s != 0 {
		c.killed = s
		return 128 + int(s), nil
	}
	if j.direct = c.Direct(); !j.direct {
		var err error
		if j.outlets, err = c.outlets(); err != nil {
			return ExitFailure, err
		}
	}
	if err := j.start(path, c); err != nil {
		closeAll(j.outlets)
		return Status(err), err
	}
	return c.result(j, j.wait())
}

// tooEarly is a signal that came before there was a program to pass it on to; 0: none did.
func (j *job) tooEarly() syscall.Signal {
	for len(j.signals.c) > 0 {
		if s, ok := (<-j.signals.c).(syscall.Signal); ok && slices.Contains(early.Ending, os.Signal(s)) {
			return s
		}
	}
	return 0
}

func (j *job) start(path string, c *Command) error {
	stdin, err := c.stdin()
	if err != nil {
		return err
	}
	if stdin != c.Stdin {
		defer stdin.Close()
	}
	files := []*os.File{stdin, c.Stdout, c.Stderr}
	if !j.direct {
		files = []*os.File{stdin, j.outlets[0].far, j.outlets[len(j.outlets)-1].far}
	}
	if j.process, err = begin(path, c.Args, &os.ProcAttr{Files: files, Env: c.Env}); err != nil {
		return cannotStart(c.Args[0], err)
	}
	if c.LetGo {
		letGo(stdin, c.Keep)
	}
	for len(j.signals.c) > 0 { // it was not there yet when they came
		if s := <-j.signals.c; slices.Contains(passedOn, s) {
			_ = j.process.Signal(s)
		} else {
			j.early = append(j.early, s)
		}
	}
	for _, o := range j.outlets {
		if !o.tty { // a slave stays open, or EIO could come before the program has opened it again
			o.closeFar()
		}
	}
	j.pumps = startPumps(j.outlets, c.Closed)
	return nil
}

// begin starts the program. A script without #! is one for the shell, as it is for shells, env and nohup.
func begin(path string, args []string, attr *os.ProcAttr) (*os.Process, error) {
	process, err := os.StartProcess(path, args, attr)
	if errors.Is(err, syscall.ENOEXEC) && isText(path) {
		return os.StartProcess("/bin/sh", append([]string{"sh", path}, args[1:]...), attr)
	}
	return process, err
}

// wait passes signals on until the program ends. It tells how it ended.
func (j *job) wait() end {
	ended := make(chan end, 1)
	go func() {
		var e end
		e.state, e.err = j.process.Wait()
		ended <- e
	}()
	stops := j.newStops()
	defer stops.Stop()
	for _, s := range j.early {
		stops.note(s)
	}
	for {
		select {
		case e := <-ended:
			return e
		case <-stops.C:
			stops.look()
		case s := <-j.signals.c:
			stops.note(s)
			j.signals.note(s)
			j.signal(s)
		}
	}
}

// result waits for the rest of the output.
func (c *Command) result(j *job, e end) (int, error) {
	j.signals.ours(time.Now().Add(under))
	for _, o := range j.outlets {
		o.closeFar()
	}
	close(j.pumps.ended)
	for _, o := range j.outlets {
		o.act.end()
	}
	err := j.pumps.wait(j.signals)
	stuck := errors.Is(err, ErrStuck)
	if !stuck {
		c.left = j.leave()
	}
	if e.err != nil {
		return ExitFailure, fmt.Errorf("waiting for the program: %w", e.err)
	}
	code, killed := codeOf(e.state)
	if code == 0 && stuck { // it was content, but its output was not shown
		killed = j.signals.told()
		code = 128 + int(killed)
	}
	c.killed = killed
	return code, err
}

// leave closes the ends that nobody writes to any more, and returns the others.
func (j *job) leave() (left []*outlet) {
	for i, o := range j.outlets {
		if j.pumps.list[i].src.left.Load() {
			left = append(left, o)
		} else {
			o.near.Close()
		}
	}
	return left
}

// codeOf is the exit status, and the signal that killed the program, 0 if none did.
func codeOf(state *os.ProcessState) (code int, killed syscall.Signal) {
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return 128 + int(s.Signal()), s.Signal()
	}
	return state.ExitCode(), 0
}
