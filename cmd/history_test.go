package cmd

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/host"
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
		"report, full disk":  {writeOut(file, full), file},
		"no folder":          {replaceBy(filepath.Join(folder, "no", "b"), 0o600, nothing), filepath.Join(folder, "no", "b")},
		"report, no folder":  {writeOut(filepath.Join(folder, "no", "b"), nothing), filepath.Join(folder, "no", "b")},
		"history, full disk": {replaceBy(file, 0o600, full), file},
		"in place":           {replaceBy(folder, 0o700, nothing), folder},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, c.err, c.file+": ")
			assert.NotContains(t, c.err.Error(), ".new-")
		})
	}
	require.ErrorIs(t, writeOut(file, full), syscall.ENOSPC)
}

// TestNoHistoryWithoutHome: a folder that is not there is not made for it.
func TestNoHistoryWithoutHome(t *testing.T) {
	top := t.TempDir()
	host := func(home string) *host.Host {
		return host.This(func(name string) string { return map[string]string{"HOME": home}[name] })
	}
	gone := host(filepath.Join(top, "nobody", "home"))
	require.Error(t, keep(gone, diagnose.StateDir(gone), []byte("{}")))
	assert.NoDirExists(t, filepath.Join(top, "nobody"))
	there := host(top)
	require.NoError(t, keep(there, diagnose.StateDir(there), []byte("{}")))
	assert.DirExists(t, diagnose.StateDir(there))
	elsewhere := filepath.Join(top, "state") // XDG_STATE_HOME, which need not be there
	require.NoError(t, keep(gone, elsewhere, []byte("{}")))
	assert.DirExists(t, elsewhere)
}
