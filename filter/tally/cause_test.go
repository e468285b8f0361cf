package tally_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
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
