package wrap

import (
	"errors"
	"os"

	"github.com/orbfilter/orbfilter/filter/wrap/early"
)

// What there is of terminals, signals and pipes on Windows: the console is shared, and its Ctrl-C reaches the program
// without us. There is no pseudo-terminal to put in its place.

var (
	passedOn = early.Ending
	noticed  []os.Signal
)

func (*job) signal(os.Signal) {}

func enlarge(*os.File)                {}
func isTerminal(*os.File) bool        { return false }
func sameTerminal(_, _ *os.File) bool { return false }
func readable(*os.File) bool          { return false } // not known
func hungUp(*os.File) bool            { return true }  // nobody could take over
func openTerminal(*os.File) (master, slave *os.File, err error) {
	return nil, nil, errors.ErrUnsupported
}
