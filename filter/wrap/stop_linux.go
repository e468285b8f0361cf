package wrap

import (
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// suspending is Ctrl-Z. It comes to the program as well, and we stop when that has: until then a shell that looked after the
// program alone would wait too, and what the program says on its way (vim gives the screen back) has to be shown.
var suspending = []os.Signal{syscall.SIGTSTP}

const (
	glance = 10 * time.Millisecond  // between two looks at a program that was told to stop
	stare  = 100 * time.Millisecond // between two looks at one that is in the foreground alone, so that we are told nothing
)

// stops look whether the program has stopped, so that we stop too.
type stops struct {
	*time.Ticker
	j     *job
	asked bool // a Ctrl-Z came
}

func (j *job) newStops() *stops {
	s := &stops{Ticker: time.NewTicker(stare), j: j}
	s.rest()
	return s
}

// rest is the time after a stop, or before the first one.
func (s *stops) rest() {
	s.asked = false
	if s.j.direct {
		s.Reset(stare)
	} else {
		s.Stop() // a program that is stopped and continued from outside, alone, is to find us at work
	}
}

func (s *stops) note(sig os.Signal) {
	switch sig {
	case syscall.SIGTSTP:
		s.asked = true
		s.Reset(glance)
	case syscall.SIGCONT:
		s.rest()
	}
}

// look stops us if the program has stopped. It returns when we are continued, or if nobody could continue us.
func (s *stops) look() {
	pid := s.j.process.Pid
	if !hasStopped(pid) {
		return
	}
	s.j.catchUp()
	s.rest()
	stopSelf()
	if pgrp, err := unix.Getpgid(pid); err == nil && pgrp != unix.Getpgrp() { // who continues us, continues our process group
		_ = unix.Kill(-pgrp, unix.SIGCONT)
	}
}

// hasStopped asks without taking the answer away from whoever waits for the end.
func hasStopped(pid int) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WSTOPPED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err == nil && info.Signo != 0
}

// catchUp lets the pumps show what the program wrote before it stopped.
func (j *job) catchUp() {
	time.Sleep(2 * Idle)
	for range int(stare / glance) {
		for _, o := range j.outlets {
			if readable(o.near) {
				time.Sleep(glance)
			}
			o.act.look()
		}
	}
}

// stopSelf does what a Ctrl-Z does by default: it stops us, unless there is no shell to continue us. The signal is for this
// thread, so that it has done its work when the call returns.
func stopSelf() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	caught, err := swapAction(syscall.SIGTSTP, action{})
	if err != nil {
		return
	}
	_ = unblock(syscall.SIGTSTP)
	_ = unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGTSTP)
	_, _ = swapAction(syscall.SIGTSTP, caught)
}
