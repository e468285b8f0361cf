//go:build unix

package wrap

import (
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

var (
	passedOn = slices.DeleteFunc(sendable(), isNoticed)                            // to the program
	ending   = slices.DeleteFunc(sendable(), isNotDeadly)                          // the pipe
	noticed  = append(slices.Clone(suspending), syscall.SIGWINCH, syscall.SIGCONT) // the window has changed, or may have while we were stopped
)

// last is the last signal that there is anywhere; what is beyond those of a system is nothing.
const last = 64

// notForUs are signals that nobody sends to have an effect on a program, or that cannot be caught. The kernel sends some for what
// we do ourselves: a write that nobody reads, or that a limit (ulimit -f, -t) does not allow, is none of the program's. The
// Go runtime keeps some for itself, and the libraries of C use some among threads.
var notForUs = []syscall.Signal{syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGCHLD, syscall.SIGURG, syscall.SIGPROF, syscall.SIGPIPE, syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGTTIN, syscall.SIGTTOU, 32, 33}

// sendable are the signals that somebody may send us as he would send them to a program that runs without us.
func sendable() (all []os.Signal) {
	for s := syscall.Signal(1); s <= last; s++ {
		if !slices.Contains(notForUs, s) {
			all = append(all, s)
		}
	}
	return all
}

func isNoticed(s os.Signal) bool   { return slices.Contains(noticed, s) }
func isNotDeadly(s os.Signal) bool { return !deadly(s.(syscall.Signal)) }

// signal lets the program have a signal that came to us.
func (j *job) signal(s os.Signal) {
	switch {
	case slices.Contains(suspending, s):
		if !fromKeyboard() {
			_ = j.process.Signal(s)
		}
	case slices.Contains(noticed, s):
		j.resize()
	case (s == syscall.SIGINT || s == syscall.SIGQUIT) && fromKeyboard():
	default:
		_ = j.process.Signal(s)
	}
}

// fromKeyboard guesses where a SIGINT or SIGQUIT comes from, for the kernel does not tell Go. From the keyboard it goes
// to the whole foreground process group of a terminal: the program has it already, and a second one would break off
// what it does upon the first. So in the foreground it is taken to be from there. Who means us alone there can send
// SIGTERM. In the background, and without a terminal (in CI), nobody types, and it is passed on.
func fromKeyboard() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	pgrp, err := group(tty)
	return err == nil && pgrp == unix.Getpgrp()
}

// resize gives the pseudo-terminals the size of ours. Who has looked already, upon the SIGWINCH that came to all of us,
// is told to look again; that we get it as well is the end of it, since nothing has changed then.
func (j *job) resize() {
	changed := false
	for _, o := range j.outlets {
		if o.tty && copySize(o.ours, o.near) {
			changed = true
		}
	}
	if changed {
		_ = unix.Kill(0, unix.SIGWINCH)
	}
}

// SignalName is the name of a signal, such as SIGTERM; empty: there is none, or it has none.
func SignalName(s os.Signal) string {
	if sig, ok := s.(syscall.Signal); ok {
		return unix.SignalName(sig)
	}
	return ""
}
