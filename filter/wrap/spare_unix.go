//go:build unix

package wrap

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Spare returns how many files this process may still open, up to most. It opens none, which would need what there may
// not be: the Go runtime ends the process when it finds no room for the two descriptors of its poller.
func Spare(most int) (n int) {
	var taken []int
	for ; n < most; n++ {
		fd, err := unix.FcntlInt(uintptr(unix.Stdin), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			break
		}
		taken = append(taken, fd)
	}
	for _, fd := range taken {
		_ = unix.Close(fd)
	}
	return n
}

// CopyPlain copies in to out with nothing but these two: no other descriptor, no timer. When out takes nothing any more
// it is asked, once, whether to read on; see OnClosed. seen is told all that comes. The error is out's, or in's.
func CopyPlain(out, in *os.File, seen func([]byte), ask OnClosed) (err error) {
	keepSIGPIPE()
	buf := make([]byte, chunkSize)
	for {
		n, rerr := plainly(in, unix.POLLIN, func(fd int) (int, error) { return unix.Read(fd, buf) })
		if rerr != nil || n <= 0 {
			return errors.Join(err, rerr)
		}
		seen(buf[:n])
		if err != nil {
			continue
		}
		if err = writePlain(out, buf[:n]); errors.Is(err, unix.EPIPE) {
			if !ask(out) {
				return ErrClosed
			}
		}
	}
}

func writePlain(out *os.File, p []byte) error {
	for len(p) > 0 {
		n, err := plainly(out, unix.POLLOUT, func(fd int) (int, error) { return unix.Write(fd, p) })
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// plainly makes a call until it is neither interrupted nor too early.
func plainly(f *os.File, event int16, call func(fd int) (int, error)) (int, error) {
	fd := int(f.Fd())
	for {
		n, err := call(fd)
		switch {
		case errors.Is(err, unix.EAGAIN):
			_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: event}}, -1)
		case !errors.Is(err, unix.EINTR):
			return n, err
		}
	}
}
