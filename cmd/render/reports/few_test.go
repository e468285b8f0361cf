package reports_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// ofMany is an issue of so many hosts, operations and environments.
func ofMany(n int) *filter.Issue {
	i := rendertest.Issue("a", rules.Noise, n)
	i.LastLine = 7
	i.Rule.Affected = []versions.Affected{{Package: versions.Package{Ecosystem: "PyPI", Name: "gevent"}}}
	i.Rule.Fix = &rules.Fix{Upgrade: "gevent", To: ">=2"}
	for k := range n {
		i.Hosts.Add(fmt.Sprintf("vm-%05d", k), 1, nil)
		i.Operations.Add(fmt.Sprintf("Step %05d", k), 1, nil)
		i.Installed.Add(filter.Installation{Site: fmt.Sprintf("/srv/%05d/lib/python3.12/site-packages", k), Package: "gevent", Version: "1", Affected: true})
	}
	return i
}

// TestManyAreFewInWords: what is said of an issue is a paragraph, in each kind of report, and it
// says that there are more, and more than were counted.
func TestManyAreFewInWords(t *testing.T) {
	for n, want := range map[int]struct{ names, folders, commands string }{
		8:    {", vm-00007", "", ""},
		9:    {"and 1 other", "1 more environment, which is not named here", "and 1 more command like these"},
		1000: {"and 992 others", "992 more environments", "and 992 more commands like these"},
		1001: {"and more than 992 others", "more than 992 more environments", "and more than 992 more commands like these"},
		5000: {"and more than 992 others", "more than 992 more environments", "and more than 992 more commands like these"},
	} {
		sum := &filter.Summary{Issues: []*filter.Issue{ofMany(n)}}
		r := report.New(sum, report.Run{Fix: func(site, _ string) string { return "pip " + site }})
		var md, junit, sarif, shown bytes.Buffer
		require.NoError(t, reports.Markdown(&md, r))
		require.NoError(t, reports.JUnit(&junit, r))
		require.NoError(t, reports.SARIF(&sarif, r))
		require.NoError(t, summary.ReportText{Report: r}.Write(&shown))
		for name, text := range map[string]string{"summary": string(rendertest.Text(sum, false)), "md": md.String(), "junit": junit.String(), "text": shown.String()} {
			words := strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "")), " ")
			for _, w := range []string{want.names, want.folders, want.commands} {
				assert.Contains(t, words, w, "%s of %d", name, n)
			}
			if n <= 8 {
				assert.NotContains(t, words, "more", name)
			}
			assert.Less(t, len(text), 8<<10, name)
		}
		assert.Equal(t, n > 1000, strings.Contains(sarif.String(), `"hosts_more"`), n)
	}
}

// TestUnansweredIsNotMissing: of a folder that did not answer nobody says that the package is not
// there.
func TestUnansweredIsNotMissing(t *testing.T) {
	i := ofMany(0)
	i.Count = 1
	i.Rule.Affected[0].Ranges = []versions.Range{{Events: []versions.RangeEvent{{Introduced: "1"}, {Fixed: "2"}}}}
	i.Installed.Add(filter.Installation{Site: "/mnt/dead/lib/python3.12/site-packages", Package: "gevent", Affected: true, Unanswered: true})
	sum := &filter.Summary{Issues: []*filter.Issue{i}}
	r := report.New(sum, report.Run{Fix: func(site, _ string) string { return "pip " + site }})
	var md bytes.Buffer
	require.NoError(t, reports.Markdown(&md, r))
	for _, text := range []string{string(rendertest.Text(sum, false)), md.String()} {
		words := strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "")), " ")
		assert.Contains(t, words, "The version of gevent is not known: /mnt/dead did not answer in time.")
		assert.NotContains(t, words, "not found")
	}
}
