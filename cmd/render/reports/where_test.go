package reports_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// TestWhere: a number stands where it says something, and what was seen where is a part of a sentence.
func TestWhere(t *testing.T) {
	type counts = map[string]int
	for want, i := range map[string]report.Issue{
		"":                             {Count: 3},
		"while loading":                {Count: 1, Operations: counts{"loading": 1}},
		"while loading on vm-1":        {Count: 4, Operations: counts{"loading": 4}, Hosts: counts{"vm-1": 4}},
		`in "Say hi" on vm-1, vm-2`:    {Count: 2, Operations: counts{"Say hi": 2}, Hosts: counts{"vm-1": 1, "vm-2": 1}},
		"in the results on vm-1 (1 ×)": {Count: 2, Operations: counts{"results": 2}, Hosts: counts{"vm-1": 1}},
		"on vm-1 (2 ×), vm-2 (1 ×)":    {Count: 3, Hosts: counts{"vm-1": 2, "vm-2": 1}},
		"on vm-1, vm-2 (3 × each)":     {Count: 6, Hosts: counts{"vm-1": 3, "vm-2": 3}},
		"on vm-1, vm-2 (1 × each)":     {Count: 3, Hosts: counts{"vm-1": 1, "vm-2": 1}},
		"on vm-1 (2 ×) and others":     {Count: 3, Hosts: counts{"vm-1": 2}, HostsMore: 1},
		`while connecting (3 ×), in "A" (2 ×), "B" (2 ×), while disconnecting (1 ×); on vm-1`: {
			Count: 8, Operations: counts{"connecting": 3, "A": 2, "B": 2, "disconnecting": 1}, Hosts: counts{"vm-1": 8},
		},
	} {
		assert.Equal(t, want, facts.WhereIn(&i, printable.Line, facts.Quoted))
	}
}

// TestWhereOfMany: eight are named, and how many others there are is said.
func TestWhereOfMany(t *testing.T) {
	for want, more := range map[string][2]int{" and 1 other (2 × each)": {9, 0}, " and 3 others (2 × each)": {11, 0}, " and more than 1 others": {9, 4}} {
		i := report.Issue{Count: 2*more[0] + more[1], Hosts: map[string]int{}, HostsMore: more[1]}
		for n := range more[0] {
			i.Hosts[fmt.Sprintf("vm-%02d", n)] = 2
		}
		said := facts.WhereIn(&i, printable.Line, facts.Quoted)
		assert.Regexp(t, `^on vm-00( \(2 ×\))?, .*vm-07`, said)
		assert.Equal(t, want, said[len(said)-len(want):])
	}
}

// The table of operations names why one failed, as the verdict does: not that make gave up behind it.
func TestTableSaysWhy(t *testing.T) {
	r := rendertest.ReportOf(t, "../cases/make-compiler.log", nil, "deploy.log")
	const why = "main.c:2:5: error: ‘foo’ undeclared (first use in this function)"
	require.Equal(t, why, r.Logs[0].Verdict.Reason)
	assert.Contains(t, rendertest.Written(t, "md", r), "| `@local`: `"+why+"` |")
}
