//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package wrap

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)

func enlarge(*os.File) {} // pipes grow by themselves

// pollable leaves the master as it is: kqueue is not to be relied on for pseudo-terminals. So a Read of it cannot be
// interrupted, and source.finish leaves the reader alone.
func pollable(master *os.File) (*os.File, error) { return master, nil }
