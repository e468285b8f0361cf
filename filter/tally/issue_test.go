package tally_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// Places are kept of the first twenty occurrences, also of two streams together, in the order of their lines.
func TestPlaces(t *testing.T) {
	r := parsed(t, "one", stays)
	odd, even := tally.New(tally.Options{}), tally.New(tally.Options{})
	for i := range tally.MaxPlaces + 1 {
		odd.Count(r, tally.Occurrence{Line: 2*i + 1, Last: 2*i + 1, Host: "web", Where: tally.Where{Context: "Say hi"}, Text: "text", Head: "head"})
		even.Count(r, tally.Occurrence{Line: 2*i + 2, Last: 2*i + 2, Head: "head"})
	}
	assert.Len(t, odd.Issue(r).Places, tally.MaxPlaces)
	for k, s := range [][2]*tally.Tally{{odd, even}, {even, odd}} {
		var all tally.Summary
		all.Merge(summary(s[0]))
		all.Merge(summary(s[1]))
		places := all.Issues[0].Places
		assert.Len(t, places, tally.MaxPlaces)
		for i, p := range places {
			want := tally.Place{Line: i + 1, Text: "head", Stream: 1 - k}
			if i%2 == 0 {
				want = tally.Place{Line: i + 1, Host: "web", Operation: "Say hi", Text: "text", Stream: k}
			}
			assert.Equal(t, want, p)
		}
	}
}

// The first line of an issue is the one with the smallest number, and of equal ones that which came first.
func TestFirstLine(t *testing.T) {
	r := parsed(t, "one", stays)
	count := func(lines ...int) *tally.Tally {
		c := tally.New(tally.Options{})
		for i, line := range lines {
			c.Count(r, tally.Occurrence{Line: line, Last: line, Text: string(rune('a' + i))})
		}
		return c
	}
	for want, lines := range map[string][]int{"a": {3, 3, 4}, "b": {3, 2, 2}} {
		assert.Equal(t, want, count(lines...).Issue(r).First)
	}
	for want, two := range map[string][2]*tally.Tally{"a": {count(3), count(4, 3)}, "b": {count(3), count(4, 2)}} {
		var s tally.Summary
		s.Merge(summary(two[0]))
		s.Merge(summary(two[1]))
		assert.Equal(t, want, s.Issues[0].First)
	}
}

// A bare carriage return ends a line where the run's lines do, and is no line feed else.
func TestLinesThatReturn(t *testing.T) {
	for name, c := range map[string]struct {
		raw     string
		returns int
		counted bool
		want    int64
	}{
		"of a run that counts them":     {"a\rb\r", 2, true, 2},
		"and a last line without end":   {"a\rb", 1, true, 2},
		"and one with a line feed":      {"a\rb\n", 1, true, 2},
		"a frame that is no line's end": {"a\r", 0, true, 1},
		"of any other run":              {"a\rb\r", 2, false, 1},
	} {
		for _, fold := range []bool{false, true} {
			for _, ended := range []bool{false, true} {
				tl := tally.New(tally.Options{})
				if c.counted {
					tl.CountReturns()
				}
				tl.In(len(c.raw))
				tl.Left([]byte(c.raw), fold, c.returns)
				if ended {
					tl.End()
				}
				s, size := summary(tl), tally.Size{Bytes: int64(len(c.raw)), Lines: c.want}
				assert.Equal(t, map[bool]tally.Size{fold: size, !fold: {}}, map[bool]tally.Size{true: s.Folded, false: s.Output}, name)
				assert.Equal(t, size, s.Input, name)
			}
		}
	}
	assert.Equal(t, &tally.Summary{}, tally.New(tally.Options{}).Summary(tally.Limits{}, outcome.Outcome{}), "nothing has left")
}

// When something was written is asked of recorded input only, and where it is known since when a version is there.
func TestAsked(t *testing.T) {
	r := parsed(t, "one", gevent)
	for site, want := range map[string][2]int{"/good": {0, 1}, "/bad": {0, 0}, "/ageless": {0, 0}, "/none": {0, 0}} {
		for i, recorded := range []bool{false, true} {
			tl := tally.New(machine(recorded, map[string]string{"/good": "5", "/bad": "3", "/ageless": "ageless"}).Options)
			tl.Has(r, site, []byte("2026-11-25T03:59:21Z"))
			assert.Equal(t, want[i], tl.Asked(), site)
		}
	}
}

// What is known of nothing speaks against no issue: nobody can be asked, the folder is not named, or the package is none of PyPI.
func TestNothingIsKnown(t *testing.T) {
	npm := parsed(t, "npm", folds+"affected: [{package: {ecosystem: npm, name: gevent}, ranges: [{events: [{introduced: '2'}, {fixed: '5'}]}]}]\n")
	for name, c := range map[string]struct {
		rule    *rules.Rule
		site    string
		options tally.Options
	}{
		"nobody can be asked":  {parsed(t, "one", gevent), "/good", tally.Options{}},
		"no folder is named":   {parsed(t, "one", gevent), "", machine(false, map[string]string{"": "5"}).Options},
		"a package of Node.js": {npm, "/good", machine(false, map[string]string{"/good": "5"}).Options},
	} {
		tl := tally.New(c.options)
		assert.True(t, tl.Has(c.rule, c.site, nil), name)
		assert.True(t, tl.MayHave(c.rule, c.site, nil), name)
		assert.Equal(t, []tally.Installation{{Site: c.site, Package: "gevent", Affected: true}}, tl.Issue(c.rule).Installed.List(), name)
	}
	anyPython := parsed(t, "any", "severity: noise\n")
	tl := tally.New(tally.Options{})
	assert.True(t, tl.Has(anyPython, "/lib/python3.13/site-packages", nil))
	assert.Empty(t, tl.Issue(anyPython).Installed.List(), "the rule says nothing of Python")
}
