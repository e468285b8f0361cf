//go:build unix

package wrap

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// abandoned returns a channel that is closed when nobody reads out any more, and what ends the looking. It needs no
// descriptor of its own: there may be none left.
func abandoned(out *os.File) (gone <-chan struct{}, stop func()) {
	closed, done := make(chan struct{}), make(chan struct{})
	go func() {
		for {
			switch abandoned, known := isAbandoned(out, lookFor); {
			case abandoned:
				close(closed)
				return
			case !known:
				return
			}
			select {
			case <-done:
				return
			case <-time.After(lookEvery):
			}
		}
	}()
	return closed, func() { close(done) }
}

// isAbandoned waits for up to so long until nobody reads f any more. Not known: f is closed, or nothing that can be asked.
func isAbandoned(f *os.File, upTo time.Duration) (yes, known bool) {
	fds := []unix.PollFd{{Events: lookAt}}
	err := control(f, func(fd int) error {
		fds[0].Fd = int32(fd)
		_, err := unix.Poll(fds, int(upTo.Milliseconds()))
		return err
	})
	yes = err == nil && fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0
	return yes, errors.Is(err, unix.EINTR) || err == nil && fds[0].Revents&unix.POLLNVAL == 0
}
