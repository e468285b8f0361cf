//go:build unix

package wrap

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// passedOn are the signals that reach the program.
var passedOn = []os.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2,
}

// listen catches signals. Those that we were told to ignore (nohup) stay ignored, for us and the program.
// SIGTSTP is not caught: package os/signal cannot give a stop signal back its default, which suspend needs.
func (j *job) listen() {
	want := slices.Clone(passedOn)
	if j.terminal() != nil {
		want = append(want, syscall.SIGWINCH)
	}
	if j.session {
		want = append(want, syscall.SIGCONT)
	}
	for _, s := range want {
		if !signal.Ignored(s) {
			signal.Notify(j.signals, s)
		}
	}
}

// ends tells whether the signal asks us to end.
func ends(s os.Signal) bool {
	return s == syscall.SIGHUP || s == syscall.SIGINT || s == syscall.SIGQUIT || s == syscall.SIGTERM
}

func (j *job) signal(s syscall.Signal) {
	switch {
	case s == syscall.SIGWINCH:
		j.resize()
	case s == syscall.SIGCONT:
		j.resume(true)
	case j.session:
		j.send(s)
	case (s == syscall.SIGINT || s == syscall.SIGQUIT) && fromKeyboard():
		// The program has it already.
	default:
		_ = j.process.Signal(s)
	}
}

// send signals the program and what it has started in its process group.
func (j *job) send(s syscall.Signal) { _ = unix.Kill(-j.process.Pid, s) }

// fromKeyboard guesses where a SIGINT or SIGQUIT comes from when the program shares our process group. From the keyboard it
// goes to the whole foreground process group of a terminal, and a second one would break off what the program does
// upon the first. So in the foreground it is taken to be from the keyboard; somebody who means us alone there sends
// SIGTERM. Without a terminal, or in the background, nobody types.
func fromKeyboard() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	return foreground(tty)
}

// resize gives the pseudo-terminals the size of ours.
func (j *job) resize() {
	for _, o := range j.outlets {
		if o.tty {
			copySize(o.ours, o.near)
		}
	}
	if !j.session {
		_ = j.process.Signal(syscall.SIGWINCH) // it may have looked before the size was right
	}
}

// stopProgram does what the kernel does not do on Ctrl-Z: a process group without a parent in its own session cannot be
// stopped by SIGTSTP, for there would be no shell to continue it. We are that shell.
func (j *job) stopProgram() {
	j.send(syscall.SIGSTOP)
	j.typed = true
	select {
	case s := <-j.states:
		if !s.stopped() {
			j.end = &s
		}
	case <-time.After(stopTime):
	}
}

// suspend gives the terminal back and stops us and the others in our pipeline, as Ctrl-Z does. The next thing to come
// is SIGCONT. If no shell looks after us, the kernel does not stop us, and we go on after a moment.
func (j *job) suspend() {
	if j.end != nil {
		return
	}
	time.Sleep(2 * Idle) // so that what the program has written before can be seen
	if j.console != nil {
		j.console.detach()
	}
	j.wake = time.After(nobody)
	_ = unix.Kill(0, syscall.SIGTSTP)
}

// resume takes the terminal again. The program is continued if we were, or if only we have stopped it.
func (j *job) resume(program bool) {
	j.wake, j.typed = nil, false
	if j.console != nil {
		j.console.attach()
	}
	j.resize()
	if program {
		j.send(syscall.SIGCONT)
	}
}
