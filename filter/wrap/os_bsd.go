//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package wrap

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA

	disabled = 0xff // a special character that is switched off (_POSIX_VDISABLE)
)

func enlarge(*os.File) {} // pipes grow by themselves

// pollable leaves the master as it is: kqueue is not to be relied on for pseudo-terminals. So a Read of it cannot be
// interrupted, and source.finish leaves the reader alone.
func pollable(master *os.File) (*os.File, error) { return master, nil }

// await waits until one of the files can be read or is at its end, and tells which. It is select, because poll and
// kqueue of macOS do not know /dev/tty.
func await(a, b int) (aReady, bReady bool, err error) {
	for {
		var set unix.FdSet
		set.Zero()
		for _, fd := range []int{a, b} {
			if fd >= 0 {
				set.Set(fd)
			}
		}
		_, err = unix.Select(max(a, b)+1, &set, nil, nil, nil)
		if err != unix.EINTR {
			return a >= 0 && set.IsSet(a), b >= 0 && set.IsSet(b), err
		}
	}
}
