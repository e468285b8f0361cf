//go:build unix

package cmd_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestManyOfTheWholeProgram: an input with many different things takes little more memory than a
// small one, what is said of it is a page, and each report has an end. So it is with one
// stream and with two, and in a scan.
func TestManyOfTheWholeProgram(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	const page = 8 << 10 // bytes
	// The page has the log's text, up to a size of its own (docs/reference/page.md); a test is an operation on a host.
	sizes := map[string]int64{"json": 1500 << 10, "html": 24 << 20, "junit": 1 << 20, "sarif": 1 << 20, "md": 100 << 10, "codequality": 400 << 10}
	for how, more := range map[string]int64{ // KiB of memory, with six reports at once
		`"$PROGRAM" "$@" < "$LOG"`: 20 << 10, `"$PROGRAM" run "$@" -- sh -c 'cat "$LOG"; cat "$LOG" >&2'`: 30 << 10, `"$PROGRAM" scan "$@" "$LOG"`: 40 << 10, // as measured, 33 where the machine has much else to do
	} {
		small, _, _ := manyRun(t, "hosts", 3, how, sixReports)
		for kind, n := range map[string]int{"environments": 12_000, "operations": 80_000, "hosts": 80_000, "hosts-of-rules": 40_000, "exceptions": 20_000, "runs-connecting": 20_000} {
			rss, said, reports := manyRun(t, kind, n, how, sixReports)
			t.Logf("%s %s: %d KiB, %d of a small one", kind, how, rss, small)
			assert.Less(t, rss, bare(small)+more, "%s %s", kind, how)
			assert.Less(t, said, int64(page), "%s %s", kind, how)
			for report, most := range sizes {
				assert.Less(t, reports[report], most, "%s %s %s", kind, how, report)
			}
		}
	}
}

// TestMemoryBesideARun: what stands beside a deploy, and writes no report, takes a few MiB more for a log of many different
// things than for a line. A line takes some 23 MiB, 15 of which are pages of the program's file: they are nobody's if the memory
// is needed.
func TestMemoryBesideARun(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	const more = 20 << 10 // KiB; up to 13 as measured, and 16 where the machine has much else to do
	for _, how := range []string{`"$PROGRAM" "$@" < "$LOG"`, `"$PROGRAM" run "$@" -- cat "$LOG"`} {
		small, _, _ := manyRun(t, "hosts", 3, how, nil)
		for kind, n := range map[string]int{"environments": 12_000, "operations": 80_000, "hosts-of-rules": 40_000, "runs-connecting": 20_000} {
			rss, _, _ := manyRun(t, kind, n, how, nil)
			t.Logf("%s %s: %d KiB, %d of a small one", kind, how, rss, small)
			assert.Less(t, rss, bare(small)+more, "%s %s", kind, how)
		}
	}
}

// bare is what a small run takes. On Linux it is known, where what is measured is no less than this test has taken itself.
func bare(measured int64) int64 {
	if runtime.GOOS == "linux" {
		return min(measured, 24<<10)
	}
	return measured
}

// sixReports are all kinds.
var sixReports = []string{"json", "html", "junit", "sarif", "md", "codequality"}

// manyRun runs the program, and returns its memory in KiB, how much it said, and the size of each
// report, of some kinds. The JSON is one that orbfilter reads.
func manyRun(t *testing.T, kind string, n int, how string, kinds []string) (rss, said int64, reports map[string]int64) {
	t.Helper()
	dir := t.TempDir()
	log, err := os.Create(filepath.Join(dir, "a.log"))
	require.NoError(t, err)
	require.NoError(t, filtertest.WriteMany(log, kind, n))
	require.NoError(t, log.Close())
	args, files := []string{"-c", how, "sh", "--summary", "always"}, map[string]string{}
	for _, kind := range kinds {
		files[kind] = filepath.Join(dir, "report."+kind)
		args = append(args, "--report", kind+"="+files[kind])
	}
	words, err := os.Create(filepath.Join(dir, "said"))
	require.NoError(t, err)
	defer words.Close()
	c := exec.Command(os.Args[0], append([]string{"-test.run=^TestMeasured$", "--"}, args...)...)
	measured := filepath.Join(dir, "measured")
	c.Env = append(os.Environ(), "PROGRAM="+program(t), "LOG="+log.Name(), "HOME="+dir, "ORBFILTER_MEASURED="+measured)
	out, err := os.Create(filepath.Join(dir, "out"))
	require.NoError(t, err)
	defer out.Close()
	c.Stdout, c.Stderr = out, words
	require.NoError(t, c.Run())
	kib, err := os.ReadFile(measured)
	require.NoError(t, err)
	rss, err = strconv.ParseInt(string(kib), 10, 64)
	require.NoError(t, err)
	reports = map[string]int64{}
	for kind, file := range files {
		info, err := os.Stat(file)
		require.NoError(t, err)
		reports[kind] = info.Size()
	}
	if len(kinds) > 0 {
		data, err := os.ReadFile(files["json"])
		require.NoError(t, err)
		require.True(t, json.Valid(data))
		require.NoError(t, exec.Command(program(t), "report", "show", files["json"]).Run())
	}
	if strings.Contains(how, " run ") { // stderr is a part of the run as well
		return rss, 0, reports
	}
	info, err := words.Stat()
	require.NoError(t, err)
	return rss, info.Size(), reports
}

// TestMeasured is no test: it runs a command for TestManyOfTheWholeProgram in a process that has
// taken little memory. Linux counts what a parent has taken as what the child took.
func TestMeasured(t *testing.T) {
	to := os.Getenv("ORBFILTER_MEASURED")
	if to == "" {
		t.Skip("it is for another test")
	}
	args := os.Args[slices.Index(os.Args, "--")+1:]
	c := exec.Command("sh", args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	require.NoError(t, c.Run())
	rss := c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS == "darwin" {
		rss >>= 10
	}
	require.NoError(t, os.WriteFile(to, []byte(strconv.FormatInt(rss, 10)), 0o600))
}
