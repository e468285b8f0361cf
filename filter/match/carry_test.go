package match_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/match"
)

func carried(t *testing.T, o options, log string) (*run, match.Carry) {
	t.Helper()
	o.quiet = true
	r := newRun(kinds(), o)
	r.write(log)
	c, ok := r.Carry(&r.view)
	require.True(t, ok, log)
	return r, c
}

// A matcher rests where nothing is open, nothing is owed, and a line begins.
func TestRests(t *testing.T) {
	for log, want := range map[string]bool{
		"":                                true,
		"x\n":                             true,
		block:                             true,
		"job a begins\n":                  false,
		"job a begins\njob a is broken\n": true,
		"Traceback (most recent call last):\n  File \"x.py\", line 1, in x\n":                 false,
		"Traceback (most recent call last):\n  File \"x.py\", line 1, in x\nKeyError: x\nx\n": true,
		"    | 0% (0/1)\r": false,
	} {
		r := newRun(kinds(), options{quiet: true})
		r.write(log)
		assert.Equal(t, want, r.Rests(), log)
		_, ok := r.Carry(&r.view)
		assert.Equal(t, want, ok, log)
	}
	r := newRun(kinds(), options{quiet: true})
	r.TooLong([]byte("x"))
	assert.False(t, r.Rests(), "in a line that is too long")
	r.EndLong()
	assert.True(t, r.Rests())
	r.view.Look([]byte("part"))
	r.ShowPart(&r.view, 1)
	assert.False(t, r.Rests(), "a part of a line was shown")
	r.Fresh()
	assert.True(t, r.Rests())
}

// Two places carry the same if what comes behind them cannot tell them apart.
func TestCarriesOfPlaces(t *testing.T) {
	frame := func(folder, module string) string {
		return "  File \"/" + folder + "/dist-packages/" + module + "/x.py\", line 1, in x\n"
	}
	for name, c := range map[string]struct {
		a, b string
		same bool
	}{
		"nothing, and lines of the run":     {"", "x\n    [web] Success\n", true},
		"a block that is over":              {"", "job a begins\njob a is broken\nx\n", true},
		"the same phase":                    {"--> Connecting to hosts...\n", "--> Loading config...\n--> Connecting to hosts...\nx\n", true},
		"another phase":                     {"--> Connecting to hosts...\n", "--> Results:\n", false},
		"the same operation":                {"--> Starting operation: a\n", "--> Starting operation: b\n--> Starting operation: a\n", true},
		"another operation":                 {"--> Starting operation: a\n", "--> Starting operation: b\n", false},
		"a line that ends with CR LF":       {"x\n", "x\r\n", false},
		"what was below it":                 {"x\n", "x\r\ny\n", true},
		"a frame of the run's own":          {"x\n", "  File \"x.py\", line 1, in x\n", false},
		"a writer who has only written":     {"x\n", "web-1  | x\nx\n", true},
		"a writer in an operation":          {"x\n", "web-1  | --> Starting operation: a\nx\n", false},
		"two writers in the same":           {"web-1  | --> Starting operation: a\nweb-2  | --> Starting operation: a\nx\n", "web-2  | --> Starting operation: a\nweb-1  | --> Starting operation: a\nx\n", true},
		"the same modules":                  {frame("a", "m") + "x\n" + frame("b", "n") + "x\n", frame("b", "n") + "x\n" + frame("a", "m") + "x\n", true},
		"another folder":                    {frame("a", "m") + "x\n", frame("b", "m") + "x\n", false},
		"another module":                    {frame("a", "m") + "x\n", frame("a", "n") + "x\n", false},
		"a new run has none":                {"--> Loading config...\n", frame("a", "m") + "--> Loading config...\n", true},
		"the same of repeats":               {"x is deprecated\ny is deprecated\nz\n", "y is deprecated\nx is deprecated\nz\n", true},
		"others":                            {"x is deprecated\nz\n", "y is deprecated\nz\n", false},
		"as many others":                    {"x is deprecated\ny is deprecated\nz\n", "x is deprecated\nw is deprecated\nz\n", false},
		"a module, and a repeat":            {"z\n", frame("a", "m") + "x is deprecated\nz\n", false},
		"a prefix was learnt":               {"x\n", "a: --> Loading config...\nx\n", false},
		"a branch":                          {"x\n", "[east] --> Connecting to hosts...\nx\n", false},
		"a branch whose run is over":        {"x\n", "[east] --> Connecting to hosts...\n[east] --> Disconnecting from hosts...\nx\n", false},
		"what carets would point out":       {"job a begins\n    x = word\njob a is broken\n", "job a begins\njob a is broken\n", true},
		"a host that has a name of its own": {"--> Starting operation: a\n[web] x\n", "--> Starting operation: a\n", true},
	} {
		_, a := carried(t, options{}, c.a)
		_, b := carried(t, options{}, c.b)
		assert.Equal(t, c.same, a.Equal(b), name)
		assert.Equal(t, c.same, b.Equal(a), name)
	}
	_, early := carried(t, options{installed: versions, recorded: true}, "2026-11-23T03:59:21Z x\n")
	_, late := carried(t, options{installed: versions, recorded: true}, "2026-11-25T03:59:21Z x\n")
	assert.False(t, early.Equal(late), "when it was matters")
	_, early = carried(t, options{}, "2026-11-23T03:59:21Z x\n")
	_, late = carried(t, options{}, "2026-11-25T03:59:21Z x\n")
	assert.True(t, early.Equal(late), "when it was does not")
}

// A matcher that was told only what stands in front of a place, and has gone on, may be taken for one that was told all, if nothing that comes behind
// has to do with what else was told.
func TestSame(t *testing.T) {
	const run = "--> Starting operation: a\n"
	for name, c := range map[string]struct {
		before, near, behind string
		same                 bool
	}{
		"all is near":                         {"x\n", run, "    [web] Success\n", true},
		"another operation is":                {"--> Starting operation: b\n", "x\n", "    [web] Success\n", false},
		"of a writer that comes":              {"web-1  | " + run, "x\n", "web-1  | y\n", false},
		"of a writer that does not come":      {"web-1  | " + run, "x\n", "web-2  | y\n", true},
		"of one that comes within it":         {"web-1  | " + run, "x\n", "web-1  | 2026-11-24T03:59:21Z y\n", false},
		"a branch":                            {"[east] --> Connecting to hosts...\n[east] --> Disconnecting from hosts...\n", "x\n", "y\n", false},
		"a prefix":                            {"a: --> Loading config...\n", "x\n", "y\n", false},
		"many writers":                        {numbered("web-%d  | x\n", 200), "x\n", numbered("web-%d  | x\n", 54), true},
		"too many writers":                    {numbered("web-%d  | "+run, 200), "x\n", numbered("job-%d  | x\n", 100), false},
		"so many that some were forgotten":    {"x\n", "x\n", numbered("web-%d  | x\n", 600), false},
		"repeats of a writer that comes":      {"x is deprecated\n", "z\n", "y\n", false},
		"repeats of a writer that does not":   {"web-1  | x is deprecated\n", "z\n", "y\n", true},
		"more repeats than are told together": {strings.ReplaceAll(numbered("web-1  | %d-x is deprecated\n", 5200), "0", "o"), "z\n", "y\n", true},
	} {
		all, want := carried(t, options{}, c.before+c.near)
		part, got := carried(t, options{}, c.near)
		part.write(c.behind)
		assert.Equal(t, c.same, all.Same(want, got, part.Matcher), name)
	}
	for behind, same := range map[string]bool{"y\n": true, block: false, "job a begins\n": true} { // whether the date was asked for: what is open gets it, see TestInheritDates
		all, want := carried(t, options{installed: versions, recorded: true}, "2026-11-23T03:59:21Z x\nx\n")
		part, got := carried(t, options{installed: versions, recorded: true}, "x\n")
		part.write(behind)
		assert.Equal(t, same, all.Same(want, got, part.Matcher), behind)
	}
}

// A matcher that goes on for another one, and is the same, has its writers, and what was learnt of them.
func TestInherit(t *testing.T) {
	before := "web-1  | --> Starting operation: a\nweb-2  | --> Loading config...\nweb-2  | x is deprecated\n"
	near := "x is deprecated\n--> Starting operation: b\n" + site("a")
	behind := "x is deprecated\n" + block + "web-3  | y\n"
	later := "web-2  | x is deprecated\nweb-1  | noisy\nnoisy\n"
	whole := newRun(kinds(), options{quiet: true})
	whole.write(before + near + behind + later)
	first, want := carried(t, options{}, before+near)
	second, got := carried(t, options{}, near)
	shown := len(second.shown())
	second.write(behind)
	require.True(t, first.Same(want, got, second.Matcher))
	assert.Equal(t, 2, second.Writers())
	second.Inherit(first.Matcher, got)
	assert.Equal(t, 4, second.Writers())
	second.write(later)
	assert.Equal(t, whole.shown(), first.shown()+second.shown()[shown:])
	assert.Equal(t, whole.Writers(), second.Writers())
	want, _ = whole.Carry(&whole.view)
	got, _ = second.Carry(&second.view)
	assert.True(t, got.Equal(want))

	phased := newRun(kinds(), options{quiet: true})
	phased.Inherit(first.Matcher, match.Carry{})
	assert.True(t, phased.Phased())

	late := newRun(kinds(), options{quiet: true}) // it has met one of them itself
	late.write("web-1  | --> Starting operation: c\nweb-4  | x\n")
	again := newRun(kinds(), options{quiet: true})
	again.write(before)
	late.Inherit(again.Matcher, match.Carry{})
	assert.Equal(t, 4, late.Writers(), "its own, and those of the other")
	late.write("web-2  | job a begins\nweb-4  | job b begins\n")
	assert.Equal(t, 2, late.Open())
	late.tick(time.Hour)
	assert.Zero(t, late.Open())
}

// The last date that was seen is that of the matcher before, until a line has one: also of a block that is open by then.
func TestInheritDates(t *testing.T) {
	const dated = "2026-11-23T03:59:21Z x\n"
	half := strings.Index(block, "Traceback")
	for name, c := range map[string]struct {
		own, later string
		shown      bool
	}{
		"no date":                  {"", block, true},
		"a date of its own":        {dated, block, false},
		"a block is open":          {block[:half], block[half:], true},
		"a block is open, dated":   {dated + block[:half], block[half:], false},
		"a date behind its begin":  {block[:half], dated + block[half:], true},
		"a date, and then a block": {"", dated + block, false},
	} {
		o := options{quiet: true, installed: versions, recorded: true}
		first, second := newRun(kinds(), o), newRun(kinds(), o)
		first.write("2026-11-25T03:59:21Z x\n")
		second.write(c.own)
		second.Inherit(first.Matcher, match.Carry{})
		second.write(c.later)
		second.end()
		assert.Equal(t, c.shown, strings.Contains(second.shown(), "OwnError"), name)
	}
}
