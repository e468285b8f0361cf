//go:build unix

package cmd_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestDocsScanShowWhatIsPrinted does what docs/how-to/scan.md says, with recorded runs.
func TestDocsScanShowWhatIsPrinted(t *testing.T) {
	testrun.WithoutRace(t)
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "logs", "web"), 0o755))
	for name, log := range map[string]string{"monday.log": "gevent-25.5.1.20-hosts.pipe.log", "tuesday.log": "gevent-25.9.1.20-hosts.pipe.log"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", name), []byte(textIn(t, capture(t, log))), 0o644))
	}
	retry := pack(t, "gzip", textIn(t, capture(t, "more/network-retry.log")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", "web", "retry.log.gz"), retry, 0o644))
	showsWhatIsPrinted(t, "how-to/scan.md", dir)
}
