package match_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// A line of a host that a rule names and leaves is remembered, as it stands, where nothing else is going on; and is as if it were looked at.
func TestKept(t *testing.T) {
	const line = "    [web] failed\n"
	long := func(n int) string { return "    [web] failed" + strings.Repeat("x", n-17) + "\n" }
	for name, c := range map[string]struct {
		log   string
		again int
	}{
		"the same":                  {strings.Repeat(line, 5), 4},
		"of two hosts":              {strings.Repeat(line+"    [db] failed\n", 5), 8},
		"others in between":         {strings.Repeat(line+"x\n", 5), 4},
		"operations in between":     {strings.Repeat("--> Starting operation: a\n"+line+"--> Starting operation: b\n"+line, 3), 5},
		"as long as may be":         {strings.Repeat(long(160), 5), 4},
		"longer":                    {strings.Repeat(long(161), 5), 0},
		"as many as may be":         {strings.Repeat(numbered("    [h%d] failed\n", 512), 2), 512},
		"one more":                  {strings.Repeat(numbered("    [h%d] failed\n", 513), 2), 0},
		"that folds":                {strings.Repeat("    [web] noisy\n", 5), 0},
		"of a rule for repeats":     {strings.Repeat("    [web] x is deprecated\n", 5), 0},
		"of no host":                {strings.Repeat("   [web] failed\n", 5), 0},
		"at the left edge":          {strings.Repeat("[web] failed\n", 5), 0},
		"with a prefix":             {strings.Repeat("web-1  | "+line, 5), 0},
		"another writer in between": {strings.Repeat("web-1  | x\n"+line, 5), 4},
		"CR LF":                     {strings.Repeat("    [web] failed\r\n", 5), 0},
		"coloured":                  {strings.Repeat("    [web] \x1b[31mfailed\x1b[0m\n", 5), 0},
		"overwritten":               {strings.Repeat("    | 0% (0/1)\r"+line, 5), 0},
		"in an object":              {strings.Repeat(`{"log":"    [web] failed\n"}`+"\n", 5), 0},
		"behind an open block":      {"job a begins\n" + strings.Repeat(line, 5) + "job a is broken\n", 0},
		"behind a whole block":      {strings.Repeat(block+line, 4), 6},
		"behind a traceback":        {strings.Repeat(line, 2) + "Traceback (most recent call last):\n" + strings.Repeat(line, 2), 1},
		"behind a CR LF":            {strings.Repeat(line+"x\r\n", 3), 0},
		"a block begins in it":      {strings.Repeat("    [web] password: "+head+object+"    [web] failed\n"+strings.TrimPrefix(block, head+object+"\n"), 3), 0},
		"a block begins behind it":  {strings.Repeat(line+"job a begins\non x\njob a is broken\n", 3), 4},
		"behind a line in a block":  {strings.Repeat("job a begins\n    x = word\njob a is broken\n"+line+line, 3), 5},
	} {
		r, again, _ := both(t, kinds(), options{}, c.log)
		assert.Equal(t, c.again, again, name)
		assert.Equal(t, c.log, r.all(), name)
	}
	both(t, kinds(), options{installed: versions, recorded: true}, strings.Repeat("2026-11-24T03:59:21Z "+line+line, 3))
}

// A prefix that is learnt in between makes another line of it.
func TestKeptBehindAPrefix(t *testing.T) {
	const line = "    [web] failed: noisy\n"
	r, again, _ := both(t, kinds(), options{}, strings.Repeat(line, 3)+"    [web] failed: --> Loading config...\n"+strings.Repeat(line, 3))
	assert.Equal(t, 2, again)
	assert.Equal(t, 3, strings.Count(r.shown(), line), "it is a line of another writer now, that says noisy")
}

// What a line of a host says of where a module was loaded from counts each time, and so does what is undecided of it.
func TestKeptThatSaysMore(t *testing.T) {
	parse := func(id, severity, more string) *rules.Rule {
		r, err := rules.Parse("r.yaml", []byte("id: "+id+"\ntitle: t\nseverity: "+severity+"\n"+more+"\nsamples: [{text: aa}]\n"))
		require.NoError(t, err)
		return r
	}
	const own = "affected: [{package: {ecosystem: PyPI, name: own}, ranges: [{events: [{introduced: '2'}, {fixed: '5'}]}]}]\nmatch: "
	set := rules.NewSet(parse("doubtful", "noise", `match: {line: '(?:(a+)+\1)+ is last!'}`), parse("slow", "noise", own+"{line: 'own is slow'}"), parse("loaded", "error", own+"{line: 'own is loaded'}"), parse("last", "error", "match: {line: 'is last'}"))
	installed := func(site, _ string) (string, time.Time) {
		return map[bool]string{true: "3", false: "4"}[strings.HasPrefix(site, "/a/")], time.Time{}
	}
	loaded := func(folder string) string {
		return fmt.Sprintf("    [web] own is loaded (/%s/dist-packages/own/x.py)\n", folder)
	}
	for _, last := range []string{"a", "b"} {
		r, again, _ := both(t, plan.New(set, nil), options{installed: installed}, strings.Repeat(loaded("a")+loaded("b"), 4)+loaded(last)+"own is slow\n")
		assert.Zero(t, again)
		for _, i := range r.tally.Summary(tally.Limits{}, outcome.Outcome{}).Issues {
			if i.Rule.ID == "slow" {
				require.Len(t, i.Installed.List(), 1)
				assert.Equal(t, "/"+last+"/dist-packages", i.Installed.List()[0].Site)
			}
		}
	}
	r, again, _ := both(t, plan.New(set, nil), options{}, strings.Repeat("    [web] "+strings.Repeat("a", 40)+"b is last!\n", 4))
	assert.Zero(t, again)
	assert.Equal(t, 4, r.tally.Summary(tally.Limits{}, outcome.Outcome{}).Limits.RegexTimeouts)
}
