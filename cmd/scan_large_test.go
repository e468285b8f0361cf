package cmd_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// largeLog writes a log of many runs, which differ.
func largeLog(t *testing.T, name string, size int) {
	texts := captures(t)
	var log strings.Builder
	for n := 0; log.Len() < size; n++ {
		for _, text := range keys(texts) {
			log.WriteString(strings.ReplaceAll(texts[text], "vm-0", "vm-"+strconv.Itoa(n%90)))
		}
	}
	require.NoError(t, os.WriteFile(name, []byte(log.String()), 0o600))
}

// One large log is read in parts, side by side: nothing shows how many were.
func TestScanOneLargeLog(t *testing.T) {
	testrun.Long(t)
	dir := t.TempDir()
	largeLog(t, filepath.Join(dir, "large.log"), 12<<20)
	scan := func(j string) (table, report, clean string) {
		table = scanIn(t, dir, 0, "-j", j, "--top", "0", "--report", "json=r.json", "--output", "clean", "large.log")
		return table, readFile(t, dir, "r.json"), readFile(t, dir, "clean", "large.log")
	}
	table, report, clean := scan("1")
	for _, j := range []string{"2", "5"} {
		a, b, c := scan(j)
		assert.Equal(t, table, a, j)
		assert.True(t, report == b, "the report of -j %s", j)
		assert.True(t, clean == c, "the clean copy of -j %s", j)
	}
}

// A log that is cut where --cut says, each part filtered by itself, is the clean log.
func TestScanCut(t *testing.T) {
	testrun.Long(t)
	dir := t.TempDir()
	largeLog(t, filepath.Join(dir, "large.log"), 2<<20)
	log := readFile(t, dir, "large.log")
	places := strings.Fields(scanIn(t, dir, 0, "--cut", "200K", "large.log"))
	require.NotEmpty(t, places)
	from, parts := 0, ""
	for _, place := range append(places, strconv.Itoa(len(log))) {
		to, err := strconv.Atoi(place)
		require.NoError(t, err)
		parts += cleaned(t, log[from:to])
		from = to
	}
	assert.True(t, parts == cleaned(t, log), "the clean parts are the clean log")
}

// cleaned is the clean copy that scan writes of a log. Its time is not that of a pipe, where a machine may be too busy for a block.
func cleaned(t *testing.T, log string) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "some.log"), []byte(log), 0o600))
	scanIn(t, dir, 0, "--output", "clean", "some.log")
	return readFile(t, dir, "clean", "some.log")
}
