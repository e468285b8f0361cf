package reports_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/save"
)

// TestReportsAreKnown: each kind of report, with and without something in it, is known as
// one of ours and of its kind, and so it can be written anew.
func TestReportsAreKnown(t *testing.T) {
	one := &filter.Unknown{Fingerprint: "U-12345678", Kind: filter.Exception, Sample: "ValueError: x", Count: 1, Lines: 2}
	run := report.Run{Version: "1.0"}
	for _, name := range reports.ReportKinds() {
		for _, r := range []*report.Report{report.New(&filter.Summary{}, run), report.New(&filter.Summary{Unknown: []*filter.Unknown{one}}, run)} {
			var b bytes.Buffer
			require.NoError(t, reports.ReportKindOf(name).Write(&b, r))
			k := save.FileOf(name)
			require.NotNil(t, k, "%s is not in the table of internal/save/kinds.go", name)
			assert.True(t, k.Wrote(b.Bytes()), "%s: %.200s", name, b.String())
			assert.True(t, k.Like(b.Bytes()), "%s: %.200s", name, b.String())
			assert.True(t, save.IsOurs(b.Bytes()), name)
		}
	}
	var b bytes.Buffer
	require.NoError(t, summary.ReportText{Report: report.New(&filter.Summary{}, run)}.Write(&b))
	assert.True(t, save.FileOf(save.TextFormat).Wrote(b.Bytes()), b.String())
	assert.False(t, save.IsOurs(b.Bytes()), "a log may begin so")
}
