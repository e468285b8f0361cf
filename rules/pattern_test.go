package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

func pattern(t require.TestingT, source string) *rules.Pattern {
	p, err := rules.NewPattern(source)
	require.NoError(t, err, "%q", source)
	return p
}

// What is certain to be in each match, and whether it begins the text.
func TestLiteral(t *testing.T) {
	for source, want := range map[string]struct {
		literal string
		prefix  bool
	}{
		`abc`: {"abc", false}, `^abc`: {"abc", true}, `\Aabc`: {"abc", true}, `abc$`: {"abc", false},
		`(?m)^abc`: {"abc", false}, // of a line, not of the text
		`^(abc)d`:  {"abcd", true}, `(?:^abc)d`: {"abcd", true}, `(^)abc`: {"abc", true}, `\b^abc`: {"abc", true},
		`(?:^a|b)c`: {"c", false}, `(?:^)?abc`: {"abc", false}, `x?^abc`: {"abc", false}, `a*^bc`: {"bc", false}, `^ab?cde`: {"cde", false}, `^abc?d`: {"ab", true},
		`^.abc`: {"abc", false}, `^(?=x)abc`: {"abc", true}, `^(?!x)abc`: {"abc", true}, `(?<!^)abc`: {"abc", false}, `(?!^)abc`: {"abc", false},
		`(?i)abc`: {"", false}, `(?i)123`: {"123", false}, `(?i:a)bc`: {"bc", false}, `a(?i)bc`: {"a", false}, `ab(?i:c)de`: {"ab", false}, `(?i)ab(?-i)cd`: {"cd", false},
		`(?i)k\x{212a}`: {"", false}, `(?i)ß`: {"", false},
		`(?x)a b c # d`: {"abc", false}, `(?x: a b )c`: {"abc", false}, `(?x)a\ b`: {"a b", false},
		`a|b`: {"", false}, `abc|abd`: {"ab", false}, `(abc|x)de`: {"de", false}, `x(?:abc|abd)`: {"xab", false}, `^abc|^abd`: {"", false}, `a|`: {"", false},
		`[abc]d`: {"d", false}, `[a]bc`: {"abc", false}, `[^a]bc`: {"bc", false}, `[]a]b`: {"b", false}, `a[\]b]cd`: {"cd", false},
		`\bfoo\b`: {"foo", false}, `\Bfoo`: {"foo", false}, `fo\b-o`: {"fo-o", false},
		`\Qa.b\Ec`: {"a.bc", false}, `\Qa|b`: {"a|b", false}, `\x41b`: {"Ab", false}, `\x{41}b`: {"Ab", false}, `\u0041b`: {"Ab", false}, `a\tb`: {"a\tb", false}, `\101`: {"A", false},
		`x{0}`: {"", false}, `x{0}ab`: {"ab", false}, `x{0,3}ab`: {"ab", false}, `ab*`: {"a", false}, `ab?c`: {"a", false}, `ab??c`: {"a", false}, `ab+c`: {"ab", false}, `ab+?c`: {"ab", false},
		`a{2,}b`: {"aab", false}, `\] +Error`: {" Error", false}, `a{3}b`: {"aaab", false}, `a{,3}`: {"a{,3}", false}, `a{`: {"a{", false}, `(?:ab){2}c`: {"ab", false}, `(?:ab)+`: {"ab", false}, `(?:ab|c)+d`: {"d", false},
		`(?!abc)d`: {"d", false}, `(?=abc)a`: {"a", false}, `(?<=abc)d`: {"d", false}, `(?<!abc)d`: {"d", false}, `(?:abc)?d`: {"d", false}, `(?:abc)*d`: {"d", false}, `(?>abc)d`: {"abcd", false},
		`\d+ab`: {"ab", false}, `ab\wcde`: {"cde", false}, `a.b`: {"a", false}, `\p{L}ab`: {"ab", false}, `\sab`: {"ab", false},
		`é日`: {"é日", false}, "\ufffdab": {"ab", false}, // read from bytes that are not UTF-8 as well
		`a(?#abc)b`: {"ab", false}, `(abc)?\1d`: {"d", false}, `(a)\1bc`: {"bc", false}, `(a)?(?(1)bcd|e)f`: {"f", false}, `(?<n>abc)d`: {"abcd", false}, `(?P<n>ab)c`: {"abc", false},
		`a^bc`: {"abc", false}, `ab$c`: {"abc", false}, `\Gab`: {"ab", false}, `a\zb`: {"ab", false},
		strings.Repeat("a", 300): {strings.Repeat("a", 300), false}, `a{1000}b`: {"b", false},
	} {
		lit, prefix := pattern(t, source).Literal()
		assert.Equal(t, want, struct {
			literal string
			prefix  bool
		}{lit, prefix}, source)
	}
}

// Where each way through a pattern holds a longer text than all of them together, these are its literals.
func TestAnyOf(t *testing.T) {
	for source, want := range map[string][]string{
		`su: (?:Sorry|Permission denied)$`:        {"su: Permission denied", "su: Sorry"},
		`(?:user|host) \d+ (?:a|bc) fails`:        {" a fails", " bc fails"},
		`(?:one|two)(?:one|two)`:                  {"oneone", "onetwo", "twoone", "twotwo"},
		`x(?:ab(?:cc|de)|[ef]gh)y`:                {"ghy", "xabccy", "xabdey"},
		`(?:ab|c*)d`:                              {"d"}, // as literal has it
		`(?:ab)?(?:cd|ef)`:                        {"abcd", "abef", "cd", "ef"},
		`\] +(?:nested )?Error(?:: executed .*)?`: {" Error", " Error: executed ", " nested Error", " nested Error: executed "},
		// More ways than may be: what is best of a part of them.
		`(?:\S+: )?(?:\d+: |line \d+: )?(?:exec: )?(?:sudo|doas|dzdo|su): (?:command )?not found$`: {
			"doas: command not found", "doas: not found", "dzdo: command not found", "dzdo: not found", "su: command not found", "su: not found", "sudo: command not found", "sudo: not found",
		},
		`(?:a|b)?(?:ab|cd)?(?:ef|gh)?(?:long text|other text)(?:a|b)?(?:c|d)?`: {"long text", "other text"},
		`(?:ab|)(?:cd|ef)`:                     {"abcd", "abef", "cd", "ef"},
		`(?:(?i)ab|cd)`:                        nil,
		`a|\d`:                                 nil,
		`(?:ab|cd)?`:                           nil,
		`(?:ab|cd|){2}`:                        nil,
		`a long text(?:a|b)`:                   {"a long text"},
		`(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)z`: {"z"}, // too many
	} {
		got := pattern(t, source).AnyOf()
		assert.ElementsMatch(t, want, got, source)
	}
}

// A piece of a pattern, and texts that it matches, mostly.
type bit struct {
	pattern string
	texts   []string
}

var bits = []bit{
	{"a", []string{"a"}}, {"bc", []string{"bc"}}, {"b", []string{"b"}}, {"c*", []string{"", "c", "ccc"}}, {"c+", []string{"c", "ccc"}}, {"a?", []string{"", "a"}},
	{"b{0}", []string{""}}, {"b{2}", []string{"bb"}}, {"b{1,3}", []string{"b", "bbb"}}, {"b{0,2}", []string{"", "bb"}}, {"b{2,}?", []string{"bb", "bbbb"}},
	{"[ab]", []string{"a", "b"}}, {"[^ab]", []string{"c", "é"}}, {"[a]", []string{"a"}}, {`\d`, []string{"1"}}, {`.`, []string{"a", "\xff", "日"}}, {`\w+`, []string{"a1"}}, {`\x61`, []string{"a"}},
	{`\Qa*\E`, []string{"a*"}}, {`\.`, []string{"."}}, {"é", []string{"é"}}, {"日本", []string{"日本"}}, {"\ufffd", []string{"\ufffd", "\xff"}}, {`\p{Lu}`, []string{"A"}},
	{"^", []string{""}}, {"$", []string{""}}, {`\b`, []string{"", " "}}, {`\B`, []string{""}}, {"(?m)", []string{""}}, {"(?i)", []string{""}}, {"(?-i)", []string{""}}, {"(?x)", []string{""}}, {"(?s)", []string{""}}, {"(?n)", []string{""}},
	{"(?#abc)", []string{""}}, {"(?=a)", []string{""}}, {"(?!abc)", []string{""}}, {"(?<=b)", []string{""}}, {"(?<!b)", []string{""}}, {" # a\n", []string{"", " # a\n"}}, {" ", []string{" ", ""}},
	{"|", []string{"", "a", "x"}}, {"{", []string{"{"}}, {"}", []string{"}"}}, {"]", []string{"]"}}, {"-", []string{"-"}}, {`\1`, []string{"a", "b", ""}}, {"k", []string{"k", "K", "\u212a"}}, {"(?(1)a|b)", []string{"a", "b"}},
}

// wraps are put around what there is.
var wraps = [][2]string{{"(", ")"}, {"(?:", ")"}, {"(?:", ")?"}, {"(?:", ")*"}, {"(?:", ")+"}, {"(?:", "){2}"}, {"(?:", "){0}"}, {"(?>", ")"}, {"(?i:", ")"}, {"(?x:", ")"}, {"(?:a|", ")"}, {"(?:", "|)"}, {"(?<n>", ")"}, {"(?!", ")"}, {"(?=", ")"}, {"(?<=", ")"}}

// drawPattern draws a pattern, and a text that it may match.
func drawPattern(t *rapid.T) (source, text string) {
	for range rapid.IntRange(1, 6).Draw(t, "pieces") {
		b := rapid.SampledFrom(bits).Draw(t, "piece")
		s, x := b.pattern, rapid.SampledFrom(b.texts).Draw(t, "text")
		if rapid.Bool().Draw(t, "wrapped") {
			w := rapid.SampledFrom(wraps).Draw(t, "wrap")
			s, x = w[0]+s+w[1], strings.Repeat(x, rapid.IntRange(0, 2).Draw(t, "times"))
		}
		source, text = source+s, text+x
	}
	if rapid.Bool().Draw(t, "case") {
		text = strings.ToUpper(text)
	}
	return source, rapid.SampledFrom([]string{"", "", "a", "x\n"}).Draw(t, "front") + text + rapid.SampledFrom([]string{"", "z"}).Draw(t, "behind")
}

// What a pattern matches holds its literal: otherwise the gate in front of
// the patterns would let an issue pass.
func TestLiteralIsInEveryMatch(t *testing.T) {
	testrun.Long(t)
	matches, literals := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		source, text := drawPattern(t)
		p, err := rules.NewPattern(source)
		if err != nil {
			t.Skip("no pattern")
		}
		if !soundFor(t, p, text) {
			return
		}
		matches++
		if lit, _ := p.Literal(); lit != "" {
			literals++
		}
	})
	assert.Greater(t, matches, 20)
	assert.Greater(t, literals, 5)
}

// soundFor checks a pattern's literal with a text, and reports whether the
// pattern matches it.
func soundFor(t require.TestingT, p *rules.Pattern, text string) bool {
	lit, prefix := p.Literal()
	if p.MatchAll([]byte(text)) {
		require.True(t, p.Search([]byte(text)), "%q matches all of %q, and is not found in it", p, text)
	}
	if !p.Search([]byte(text)) {
		return false
	}
	require.Contains(t, text, lit, "%q", p)
	any := p.AnyOf()
	require.True(t, len(any) == 0 || slices.ContainsFunc(any, func(l string) bool { return strings.Contains(text, l) }), "none of %q is in %q, which %q matches", any, text, p)
	require.True(t, !prefix || strings.HasPrefix(text, lit), "%q does not begin with %q, which %q says", text, lit, p)
	return true
}

// FuzzLiteral looks for patterns whose literal is not in what they match.
func FuzzLiteral(f *testing.F) {
	for _, b := range bits {
		for _, text := range b.texts {
			f.Add("^a"+b.pattern+"b", "a"+text+"b")
		}
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 100 || len(text) > 1000 {
			return
		}
		if p, err := rules.NewPattern(source); err == nil {
			soundFor(t, p, text)
		}
	})
}

func TestMatchAll(t *testing.T) {
	for source, text := range map[string]string{
		`a|ab`: "ab", `(?i)AB`: "ab", `(?x)a b #c`: "ab", `(?x) a # b
			c`: "ac", `(?x:a)b`: "ab", `^ab$`: "ab", `\Qa.b`: "a.b", `a\\`: `a\`, `(a)\1`: "aa", `\Aab\z`: "ab", `[)]a`: ")a", `(?#()ab`: "ab",
	} {
		p := pattern(t, source)
		assert.True(t, p.MatchAll([]byte(text)), "%s", source)
		assert.False(t, p.MatchAll([]byte("x"+text)), "%s", source)
		assert.False(t, p.MatchAll([]byte(text+"x")), "%s", source)
		assert.False(t, p.MatchAll([]byte(text+"\n")), "%s", source)
		assert.True(t, pattern(t, strings.Trim(source, "^$")).Search([]byte(text)), "%s", source)
	}
}

// A file that is not to be trusted cannot keep the program busy when it is read.
func TestPatternsCompileSoon(t *testing.T) {
	const most = 4096
	for name, source := range map[string]string{
		"groups":       strings.Repeat("(", most/2) + strings.Repeat(")", most/2),
		"lookaheads":   strings.Repeat("(?=", most/4) + strings.Repeat(")", most/4),
		"repeats":      strings.Repeat("(?:", 400) + "a" + strings.Repeat("{2,9})", 400),
		"optional":     strings.Repeat("a?", most/2),
		"alternatives": strings.Repeat("ab|ac|", most/6) + "x",
		"sets":         strings.Repeat(`[a-z\d]+`, most/8),
		"plain":        strings.Repeat("a", most),
		"huge repeat":  `(?:a{99999999}){99999999}`,
		"overflow":     `a{99999999999999999999}`,
	} {
		t.Run(name, func(t *testing.T) {
			from := time.Now()
			p, err := rules.NewPattern(source)
			t.Log(err)
			assert.Less(t, time.Since(from), time.Minute)
			if err == nil {
				p.Search([]byte("aab"))
			}
		})
	}
	_, err := rules.NewPattern(strings.Repeat("a", most+1))
	assert.ErrorContains(t, err, "at most 4096 bytes")
	_, err = rules.NewPattern("")
	assert.ErrorContains(t, err, "cannot be empty")
}
