package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// An oracle is a pattern as regexp2 matches it, whose syntax it is.
type oracle struct{ search, whole *regexp2.Regexp }

func newOracle(t require.TestingT, source string) oracle {
	o := oracle{search: regexp2.MustCompile(source, regexp2.RE2)}
	for _, end := range []string{"", "\n", `\E`} {
		var err error
		if o.whole, err = regexp2.Compile(`\A(?:`+source+end+`)\z`, regexp2.RE2); err == nil {
			break
		}
	}
	require.NotNil(t, o.whole, source)
	o.search.MatchTimeout, o.whole.MatchTimeout = 5*time.Second, 5*time.Second
	return o
}

// compare holds a pattern against its oracle with a text.
func (o oracle) compare(t require.TestingT, p *rules.Pattern, text string) (matches bool) {
	for whole, re := range map[bool]*regexp2.Regexp{false: o.search, true: o.whole} {
		m, err := re.FindStringMatch(text)
		if err != nil {
			continue // it takes regexp2 too long
		}
		got := p.AskSearch([]byte(text))
		if whole {
			got = p.AskAll([]byte(text))
		}
		want := rules.No
		if m != nil {
			want, matches = rules.Yes, true
		}
		require.Equal(t, want, got, "%q in %q, whole: %v", p, text, whole)
		if m != nil && p.Named() {
			groups := map[string]string{}
			for _, name := range re.GetGroupNames() {
				if name[0] < '0' || name[0] > '9' {
					groups[name] = m.GroupByName(name).String()
				}
			}
			require.Equal(t, groups, p.Groups([]byte(text), whole), "%q in %q, whole: %v", p, text, whole)
		}
	}
	return matches
}

// Whatever a pattern has in it, it means what regexp2 takes it for.
func TestPatternsMeanTheSame(t *testing.T) {
	testrun.Long(t)
	matches := 0
	rapid.Check(t, func(t *rapid.T) {
		source, text := drawPattern(t)
		if _, err := regexp2.Compile(source, regexp2.RE2); err != nil {
			t.Skip("no pattern")
		}
		p, err := rules.NewPattern(source)
		if err != nil {
			t.Skip("refused")
		}
		if newOracle(t, source).compare(t, p, text) {
			matches++
		}
	})
	assert.Greater(t, matches, 20)
}

// patternsOf are all patterns of the rules that come with the program, and what they are to be tried with.
func patternsOf(t *testing.T) (sources, texts []string) {
	set := rules.Builtin()
	for r := range set.All() {
		for _, p := range r.Match.Patterns() {
			sources = append(sources, p.String())
		}
		for _, s := range slices.Concat(r.Samples, r.Counterexamples) {
			for line := range strings.Lines(s.Text) {
				line = strings.TrimRight(line, "\r\n")
				texts = append(texts, line, strings.TrimLeft(line, " "))
			}
		}
	}
	for _, g := range rules.NeverFold() {
		sources = append(sources, g.Line.String())
	}
	slices.Sort(texts)
	return sources, slices.Compact(texts)
}

// Each pattern that comes with the program means, in each line of each sample of each rule, what regexp2 takes it
// for; as it stands there, and changed in the ways in which readings of a pattern differ. Where only quick tests are wanted,
// every tenth line has to do.
func TestBuiltinPatternsMeanTheSame(t *testing.T) {
	sources, texts := patternsOf(t)
	changes := []func(string) string{
		func(s string) string { return s },
		func(s string) string { return s + "\n" },
		func(s string) string { return "é" + s + "é" },
		func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
		func(s string) string { return strings.ReplaceAll(s, "a", "\xff") },
		func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "s", "ſ"), "k", "\u212a") },
		strings.ToUpper,
	}
	for _, source := range sources {
		p, o := pattern(t, source), newOracle(t, source)
		lit, _ := p.Literal()
		for i, text := range texts {
			if testing.Short() && i%10 > 0 || i%7 > 0 && !strings.Contains(text, lit) { // most are far from it
				continue
			}
			for _, change := range changes {
				o.compare(t, p, change(text))
			}
		}
	}
}

// FuzzPatterns looks for patterns that mean something else than regexp2 takes them for.
func FuzzPatterns(f *testing.F) {
	for _, b := range bits {
		for _, text := range b.texts {
			f.Add("^a"+b.pattern+"b", "a"+text+"b")
			f.Add("(?<x>"+b.pattern+")(?!a)", text)
		}
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 60 || len(text) > 200 {
			return
		}
		if _, err := regexp2.Compile(source, regexp2.RE2); err != nil {
			return
		}
		if p, err := rules.NewPattern(source); err == nil {
			newOracle(t, source).compare(t, p, text)
		}
	})
}
