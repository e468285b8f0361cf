package stream

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

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
