package reports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// goldenReports are those whose formats are read by people before they are
// committed.
func goldenReports(t *testing.T) map[string]*report.Report {
	t.Helper()
	return map[string]*report.Report{
		"20-hosts":      rendertest.ReportOf(t, "gevent-25.5.1.20-hosts.pipe.log", rendertest.Versions{"gevent": "25.5.1"}, ""),
		"regression":    rendertest.ReportOf(t, "gevent-25.5.1.3-hosts.pipe.log", rendertest.Versions{"gevent": "26.9.0"}, ""),
		"network-retry": rendertest.ReportOf(t, "more/network-retry.log", nil, "deploy.log"),
		"three-logs":    rendertest.ThreeLogs(t),
	}
}

func TestGoldenReportKinds(t *testing.T) {
	for name, r := range goldenReports(t) {
		for kind, ending := range map[string]string{"junit": ".junit.xml", "sarif": ".sarif.json", "md": ".md", "codequality": ".codequality.json"} {
			t.Run(name+ending, func(t *testing.T) { rendertest.Golden(t, name+ending, []byte(rendertest.Written(t, kind, r))) })
		}
		t.Run(name+".show.txt", func(t *testing.T) { rendertest.Golden(t, name+".show.txt", []byte(rendertest.Shown(t, r))) })
	}
}

// TestShownIsTheSummary: a report that is shown again has every line that the
// summary of the run had, but for the order of operations and what is said of
// this machine.
func TestShownIsTheSummary(t *testing.T) {
	for _, name := range []string{"more/network-retry.log", "samples/orbstack_stopped.merged.txt", "more/pythonwarnings.py3.12.log"} {
		_, sum := rendertest.Run(t, rendertest.Capture(t, name), filter.Options{})
		assert.Equal(t, string(rendertest.Text(sum, false)), rendertest.Shown(t, report.New(sum, report.Run{Fix: fix.Command})), name)
	}
}

// TestReportsGiveNoOrders: no format has a character in it that a terminal or a
// reader takes for an order, or one that turns the text around.
func TestReportsGiveNoOrders(t *testing.T) {
	all := map[string]string{"text": rendertest.Shown(t, rendertest.Hostile(t))}
	for _, kind := range []string{"junit", "sarif", "md", "codequality"} {
		all[kind] = rendertest.Written(t, kind, rendertest.Hostile(t))
	}
	for kind, out := range all {
		for _, r := range strings.ReplaceAll(out, "\n", "") {
			require.False(t, r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x202e || r == 0x2028, "%s has %q", kind, r)
		}
		assert.Equal(t, strings.ToValidUTF8(out, "?"), out, kind)
	}
}

// TestEmptyReportKinds: what nothing was seen in is written in every format.
func TestEmptyReportKinds(t *testing.T) {
	for _, kind := range reports.ReportKinds() {
		assert.NotEmpty(t, rendertest.Written(t, kind, report.Merge()), kind)
	}
	assert.Equal(t, "orbfilter: 0 lines in, 0 shown, 0 folded (0 %)\n", rendertest.Shown(t, report.Merge()))
	assert.Equal(t, "[]\n", rendertest.Written(t, "codequality", report.Merge()))
}
