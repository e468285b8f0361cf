package scan

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

type noProgress struct{ files int }

func (*noProgress) Add(int) {}

func (p *noProgress) File() { p.files++ }

// What is known of many logs is more than the limit of a scan: then that grows, so that not all of the time goes into collecting garbage.
func TestLimitGrowsWithWhatIsInUse(t *testing.T) {
	for live, want := range map[int64]int64{0: memory, 30 << 20: memory, 60 << 20: 120 << 20, 320 << 20: 488 << 20} {
		assert.Equal(t, want, limitFor(live), live)
	}
	for live := int64(0); live < 4<<30; live += 7 << 20 {
		assert.GreaterOrEqual(t, limitFor(live)-live, max(live/2, leastGarbage), "what may be garbage")
	}
}

// It is set when a log is done, and whoever waits for that is told as well.
func TestRoom(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	next := &noProgress{}
	r := newRoom(next)
	assert.EqualValues(t, memory, debug.SetMemoryLimit(-1))
	r.Add(7)
	r.File()
	assert.Equal(t, 1, next.files)
	assert.GreaterOrEqual(t, debug.SetMemoryLimit(-1), int64(memory))
}

// One log may be so long that what is known of it is more than the limit: it grows while that is read.
func TestRoomOfOneLog(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	r := newRoom(&noProgress{})
	known := make([]byte, memory)
	runtime.GC()
	r.Add(far - 1)
	assert.EqualValues(t, memory, debug.SetMemoryLimit(-1))
	r.Add(1)
	assert.GreaterOrEqual(t, debug.SetMemoryLimit(-1), int64(memory)*3/2)
	runtime.KeepAlive(known)
}
