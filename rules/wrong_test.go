package rules_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
)

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
