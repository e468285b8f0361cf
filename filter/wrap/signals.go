package wrap

import (
	"os"
	"os/signal"
	"syscall"
)

// ending are the signals that ask to end.
var ending = []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM}

// signals are those that we get.
type signals struct {
	c           chan os.Signal
	interrupted bool
	last        int // the signal that told us to end, even if not all is shown; 0: none did
}

// listen catches signals. Those that we were told to ignore (nohup) stay ignored, for us and the program.
// SIGTSTP is not among them: it stops us together with the program, by default.
func listen(to []os.Signal) *signals {
	s := &signals{c: make(chan os.Signal, 64)}
	for _, sig := range to {
		if !signal.Ignored(sig) {
			signal.Notify(s.c, sig)
		}
	}
	return s
}

// close gives all signals their default back. So what hangs after that can be interrupted.
func (s *signals) close() { signal.Stop(s.c) }

// note takes a signal in. It tells whether it is the first that tells us to end.
//
// The first Ctrl-C does not: it is for the program, which may need a while for its last words, and they are to be
// shown. Who types it again does not want to wait for them.
func (s *signals) note(sig os.Signal) bool {
	switch sig {
	case syscall.SIGINT:
		if !s.interrupted {
			s.interrupted = true
			return false
		}
	case syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGTERM:
	default:
		return false
	}
	if s.last != 0 {
		return false
	}
	s.last = int(sig.(syscall.Signal))
	return true
}
