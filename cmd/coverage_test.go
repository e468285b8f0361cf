package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// A printed text is one that a package can print: see testdata/coverage/texts.py.
type printed struct {
	Package, Version, File, How, Text, Left string

	Line  int
	Dress []string
}

// left are the reasons for which a text is left out, as texts.py names them.
var left = map[string]string{
	"advice":      "a warning that something could be written better; nothing has failed",
	"again":       "another text is printed again: that one is in the list, where it comes from",
	"caught":      "pyinfra, or paramiko itself, catches it and says something else",
	"headers":     "a heading of what was asked for",
	"host":        "what a host says, whatever it is",
	"interface":   "there for other code: an operation or a connector that lacks a part",
	"output":      "no failure: tables, prompts, progress, answers",
	"protocol":    "an oddity that paramiko notes and goes on from",
	"server":      "of a server, which pyinfra is not",
	"shape":       "the frame in which the texts of exceptions stand, each of which is in the list",
	"unreachable": "cannot be printed: socket.error is OSError, so that the branch before takes all of them",
	"unused":      "in code that a deploy does not run",
}

// TestCoverage reads everything that pyinfra, its OrbStack connector and paramiko can print on a failure from their
// sources, dresses it as pyinfra prints it, and asks the rules: each text has one. docs/reference/coverage.md is the list.
func TestCoverage(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	script := filepath.Join("..", "testdata", "coverage", "texts.sh")
	var said bytes.Buffer
	c := exec.Command("sh", script)
	c.Stderr = &said
	out, err := c.Output()
	if code := codeOf(err); (code == 3 || code == 4 || code == 127) && !required() {
		t.Skipf("there are no sources to read: %s", said.String())
	}
	require.NoError(t, err, "%s", said.String())

	all := texts(t, out)
	require.Greater(t, len(all), 600, "texts.py has found less than there is")
	plan, named := filter.NewPlan(rules.Builtin()), make([][]string, len(all))
	for i := range all {
		named[i] = ask(t, plan, &all[i])
	}
	doc := filepath.Join("..", "docs", "reference", "coverage.md")
	if *update {
		require.NoError(t, os.WriteFile(doc, coverage(all, named), 0o644))
	}
	want, err := os.ReadFile(doc)
	require.NoError(t, err, "go test -update writes it")
	assert.Equal(t, string(want), string(coverage(all, named)), "go test -update writes it anew")
}

func texts(t *testing.T, lines []byte) (all []printed) {
	for line := range bytes.Lines(lines) {
		var one printed
		require.NoError(t, json.Unmarshal(line, &one))
		all = append(all, one)
	}
	return all
}

// ask returns the rules that name a text, and asserts that each of its forms has one.
func ask(t *testing.T, plan *filter.Plan, one *printed) (ids []string) {
	at := fmt.Sprintf("%s %s, %s:%d", one.Package, one.Version, one.File, one.Line)
	if one.Left != "" {
		assert.Contains(t, left, one.Left, at)
		return nil
	}
	assert.NotEmpty(t, one.Dress, "%s: %q is printed in no form, and not left out", at, one.Text)
	for _, text := range one.Dress {
		found := issuesOf(t, plan, text)
		assert.NotEmpty(t, found, "%s: no rule names %q", at, text)
		for _, id := range found {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// issuesOf returns the ids of the rules that are about a text.
func issuesOf(t *testing.T, plan *filter.Plan, text string) (ids []string) {
	f := plan.Filter(nothing{}, filter.Options{})
	_, err := f.Write([]byte(text + "\n"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	for _, i := range f.Summary().Issues {
		ids = append(ids, i.Rule.ID)
	}
	return ids
}

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) Event(filter.Event) error { return nil }

const coverageHead = `# What pyinfra can print when something goes wrong

Each text that the sources of pyinfra, its OrbStack connector and paramiko hold for a failure, and the rule that names it. The texts are read from
the syntax trees of the packages by a script (` + "`testdata/coverage/texts.py`" + `), dressed as pyinfra prints them, and sent through the filter; none is written by hand, but for
OpenSSH's, which is no Python. ` + "`go test ./cmd -run Coverage -update`" + ` writes this page anew, and the test fails where a text has no rule.

What is known at run time only is a sample here (` + "`web`, `it went wrong`" + `). ` + "`pyinfra-error`, `pyinfra-operation-error`, `pyinfra-internal-exception` and `pyinfra-deploy-exception`" + ` take
what no other rule knows better: they say that the run failed, and the text itself says why.

`

// coverage is the page.
func coverage(all []printed, named [][]string) []byte {
	var b bytes.Buffer
	b.WriteString(coverageHead)
	totals(&b, all)
	b.WriteString("\nLeft out, with the reason:\n\n| | |\n|---|---|\n")
	for _, why := range slices.Sorted(maps.Keys(left)) {
		fmt.Fprintf(&b, "| %s | %s |\n", why, left[why])
	}
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && title(&all[to]) == title(&all[from]) {
			to++
		}
		fmt.Fprintf(&b, "\n## %s\n\n| where | text | rule |\n|---|---|---|\n", title(&all[from]))
		for i := from; i < to; i++ {
			row(&b, &all[i], named[i])
		}
		from = to
	}
	return b.Bytes()
}

func title(p *printed) string { return strings.TrimSpace(p.Package + " " + p.Version) }

func totals(b *bytes.Buffer, all []printed) {
	b.WriteString("| source | texts | of a failure | with a rule | left out |\n|---|---|---|---|---|\n")
	for from := 0; from < len(all); {
		to, out := from, 0
		for to < len(all) && title(&all[to]) == title(&all[from]) {
			if all[to].Left != "" {
				out++
			}
			to++
		}
		n := to - from
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d |\n", title(&all[from]), n, n-out, n-out, out)
		from = to
	}
}

func row(b *bytes.Buffer, p *printed, ids []string) {
	where := fmt.Sprintf("%s:%d", strings.TrimPrefix(p.File, p.Package+"/"), p.Line)
	if p.Line == 0 {
		where = ""
	}
	rule := "left out: " + p.Left
	if p.Left == "" {
		rule = strings.Join(ids, ", ")
	}
	fmt.Fprintf(b, "| %s | %s | %s |\n", where, cell(p.How, p.Text), rule)
}

// cell is a text in a table of Markdown.
func cell(how, text string) string {
	text, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		text += " …"
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "|", "¦"))
	if text == "" {
		return how
	}
	return how + " ``" + " " + text + " " + "``"
}
