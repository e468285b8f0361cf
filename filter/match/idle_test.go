package match_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// walk goes through lines as a filter does: whole blocks and lines of hosts that are remembered are taken again, else a line is matched, frame by
// frame, of which those that are nobody's are remembered too. It says where it is behind each step, and returns how often either was taken again.
func (r *run) walk(log string, behind func(at int)) (again, idle int) {
	p := []byte(log)
	r.Begin()
	for at := 0; at < len(p); behind(at) {
		if !r.Busy() && r.queue.Empty() {
			r.Remember(p, at, r.line)
		}
		if n, lines := r.Again(p[at:], r.line); n > 0 {
			at += n
			r.line += lines
			again++
			continue
		}
		r.Mark(at)
		for end := at + strings.Index(log[at:], "\n") + 1; at < end; {
			n, _ := view.FrameLen(p[at:end], 0)
			if n == 0 {
				n = end - at
			}
			if r.again(log[at : at+n]) {
				idle++
			} else {
				r.frame(log[at : at+n])
			}
			at += n
		}
	}
	return again, idle
}

// again takes a frame that is known to be nobody's, and reports whether it is.
func (r *run) again(raw string) bool {
	if r.line == 1 || !r.Idle([]byte(raw), r.line) { // in the first line a carriage return may be a line end
		return false
	}
	r.release()
	if strings.HasSuffix(raw, "\n") {
		r.queue.EndLine()
		r.line++
		r.EndLine(strings.HasSuffix(raw, "\r\n"))
	}
	return true
}

// both goes through a log with and without what is remembered: what has left, and what is carried, is the same behind each line, and what was
// counted is in the end. What it costs grows. It returns the run that remembers, and how often it did.
func both(t *testing.T, p *plan.Plan, o options, log string) (r *run, again, idle int) {
	t.Helper()
	o.quiet = true
	r, plain := newRun(p, o), newRun(p, o)
	plain.Memory(0)
	taken, work := 0, 0
	again, idle = r.walk(log, func(at int) {
		plain.write(log[taken:at])
		taken = at
		require.Equal(t, plain.line, r.line)
		require.Equal(t, plain.all(), r.all(), "behind line %d", r.line)
		require.Equal(t, plain.shown(), r.shown(), "behind line %d", r.line)
		want, rests := plain.Carry(&plain.view)
		got, ok := r.Carry(&r.view)
		require.Equal(t, rests, ok, "behind line %d", r.line)
		require.True(t, got.Equal(want), "behind line %d: %v, %v", r.line, got, want)
		require.GreaterOrEqual(t, r.Work(), work)
		work = r.Work()
	})
	require.Equal(t, plain.end(), r.end())
	require.Equal(t, plain.all(), r.all())
	require.Equal(t, plain.shown(), r.shown())
	return r, again, idle
}

// opened is a block that waits for what stands below its source line, and half is one that waits for its next frame.
const (
	opened = head + object + "\nTraceback (most recent call last):\n" + outer + "    assert not inner()\n"
	half   = opened + "               ^^^^^^^\n"
	other  = inner + "    assert self.fine and more\nOwnError: bad\n"
)

// A short line that nobody has a part in is remembered behind an open block, and is as if it were looked at: what comes below it, what it tells and
// what has changed in between counts as ever.
func TestIdle(t *testing.T) {
	five := func(line string) string { return strings.Repeat(line, 5) }
	for name, c := range map[string]struct {
		log   string
		again int // -1: it does not matter how often
	}{
		"empty lines":                       {"job a begins\n" + five("\n") + "job a is broken\n", 2},
		"texts":                             {"job a begins\n" + five("x\ny\n") + "job a is broken\n", 6},
		"as long as may be":                 {"job a begins\n" + five(strings.Repeat("x", 47)+"\n") + "job a is broken\n", 2},
		"longer":                            {"job a begins\n" + five(strings.Repeat("x", 48)+"\n") + "job a is broken\n", 0},
		"nothing is open":                   {five("x\n"), 0},
		"no longer open":                    {"job a begins\n" + five("x\n") + "job a is broken\n" + five("x\n"), 2},
		"behind each piece anew":            {"job a begins\n" + five("x\n") + "on x\n" + five("x\n") + "job a is broken\n", 4},
		"frames":                            {"job a begins\n" + five("    | 0%\r    / 0%\r\x1b[Kx\n") + "job a is broken\n", -1},
		"what carets point out":             {opened + five("    x = word\n") + "        ^^^^\n" + other, 2},
		"and further above":                 {opened + five("    x = word\n") + "y\n        ^^^^\n" + other, 2},
		"and what is below it":              {opened + five("    x = word\n        ^^^^\n") + other, -1},
		"with a space that is none":         {opened + five("    x\u00a0= word\n") + "         ^^^^\n" + other, -1},
		"it is not above the next":          {opened + five("    x = word\n") + five("\n") + "        ^^^^\n" + other, -1},
		"carets where some may come":        {opened + five("^^^\n") + other, -1},
		"carets that were torn off":         {opened + five("^^^\n") + "    \n" + five("^^^\n") + other, -1},
		"carets, and spaces of others":      {opened + five("^^^\n") + "        [vm1] Success\n" + five("^^^\n") + five("    x\n^^^\n") + other, -1},
		"and none":                          {half + five("^^^\n") + other, -1},
		"a torn indent":                     {opened + five("    \n") + "           ^^^^^^^\n" + other, -1},
		"a traceback passes":                {"job a begins\nTraceback (most recent call last):\n" + five("\n") + "  File \"x.py\", line 1, in x\n" + five("    x\n") + "KeyError: x\n" + five("x\n") + "job a is broken\n", -1},
		"heads of tracebacks":               {"job a begins\n" + five("Traceback (most recent call last):\n\n") + "  File \"x.py\", line 1, in x\nKeyError: x\njob a is broken\n", -1},
		"an error":                          {"job a begins\n" + five("KeyError: x\n") + "job a is broken\n", -1},
		"phases":                            {"job a begins\n" + five("x\n--> Starting operation: a\n--> Starting operation: b\n") + "job a is broken\n", -1},
		"a rule for lines":                  {"job a begins\n" + five("noisy\n    [web] failed\nx\n") + "job a is broken\n", 0},
		"for repeats":                       {"job a begins\n" + five("x is deprecated\n") + "job a is broken\n", -1},
		"CR":                                {"job a begins\n" + five("x\r\n") + five("x\n") + "job a is broken\n", -1},
		"another writer":                    {"job a begins\n" + five("x\nweb-1  | x\nx\n") + "job a is broken\n", -1},
		"of another writer":                 {"web-1  | job a begins\n" + five("x\n") + "web-1  | job a is broken\n", -1},
		"a block of both":                   {"web-1  | job a begins\njob b begins\n" + five("x\n") + "web-1  | job a is broken\n" + five("x\n") + "job b is broken\n", -1},
		"what is in an object":              {"job a begins\n" + five(`{"log":"x\n"}`+"\n") + "job a is broken\n", -1},
		"a traceback goes on":               {"Traceback (most recent call last):\n  File \"/srv/known.py\", line 1, in known\n    known()\n" + five("\n") + "KnownError: no\n", -1},
		"a traceback that is the cause":     {"Traceback (most recent call last):\n  File \"/srv/known.py\", line 1, in known\n    known()\nKnownError: no\n\nDuring handling of the above exception, another exception occurred:\n\n" + five("x\n"), -1},
		"last pieces":                       {quiet + five("\n") + ": \n" + five("\n"), -1},
		"a prefix is learnt":                {"job a begins\n" + five("a: x\n") + "a: --> Loading config...\n" + five("a: x\n") + "a: noisy\na: --> Loading inventory...\n" + five("a: x\nx\n") + "job a is broken\n", -1},
		"a prefix is learnt, with figures":  {"job a begins\n" + five("3: x\n") + "1: --> Loading config...\n" + five("3: x\nx\n") + "2: --> Loading inventory...\n" + five("3: x\nx\n") + "3: noisy\njob a is broken\n", -1},
		"what ends as lines that teach one": {"job a begins\n" + five("waits...\n") + five("a: --> Loading config...\n") + five("a: waits...\n") + "job a is broken\n", -1},
	} {
		r, _, again := both(t, kinds(), options{}, c.log)
		if c.again >= 0 {
			assert.Equal(t, c.again, again, name)
		}
		assert.Equal(t, c.log, r.all(), name)
	}
}

// Carets that point out a word of a line that is remembered are the run's, and stay.
func TestCaretsBelowWhatIsRemembered(t *testing.T) {
	for _, own := range []string{"    x = word\n", "\x1b[31m    x = word\x1b[0m\n", "    x = word\r\n"} {
		r, _, again := both(t, kinds(), options{}, opened+"y\n"+strings.Repeat(own, 5)+"        ^^^^\n"+other)
		assert.Equal(t, strings.HasPrefix(own, " "), again > 0, "a line that is coloured does not say where its text lies")
		assert.Contains(t, r.shown(), "        ^^^^\n")
	}
}

// site is what a line says of where a module was loaded from.
func site(folder string) string { return "  File \"/" + folder + "/dist-packages/own/x.py\", line 1\n" }

// ownRule is a rule for lines of a package, which is as that is installed where its module was loaded from last.
func ownRule(t *testing.T) *plan.Plan {
	r, err := rules.Parse("r.yaml", []byte("id: slow\ntitle: t\nseverity: noise\nmatch: {line: 'own is slow'}\naffected: [{package: {ecosystem: PyPI, name: own}, ranges: [{events: [{introduced: '2'}, {fixed: '5'}]}]}]\nsamples: [{text: own is slow}]\n"))
	require.NoError(t, err)
	set := kindsSet()
	require.NoError(t, set.Add(r))
	return plan.New(set, nil)
}

// Where a module was loaded from last counts, also where the lines that say it come again and again.
func TestSitesOfWhatIsRemembered(t *testing.T) {
	installed := func(site, _ string) (string, time.Time) {
		return map[bool]string{true: "3", false: "4"}[strings.HasPrefix(site, "/a/")], time.Time{}
	}
	for _, last := range []string{"a", "b"} {
		log := "job a begins\n" + strings.Repeat(site("a")+site("b"), 6) + site(last) + "own is slow\njob a is broken\n"
		r, _, _ := both(t, ownRule(t), options{installed: installed}, log)
		for _, i := range r.tally.Summary(tally.Limits{}, outcome.Outcome{}).Issues {
			if i.Rule.ID == "slow" {
				require.Len(t, i.Installed.List(), 1)
				assert.Equal(t, "/"+last+"/dist-packages", i.Installed.List()[0].Site)
			}
		}
	}
}

// A line that says when it was written says it each time, where that matters.
func TestDatesOfWhatIsRemembered(t *testing.T) {
	section := func(second string) string { return "section_start:" + second + ":x\n" }
	const before, after = "1795406361", "1795579161" // the day before that on which own was installed, and behind it
	for last, shown := range map[string]bool{before: false, after: true} {
		log := "job a begins\n" + strings.Repeat(section(before)+section(after), 6) + section(last) + block + "job a is broken\n"
		r, _, _ := both(t, kinds(), options{installed: versions, recorded: true}, log)
		assert.Equal(t, shown, strings.Contains(r.shown(), "OwnError"), last)
		_, _, again := both(t, kinds(), options{installed: versions}, log)
		assert.Positive(t, again, "when it was written does not matter")
	}
}

// A block of which no piece comes, or whose writer is silent, is given up in the same line, whether what comes is remembered or not.
func TestLimitsBehindWhatIsRemembered(t *testing.T) {
	for _, first := range []string{"job a begins\n", "    [web] is down\n", "web-1  | job a begins\n", "web-1  | job a begins\njob b begins\n", quiet, "Traceback (most recent call last):\n  File \"x.py\", line 1, in x\n"} {
		_, _, again := both(t, kinds(), options{claims: true}, first+strings.Repeat("x\n", 4200))
		if strings.HasPrefix(first, "job") {
			assert.Equal(t, 4096-2-1, again)
		}
	}
}
