package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/rules"
)

// matches asks a step of the only program about texts, and holds how many bytes and steps it takes of each.
func matches(t *testing.T, p *plan.Plan, name string, want map[string][2]int) {
	t.Helper()
	steps := p.Programs[0].Steps
	for i := range steps {
		if steps[i].Name != name {
			continue
		}
		for text, want := range want {
			n, k := steps[i].Match([]byte(text))
			assert.Equal(t, want, [2]int{n, k}, "%s: %q", name, text)
		}
		return
	}
	assert.Fail(t, "there is no such step", name)
}

// An error is written in pieces: its type, a colon with one space, its message. A colon and a space behind all of it are of 3.13's "Exception ignored".
func TestErrors(t *testing.T) {
	u := plan.New(rules.NewSet(parsed(t, "u", unraisable, unraisableSample)), nil)
	matches(t, u, "the error OwnError: .+", map[string][2]int{
		"OwnError: bad:": {14, 3}, "OwnError: bad: ": {15, 3}, "OwnError: bad:   ": {15, 3}, "OwnError: bad  ": {13, 3},
		"OwnError --> x": {8, 1}, "": {0, 0}, ":": {0, 0},
	})
	bad := plan.New(rules.NewSet(parsed(t, "u", strings.Replace(unraisable, ".+", "bad", 1), unraisableSample)), nil)
	matches(t, bad, "the error OwnError: bad", map[string][2]int{
		"OwnError: bad": {13, 3}, "OwnError:  [web] ok": {10, 2}, "OwnError:    [web] ok": {10, 2}, "OwnError: ": {10, 2}, "OwnError:": {9, 2}, "OwnError: good": {0, 0},
		"OwnError: bad    [web] ok": {13, 3}, "OwnError: bad--> x": {13, 3}, "OwnError:bad": {9, 2},
	})
	matches(t, u, "the colon behind the error", map[string][2]int{":   bad": {2, 1}, ":bad": {1, 1}, ":    [web] ok": {2, 1}})
	matches(t, u, "the object <function own at .*>", map[string][2]int{"<function own at 0x1>::": {21, 1}, "": {0, 0}})

	home := plan.New(rules.NewSet(parsed(t, "u", "python-traceback: {frames: ['x'], error: 'OwnError: ~deploy.*'}", "samples: [{text: \"Traceback (most recent call last):\\n  File \\\"own.py\\\", line 1, in x\\nOwnError: ~deploy is not there\"}]")), nil)
	matches(t, home, "the colon behind the error", map[string][2]int{": ~deploy is not there": {2, 1}, ": ~root is not there": {0, 0}})

	plain := of(t, "python-traceback: {frames: ['x'], error: 'OwnError(?:: .+)?'}")
	matches(t, plain, "the error OwnError(?:: .+)?", map[string][2]int{
		"OwnError": {8, 1}, "OwnError  ": {8, 1}, "OwnError:": {9, 3}, "OwnError: ": {10, 3}, "OwnError: x": {11, 3},
	})
	matches(t, of(t, "python-traceback: {frames: ['x'], error: '.*'}"), "the error .*", map[string][2]int{"": {0, 0}, ":": {0, 0}, "  ": {0, 0}, "x": {1, 1}})
}

// The representation of an object ends with the quote or bracket that closes the first one; without it, it is none.
func TestReprs(t *testing.T) {
	for object, want := range map[string]map[string][2]int{
		"'.*'":    {"'a": {0, 0}, "''": {2, 1}, "'a':": {4, 1}},
		"(?i)<a>": {"": {0, 0}, "<a": {0, 0}, ">": {0, 0}, "x<a>": {0, 0}, "<a>>": {3, 1}},
		"o.*":     {"o <a> b": {7, 1}, "o > b": {5, 1}, "o : :": {1, 1}},
		"<.*>":    {"<<a> <b>> <c>": {9, 1}, "<a <b>": {0, 0}},
	} {
		p := of(t, "python-unraisable: {object: \""+object+"\", frames: ['x'], error: 'E'}")
		matches(t, p, "the object "+object, want)
	}
}

// What stands behind a source line, or in front of it, is of another one; and so are marks with text directly behind them.
func TestWhatIsGlued(t *testing.T) {
	u := plan.New(rules.NewSet(parsed(t, "u", unraisable, unraisableSample)), nil)
	matches(t, u, "the source line of the frame in own$", map[string][2]int{
		"own()own()": {5, 1}, "own()<function own at 0x1>": {5, 1}, "own()OwnError": {5, 1}, "own()bad": {5, 1}, "own()^^^^own()": {5, 1}, "own()^": {5, 1},
		"own()    own": {5, 1}, "own()x": {0, 0}, "own() x": {0, 0},
	})
	matches(t, u, "carets below the source line of the frame in own$", map[string][2]int{
		"^": {1, 0}, "~": {1, 0}, "^^  ": {2, 0}, "^  ^  own()": {4, 0}, "^x": {0, 0}, "^ x": {0, 0}, "": {0, 0}, "    ": {0, 0},
	})
}

// What a sample shows below a frame is the frame's: statements of several lines, with the carets below each, up to what is not indented as much.
func TestSamplesOfStatements(t *testing.T) {
	sample := `samples:
- text: |-
    Traceback (most recent call last):
      File "a.py", line 1, in first
        call(
        ~~~~^
            1,
            ^^
        )
        ^
        another
      File "b.py", line 2, in second
      once()
        twice()
    E: x
- text: |-
    Traceback (most recent call last):
      File "a.py", line 9, in first
        call(
            2,
      File "b.py", line 2, in second
        ^^^^^
        twice()
        ^^^^^^^
    E: y
    z
`
	var got []string
	for _, s := range plan.New(rules.NewSet(parsed(t, "t", "python-traceback: {frames: ['in first$', 'in second$'], error: 'E: .*'}", sample)), nil).Programs[0].Steps {
		got = append(got, s.Describe())
		for _, text := range []string{"call(", "1,", "2,", ")", "another", "once()", "twice()"} {
			if n, _ := s.Match([]byte(text)); n > 0 && s.Torn {
				got = append(got, text)
			}
		}
		got = append(got, s.Drawn...)
	}
	source := func(f string) string { return "the source line of the frame in " + f + "$ (may be missing)" }
	carets := func(f string) string {
		return "carets below the source line of the frame in " + f + "$ (may be missing)"
	}
	assert.Equal(t, []string{
		"Traceback (most recent call last):", "the frame in first$",
		source("first"), "call(", carets("first"), "    ~~~~^",
		source("first"), "1,", "2,", carets("first"), "        ^^",
		source("first"), ")", carets("first"), "    ^",
		"the frame in second$", source("second"), "twice()", carets("second"), "    ^^^^^^^",
		"the error E: .*", "the colon behind the error (may be missing)", "the message of the error",
	}, got)
}

// A pattern that cannot decide about a part of a line leaves all of it undecided, unless another part says no.
func TestDoubtfulParts(t *testing.T) {
	const never, text = `^(?:(a+)+\1)+$`, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"
	for match, want := range map[string]int{
		"python-warning: {category: OwnWarning, message: '" + never + "', path: own}":   plan.Doubtful,
		"python-warning: {category: OwnWarning, message: '" + never + "', path: other}": 0,
	} {
		n, steps := of(t, match).Programs[0].Steps[0].Match([]byte("/own.py:1: OwnWarning: " + text))
		assert.Equal(t, [2]int{0, want}, [2]int{n, steps}, match)
	}
	n, steps := of(t, "python-unraisable: {object: '"+never+"', frames: ['x'], error: 'E'}").Programs[0].Steps[1].Match([]byte(text))
	assert.Equal(t, [2]int{0, plan.Doubtful}, [2]int{n, steps})
	matches(t, of(t, "python-traceback: {frames: ['x'], error: '"+never+"'}"), "the error "+never, map[string][2]int{text: {0, plan.Doubtful}})
}

// A block waits for what is needed, and not for what may be missing.
func TestComplete(t *testing.T) {
	b := of(t, "block: ['begins', {line: 'on .*', optional: true}, 'done', {line: 'after', optional: true}]").Programs[0]
	for next, complete := range []bool{false, false, false, true, true} {
		assert.Equal(t, complete, b.Single[next].Complete(), next)
		assert.Len(t, b.Single[next].Rest(), 4-next)
	}
	assert.Len(t, b.Single, 5)
	matches(t, of(t, "block: ['[a-z]+', 'x']"), "a line [a-z]+", map[string][2]int{"": {0, 0}, "y": {1, 1}})
}

// A text may be a piece as long as its first byte and its runs of three bytes do not speak against it; of short texts these say nothing.
func TestMayByHand(t *testing.T) {
	may := func(p *plan.Plan, step int, text string) bool {
		grams := plan.GramsOf([]byte(text))
		return p.Programs[0].Steps[step].May([]byte(text), &grams)
	}
	for literal, want := range map[string]map[string]bool{
		"done":    {"it is done": true, "undone": true, "don": false, "one": false, "": true, "x": false},
		"end":     {"the end": true, "en": false, "x": false},
		"ok":      {"ok": true, "x": true},
		"finally": {"finally": true, "fin ally": false, "in all": false},
	} {
		p := of(t, "block: ['begins', '.*"+literal+".*']")
		for text, want := range want {
			assert.Equal(t, want, may(p, 1, text), "%s: %q", literal, text)
		}
	}
	u := plan.New(rules.NewSet(parsed(t, "u", unraisable, unraisableSample)), nil)
	for step, want := range map[int]map[string]bool{
		0: {"Exception": true, "x": false},
		3: {"File in own": true, "in own": false, "File in other": false},
		5: {"^": true, "~": true, "x": false},
		7: {":": true, "x": false},
	} {
		for text, want := range want {
			assert.Equal(t, want, may(u, step, text), "%d: %q", step, text)
		}
	}
}

// A literal of a block, or of others, is none of a rule for single lines, though all are looked for together; and short ones say too little.
func TestLiteralsApart(t *testing.T) {
	p := of(t, "line: 'alpha one'", "line: 'gamma three'", "block: ['beta two', 'x']")
	for text, want := range map[string]int{"alpha one": 1, "gamma three": 1, "beta two": 0, "alpha one beta two gamma three": 2, "--> Connecting": 0} {
		assert.Len(t, p.Candidates([]byte(text), nil), want, text)
		assert.Len(t, p.Candidates([]byte(text), make([]int, 0, 8)), want, text)
	}
	for match, want := range map[string][]string{"line: 'ab'": {"ab"}, "line: 'a'": nil, "line: '(?:ab|c)'": nil, "python-warning: {category: 'W|X', message: 'abc'}": {"abc"}} {
		assert.Equal(t, want, plan.Literals(parsed(t, "r", match, "samples: [{text: x}]")), match)
	}
}
