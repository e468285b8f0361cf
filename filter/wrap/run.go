package wrap

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
)

// job is a running program.
type job struct {
	outlets []*outlet
	process *os.Process
	pumps   *pumps
	signals *signals
}

// end is what became of the program.
type end struct {
	state *os.ProcessState
	err   error
}

func (c *Command) run(path string) (int, error) {
	j := &job{signals: listen(slices.Concat(passedOn, noticed))}
	defer j.signals.close()
	var err error
	if j.outlets, err = c.outlets(); err != nil {
		return ExitFailure, err
	}
	if err := j.start(path, c); err != nil {
		closeAll(j.outlets)
		return Status(err), err
	}
	return j.result(j.wait())
}

func (j *job) start(path string, c *Command) error {
	stdin, err := c.stdin()
	if err != nil {
		return err
	}
	if stdin != c.Stdin {
		defer stdin.Close()
	}
	files := []*os.File{stdin, j.outlets[0].far, j.outlets[len(j.outlets)-1].far}
	if j.process, err = begin(path, c.Args, &os.ProcAttr{Files: files, Env: c.Env}); err != nil {
		return cannotStart(c.Args[0], err)
	}
	for len(j.signals.c) > 0 { // it was not there yet when they came
		_ = j.process.Signal(<-j.signals.c)
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
	for {
		select {
		case e := <-ended:
			return e
		case s := <-j.signals.c:
			j.signals.note(s)
			j.signal(s)
		}
	}
}

// result waits for the rest of the output.
func (j *job) result(e end) (int, error) {
	for _, o := range j.outlets {
		o.closeFar()
	}
	close(j.pumps.ended)
	asked, err := j.pumps.wait(j.signals)
	if !errors.Is(err, ErrStuck) {
		closeAll(j.outlets)
	}
	if e.err != nil {
		return ExitFailure, fmt.Errorf("waiting for the program: %w", e.err)
	}
	code := codeOf(e.state)
	if code == 0 && errors.Is(err, ErrStuck) {
		code = 128 + asked // it was content, but its output was not shown
	}
	return code, err
}

func codeOf(state *os.ProcessState) int {
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return 128 + int(s.Signal())
	}
	return state.ExitCode()
}
