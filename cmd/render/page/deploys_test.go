package page_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

// failedRuns is a sum of so many logs: in every third an operation fails, and each has lines, hosts and words of its own.
func failedRuns(logs, operations, hosts int) *report.Report {
	var all []*report.Report
	for n := range logs {
		one := ranOn(operations, hosts)
		l := one.Logs[0]
		l.Name, l.Date, l.Command = fmt.Sprintf("logs/%03d.log", n), fmt.Sprintf("2026-11-%02dT08:40:00Z", 1+n%28), nil
		for _, op := range l.Run.Operations {
			for host, d := range op.Hosts {
				d.FirstLine, d.LastLine = d.FirstLine+1000*n, d.LastLine+1000*n
				if d.Result == outcome.Error {
					d.Result = outcome.Success
				}
				if n%3 == 0 && op == l.Run.Operations[n%operations] && strings.HasPrefix(host, "web-000") {
					*d = outcome.Done{Result: outcome.Error, FirstLine: d.FirstLine, LastLine: d.LastLine, Text: []string{fmt.Sprintf("what log %d said", n)}}
				}
			}
			op.FirstLine += 1000 * n
		}
		if l.Verdict = (outcome.Verdict{Failed: outcome.No}); n%3 == 0 {
			l.Verdict = outcome.Verdict{Failed: outcome.Yes, Log: l.Name, Host: "web-000.eu-central.example.org", Operation: l.Run.Operations[n%operations].Name, Line: 5 + 1000*n, Reason: fmt.Sprintf("what log %d said", n)}
		}
		all = append(all, one)
	}
	return report.Merge(all...)
}

// TestDeploysOfASum: of several logs, each run in which an operation failed has its matrix, with the numbers, lines and words
// of that log alone; and which operations failed in how many logs is counted by log.
func TestDeploysOfASum(t *testing.T) {
	r := failedRuns(30, 4, 3)
	d := parse(t, write(t, r))
	linksLead(t, d)
	failed := 0
	for _, l := range r.Logs {
		n := slices.IndexFunc(l.Run.Operations, (*outcome.Operation).Failed)
		if n < 0 {
			continue
		}
		failed++
		id := ""
		for k := 1; d.id(fmt.Sprintf("run-%d", k)) != nil; k++ {
			if strings.HasPrefix(text(d.id(fmt.Sprintf("run-%d", k))), l.Name) {
				id = fmt.Sprintf("run-%d", k)
			}
		}
		require.NotEmpty(t, id, l.Name)
		heads, rows := d.rows(t, id+"-table")
		require.Len(t, rows, len(l.Run.Operations)+1)
		for k, op := range l.Run.Operations {
			sameOperation(t, heads, rows[k], op)
		}
		assert.Contains(t, text(d.id(id+"-failures")), l.Verdict.Reason)
		assert.NotContains(t, strings.ReplaceAll(text(d.id(id)), l.Verdict.Reason, ""), "what log", "another log's words")
		assert.Contains(t, text(d.id("logs-table")), l.Verdict.Reason, "each log that failed says where and why")
	}
	require.Equal(t, 10, failed)
	assert.Contains(t, text(d.id("deploys")), "Operations failed in 10 logs of 30")
	_, rows := d.rows(t, "failed-operations")
	sum := int64(0)
	for _, row := range rows {
		sum += number(t, row.cells["Failed in"])
		assert.EqualValues(t, 30, number(t, row.cells["Ran in"]))
		assert.Equal(t, "web-000.eu-central.example.org", text(row.cells["On"]))
	}
	assert.EqualValues(t, 10, sum)
}

// TestDeploysAreBounded: of 300 logs with hundreds of hosts there is what fits, and the page says how many are left out.
func TestDeploysAreBounded(t *testing.T) {
	page := write(t, failedRuns(300, 6, 60))
	d := parse(t, page)
	assert.Regexp(t, `Left out here: what the runs of \d+ more logs did`, text(d.id("deploys")))
	assert.NotNil(t, d.id("run-1"))
	assert.Less(t, len(page), 4<<20)
}

// TestNoDeploysWithoutFailures: where no operation failed, and of a single log, there is no such part.
func TestNoDeploysWithoutFailures(t *testing.T) {
	good := ranOn(2, 2)
	for _, op := range good.Logs[0].Run.Operations {
		for _, done := range op.Hosts {
			done.Result = outcome.Success
		}
	}
	assert.Nil(t, parse(t, write(t, report.Merge(good, good))).id("deploys"))
	assert.Nil(t, parse(t, write(t, ranOn(3, 3))).id("deploys"))
}
