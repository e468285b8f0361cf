package stream

import (
	"bytes"
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
	r := s.report(s.summary(), cli.ExitOK)
	assert.Equal(t, cli.ExitOK, s.finish(cli.ExitOK, cli.ExitOwn))
	assert.Less(t, time.Since(began), time.Minute, "500 waits for each of two packages would be 300 s")
	assert.Equal(t, "and that is all\n", clitest.Content(t, out))
	words := strings.Join(strings.Fields(clitest.Content(t, said)), " ")
	assert.Contains(t, words, "1000 × gevent-fork-hooks-assertion noise")
	assert.Contains(t, words, "The version of gevent is not known: /srv/a/.venv did not answer in time.")
	assert.NotContains(t, words, "was not found")
	assert.Contains(t, words, "→ /srv/a/.venv/bin/python -m pip install -U 'gevent>=25.8.1'")
	for _, inst := range r.Issues[0].Installed {
		assert.Equal(t, inst.Package == "gevent", inst.Unanswered, inst)
		assert.True(t, inst.Affected)
	}
}
