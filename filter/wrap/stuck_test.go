//go:build unix

package wrap

import (
	"bytes"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// beats has a watch look so often, and returns how often it looked until it was stuck; 0: it was not.
func beats(w *watch, n int, between func()) int {
	for i := range n {
		between()
		if w.stuck() {
			return i + 1
		}
	}
	return 0
}

// What the counters say is what counts, and not how long it took: a machine may be as slow as it likes.
func TestStuck(t *testing.T) {
	idle := func() {}
	w := newWatch()
	defer w.Stop()

	assert.Equal(t, hopeless, beats(w, hopeless, idle), "nothing is written, and nobody knows why")

	offered.Add(1)
	defer offered.Add(-1)
	w = newWatch()
	defer w.Stop()
	assert.Equal(t, unread, beats(w, hopeless, idle), "nobody reads")

	w = newWatch()
	defer w.Stop()
	n := 0
	assert.Zero(t, beats(w, 10*unread, func() {
		if n++; n%(unread-1) == 0 {
			completed.Add(1)
		}
	}), "somebody reads, if seldom")

	stored.Add(1)
	defer stored.Add(-1)
	w = newWatch()
	defer w.Stop()
	assert.Zero(t, beats(w, 10*hopeless, idle), "a file has no reader")
}

// In these two seconds, and more, it has been told to end: once it was given one.
func TestSlowReaderIsNotStuck(t *testing.T) {
	t.Parallel()
	const all = 900 << 10 // less than the pipe to it holds
	cmd := command("pipe")
	in, inw, err := os.Pipe()
	require.NoError(t, err)
	defer in.Close()
	defer inw.Close()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	cmd.Stdin, cmd.Stdout = in, w
	var said bytes.Buffer
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	w.Close()
	_, err = inw.Write(bytes.Repeat([]byte("line of a log.\n"), all/15))
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	got, buf := 0, make([]byte, 32<<10)
	for {
		time.Sleep(100 * time.Millisecond)
		n, err := r.Read(buf)
		if got += n; err != nil {
			break
		}
	}
	assert.Equal(t, syscall.SIGTERM, diedOf(t, cmd.Wait()))
	assert.Equal(t, all/15*15, got)
	assert.Empty(t, said.String())
}
