package filter_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// That somebody asks does not change what is decided.
func TestTraceChangesNothing(t *testing.T) {
	for _, file := range filtertest.Captures(t, "gevent-25.5.1.20-hosts.*", "samples/piped-0*.err", "more/g2.*", "more/network-retry.log") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := filtertest.Read(t, file)
			want, sum := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
			folded := 0
			got, s := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{Trace: func(d filter.Trace) {
				if d.What == filter.Folded {
					folded++
				}
			}})
			assert.Equal(t, string(want), string(got))
			assert.Equal(t, sum.Folded, s.Folded)
			count := 0
			for _, i := range s.Issues {
				if i.Rule.Folds() {
					count += i.Count - i.Unfolded
				}
			}
			assert.Equal(t, count, folded, "each issue that is folded was decided once")
		})
	}
}

// decisions are what is decided of a text, "took 1", "folded 3".
func decisions(t *testing.T, set *rules.Set, text string, options filter.Options) (all []filter.Trace) {
	t.Helper()
	options.Trace = func(d filter.Trace) { all = append(all, d) }
	_, _ = filtertest.Run(t, set, []byte(text), 0, options)
	return all
}

// why returns the reasons that were given for a decision.
func why(all []filter.Trace, what filter.Decision) (out []string) {
	for _, d := range all {
		if d.What == what {
			out = append(out, d.Why)
		}
	}
	return out
}

// Why a block, or a line, is not folded.
func TestTraceSaysWhy(t *testing.T) {
	own := onlyRule(t, `block: ['begin of (?<x>\w+)', 'end of (?<x>\w+)']`)
	for name, c := range map[string]struct {
		set      *rules.Set
		in       string
		what     filter.Decision
		contains string
	}{
		"the end":        {own, "begin of a\n", filter.GivenUp, "the run ends before it is complete"},
		"another name":   {own, "begin of a\nend of b\n", filter.Refused, "it names another x than the block, b and not a"},
		"another prefix": {own, "begin of a\nweb-1  | end of a\n", filter.Refused, "it has another prefix than the block"},
		"far away":       {own, "begin of a\n" + strings.Repeat("x\n", 5000), filter.GivenUp, "no piece of it came in 4096 lines"},
		"too much":       {own, "begin of a\n" + strings.Repeat(strings.Repeat("x", 2000)+"\n", 1000), filter.GivenUp, "too much waits behind it"},
		"a guard":        {onlyRule(t, "line: noisy"), "noisy: Permission denied\n", filter.Shown, "no rule folds it: somebody was refused"},
		"a guarded head": {onlyRule(t, "block: ['noisy.*', 'end']"), "noisy: Permission denied\n", filter.Refused, "no rule folds it: somebody was refused"},
		"a first one":    {onlyRule(t, "repeat: noisy"), "noisy 1\n", filter.Shown, "it is the first of its kind"},
		"nearly":         {onlyRule(t, `line: 'noisy \d$'`), "noisy x\n", filter.Nearly, `it has "noisy ", and is not noisy \d$`},
		"another error":  {filtertest.Builtin(), most + "MemoryError\n", filter.GivenUp, "the line is an error that it does not wait for"},
		"severity":       {filtertest.Builtin(), "--> pyinfra error: No hosts remaining!\n", filter.Shown, "the rule is of severity error, and does not fold"},
	} {
		t.Run(name, func(t *testing.T) {
			reasons := why(decisions(t, c.set, c.in, filter.Options{}), c.what)
			require.NotEmpty(t, reasons)
			assert.Contains(t, reasons[0], c.contains)
		})
	}
}

func TestTraceOfAVersion(t *testing.T) {
	all := decisions(t, filtertest.Builtin(), whole, filter.Options{Installed: func(string, string) (string, time.Time) { return "25.8.1", time.Time{} }})
	assert.Equal(t, []string{"gevent 25.8.1 in /srv/.venv/lib/python3.12/site-packages should not print it"}, why(all, filter.Shown))
}

// Of a live run: a block that pauses.
func TestTraceOfADeadline(t *testing.T) {
	var all []filter.Trace
	f := filter.New(filtertest.Builtin(), filtertest.Nowhere, filter.Options{Trace: func(d filter.Trace) { all = append(all, d) }})
	_, _ = f.Write([]byte(begin))
	for now := time.Unix(1, 0); now.Unix() < 3; now = now.Add(50 * time.Millisecond) {
		_ = f.Tick(now)
	}
	assert.Equal(t, []string{"it has paused for longer than --hold allows"}, why(all, filter.GivenUp))
}

// What a block waits for is said in the words of its rule.
func TestTraceSaysWhatABlockWaitsFor(t *testing.T) {
	var waits []string
	for _, d := range decisions(t, rules.NewSet(filtertest.Builtin().Get("gevent-fork-hooks-assertion")), whole, filter.Options{}) {
		if d.What == filter.Took {
			waits = append(waits, strings.Join(d.Waits, " | "))
		}
	}
	require.Len(t, waits, 9)
	assert.Equal(t, `the object <bound method _ForkHooks\.after_fork_in_child of .*>`, waits[0])
	assert.Equal(t, "Traceback (most recent call last):", waits[1])
	assert.Contains(t, waits[3], "the source line of the frame gevent/threading")
	assert.Contains(t, waits[3], "(may be missing)")
	assert.Contains(t, waits[7], "the error AssertionError")
}

// FuzzRules: whatever a rule asks for, not a byte of a text is lost.
func FuzzRules(f *testing.F) {
	for r := range filtertest.Builtin().All() {
		f.Add([]byte("id: x\ntitle: t\nseverity: noise\nmatch: {line: '"+strings.ReplaceAll(r.Title, "'", "")+"'}\nsamples: [{text: a}]\n"), r.Samples[0].Text)
	}
	f.Add([]byte("id: x\ntitle: t\nseverity: noise\nmatch: {block: ['a(?<n>.)', {line: '.*(?<n>b)', optional: true}, 'c+']}\nsamples: [{text: a}]\n"), "ab\ncab\nccc\n")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		r, err := rules.Parse("fuzz.yaml", file)
		if err != nil || r.Disabled {
			return
		}
		tester := ruletest.NewTester(rules.NewSet(r))
		for _, size := range []int{0, 1, 7} {
			res := tester.Try(ruletest.Case{Rule: r, Input: text, Size: size, Shown: text})
			if strings.HasPrefix(res.Problem, "what came out") || strings.HasPrefix(res.Problem, "filtering ended") {
				t.Fatal(res.Problem)
			}
		}
	})
}
