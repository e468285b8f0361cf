package filter_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// screen returns what a person sees of bytes that a terminal gets: an emulator
// that is higher than any run is long.
func screen(t testing.TB, data []byte) []string {
	t.Helper()
	emulator := vt.NewEmulator(200, 4000)
	_, err := emulator.Write(data)
	require.NoError(t, err)
	lines := strings.Split(emulator.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \r")
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

var resultLine = regexp.MustCompile(`^ *\[vm-\d+\] `)

// byHost sorts the lines of hosts that follow each other, since hosts are done
// in another order in each run, and leaves every other line in its place.
func byHost(lines []string) []string {
	sorted := slices.Clone(lines)
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && resultLine.MatchString(sorted[to]) {
			to++
		}
		slices.Sort(sorted[from:to])
		from = max(to, from+1)
	}
	return sorted
}

// What a terminal shows of a filtered run is what it shows of the same run
// with a gevent that has no bug.
func TestTerminalShowsTheFixedRun(t *testing.T) {
	testrun.Long(t)
	for _, file := range filtertest.Captures(t, "gevent-25.5.1.*.pty.raw", "more/gevent-25.5.1.*.pty.raw") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			shown, _ := filtertest.Run(t, filtertest.Builtin(), filtertest.Read(t, file), 0, filter.Options{})
			got, want := screen(t, shown), screen(t, filtertest.Read(t, fixedRun(t, file)))
			if strings.HasPrefix(filepath.Base(file), "gevent-25.5.1.py") {
				got, want = everyResult(got), everyResult(want)
			}
			if strings.Contains(file, ".unbuffered.") {
				got, want = seen(got), seen(want)
			}
			assert.Equal(t, byHost(want), byHost(got))
		})
	}
}

var (
	changes = regexp.MustCompile(`\] (?:Success|No changes)$`)
	results = regexp.MustCompile(`^( *(?:Ensure dir|Line|Grand total) ).*`)
)

// everyResult leaves out whether something was changed on a host: for these
// captures the machines were not made anew before each run.
func everyResult(lines []string) (out []string) {
	for _, l := range lines {
		out = append(out, results.ReplaceAllString(changes.ReplaceAllString(l, "] done"), "$1"))
	}
	return out
}

// fixedRun returns the capture of the same run with gevent 25.9.1.
func fixedRun(t testing.TB, file string) string {
	t.Helper()
	name := strings.NewReplacer("25.5.1", "25.9.1", ".unbuffered", "", ".hogs", "").Replace(file)
	return filtertest.Captures(t, strings.TrimPrefix(filepath.ToSlash(name), "../testdata/captures/"))[0]
}

// seen leaves out blank lines and indents: where Python wrote unbuffered, the
// ends and indents of lines are written on their own, and whose they are cannot
// always be told.
func seen(lines []string) (out []string) {
	for _, l := range lines {
		if l = strings.TrimLeft(l, " "); l != "" {
			out = append(out, l)
		}
	}
	return out
}
