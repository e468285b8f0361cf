//go:build unix

package wrap

import (
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// dying is how long it may take a signal to end us.
const dying = 5 * time.Second

func raise(s os.Signal) {
	sig, ok := s.(syscall.Signal)
	if !ok || !deadly(sig) {
		return
	}
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	if sig == syscall.SIGPIPE { // which the runtime has plans of its own for
		dieOfSIGPIPE()
		return
	}
	runtime.LockOSThread()
	// Until it has its default back, the signal stays caught: it may come once more right now, as it does when it went to all of
	// a terminal and the command was sooner dead, and the Go runtime has plans of its own for those that nobody catches.
	if setDefault(sig) != nil {
		byShell(sig)
		signal.Reset(s)
	}
	_ = unix.Kill(unix.Getpid(), sig)
	if unix.Getpid() != 1 {
		time.Sleep(dying)
	}
}

// deadly tells whether the default of a signal is to end a process.
func deadly(s syscall.Signal) bool {
	switch s {
	case 0, syscall.SIGCHLD, syscall.SIGCONT, syscall.SIGURG, syscall.SIGWINCH, syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU:
		return false
	}
	return true
}

// byShell becomes a shell that dies of the signal: exec gives handlers their default back.
func byShell(s syscall.Signal) {
	_ = syscall.Exec("/bin/sh", []string{"sh", "-c", "kill -" + strconv.Itoa(int(s)) + " $$"}, nil)
}
