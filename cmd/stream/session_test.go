package stream

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/cli/clitest"
	"github.com/orbfilter/orbfilter/rules"
)

// TestPanicInTheLookUpLosesNothing: the run comes first, so a mistake of ours
// ends the filtering and not the output; what is said about it is on stderr.
func TestPanicInTheLookUpLosesNothing(t *testing.T) {
	in, err := os.ReadFile(filepath.Join("..", "..", "testdata", "captures", "gevent-25.5.1.20-hosts.pipe.log"))
	require.NoError(t, err)
	for _, size := range []int{1, 100, len(in)} {
		s, out, said := sessionOnFiles(t)
		s.machine.Installed = func(string, string) (string, time.Time) { panic("look-up") }
		f := s.filter(out)
		for rest := in; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			n, err := f.Write(rest[:min(size, len(rest))])
			require.NoError(t, err)
			require.Equal(t, min(size, len(rest)), n)
		}
		require.NoError(t, f.Close())
		assert.Equal(t, cli.ExitOK, s.finish(cli.ExitOK, cli.ExitOwn))
		assert.Equal(t, string(in), clitest.Content(t, out), "writes of %d bytes", size)
		assert.Contains(t, clitest.Content(t, said), "filtering ended in line")
		assert.Contains(t, clitest.Content(t, said), "look-up")
	}
}

// TestPanicInOneStreamLeavesTheOther: the two streams of run share the look-up,
// and a panic must not leave its lock behind.
func TestPanicInOneStreamLeavesTheOther(t *testing.T) {
	in, err := os.ReadFile(filepath.Join("..", "..", "testdata", "captures", "gevent-25.5.1.3-hosts.pipe.log"))
	require.NoError(t, err)
	s, out, said := sessionOnFiles(t)
	calls := 0
	s.machine.Installed = func(string, string) (string, time.Time) {
		if calls++; calls == 1 {
			panic("look-up")
		}
		return "25.5.1", time.Time{}
	}
	first, second := s.filter(out), s.filter(said)
	for _, f := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{first, second} {
		_, err := f.Write(in)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	assert.Equal(t, string(in), clitest.Content(t, out))
	assert.NotContains(t, clitest.Content(t, said), "AssertionError")
	assert.Contains(t, clitest.Content(t, said), "Success")
}

func sessionOnFiles(t *testing.T) (s *session, out, said *os.File) {
	t.Helper()
	dir := t.TempDir()
	out, said = clitest.Create(t, dir, "out"), clitest.Create(t, dir, "err")
	o := Of(&cli.Flags{})
	o.Color, o.Markers, o.Summary = "never", "never", "never"
	return newSession(cli.IO{Out: out, Err: said, Getenv: func(string) string { return "" }}, o, rules.Builtin()), out, said
}
