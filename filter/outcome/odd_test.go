package outcome_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// The name of a host may be any that an inventory gives it: with spaces and brackets in it, it is known by what pyinfra says of it.
func TestOddNamesOfHosts(t *testing.T) {
	for _, name := range []string{"web 1", "web]1", "web [1]", "a b c", "web]", "[web", "web|1", "vm|`<b>\"'&;]]>", "nested x", "--> x y", "web (eu), 1", "größe 1"} {
		as := strings.NewReplacer("[db]  ", "["+name+"]", "[db]", "["+name+"]")
		log := as.Replace(three + hi + "    [web]  Success\n    [db]   Success\n    [mail] Success\n\n--> Starting operation: Other \n    [web]  x\n    [db]   first\n[db] the real reason\n    [db]   Error: executed 0 commands\n")
		for _, size := range []int{0, 7} {
			o := follow(log, size)
			require.Equal(t, outcome.Yes, o.Verdict.Failed, name)
			assert.Equal(t, name, o.Verdict.Host, name)
			assert.Equal(t, "the real reason", o.Verdict.Reason, name)
			assert.Equal(t, []string{"first", "the real reason"}, o.Failures[0].Text, name)
		}
		r := recorded(log, 0)
		require.Len(t, r.Operations, 2, name)
		assert.Equal(t, outcome.Success, r.Operations[0].Hosts[name].Result, name)
		d := r.Operations[1].Hosts[name]
		require.NotNil(t, d, name)
		assert.Equal(t, outcome.Done{Result: outcome.Error, FirstLine: 20, LastLine: 22, Text: []string{"first", "the real reason"}}, *d, name)
		assert.Equal(t, "yes "+name+` "Say hi" (line 14): could not load fact: x`, said(follow(as.Replace(three+hi+"    [db] Error: could not load fact: x\n"), 0).Verdict), name)
		assert.Equal(t, "no", said(follow(as.Replace(three+hi+"    [db] Error: executed 0 commands\n    [db] Success\n"+good), 0).Verdict), "what it printed is taken back: %s", name)
	}
}

// What is in brackets and is not said in pyinfra's own words is no host.
func TestOddNamesOfNobody(t *testing.T) {
	for _, line := range []string{"    [two words] fine", "    [12:00:01 INFO] Error: no", "    [two words] Successfully built", "    [two words]Success", "[two words] Success", "   [two words] Success", "    [two words] Error: executed x"} {
		o := follow(three+hi+line+"\n    [db] why\n"+executed, 0)
		assert.Equal(t, `yes db "Say hi" (line 16): why`, said(o.Verdict), line)
		r := recorded(three+hi+line+"\n    [db] why\n"+executed, 0)
		assert.Len(t, r.Operations[0].Hosts, 1, line)
	}
}
