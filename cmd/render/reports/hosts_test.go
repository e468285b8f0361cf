package reports_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// failing is the report of a run in which so many hosts cannot be connected to, and then an operation fails on so many.
func failing(t *testing.T, name string, unconnected, failed int) *report.Report {
	t.Helper()
	var b strings.Builder
	b.WriteString("--> Connecting to hosts...\n")
	for n := range unconnected {
		fmt.Fprintf(&b, "    [off-%03d] Could not connect ([Errno None] Unable to connect to port 22 on 10.0.0.%d)\n", n, n)
	}
	for n := range failed + 2 {
		fmt.Fprintf(&b, "    [web-%03d] Connected\n", n)
	}
	b.WriteString("\n--> Beginning operation run...\n--> Starting operation: Restart it\n")
	for n := range failed {
		fmt.Fprintf(&b, "    [web-%03d] reason of web-%03d\n    [web-%03d] Error: executed 0 commands\n", n, n, n)
	}
	fmt.Fprintf(&b, "    [web-%03d] Success\n    [web-%03d] No changes\n", failed, failed+1)
	_, sum := rendertest.Run(t, []byte(b.String()), filter.Options{Record: true})
	return report.New(sum, report.Run{Version: "1.2.3", Name: name})
}

// messages are those of the results in SARIF by the id of their rules, and how often these were seen; and how many entries Code
// Quality has of each.
func messages(t *testing.T, r *report.Report) (said map[string][]string, seen, entries map[string]int) {
	t.Helper()
	var sarif struct {
		Runs []struct {
			Results []struct {
				RuleID          string `json:"ruleId"`
				OccurrenceCount int    `json:"occurrenceCount"`
				Message         struct {
					Text string `json:"text"`
				} `json:"message"`
			} `json:"results"`
		} `json:"runs"`
	}
	require.NoError(t, json.Unmarshal([]byte(rendertest.Written(t, "sarif", r)), &sarif))
	said, seen, entries = map[string][]string{}, map[string]int{}, map[string]int{}
	for _, one := range sarif.Runs[0].Results {
		said[one.RuleID] = append(said[one.RuleID], one.Message.Text)
		seen[one.RuleID] += one.OccurrenceCount
	}
	var quality []struct {
		CheckName string `json:"check_name"`
	}
	require.NoError(t, json.Unmarshal([]byte(rendertest.Written(t, "codequality", r)), &quality))
	for _, one := range quality {
		entries[one.CheckName]++
	}
	return said, seen, entries
}

// TestEachHostThatFailed: however many hosts fail, each has its result, and what it said, and they are counted once each.
func TestEachHostThatFailed(t *testing.T) {
	for _, n := range []int{1, report.MaxPlaces, report.MaxPlaces + 1, 3*report.MaxPlaces + 7} {
		said, seen, entries := messages(t, failing(t, "deploy.log", n, n))
		for id, where := range map[string]string{"pyinfra-operation-failed": `web-%03d, "Restart it": reason of web-%03[1]d`, "ssh-connect-failed": "off-%03d, while connecting: "} {
			assert.Len(t, said[id], n, id)
			assert.Equal(t, n, seen[id], id)
			assert.Equal(t, n, entries[id], id)
			for k := range n {
				assert.Contains(t, strings.Join(said[id], "\n"), fmt.Sprintf(where, k))
			}
		}
	}
}

// TestEachHostThatFailedInASum: a sum keeps places of the first logs only; what failed in the others is in it all the same.
func TestEachHostThatFailedInASum(t *testing.T) {
	var all []*report.Report
	for n := range 4 {
		all = append(all, failing(t, fmt.Sprintf("job-%d.log", n), 0, 9))
	}
	said, seen, entries := messages(t, report.Merge(all...))
	assert.Len(t, said["pyinfra-operation-failed"], 4*9)
	assert.Equal(t, 4*9, seen["pyinfra-operation-failed"])
	assert.Equal(t, 4*9, entries["pyinfra-operation-failed"])
}

// TestAHostIsNotSaidToHaveFailed that only another issue has: lines of places that are not results say nothing of results.
func TestAHostIsNotSaidToHaveFailed(t *testing.T) {
	said, _, _ := messages(t, failing(t, "deploy.log", 3*report.MaxPlaces, 3))
	assert.Len(t, said["pyinfra-operation-failed"], 3)
	assert.NotContains(t, strings.Join(said["ssh-connect-failed"], "\n"), "web-")
}
