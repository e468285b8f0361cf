package plan_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/rules"
)

func parsed(t testing.TB, id, match string, more ...string) *rules.Rule {
	t.Helper()
	r, err := rules.Parse("r.yaml", []byte("id: "+id+"\ntitle: t\nseverity: noise\nmatch: {"+match+"}\n"+strings.Join(more, "\n")))
	require.NoError(t, err)
	return r
}

const sample = "samples: [{text: x}]"

// of returns the plan of some rules, by their matches.
func of(t testing.TB, matches ...string) *plan.Plan {
	t.Helper()
	set := rules.NewSet()
	for i, m := range matches {
		require.NoError(t, set.Add(parsed(t, fmt.Sprint("r", i), m, sample)))
	}
	return plan.New(set, nil)
}

// What may be of a rule is asked of no other one: those whose literal is there, and those that have none, in order.
func TestCandidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := []string{"alpha one", "beta two", "gamma three", "delta four", "x"}
		set := rules.NewSet()
		for i := range rapid.IntRange(1, 9).Draw(t, "rules") {
			r, err := rules.Parse("r.yaml", []byte(fmt.Sprintf("id: r%d\ntitle: t\nseverity: noise\nmatch: {line: '%s'}\nsamples: [{text: x}]\n", i, rapid.SampledFrom(append(texts, "[a-z]+")).Draw(t, "text"))))
			require.NoError(t, err)
			require.NoError(t, set.Add(r))
		}
		p := plan.New(set, nil)
		line := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(texts), 0, 3).Draw(t, "line"), " and "))
		var want []int
		for i := range p.Lines {
			if l := p.Lines[i].Literals; len(l) == 0 || bytes.Contains(line, l[0]) {
				want = append(want, i)
			}
		}
		require.Equal(t, want, p.Candidates(line, nil))
		if p.Gate != nil && p.Gate.Find(line) < 0 {
			require.Empty(t, want, "the gate passes nothing that may be of a rule")
		}
	})
}

// A rule without a literal has every line looked at; a program without one may begin anywhere.
func TestGate(t *testing.T) {
	p := of(t, "line: 'alpha one'", "block: ['beta two', 'x']", "python-warning: {category: OwnWarning, message: 'gamma'}", "repeat: 'delta four'")
	require.NotNil(t, p.Gate)
	for text, looked := range map[string]bool{
		"alpha one": true, "beta two": true, "OwnWarning: x": true, "delta four": true, "Traceback (most recent call last):": true, "--> Connecting to hosts...": true, "nothing": false,
	} {
		assert.Equal(t, looked, p.Gate.Find([]byte(text)) >= 0, text)
		assert.Equal(t, text == "beta two" || text == "OwnWarning: x", p.MayOpen([]byte(text)), text)
	}
	for _, without := range []string{"line: '[ab]+'", "line: 'x'", "block: ['[ab]+', 'beta two']"} {
		p := of(t, "line: 'alpha one'", without)
		assert.Nil(t, p.Gate, without)
		assert.Equal(t, strings.HasPrefix(without, "block"), p.MayOpen([]byte("x")) && len(p.Programs) > 0, without)
	}
	assert.True(t, of(t, "block: ['[ab]+', 'x']", "block: ['beta two', 'x']").MayOpen([]byte("nothing")))
	also := plan.New(rules.NewSet(parsed(t, "r", "line: 'alpha one'", sample)), [][]byte{[]byte("of others")})
	assert.GreaterOrEqual(t, also.Gate.Find([]byte("x of others")), 0)
	assert.GreaterOrEqual(t, also.Only(parsed(t, "q", "line: 'beta two'", sample)).Gate.Find([]byte("x of others")), 0)
	assert.Empty(t, also.Candidates([]byte("of others"), nil))
	assert.Nil(t, plan.None().Gate)
	assert.Empty(t, plan.None().Candidates([]byte("x"), nil))
}

// The rule that knows more of a text is asked first, and the user's before all.
func TestOrder(t *testing.T) {
	p := of(t, "line: 'Error.*'", "line: 'Error: the host [a-z]+ is away'", "line: 'Error: .*'")
	var order []string
	for i := range p.Lines {
		order = append(order, p.Lines[i].Rule.ID)
	}
	assert.Equal(t, []string{"r1", "r2", "r0"}, order)
	layers := rules.Layers{
		{Name: rules.LayerBuiltin, Set: rules.NewSet(parsed(t, "r0", "line: 'Error: the host is away'", sample))},
		{Name: rules.LayerUser, Set: rules.NewSet(parsed(t, "r1", "line: 'E+r+'", sample))},
	}
	assert.Equal(t, "r1", plan.New(layers.Set(), nil).Lines[0].Rule.ID)
	blocks := of(t, "block: ['Error.*', 'x']", "block: ['Error: the host [a-z]+ is away', 'x']")
	assert.Equal(t, "r1", blocks.Programs[0].Rule.ID)
}

// Each step has a number, which it shares only with those that match the same, and each state of a program a place.
func TestNumbers(t *testing.T) {
	p := plan.New(rules.Builtin(), nil)
	seen := map[int]*plan.Step{}
	for _, g := range p.Programs {
		require.Len(t, g.Single, len(g.Steps)+1)
		for i := range g.Steps {
			if other := seen[g.Steps[i].ID]; other != nil {
				assertSame(t, other, &g.Steps[i])
			}
			assert.Same(t, g.Rule, g.Steps[i].Rule)
			seen[g.Steps[i].ID] = &g.Steps[i]
			assert.Equal(t, plan.State{Program: g, Next: i}, g.Single[i])
		}
	}
	assert.Len(t, seen, p.Steps)
}

// run lets a program have the lines of a text, each of which may be several steps, and returns the state that it is
// in then, and how many lines it did not take.
func run(g *plan.Program, text string) (s plan.State, left int) {
	s = plan.State{Program: g}
	for line := range strings.Lines(text) {
		rest := strings.TrimRight(line, "\r\n")
		for took := true; took && strings.TrimLeft(rest, " ") != ""; {
			rest = strings.TrimLeft(rest, " ")
			took = false
			for i := s.Next; i < len(g.Steps) && !took; i++ {
				if n, steps := g.Steps[i].Match([]byte(rest)); n > 0 {
					rest, took = rest[n:], true
					s.Next = min(i+steps, len(g.Steps))
				}
				if !g.Steps[i].Optional {
					break
				}
			}
		}
		if strings.TrimSpace(rest) != "" {
			left++
		}
	}
	return s, left
}

// The samples of the rules that come with the program are what their programs describe.
func TestSamplesOfPrograms(t *testing.T) {
	p := plan.New(rules.Builtin(), nil)
	n := 0
	for _, g := range p.Programs {
		for _, s := range g.Rule.Samples {
			if g.Tolerant || len(g.Rule.Match.Block) > 0 || strings.Contains(s.Text, "\x1b") || strings.Contains(s.Text, "  | ") {
				continue // other lines may be in it
			}
			state, left := run(g, s.Text)
			assert.True(t, state.Complete(), "%s: %s\nwaits for %s", g.Rule.ID, s.Text, describe(state))
			assert.LessOrEqual(t, left, strings.Count(s.Text, "\n")/2, g.Rule.ID)
			n++
		}
	}
	assert.Greater(t, n, 9)
}

func describe(s plan.State) string {
	if rest := s.Rest(); len(rest) > 0 {
		return rest[0].Describe()
	}
	return "nothing"
}

const unraisable = `python-unraisable: {object: '<function own at .*>', frames: ['in own$'], error: 'OwnError: .+'}`

const unraisableSample = `samples: [{text: "Exception ignored in: <function own at 0x1>\nTraceback (most recent call last):\n  File \"own.py\", line 1, in own\n    own()\n    ^^^^^\nOwnError: bad"}]`

func unraisableSteps(t testing.TB) []plan.Step {
	p := plan.New(rules.NewSet(parsed(t, "u", unraisable, unraisableSample)), nil)
	require.Len(t, p.Programs, 1)
	return p.Programs[0].Steps
}

// What each piece of an unraisable exception is, as CPython writes it.
func TestPieces(t *testing.T) {
	steps := unraisableSteps(t)
	names := []string{"the head: Exception ignored …", "the object <function own at .*>", "Traceback (most recent call last):", "the frame in own$", "the source line of the frame in own$ (may be missing)",
		"carets below the source line of the frame in own$ (may be missing)", "the error OwnError: .+", "the colon behind the error (may be missing)", "the message of the error"}
	for i, name := range names {
		assert.Equal(t, name, steps[i].Describe())
	}
	require.Len(t, steps, len(names))
	type match struct {
		step     int
		text     string
		n, steps int
	}
	for _, m := range []match{
		{0, "Exception ignored in: <function own at 0x1>", 22, 1}, {0, "Exception ignored", 0, 0}, {0, "an Exception ignored in: ", 0, 0},
		{1, "<function own at 0x1>", 21, 1}, {1, "<function own at 0x1>:", 22, 1}, {1, "<function own at 0x1>    [web] ok", 21, 1}, {1, "<function own at 0x1>: x", 21, 1}, {1, "<function other at 0x1>", 0, 0}, {1, "<function own at 0x1", 0, 0}, {1, "<function own at <a> 0x1> <b>", 25, 1},
		{2, "Traceback (most recent call last):", 34, 1}, {2, "Traceback (most recent call last): x", 0, 0},
		{3, `File "own.py", line 1, in own`, 29, 1}, {3, `File "own.py", line 1, in other`, 0, 0}, {3, "File own", 0, 0}, {3, `File "own.py", line 1, in own  `, 31, 1},
		{4, "own()", 5, 1}, {4, "own()    [web] ok", 5, 1}, {4, "own().x", 0, 0}, {4, "another()", 0, 0},
		{5, "^^^^^", 5, 0}, {5, "~~^~~", 5, 0}, {5, "^^ ^^    [web] ok", 5, 0}, {5, "^x", 0, 0}, {5, "x", 0, 0},
		{6, "OwnError: worse", 15, 3}, {6, "OwnError: bad", 13, 3}, {6, "OwnError", 8, 1}, {6, "OwnError: ", 10, 2}, {6, "OwnError:", 9, 2}, {6, "OwnErrors: bad", 0, 0}, {6, "OwnError    [web] ok", 8, 1}, {6, "OtherError: bad", 0, 0},
		{7, ": ", 2, 1}, {7, ":", 1, 1}, {7, ": bad", 2, 1}, {7, ": other", 0, 0}, {7, "x", 0, 0}, {7, ":    [web] ok", 2, 1},
		{8, "bad", 3, 1}, {8, "bad    [web] ok", 3, 1}, {8, "badly", 0, 0}, {8, "good", 0, 0},
	} {
		n, k := steps[m.step].Match([]byte(m.text))
		assert.Equal(t, m, match{m.step, m.text, n, k})
	}
	lead := []int{0, 0, 0, 2, 4, -1, 0, 0, 0}
	for i, s := range steps {
		assert.Equal(t, lead[i], s.Lead, s.Name)
		assert.Equal(t, i < 2, s.Standalone, s.Name)
		assert.Equal(t, i == 0, s.Head, s.Name)
		assert.Equal(t, i > 0, s.Ends, s.Name)
		assert.Equal(t, i == 4 || i == 5, s.Torn, s.Name)
		assert.Equal(t, i == 5, s.Repeat, s.Name)
		assert.Equal(t, i > 0 && i < 7, s.Line, s.Name)
		assert.Equal(t, i == 2, s.Header, s.Name)
		assert.Equal(t, i == 3, s.Site, s.Name)
	}
	assert.Equal(t, []string{"    ^^^^^"}, steps[5].Drawn)
}

// The representation of an object ends with its bracket or quote.
func TestObjects(t *testing.T) {
	for object, texts := range map[string]map[string]int{
		"'.*'":    {"'a b'": 5, "'a b' x": 5},
		"own.*":   {"own x": 5, "own x: ": 5, "own x:": 6, "": 0},
		"<a .*>":  {"<a <b> c>": 9, "<a <b> c": 0, "<a b>>": 5},
		"(?i)<a>": {"<A>": 3, "<a>": 3},
	} {
		s := of(t, "python-unraisable: {object: '"+strings.ReplaceAll(object, "'", "''")+"', frames: ['x'], error: 'E'}").Programs[0].Steps[1]
		for text, want := range texts {
			n, _ := s.Match([]byte(text))
			assert.Equal(t, want, n, "%s of %q", object, text)
		}
	}
	long := "<a " + strings.Repeat("x", 5000) + ">"
	n, _ := of(t, "python-unraisable: {object: '<a .*>', frames: ['x'], error: 'E'}").Programs[0].Steps[1].Match([]byte(long))
	assert.Zero(t, n, "nothing of Python's is as long")
}

// Lines of a block, warnings and tracebacks.
func TestOtherSteps(t *testing.T) {
	b := of(t, `block: ['job (?<job>\w+) begins', {line: 'on .*', optional: true}, 'done']`).Programs[0]
	assert.Equal(t, []bool{false, true, false}, []bool{b.Steps[0].Optional, b.Steps[1].Optional, b.Steps[2].Optional})
	for text, want := range map[string]int{"job a begins": 12, "a job a begins": 0, "job a begins x": 0} {
		n, _ := b.Steps[0].Match([]byte(text))
		assert.Equal(t, want, n, text)
	}
	assert.Equal(t, map[string]string{"job": "a"}, b.Steps[0].Groups([]byte("job a begins")))
	assert.Nil(t, b.Steps[1].Groups)
	assert.False(t, b.Tolerant)
	for _, s := range b.Steps {
		assert.Equal(t, -1, s.Lead, "how far a line of a block is indented is not known")
	}

	w := of(t, `python-warning: {category: '\w*Warning', message: 'do not', path: 'own', source: 'call.*'}`).Programs[0]
	for text, want := range map[string]bool{"/own.py:1: OwnWarning: do not": true, "/own.py:1: OwnWarning: do": false, "/other.py:1: OwnWarning: do not": false, "/own.py:1: Error: do not": false, "OwnWarning: do not": false, "[web] /own.py:1: OwnWarning: do not": false} {
		n, _ := w.Steps[0].Match([]byte(text))
		assert.Equal(t, want, n == len(text), text)
	}
	for text, want := range map[string]int{"call()": 6, "call()  ": 8, "x": 0, "": 0} {
		n, _ := w.Steps[1].Match([]byte(text))
		assert.Equal(t, want, n, text)
	}
	assert.True(t, w.Steps[1].Exact && w.Steps[1].Next && w.Steps[1].Optional && w.Steps[0].Guarded && w.Steps[0].Site)
	assert.Equal(t, 2, w.Steps[1].Lead)
	n, _ := of(t, `python-warning: {category: OwnWarning, message: 'do not'}`).Programs[0].Steps[1].Match([]byte("anything"))
	assert.Equal(t, 8, n, "no source line is asked for")

	tr := of(t, `python-traceback: {frames: ['x'], error: 'E: .*'}`).Programs[0]
	assert.True(t, tr.Tolerant)
	assert.True(t, tr.Steps[0].Header)
	n, steps := tr.Steps[len(tr.Steps)-3].Match([]byte("E: x"))
	assert.Equal(t, []int{4, 3}, []int{n, steps})
}

// A pattern that cannot decide says so.
func TestDoubtful(t *testing.T) {
	b := of(t, `block: ['^(?:(a+)+\1)+$', 'x']`, `python-warning: {category: OwnWarning, message: '^(?:(a+)+\1)+$'}`, `python-warning: {category: OtherWarning, message: '^(?:(a+)+\1)+$'}`)
	long := strings.Repeat("a", 40)
	for i, text := range []string{long + "!", "/x.py:1: OwnWarning: " + long + "!", "/x.py:1: OwnWarning: " + long + "!"} {
		n, steps := program(b, fmt.Sprint("r", i)).Steps[0].Match([]byte(text))
		assert.Equal(t, []int{0, []int{plan.Doubtful, plan.Doubtful, 0}[i]}, []int{n, steps}, i)
	}
}

func program(p *plan.Plan, id string) *plan.Program {
	return p.Programs[slices.IndexFunc(p.Programs, func(g *plan.Program) bool { return g.Rule.ID == id })]
}

// What stands behind a piece that another process wrote is known.
func TestEnded(t *testing.T) {
	for text, want := range map[string]bool{"": true, "  \t": true, "    [web] ok": true, "--> x": true, "Exception ignored in: ": true, "^^^": true, "~~ ": true, "~x": false, "x": false, " x": false, ":": true, ": x": true, ":x": false, "[a b] x": false} {
		assert.Equal(t, want, plan.Ended([]byte(text)), "%q", text)
	}
	assert.Equal(t, 22, plan.HeadLen([]byte("Exception ignored in: <x>")))
	assert.Zero(t, plan.HeadLen([]byte("x Exception ignored in: <x>")))
}

// What a line begins with that may be of a rule, and what may stand behind other text.
func TestBeginnings(t *testing.T) {
	p := of(t, "line: '^alpha one'", "line: 'x beta two'", "block: ['gamma three', 'y']", unraisable)
	var all []string
	for _, b := range p.Beginnings() {
		all = append(all, string(b))
	}
	assert.ElementsMatch(t, []string{"alpha one", "gamma three", "Exception ignored "}, all)
	for text, want := range map[string]bool{"Exception ignored in: ": true, "<function own at 0x1>": true, "<function other>": false, "x": false} {
		assert.Equal(t, want, p.MayBeStandalone([]byte(text)), text)
	}
	two := of(t, unraisable, strings.ReplaceAll(unraisable, "own", "mine"), unraisable)
	for text, want := range map[string]bool{"<function own at 0x1>": true, "<function mine at 0x1>": true, "<function other>": false} {
		assert.Equal(t, want, two.MayBeStandalone([]byte(text)), text)
	}
	assert.True(t, of(t, "python-unraisable: {object: '(?i)x', frames: ['x'], error: 'E'}").MayBeStandalone([]byte("x")), "nothing is known of it")
}

// A cause is the rule that another one names.
func TestIsCause(t *testing.T) {
	cause, none := parsed(t, "cause", "line: 'alpha one'", sample), parsed(t, "none", "line: 'beta two'", sample)
	for _, match := range []string{"line: 'gamma three'", "block: ['gamma three', 'x']"} {
		p := plan.New(rules.NewSet(cause, none, parsed(t, "effect", match, sample, "cause: [cause]")), nil)
		assert.True(t, p.IsCause(cause))
		assert.False(t, p.IsCause(none))
	}
}

// No rule folds what a person must see.
func TestGuards(t *testing.T) {
	g := &of(t, "line: 'x'").Guards
	n := 0
	for _, guard := range rules.NeverFold() {
		literal, _ := guard.Line.Literal()
		if guard.Line.Search([]byte(literal)) {
			assert.True(t, g.Have([]byte(literal)), literal)
			assert.True(t, g.Have([]byte("a "+literal)) || !guard.Line.Search([]byte("a "+literal)))
			assert.True(t, strings.HasPrefix(g.Because([]byte(literal)), plan.NoFold), literal)
			n++
		}
	}
	assert.Positive(t, n)
	assert.False(t, g.Have([]byte("    [vm1] Success")))
	assert.Empty(t, g.Because([]byte("    [vm1] Success")))
}

// A literal is what each line holds that begins an issue.
func TestLiteral(t *testing.T) {
	for match, want := range map[string]string{
		"line: 'alpha one'": "alpha one", "line: '[ab]'": "", "line: 'x'": "", "repeat: 'beta two'": "beta two", "block: ['gamma', 'x']": "gamma",
		"python-warning: {category: OwnWarning, message: 'do not'}": "OwnWarning: ", "python-warning: {category: '\\w+', message: 'do not'}": "do not",
		unraisable: "Exception ignored ", "python-traceback: {frames: ['x'], error: 'E'}": "Traceback (most recent call last):",
	} {
		assert.Equal(t, want, strings.Join(plan.Literals(parsed(t, "r", match, sample)), "|"), match)
	}
}

// A plan is made before the first line is shown, of rules of which few will be needed:
// their patterns are not compiled for it. To compile one allocates a hundred times.
func TestPlanCompilesNothing(t *testing.T) {
	const each = 15
	assert.Less(t, testing.AllocsPerRun(3, func() { plan.New(rules.Builtin(), nil) }), float64(each*rules.Builtin().Len()))
}
