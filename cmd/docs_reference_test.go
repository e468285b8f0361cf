package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestDocsReference: the pages of docs/reference that are made of the program are what the program says now.
func TestDocsReference(t *testing.T) {
	testrun.WithoutRace(t)
	for name, text := range map[string]string{"commands.md": commandsPage(t), "exit-codes.md": exitCodesPage(t), "config.md": configPage(t)} {
		file := filepath.Join("..", "docs", "reference", name)
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			continue
		}
		assert.Equal(t, text, page(t, "docs/reference/"+name), "make reference writes it anew")
	}
}

const writtenByTest = "<!-- make reference writes this page -->\n\n"

// printedBy returns what the program prints.
func printedBy(t *testing.T, args ...string) string {
	t.Helper()
	var out, wrong bytes.Buffer
	c := exec.Command("orbfilter", args...)
	c.Dir, c.Stdout, c.Stderr = t.TempDir(), &out, &wrong
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.Dir, "COLUMNS=100", "LC_ALL=C.UTF-8", "ORBFILTER_CONFIG=off", "GORACE=" + hasty}
	require.NoError(t, c.Run(), "orbfilter %v: %s", args, wrong.String())
	require.Empty(t, wrong.String())
	return out.String()
}

var subcommand = regexp.MustCompile(`(?m)^  ([a-z-]+) +\S`)

// commandsPage has what each command says of itself, all flags included.
func commandsPage(t *testing.T) string {
	var page strings.Builder
	page.WriteString(writtenByTest + "# Commands and flags\n\nWhat `orbfilter COMMAND --help` says, for each command. What the words mean is in [glossary.md](glossary.md),\n" +
		"what a flag may be set to in a file in [config.md](config.md), and the codes they end with in [exit-codes.md](exit-codes.md).\n")
	var add func(path ...string)
	add = func(path ...string) {
		help := printedBy(t, append(path, "--help")...)
		fmt.Fprintf(&page, "\n## %s\n\n```text\n%s\n```\n", strings.Join(append([]string{"orbfilter"}, path...), " "), strings.TrimSpace(trimmedLines(help)))
		_, list, _ := strings.Cut(help, "Available Commands:\n")
		list, _, _ = strings.Cut(list, "\n\n")
		for _, m := range subcommand.FindAllStringSubmatch(list, -1) {
			if m[1] != "help" {
				add(append(slices.Clip(path), m[1])...)
			}
		}
	}
	add()
	return page.String()
}

func trimmedLines(text string) string {
	return regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(text, "")
}

// exitCodesPage has the constants of the code, with what their comments say.
func exitCodesPage(t *testing.T) string {
	table := func(file string) string {
		var rows strings.Builder
		rows.WriteString("| code | when |\n|---|---|\n")
		for _, c := range exitCodesIn(t, file) {
			fmt.Fprintf(&rows, "| %d | %s |\n", c.code, c.when)
		}
		return rows.String()
	}
	return writtenByTest + "# Exit codes\n\nThe pipe, `scan`, `doctor`, `rules` and all other commands but `run`:\n\n" + table("cmd/cli/exit.go") +
		"\n`orbfilter run` ends with the code of the command that it has run. Its own codes are as those of `env` and `timeout`:\n\n" + table("filter/wrap/wrap.go") +
		"\nIt ends with 1 when the command said 0 and `--fail-on` met what it looks for, and with 2, without having started the command, when the usage or\n" +
		"a rule file is wrong. A mistake in a config file does not keep the command from being started: where that says 0, the exit code is 2 all the same,\n" +
		"since a gate may be among what was not understood.\n\nAll of them end with 128+n when signal n, or a Ctrl-C, ended them: orbfilter dies of that signal itself, once all is said, as a shell expects\n" +
		"it. A command that signal n killed is the same: 128+n, by that signal.\n"
}

type exitCodeOf struct {
	code int
	when string
}

// exitCodesIn returns the constants of a file whose names begin with Exit.
func exitCodesIn(t *testing.T, file string) (codes []exitCodeOf) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", filepath.FromSlash(file)), nil, parser.ParseComments)
	require.NoError(t, err)
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Exit") {
			return true
		}
		value, ok := spec.Values[0].(*ast.BasicLit)
		require.True(t, ok, spec.Names[0].Name)
		code, err := strconv.Atoi(value.Value)
		require.NoError(t, err)
		require.NotEmpty(t, strings.TrimSpace(spec.Comment.Text()), "%s says not when", spec.Names[0].Name)
		codes = append(codes, exitCodeOf{code, strings.TrimSpace(spec.Comment.Text())})
		return true
	})
	require.NotEmpty(t, codes, file)
	return codes
}

var keysOfConfig = regexp.MustCompile(`(?s)(<!-- keys: make reference writes them -->\n).*?(<!-- end of keys -->\n)`)

// configPage is the page of the config file, with the table of its keys: what the program knows, what each is without
// a file, and what it does.
func configPage(t *testing.T) string {
	var known struct {
		Settings []struct {
			Key    string
			Values []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(printedBy(t, "config", "--json")), &known))
	require.Greater(t, len(known.Settings), 10)
	var table strings.Builder
	table.WriteString("\n| key | without a file | what it does |\n|---|---|---|\n")
	flags := flagTexts(printedBy(t, "run", "--help"))
	for _, s := range known.Settings {
		require.NotEmpty(t, flags[s.Key], s.Key)
		value := "–"
		if len(s.Values) > 0 {
			value = "`" + strings.Join(s.Values, ", ") + "`"
		}
		text := withoutDefault.ReplaceAllString(flags[s.Key], "")
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", s.Key, value, strings.ReplaceAll(text, "|", `\|`))
	}
	doc := page(t, "docs/reference/config.md")
	require.Regexp(t, keysOfConfig, doc)
	return keysOfConfig.ReplaceAllStringFunc(doc, func(block string) string {
		m := keysOfConfig.FindStringSubmatch(block)
		return m[1] + table.String() + "\n" + m[2]
	})
}

var withoutDefault = regexp.MustCompile(` \(default [^)]*\)$`)

var flagLine = regexp.MustCompile(`^ +(?:-\w, )?--([a-z-]+)(?: \S.*?)? {2,}(\S.*)$`)

// flagTexts returns what a command says of its flags, by name.
func flagTexts(help string) map[string]string {
	texts, last := map[string]string{}, ""
	_, list, _ := strings.Cut(help, "\nFlags:\n")
	for line := range strings.Lines(list) {
		line = strings.TrimRight(line, "\n")
		if m := flagLine.FindStringSubmatch(line); m != nil {
			last = m[1]
			texts[last] = m[2]
		} else if last != "" && strings.HasPrefix(line, "          ") {
			texts[last] += " " + strings.TrimSpace(line)
		}
	}
	return texts
}
