package page_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/report"
)

// allCaptures are the names of recorded runs that are text, and not too large.
func allCaptures(t *testing.T) (names []string) {
	t.Helper()
	root := os.DirFS(filepath.Join(top, "testdata", "captures"))
	require.NoError(t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".md") {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() < 200<<10 {
			names = append(names, name)
		}
		return err
	}))
	require.Greater(t, len(names), 100)
	return names
}

// TestMixtures: numbers and places are those of the JSON, for mixtures of captures at random: as one log, and as
// several.
func TestMixtures(t *testing.T) {
	names := allCaptures(t)
	rounds := 30
	if testing.Short() {
		rounds = 6
	}
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, uint64(round)))
			var log []byte
			var all []*report.Report
			begin := time.Date(2026, time.March, 1, 6, 0, 0, 0, time.UTC)
			for n := range 1 + r.IntN(6) {
				text := capture(t, names[r.IntN(len(names))])
				log = append(log, text...)
				one, _ := textOf(t, text, fmt.Sprintf("logs/%d.log", n))
				one.Logs[0].Date = begin.AddDate(0, 0, r.IntN(5)).Add(time.Duration(n) * time.Minute).Format(time.RFC3339)
				all = append(all, one)
			}
			one, shown := textOf(t, log, "mixture.log")
			page := write(t, one)
			d := parse(t, page)
			sameFacts(t, d, read(t, one))
			linksLead(t, d)
			got, _ := logOn(t, d, "log")
			require.Len(t, got, len(seenLines(shown)))
			sameAround(t, d, one, got)

			sum := report.Merge(all...)
			d = parse(t, write(t, sum))
			sameFacts(t, d, read(t, sum))
			linksLead(t, d)
		})
	}
}

// read is a report as its JSON has it.
func read(t *testing.T, r *report.Report) *report.Report {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.JSON(&b))
	out, err := report.Read(&b)
	require.NoError(t, err)
	return out
}
