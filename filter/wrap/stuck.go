package wrap

import (
	"os"
	"sync/atomic"
	"time"
)

// Stuck is who was told to end, and cannot since nobody reads what is written. It is counted in beats and not by the clock:
// at each of them this process had a processor, so that a machine without time for us does not count, however busy it is.
const (
	unread   = 100 // beats in a write that nobody reads, with none completed
	hopeless = 600 // beats without a completed write, wherever it hangs
)

// What Writers have to do with readers. It is of all Writers together: who shows anything is not stuck.
var (
	completed atomic.Int64 // writes that have ended
	offered   atomic.Int64 // writes under way to what somebody has to read: a pipe, a terminal, a socket
	stored    atomic.Int64 // writes under way to a file, which need no reader
)

// offer is called in front of a write, and what it returns behind.
func offer(f *os.File) (done func()) {
	under := &offered
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		under = &stored
	}
	under.Add(1)
	return func() {
		under.Add(-1)
		completed.Add(1)
	}
}

// A watch tells, beat by beat, when it is stuck.
type watch struct {
	*time.Ticker
	seen            int64
	quiet, unheeded int // beats
}

func newWatch() *watch { return &watch{Ticker: time.NewTicker(beat), seen: completed.Load()} }

// stuck is called at each beat.
func (w *watch) stuck() bool {
	if n := completed.Load(); n != w.seen || stored.Load() > 0 {
		w.seen, w.quiet, w.unheeded = n, 0, 0
		return false
	}
	w.quiet++
	if offered.Load() > 0 {
		w.unheeded++
	}
	return w.unheeded >= unread || w.quiet >= hopeless
}
