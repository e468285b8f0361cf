package summary_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// TestWorstIsFirst: who is in a hurry reads the first lines.
func TestWorstIsFirst(t *testing.T) {
	sum := &filter.Summary{Issues: []*filter.Issue{
		rendertest.Issue("e", rules.Error, 1), rendertest.Issue("n9", rules.Noise, 9), rendertest.Issue("w", rules.Warning, 5), rendertest.Issue("n1", rules.Noise, 1), rendertest.Issue("i", rules.Notice, 3),
	}}
	var ids []string
	for line := range strings.Lines(string(rendertest.Text(sum, false))) {
		if strings.Contains(line, " ×  ") {
			ids = append(ids, strings.Fields(line)[2])
		}
	}
	assert.Equal(t, []string{"e", "w", "i", "n9", "n1"}, ids)
	assert.Equal(t, 1, strings.Count(string(rendertest.Text(sum, false)), "   1 ×  e   error, line 7\n        Title of e.\n"), "which says it once")
}

// TestOneOrder: text, tables and Markdown have issues in the same order, by severity, count and id, however the run had them; so have the texts that
// no rule knows, by count and fingerprint.
func TestOneOrder(t *testing.T) {
	sum := &filter.Summary{Issues: []*filter.Issue{
		rendertest.Issue("n-a", rules.Noise, 2), rendertest.Issue("e-a", rules.Error, 1), rendertest.Issue("w", rules.Warning, 50), rendertest.Issue("e-b", rules.Error, 1), rendertest.Issue("n-b", rules.Noise, 2), rendertest.Issue("e-c", rules.Error, 3),
	}}
	for n, count := range []int{1, 5, 5} {
		sum.Unknown = append(sum.Unknown, &filter.Unknown{Fingerprint: fmt.Sprintf("U-0000000%d", 9-n), Kind: filter.Exception, Count: count, FirstLine: 1 + n, Sample: "E: x"})
	}
	r := report.New(sum, report.Run{})
	named := func(of, pattern string) (ids []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(of, -1) {
			ids = append(ids, m[1])
		}
		return ids
	}
	worstFirst, unknown := []string{"e-c", "e-a", "e-b", "w", "n-a", "n-b"}, []string{"U-00000007", "U-00000008", "U-00000009"}
	var table bytes.Buffer
	summary.Scan{Report: r}.Text(&table)
	md := rendertest.Written(t, "md", r)
	assert.Equal(t, worstFirst, named(md, "\\| `([enw][-a-z]*)` Title"))
	assert.Equal(t, worstFirst, named(md, "#### `(.*)`:"))
	assert.Equal(t, worstFirst, named(table.String(), "(?:error|warning|noise) +([enw][-a-z]*)\n"))
	assert.Equal(t, unknown, named(md, "`(U-.*?)`"))
	assert.Equal(t, unknown, named(table.String(), "(U-[0-9]+)"))
	for _, text := range []string{string(rendertest.Text(sum, false)), rendertest.Shown(t, r)} {
		assert.Equal(t, worstFirst, named(text, " ×  ([enw][-a-z]*)   "))
		assert.Equal(t, unknown, named(text, "(U-[0-9]+)"))
	}
}

// TestDraftsAreShown: nothing is folded for a draft, which its severity does not
// tell.
func TestDraftsAreShown(t *testing.T) {
	draft := rendertest.Issue("d", rules.Noise, 325)
	draft.Rule.Status = rules.Draft
	sum := &filter.Summary{Issues: []*filter.Issue{draft, rendertest.Issue("n", rules.Noise, 2)}}
	assert.Contains(t, string(rendertest.Text(sum, false)), " 325 ×  d   noise, draft: shown\n")
	assert.Contains(t, string(rendertest.Text(sum, false)), "   2 ×  n   noise\n")
}

// TestGuardedLinesAreShown: the summary says how many were not folded, and why.
func TestGuardedLinesAreShown(t *testing.T) {
	const noisy = "id: noisy\ntitle: Noise\nseverity: noise\nmatch: {line: '^noisy'}\nsamples: [{text: noisy}]\n"
	sum := summaryOf(t, "noisy 1\nnoisy: Permission denied\nnoisy 2\n", noisy)
	assert.Contains(t, string(rendertest.Text(sum, false)), "   3 ×  noisy   noise\n        Noise.\n        1 of them shown, which no rule may fold: somebody was refused.\n")
}

func TestTotals(t *testing.T) {
	for want, folded := range map[string]int64{
		"orbfilter: 200 lines in, 200 shown, 0 folded (0 %)":   0,
		"orbfilter: 200 lines in, 199 shown, 1 folded (1 %)":   1,
		"orbfilter: 200 lines in, 67 shown, 133 folded (67 %)": 133,
		"orbfilter: 200 lines in, 0 shown, 200 folded (100 %)": 200,
	} {
		sum := &filter.Summary{Input: filter.Size{Lines: 200}, Output: filter.Size{Lines: 200 - folded}, Folded: filter.Size{Lines: folded}}
		assert.Equal(t, want+"\n", string(rendertest.Text(sum, false)))
	}
}

// TestNamesFromTheRunGiveNoOrders: a host's name, a folder, a version come
// from elsewhere, and must not reach the terminal as escape sequences.
func TestNamesFromTheRunGiveNoOrders(t *testing.T) {
	const evil = "\x1b]0;title\a\x1b[31mred\x1b[0m\r\n\x9b2Jend\x7f"
	i := rendertest.Issue("a", rules.Noise, 2)
	i.Rule.Affected = []versions.Affected{{Package: versions.Package{Ecosystem: "PyPI", Name: "gevent"}}}
	i.Rule.Fix = &rules.Fix{Upgrade: "gevent", To: ">=2"}
	i.Hosts.Add(evil, 1, nil)
	i.Operations.Add(evil, 1, nil)
	for _, affected := range []bool{true, false} {
		i.Installed.Add(filter.Installation{Site: "/" + evil + "/lib/python3.12/site-packages", Package: "gevent", Version: evil, Affected: affected})
	}
	sum := &filter.Summary{Issues: []*filter.Issue{i}, Limits: filter.Limits{RulesSkipped: []string{evil}}}
	out := string(rendertest.Text(sum, false))
	require.Contains(t, out, "red")
	for _, r := range strings.ReplaceAll(out, "\n", "") {
		require.False(t, r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0, "%q in %q", r, out)
	}
	assert.NotContains(t, out, "title")
	assert.NotContains(t, out, "\nend")
}

// TestManyHosts: eight are named, the rest are counted.
func TestManyHosts(t *testing.T) {
	i := rendertest.Issue("a", rules.Noise, 20)
	for n := range 10 {
		i.Hosts.Add(fmt.Sprintf("vm-%d", n), 2, nil)
	}
	assert.Contains(t, string(rendertest.Text(&filter.Summary{Issues: []*filter.Issue{i}}, false)),
		"on vm-0, vm-1, vm-2, vm-3, vm-4, vm-5, vm-6, vm-7 and 2 others (2 × each)\n")
}

// TestOneCommandForEachEnvironment: and none for one that is not affected.
func TestOneCommandForEachEnvironment(t *testing.T) {
	i := rendertest.Issue("a", rules.Noise, 4)
	i.Rule.Affected = []versions.Affected{{Package: versions.Package{Ecosystem: "PyPI", Name: "gevent"}}}
	i.Rule.Fix = &rules.Fix{Upgrade: "gevent", To: ">=2"}
	for n, env := range []string{"/home/ci/a", "/srv/b c", "/srv/fixed"} {
		i.Installed.Add(filter.Installation{Site: env + "/lib/python3.12/site-packages", Package: "gevent", Version: "1", Affected: n < 2})
	}
	out := string(rendertest.Text(&filter.Summary{Issues: []*filter.Issue{i}}, false))
	assert.Equal(t, 2, strings.Count(out, "→"), out)
	assert.Contains(t, out, "→ ~/a/bin/python -m pip install -U 'gevent>=2'\n")
	assert.Contains(t, out, "→ '/srv/b c/bin/python' -m pip install -U 'gevent>=2'\n")
}

// TestFolderOfAnEnvironment: what is said to be the place is the environment,
// whichever system names its folders.
func TestFolderOfAnEnvironment(t *testing.T) {
	for site, want := range map[string]string{
		"/home/ci/.venv/lib/python3.12/site-packages":                                     "~/.venv",
		"/home/ci/.venv/lib64/python3.12/site-packages":                                   "~/.venv",
		"/usr/lib/python3/dist-packages":                                                  "/usr",
		"/opt/libs/env/lib/python3.12/site-packages":                                      "/opt/libs/env",
		`C:\Users\ci\.venv\Lib\site-packages`:                                             `C:\Users\ci\.venv`,
		"/home/cicero/.venv/lib/python3.12/site-packages":                                 "/home/cicero/.venv",
		"/Library/Frameworks/Python.framework/Versions/3.12/lib/python3.12/site-packages": "/Library/Frameworks/Python.framework/Versions/3.12",
	} {
		i := rendertest.Issue("a", rules.Noise, 1)
		i.Rule.Affected = []versions.Affected{{Package: versions.Package{Ecosystem: "PyPI", Name: "gevent"}}}
		i.Installed.Add(filter.Installation{Site: site, Package: "gevent", Version: "1", Affected: true})
		assert.Contains(t, string(rendertest.Text(&filter.Summary{Issues: []*filter.Issue{i}}, false)), "Installed: 1 in "+want+"\n", site)
	}
}

// TestColourChangesNoText: a log that is searched has the same words.
func TestColourChangesNoText(t *testing.T) {
	_, sum := rendertest.Run(t, rendertest.Capture(t, "more/network-retry.log"), filter.Options{})
	plain, colored := rendertest.Text(sum, false), rendertest.Text(sum, true)
	assert.NotContains(t, string(plain), "\x1b")
	require.NotEqual(t, string(plain), string(colored))
	assert.Equal(t, string(plain), sgr.ReplaceAllString(string(colored), ""))
}

func TestErrorsOnly(t *testing.T) {
	sum := &filter.Summary{Issues: []*filter.Issue{rendertest.Issue("n", rules.Noise, 1), rendertest.Issue("w", rules.Warning, 1), rendertest.Issue("e", rules.Error, 2)}}
	var b bytes.Buffer
	view := summary.Summary{Summary: sum}
	view.Errors(&b, false)
	assert.Equal(t, "orbfilter: error: Title of e. (e, 2 ×, line 7)\n", b.String())
}
