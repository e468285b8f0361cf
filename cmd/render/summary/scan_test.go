package summary_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

func scanned(s summary.Scan) string {
	var b bytes.Buffer
	s.Text(&b)
	return b.String()
}

// TestGoldenScan: the tables, wide, on narrow terminals, coloured, and cut to the
// first rows.
func TestGoldenScan(t *testing.T) {
	r := rendertest.ThreeLogs(t)
	for name, s := range map[string]summary.Scan{
		"scan.txt":        {Report: r},
		"scan-narrow.txt": {Report: r, Width: 48},
		"scan-color.txt":  {Report: r, Width: 100, Color: true},
		"scan-top.txt":    {Report: r, Top: 1, Repeats: 2},
		"scan-none.txt":   {Report: report.Merge()},
	} {
		t.Run(name, func(t *testing.T) { rendertest.Golden(t, name, []byte(scanned(s))) })
	}
}

// TestScanFits: no row is wider than the terminal, as far as the numbers leave room. A command is whole, so that it can be typed.
func TestScanFits(t *testing.T) {
	for _, r := range []*report.Report{rendertest.ThreeLogs(t), rendertest.Hostile(t)} {
		for _, width := range []int{60, 80, 120} {
			for l := range strings.Lines(scanned(summary.Scan{Report: r, Width: width})) {
				if strings.Contains(l, ": orbfilter rules new") {
					continue
				}
				assert.LessOrEqual(t, ansi.StringWidth(strings.TrimSuffix(l, "\n")), max(width, 62), l)
			}
		}
	}
}

// TestScanGivesNoOrders: what comes from logs and names gives none to a terminal,
// and stays in its row.
func TestScanGivesNoOrders(t *testing.T) {
	out := scanned(summary.Scan{Report: rendertest.Hostile(t)})
	for _, r := range out {
		assert.False(t, r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e), "%q in %q", r, out)
	}
	plain := scanned(summary.Scan{Report: rendertest.ThreeLogs(t), Color: true})
	assert.Equal(t, scanned(summary.Scan{Report: rendertest.ThreeLogs(t)}), ansi.Strip(plain))
}

// TestWorstFirst: what could not be read is the worst of all, then come runs that failed, and then those of which that is not known.
func TestWorstFirst(t *testing.T) {
	well := report.Log{Name: "a-well", Verdict: outcome.Verdict{Failed: outcome.No}}
	unsure := report.Log{Name: "b-unsure", Verdict: outcome.Verdict{Failed: outcome.Unknown, Reason: "it has no end"}}
	failed := report.Log{Name: "c-failed", Verdict: outcome.Verdict{Failed: outcome.Yes, Reason: "no"}}
	unread := report.Log{Name: "d-unread", Verdict: outcome.Verdict{Failed: outcome.Unknown}, Error: "it is binary"}
	var b bytes.Buffer
	summary.Scan{Report: &report.Report{Logs: []*report.Log{&well, &unsure, &failed, &unread}}}.Text(&b)
	said, table, _ := strings.Cut(b.String(), "LINES")
	assert.Regexp(t, `(?s)d-unread \(not read\).*c-failed.*b-unsure.*a-well`, table)
	assert.Equal(t, "the run failed in 1 of 4 logs:\n  c-failed: no\n\nwhether the run failed is not known in 1 of 4 logs:\n  b-unsure: it has no end\n\n", said)
}
