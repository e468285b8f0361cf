//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package wrap

import (
	"errors"
	"os/signal"
	"syscall"
)

// setDefault relies on the Go runtime, where it gives a signal its default back by itself.
func setDefault(s syscall.Signal) error {
	switch s {
	case syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL:
		signal.Reset(s)
		return nil
	}
	return errors.ErrUnsupported
}
