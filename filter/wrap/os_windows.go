package wrap

import (
	"errors"
	"os"
)

// What there is of terminals and pipes on other systems.

func enlarge(*os.File)         {}
func isTerminal(*os.File) bool { return false } // there is no pseudo-terminal to put in its place
func readable(*os.File) bool   { return false } // not known
func openTerminal(*os.File) (master, slave *os.File, err error) {
	return nil, nil, errors.ErrUnsupported
}
