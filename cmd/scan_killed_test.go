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
)

const killedLogs = 40

// TestScanKilled: a scan that is ended in the middle, in whatever way, leaves whole
// files under the names of logs and nothing else; told to end, it cleans up as well.
func TestScanKilled(t *testing.T) {
	text := strings.Repeat(readFile(t, "..", "testdata", "captures", "gevent-25.5.1.20-hosts.pipe.log"), 40)
	clean := throughPipe(t, text)
	packed := string(pack(t, "gzip", text))
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run("output "+sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			code := killScan(t, dir, sig, packed, "clean", 1, "--output", "clean", "logs")
			done, temps := sortOut(t, filepath.Join(dir, "clean"))
			assert.Less(t, len(done), killedLogs, "it was ended in the middle")
			for _, name := range done {
				assert.Equal(t, clean, unpackGzip(t, dir, "clean", name), name)
			}
			if sig != syscall.SIGKILL {
				assert.Equal(t, 128+int(sig), code)
				assert.Empty(t, temps)
			}
			for name, data := range tree(t, filepath.Join(dir, "logs")) {
				assert.Equal(t, packed, data, name)
			}
		})
	}
	t.Run("in place", func(t *testing.T) {
		dir := t.TempDir()
		killScan(t, dir, syscall.SIGKILL, packed, "kept", 7, "--in-place", "--audit", "kept", "logs")
		done, _ := sortOut(t, filepath.Join(dir, "logs"))
		assert.Len(t, done, killedLogs)
		replaced := 0
		for _, name := range done {
			if readFile(t, dir, "logs", name) == packed {
				continue
			}
			replaced++
			c := exec.Command("orbfilter", "restore", filepath.Join("kept", name+".orb"), filepath.Join("logs", name))
			c.Dir = dir
			original, err := c.Output()
			require.NoError(t, err, name)
			assert.Equal(t, text, string(original), name)
		}
		assert.Positive(t, replaced)
		assert.Less(t, replaced, killedLogs)
	})
}

// killScan starts a scan of many logs, four at a time, and sends a signal when so
// many files have appeared in the folder that is written to.
func killScan(t *testing.T, dir string, sig syscall.Signal, log, written string, enough int, args ...string) (code int) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "logs"), 0o777))
	for n := range killedLogs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", fmt.Sprintf("%d.log.gz", n)), []byte(log), 0o644))
	}
	c := exec.Command("orbfilter", append([]string{"scan", "-j", "4"}, args...)...)
	c.Dir = dir
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
	return c.ProcessState.ExitCode()
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
