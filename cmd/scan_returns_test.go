package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestScanReturns: a log whose lines end with a bare carriage return is what the same log with line feeds is: in the report,
// in the table, in its clean copy, and in what brings back what was taken out; and each line can be named.
func TestScanReturns(t *testing.T) {
	testrun.Long(t)
	for _, name := range []string{
		"captures/more/one-host-fails.gevent-25.5.1.log", "captures/gevent-25.5.1.20-hosts.pipe.log", "captures/more/deploy-raises.log",
		"captures/more/network-retry.log", "verdict/op-fails-one.log", "verdict/ok.log",
	} {
		text := readFile(t, "..", "testdata", filepath.FromSlash(name))
		require.NotContains(t, text, "\r")
		returns := strings.ReplaceAll(text, "\n", "\r")
		lf, cr := t.TempDir(), t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(lf, "a.log"), []byte(text), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(cr, "a.log"), []byte(returns), 0o600))
		when := time.Date(2026, time.November, 2, 8, 0, 0, 0, time.UTC)
		for _, dir := range []string{lf, cr} {
			require.NoError(t, os.Chtimes(filepath.Join(dir, "a.log"), when, when))
		}
		args := []string{"--report", "json=r.json", "--report", "html=r.html", "--output", "clean", "--audit", "audit", "a.log"}
		assert.Equal(t, scanIn(t, lf, 0, args...), scanIn(t, cr, 0, args...), name)
		assert.Equal(t, readFile(t, lf, "r.json"), readFile(t, cr, "r.json"), name)
		assert.Equal(t, readFile(t, lf, "r.html"), readFile(t, cr, "r.html"), name)
		clean := readFile(t, cr, "clean", "a.log")
		assert.Equal(t, strings.ReplaceAll(readFile(t, lf, "clean", "a.log"), "\n", "\r"), clean, name)
		for file := range tree(t, filepath.Join(cr, "audit")) {
			assert.Equal(t, returns, outIn(t, cr, "restore", filepath.Join("audit", file), filepath.Join("clean", "a.log")), name)
		}
	}
}
