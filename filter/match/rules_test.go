package match_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/rules"
)

// planOf is that of some of the rules in testdata, and of others.
func planOf(t *testing.T, ids []string, others ...string) *plan.Plan {
	t.Helper()
	set, all := rules.NewSet(), kindsSet()
	for _, id := range ids {
		require.NoError(t, set.Add(all.Get(id)))
	}
	for _, text := range others {
		r, err := rules.Parse("r.yaml", []byte("title: t\nsamples: [{text: x}]\n"+text))
		require.NoError(t, err)
		require.NoError(t, set.Add(r))
	}
	return plan.New(set, nil)
}

// The head of a traceback that no block has taken belongs to the next frame of the run's own; where there is none, the frame is below a head that a block
// took, and gets it back.
func TestHeadsOfTheRunsOwn(t *testing.T) {
	const traced, frame = "Traceback (most recent call last):\n", "  File \"x.py\", line 1, in x\n"
	rest := strings.TrimPrefix(block, head+object+"\n"+traced)
	for name, c := range map[string]struct {
		log  string
		want int
	}{
		"none":                         {head + object + "\n" + traced + rest, 1},
		"a frame, and no head":         {head + object + "\n" + traced + frame + rest, 0},
		"and one that comes":           {head + object + "\n" + traced + frame + "    x\n" + traced + rest, 1},
		"a head, and its frame":        {traced + head + object + "\n" + traced + frame + rest, 1},
		"two heads, and two frames":    {traced + traced + head + object + "\n" + traced + frame + "x\n" + frame + rest, 1},
		"a head, and two frames of it": {traced + head + object + "\n" + traced + frame + frame + rest, 1},
		"a head, and two frames":       {traced + head + object + "\n" + traced + frame + "x\n" + frame + rest, 1}, // the block has got further
	} {
		r := newRun(planOf(t, []string{"hook"}), options{quiet: true})
		r.write(c.log)
		assert.Equal(t, c.want, counts(r.end())["hook"], name)
	}
}

// A block whose first piece belongs to another traceback is none.
func TestFirstPieceOfAnother(t *testing.T) {
	var guarded string
	for _, g := range rules.NeverFold() {
		if l, _ := g.Line.Literal(); len(l) > 3 && g.Line.Search([]byte(l)) {
			guarded = l
		}
	}
	log := "Traceback (most recent call last):\n  File \"/srv/" + guarded + ".py\", line 1, in x\n"
	r := newRun(planOf(t, []string{"trace"}), options{})
	r.write(log)
	r.end()
	assert.Equal(t, log, r.shown())
	assert.Contains(t, strings.Join(r.said(), "\n"), "its first piece belongs to another traceback")
}

// A block that is all of one rule, and the beginning of another, is of the one.
func TestRuleThatIsDoneFirst(t *testing.T) {
	p := planOf(t, nil, "id: two\nseverity: noise\nmatch: {block: ['it begins', 'it ends']}\n", "id: three\nseverity: noise\nmatch: {block: ['it begins', 'it ends', 'it is over']}\n")
	r := newRun(p, options{})
	r.write("it begins\nit ends\nit is over\nit begins\nit is over\n")
	assert.Equal(t, map[string]int{"two": 1}, counts(r.end()))
	assert.Equal(t, "it is over\nit begins\nit is over\n", r.shown())
}

// A block that is complete has others given up that wait for the same line, if they began above it.
func TestOthersThatKnowLess(t *testing.T) {
	for log, c := range map[string]struct {
		want  map[string]int
		given bool
	}{
		"it starts\n    [web] is down\n    [web] gives up\n":                           {map[string]int{"starts": 1}, false},
		"    [web] is down\nit starts\n    [web] gives up\n":                           {map[string]int{"starts": 1}, true},
		"    [web] is down\nit starts\n    [db] gives up\n":                            {map[string]int{"starts": 1}, false},
		"    [web] is down\nit starts\n    [web] gives up\n    [web] gives up\n":       {map[string]int{"starts": 1}, true},
		"    [web] is down\nit starts\n    [db] gives up\n    [web] gives up\n":        {map[string]int{"starts": 1, "down": 1}, false},
		"it starts\nit starts\n    [web] is down\n    [web] gives up\nx gives up\n":    {map[string]int{"starts": 2}, false},
		"    [web] is down\n    [web] gives up\nit starts\nx gives up\n":               {map[string]int{"down": 1, "starts": 1}, false},
		"    [web] is down\n    for long\nit starts\n    [web] gives up\nx gives up\n": {map[string]int{"starts": 1}, true},
	} {
		r := newRun(kinds(), options{})
		r.write(log)
		assert.Equal(t, c.want, counts(r.end()), log)
		assert.Equal(t, log, r.shown())
		assert.Equal(t, c.given, strings.Contains(strings.Join(r.said(), "\n"), "another rule knows more of it"), log)
	}
}

// A rule that is a draft does not fold, and it is said that this is why.
func TestDrafts(t *testing.T) {
	r := newRun(planOf(t, nil, "id: mine\nstatus: draft\nseverity: noise\nmatch: {line: 'it begins'}\n"), options{})
	r.write("it begins\n")
	assert.Equal(t, map[string]int{"mine": 1}, counts(r.end()))
	assert.Equal(t, "it begins\n", r.shown())
	assert.Contains(t, strings.Join(r.said(), "\n"), "since the rule is a draft")
}

// The rule that takes the longer piece has it.
func TestLongerPieces(t *testing.T) {
	for _, severity := range []string{"noise", "error"} {
		p := planOf(t, nil, "id: a\nseverity: "+severity+"\nmatch: {block: ['it begins', 'it ends', 'a is over']}\n", "id: b\nseverity: "+severity+"\nmatch: {block: ['it begins', 'it ends', 'b is over']}\n")
		for _, last := range []string{"a", "b"} {
			r := newRun(p, options{quiet: true})
			r.write("it begins\nit ends\n" + last + " is over\n")
			assert.Equal(t, map[string]int{last: 1}, counts(r.end()))
		}
	}
}

// A statement of a traceback goes on in the next line as long as a bracket is open, with carets below its first line or without.
func TestStatementsOfSeveralLines(t *testing.T) {
	const begin = "Traceback (most recent call last):\n  File \"/srv/known.py\", line 1, in known\n"
	for source, want := range map[string]int{
		"    known()\n":                                             1,
		"    known(\n    a)\n":                                      1,
		"    known(\n        a,\n        b)\n":                      1,
		"    known(\n    ^^^^^^\n    a)\n":                          1,
		"    known(\n    ^^^^^^\n        a)\n":                      1,
		"    known()\n    ^^^^^^^\n":                                1,
		"    known()\n    more()\n":                                 0,
		"    known()\n        more()\n":                             0,
		"    known()\n    ^^^^^^^\n    more()\n":                    0,
		"    known(\n    a)\n    more()\n":                          0,
		"    known(\n   a)\n":                                       0,
		"    known(\n    [web] Success\n    a)\n":                   0,
		"    known()\n  File \"/srv/x.py\", line 2, in x\n":         1,
		"    known(\n  File \"/srv/x.py\", line 2, in x\n    x()\n": 1,
	} {
		r := newRun(kinds(), options{quiet: true})
		r.write(begin + source + "KnownError: no\n")
		assert.Equal(t, want, counts(r.end())["trace"], source)
	}
}

// What stands behind a piece that stays is the run's, also where the block is one that CPython writes in pieces.
func TestPhaseBehindAPieceThatStays(t *testing.T) {
	p := planOf(t, []string{"failed"}, "id: serious\nseverity: error\nmatch: {python-unraisable: {object: '<function own at .*?>', frames: ['in outer$'], error: 'OwnError: bad'}}\n")
	r := newRun(p, options{quiet: true})
	r.write("--> Starting operation: a\n" + head + object + "--> Starting operation: b\n    [web] failed\n")
	for _, i := range r.end().Issues {
		assert.Equal(t, 1, i.Operations.Of("b"), i.Rule.ID)
	}
}

// The name of a branch stands in front of a header where no run goes on; else it is that of a host.
func TestBranchOrHost(t *testing.T) {
	const header = "[east] --> Connecting to hosts...\n"
	for before, writers := range map[string]int{"": 2, "--> Connecting to hosts...\n": 1, "--> Connecting to hosts...\n--> Disconnecting from hosts...\n": 2, "x\n": 2} {
		r := newRun(kinds(), options{quiet: true})
		r.write(before + header)
		assert.Equal(t, writers, r.Writers(), before)
	}
}

// A header behind pieces that others have torn teaches no prefix: the end of an object is none.
func TestHeaderBehindTornPieces(t *testing.T) {
	const traced, source = "Traceback (most recent call last):\n", "    assert not inner()"
	rest := "               ^^^^^^^\n" + inner + "    assert self.fine and more\n           ^^^^^^^^^^^^^^^^^^\nOwnError: bad\n"
	log := head + object + "\n" + head + traced + outer + source + object + "--> Connecting to hosts...\n\n" + rest + "\n" + traced + outer + source + "\n" + rest
	r := newRun(kinds(), options{quiet: true})
	r.write(log)
	assert.Equal(t, map[string]int{"hook": 2}, counts(r.end()))
	assert.Contains(t, r.shown(), "--> Connecting to hosts...\n")
}

// A branch's name stays in front of what stays of its lines.
func TestTornBlockOfABranch(t *testing.T) {
	torn := strings.Replace(block, object+"\n", object+"    [web] Success\n\n", 1)
	log := "--> Connecting to hosts...\n" + torn + "x\n"
	r := newRun(kinds(), options{quiet: true})
	r.write("[east] " + strings.ReplaceAll(strings.TrimSuffix(log, "\n"), "\n", "\n[east] ") + "\n")
	assert.Equal(t, map[string]int{"hook": 1}, counts(r.end()))
	assert.Equal(t, "[east] --> Connecting to hosts...\n[east]     [web] Success\n[east] x\n", r.shown())
}
