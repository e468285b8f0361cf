package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
)

// good is a rule that lint has nothing to say about.
const good = `id: mine
title: A line of mine
severity: noise
match:
  line: '^my noisy line \d+$'
affected:
  - package: {ecosystem: PyPI, name: mine}
    ranges: [{events: [{introduced: "1"}, {fixed: "2"}]}]
python: '>=3.9'
fix: {upgrade: mine, to: '>=2'}
advice: It does no harm.
references: ['https://example.org/1']
samples:
  - text: my noisy line 7
counterexamples:
  - text: my noisy line x
`

// ids are the findings of a file, "L021 5:9".
func ids(l *Linted) (out []string) {
	l.Sort()
	for _, f := range l.Findings {
		out = append(out, fmt.Sprintf("%s %d:%d", f.Check.ID, f.Line, f.Column))
	}
	return out
}

func lintText(name, text string) *Linted {
	return Lint([]rules.File{{Name: name, Data: []byte(text)}})[0]
}

// One thing is changed in a good rule, and that is found, at its place.
func TestLint(t *testing.T) {
	require.Empty(t, ids(lintText("mine.yaml", good)))
	for name, c := range map[string]struct {
		from, to string
		want     []string
	}{
		"unknown field":         {"severity:", "severtiy:", []string{"L001 3:1"}},
		"no sample":             {"samples:\n  - text: my noisy line 7\n", "", []string{"L001 1:1"}},
		"claims all":            {`'^my noisy line \d+$'`, "'.*'", []string{"L001 5:9"}},
		"range that is empty":   {`{fixed: "2"}`, `{fixed: "1"}`, []string{"L001 8:43"}},
		"range in a range":      {`{fixed: "2"}`, `{introduced: "2"}`, []string{"L001 8:43"}},
		"control characters":    {"It does", `"\e]0;x\a It does`, []string{"L001 11:9"}},
		"turned around":         {"A line of mine", "A \u202eline of mine", []string{"L001 2:8"}},
		"raw escape":            {"A line", "A \x1b[31mline", []string{"L001 2:10"}},
		"anchors":               {"advice: It does no harm.", "advice: &a It does no harm.\nos: [*a, *a]", []string{"L001 11:9"}},
		"another name":          {"id: mine", "id: other", []string{"L004 1:5"}},
		"no counterexample":     {"counterexamples:\n  - text: my noisy line x\n", "", []string{"L013 13:1"}},
		"sample is none":        {"line x", "line 7", []string{"L015 16:11"}},
		"short literal":         {`my noisy line \d+`, `noisy \d+`, []string{"L021 5:9"}},
		"nested quantifiers":    {`\d+$`, `(\d+)+$`, []string{"L022 5:9"}},
		"side by side":          {`\d+$`, `\d+\w*x`, []string{"L023 5:9"}},
		"around":                {`^my noisy line \d+$`, `.*my noisy line`, []string{"L024 5:9"}},
		"escape in the pattern": {`^my noisy line`, `\x1b\[31mmy noisy`, []string{"L025 5:9"}},
		"no python":             {">=3.9", ">=3.13,<3.12", []string{"L031 9:9"}},
		"fix is affected":       {"'>=2'", "'>=1'", []string{"L032 10:26"}},
		"fix of another":        {"upgrade: mine", "upgrade: other", []string{"L033 10:16"}},
		"draft":                 {"severity: noise", "severity: noise\nstatus: draft", []string{"L034 4:9"}},
		"no https":              {"https://example", "http://example", []string{"L040 12:14"}},
		"no link":               {"references: ['https://example.org/1']\n", "", []string{"L041 1:5"}},
		"full stop":             {"of mine\n", "of mine.\n", []string{"L050 2:8"}},
		"long title":            {"A line", strings.Repeat("A line ", 20), []string{"L050 2:8"}},
		"no sentence":           {"no harm.", "no harm", []string{"L051 11:9"}},
		"long advice":           {"no harm.", strings.Repeat("no harm ", 100) + ".", []string{"L051 11:9"}},
		"no advice":             {"advice: It does no harm.\n", "", []string{"L052 2:8"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.from)
			assert.Equal(t, c.want, ids(lintText("mine.yaml", strings.Replace(good, c.from, c.to, 1))))
		})
	}
}

func TestLintGuards(t *testing.T) {
	guarded := strings.NewReplacer(`'^my noisy line \d+$'`, `'^my noisy line'`, "line 7", "'line 7: Permission denied'").Replace(good)
	guarded = strings.Replace(guarded, "my noisy 'line 7", "'my noisy line 7", 1)
	l := lintText("mine.yaml", guarded)
	assert.Equal(t, []string{"L030 14:11"}, ids(l))
	assert.Equal(t, `"my noisy line 7: Permission denied" stays in the stream: somebody was refused`, l.Findings[0].Message)
	assert.Empty(t, ids(lintText("mine.yaml", strings.Replace(guarded, "severity: noise", "severity: error", 1))), "it is not to be folded")
}

// What is about several files.
func TestLintIDs(t *testing.T) {
	all := Lint([]rules.File{
		{Name: "mine.yaml", Data: []byte(good)}, {Name: "again/mine.yaml", Data: []byte(good)},
		{Name: "pyinfra-user-exit.yaml", Data: []byte(strings.Replace(good, "id: mine", "id: pyinfra-user-exit", 1))},
		{Name: "off.yaml", Data: []byte("id: pyinfra-user-exit\ndisabled: true\n")},
	})
	assert.Empty(t, ids(all[0]))
	assert.Equal(t, []string{"L002 1:5"}, ids(all[1]))
	assert.Equal(t, []string{"L003 1:5"}, ids(all[2]))
	assert.Equal(t, []string{"L002 1:5"}, ids(all[3]))
}

// The built-in rules are what they ask of others.
func TestLintBuiltin(t *testing.T) {
	for _, l := range Lint(rules.BuiltinFiles()) {
		for _, f := range l.Findings {
			if f.Check.Level != LevelNote {
				t.Errorf("%s: %s %s", l.File, f.Check.ID, f.Message)
			}
		}
	}
}

// Ids are in order, and there once: they are what people silence and search for.
// TestBuiltinHasReferences: what comes with the program can be read up on. Of a rule of a project that is only a note.
func TestBuiltinHasReferences(t *testing.T) {
	for r := range rules.Builtin().All() {
		assert.NotEmpty(t, r.References, r.ID)
	}
}

func TestChecks(t *testing.T) {
	all := Checks()
	assert.True(t, slices.IsSortedFunc(all, func(a, b Check) int { return strings.Compare(a.ID, b.ID) }))
	for i, c := range all {
		assert.Regexp(t, `^L\d\d\d$`, c.ID)
		assert.Equal(t, c, CheckOf(c.ID))
		assert.NotEmpty(t, c.Title)
		assert.Regexp(t, `\.$`, c.Do)
		assert.True(t, i == 0 || all[i-1].ID != c.ID, c.ID)
	}
}

// Patterns that backtrack without end, or for long, and those that look so.
func TestTraps(t *testing.T) {
	for pattern, want := range map[string]string{
		`^(a+)+$`: "L022", `(a*)*b`: "L022", `(\w+\s?)+!`: "L022", `(.*,)+x`: "L022", `(.*foo)+x`: "L022", `(\d+x?)*y`: "L022",
		`^(?:a+b?){20,}$`: "L022", `((x+)y?)+z`: "L022", `(?i:(A+)+)b`: "L022", `(é+)+x`: "L022", `(?=(a+)+b)c`: "L022", `(?:(?:ab+)+c?)+d`: "L022",
		`\d+\w*x`: "L023", `a.*(?:b)?.*c`: "L023",
		`(?:,\d+)*x`: "", `(?:\d+,)+x`: "", `((?>a+))+b`: "", `(?:ab)+c`: "", `.* in after_fork_in_child`: "", `^\s*\[[^\]]+\] x`: "", `.*.*x`: "", // the matcher makes one of the two
		`(?:a+){2}b`: "", `"[^"]*", line \d+, in \S+`: "", `(?:foo|bar)+x`: "", `[a-z]+\d+[a-z]+`: "", `(?:/[^/]+)+\.py`: "", `x{3}y{2,5}`: "",
	} {
		l := lintText("mine.yaml", strings.Replace(good, `'^my noisy line \d+$'`, "'"+pattern+"'", 1))
		require.NotNil(t, l.Rule, "%s %v", pattern, l.Findings)
		got := ""
		for _, f := range l.Findings {
			if f.Check.ID == CheckBacktrack || f.Check.ID == CheckPolynomial {
				got = f.Check.ID
			}
		}
		assert.Equal(t, want, got, pattern)
	}
}

// What is too much is refused, and soon.
func TestLintOfBadFiles(t *testing.T) {
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'z'; c++ {
		laughs += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, text := range map[string]string{
		"anchors that explode": laughs,
		"deep":                 strings.Repeat("[", 10_000),
		"many fields":          strings.Repeat("a: b\n", 40_000),
		"binary":               "\x00\x01\x02\xff",
		"long pattern":         strings.Replace(good, `\d+`, strings.Repeat("(a|b)", 10_000), 1),
		"loops in loops":       strings.Replace(good, `\d+`, strings.Repeat("(", 300)+"a"+strings.Repeat("+)", 300)+"+", 1),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			l := lintText("mine.yaml", text)
			assert.NotEmpty(t, l.Findings)
			assert.Less(t, time.Since(began), time.Minute)
		})
	}
}

// FuzzLint: whatever a file holds, lint ends, and what it says is about a place
// in the file and gives no orders to a terminal.
func FuzzLint(f *testing.F) {
	for _, b := range rules.BuiltinFiles() {
		f.Add(b.Data)
	}
	f.Add([]byte(good))
	f.Add([]byte("id: x\ntitle: t\nseverity: noise\nmatch: {line: '((a|b)+c?)+(?=x*x*)'}\nsamples: [{text: ab}]\n"))
	ends := regexp.MustCompile(`\r\n|\r|\n`)
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := 1 + len(ends.FindAll(data, -1))
		for _, l := range Lint([]rules.File{{Name: "fuzz.yaml", Data: data}}) {
			l.Sort()
			for _, finding := range l.Findings {
				if finding.Line < 0 || finding.Line > lines || finding.Message == "" {
					t.Fatalf("%+v", finding)
				}
				for line := range strings.Lines(finding.Error()) {
					if strings.TrimSuffix(line, "\n") != rules.Visible(strings.TrimSuffix(line, "\n")) {
						t.Fatalf("%q", line)
					}
				}
			}
		}
	})
}
