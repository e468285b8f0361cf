//go:build unix

package wrap

import (
	"io/fs"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// letGo closes what the program has from those who started us, and what is of no use here. Somebody may wait for its end: who writes into
// the program's stdin, until it does not read any more; who waits on another descriptor for the program to be ready (s6 does).
//
// A terminal stays, and so does a file: nobody waits for the end of either.
func letGo(stdin *os.File, keep []int) {
	if isChannel(stdin) {
		if null, err := os.Open(os.DevNull); err == nil {
			_ = control(stdin, func(fd int) error {
				return control(null, func(from int) error { return replace(from, fd) })
			})
			null.Close()
		}
	}
	for _, fd := range inherited() {
		if !slices.Contains(keep, fd) {
			_ = unix.Close(fd)
		}
	}
}

// isChannel tells whether a file has another end: a pipe, a socket.
func isChannel(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0
}

// inherited are the descriptors that we have from whoever started us, without the first three. All others, as Go opens them, are
// closed upon exec. Where it cannot be told which there are, there are none.
func inherited() (all []int) {
	entries, _ := os.ReadDir("/dev/fd")
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= unix.Stderr {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			all = append(all, fd)
		}
	}
	return all
}
