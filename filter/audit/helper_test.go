package audit_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/rules"
)

var builtin = sync.OnceValue(rules.Builtin)

func read(t testing.TB, name ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(name...))
	require.NoError(t, err)
	return data
}

const block = `Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f021a09b230>>
Traceback (most recent call last):
  File "/srv/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child
    assert not thread.is_alive()
               ^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.12/threading.py", line 1475, in is_alive
    assert not self._is_stopped and self._started.is_set()
AssertionError: 
`

// A kept run is what is left of one, and what is not.
type keptRun struct {
	clean bytes.Buffer
	path  string
	sum   *filter.Summary
	err   error // of the audit
}

// keep filters data with an audit, in writes of size bytes; 0: one write. meddle
// is given the audit before the first; nil: nobody meddles.
func keep(t require.TestingT, path string, data []byte, size int, meddle func(*audit.Writer)) *keptRun {
	k := &keptRun{path: path}
	w, err := audit.Create(path, audit.Header{Name: "a.log", Tool: "test"})
	require.NoError(t, err)
	if meddle != nil {
		meddle(w)
	}
	f := filter.New(builtin(), w.Sink("", filter.SinkFunc(func(e filter.Event) error {
		if !e.Fold {
			k.clean.Write(e.Raw)
		}
		return nil
	})), filter.Options{})
	if size == 0 {
		size = max(1, len(data))
	}
	for rest := data; len(rest) > 0; rest = rest[min(size, len(rest)):] {
		_, err := f.Write(rest[:min(size, len(rest))])
		require.NoError(t, err)
	}
	require.NoError(t, f.Close())
	k.err = w.Close()
	k.sum = f.Summary()
	require.Equal(t, k.sum.Input.Bytes, k.sum.Output.Bytes+k.sum.Folded.Bytes)
	require.Equal(t, k.sum.Input.Lines, k.sum.Output.Lines+k.sum.Folded.Lines)
	require.Equal(t, int64(k.clean.Len()), k.sum.Output.Bytes)
	return k
}

// restore puts together what is given.
func restore(kept, clean []byte) ([]byte, audit.Result, error) {
	var out bytes.Buffer
	r, err := audit.Restore(&out, io.Discard, bytes.NewReader(kept), bytes.NewReader(clean), "")
	return out.Bytes(), r, err
}
