//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package wrap

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)

// kqueue, which poll is made of, tells that nobody reads any more only to who asks whether there is room to write, and
// that is answered at once. So it is asked now and then.
const (
	lookAt    = unix.POLLOUT
	lookFor   = 0
	lookEvery = 250 * time.Millisecond
)

func enlarge(*os.File) {} // pipes grow by themselves

// replace makes the descriptor to another name of from.
func replace(from, to int) error { return unix.Dup2(from, to) }

// pollable leaves the master as it is: kqueue is not to be relied on for pseudo-terminals. So a Read of it cannot be
// interrupted, and source.finish leaves the reader alone.
func pollable(master *os.File) (*os.File, error) { return master, nil }
