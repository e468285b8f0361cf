package tally_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// What a host says comes of what that host said in the same operation, and of nobody
// else's words; what is said of the whole run comes of the first that was said.
func TestCauseIsOfTheSameHostAndOperation(t *testing.T) {
	set := rules.NewSet()
	for _, y := range []string{
		"id: slow\ntitle: slow\nseverity: warning\nmatch: {line: 'took too long|upload failed'}\nsamples: [{text: it took too long}]\n",
		"id: failed\ntitle: failed\nseverity: error\nmatch: {line: 'Error: executed'}\ncause: [slow]\nsamples: [{text: 'Error: executed'}]\n",
		"id: ended\ntitle: ended\nseverity: error\nmatch: {line: 'No hosts'}\ncause: [slow, failed]\nsamples: [{text: No hosts}]\n",
	} {
		r, err := rules.Parse("mine.yaml", []byte(y))
		require.NoError(t, err)
		require.NoError(t, set.Add(r))
	}
	const again, one, two = "--> Loading config...\n", "--> Starting operation: One\n", "--> Starting operation: Two\n"
	for _, c := range []struct{ log, id, want string }{
		{one + "    [a] took too long\n    [a] Error: executed 0\n", "failed", "2"},
		{one + "    [b] took too long\n    [a] Error: executed 0\n", "failed", ""},
		{one + "    [a] took too long\n" + two + "    [a] Error: executed 0\n", "failed", ""},
		{one + "    [a] took too long\n    [b] took too long\n    [b] Error: executed 0\n    [a] Error: executed 0\n", "failed", "3"},
		{one + "    [a] took too long\n    [a] took too long\n    [a] Error: executed 0\n", "failed", "3"},
		{one + "upload failed\n    [a] Error: executed 0\n", "failed", "2"},
		{one + "upload failed\nx\n    [a] Error: executed 0\n", "failed", ""},
		{one + "upload failed on a\nx\n    [a] Error: executed 0\n", "failed", "2"},
		{one + "    [b] took too long\n    [a] Error: executed 0\n--> No hosts\n", "ended", "2"},
		{one + "    [a] Error: executed 0\n    [a] took too long\n", "failed", ""},
		{one + "    [a] Error: executed 0\n" + again + one + "x\n--> No hosts\n", "ended", ""},
		{one + "    [a] Error: executed 0\n" + again + one + "    [a] Error: executed 0\n    [b] Error: executed 0\n--> No hosts\n", "ended", "5"},
		{one + "    [a] Error: executed 0\n--> Disconnecting from hosts...\n--> Connecting to hosts...\n--> No hosts\n", "ended", ""},
		{one + "    [a] Error: executed 0\n--> Disconnecting from hosts...\n--> No hosts\n", "ended", "2"},
		{again + "    [a] Error: executed 0\n" + again + "--> No hosts\n", "ended", ""},
		{one + "    [a] took too long\n" + again + one + "    [a] Error: executed 0\n", "failed", ""},
		{one + "upload failed on a\n" + again + one + "    [a] Error: executed 0\n", "failed", ""},
	} {
		_, s := filtertest.Run(t, set, []byte(c.log), 0, filter.Options{})
		got := ""
		for _, i := range s.Issues {
			if i.Rule.ID == c.id && i.Cause != nil {
				got = fmt.Sprint(i.Cause.Line)
			}
		}
		assert.Equal(t, c.want, got, c.log)
	}
}

// causes is a tally in which issues of failed may come of those of others.
func causes(t *testing.T, others ...string) (c *tally.Tally, failed *rules.Rule, of []*rules.Rule) {
	t.Helper()
	for _, id := range others {
		of = append(of, parsed(t, id, stays))
	}
	c = tally.New(tally.Options{IsCause: func(r *rules.Rule) bool { return r.ID != "failed" }})
	return c, parsed(t, "failed", stays+"cause: ["+strings.Join(others, ", ")+"]\n"), of
}

// said is what the issue of a rule that was counted last comes of.
func said(c *tally.Tally, failed *rules.Rule, line int, host string) string {
	c.Count(failed, tally.Occurrence{Line: line, Last: line, Host: host})
	defer func() { c.Issue(failed).Count = 0 }() // it is asked for the first occurrence only
	if cause := c.Issue(failed).Cause; cause != nil {
		return fmt.Sprint(cause.Line, " ", cause.Text)
	}
	return ""
}

// Of what stands in one line, the cause is what was found first. A block that is folded is named.
func TestCausesInOneLine(t *testing.T) {
	for host, want := range map[string]string{"": "5 first", "a": "5 again"} {
		c, failed, of := causes(t, "slow", "full")
		c.Count(of[0], tally.Occurrence{Line: 5, Last: 5, Host: "a", Text: "first"})
		c.Count(of[0], tally.Occurrence{Line: 5, Last: 5, Host: "a", Text: "again"})
		c.Count(of[1], tally.Occurrence{Line: 5, Last: 5, Host: "a", Text: "of another rule"})
		assert.Equal(t, want, said(c, failed, 9, host))
	}
	for first, want := range map[int]string{5: "4 slow: title of slow", 3: "3 before it"} { // a block may be complete after what began behind it
		c, failed, of := causes(t, "slow")
		c.Count(of[0], tally.Occurrence{Line: first, Last: first, Text: "before it"})
		c.Count(of[0], tally.Occurrence{Line: 4, Last: 8})
		assert.Equal(t, want, said(c, failed, 9, ""))
	}
}

// What is of no host is the cause of what a host says directly below its last line.
func TestCauseDirectlyAbove(t *testing.T) {
	for line, want := range map[int]string{7: "5 text", 8: "5 text", 9: ""} {
		c, failed, of := causes(t, "slow")
		c.Count(of[0], tally.Occurrence{Line: 5, Last: 7, Text: "text"})
		assert.Equal(t, want, said(c, failed, line, "a"), line)
	}
}

// Of each issue a thousand hosts are remembered, and of all issues together what there is room for.
func TestCausesAreCapped(t *testing.T) {
	c, failed, of := causes(t, "a", "b", "c", "d", "e")
	for n, r := range of {
		for i := range capped.Most + 1 {
			c.Count(r, tally.Occurrence{Line: 10_000*n + i + 1, Last: 1, Host: fmt.Sprint("host-", i), Text: r.ID})
		}
	}
	c.Count(of[0], tally.Occurrence{Line: 90_001, Last: 90_001, Host: "host-7", Text: "once more"})
	assert.Equal(t, "90001 once more", said(c, failed, 90_002, "host-7"), "it was remembered")
	assert.Equal(t, "21000 c", said(c, failed, 90_002, fmt.Sprint("host-", capped.Most-1)))
	assert.Empty(t, said(c, failed, 90_002, fmt.Sprint("host-", capped.Most)))
	assert.Equal(t, "30001 d", said(c, failed, 90_002, "host-0"))
	only := parsed(t, "failed", stays+"cause: [e]\n")
	assert.Empty(t, said(c, only, 90_002, ""), "there is no room for any of it")
}

// A run that has ended is not remembered any more, so that the next one is, however many there are.
func TestCausesOfManyRuns(t *testing.T) {
	c, failed, of := causes(t, "slow")
	for run := range 4_000 {
		c.BeginRun("web-1  | ")
		line := 2*run + 1
		c.Count(of[0], tally.Occurrence{Line: line, Last: line, Host: fmt.Sprint("host-", run), Text: "x", Where: tally.Where{Writer: "web-1  | "}})
	}
	c.Count(failed, tally.Occurrence{Line: 8_000, Last: 8_000, Host: "host-3999", Where: tally.Where{Writer: "web-1  | "}})
	if assert.NotNil(t, c.Issue(failed).Cause) {
		assert.Equal(t, 7_999, c.Issue(failed).Cause.Line)
	}
}
