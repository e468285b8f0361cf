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

// A wrong file, and what its message points at: the text that begins at the
// place of the message (the last such text, with a NUL behind it); "": the
// message is about the file, or about its start.
type wrong struct{ name, text, points string }

var wrongs = []wrong{
	{"nothing in it", "", ""},
	{"comments only", "# a rule\n\n", ""},
	{"null", "~\n", "~"},
	{"a list at the top", "- id: mine\n", "- id"},
	{"a text at the top", "mine\n", "mine"},
	{"two documents", right + "---\n" + right, "---"},
	{"two documents, the first empty", "---\n---\n" + right, "---\nid"},
	{"three documents, the second empty", right + "---\n--- # mine\n" + right, "--- #"},
	{"two documents, an end mark", right + "...\n" + right, "..."},
	{"a tab", "id: mine\ntitle: t\nmatch:\n\tline: x\n", "\tline"},
	{"a tab in front of all", "\tid: mine\n", "\tid"},
	{"a quote without end", with("title", "title: 'Mine"), "'Mine"},
	{"a double quote without end", with("title", `title: "Mine`), `"Mine`},
	{"a bracket without end", with("match", "match: {line: x"), "samples"},
	{"a backslash in double quotes", with("match", `match: {line: "\d+"}`), `\d`},
	{"a colon in a text", with("title", "title: Error: it failed"), "Error:"},
	{"text behind a quote", with("title", "title: 'Error' is printed"), "is printed"},
	{"a reserved character", with("title", "title: @mine"), "@mine"},
	{"a percent sign", with("title", "title: %mine"), "%mine"},
	{"no space behind a colon", with("title", "title:Mine"), "title:Mine"},
	{"indented by mistake", with("title", " title: Mine"), "title: Mine"},
	{"a field twice", right + "id: mine\n", "id: mine\n\x00"},
	{"a nested field twice", with("match", "match: {line: x, line: y}"), "line: y"},
	{"an alias", with("title", "title: *mine"), "*mine"},
	{"an anchor", with("title", "title: &mine x"), "&mine"},
	{"a merge key", with("fix", "<<: {id: x}"), "<<"},
	{"a tag", with("title", "title: !!binary aGVsbG8="), "!!binary"},
	{"billion laughs", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "&a"},
	{"UTF-16", "\xff\xfei\x00d\x00:\x00", ""},
	{"not UTF-8", with("title", "title: Gr\xfc\xdfe"), "\xfc"},
	{"NUL", with("title", "title: a\x00b"), "\x00b"},
	{"an escape sequence", with("title", "title: \x1b[31mred"), "\x1b"},
	{"DEL", with("title", "title: a\x7f"), "\x7f"},
	{"C1", with("title", "title: a\u009b31m"), "\u009b"},

	{"unknown field", with("severity", "severtiy: noise"), "severtiy"},
	{"unknown field, hyphen", with("match", "match: {python_warning: {category: x, message: y}}"), "python_warning"},
	{"unknown field of match", with("match", "match: {lin: x}"), "lin: x"},
	{"unknown field of another part", with("line", "line: x"), "line: x"},
	{"unknown field of a line", with("match", "match: {block: [x, {lime: y}]}"), "lime"},
	{"unknown field, nothing like it", with("confidential", "confidential: true"), "confidential"},
	{"unknown field, an escape sequence", with("x", `"\e]0;title\a": true`), `"\e]0`},
	{"unknown field of a list", with("samples", "samples:\n  - text: x\n  - txt: y"), "txt"},
	{"a list where text belongs", with("match", "match: {line: ['^x$']}"), "['^x$']"},
	{"fields where text belongs", with("title", "title: {a: b}"), "{a: b}"},
	{"text where a list belongs", with("references", "references: https://example.com"), "https"},
	{"text where fields belong", with("match", "match: noise"), "noise\nsamples"},
	{"a list of texts where fields belong", with("samples", "samples: [noise]"), "noise]"},
	{"a list in a block", with("match", "match: {block: [x, [y]]}"), "[y]"},
	{"text where true or false belongs", with("fold", "fold: yes"), "yes"},
	{"no value", with("title", "title:"), "title"},
	{"no value in a list", with("samples", "samples:\n  - text: x\n  -"), "-\n\x00"},
	{"no value, a pattern", with("match", "match: {line: ~}"), "line: ~"},
	{"no value, frames", with("match", "match: {python-traceback: {error: a, frames: [~]}}"), "~"},
	{"empty advice", with("advice", "advice: ''"), "advice"},

	{"no id", with("id", "# no id"), "title"},
	{"wrong id", with("id", "id: My Rule"), "My Rule"},
	{"id like a flag", with("id", "id: --help"), "--help"},
	{"id with an escape sequence", with("id", `id: "\e[31m"`), `"\e[31m"`},
	{"no title", with("title", "# no title"), ""},
	{"no severity", with("severity", "# no severity"), ""},
	{"wrong severity", with("severity", "severity: fatal"), "fatal"},
	{"no sample", with("samples", "# no samples"), ""},
	{"empty samples", with("samples", "samples: []"), "[]"},
	{"empty sample", with("samples", "samples: [{text: noise}, {text: ' '}]"), "' '"},
	{"sample without text", with("samples", "samples: [{}]"), "{}"},
	{"no match", with("match", "# no match"), ""},
	{"no match kind", with("match", "match: {}"), "{}"},
	{"two match kinds", with("match", "match:\n  line: x\n  block:\n    - y"), "block:"},
	{"no line in a block", with("match", "match: {block: []}"), "[]"},
	{"line without text", with("match", "match: {block: [x, {optional: true}]}"), "{optional"},
	{"optional first line", with("match", "match: {block: [{line: x, optional: true}, y]}"), "true"},
	{"unraisable without frames", with("match", "match: {python-unraisable: {object: x, error: y}}"), "{object"},
	{"traceback without error", with("match", "match:\n  python-traceback:\n    frames: [x]"), "python-traceback"},
	{"warning without message", with("match", "match: {python-warning: {category: x}}"), "{category"},

	{"empty pattern", with("match", "match: {line: ''}"), "''"},
	{"pattern: line", with("match", "match: {line: 'x(y'}"), "'x(y'"},
	{"pattern: block", with("match", "match: {block: [x, 'x)y']}"), "'x)y'"},
	{"pattern: block with options", with("match", "match:\n  block:\n    - x\n    - line: '[y'\n      optional: true"), "'[y'"},
	{"pattern: object", with("match", "match: {python-unraisable: {object: '*x', frames: [x], error: x}}"), "'*x'"},
	{"pattern: frames", with("match", "match:\n  python-unraisable:\n    object: x\n    frames:\n      - x\n      - 'x**'\n    error: x"), "'x**'"},
	{"pattern: error", with("match", "match: {python-traceback: {error: 'x\\'}}"), `'x\'`},
	{"pattern: path", with("match", "match: {python-warning: {category: x, message: y, path: '[z-a]'}}"), "'[z-a]'"},
	{"pattern: source", with("match", "match: {python-warning: {category: x, message: y, source: 'x{2,1}'}}"), "'x{2,1}'"},
	{"pattern: category", with("match", `match: {python-warning: {category: '\1', message: y}}`), `'\1'`},
	{"pattern: message", with("match", "match: {python-warning: {category: x, message: '(?Z)'}}"), "'(?Z)'"},
	{"pattern: no escape", with("match", `match: {line: '\p{Nothing}'}`), `'\p`},
	{"pattern of two lines", with("match", "match:\n  line: |\n    noise"), "|\n    noise"},
	{"pattern too long", with("match", "match: {line: '"+strings.Repeat("x", 5000)+"'}"), "'xxx"},
	{"matches the empty text", with("match", "match: {line: 'x*'}"), "'x*'"},
	{"matches the empty line", with("match", "match: {line: '^$'}"), "'^$'"},
	{"matches anything", with("match", "match: {line: '.'}"), "'.'"},
	{"matches any line in a block", with("match", "match: {block: [x, '.+']}"), "'.+'"},
	{"matches any alternative", with("match", "match: {line: 'noise|'}"), "'noise|'"},
	{"matches any traceback", with("match", "match: {python-traceback: {error: '.*'}}"), "{error"},

	{"title with an escape sequence", with("title", `title: "\e]0;mine\a"`), `"\e]0`},
	{"title that turns around", with("title", "title: x \u202e y"), "x \u202e"},
	{"advice with an escape sequence", with("advice", `advice: "\e[31mred"`), `"\e[31m`},
	{"reference with an escape sequence", with("references", `references: [https://example.com, "https://\e[31m"]`), `"https`},
	{"reference of two lines", with("references", "references:\n  - |\n    https://example.com\n    x"), "|"},

	{"python", with("python", "python: three"), "three"},
	{"python, a version", with("python", "python: 3.12"), "3.12"},
	{"python, no comma", with("python", "python: '>=3.9 <3.13'"), "'>=3.9"},
	{"python, or", with("python", "python: '<3.9||>3.12'"), "'<3.9"},
	{"python, empty", with("python", "python: ''"), "python"},
	{"version", affected("[{introduced: one}]"), "one"},
	{"version, fixed", affected(`[{introduced: "1"}, {fixed: "1.x"}]`), `"1.x"`},
	{"event of two", affected(`[{introduced: "1", fixed: "2"}]`), `"2"`},
	{"event of none", affected(`[{}]`), "{}"},
	{"no events", affected(`[]`), "events: []"},
	{"fixed and last_affected", affected(`[{introduced: "1"}, {fixed: "3"}, {last_affected: "2"}]`), "{last_affected"},
	{"introduced after fixed", affected(`[{introduced: "2"}, {fixed: "1"}]`), "{fixed"},
	{"introduced and fixed at once", affected(`[{introduced: "2"}, {fixed: "2"}]`), "{fixed"},
	{"fixed only", affected(`[{fixed: "2"}]`), "{fixed"},
	{"introduced twice", affected(`[{introduced: "1"}, {introduced: "2"}]`), `{introduced: "2"`},
	{"no package", with("affected", "affected:\n  - ranges: []"), "ranges"},
	{"no name", with("affected", "affected: [{package: {ecosystem: PyPI}}]"), "{ecosystem"},
	{"wrong name", with("affected", "affected: [{package: {name: '../x'}}]"), "'../x'"},
	{"fix without to", with("fix", "fix: {upgrade: gevent}"), "{upgrade"},
	{"fix to a version", with("fix", "fix: {upgrade: gevent, to: 25.8.1}"), "25.8.1"},
	{"fix that is an option", with("fix", "fix: {upgrade: --index-url, to: '>=1'}"), "--index-url"},
	{"fix that is a command", with("fix", "fix: {upgrade: x, to: '>=1; rm -rf .'}"), "'>=1;"},

	{"wide characters", with("references", "references: [日本語, é, [x]]"), "[x]"},
	{"a long line", with("references", "references: ["+strings.Repeat("https://example.com, ", 30)+"[x]]"), "[x]"},
	{"CRLF", strings.ReplaceAll(with("severity", "severity: fatal"), "\n", "\r\n"), "fatal"},
	{"CR", strings.ReplaceAll(with("severity", "severity: fatal"), "\n", "\r"), "fatal"},
	{"byte order mark", "\ufeffid: My Rule\n" + right[len("id: mine\n"):], "My Rule"},
}

func TestWrongFiles(t *testing.T) {
	var all strings.Builder
	for _, w := range wrongs {
		t.Run(w.name, func(t *testing.T) {
			err := parseWrong(t, w.text)
			fmt.Fprintf(&all, "== %s\n%s\n\n", w.name, err)
			assert.Regexp(t, `^[^\x00-\x09\x0b-\x1f\x7f-\x9f\x{202e}]*$`, err.Error(), "orders to the terminal")
			assert.NotRegexp(t, `Go struct|interface \{\}|\[\]string`, err.Error(), "the user knows no Go")
			pointsAt(t, w, err)
		})
	}
	golden(t, "testdata/wrong.txt", all.String())
}

// parseWrong parses a file that is wrong.
func parseWrong(t *testing.T, text string) *rules.FileError {
	t.Helper()
	rule, err := rules.Parse("mine.yaml", []byte(text))
	require.Error(t, err)
	assert.Nil(t, rule)
	var wrong *rules.FileError
	require.ErrorAs(t, err, &wrong)
	return wrong
}

// pointsAt checks the place of a message, and the mark below the line.
func pointsAt(t *testing.T, w wrong, err *rules.FileError) {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufeff", "").Replace(w.text)
	if w.points == "" {
		assert.Contains(t, []int{0, 1}, err.Line)
		assert.Contains(t, []int{0, 1}, err.Column)
		return
	}
	at := strings.Index(text, w.points)
	if points, last := strings.CutSuffix(w.points, "\x00"); last {
		at = strings.LastIndex(text, points)
	}
	require.GreaterOrEqual(t, at, 0)
	before := text[:at]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	assert.Equal(t, [2]int{1 + strings.Count(before, "\n"), 1 + len([]rune(line))}, [2]int{err.Line, err.Column}, "%s", err)
	assert.Regexp(t, `^>  \d+ \| .*\n *\^$`, err.Excerpt)
}

// golden compares with a file, or writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "go test ./rules -update writes it anew")
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
	assert.Equal(t, []rules.RangeEvent{{Introduced: "0"}, {Fixed: "25.10"}}, rule.Affected[0].Ranges[0].Events)
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
			assert.Less(t, time.Since(from), 10*time.Second)
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
