package filter_test

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// engineRun is what the engine makes of an input that comes in writes of so many bytes; 0: in one.
func engineRun(t require.TestingT, plan *filter.Plan, data []byte, size int) (events []refEvent, s *filter.Summary) {
	f := plan.Filter(filter.SinkFunc(func(e filter.Event) error {
		one := refEvent{Fold: e.Fold, Raw: string(e.Raw)}
		if e.Rule != nil {
			one.Rule = e.Rule.ID
		}
		if n := len(events); n > 0 && events[n-1].Rule == one.Rule && events[n-1].Fold == one.Fold {
			events[n-1].Raw += one.Raw
		} else {
			events = append(events, one)
		}
		return nil
	}), filter.Options{})
	for rest := data; len(rest) > 0; {
		n := len(rest)
		if size > 0 {
			n = min(n, size)
		}
		_, err := f.Write(rest[:n])
		require.NoError(t, err)
		rest = rest[n:]
	}
	require.NoError(t, f.Close())
	return events, f.Summary()
}

// A comparison holds the engine against the reference.
type comparison struct {
	set  *rules.Set
	ref  *reference
	plan *filter.Plan
}

// newComparison makes one of the built-in rules and of one of each kind. ungated: with rules that have no literal, so that the engine, too, looks at each line.
func newComparison(t testing.TB, ungated bool) *comparison {
	set := kinds(t)
	if ungated {
		for _, id := range slices.Sorted(maps.Keys(broad)) {
			require.NoError(t, set.Add(parsed(t, id, broad[id], "a")))
		}
	}
	for r := range filtertest.Builtin().All() {
		require.NoError(t, set.Add(r))
	}
	c := &comparison{set, newReference(set), filter.NewPlan(set)}
	require.Equal(t, !ungated, c.plan.Gated())
	return c
}

// newComparisons makes both.
func newComparisons(t testing.TB) [2]*comparison {
	return [2]*comparison{newComparison(t, false), newComparison(t, true)}
}

// broad are rules that would fold what must be seen; the first has no literal.
var broad = map[string]string{
	"broad-line":   `{line: 'changed|denied|No changes|^\w\d$'}`,
	"broad-block":  `{block: ['.*(?:denied|executed \d|changed|begins).*', 'the end']}`,
	"broad-repeat": `{repeat: 'commands|deprecated'}`,
}

// check compares what both make of an input, which the engine gets in one write, and in writes of so many bytes. It returns why the reference is not
// sure, if it is not. Then there is less to be compared: what the engine folds of the founding issue are whole blocks, as many as it counts; what rules
// for single lines claim, they match.
func (c *comparison) check(t require.TestingT, data []byte, size int) (unsure string) {
	got, s := engineRun(t, c.plan, data, 0)
	cut, cutSummary := engineRun(t, c.plan, data, size)
	require.Equal(t, got, cut, "in writes of %d bytes", size)
	require.Equal(t, filtertest.Counts(s), filtertest.Counts(cutSummary))
	require.Empty(t, s.Limits.RulesSkipped)
	var all strings.Builder
	for _, e := range got {
		all.WriteString(e.Raw)
	}
	require.Equal(t, string(data), all.String(), "the events are the input")

	want, counts, unsure := c.ref.run(data)
	if unsure == "" {
		require.Equal(t, want, got, "input %q", data)
		require.Equal(t, counts, filtertest.Counts(s), "input %q", data)
	}
	for _, i := range s.Issues {
		if i.Rule.ID == founding {
			c.wholeBlocks(t, got, i.Count-i.Unfolded)
		}
	}
	c.singleLines(t, data, got)
	return unsure
}

const founding = "gevent-fork-hooks-assertion"

// foundingPieces are what its blocks consist of, without spaces and carets. Source lines may be missing.
var foundingPieces = []*regexp.Regexp{
	regexp.MustCompile(`^Exceptionignored(?:in|on|while)[a-z_.]*:?`),
	regexp.MustCompile(`^<boundmethod_ForkHooks\.after_fork_in_childof(<[^<>]*>|[^<>])*>:?`),
	regexp.MustCompile(`^Traceback\(mostrecentcalllast\):`),
	regexp.MustCompile(`^File".*",line\d+,in.*after_fork_in_child.*`),
	regexp.MustCompile(`^File".*",line\d+,in.*is_alive.*`),
	regexp.MustCompile(`^AssertionError`),
}

var foundingSources = regexp.MustCompile(`^(?:assertnotthread\.is_alive\(\)|assertnotself\._is_stoppedandself\._started\.is_set\(\)|:)`)

// foundingRuns are the texts that are folded of the founding issue, each as far as nothing that can be seen is in between: sequences for the screen stay
// where they were.
func (c *comparison) foundingRuns(events []refEvent) (runs []string) {
	last := ""
	for _, e := range events {
		units, _ := c.ref.units([]byte(e.Raw))
		switch {
		case e.Rule == founding && e.Fold:
			last += e.Raw
		case slices.ContainsFunc(units, func(u *refUnit) bool { return u.line || !u.blank() }):
			runs, last = append(runs, last), ""
		}
	}
	return append(runs, last)
}

// wholeBlocks: what is folded of the founding issue are n blocks, each with all its pieces.
func (c *comparison) wholeBlocks(t require.TestingT, events []refEvent, n int) {
	var text []byte
	for _, raw := range c.foundingRuns(events) {
		units, _ := c.ref.units([]byte(raw))
		for _, u := range units {
			text = append(append(text, u.text...), '\n')
		}
	}
	text = regexp.MustCompile(`[ ^~]+`).ReplaceAll(text, nil)
	whole, counts := string(text), make([]int, len(foundingPieces))
	for text = bytes.TrimLeft(text, "\n"); len(text) > 0; text = bytes.TrimLeft(text, "\n") {
		at := text
		for i, p := range foundingPieces {
			if m := p.Find(text); m != nil {
				counts[i]++
				text = bytes.TrimLeft(text[len(m):], "\n")
			}
		}
		text = text[len(foundingSources.Find(text)):]
		require.NotEqual(t, len(at), len(text), "this is no piece of a block: %.100q in %q", text, whole)
	}
	for i, p := range foundingPieces {
		require.Equal(t, n, counts[i], "%v, in %q", p, whole)
	}
}

// singleLines: each line that a rule for single lines has for itself is one that it matches, before any other, and none that must be seen is folded.
func (c *comparison) singleLines(t require.TestingT, data []byte, events []refEvent) {
	units, _ := c.ref.units(data)
	at := 0
	for _, e := range events {
		from, to := at, at+len(e.Raw)
		at = to
		rule := c.set.Get(e.Rule)
		if rule == nil || rule.Match.Line == nil && rule.Match.Repeat == nil {
			continue
		}
		for _, u := range units {
			if u.from < from || u.to > to || u.blank() {
				continue
			}
			require.Equal(t, rule, c.ref.ruleOf(u), "%q is not of %s", u.text, e.Rule)
			require.False(t, e.Fold && mustBeSeen(u.text), "%q must be seen", u.text)
		}
	}
}

// requireSure asserts that the reference is sure of so many of all.
func requireSure(t *testing.T, sure []string, of float64) {
	unsure := slices.DeleteFunc(slices.Clone(sure), func(why string) bool { return why == "" })
	assert.Less(t, float64(len(unsure)), (1-of)*float64(len(sure)), "%q", unsure)
}

func TestReferenceCaptures(t *testing.T) {
	testrun.Long(t)
	for _, c := range newComparisons(t) {
		var sure []string
		for _, file := range append(filtertest.EveryCapture(t), filtertest.GoodLogs(t)...) {
			t.Run(filepath.Base(file), func(t *testing.T) { sure = append(sure, c.check(t, filtertest.Read(t, file), 1000)) })
		}
		requireSure(t, sure, 0.5)
	}
}

// TestReferenceTexts: all that rules are about, each alone.
func TestReferenceTexts(t *testing.T) {
	testrun.Long(t)
	for _, c := range newComparisons(t) {
		var sure []string
		for _, text := range referenceTexts(t, c.set) {
			sure = append(sure, c.check(t, []byte("a beginning\n"+text+"an end\n"), 7))
		}
		requireSure(t, sure, 0.9)
	}
}

// TestReferenceMixtures: whole lines of many writers, mixed.
func TestReferenceMixtures(t *testing.T) {
	testrun.Long(t)
	both := newComparisons(t)
	texts := referenceTexts(t, both[0].set)
	var sure []string
	rapid.Check(t, func(t *rapid.T) {
		log, size := []byte(wholeMixture(t, texts)), rapid.IntRange(1, 200).Draw(t, "size")
		for _, c := range both {
			sure = append(sure, c.check(t, log, size))
		}
	})
	requireSure(t, sure, 0.4)
}

// TestReferenceTorn: writes that are torn, and mixed inside of lines.
func TestReferenceTorn(t *testing.T) {
	testrun.Long(t)
	both := newComparisons(t)
	rapid.Check(t, func(t *rapid.T) {
		hosts := strings.Join(hostLines(t), "")
		log, size := []byte(hosts+tornRun(t)+hosts), rapid.IntRange(1, 200).Draw(t, "size")
		for _, c := range both {
			c.check(t, log, size)
		}
	})
}

// TestReferenceDamaged: logs of which pieces are missing, come twice, or stand elsewhere.
func TestReferenceDamaged(t *testing.T) {
	testrun.Long(t)
	both := newComparisons(t)
	texts := referenceTexts(t, both[0].set)
	var sure []string
	rapid.Check(t, func(t *rapid.T) {
		log := wholeMixture(t, texts)
		for range rapid.IntRange(1, 4).Draw(t, "times") {
			log = damaged(t, log)
		}
		size := rapid.IntRange(1, 200).Draw(t, "size")
		for _, c := range both {
			sure = append(sure, c.check(t, []byte(log), size))
		}
	})
	requireSure(t, sure, 0.1)
}

// damaged draws what becomes of a log whose piece is lost, doubled or moved.
func damaged(t *rapid.T, log string) string {
	from := rapid.IntRange(0, len(log)).Draw(t, "from")
	to := min(len(log), from+rapid.SampledFrom([]int{1, 1, 4, 30, 200}).Draw(t, "length"))
	rest := log[:from] + log[to:]
	at := rapid.IntRange(0, len(rest)).Draw(t, "to")
	switch rapid.IntRange(0, 2).Draw(t, "damage") {
	case 0:
		return rest
	case 1:
		return log[:to] + log[from:]
	}
	return rest[:at] + log[from:to] + rest[at:]
}

// referenceTexts are what writers write: samples of rules, lines of the run's own, tracebacks.
func referenceTexts(t testing.TB, set *rules.Set) (all []string) {
	for r := range set.All() {
		for _, s := range r.Samples {
			all = append(all, strings.TrimSuffix(s.Text, "\n")+"\n")
		}
	}
	for _, text := range tracebacks {
		all = append(all, strings.TrimSuffix(text, "\n")+"\n")
	}
	known := set.Get("traceback").Samples[0].Text + "\n"
	chain := "\nDuring handling of the above exception, another exception occurred:\n\n"
	all = append(all, known+chain+known, known+chain+tracebacks["chained"], known+"\n\n", "job a begins\non x\njob b begins\njob b is broken\njob a is broken\n", "job a begins\njob b is broken\njob a is broken\n", "the end\n",
		strings.Replace(block, "AssertionError: \n", "AssertionError\n: \n", 1),
		strings.TrimSuffix(block, "AssertionError: \n")+"Traceback (most recent call last):\n  File \"own.py\", line 1, in own\n    assert own\nAssertionError: \nAssertionError: \n")
	return append(all, strings.Join(filtertest.Guarded, "\n")+"\nthe end\n")
}

// wholeMixture draws a log of whole lines.
func wholeMixture(t *rapid.T, texts []string) string {
	var writers [][]string
	for range rapid.IntRange(1, 5).Draw(t, "writers") {
		var w []string
		for range rapid.IntRange(1, 4).Draw(t, "texts") {
			w = append(w, wholeText(t, texts)...)
		}
		writers = append(writers, w)
	}
	dress := rapid.SampledFrom([]string{"", "", "", "web-%d  | ", "2026-11-24T03:59:21.1234567Z ", "deploy %d\tRun\t2026-11-24T03:59:21.1234567Z "}).Draw(t, "dress")
	for i, w := range writers {
		prefix := strings.ReplaceAll(dress, "%d", fmt.Sprint(i))
		for n := range w {
			w[n] = prefix + w[n]
		}
	}
	log := strings.Join(interleave(t, writers), "")
	if rapid.Bool().Draw(t, "crlf") {
		log = strings.ReplaceAll(log, "\n", "\r\n")
	}
	return log
}

// ofHosts are lines that rules name and leave where they are, which the engine remembers, and such as are nearly the same; short ones are nobody's.
var ofHosts = []string{
	"    [vm1] Error: executed 1 commands", "    [vm1]  Error: executed 1 commands", "    [web-02] Error: executed 1 commands", "    [vm1] Error: executed 1 commands\r",
	"    [vm1] \x1b[31mError: executed 1 commands\x1b[0m", "    [vm1] Error: executed 1 commands ...", "    [vm1] Command timed out after 3s", "    [vm1] Error in nested operation",
	"    [vm1] Command '['orbctl', " + strings.Repeat("x", 200), "    [vm1] Success", "    [", "    [vm1]", "a1", "ok", "x", "^", ":", "E", "",
}

// hostLines draws some that come again, and again later.
func hostLines(t *rapid.T) (out []string) {
	for range rapid.IntRange(1, 3).Draw(t, "hosts") {
		line := rapid.SampledFrom(ofHosts).Draw(t, "host") + "\n"
		out = append(out, slices.Repeat([]string{line}, rapid.IntRange(1, 4).Draw(t, "times"))...)
	}
	return append(out, out[0])
}

// wholeText draws lines that one writer writes together: all of an issue, or as far as it came, and now and then a frame of a spinner, or colours.
func wholeText(t *rapid.T, texts []string) (out []string) {
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0, 1:
		out = lines(strings.Join(blockWrites(rapid.Bool().Draw(t, "carets")), ""))
	case 2:
		return []string{rapid.SampledFrom(Own).Draw(t, "own") + "\n"}
	case 3:
		return hostLines(t)
	default:
		out = lines(rapid.SampledFrom(texts).Draw(t, "text"))
	}
	if rapid.IntRange(0, 4).Draw(t, "cut") == 0 {
		out = out[:rapid.IntRange(1, len(out)).Draw(t, "lines")]
	}
	out = slices.Clone(out)
	if n := rapid.IntRange(0, 4*len(out)).Draw(t, "decorated"); n < len(out) {
		out[n] = rapid.SampledFrom([]string{"    \\ 0% (0/20)\r\x1b[K", "\x1b[2K", "\x1b[0m"}).Draw(t, "frame") + out[n]
	}
	if n := rapid.IntRange(0, 4*len(out)).Draw(t, "coloured"); n < len(out) {
		at := rapid.IntRange(0, len(out[n])-1).Draw(t, "at")
		out[n] = out[n][:at] + "\x1b[1m\x1b[0m" + out[n][at:]
	}
	return out
}

// FuzzReference: any input, in any cut.
func FuzzReference(f *testing.F) {
	both := newComparisons(f)
	for _, file := range filtertest.Captures(f, "gevent-25.5.1.3-hosts.*", "samples/piped-13.err", "more/no-yes-no-stdin.log") {
		f.Add(filtertest.Read(f, file), uint16(77))
	}
	for i, text := range referenceTexts(f, both[0].set) {
		if i%10 == 0 {
			f.Add([]byte(text+block+text), uint16(i))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		if len(data) < 16<<10 {
			both[cut%2].check(t, data, 1+int(cut)%300)
		}
	})
}
