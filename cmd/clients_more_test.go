//go:build unix

package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// goTool runs a program of a Go module in a folder, and returns what it prints.
func goTool(t *testing.T, dir, stdin, module string, args ...string) (out string, err error) {
	t.Helper()
	testrun.Long(t)
	tool := exec.Command("go", append([]string{"run", module}, args...)...)
	tool.Dir, tool.Stdin = dir, strings.NewReader(stdin)
	var both bytes.Buffer
	tool.Stdout, tool.Stderr = &both, &both
	err = tool.Run()
	if unreachable.MatchString(both.String()) && !required() {
		t.Skipf("%s cannot be had: %s", module, both.String())
	}
	return both.String(), err
}

var unreachable = regexp.MustCompile(`dial tcp|lookup .*: no such host|module lookup disabled|proxyconnect|i/o timeout`)

var (
	workflowBlock = regexp.MustCompile("(?s)```ya?ml\n(.*?)```")
	isJobs        = regexp.MustCompile(`(?m)^jobs:`)
)

// shownWorkflows writes the workflows that the docs show, whole ones, and the action itself, into a repository.
func shownWorkflows(t *testing.T) (dir string, n int) {
	dir = t.TempDir()
	workflows := filepath.Join(dir, ".github", "workflows")
	require.NoError(t, os.MkdirAll(workflows, 0o700))
	require.NoError(t, exec.Command("git", "init", "-q", dir).Run())
	pages, err := filepath.Glob(filepath.Join("..", "docs", "*", "*.md"))
	require.NoError(t, err)
	for _, page := range append(pages, filepath.Join("..", "README.md")) {
		for _, m := range workflowBlock.FindAllSubmatch(filtertest.Read(t, page), -1) {
			if isJobs.Match(m[1]) && bytes.Contains(m[1], []byte("runs-on:")) {
				n++
				name := strings.TrimSuffix(filepath.Base(page), ".md") + string(rune('a'+n)) + ".yml"
				require.NoError(t, os.WriteFile(filepath.Join(workflows, name), m[1], 0o600))
			}
		}
	}
	for _, own := range []string{"action.yml", ".github/workflows/verify.yml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, own), filtertest.Read(t, filepath.Join("..", own)), 0o600))
	}
	return dir, n
}

// The workflows that the docs show, and the action, are such that those who look for mistakes and holes in them find none.
func TestDocsWorkflowsPassLinters(t *testing.T) {
	testrun.WithoutRace(t)
	dir, n := shownWorkflows(t)
	require.Greater(t, n, 3)
	out, err := exec.Command(filepath.Join(ciTools(t), "zizmor"), "--offline", "--no-progress", "--persona", "regular", dir).CombinedOutput()
	assert.NoError(t, err, "%s", out)
	said, err := goTool(t, dir, "", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7")
	assert.NoError(t, err, said)
}

// failedReport is the JSON report, and the Markdown, of a run in which a host failed.
func failedReport(t *testing.T) (json, markdown string) {
	dir := t.TempDir()
	json, markdown = filepath.Join(dir, "json"), filepath.Join(dir, "md")
	_, _ = exec.Command(program(t), "scan", "--summary", "never", "--report", "json="+json, "--report", "md="+markdown, filepath.Join("..", "testdata", "verdict", "op-fails-one.log")).Output()
	return json, string(filtertest.Read(t, markdown))
}

// saysWhy: what is shown says that the run failed, on which host, and in which line.
func saysWhy(t *testing.T, shown string) {
	t.Helper()
	for _, text := range []string{"failed", "vm-01", "25", "nginx: configuration file"} {
		assert.Contains(t, shown, text)
	}
}

// Buildkite's own program makes the page of a job's log; GitLab and GitHub take Markdown, and so does markdown-it.
func TestShownClients(t *testing.T) {
	testrun.WithoutRace(t)
	json, markdown := failedReport(t)
	for _, format := range []string{"buildkite", "gitlab"} {
		out, err := exec.Command(program(t), "report", "show", "--format", format, json).CombinedOutput()
		require.NoError(t, err, "%s", out)
		html, err := goTool(t, t.TempDir(), string(out), "github.com/buildkite/terminal-to-html/v3/cmd/terminal-to-html@v3.16.8")
		require.NoError(t, err, html)
		saysWhy(t, html)
		assert.NotContains(t, html, "\x1b")
	}
	render := exec.Command(filepath.Join(ciTools(t), "python"), "-c", "import sys; from markdown_it import MarkdownIt; print(MarkdownIt('gfm-like', {'linkify': False}).render(sys.stdin.read()))")
	render.Stdin = strings.NewReader(markdown)
	html, err := render.CombinedOutput()
	require.NoError(t, err, "%s", html)
	saysWhy(t, string(html))
	assert.Contains(t, string(html), "<table>")
	assert.NotContains(t, string(html), "| ---")
}

// check-jsonschema finds each JSON report as its schema says, and takes the schema for one.
func TestSchemaClient(t *testing.T) {
	testrun.WithoutRace(t)
	bin, dir := ciTools(t), t.TempDir()
	schema := filepath.Join("..", "docs", "reference", "report.schema.json")
	out, err := exec.Command(filepath.Join(bin, "check-jsonschema"), "--check-metaschema", schema).CombinedOutput()
	require.NoError(t, err, "%s", out)
	var reports []string
	for n, args := range [][]string{
		{"scan", filepath.Join("..", "testdata", "verdict"), filepath.Join("..", "testdata", "captures")}, {"scan", filepath.Join("..", "testdata", "verdict", "ok.log")},
		{"run", "--no-history", "--", "sh", "-c", "cat ../testdata/verdict/op-fails-one.log; exit 3"},
	} {
		file := filepath.Join(dir, string(rune('a'+n))+".json")
		_, _ = exec.Command(program(t), append([]string{args[0], "--summary", "never", "--report", "json=" + file}, args[1:]...)...).CombinedOutput()
		reports = append(reports, file)
	}
	out, err = exec.Command(filepath.Join(bin, "check-jsonschema"), append([]string{"--schemafile", schema}, reports...)...).CombinedOutput()
	assert.NoError(t, err, "%s", out)
	broken := filepath.Join(dir, "broken.json")
	require.NoError(t, os.WriteFile(broken, bytes.Replace(filtertest.Read(t, reports[0]), []byte(`"count": `), []byte(`"count": -`), 1), 0o600))
	out, err = exec.Command(filepath.Join(bin, "check-jsonschema"), "--schemafile", schema, broken).CombinedOutput()
	assert.Error(t, err, "%s", out)
}
