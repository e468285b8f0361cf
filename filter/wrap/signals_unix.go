//go:build unix

package wrap

import (
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/orbfilter/orbfilter/filter/wrap/early"
)

var (
	passedOn = append(slices.Clone(early.Ending), syscall.SIGUSR1, syscall.SIGUSR2) // to the program
	noticed  = append(slices.Clone(suspending), syscall.SIGWINCH, syscall.SIGCONT)  // the window has changed, or may have while we were stopped
)

// signal lets the program have a signal that came to us.
func (j *job) signal(s os.Signal) {
	switch {
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
