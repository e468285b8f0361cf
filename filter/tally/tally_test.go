package tally_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// parsed returns a rule of an id, with some more lines of YAML.
func parsed(t testing.TB, id, more string) *rules.Rule {
	t.Helper()
	r, err := rules.Parse("r.yaml", []byte("id: "+id+"\ntitle: title of "+id+"\nmatch: {line: '"+id+"'}\nsamples: [{text: '"+id+"'}]\n"+more))
	require.NoError(t, err)
	return r
}

const folds, stays = "severity: noise\n", "severity: error\n"

func summary(t *tally.Tally) *tally.Summary { return t.Summary(tally.Limits{}, outcome.Outcome{}) }

// What is in is out and folded together, in bytes and in lines, however it leaves.
func TestSizesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tally.New(tally.Options{})
		all, folded := "", ""
		for range rapid.IntRange(0, 9).Draw(t, "events") {
			raw := rapid.StringOfN(rapid.SampledFrom([]rune("ab\n")), 1, 9, -1).Draw(t, "raw")
			fold := rapid.Bool().Draw(t, "fold")
			c.In(len(raw))
			c.Left([]byte(raw), fold, 0)
			if all += raw; fold {
				folded += raw
			}
		}
		ended := rapid.Bool().Draw(t, "ended")
		if ended {
			c.End()
			c.End()
		}
		s := summary(c)
		require.EqualValues(t, len(all), s.Input.Bytes)
		require.EqualValues(t, len(folded), s.Folded.Bytes)
		require.Equal(t, s.Input.Bytes, s.Output.Bytes+s.Folded.Bytes)
		lines := strings.Count(all, "\n")
		if all != "" && !strings.HasSuffix(all, "\n") {
			lines++
		}
		require.EqualValues(t, lines, s.Input.Lines, "%q", all)
		require.Equal(t, s.Input.Lines, s.Output.Lines+s.Folded.Lines)
		require.Equal(t, s, summary(c), "to ask changes nothing")
	})
}

// An issue has how often, where, and on which hosts.
func TestCount(t *testing.T) {
	r := parsed(t, "one", folds)
	c := tally.New(tally.Options{})
	assert.Empty(t, summary(c).Issues)
	assert.True(t, c.Count(r, tally.Occurrence{Line: 7, Last: 9, Lines: 2, Where: tally.Where{Context: "Say hi"}, Host: "web", Text: "first"}))
	assert.True(t, c.Count(r, tally.Occurrence{Line: 20, Last: 20, Lines: 1, Host: "db", Text: "second"}))
	assert.True(t, c.Count(r, tally.Occurrence{Line: 8, Last: 8, Lines: 1, Where: tally.Where{Context: "Say hi"}, Host: "web"}))
	c.Count(parsed(t, "two", stays), tally.Occurrence{Line: 1, Last: 1, Lines: 1})
	assert.Equal(t, 4, c.Counted())
	s := summary(c)
	require.Len(t, s.Issues, 2)
	i := s.Issues[0]
	assert.Same(t, i, c.Issue(r))
	assert.Equal(t, []any{r, 3, int64(4), 7, 20, "first", 0, 0, ""}, []any{i.Rule, i.Count, i.Lines, i.FirstLine, i.LastLine, i.First, i.Unfolded, i.Guarded, i.Because})
	assert.Equal(t, map[string]int{"web": 2, "db": 1}, i.Hosts.Map())
	assert.Equal(t, map[string]int{"Say hi": 2}, i.Operations.Map())
	assert.Equal(t, 3, sum(i.Timeline.Counts))
	assert.Nil(t, i.Cause)
}

func sum(all []int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}

// However many hosts and operations there are, the first thousand are named, and all counted; of all issues together
// there is room for two megabytes.
func TestNamesAreCapped(t *testing.T) {
	c := tally.New(tally.Options{})
	r := parsed(t, "one", folds)
	for i := range capped.Most + 20 {
		c.Count(r, tally.Occurrence{Line: 1 + i, Last: 1 + i, Lines: 1, Host: fmt.Sprint("host-", i), Where: tally.Where{Context: fmt.Sprint("op-", i)}})
	}
	i := c.Issue(r)
	assert.Equal(t, capped.Most+20, i.Count)
	assert.Equal(t, capped.Most, i.Hosts.Len())
	assert.Equal(t, 20, i.Hosts.More())
	assert.Equal(t, 20, i.Operations.More())
	assert.Less(t, len(i.Timeline.Counts), 65)

	long := strings.Repeat("x", 60_000)
	for n := range 50 {
		c.Count(parsed(t, fmt.Sprint("r", n), folds), tally.Occurrence{Line: 1, Last: 1, Lines: 1, Host: long})
	}
	named := 0
	for _, i := range summary(c).Issues {
		named += i.Hosts.Len()
	}
	assert.InDelta(t, capped.Most+32, named, 5)
}

// asked is a machine with gevent in some versions.
type asked struct {
	tally.Options
	n map[string]int
}

func machine(recorded bool, versions map[string]string) *asked {
	a := &asked{n: map[string]int{}}
	since := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	a.Options = tally.Options{Recorded: recorded, Installed: func(site, pkg string) (string, time.Time) {
		a.n[site+" "+pkg]++
		switch v := versions[site]; v {
		case "no answer":
			return "", tally.NoAnswer
		case "":
			return "", time.Time{}
		case "ageless":
			return "99", time.Time{}
		default:
			return v, since
		}
	}}
	return a
}

const gevent = folds + "affected: [{package: {ecosystem: PyPI, name: gevent}, ranges: [{events: [{introduced: '2'}, {fixed: '5'}]}]}]\npython: '<3.13'\n"

// What is installed where an issue was printed decides whether it is the issue; what is not known does not.
func TestVersionsDecide(t *testing.T) {
	versions := map[string]string{"/bad": "3.1", "/good": "5.0", "/broken": "what", "/silent": "no answer", "/ageless": "ageless", "/lib/python3.12/s": "3", "/lib/python3.13/s": "3", "/lib/python3.12/good": "6"}
	const before, after = "2026-11-23T03:59:21Z", "2026-11-25T03:59:21Z"
	for name, c := range map[string]struct {
		site, stamp  string
		live, record bool // whether it is the issue's
	}{
		"it has it":              {"/bad", after, true, true},
		"it has not":             {"/good", after, false, false},
		"it had not come yet":    {"/good", before, false, true},
		"when is not known":      {"/good", "", false, true},
		"since when is not":      {"/ageless", after, false, true},
		"a version of nothing":   {"/broken", after, true, true},
		"no answer":              {"/silent", after, true, true},
		"not there":              {"/none", after, true, true},
		"no folder":              {"", after, true, true},
		"a Python that has it":   {"/lib/python3.12/s", after, true, true},
		"a Python that has not":  {"/lib/python3.13/s", before, false, false},
		"only the package's not": {"/lib/python3.12/good", before, false, true},
	} {
		for _, recorded := range []bool{false, true} {
			want := c.live
			if recorded {
				want = c.record
			}
			m := machine(recorded, versions)
			tl, r := tally.New(m.Options), parsed(t, "one", gevent)
			o := tally.Occurrence{Line: 1, Last: 1, Lines: 1, Site: c.site, Stamp: []byte(c.stamp)}
			for range 3 {
				assert.Equal(t, want, tl.Count(r, o), "%s, recorded: %v", name, recorded)
				assert.Equal(t, want, tl.Has(r, c.site, []byte(c.stamp)), name)
				assert.Equal(t, want, tl.MayHave(r, c.site, []byte(c.stamp)), name)
			}
			assert.LessOrEqual(t, m.n[c.site+" gevent"], 1, "asked once")
			i := tl.Issue(r)
			assert.Equal(t, 3, i.Count)
			assert.Equal(t, map[bool]int{true: 0, false: 3}[want], i.Unfolded, name)
		}
	}
}

// When the log was written stands in for dates that its lines do not have.
func TestWritten(t *testing.T) {
	r := parsed(t, "one", gevent)
	for day, want := range map[int]bool{23: true, 25: false} {
		m := machine(true, map[string]string{"/good": "5"})
		m.Written = time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
		assert.Equal(t, want, tally.New(m.Options).Has(r, "/good", nil))
	}
}

// What was found stands in the issue, once, with what it says.
func TestInstallations(t *testing.T) {
	m := machine(true, map[string]string{"/good": "5", "/silent": "no answer"})
	tl, r := tally.New(m.Options), parsed(t, "one", gevent)
	for _, site := range []string{"", "/good", "/silent", "/good"} {
		for _, stamp := range []string{"2026-11-25T03:59:21Z", "2026-11-23T03:59:21Z"} {
			tl.Count(r, tally.Occurrence{Line: 1, Last: 1, Site: site, Stamp: []byte(stamp)})
		}
	}
	list := &tl.Issue(r).Installed
	assert.Equal(t, []tally.Installation{
		{Site: "/good", Package: "gevent", Version: "5"},
		{Site: "/good", Package: "gevent", Version: "5", Later: true},
		{Site: "/silent", Package: "gevent", Unanswered: true, Affected: true},
	}, list.List())
	assert.False(t, list.More())

	tl = tally.New(tally.Options{}) // nobody can be asked
	tl.Count(r, tally.Occurrence{Line: 1, Last: 1})
	assert.Equal(t, []tally.Installation{{Package: "gevent", Affected: true}}, tl.Issue(r).Installed.List())

	tl = tally.New(m.Options)
	for n := range capped.Most + 1 {
		tl.Count(r, tally.Occurrence{Line: 1, Last: 1, Site: fmt.Sprint("/s", n)})
	}
	assert.Len(t, tl.Issue(r).Installed.List(), capped.Most)
	assert.True(t, tl.Issue(r).Installed.More())
}

// The commands that end an issue: one for each folder in which nothing speaks against it.
func TestCommands(t *testing.T) {
	r := parsed(t, "one", gevent+"fix: {upgrade: gevent, to: '>=5'}\n")
	tl := tally.New(machine(false, map[string]string{"/bad": "3", "/good": "5", "/other": "4"}).Options)
	for _, site := range []string{"/bad", "/good", "/other", "/lib/python3.13/x"} {
		tl.Count(r, tally.Occurrence{Line: 1, Last: 1, Site: site})
	}
	assert.Equal(t, []string{"/bad gevent>=5", "/other gevent>=5"}, tl.Issue(r).Commands(func(site, requirement string) string { return site + " " + requirement }))
	assert.Equal(t, []string{"same"}, tl.Issue(r).Commands(func(string, string) string { return "same" }))
	assert.Nil(t, tl.Issue(parsed(t, "two", folds)).Commands(nil))
}

// What a pattern leaves undecided is counted by lines, and what a limit ends by times.
func TestUndecided(t *testing.T) {
	one, two := parsed(t, "one", stays), parsed(t, "two", folds)
	tl := tally.New(tally.Options{})
	for _, line := range []int{1, 1, 2, 2, 2, 5} {
		tl.Doubt(one, line)
	}
	tl.Doubt(two, 5)
	tl.Undecided(two, "of a limit")
	tl.Undecided(two, "of a limit")
	tl.Undecided(nil, "of all")
	s := tl.Summary(tally.Limits{HeldBytesMax: 3, RulesSkipped: []string{"x"}}, outcome.Outcome{Hosts: 4})
	assert.Equal(t, tally.Limits{HeldBytesMax: 3, RulesSkipped: []string{"x"}, RegexTimeouts: 4}, s.Limits)
	assert.Equal(t, []*tally.Undecided{{one, tally.TooManySteps, 3}, {two, tally.TooManySteps, 1}, {two, "of a limit", 2}, {nil, "of all", 1}}, s.Undecided)
	assert.Equal(t, "one", s.Undecided[0].ID())
	assert.Equal(t, rules.Error, s.Undecided[0].Severity())
	assert.Equal(t, rules.Noise, s.Undecided[1].Severity())
	assert.Empty(t, s.Undecided[3].ID())
	assert.Equal(t, rules.Error, s.Undecided[3].Severity())
	assert.Equal(t, 4, s.Outcome.Hosts)
}

// Two streams of one run add up, whichever comes first, and what is added goes on counting on its own.
func TestMerge(t *testing.T) {
	one, two := parsed(t, "one", folds), parsed(t, "two", stays)
	left, right := tally.New(tally.Options{}), tally.New(tally.Options{})
	left.Count(one, tally.Occurrence{Line: 5, Last: 6, Lines: 2, Host: "a", Text: "left"})
	right.Count(one, tally.Occurrence{Line: 3, Last: 90, Lines: 1, Host: "b", Text: "right"})
	right.Count(two, tally.Occurrence{Line: 4, Last: 4, Lines: 1})
	left.Left([]byte("a\n"), false, 0)
	right.Left([]byte("bc\n"), true, 0)
	right.Undecided(two, "x")
	left.Undecided(two, "x")
	right.Issue(one).Because, right.Issue(one).Guarded = "because", 1
	for _, s := range [][2]*tally.Tally{{left, right}, {right, left}} {
		all := &tally.Summary{}
		all.Merge(s[0].Summary(tally.Limits{HeldBytesMax: 3, HeldMax: time.Second, RulesSkipped: []string{"b", "a"}}, outcome.Outcome{}))
		all.Merge(s[1].Summary(tally.Limits{HeldBytesMax: 2, HeldMax: time.Minute, RegexTimeouts: 2, RulesSkipped: []string{"b"}}, outcome.Outcome{}))
		assert.Equal(t, tally.Limits{HeldBytesMax: 3, HeldMax: time.Minute, RegexTimeouts: 2, RulesSkipped: []string{"a", "b"}}, all.Limits)
		assert.Equal(t, tally.Size{Bytes: 2, Lines: 1}, all.Output)
		assert.Equal(t, tally.Size{Bytes: 3, Lines: 1}, all.Folded)
		assert.Equal(t, []*tally.Undecided{{two, "x", 2}}, all.Undecided)
		var i *tally.Issue
		for _, i = range all.Issues {
			if i.Rule == one {
				break
			}
		}
		require.Len(t, all.Issues, 2)
		assert.Equal(t, []any{2, int64(3), 3, 90, "right", "because", 1}, []any{i.Count, i.Lines, i.FirstLine, i.LastLine, i.First, i.Because, i.Guarded})
		assert.Equal(t, map[string]int{"a": 1, "b": 1}, i.Hosts.Map())
		assert.Equal(t, 2, sum(i.Timeline.Counts))
		i.Count, i.Timeline.Counts[0] = 77, 77
	}
	assert.Equal(t, 1, left.Issue(one).Count)
	assert.Equal(t, 1, sum(left.Issue(one).Timeline.Counts))
}

// A timeline is as small as it is, and says of each occurrence in which stretch it was.
func TestTimeline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lines []int
		r := &rules.Rule{ID: "r"}
		c, d := tally.New(tally.Options{}), tally.New(tally.Options{})
		for range rapid.IntRange(1, 30).Draw(t, "n") {
			line := rapid.SampledFrom([]int{1, 2, 63, 64, 65, 128, 129, 1000, 70_000}).Draw(t, "line")
			lines = append(lines, line)
			of := c
			if rapid.Bool().Draw(t, "other") {
				of = d
			}
			of.Count(r, tally.Occurrence{Line: line, Last: line})
		}
		var s tally.Summary
		s.Merge(summary(c))
		s.Merge(summary(d))
		at := s.Issues[0].Timeline
		require.True(t, at.Valid())
		want := make([]int, len(at.Counts))
		for _, line := range lines {
			want[(line-1)/at.Width]++
		}
		require.Equal(t, want, at.Counts)
	})
	for _, wrong := range []tally.Timeline{{Width: 3}, {Width: -2}, {Width: 1, Counts: []int{-1}}, {Counts: []int{1}}, {Width: 1, Counts: make([]int, 65)}} {
		assert.False(t, wrong.Valid(), "%v", wrong)
	}
	assert.NotNil(t, tally.Timeline{}.Clone().Counts)
}

// Two hundred different exceptions are kept, and of the others how often they came.
func TestUnknownAreCapped(t *testing.T) {
	tl := tally.New(tally.Options{})
	for i := range tally.MaxUnknown + 7 {
		var r *tally.Raised
		for _, line := range []string{"Traceback (most recent call last):", fmt.Sprintf("  File \"x.py\", line 1, in f%c%c", 'a'+i%26, 'a'+i/26), "KeyError: 1"} {
			r = tl.See(r, []byte(line), 1+i, false, false)
		}
		assert.Nil(t, r)
	}
	s := summary(tl)
	assert.Len(t, s.Unknown, tally.MaxUnknown)
	assert.Equal(t, 7, s.UnknownMore)

	var all tally.Summary // of two streams those of both
	all.Merge(s)
	all.Merge(&tally.Summary{Unknown: []*tally.Unknown{{Fingerprint: "U-1", Count: 3}, s.Unknown[0]}, UnknownMore: 2})
	assert.Len(t, all.Unknown, tally.MaxUnknown)
	assert.Equal(t, 7+2+3, all.UnknownMore)
}

// BenchmarkCount enters occurrences as a run of a hundred hosts has them.
func BenchmarkCount(b *testing.B) {
	r := parsed(b, "one", gevent)
	tl := tally.New(machine(false, map[string]string{"/bad": "3"}).Options)
	hosts := make([]string, 100)
	for i := range hosts {
		hosts[i] = fmt.Sprint("vm-", rand.IntN(1000))
	}
	line := 0
	b.ReportAllocs()
	for b.Loop() {
		line++
		tl.Count(r, tally.Occurrence{Line: line, Last: line + 7, Lines: 8, Where: tally.Where{Context: "Say hi"}, Host: hosts[line%100], Site: "/bad"})
	}
}
