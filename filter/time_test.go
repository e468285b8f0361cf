package filter_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// upgraded is a look-up on a machine where each package is one that has no issue.
func upgraded(string, string) (string, time.Time) { return "99", time.Unix(1, 0) }

// asErrors are the rules, each of them of severity error: they fold nothing.
func asErrors(set *rules.Set) *rules.Set {
	out := rules.NewSet()
	for r := range set.All() {
		c := *r
		c.Severity, c.Fold = rules.Error, nil
		out.Put(&c)
	}
	return out
}

// fates are the ways in which an issue is folded, or shown. Each shows all but the
// first two.
func fates() []fate {
	builtin, errors := filtertest.Builtin(), asErrors(filtertest.Builtin())
	return []fate{
		{"folded", builtin, filter.Options{}, false},
		{"folded in a recorded log", builtin, filter.Options{Claims: true, Recorded: true, Installed: upgraded}, false},
		{"shown because of the version", builtin, filter.Options{Installed: upgraded}, false},
		{"shown because of the version, recorded", builtin, filter.Options{Installed: upgraded, Recorded: true, Written: time.Unix(2, 0), Claims: true}, false},
		{"shown because of the severity", errors, filter.Options{}, false},
		{"shown because of the severity, recorded", errors, filter.Options{Claims: true}, false},
		{"shown because the audit fails", builtin, filter.Options{}, true},
	}
}

type fate struct {
	name    string
	set     *rules.Set
	options filter.Options
	refuse  bool
}

// run filters data. claimed is what the events say that rules have claimed.
func (f fate) run(t require.TestingT, data string) (shown, claimed string, s *filter.Summary) {
	var all, out, of strings.Builder
	sink := filter.SinkFunc(func(e filter.Event) error {
		if e.Fold && f.refuse {
			return filter.ErrShow
		}
		all.Write(e.Raw)
		if e.Rule != nil {
			of.Write(e.Raw)
		}
		if !e.Fold {
			out.Write(e.Raw)
		}
		return nil
	})
	engine := filter.New(f.set, sink, f.options)
	_, err := engine.Write([]byte(data))
	require.NoError(t, err)
	require.NoError(t, engine.Close())
	require.Equal(t, data, all.String(), "the events are the input")
	s = engine.Summary()
	require.Empty(t, s.Limits.RulesSkipped)
	return out.String(), of.String(), s
}

// facts is what is counted of issues, which does not depend on what becomes of them.
func facts(s *filter.Summary) (out []string) {
	for _, i := range s.Issues {
		out = append(out, fmt.Sprintf("%s %d× %d lines, %d to %d, %v %v", i.Rule.ID, i.Count, i.Lines, i.FirstLine, i.LastLine, i.Hosts.Map(), i.Operations.Map()))
	}
	for _, u := range s.Unknown {
		out = append(out, fmt.Sprintf("%s %d× %d", u.Fingerprint, u.Count, u.FirstLine))
	}
	return out
}

// TestCountedAlike: a log has the same issues, folded or shown, and whatever for: as
// many, of as many lines, of the same hosts and operations; and what is unknown is so.
func TestCountedAlike(t *testing.T) {
	testrun.Long(t)
	for _, file := range filtertest.EveryCapture(t) {
		data := string(filtertest.Read(t, file))
		_, _, want := fates()[0].run(t, data)
		for _, f := range fates()[1:] {
			_, _, got := f.run(t, data)
			assert.Equal(t, facts(want), facts(got), "%s, %s", file, f.name)
		}
	}
}

// ofTorn leaves out of how many lines the issues are: whether a line of carets whose spaces
// went elsewhere is the block's shows in what is held back, and what stays is not.
func ofTorn(facts []string) []string {
	out := slices.Clone(facts)
	for i := range out {
		out[i] = regexp.MustCompile(` \d+ lines,`).ReplaceAllString(out[i], "")
	}
	return out
}

// TestTornBlocksAreCountedAlike: also where the writes of blocks mix, among each other
// and with the run's own.
func TestTornBlocksAreCountedAlike(t *testing.T) {
	testrun.Long(t)
	rapid.Check(t, func(t *rapid.T) {
		var writers [][]string
		blocks := rapid.IntRange(1, 5).Draw(t, "blocks")
		carets := rapid.Bool().Draw(t, "carets")
		for range blocks {
			writers = append(writers, blockWrites(carets))
		}
		var own []string
		for i := range rapid.IntRange(0, 8).Draw(t, "lines") {
			own = append(own, fmt.Sprintf("%s %d\n", rapid.SampledFrom(Own).Draw(t, "line"), i))
		}
		input := strings.Join(interleave(t, append(writers, own)), "")
		_, _, want := fates()[0].run(t, input)
		for _, f := range fates() {
			shown, claimed, s := f.run(t, input)
			require.Equal(t, ofTorn(facts(want)), ofTorn(facts(s)), f.name)
			require.Equal(t, blocks, filtertest.Counts(s)["gevent-fork-hooks-assertion"])
			if strings.HasPrefix(f.name, "shown") {
				require.Equal(t, input, shown, f.name)
				require.Zero(t, s.Folded.Bytes)
			}
			if f.options.Claims || f.name == "shown because of the version" {
				require.GreaterOrEqual(t, strings.Count(claimed, "AssertionError"), blocks, f.name)
			}
		}
	})
}

// TestClaimsChangeNothing: that blocks are held back for their rule makes no
// difference to what is folded and what stays, nor to the order.
func TestClaimsChangeNothing(t *testing.T) {
	testrun.Long(t)
	for _, file := range filtertest.EveryCapture(t) {
		data := string(filtertest.Read(t, file))
		plain, _, want := (fate{set: filtertest.Builtin()}).run(t, data)
		claims, _, got := (fate{set: filtertest.Builtin(), options: filter.Options{Claims: true}}).run(t, data)
		assert.Equal(t, plain, claims, file)
		assert.Equal(t, facts(want), facts(got), file)
	}
}

// TestClaimsAreBounded: a block that never ends is held back no longer than the room
// goes that nothing else needs.
func TestClaimsAreBounded(t *testing.T) {
	testrun.Long(t)
	const head = `  File "src/gevent/_gevent_c_greenlet_primitives.pxd", line 35, in gevent._gevent_c_greenlet_primitives._greenlet_switch` + "\n"
	data := strings.Repeat(head+strings.Repeat(strings.Repeat("x", 999)+"\n", 3000)+block, 3)
	shown, _, s := (fate{set: filtertest.Builtin(), options: filter.Options{Claims: true}}).run(t, data)
	assert.NotContains(t, shown, "AssertionError", "what is folded is not given up for it")
	assert.Less(t, s.Limits.HeldBytesMax, 600<<10)
}

// day is a day of November 2026, in UTC.
func day(n, hour int) time.Time { return time.Date(2026, 11, n, hour, 0, 0, 0, time.UTC) }

// TestWhatWasInstalledThen: a version speaks against an issue if it was there when the
// issue was written, as far as the log tells.
func TestWhatWasInstalledThen(t *testing.T) {
	installed := day(24, 12)
	for name, test := range map[string]struct {
		prefix  string
		options filter.Options
		shown   bool
	}{
		"live":                           {"", filter.Options{}, true},
		"live, with old dates":           {"2026-11-01T00:00:00Z ", filter.Options{}, true},
		"a pipe":                         {"", filter.Options{Recorded: true}, false},
		"a file from before":             {"", filter.Options{Recorded: true, Written: day(24, 11)}, false},
		"a file from after":              {"", filter.Options{Recorded: true, Written: day(24, 13)}, true},
		"dates from before, copied":      {"2026-11-24T11:00:00.1234567Z ", filter.Options{Recorded: true, Written: day(28, 0)}, false},
		"dates from after":               {"2026-11-24T13:00:00Z ", filter.Options{Recorded: true}, true},
		"dates from after, an old file":  {"2026-11-24T13:00:00Z ", filter.Options{Recorded: true, Written: day(1, 0)}, true},
		"another zone, before":           {"2026-11-24T13:00:00+02:00 ", filter.Options{Recorded: true}, false},
		"another zone, after":            {"2026-11-24T11:00:00-02:00 ", filter.Options{Recorded: true}, true},
		"no zone, perhaps before":        {"2026-11-25 01:59:00 ", filter.Options{Recorded: true}, false},
		"no zone, surely after":          {"2026-11-25 02:01:00 ", filter.Options{Recorded: true}, true},
		"no year":                        {"Nov 25 13:00:00 ci-01 pyinfra[7]: ", filter.Options{Recorded: true}, false},
		"no year, a file":                {"Nov 25 13:00:00 ci-01 pyinfra[7]: ", filter.Options{Recorded: true, Written: day(25, 13)}, true},
		"no date":                        {"13:00:00 ", filter.Options{Recorded: true}, false},
		"no date, a file":                {"13:00:00 ", filter.Options{Recorded: true, Written: day(24, 13)}, true},
		"GitLab, after":                  {"2026-11-24T13:00:00.000000Z 01E ", filter.Options{Recorded: true}, true},
		"Buildkite, before":              {fmt.Sprintf("\x1b_bk;t=%d\a", day(24, 11).UnixMilli()), filter.Options{Recorded: true}, false},
		"Buildkite, after":               {fmt.Sprintf("\x1b_bk;t=%d\a", day(24, 13).UnixMilli()), filter.Options{Recorded: true}, true},
		"gh run view --log":              {"deploy\tRun pyinfra\t2026-11-24T13:00:00.0000000Z ", filter.Options{Recorded: true}, true},
		"a date that is none":            {"2026-99-99T13:00:00Z ", filter.Options{Recorded: true, Written: day(24, 13)}, true},
		"a file of which nobody knows":   {"", filter.Options{Recorded: true, Written: time.Time{}}, false},
		"the very moment":                {"", filter.Options{Recorded: true, Written: installed}, false},
		"dates without a time of a file": {"2026-11-25T00:00:00Z ", filter.Options{Recorded: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			test.options.Installed = func(string, string) (string, time.Time) { return "26.9.0", installed }
			log := prefixed(test.prefix, "--> Connecting to hosts...\n"+block+"    [web] Connected\n")
			shown, _, s := (fate{set: filtertest.Builtin(), options: test.options}).run(t, log)
			require.Len(t, s.Issues, 1)
			assert.Equal(t, test.shown, shown == log, shown)
			assert.Equal(t, test.shown, s.Issues[0].Unfolded == 1)
			assert.Contains(t, s.Issues[0].Installed.List(), filter.Installation{Site: "/srv/.venv/lib/python3.12/site-packages", Package: "gevent", Version: "26.9.0", Later: !test.shown})
			assert.Equal(t, int64(8), s.Issues[0].Lines)
			assert.Empty(t, s.Unknown)
			assert.Empty(t, s.Issues[0].Commands(func(string, string) string { return "upgrade" }), "it is upgraded already")
		})
	}
}

func prefixed(prefix, text string) string {
	return prefix + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+prefix) + "\n"
}

// TestSinceWhenIsNotKnown: nor is it then whether it was there.
func TestSinceWhenIsNotKnown(t *testing.T) {
	options := filter.Options{Recorded: true, Written: day(24, 13), Installed: func(string, string) (string, time.Time) { return "26.9.0", time.Time{} }}
	shown, _, _ := (fate{set: filtertest.Builtin(), options: options}).run(t, block)
	assert.Empty(t, shown)
}

// TestDatesBetweenTheLines: GitLab writes one where a section begins, and none in front
// of the lines. It counts more than the time of a file that was downloaded.
func TestDatesBetweenTheLines(t *testing.T) {
	for hour, shown := range map[int]bool{11: false, 13: true} {
		section := fmt.Sprintf("\x1b[0Ksection_start:%d:deploy\r\x1b[0K$ pyinfra\n", day(24, hour).Unix())
		options := filter.Options{Recorded: true, Written: day(28, 0), Installed: func(string, string) (string, time.Time) { return "26.9.0", day(24, 12) }}
		out, _, _ := (fate{set: filtertest.Builtin(), options: options}).run(t, section+"some text\n"+block)
		assert.Equal(t, shown, strings.Contains(out, "AssertionError"), hour)
	}
}

// TestEachBlockByItsDate: a log of weeks has blocks from before an upgrade and from
// after it. Python's version stands in the path, and is that of the run whenever.
func TestEachBlockByItsDate(t *testing.T) {
	installed := func(string, string) (string, time.Time) { return "26.9.0", day(24, 12) }
	log := prefixed("2026-11-23T00:00:00Z ", block) + prefixed("2026-11-25T00:00:00Z ", block) + prefixed("2026-11-26T00:00:00Z ", block)
	shown, _, s := (fate{set: filtertest.Builtin(), options: filter.Options{Recorded: true, Installed: installed}}).run(t, log)
	assert.Equal(t, log[len(log)/3:], shown)
	i := s.Issues[0]
	assert.Equal(t, []any{3, 2, int64(24)}, []any{i.Count, i.Unfolded, i.Lines})
	assert.Len(t, i.Installed.List(), 3, "Python; gevent, not known of the first and known of the others")
	other := strings.ReplaceAll(block, "python3.12", "python3.13")
	shown, _, _ = (fate{set: filtertest.Builtin(), options: filter.Options{Recorded: true}}).run(t, other)
	assert.Equal(t, other, shown)
}

// TestLineRulesByTheirDate: the same of rules for single lines.
func TestLineRulesByTheirDate(t *testing.T) {
	r, err := rules.Parse("line.yaml", []byte(`
id: line
title: t
severity: noise
match: {line: 'pkg says moo$'}
affected: [{package: {ecosystem: PyPI, name: pkg}, ranges: [{events: [{introduced: "1"}, {fixed: "2"}]}]}]
samples: [{text: pkg says moo}]
`))
	require.NoError(t, err)
	const line = "/srv/lib/python3.12/site-packages/pkg.py: pkg says moo\n"
	installed := func(string, string) (string, time.Time) { return "2", day(24, 12) }
	log := "2026-11-23T00:00:00Z " + line + "2026-11-25T00:00:00Z " + line
	shown, claimed, s := (fate{set: rules.NewSet(r), options: filter.Options{Recorded: true, Installed: installed}}).run(t, log)
	assert.Equal(t, "2026-11-25T00:00:00Z "+line, shown)
	assert.Equal(t, log, claimed, "what is shown is known as well")
	assert.Equal(t, []any{2, 1, int64(2)}, []any{s.Issues[0].Count, s.Issues[0].Unfolded, s.Issues[0].Lines})
}

// TestKnownErrorsAreNotUnknown: the last line of a traceback that a rule takes, folded
// or shown, is no exception that no rule knows.
func TestKnownErrorsAreNotUnknown(t *testing.T) {
	for _, severity := range []string{"noise", "error"} {
		r, err := rules.Parse("mine.yaml", []byte("id: mine\ntitle: t\nseverity: "+severity+"\nmatch: {line: '^MyError: '}\nsamples: [{text: 'MyError: x'}]\n"))
		require.NoError(t, err)
		log := "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nMyError: x\n"
		_, _, s := (fate{set: rules.NewSet(r)}).run(t, log)
		assert.Len(t, s.Issues, 1, severity)
		assert.Empty(t, s.Unknown, severity)
	}
}

// TestLastLinesAreCountedAlike: a line that may be missing comes when the issue was
// counted already.
func TestLastLinesAreCountedAlike(t *testing.T) {
	var all []*rules.Rule
	for _, yaml := range []string{
		"id: warned\ntitle: t\nseverity: noise\nmatch: {python-warning: {category: MyWarning, message: '^moo$'}}\nsamples: [{text: \"/a.py:1: MyWarning: moo\"}]\n",
		"id: lines\ntitle: t\nseverity: noise\nmatch: {block: ['first', 'second', {line: 'third', optional: true}]}\nsamples: [{text: \"first\\nsecond\"}]\n",
	} {
		r, err := rules.Parse("mine.yaml", []byte(yaml))
		require.NoError(t, err)
		all = append(all, r)
	}
	set := rules.NewSet(all...)
	log := "/srv/a.py:1: MyWarning: moo\n  warn('moo')\n[web] hello\nfirst\nsecond\nthird\n/srv/a.py:1: MyWarning: moo\n--> x\nfirst\n[web] hello\nsecond\n"
	for _, f := range []fate{{"noise", set, filter.Options{}, false}, {"errors", asErrors(set), filter.Options{}, false}, {"claimed", asErrors(set), filter.Options{Claims: true}, false}, {"refused", set, filter.Options{}, true}} {
		_, _, s := f.run(t, log)
		assert.Equal(t, []string{"warned 2× 3 lines, 1 to 7, map[] map[]", "lines 2× 5 lines, 4 to 11, map[] map[]"}, facts(s), f.name)
	}
}
