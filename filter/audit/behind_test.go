package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
)

// What stands behind what was shown is no part of the original, and is handed out
// apart, whatever it is.
func TestBehind(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		data := input(t)
		n++
		k := keep(t, filepath.Join(dir, fmt.Sprint(n)), data, 0, nil)
		kept, err := os.ReadFile(k.path)
		require.NoError(t, err)
		more := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "behind")
		clean := append(bytes.Clone(k.clean.Bytes()), more...)
		var got, behind bytes.Buffer
		r, err := audit.Restore(&got, &behind, bytes.NewReader(kept), bytes.NewReader(clean), "")
		if k.sum.Folded.Bytes > 0 && bytes.HasPrefix(clean, data) { // by chance
			require.ErrorContains(t, err, "the original already")
			return
		}
		require.NoError(t, err)
		require.Equal(t, string(data), got.String())
		require.Equal(t, string(more), behind.String())
		require.EqualValues(t, len(more), r.Behind)
		require.EqualValues(t, k.clean.Len(), r.Shown)
	})
}

// Of an audit that is cut off anywhere, what comes out is the beginning of the
// original, up to the last stretch and no further; and the log that nobody has
// replaced is known for the original.
func TestCutOff(t *testing.T) {
	data := []byte("a\n" + block + "é\n" + block + "\xff\n" + block + "b\n")
	k := keep(t, filepath.Join(t.TempDir(), "a"), data, 0, nil)
	kept := read(t, k.path)
	known := map[int64]bool{}
	for cut := bytes.IndexByte(kept, '\n') + 1; cut < len(kept); cut += 7 {
		got, r, err := restore(kept[:cut], k.clean.Bytes())
		require.NoError(t, err, cut)
		require.False(t, r.Complete)
		require.True(t, bytes.HasPrefix(data, got), "cut off at %d: %q", cut, got)
		require.Equal(t, r.Known, r.Written)
		require.EqualValues(t, len(got), r.Written)
		require.EqualValues(t, k.clean.Len(), r.Shown+r.Behind)
		if r.Known > 0 {
			require.True(t, bytes.HasSuffix(got, []byte(block)))
		}
		known[r.Known] = true
		for clean, want := range map[string]bool{
			string(data): r.Spans > 0, string(data) + "more\n": r.Spans > 0, string(data[:r.Known]): r.Spans > 0,
			k.clean.String(): false, "": false, string(data[:max(0, r.Known-1)]): false,
		} {
			is, err := audit.Original(bytes.NewReader(kept[:cut]), bytes.NewReader([]byte(clean)), "")
			require.NoError(t, err)
			require.Equal(t, want, is, "cut off at %d: %q", cut, clean)
		}
	}
	assert.Len(t, known, 4)
}

// An audit of two streams that is cut off is judged stream by stream.
func TestCutOffStreams(t *testing.T) {
	kept := signed(two, `{"stream":"stdout","in":1,"out":1,"line":1,"rule":"r","text":"x"}`, `{"stream":"stderr","in":0,"out":0,"line":1,"rule":"r","text":"yz"}`)
	for clean, want := range map[string]map[string]bool{
		"axb": {"stdout": true, "stderr": false}, "yz": {"stdout": false, "stderr": true}, "y": {"stdout": false, "stderr": false},
	} {
		for stream, want := range want {
			is, err := audit.Original(bytes.NewReader([]byte(kept)), bytes.NewReader([]byte(clean)), stream)
			require.NoError(t, err)
			assert.Equal(t, want, is, "%s of %s", clean, stream)
		}
	}
	_, err := audit.Original(bytes.NewReader([]byte(kept)), bytes.NewReader(nil), "")
	require.ErrorIs(t, err, audit.ErrStream)
	all, err := audit.Check(bytes.NewReader([]byte(kept)))
	require.NoError(t, err)
	assert.EqualValues(t, 2, all[0].Known, "stdout")
	assert.EqualValues(t, 2, all[1].Known, "stderr")
}

// An audit that is given up is gone, whoever writes to it meanwhile: what cannot be
// kept any more is shown.
func TestDiscard(t *testing.T) {
	for _, late := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "a")
		w, err := audit.Create(path, audit.Header{})
		require.NoError(t, err)
		if late {
			w.Buffer()
		}
		var clean bytes.Buffer
		f := filter.New(builtin(), w.Sink("", filter.SinkFunc(func(e filter.Event) error {
			if !e.Fold {
				clean.Write(e.Raw)
			}
			return nil
		})), filter.Options{})
		started, gone, done := make(chan bool), make(chan bool), make(chan error)
		go func() {
			var err error
			for n, more := 0, 20; more > 0 && err == nil; n++ {
				if n == 100 {
					close(started)
				}
				select {
				case <-gone:
					more--
				default:
				}
				_, err = f.Write([]byte(block))
			}
			done <- errors.Join(err, f.Close())
		}()
		<-started
		w.Discard()
		close(gone)
		require.NoError(t, <-done)
		require.Error(t, w.Close())
		w.Discard()
		assert.NoFileExists(t, path)
		assert.True(t, bytes.HasSuffix(clean.Bytes(), []byte(block)), "what came after it was shown")
	}
}
