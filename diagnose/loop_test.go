package diagnose

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestMissed: a run shows that an issue is gone where it did what that was seen in, on about as
// many hosts.
func TestMissed(t *testing.T) {
	run := func(ops map[string]int, phases ...string) *ReportRun {
		r := &ReportRun{}
		for name, n := range ops {
			hosts := map[string]any{}
			for i := range n {
				hosts[string(rune('a'+i))] = nil
			}
			r.Operations = append(r.Operations, struct {
				Name  string
				Hosts map[string]any
			}{name, hosts})
		}
		for _, p := range phases {
			r.Phases = append(r.Phases, struct{ Name string }{p})
		}
		return r
	}
	seen := &ReportIssue{Operations: map[string]int{"Say hi": 19, "connecting": 3}}
	before := run(map[string]int{"Say hi": 20, "Other": 20}, "connecting")
	for name, c := range map[string]struct {
		now  *ReportRun
		then *ReportIssue
		held bool
	}{
		"the same":                 {before, seen, true},
		"half of the hosts":        {run(map[string]int{"Say hi": 10}), seen, true},
		"one host":                 {run(map[string]int{"Say hi": 1}, "connecting"), seen, false},
		"nothing":                  {nil, seen, false},
		"connecting alone":         {run(nil, "connecting"), seen, false},
		"other operations":         {run(map[string]int{"Other": 20}), seen, false},
		"connecting to all":        {run(map[string]int{"Other": 20}, "connecting"), seen, true},
		"not known where, same":    {before, &ReportIssue{}, true},
		"not known where, another": {run(map[string]int{"New": 20}), &ReportIssue{}, false},
	} {
		assert.Equal(t, c.held, missed(c.now, before, c.then) == "", "%s: %s", name, missed(c.now, before, c.then))
	}
	assert.NotEmpty(t, missed(before, nil, &ReportIssue{}))
}
