package filter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/report"
)

// A left is something that lines leave behind for those below, though no block is open: whoever sees the second text alone takes it
// for something else.
type leftBehind struct{ first, second string }

func leavings() map[string]leftBehind {
	const (
		gitlab = "2026-11-24T03:59:21.123456Z 01E"
		failed = "    [vm-1] Error: executed 0 commands\n"
		beta   = "    The @chroot connector is in beta!\n"
		start  = "--> Loading config...\n--> Connecting to hosts...\n--> Starting operation: Step\n"
		looked = "no Exception ignored in: text" // it has a literal
		raised = "Traceback (most recent call last):\n  File \"/srv/old/lib/python3.12/site-packages/gevent/threading.py\", line 3, in x\nValueError: x\n"
	)
	object := func(text string) string { return `{"log":` + quoted(text) + `,"stream":"stderr"}` + "\n" }
	newer := strings.ReplaceAll(block, "/srv/.venv", "/srv/.venvs")
	return map[string]leftBehind{
		"a prefix that is in no table":   {"vm7: --> Loading config...\n", filtertest.Prefixed("vm7: ")(block)},
		"how many spaces a prefix ends":  {"12:13:14 " + looked + "\n", filtertest.Prefixed("12:13:14 ")("  " + failed[2:])},
		"a text that goes on":            {object(looked + strings.Repeat("x", 16<<10)), object(failed)},
		"an operation":                   {start, failed},
		"an operation around a prefix":   {start, "web-1  | " + failed},
		"a branch":                       {"[web] --> Loading config...\n[web] --> Connecting to hosts...\n", filtertest.Prefixed("[web] ")(block)},
		"a run without a branch":         {start, "[web] --> Connecting to hosts...\n" + filtertest.Prefixed("[web] ")(block)},
		"what was the first of its kind": {start + beta, beta},
		"where a package lies":           {raised, strings.ReplaceAll(block, "/srv/.venv/lib/python3.12/site-packages/", "src/")},
		"a line that is overwritten":     {gitlab + " " + looked + "\r\n", gitlab + "+" + failed},
		"a date":                         {"2026-11-22T03:59:21.1234567Z " + looked + "\n", newer},
		"that a return is no line end":   {"text\n", "--> Loading config...\rtext\n"},
		"that it is not the first line":  {"text\n", strings.ReplaceAll(block, "\n", "\r") + "\n"},
	}
}

// found is what is shown, and what was found where.
func found(shown string, r *report.Report) (lines []string) {
	lines = append(adding(r), shown)
	for _, i := range r.Issues {
		lines = append(lines, fmt.Sprint(i.Installed))
	}
	return lines
}

// Where something is left behind, a part that was not told of it is of no use, and is filtered once more; and the log is not cut.
func TestWhatIsLeftBehind(t *testing.T) {
	plan := filter.NewPlan(filtertest.Builtin())
	for name, l := range leavings() {
		t.Run(name, func(t *testing.T) {
			log := l.first + l.second
			want := atOnce(plan, log, recorded)
			got, _ := inParts(plan, log, []int{len(l.first)}, 0, recorded)
			assert.Equal(t, want.shown.String(), got.shown.String())
			assert.Equal(t, want.report, got.report)
			c := plan.Cuts(int64(len(l.first)))
			_, err := c.Write([]byte(log))
			require.NoError(t, err)
			if name != "a date" { // see cutOptions
				assert.Empty(t, c.Places())
			}
			first, second := atOnce(plan, l.first, recorded), atOnce(plan, l.second, recorded)
			assert.NotEqual(t, found(want.shown.String(), want.sum), found(first.shown.String()+second.shown.String(), report.Merge(first.sum, second.sum)), "else it leaves nothing behind")
		})
	}
}
