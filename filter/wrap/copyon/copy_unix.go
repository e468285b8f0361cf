//go:build unix

package copyon

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	first = 3 // the descriptors in front of it are the null device
	chunk = 16 << 10
	pause = 5 * time.Millisecond // where somebody has made a file non-blocking behind our back
)

// copyAll gives up each end as soon as it is over: the others may last for weeks.
func copyAll(n int) {
	closeFrom(first + 2*n)
	done := make(chan bool)
	for fd := first; fd < first+2*n; fd += 2 {
		go func() {
			_ = syscall.SetNonblock(fd, false)
			pass(fd, fd+1)
			_ = syscall.Close(fd)
			_ = syscall.Close(fd + 1)
			done <- true
		}()
	}
	for range n {
		<-done
	}
}

// pass ends at any error: of reading, it is the end (EIO is that of a terminal); one of writing is to be that of those who
// write to us as well.
func pass(from, to int) {
	buf := make([]byte, chunk)
	for {
		n, err := again(func() (int, error) { return syscall.Read(from, buf) })
		if err != nil || n <= 0 {
			return
		}
		for b := buf[:n]; len(b) > 0; b = b[n:] {
			if n, err = again(func() (int, error) { return syscall.Write(to, b) }); err != nil {
				return
			}
		}
	}
}

func again(do func() (int, error)) (int, error) {
	for {
		n, err := do()
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			time.Sleep(pause)
		default:
			return n, err
		}
	}
}

// closeFrom closes the descriptors from this one on that came from the caller of the caller, and may be locks, and not the
// Go runtime's. Where it cannot be told which those are, it closes none.
func closeFrom(fd int) {
	const dir = "/proc/self/fd/"
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		link, _ := os.Readlink(dir + e.Name())
		if err == nil && n >= fd && link != "" && !strings.HasPrefix(link, "anon_inode:") {
			_ = syscall.Close(n)
		}
	}
}
