package cmd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/cli/clitest"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// TestDeadMountHoldsNoStreamUp: 500 environments on a mount that is dead make both streams late
// once. What is not known is folded, and it is said why it is not.
func TestDeadMountHoldsNoStreamUp(t *testing.T) {
	var log bytes.Buffer
	require.NoError(t, filtertest.WriteMany(&log, "environments", 500))
	log.WriteString("and that is all\n")
	s, out, said := sessionOnFiles(t)
	s.options.Summary = "always"
	s.machine = clitest.DeadMachine(t, 300*time.Millisecond)
	began := time.Now()
	for _, f := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{s.filter(out), s.filter(said)} {
		_, err := f.Write(log.Bytes())
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	assert.Equal(t, cli.ExitOK, s.finish(cli.ExitOK, cli.ExitOwn))
	assert.Less(t, time.Since(began), 20*time.Second, "500 waits for each of two packages would be 300 s")
	assert.Equal(t, "and that is all\n", clitest.Content(t, out))
	words := strings.Join(strings.Fields(clitest.Content(t, said)), " ")
	assert.Contains(t, words, "1000 × gevent-fork-hooks-assertion noise")
	assert.Contains(t, words, "The version of gevent is not known: /srv/a/.venv did not answer in time.")
	assert.NotContains(t, words, "was not found")
	assert.Contains(t, words, "→ /srv/a/.venv/bin/python -m pip install -U 'gevent>=25.8.1'")
	r := s.report(s.summary(), cli.ExitOK)
	for _, inst := range r.Issues[0].Installed {
		assert.Equal(t, inst.Package == "gevent", inst.Unanswered, inst)
		assert.True(t, inst.Affected)
	}
}

// TestScanOfDeadMounts: nor do they hold up a scan, however many logs are read side by side.
func TestScanOfDeadMounts(t *testing.T) {
	dir := t.TempDir()
	for n := range 40 {
		var log bytes.Buffer
		for k := range 10 {
			filtertest.Many["environments"](&log, 10*n+k)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.log", n)), log.Bytes(), 0o600))
	}
	out, said := clitest.Create(t, t.TempDir(), "out"), clitest.Create(t, t.TempDir(), "err")
	s := &scan{io: cli.IO{Out: out, Err: said, Getenv: os.Getenv}, options: &cli.Flags{Color: "never", Summary: "auto"}, jobs: 8, top: 20}
	s.machine = clitest.DeadMachine(t, 300*time.Millisecond)
	began := time.Now()
	require.NoError(t, s.run([]string{dir}))
	assert.Less(t, time.Since(began), 20*time.Second)
	assert.Contains(t, clitest.Content(t, out), " 400 ")
	sum := s.batch.total()
	assert.Equal(t, 400, sum.Issues[0].Count)
	assert.Equal(t, sum.Input, sum.Folded)
}
