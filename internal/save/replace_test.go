package save

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWriteErrorNamesTheFile: who asked for a report does not know the file that it is
// written to first.
func TestWriteErrorNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	full := func(w io.Writer) error { // as a disk that is full does
		return &os.PathError{Op: "write", Path: w.(*os.File).Name(), Err: syscall.ENOSPC}
	}
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "x"), nil, 0o600))
	nothing := func(io.Writer) error { return nil }
	for name, c := range map[string]struct {
		err  error
		file string
	}{
		"report, full disk":  {WriteOut(file, full), file},
		"no folder":          {replaceBy(filepath.Join(folder, "no", "b"), 0o600, nothing), filepath.Join(folder, "no", "b")},
		"report, no folder":  {WriteOut(filepath.Join(folder, "no", "b"), nothing), filepath.Join(folder, "no", "b")},
		"history, full disk": {replaceBy(file, 0o600, full), file},
		"in place":           {replaceBy(folder, 0o700, nothing), folder},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, c.err, c.file+": ")
			assert.NotContains(t, c.err.Error(), ".new-")
		})
	}
	require.ErrorIs(t, WriteOut(file, full), syscall.ENOSPC)
}
