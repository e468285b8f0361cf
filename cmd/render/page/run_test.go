package page_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

// sameVerdict asserts that the page begins with what became of the run.
func sameVerdict(t *testing.T, d document, r *report.Report) {
	t.Helper()
	said := text(d.id("verdict"))
	failed := 0
	for _, l := range r.Logs {
		if l.Verdict.Failed == outcome.Yes {
			failed++
		}
	}
	switch {
	case len(r.Logs) > 1 && failed > 0:
		assert.Contains(t, said, fmt.Sprintf("%d of %d logs: the run failed", failed, len(r.Logs)))
	case len(r.Logs) > 1:
		assert.Regexp(t, "^No run (failed|is known to have failed)", said)
	default:
		v := r.Logs[0].Verdict
		assert.True(t, strings.HasPrefix(said, map[outcome.Failed]string{outcome.Yes: "Failed", outcome.No: "Did not fail", outcome.Unknown: "Whether it failed is not known"}[v.Failed]), said)
		for _, want := range []string{v.Reason, v.Host, v.Operation} {
			assert.Contains(t, said, strings.Join(strings.Fields(want), " "))
		}
		if v.Line > 0 {
			assert.Contains(t, said, "line "+grouped(v.Line))
		}
	}
}

// sameMatrix asserts that the numbers of each operation are those of the report, and that each host has its result.
func sameMatrix(t *testing.T, d document, r *report.Report) {
	t.Helper()
	if len(r.Logs) != 1 || r.Logs[0].Run == nil || len(r.Logs[0].Run.Operations) == 0 {
		assert.Nil(t, d.id("matrix-table"))
		return
	}
	ops := r.Logs[0].Run.Operations
	heads, rows := d.rows(t, "matrix-table")
	require.Len(t, rows, len(ops)+1)
	for n, op := range ops {
		sameOperation(t, heads, rows[n], op)
	}
	sum := map[string]int64{}
	for _, row := range rows[:len(ops)] {
		for _, head := range countHeads {
			sum[head] += first(t, row.cells[head])
		}
	}
	for _, head := range countHeads {
		assert.Equal(t, sum[head], first(t, rows[len(ops)].cells[head]), head)
	}
}

var countHeads = []string{"Success", "No change", "Error", "Skipped", "Retries"}

// first is the number that a cell begins with.
func first(t *testing.T, n *html.Node) int64 {
	t.Helper()
	return parsed(t, strings.Fields(text(n))[0])
}

func sameOperation(t *testing.T, heads []string, row row, op *outcome.Operation) {
	t.Helper()
	want := map[string]int64{"Success": int64(op.Count(outcome.Success)), "No change": int64(op.Count(outcome.NoChange)), "Error": int64(op.Count(outcome.Error)), "Skipped": int64(op.Count(outcome.Skipped))}
	for _, done := range op.Hosts {
		want["Retries"] += int64(done.Retries)
	}
	for _, head := range countHeads {
		assert.Equal(t, want[head], first(t, row.cells[head]), "%s, %s", op.Name, head)
	}
	assert.EqualValues(t, op.FirstLine, number(t, row.cells["Line"]), op.Name)
	for _, host := range heads[8:] {
		if strings.HasPrefix(host, "A square") {
			assert.Contains(t, attribute(all(row.cells[host], "svg")[0], "aria-label"), fmt.Sprintf("success %d, no change %d, error %d, skipped %d", want["Success"], want["No change"], want["Error"], want["Skipped"]))
			continue
		}
		said := text(row.cells[host])
		done := op.Hosts[host]
		if done == nil {
			assert.Empty(t, said)
			continue
		}
		assert.Contains(t, said, strings.ReplaceAll(string(done.Result), "-", " "), "%s, %s", op.Name, host)
	}
}

// ranOn is the report of a run with so many operations on so many hosts, some of which fail.
func ranOn(operations, hosts int) *report.Report {
	r := rand.New(rand.NewPCG(1, uint64(hosts)))
	run := &outcome.Record{}
	total := 3.0
	run.Phases = []outcome.Phase{{Name: "connecting", FirstLine: 1, Seconds: &total}, {Name: "disconnecting", FirstLine: 9_000}}
	line := 1
	for n := range operations {
		line += 2
		op := &outcome.Operation{Name: fmt.Sprintf("Operation %d: install what step %d needs", n, n), FirstLine: line, Hosts: map[string]*outcome.Done{}}
		longest := 0.0
		for h := range hosts {
			line++
			s := float64(r.IntN(30_000)) / 1000
			longest = max(longest, s)
			result := outcome.Results[1+r.IntN(3)]
			if r.IntN(100) == 0 {
				result = outcome.Error
			}
			done := &outcome.Done{Result: result, Seconds: &s, FirstLine: line, LastLine: line, Retries: r.IntN(40) / 38}
			if result == outcome.Error {
				done.Ignored, done.Text = r.IntN(3) == 0, []string{"what it said above", "sh: 1: it-is-not-there: not found"}
			}
			op.Hosts[fmt.Sprintf("web-%03d.eu-central.example.org", h)] = done
		}
		op.Seconds = &longest
		run.Operations = append(run.Operations, op)
	}
	out := report.Merge()
	out.Logs = []*report.Log{{
		Date: "2026-11-02T08:40:00Z", Run: run, Command: &report.Command{Argv: []string{"pyinfra", "-y", "inventory.py", "deploy file.py"}, ExitCode: 1, Seconds: 312.4},
		Verdict: outcome.Verdict{Failed: outcome.Yes, Reason: "sh: 1: it-is-not-there: not found", Host: "web-000.eu-central.example.org", Operation: "Operation 0", Line: 5},
	}}
	return out
}

// TestMatrix: for three hosts and for three hundred.
func TestMatrix(t *testing.T) {
	for _, of := range [][2]int{{1, 1}, {4, 3}, {12, 24}, {12, 25}, {15, 300}, {3, 3000}} {
		t.Run(fmt.Sprint(of), func(t *testing.T) {
			r := ranOn(of[0], of[1])
			page := write(t, r)
			t.Logf("%d KiB", len(page)>>10)
			assert.Less(t, len(page), 1<<20)
			d := parse(t, page)
			sameVerdict(t, d, r)
			sameMatrix(t, d, r)
			said := text(d.id("verdict"))
			for _, want := range []string{"Exit code 1", "Took 5 min 12 s", "Command pyinfra -y inventory.py 'deploy file.py'"} {
				assert.Contains(t, said, want)
			}
			assert.Contains(t, text(d.id("deploy")), "Slowest operations")
		})
	}
}

// TestNoReason: of a run that failed for no reason that is known, the last lines are there.
func TestNoReason(t *testing.T) {
	r := report.Merge()
	r.Logs = []*report.Log{{
		Command: &report.Command{Argv: []string{"make", "deploy"}, ExitCode: 130, Signal: "SIGINT", Seconds: 0.04}, Tail: []string{"first", "  the last `words` of it"},
		Verdict: outcome.Verdict{Failed: outcome.Yes, Reason: "the command was ended by signal 2"},
	}}
	d := parse(t, write(t, r))
	assert.Contains(t, text(d.id("verdict")), "Failed the command was ended by signal 2 Ended by SIGINT Exit code 130 Took 40 ms Command make deploy The last lines that were shown: first the last `words` of it")
	assert.Equal(t, "**Failed**: `the command was ended by signal 2`\n\n- Ended by: `SIGINT`\n- Exit code: `130`\n- Took: `40 ms`\n- Command: `make deploy`\n\nThe last lines:\n\n```text\nfirst\n  the last `words` of it\n```\n", d.id("verdict-markdown").FirstChild.Data)
}
