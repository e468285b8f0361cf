package rules_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

var update = flag.Bool("update", false, "write the expected outputs anew")

// right is a rule that is right, a field a line; the tests break one of them.
const right = `id: mine
title: A line that nobody needs
severity: noise
match: {line: '^noise$'}
samples: [{text: noise}]
`

// with returns the rule with a field replaced, or added.
func with(field, text string) string {
	re := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(field) + `:.*\n`)
	if re.MatchString(right) {
		return re.ReplaceAllLiteralString(right, text+"\n")
	}
	return right + text + "\n"
}

// affected returns the rule with a range.
func affected(events string) string {
	return with("affected", "affected:\n  - package: {ecosystem: PyPI, name: gevent}\n    ranges:\n      - events: "+events)
}

// What is unusual and right.
func TestRightFiles(t *testing.T) {
	for name, text := range map[string]string{
		"as it is":              right,
		"CRLF":                  strings.ReplaceAll(right, "\n", "\r\n"),
		"CR":                    strings.ReplaceAll(right, "\n", "\r"),
		"byte order mark":       "\ufeff" + right,
		"document marks":        "%YAML 1.2\n---\n" + right + "...\n",
		"end marks":             "---\n" + right + "---\n",
		"no line end":           strings.TrimSuffix(right, "\n"),
		"quoted names":          strings.Replace(right, "id: ", `"id": `, 1),
		"JSON":                  `{"id": "mine", "title": "A line", "severity": "noise", "match": {"line": "^noise$"}, "samples": [{"text": "noise"}]}`,
		"comment with ESC text": right + "# \\x1b[31m *a &b\n",
		"coloured sample":       with("samples", `samples: [{text: noise}, {text: "\e[31mnoise\e[0m"}]`),
		"numbers":               with("match", "match: {line: 404}"),
		"pattern with comments": with("match", "match:\n  line: |\n    (?x) noise  # what nobody needs\n    \\d"),
		"any other line":        with("match", "match: {python-warning: {category: Deprecation.*, message: '.*'}}"),
		"name with separators":  with("affected", "affected: [{package: {ecosystem: PyPI, name: zope.interface}}]"),
		"extras":                with("fix", "fix: {upgrade: 'httpx[http2]', to: '>=1,!=1.1'}"),
		"several ranges":        affected(`[{introduced: "0"}, {fixed: "1"}, {introduced: "2rc1"}, {fixed: "2.1"}]`),
		"unsorted":              affected(`[{fixed: "2.1"}, {introduced: "2rc1"}, {fixed: "1"}, {introduced: "0"}]`),
		"end and begin at once": affected(`[{introduced: "0"}, {fixed: "1"}, {introduced: "1"}, {fixed: "2"}]`),
		"one version":           affected(`[{introduced: "1"}, {last_affected: "1"}]`),
	} {
		t.Run(name, func(t *testing.T) {
			rule, err := rules.Parse("mine.yaml", []byte(text))
			require.NoError(t, err)
			assert.Equal(t, "mine", rule.ID)
		})
	}
}

// YAML takes 25.10 for the number 25.1.
func TestVersionsWithoutQuotes(t *testing.T) {
	rule, err := rules.Parse("mine.yaml", []byte(affected("[{introduced: 0}, {fixed: 25.10}]")))
	require.NoError(t, err)
	assert.Equal(t, []versions.RangeEvent{{Introduced: "0"}, {Fixed: "25.10"}}, rule.Affected[0].Ranges[0].Events)
}

// What is shown is one line, however it is written.
func TestShownTextIsOneLine(t *testing.T) {
	rule, err := rules.Parse("mine.yaml", []byte(with("title", "title: |\n  A\n  line\nadvice: >\n  Do\n\n  this.")))
	require.NoError(t, err)
	assert.Equal(t, "A line", rule.Title)
	assert.Equal(t, "Do this.", rule.Advice)
}

// The parser calls itself for each level, and a stack that overflows would end
// the deploy.
func TestDeepAndLargeFiles(t *testing.T) {
	t.Parallel()
	const n = 10_000
	indented := &strings.Builder{}
	for i := range 1000 {
		indented.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, text := range map[string]string{
		"[":         strings.Repeat("[", n),
		"[]":        strings.Repeat("[", n) + strings.Repeat("]", n),
		"{a:":       strings.Repeat("{a: ", n),
		"- -":       strings.Repeat("- ", n),
		"? ?":       strings.Repeat("? ", n),
		"a: a:":     strings.Repeat("a: ", n),
		"- a: - a:": strings.Repeat("- a: ", n),
		"indent":    indented.String(),
		"! !":       strings.Repeat("!a ", n),
		"& &":       strings.Repeat("&a ", n),
		"fields":    right + fields(25_000),
		"list":      with("references", "references: ["+strings.Repeat("a, ", 80_000)+"]"),
		"list, up":  "references:\n" + strings.Repeat("- a\n", 60_000),
		"text":      with("title", "title: "+strings.Repeat("a ", 120_000)+"\n- b"),
		"colons":    strings.Repeat(":", 250_000),
		"quotes":    strings.Repeat("'", 250_001),
	} {
		t.Run(name, func(t *testing.T) {
			from := time.Now()
			err := parseWrong(t, text)
			assert.Less(t, time.Since(from), time.Minute)
			assert.Less(t, len(err.Error()), 2000)
		})
	}
}

func fields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: v\n", i)
	}
	return b.String()
}

// folder writes files below a folder of its own; the working folder is there.
func folder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

func rule(id string) string { return strings.Replace(right, "mine", id, 1) }

func ids(set *rules.Set) (ids []string) {
	for r := range set.All() {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestLoadFolder(t *testing.T) {
	folder(t, map[string]string{
		"r/b.yaml": rule("b"), "r/a.yml": rule("a"), "r/sub/deep/c.YAML": rule("c"), "r/dir.yaml/d.yaml": rule("d"),
		"r/README.md": "no rule", "r/.git/x.yaml": "no rule", "r/.venv/x.yaml": "no rule", "r/.#b.yaml": "no rule",
	})
	set, err := rules.Load("r")
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "d", "c"}, ids(set))
	set, err = rules.Load("r/.git/../b.yaml")
	require.NoError(t, err)
	assert.Equal(t, []string{"b"}, ids(set))
}

// The rules that are right are used, whatever else is wrong.
func TestLoadSaysAllThatIsWrong(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such names of files")
	}
	folder(t, map[string]string{
		"r/1.yaml": rule("a"), "r/2.yaml": rule("a"), "r/3.yaml": "title: Mine\n", "r/4.yaml": rule("b"),
		"r/5.yaml": strings.Repeat("# 2 MiB\n", 1<<18), "r/\x1b[31m.yaml": "- x\n",
	})
	require.NoError(t, os.Symlink("loop.yaml", "r/loop.yaml"))
	require.NoError(t, os.Symlink("nowhere", "r/dangling.yaml"))
	require.NoError(t, os.Symlink(".", "r/self"))
	require.NoError(t, os.Symlink(".", "r/self.yaml"))
	require.NoError(t, os.Symlink("4.yaml", "r/6.yaml"))
	set, err := rules.Load("r")
	assert.Equal(t, []string{"a", "b"}, ids(set))
	golden(t, filepath.Join(testFolder, "testdata", "folder.txt"), err.Error()+"\n")
}

// testFolder is the folder of this file, for tests that leave it.
var testFolder, _ = os.Getwd()

func TestLoadNothing(t *testing.T) {
	folder(t, map[string]string{"empty/README.md": "x", "big.yaml": strings.Repeat("#\n", 1<<20)})
	for name, want := range map[string]string{
		"empty":     "empty: there is no .yaml file in this folder",
		"not-there": "not-there: cannot read rules: no such file",
		"":          ": cannot read rules: no such file",
		"big.yaml":  "big.yaml: this is too large",
	} {
		set, err := rules.Load(name)
		assert.ErrorContains(t, err, want)
		assert.Zero(t, set.Len())
	}
}

func TestLoadUnreadable(t *testing.T) {
	folder(t, map[string]string{"r/a.yaml": rule("a"), "r/b.yaml": rule("b"), "r/c/c.yaml": rule("c"), "r/d.yaml": rule("d")})
	require.NoError(t, os.Chmod("r/b.yaml", 0))
	require.NoError(t, os.Chmod("r/c", 0))
	t.Cleanup(func() { _ = os.Chmod("r/c", 0o755) })
	if _, err := os.ReadFile("r/b.yaml"); !errors.Is(err, fs.ErrPermission) {
		t.Skip("this user reads everything")
	}
	set, err := rules.Load("r")
	assert.ErrorContains(t, err, "r/b.yaml: permission denied")
	assert.ErrorContains(t, err, "r/c: permission denied")
	assert.Equal(t, []string{"a", "d"}, ids(set))
}

func TestSet(t *testing.T) {
	set := rules.Builtin()
	require.NoError(t, set.Add(parse(t, right)))
	require.Error(t, set.Add(parse(t, right)))
	kept, unknown := set.Without("mine", "nobody")
	assert.Equal(t, []string{"nobody"}, unknown)
	assert.Equal(t, set.Len()-1, kept.Len())
	assert.Nil(t, kept.Get("mine"))
	assert.NotNil(t, set.Get("mine"))
}

func parse(t testing.TB, text string) *rules.Rule {
	t.Helper()
	r, err := rules.Parse("mine.yaml", []byte(text))
	require.NoError(t, err)
	return r
}

// FuzzParse: whatever a file holds, there is a rule or a message, soon, and
// the message is one that a terminal can show.
func FuzzParse(f *testing.F) {
	for _, w := range wrongs {
		f.Add([]byte(w.text))
	}
	for r := range rules.Builtin().All() {
		text, err := os.ReadFile(r.File)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rule, err := rules.Parse("mine.yaml", data)
		if err == nil {
			assert.NotEmpty(t, rule.ID)
			return
		}
		var wrong *rules.FileError
		require.ErrorAs(t, err, &wrong)
		assert.NotEmpty(t, wrong.Message)
		assert.Regexp(t, `^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$`, err.Error())
		assert.NotContains(t, wrong.Message, "cannot be read as YAML, and not be said why")
	})
}
