package scan

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"

	"github.com/orbfilter/orbfilter/filter/batch"
	"github.com/orbfilter/orbfilter/filter/wrap"
)

// memory is from where on the garbage of the logs before is collected more often: a
// scan runs beside other things, and needs little more than its windows for zstd.
const memory = 92 << 20

// garbage is how much may come before it is collected, in percent of what is in use, which is little: the limit above holds all the same.
const garbage = 200

// leastGarbage is how much garbage there may be at least when more is in use than that of a short log: with two cores much comes in a second.
const leastGarbage = 56 << 20

// far is how many bytes are read between two looks at what is in use.
const far = 8 << 20

// A room keeps the memory of a scan small. What is known of each log is kept until the end, so that what is in use grows with them, and with one that
// is long. Where it came near to a limit that stays, garbage would be collected again and again, of which there is hardly any, and that would take longer than to read the
// logs: so the limit grows with it.
type room struct {
	batch.Progress
	mu    sync.Mutex
	limit int64
	read  int // bytes, since the last look
}

// newRoom sets the limit, and returns what is to be told how far the scan has got, and tells next.
func newRoom(next batch.Progress) batch.Progress {
	debug.SetMemoryLimit(memory)
	wrap.CollectOften(garbage)
	return &room{Progress: next, limit: memory}
}

// Add looks at what is in use now and then.
func (r *room) Add(n int) {
	r.Progress.Add(n)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read += n; r.read >= far {
		r.look()
	}
}

// File looks at what is in use when a log is done.
func (r *room) File() {
	r.Progress.File()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.look()
}

func (r *room) look() {
	r.read = 0
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if want := limitFor(int64(live[0].Value.Uint64())); want > r.limit {
		r.limit = want
		debug.SetMemoryLimit(want)
	}
}

// limitFor is the limit where so many bytes are in use: so that half as much may be garbage, and no less than leastGarbage. It grows in steps, since
// each stops the world.
func limitFor(live int64) int64 {
	const step = 8 << 20
	return max(memory, (live+max(live/2, leastGarbage))/step*step+step)
}
