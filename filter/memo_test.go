package filter_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
)

// kinds has a rule of each kind of block, with all that such a rule may have.
func kinds(t testing.TB) *rules.Set {
	return rules.NewSet(
		parsed(t, "block", `{block: ['job (?<job>\w+) begins', {line: 'on \w+', optional: true}, 'job (?<job>\w+) is broken']}`, `job a begins\njob a is broken`),
		parsed(t, "unraisable", `{python-unraisable: {object: '<function own at .*>', frames: ['own\.py'], error: 'OwnError(?:: bad)?'}}`,
			`Exception ignored in: <function own at 0x1>\nTraceback (most recent call last):\n  File \"own.py\", line 1, in own\n    own()\nOwnError: bad`),
		parsed(t, "traceback", `{python-traceback: {frames: ['other\.py'], error: 'OtherError: .*'}}`,
			`Traceback (most recent call last):\n  File \"other.py\", line 1, in other\n    other()\nOtherError: no`),
		parsed(t, "warning", `{python-warning: {category: '\w*Warning', message: 'do not', path: 'own', source: 'call.*'}}`,
			`/own.py:1: OwnWarning: do not\n  call()`),
	)
}

func parsed(t testing.TB, id, match, sample string) *rules.Rule {
	r, err := rules.Parse("r.yaml", []byte("id: "+id+"\ntitle: t\nseverity: noise\nmatch: "+match+"\nsamples: [{text: \""+sample+"\"}]\n"))
	require.NoError(t, err)
	return r
}

// What a pattern cannot decide is counted for each line, also where the answer is remembered.
func TestMemoOfUndecided(t *testing.T) {
	r := parsed(t, "slow", `{block: ['^(?:(a+)+\1)+$', 'b']}`, `aa\nb`)
	for _, texts := range []int{0, 512} {
		f := filter.New(rules.NewSet(r), filtertest.Nowhere, filter.Options{})
		f.Remember(texts)
		_, _ = f.Write([]byte(strings.Repeat(strings.Repeat("a", 40)+"!\n", 3) + "aa\nb\n"))
		require.NoError(t, f.Close())
		s := f.Summary()
		assert.Equal(t, 3, s.Limits.RegexTimeouts, "%d texts are remembered", texts)
		require.Len(t, s.Undecided, 1)
		assert.Equal(t, filter.Undecided{Rule: r, Why: "its pattern would take too many steps on a line", Count: 3}, *s.Undecided[0])
		assert.EqualValues(t, 2, s.Folded.Lines, "it is asked again")
	}
}

// Two filters do not share what they remember, though they share the rules or see
// the same texts.
func TestMemoOfOthers(t *testing.T) {
	const first, second = "job a begins\n", "job a is broken\n"
	of := func(begin string) *rules.Set {
		return rules.NewSet(parsed(t, "r", `{block: ['`+begin+`', 'job \w+ is broken']}`, `job a begins\njob a is broken`))
	}
	plan, other := filter.NewPlan(of(`job \w+ begins`)), filter.NewPlan(of(`task \w+ begins`))
	filters := []*filter.Filter{plan.Filter(filtertest.Nowhere, filter.Options{}), other.Filter(filtertest.Nowhere, filter.Options{}), plan.Filter(filtertest.Nowhere, filter.Options{})}
	for range 3 {
		for _, text := range []string{first, second} {
			for _, f := range filters {
				_, _ = f.Write([]byte(text))
			}
		}
	}
	for i, want := range []int64{6, 0, 6} {
		require.NoError(t, filters[i].Close())
		assert.Equal(t, want, filters[i].Summary().Folded.Lines)
	}
}

// An observed filter is one of which everything is known.
type observed struct {
	*filter.Filter
	events []filter.Event
	traces []filter.Trace
	now    time.Time
	buffer []byte
}

func observe(plan *filter.Plan, texts int, traced, recorded bool) *observed {
	o := &observed{now: started}
	options := filter.Options{Installed: func(site, _ string) (version string, since time.Time) {
		if strings.Contains(site, "new") {
			return "99", time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		}
		return version, since
	}, Recorded: recorded}
	if traced {
		options.Trace = func(t filter.Trace) { o.traces = append(o.traces, t) }
	}
	o.Filter = plan.Filter(filter.SinkFunc(func(e filter.Event) error {
		e.Raw = slices.Clone(e.Raw)
		o.events = append(o.events, e)
		return nil
	}), options)
	o.Remember(texts)
	return o
}

// write uses the same buffer each time, as a pump does: nothing of it may be kept.
func (o *observed) write(text string) {
	o.buffer = append(o.buffer[:0], text...)
	_, _ = o.Write(o.buffer)
}

// raw is what has come out.
func (o *observed) raw() string {
	var all strings.Builder
	for _, e := range o.events {
		all.Write(e.Raw)
	}
	return all.String()
}

// mixture draws a log: pieces of blocks that processes tear, of all captures, of
// jobs, and what varies in them only now and then.
func mixture(t *rapid.T, material []string) string {
	jobs := []string{"job a begins\n", "job b begins\n", "on x\n", "job a is broken\n", "job b is broken\n"}
	var out strings.Builder
	for range rapid.IntRange(1, 6).Draw(t, "parts") {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			writers := [][]string{blockWrites(true), blockWrites(true), {"--> Connecting to hosts...\n", "    [vm1] Success\n"}}
			out.WriteString(strings.Join(interleave(t, writers), ""))
		case 1:
			for range rapid.IntRange(1, 12).Draw(t, "jobs") {
				out.WriteString(rapid.SampledFrom(jobs).Draw(t, "job"))
			}
		case 2:
			from := rapid.IntRange(0, len(material)-1).Draw(t, "from")
			out.WriteString(strings.Join(material[from:min(len(material), from+rapid.IntRange(1, 40).Draw(t, "lines"))], ""))
		case 3:
			block := strings.Join(blockWrites(false), "")
			out.WriteString(strings.ReplaceAll(block, "/srv/.venv", rapid.SampledFrom([]string{"/srv/.venv", "/srv/new"}).Draw(t, "site")))
		case 4: // the same block or line again and again, and what may come in between
			few := rapid.SliceOfN(rapid.SampledFrom(rapid.SampledFrom([][]string{foldedSamples(), keptSamples()}).Draw(t, "of")), 1, 3).Draw(t, "samples")
			between := []string{"--> Starting operation: x\n", "    [vm1] Success\n", "x: --> Starting operation: y\n", "\r", "    [vm1] Error: executed 1 commands\r    [vm1] Error: executed 1 commands\n", "Traceback (most recent call last):\n", "2026-11-25T03:59:21Z dated\n", "2026-11-23T03:59:21Z dated\n", "\n", "    \n", "^^^^\n", "AssertionError\n", "  File \"/srv/new/lib/python3.12/site-packages/gevent/x.py\", line 1, in y\n"}
			for range rapid.IntRange(2, 20).Draw(t, "times") {
				if rapid.IntRange(0, 2).Draw(t, "block") > 0 {
					out.WriteString(rapid.SampledFrom(few).Draw(t, "which"))
				} else {
					out.WriteString(rapid.SampledFrom(between).Draw(t, "between"))
				}
			}
		case 5:
			out.WriteString(shortLines(t))
		}
	}
	dress := rapid.SampledFrom([]string{"", "", "web-1  | ", "2026-11-24T03:59:21.1234567Z "}).Draw(t, "dress")
	return filtertest.Prefixed(dress)(out.String())
}

// shortLines draws the pieces of blocks, and behind each some of a few short lines and frames, again and again.
func shortLines(t *rapid.T) string {
	some := []string{
		"\n", "\n", " \n", "    \n", "        \n", "x\n", "y\n", "    x\n", "        x\n", "x...\n", "\r\n", "\r", "x\r", "    \r", "\x1b[K\n", "^\n", "    ^^^^\n", "               ^^^^\r", "^^^^", "    ",
		"    [vm1] Success\n", "        [vm1] Success\n", "[vm1] x\n", "[job] --> x\n", "--> Starting operation: x\n", "--> Loading config...\n", "a: --> Loading config...\n", "a: x\n", "web-1  | x\n",
		"Traceback (most recent call last):\n", "  File \"/x.py\", line 1, in y\n", "    y()\n", "AssertionError\n", "KeyError: x\n", "During handling of the above exception, another exception occurred:\n", "on x\n", ": ", ":\n",
		"  File \"/srv/new/lib/python3.12/site-packages/a.py\"\n", "  File \"/b-packages/gevent/a.py\"\n", "section_start:1700000000:x\n", "E<\n", "Exception ignored in: x\n", strings.Repeat("z", 60) + "\n",
	}
	few := rapid.SliceOfN(rapid.SampledFrom(some), 1, 4).Draw(t, "few")
	pieces := append(blockWrites(rapid.Bool().Draw(t, "carets")), "job a begins\n", "job a is broken\n")
	from := rapid.IntRange(0, len(pieces)-1).Draw(t, "from")
	var out strings.Builder
	for _, piece := range pieces[from:min(len(pieces), from+rapid.IntRange(1, 12).Draw(t, "pieces"))] {
		out.WriteString(piece)
		if rapid.IntRange(0, 2).Draw(t, "more") == 0 {
			continue
		}
		if rapid.Bool().Draw(t, "ended") {
			out.WriteString("\n")
		}
		for range rapid.SampledFrom([]int{1, 2, 5, 20, 300}).Draw(t, "times") {
			out.WriteString(rapid.SampledFrom(few).Draw(t, "line"))
		}
	}
	return out.String()
}

// foldedSamples are those of the built-in rules for blocks that fold.
var foldedSamples = sync.OnceValue(func() (all []string) {
	for r := range rules.Builtin().All() {
		for _, s := range r.Samples {
			if r.Folds() && strings.Count(s.Text, "\n") > 1 {
				all = append(all, s.Text, strings.ReplaceAll(s.Text, "/lib/python", "/new/lib/python"))
			}
		}
	}
	return all
})

// keptSamples are lines of hosts that a built-in rule names and leaves.
var keptSamples = sync.OnceValue(func() (all []string) {
	for r := range rules.Builtin().All() {
		for _, s := range r.Samples {
			for line := range strings.Lines(s.Text) {
				if !r.Folds() && strings.HasPrefix(line, "    [") {
					all = append(all, line, strings.ReplaceAll(line, "] ", "] \x1b[31m"), line+line, strings.Replace(line, "\n", "...\n", 1), strings.Replace(line, "\n", "\r\n", 1))
				}
			}
		}
	}
	return all
})

// A filter that remembers is one that does not, in all that it says, however little
// it has room for.
func TestMemoChangesNothing(t *testing.T) {
	var material []string
	for _, file := range filtertest.EveryCapture(t) {
		material = append(material, lines(string(filtertest.Read(t, file)))...)
	}
	changesNothing(t, func(t *rapid.T) string { return mixture(t, material) })
}

// The same of short lines behind open blocks, which are remembered as well.
func TestIdleChangesNothing(t *testing.T) { changesNothing(t, shortLines) }

func changesNothing(t *testing.T, draw func(*rapid.T) string) {
	set := kinds(t)
	for r := range rules.Builtin().All() {
		require.NoError(t, set.Add(r))
	}
	plan := filter.NewPlan(set)
	rapid.Check(t, func(t *rapid.T) {
		traced := rapid.Bool().Draw(t, "traced")
		recorded := rapid.Bool().Draw(t, "recorded")
		want, got := observe(plan, 0, traced, recorded), observe(plan, rapid.SampledFrom([]int{1, 2, 7, 512}).Draw(t, "texts"), traced, recorded)
		all := ""
		for range rapid.IntRange(1, 4).Draw(t, "logs") {
			log := draw(t)
			all += log
			for size := rapid.IntRange(1, 4000).Draw(t, "size"); log != ""; log = log[min(size, len(log)):] {
				for _, f := range []*observed{want, got} {
					f.now = f.now.Add(50 * time.Millisecond)
					_ = f.Tick(f.now)
					f.write(log[:min(size, len(log))])
				}
			}
		}
		require.NoError(t, want.Close())
		require.NoError(t, got.Close())
		require.Equal(t, all, got.raw())
		require.Equal(t, want.events, got.events)
		require.Equal(t, want.traces, got.traces)
		require.Equal(t, want.Summary(), got.Summary())
	})
}
