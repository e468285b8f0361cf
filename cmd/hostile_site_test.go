//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPipeInPlaceOfSitePackages: a log may name any path. A pipe with that name would wait for
// its other end; the stream does not, however the log comes in.
func TestPipeInPlaceOfSitePackages(t *testing.T) {
	log, err := os.ReadFile(filepath.Join("..", "testdata", "captures", "gevent-25.5.1.3-hosts.pipe.log"))
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "lib", "python3.12"), 0o700))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "lib", "python3.12", "site-packages"), 0o600))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pyvenv.cfg"), 0o600))
	log = bytes.ReplaceAll(log, []byte("/home/ci/deploy/.venv"), []byte(dir))
	file := filepath.Join(t.TempDir(), "a.log")
	require.NoError(t, os.WriteFile(file, log, 0o600))
	for _, line := range []string{
		"$ORBFILTER < $LOG", "cat $LOG | $ORBFILTER", "$ORBFILTER run -- cat $LOG", "$ORBFILTER run -- sh -c 'cat $LOG; cat $LOG >&2'",
		"$ORBFILTER scan -j 8 $LOG $LOG", "$ORBFILTER rules explain $LOG:4",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		c := exec.CommandContext(ctx, "sh", "-c", line)
		c.Env = append(os.Environ(), "ORBFILTER="+program(t), "LOG="+file, "HOME="+t.TempDir())
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s: %s", line, out)
		cancel()
		switch said := strings.Join(strings.Fields(string(out)), " "); {
		case strings.Contains(line, "explain"):
			assert.Contains(t, said, ": folded, gevent-fork-hooks-assertion", line)
		case strings.Contains(line, "scan"):
			assert.Contains(t, said, "gevent-fork-hooks-assertion", line)
		default:
			assert.NotContains(t, said, "Exception ignored in", line)
			assert.Contains(t, said, "gevent was not found in "+dir, line)
		}
	}
}
