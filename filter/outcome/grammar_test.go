package outcome_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// What pyinfra says of an operation or a fact that failed is told from what a program prints that begins alike.
func TestErrorsOfHosts(t *testing.T) {
	none, ran, other := "", "no reason was given (%)", "%"
	for said, want := range map[string]string{
		"executed 0 commands": ran, "executed 9 commands": ran, "executed 12/345 commands": ran, "executed 09/10 commands.": ran, "executed 1 commands (failed after 1/1 retries)": ran,
		"executed 1 commands/": ran, "executed 1 commands:": ran, "executed 1 commands@": ran, "executed 1 commands[": ran, "executed 1 commands`": ran, "executed 1 commands{": ran,
		"executed 1 commands0": other, "executed 1 commands9": other, "executed 1 commandsa": other, "executed 1 commandsz": other, "executed 1 commandsA": other, "executed 1 commandsZ": other, "executed 1 commands_": other,
		"executed 1": other, "executed 1/": other, "executed 1/ commands": other, "executed 1/x commands": other, "executed 1/2": other,
		"executed ": none, "executed / commands": none, "executed : commands": none, "executed x commands": none, "execute 1 commands": none,
		"could not load fact": other, "could not load fact: server.Which x": other, "could not process fact.": other,
		"could not load facts": none, "could not load": none,
		"no such file": none,
	} {
		got := follow(three+hi+"    [db] Error: "+said+"\n", 0).Failures
		if want == none {
			assert.Empty(t, got, said)
			continue
		}
		if assert.Len(t, got, 1, said) {
			assert.Equal(t, strings.ReplaceAll(want, "%", strings.TrimSpace(said)), got[0].Reason)
		}
	}
}

// A line is about a host only if it is written as pyinfra's logger does.
func TestLinesOfHosts(t *testing.T) {
	for line, want := range map[string]int{
		"    [db] Error: executed 0 commands":        1,
		"    [db]    Error: executed 0 commands":     1,
		"    [d] Error: executed 0 commands":         1,
		"    [] Error: executed 0 commands":          0,
		"    [d b] Error: executed 0 commands":       1,
		"    [ b] Error: executed 0 commands":        0,
		"    [db]Error: executed 0 commands":         0,
		"    [db]":                                   0,
		"    [db":                                    0,
		"   [db] Error: executed 0 commands":         0,
		"[db] Error: executed 0 commands":            0,
		"    [db] nested Error: executed 0 commands": 0,
	} {
		assert.Len(t, follow(three+hi+line+"\n", 0).Failures, want, line)
	}
}

// The table of results counts each error of an operation, also one that is ignored or of an operation within another. If it counts more than are
// shown, it is not known what failed.
func TestTableCounts(t *testing.T) {
	const table = "--> Results:\n    Grand total   3       1         %       -           \n\n--> Disconnecting from hosts...\n"
	for said, errors := range map[string]string{
		"Error (ignored): executed 0 commands":                      "1",
		"Error (ignored, execution continued): executed 0 commands": "1",
		"nested Error: executed 9 commands":                         "1",
		"Error (ignored: executed 0 commands":                       "0",
		"Error : executed 0 commands":                               "0",
		"Error (ignored): could not load fact: x":                   "0",
		"Error in nested operation":                                 "0",
		"error: executed 0 commands":                                "0",
		"Success":                                                   "0",
	} {
		log := three + hi + "    [db] " + said + "\n"
		assert.Equal(t, outcome.No, follow(log+strings.ReplaceAll(table, "%", errors), 0).Verdict.Failed, said)
		more := string(errors[0] + 1)
		assert.Equal(t, outcome.Unknown, follow(log+strings.ReplaceAll(table, "%", more), 0).Verdict.Failed, said)
	}
}

// The result that pyinfra gives last takes back what looked like one of the same operation on the same host.
func TestRetracted(t *testing.T) {
	const failed = "    [db] why\n    [db] Error: executed 0 commands\n"
	for name, c := range map[string]struct {
		log string
		// hosts that failed, and in which line the first is said
		hosts, line int
	}{
		"success":              {failed + "    [db] Success\n", 0, 0},
		"no changes":           {failed + "    [db] No changes\n", 0, 0},
		"skipped":              {failed + "    [db] Skipped\n", 0, 0},
		"ignored":              {failed + "    [db] Error (ignored): executed 0 commands\n", 0, 0},
		"ignored, 3.3":         {failed + "    [db] Error (ignored, execution continued): executed 0 commands\n", 0, 0},
		"another error":        {failed + "    [db] Error: executed 1 commands\n", 1, 16},
		"another host":         {failed + "    [web] Success\n", 1, 15},
		"within another":       {failed + "    [db] nested Success\n", 1, 15},
		"words":                {failed + "    [db] Error: no such file\n    [db] well\n", 1, 15},
		"at the left edge":     {failed + "[db] Success\n", 1, 15},
		"another operation":    {failed + "--> Starting operation: Next\n    [db] Success\n", 1, 15},
		"two hosts, one of it": {failed + "    [web] Error: executed 0 commands\n    [db] Success\n", 1, 16},
		"a fact":               {"    [db] Error: could not load fact: x\n    [db] Success\n", 1, 14},
		"a fact before it":     {"    [db] Error: could not load fact: x\n" + failed + "    [db] Success\n", 1, 14},
		"twice in the run":     {failed + "--> Starting operation: Next\n    [db] Error: executed 0 commands\n    [db] Success\n", 1, 15},
	} {
		o := follow(three+hi+c.log, 0)
		assert.Equal(t, c.hosts, o.Hosts, name)
		if c.line == 0 {
			assert.Empty(t, o.Failures, name)
			continue
		}
		if assert.NotEmpty(t, o.Failures, name) {
			assert.Equal(t, c.line, o.Failures[0].Line, name)
		}
	}
}

// What a result is recorded as: how often it was tried, whether it is ignored. Only errors have a text.
func TestResultsAreRecorded(t *testing.T) {
	for said, want := range map[string]outcome.Done{
		"Success":                              {Result: outcome.Success},
		"No changes":                           {Result: outcome.NoChange},
		"Skipped  ":                            {Result: outcome.Skipped},
		"Success on retry 1":                   {Result: outcome.Success, Retries: 1},
		"Success on retry 907":                 {Result: outcome.Success, Retries: 907},
		"Success on retry 123456789":           {Result: outcome.Success, Retries: 123456789},
		"Error: executed 0 commands":           {Result: outcome.Error, Text: []string{"why"}},
		"Error (ignored): executed 0 commands": {Result: outcome.Error, Ignored: true, Text: []string{"why"}},
		"Error: executed 0 commands (failed after 3/4 retries)":             {Result: outcome.Error, Retries: 3, Text: []string{"why"}},
		"Error (ignored): executed 0 commands (failed after 21/21 retries)": {Result: outcome.Error, Ignored: true, Retries: 21, Text: []string{"why"}},
	} {
		r := recorded(three+hi+"    [db] why\n    [db] "+said+"\n", 0)
		require.Len(t, r.Operations, 1)
		if assert.Contains(t, r.Operations[0].Hosts, "db", said) {
			want.FirstLine, want.LastLine = 14, 15
			assert.Equal(t, want, *r.Operations[0].Hosts["db"], said)
		}
	}
	for _, said := range []string{"Successfully built", "Success on retry x", "Success on retry 2 of it", "Success on retry 1234567890", "Skipped two", "No changes at all", "Error: no", "Error", "text"} {
		r := recorded(three+hi+"    [db] "+said+"\n", 0)
		require.Len(t, r.Operations, 1)
		assert.Empty(t, r.Operations[0].Hosts, said)
		assert.Zero(t, r.More)
	}
}
