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
	ending   = early.Ending
	noticed  []os.Signal
)

func (*job) signal(os.Signal) {}

func letGo(*os.File, []int) {} // nothing is inherited that was not asked for

// abandoned cannot tell.
func abandoned(*os.File) (gone <-chan struct{}, stop func()) { return nil, func() {} }

func become(string, []string, []string) error { return errors.ErrUnsupported }

// Spare returns most: there is no limit that could be met.
func Spare(most int) int { return most }

// CopyPlain is for what Spare tells.
func CopyPlain(*os.File, *os.File, func([]byte), OnClosed) error { return errors.ErrUnsupported }

func enlarge(*os.File)                {}
func isTerminal(*os.File) bool        { return false }
func sameTerminal(_, _ *os.File) bool { return false }
func readable(*os.File) bool          { return false } // not known
func hungUp(*os.File) bool            { return true }  // nobody could take over
func openTerminal(*os.File) (master, slave *os.File, err error) {
	return nil, nil, errors.ErrUnsupported
}

// SignalName is the name of a signal. Nothing is killed by one here.
func SignalName(os.Signal) string { return "" }
