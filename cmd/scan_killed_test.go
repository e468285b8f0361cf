//go:build unix

package cmd_test

import (
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

const killedLogs = 40

// TestScanKilled: a scan that is ended in the middle, in whatever way, leaves whole
// files under the names of logs and nothing else; told to end, it cleans up as well.
func TestScanKilled(t *testing.T) {
	testrun.Long(t)
	text := strings.Repeat(readFile(t, "..", "testdata", "captures", "gevent-25.5.1.20-hosts.pipe.log"), 40)
	clean := throughPipe(t, text)
	packed := string(pack(t, "gzip", text))
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run("output "+sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			code, said := killScan(t, dir, sig, packed, "clean", 1, "--output", "clean", "logs")
			done, temps := sortOut(t, filepath.Join(dir, "clean"))
			assert.Less(t, len(done), killedLogs, "it was ended in the middle")
			for _, name := range done {
				assert.Equal(t, clean, unpackGzip(t, dir, "clean", name), name)
			}
			if sig != syscall.SIGKILL {
				assert.Equal(t, 128+int(sig), code)
				assert.Empty(t, temps)
				assert.Equal(t, fmt.Sprintf("orbfilter: %v; %s in clean, and whole; no others were begun\n", sig, files(len(done))), said)
			}
			for name, data := range tree(t, filepath.Join(dir, "logs")) {
				assert.Equal(t, packed, data, name)
			}
		})
	}
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM} {
		t.Run("in place "+sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			code, said := killScan(t, dir, sig, packed, "kept", 7, "--in-place", "--audit", "kept", "logs")
			replaced := restoreAll(t, dir, packed, text)
			assert.Positive(t, replaced)
			assert.Less(t, replaced, killedLogs)
			if sig == syscall.SIGKILL {
				return
			}
			assert.Equal(t, 128+int(sig), code)
			assert.Equal(t, fmt.Sprintf("orbfilter: %v; %s replaced, and whole; what was taken out is in kept, and comes back with: orbfilter restore AUDIT LOG\n  the other logs are as they were, and have no audit there\n", sig, files(replaced)), said)
			assert.Len(t, tree(t, filepath.Join(dir, "kept")), replaced, "a log that was not replaced has no audit")
		})
	}
}

// restoreAll restores the logs of a scan that was killed, each in its place, and
// returns how many had been replaced. An audit of one that was not does no harm to it.
func restoreAll(t *testing.T, dir, packed, text string) (replaced int) {
	t.Helper()
	done, _ := sortOut(t, filepath.Join(dir, "logs"))
	assert.Len(t, done, killedLogs)
	for _, name := range done {
		log, kept := filepath.Join("logs", name), filepath.Join("kept", name+".orb")
		original := readFile(t, dir, log) == packed
		if _, err := os.Stat(filepath.Join(dir, kept)); err != nil {
			assert.True(t, original, name)
			continue
		}
		c := exec.Command("orbfilter", "restore", "-o", log, kept, log)
		c.Dir = dir
		out, err := c.CombinedOutput()
		if original {
			assert.Error(t, err)
			assert.Equal(t, packed, readFile(t, dir, log), "%s: %s", name, out)
			continue
		}
		replaced++
		require.NoError(t, err, "%s: %s", name, out)
		assert.Equal(t, text, unpackGzip(t, dir, log), name)
	}
	return replaced
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// killScan starts a scan of many logs, four at a time, and sends a signal when so
// many files have appeared in the folder that is written to.
func killScan(t *testing.T, dir string, sig syscall.Signal, log, written string, enough int, args ...string) (code int, said string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "logs"), 0o777))
	for n := range killedLogs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", fmt.Sprintf("%d.log.gz", n)), []byte(log), 0o644))
	}
	c := exec.Command("orbfilter", append([]string{"scan", "-j", "4"}, args...)...)
	c.Dir = dir
	var stderr strings.Builder
	c.Stderr = &stderr
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill() })
	for deadline := time.Now().Add(patience); ; {
		if done, _ := sortOut(t, filepath.Join(dir, written)); len(done) >= enough {
			break
		}
		require.True(t, time.Now().Before(deadline), "nothing is written")
	}
	require.NoError(t, c.Process.Signal(sig))
	_ = c.Wait()
	return c.ProcessState.ExitCode(), stderr.String()
}

// sortOut tells files from temporary ones.
func sortOut(t *testing.T, dir string) (files, temps []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	require.NoError(t, err)
	for _, e := range list {
		if strings.HasPrefix(e.Name(), ".") {
			temps = append(temps, e.Name())
		} else {
			files = append(files, e.Name())
		}
	}
	return files, temps
}

func unpackGzip(t *testing.T, path ...string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(readFile(t, path...)))
	require.NoError(t, err)
	return all(t, r)
}

// TestScanBar: on a terminal a bar shows how far it is, and is gone at the end.
func TestScanBar(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	text := readFile(t, "..", "testdata", "captures", "gevent-25.5.1.20-hosts.pipe.log")
	log := filepath.Join(dir, "deploy.log")
	require.NoError(t, os.WriteFile(log, []byte(text), 0o644))

	x := newTerminal(t)
	c := x.start(nil, "scan", log, fifo) // it waits for the pipe
	w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	require.NoError(t, err)
	x.until(regexp.MustCompile(`1/2 files`))
	_, err = w.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	assert.Equal(t, 0, x.end(c))
	screen := shown(x.screen)
	assert.NotContains(t, screen, "files")
	assert.Contains(t, screen, "2 logs")
	assert.True(t, strings.HasPrefix(screen, "LINES"), screen)

	for _, args := range [][]string{{"scan", "-q", log}, {"scan", "--summary", "never", log}} {
		x := newTerminal(t)
		assert.Equal(t, 0, x.end(x.start(nil, args...)))
		assert.NotContains(t, shown(x.screen), "files")
	}
}

// shown is what a person sees of what was written to a terminal.
func shown(written string) string {
	screen := vt.NewEmulator(200, 60)
	_, _ = screen.Write([]byte(written))
	return strings.TrimSpace(screen.String())
}
