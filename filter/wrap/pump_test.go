package wrap

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{})
	r.Read(b)
	return b
}

func TestPumpPassesEveryByte(t *testing.T) {
	for name, wrapped := range map[string]func(io.Reader) io.Reader{
		"whole":         func(r io.Reader) io.Reader { return r },
		"halves":        iotest.HalfReader,
		"data with EOF": iotest.DataErrReader,
		"bytes":         func(r io.Reader) io.Reader { return iotest.OneByteReader(io.LimitReader(r, 10_000)) },
		"nothing":       func(r io.Reader) io.Reader { return io.LimitReader(r, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			all := noise(5 << 20)
			want, err := io.ReadAll(wrapped(bytes.NewReader(all)))
			require.NoError(t, err)
			var got sink
			require.NoError(t, Pump(&got, wrapped(bytes.NewReader(all))))
			assert.True(t, bytes.Equal(want, got.Bytes()))
		})
	}
}

// recorder notes the calls that a Stream gets.
type recorder struct {
	mu      sync.Mutex
	calls   []string
	pending bool
	fail    string // the call that fails
}

func (r *recorder) note(call string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call)
	if r.fail != "" && strings.HasPrefix(call, r.fail) {
		return errBroken
	}
	return nil
}

func (r *recorder) Write(b []byte) (int, error) { return len(b), r.note("write " + string(b)) }
func (r *recorder) Tick(now time.Time) error    { return r.note("tick") }
func (r *recorder) Flush() error                { return r.note("flush") }

func (r *recorder) Pending() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pending
}

func (r *recorder) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.calls...)
}

// feed runs a Pump whose input is written to the returned writer, and whose end is awaited by the returned function.
func feed(dst Stream) (*io.PipeWriter, func() error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- Pump(dst, r) }()
	return w, func() error {
		w.Close()
		return <-done
	}
}

func TestPumpFlushesOnceAndThenTicks(t *testing.T) {
	r := &recorder{pending: true}
	w, end := feed(r)
	io.WriteString(w, "prompt: ")
	require.Eventually(t, func() bool { return len(r.seen()) >= 6 }, 10*time.Second, time.Millisecond)
	io.WriteString(w, "more")
	require.Eventually(t, func() bool { return count(r.seen(), "flush") >= 2 }, 10*time.Second, time.Millisecond)
	require.NoError(t, end())

	calls := strings.Join(r.seen(), ",")
	assert.Regexp(t, `^(tick,)*tick,write prompt: ,flush,tick,(tick,)*tick,write more,flush(,tick)*$`, calls)
}

// slowly is a Stream that takes long to look at what was read, as where there is hardly a processor for it.
type slowly struct {
	*recorder
	takes time.Duration
}

func (s slowly) Prepare(b []byte) func() (int, error) {
	time.Sleep(s.takes)
	return func() (int, error) { return len(b), s.note("write") }
}

// What was read and is still looked at is no silence: nothing is flushed in front of it.
func TestPumpSlowToPrepareIsNotSilence(t *testing.T) {
	r := &recorder{pending: true}
	all := bytes.Repeat([]byte("line\n"), 2*chunkSize)
	require.NoError(t, Pump(slowly{r, 3 * Latest}, bytes.NewReader(all)))
	calls := strings.Join(r.seen(), ",")
	assert.Equal(t, 10, count(r.seen(), "write"), calls)
	assert.NotContains(t, calls, "flush", "all that there was came at once")
}

// What a reader has in hand when it is left alone is written.
func TestPumpRestIsWritten(t *testing.T) {
	r := &recorder{}
	p := newPump(slowly{r, 3 * Latest}, bytes.NewReader(bytes.Repeat([]byte("x"), 2*chunkSize)))
	go p.src.read()
	require.Eventually(t, func() bool { return p.src.came.Load() == 2 }, 10*time.Second, time.Millisecond)
	require.NoError(t, p.rest())
	assert.Equal(t, 2, count(r.seen(), "write"))
}

// TestPumpFlushesWithoutSilence: dots, faster than a Stream is flushed for the silence between them.
func TestPumpFlushesWithoutSilence(t *testing.T) {
	r := &recorder{pending: true}
	w, end := feed(r)
	stop := time.After(10 * time.Second)
	for count(r.seen(), "flush") < 5 {
		io.WriteString(w, ".")
		select {
		case <-stop:
			t.Fatal("it is never flushed")
		case <-time.After(Idle / 10):
		}
	}
	require.NoError(t, end())
}

// TestPumpWaitsForTheLine: whole lines are not waited for, so that the beginning of one is not flushed because of those
// in front of it.
func TestPumpWaitsForTheLine(t *testing.T) {
	r := &recorder{pending: true}
	p := newPump(r, strings.NewReader(""))
	take := func(text string) {
		<-p.src.free
		p.take(chunk{bytes: []byte(text)})
	}
	start := time.Now()
	take("a")
	time.Sleep(Idle)
	take("b")
	assert.WithinDuration(t, start.Add(Latest), p.due, Idle/2, "the line has waited since a")
	take("c\nd")
	assert.False(t, p.due.Before(start.Add(2*Idle)), "another line")
	assert.True(t, p.since.After(start.Add(Idle)))
}

func TestPumpLeavesAloneWhatHoldsNothing(t *testing.T) {
	r := &recorder{}
	w, end := feed(r)
	io.WriteString(w, "line")
	time.Sleep(5 * Idle)
	require.NoError(t, end())
	assert.Equal(t, []string{"tick", "write line"}, r.seen())
}

func TestPumpReadsOnAfterAnError(t *testing.T) {
	for _, call := range []string{"write", "tick", "flush"} {
		t.Run(call, func(t *testing.T) {
			r := &recorder{fail: call, pending: true}
			w, end := feed(r)
			io.WriteString(w, "a")
			require.Eventually(t, func() bool { return count(r.seen(), call) > 0 }, 10*time.Second, time.Millisecond)
			before := r.seen()
			for range 10 {
				n, err := w.Write(noise(1 << 20))
				require.NoError(t, err)
				require.Equal(t, 1<<20, n)
			}
			assert.ErrorIs(t, end(), errBroken)
			assert.Equal(t, before, r.seen(), "called after its error")
		})
	}
}

func TestPumpCatchesPanics(t *testing.T) {
	b := &broken{panics: true}
	w, end := feed(b)
	for range 10 {
		_, err := w.Write(noise(1 << 20))
		require.NoError(t, err)
	}
	var crash *PanicError
	require.ErrorAs(t, end(), &crash)
	assert.Equal(t, errBroken, crash.Value)
	assert.Contains(t, string(crash.Stack), "broken")
	assert.Equal(t, 1, b.writes)
}

// short is a Stream whose Write takes less than it was given.
type short struct{ sink }

func (s *short) Write(b []byte) (int, error) { return len(b) - 1, nil }

func TestPumpShortWrite(t *testing.T) {
	assert.ErrorIs(t, Pump(&short{}, strings.NewReader("abc")), io.ErrShortWrite)
}

// script is a reader that returns errors one after the other, each with a byte, and then EOF.
type script []error

func (s *script) Read(b []byte) (int, error) {
	if len(*s) == 0 {
		return 0, io.EOF
	}
	err := (*s)[0]
	*s = (*s)[1:]
	b[0] = 'x'
	return 1, err
}

func TestPumpReadErrors(t *testing.T) {
	bad := errors.New("bad sector")
	for name, c := range map[string]struct {
		reads script
		want  string
		err   error
	}{
		"interrupted":          {script{syscall.EINTR, nil, syscall.EINTR}, "xxx", nil},
		"not ready":            {script{nil, syscall.EAGAIN, nil}, "xxx", nil},
		"EOF":                  {script{nil, io.EOF, nil}, "xx", nil},
		"error":                {script{nil, bad, nil}, "xx", bad},
		"EIO of no terminal":   {script{nil, syscall.EIO, nil}, "xx", syscall.EIO},
		"deadline of somebody": {script{nil, errDeadline}, "xx", errDeadline},
	} {
		t.Run(name, func(t *testing.T) {
			var got sink
			assert.ErrorIs(t, Pump(&got, &c.reads), c.err)
			assert.Equal(t, c.want, got.String())
		})
	}
}

var errDeadline = &timeout{}

type timeout struct{}

func (*timeout) Error() string { return "timeout" }

// mute is a reader that never returns anything.
type mute struct{}

func (mute) Read([]byte) (int, error) { return 0, nil }

func TestPumpGivesUpOnAMuteReader(t *testing.T) {
	assert.ErrorIs(t, Pump(&sink{}, mute{}), io.ErrNoProgress)
}

func count(list []string, s string) (n int) {
	for _, l := range list {
		if l == s || strings.HasPrefix(l, s+" ") {
			n++
		}
	}
	return n
}
