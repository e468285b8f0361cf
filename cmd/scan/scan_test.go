package scan

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/cli/clitest"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

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
	s := &scan{io: cli.IO{Out: out, Err: said, Getenv: os.Getenv}, options: Shared{&cli.Loading{}, &cli.Results{Summary: "auto"}, &cli.Colour{Color: "never"}, &cli.Formatting{}, &cli.Volume{}}, jobs: 8, top: 20}
	s.machine = clitest.DeadMachine(t, 300*time.Millisecond)
	began := time.Now()
	require.NoError(t, s.run([]string{dir}))
	assert.Less(t, time.Since(began), time.Minute)
	assert.Contains(t, clitest.Content(t, out), " 400 ")
	sum := s.batch.Total()
	assert.Equal(t, 400, sum.Issues[0].Count)
	assert.Equal(t, sum.Input, sum.Folded)
}
