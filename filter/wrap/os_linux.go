package wrap

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)

// The kernel tells at once that nobody reads any more, whatever is asked for, so that nothing is.
const (
	lookAt    = 0
	lookFor   = time.Second
	lookEvery = 0
)

// enlarge makes room in a pipe, so that the writer seldom waits for us. It fails for what is no pipe, and beyond the
// limits of an unprivileged user; both do no harm.
func enlarge(f *os.File) {
	_ = control(f, func(fd int) error {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, 1<<20)
		return err
	})
}

// replace makes the descriptor to another name of from.
func replace(from, to int) error { return unix.Dup3(from, to, 0) }

// pollable opens the master once more so that reading it can be interrupted, which package pty does not provide.
func pollable(master *os.File) (*os.File, error) {
	var dup int
	err := control(master, func(fd int) (err error) {
		if dup, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0); err != nil {
			return err
		}
		return unix.SetNonblock(dup, true)
	})
	if err != nil {
		return nil, err
	}
	master.Close()
	return os.NewFile(uintptr(dup), master.Name()), nil
}
