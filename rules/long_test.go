package rules_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules"
)

// Each pattern that comes with the program decides about each line, as long as lines may be and made to take long: with
// its literal again and again, with its beginning and what it repeats, with a sample over and over. Where nothing else
// would do than to try one way after the other, these take minutes, or for ever.
func TestLongLinesAreDecided(t *testing.T) {
	for r := range rules.Builtin().All() {
		for _, p := range r.Match.Patterns() {
			for _, text := range longLines(r, p) {
				assert.NotEqual(t, rules.Undecided, p.AskSearch([]byte(text)), "%s: %s in %.100q…", r.ID, p, text)
				assert.NotEqual(t, rules.Undecided, p.AskAll([]byte(text)), "%s: %s is %.100q…", r.ID, p, text)
			}
		}
	}
}

// longLines are lines that a pattern is made to lose itself in.
func longLines(r *rules.Rule, p *rules.Pattern) (out []string) {
	const size = 64 << 10
	long := func(s string) string { return strings.Repeat(s, size/max(1, len(s))+1)[:size] }
	lit, _ := p.Literal()
	if lit != "" {
		out = append(out, long(lit), long(lit+" x"))
	}
	for _, s := range r.Samples {
		for l := range strings.Lines(s.Text) {
			if l = strings.TrimRight(l, "\n"); !p.Search([]byte(l)) {
				continue
			}
			out = append(out, long(l), l[:len(l)*2/3]+long(l[len(l)/3:]))
			for _, c := range []string{"a", " ", ": ", "0", " line 1", "(x) "} {
				out = append(out, l[:len(l)/2]+long(c)+"!")
			}
			return out
		}
	}
	return out
}

// What cannot be decided within the limit is said to be so, each time, and however it is asked.
func TestUndecided(t *testing.T) {
	for _, source := range []string{`^(?:(a+)+\1)+$`, `^(?:(a|aa)+\1)+$`} {
		p, text := pattern(t, source), []byte(strings.Repeat("a", 60)+"!")
		for range 5 {
			assert.Equal(t, rules.Undecided, p.AskSearch(text), source)
			assert.False(t, p.Search(text))
		}
		assert.Equal(t, rules.Yes, p.AskSearch([]byte("aa")), source)
	}
	// A program that is large, for a long text, would take more memory than there may be.
	large, wide := pattern(t, `(?!b)\w{900}\d\w{900}\d\w{900}\d.*$`), []byte(strings.Repeat("0", 60_000))
	assert.Equal(t, rules.No, large.AskSearch([]byte("aaax")))
	assert.Equal(t, rules.Undecided, large.AskSearch(wide))
	// Without a reference to what was matched, everything is decided.
	for _, source := range []string{`^(a+)+$`, `^(a|aa)+$`, `^(?:(a)|b)*c$`, `^(?!b)(a+)+$`, `^(?=(a+)+b)a`, `(a*)*(a*)*c`} {
		assert.Equal(t, rules.No, pattern(t, source).AskSearch([]byte(strings.Repeat("a", 60_000)+"!")), source)
	}
}
