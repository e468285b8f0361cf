//go:build unix

package wrap

import (
	"os"
	"os/signal"
	"syscall"
)

var become = syscall.Exec

// dieOfSIGPIPE ends the process as SIGPIPE ends one, with what is deferred left undone. It returns where that cannot be:
// SIGPIPE is ignored, or no pipe can be made. The Go runtime passes over one that is sent by kill, and dies of its own
// only after a write to stdout or stderr that nobody reads. So stdout becomes such a one.
func dieOfSIGPIPE() {
	if abandoned, _ := isAbandoned(os.Stdout, 0); !abandoned && breakStdout() != nil {
		return
	}
	signal.Reset(syscall.SIGPIPE)
	_, _ = os.Stdout.Write([]byte{'\n'})
}

// breakStdout puts a pipe that nobody reads in the place of stdout.
func breakStdout() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	r.Close()
	return control(w, func(fd int) error { return replace(fd, syscall.Stdout) })
}
