package logs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
)

// rewrite writes a text in place of each log of a source.
func rewrite(t *testing.T, s *logs.Source, c *logs.Copy, text string, keep bool) {
	t.Helper()
	for _, l := range s.Logs {
		_, err := read(l) // the header of gzip is known then
		require.NoError(t, err)
		p, err := c.Part(l)
		require.NoError(t, err)
		_, err = p.Write([]byte(text))
		require.NoError(t, err)
		if keep {
			p.Keep()
		}
		require.NoError(t, p.Close())
	}
}

// TestCopyThatIsKept: what nothing was taken out of is copied bit for bit, and not
// packed anew.
func TestCopyThatIsKept(t *testing.T) {
	for name, data := range map[string]string{
		"plain": line, "members": gz(t, line, line), "frames": zst(t, line) + zst(t, line), "zip": zipped(t, "a.txt", line, "b/", "", "b/c.txt", line),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := open(t, write(t, data, dir, "log"))
			require.NoError(t, err)
			var temps logs.Temporaries
			c, err := s.Copy(filepath.Join(dir, "new", "log"), &temps)
			require.NoError(t, err)
			text := line
			if name == "members" || name == "frames" {
				text += line
			}
			rewrite(t, s, c, text, true)
			assert.False(t, c.Changed())
			require.NoError(t, c.Commit(nil))
			got, err := os.ReadFile(filepath.Join(dir, "new", "log"))
			require.NoError(t, err)
			if name != "zip" { // whose list is written anew
				assert.Equal(t, data, string(got))
			}
			assert.Equal(t, []string{"log"}, entries(t, filepath.Join(dir, "new")))
			again, err := open(t, filepath.Join(dir, "new", "log"))
			require.NoError(t, err)
			require.Len(t, again.Logs, len(s.Logs))
			for _, l := range again.Logs {
				got, err := read(l)
				require.NoError(t, err)
				assert.Equal(t, text, got)
			}
		})
	}
}

// TestCopyOfWhatHasChanged: a log that somebody writes to is not replaced.
func TestCopyOfWhatHasChanged(t *testing.T) {
	for what, change := range map[string]func(name string) error{
		"longer": func(name string) error { return os.WriteFile(name, []byte(line+line), 0o644) },
		"newer":  func(name string) error { return os.Chtimes(name, time.Time{}, time.Now().Add(time.Hour)) },
		"another": func(name string) error {
			return errors.Join(os.Rename(name, name+".1"), os.WriteFile(name, []byte(line), 0o644))
		},
		"gone": os.Remove,
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			name := write(t, line, dir, "log")
			s, err := open(t, name)
			require.NoError(t, err)
			var temps logs.Temporaries
			c, err := s.Copy(name, &temps)
			require.NoError(t, err)
			rewrite(t, s, c, "clean\n", false)
			require.NoError(t, change(name))
			before, _ := os.ReadFile(name)
			require.Error(t, c.Commit(s.Same))
			after, _ := os.ReadFile(name)
			assert.Equal(t, before, after)
			for _, e := range entries(t, dir) {
				assert.NotContains(t, e, ".tmp")
			}
		})
	}
}

// TestEnd: after the end of all, nothing is made and nothing gets a name; what was
// being written is gone, and what others have left stays.
func TestEnd(t *testing.T) {
	dir := t.TempDir()
	s, err := open(t, write(t, line, dir, "log"))
	require.NoError(t, err)
	left := write(t, "of another one", dir, ".orbfilter-1.tmp")
	var temps logs.Temporaries
	c, err := s.Copy(filepath.Join(dir, "copy"), &temps)
	require.NoError(t, err)
	rewrite(t, s, c, "clean\n", false)
	assert.Len(t, entries(t, dir), 3)
	temps.End()
	require.Error(t, c.Commit(nil))
	_, err = c.Part(s.Logs[0])
	require.Error(t, err)
	assert.Equal(t, []string{filepath.Base(left), "log"}, entries(t, dir))
}

// TestMode: a clean copy is as open to others as the log was.
func TestMode(t *testing.T) {
	dir := t.TempDir()
	name := write(t, line, dir, "log")
	require.NoError(t, os.Chmod(name, 0o600))
	s, err := open(t, name)
	require.NoError(t, err)
	var temps logs.Temporaries
	c, err := s.Copy(filepath.Join(dir, "copy"), &temps)
	require.NoError(t, err)
	rewrite(t, s, c, "clean\n", false)
	assert.True(t, c.Changed())
	require.NoError(t, c.Commit(nil))
	want, err := os.Stat(name)
	require.NoError(t, err)
	got, err := os.Stat(filepath.Join(dir, "copy"))
	require.NoError(t, err)
	assert.Equal(t, want.Mode(), got.Mode())
	assert.True(t, want.ModTime().Equal(got.ModTime()))
}

func entries(t *testing.T, dir string) (out []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}
