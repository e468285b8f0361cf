//go:build unix

package cmd_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

var fenced = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// blocks returns the code of a page in a language, and that there is no other
// than those that are tested.
func blocks(t *testing.T, name, language string, tested ...string) (out []string) {
	t.Helper()
	for _, m := range fenced.FindAllStringSubmatch(page(t, name), -1) {
		require.Contains(t, append(tested, language), m[1], "%s: nothing tests this block:\n%s", name, m[2])
		if m[1] == language {
			out = append(out, m[2])
		}
	}
	require.NotEmpty(t, out)
	return out
}

// tableOf asserts that the first column of a page's tables names all of these.
func tableOf(t *testing.T, name string, all []string) {
	t.Helper()
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllStringSubmatch(page(t, name), -1) {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			named = append(named, m[1])
		}
	}
	assert.ElementsMatch(t, all, named, name)
}

// aProject returns a folder with what the pages speak of, and one with the other
// programs of the pages in it.
func aProject(t *testing.T) (dir, bin string) {
	t.Helper()
	dir, bin = t.TempDir(), standIns(t)
	for name, text := range map[string]string{
		"orbfilter.baseline": "# orbfilter baseline, fingerprints v2\n", "job.log": textIn(t, capture(t, "more/deploy-raises.log")),
		".orbfilter/rules/mine.yaml": goodRule, "logs/a.log": textIn(t, capture(t, "gevent-25.5.1.3-hosts.pipe.log")),
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deploy.sh"), []byte("#!/bin/sh\npyinfra inventory.py deploy.py\n"), 0o755))
	for name, script := range map[string]string{"pip": "", "go": "", "git": "test -s \"$2\"", "gh": "cat \"$CAPTURE\""} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return dir, bin
}

// runShown runs what a page says, one block after the other.
func runShown(t *testing.T, name string, tested ...string) {
	t.Helper()
	dir, bin := aProject(t)
	for _, script := range blocks(t, name, "sh", tested...) {
		c := exec.Command("sh", "-e", "-c", script)
		c.Dir = dir
		c.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + dir, "GORACE=" + hasty, "CAPTURE=" + capture(t, "gevent-25.5.1.3-hosts.pipe.log")}
		got := runCI(t, c)
		assert.Zero(t, got.code, "%s\n%s%s", script, got.stdout, got.stderr)
	}
}

// A workflow is what of one counts here.
type workflow struct {
	Jobs map[string]struct{ Steps []workflowStep }
}

type workflowStep struct {
	Name, Uses, Run string
	With            map[string]string
}

// TestDocsGitHub runs each workflow of docs/how-to/github.md, with the action as it is
// here, and stand-ins for pip, go, gh and pyinfra.
func TestDocsGitHub(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	a := readAction(t)
	var names []string
	for name := range a.Inputs {
		names = append(names, name)
	}
	for name := range a.Outputs {
		names = append(names, name)
	}
	tableOf(t, "docs/how-to/github.md", names)
	runShown(t, "docs/how-to/github.md", "yaml")
	uses := map[string]string{}
	for _, text := range blocks(t, "docs/how-to/github.md", "yaml", "sh") {
		file := filepath.Join(t.TempDir(), "workflow.yml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		schema(t, "github-workflows", file)
		var w workflow
		require.NoError(t, yaml.Unmarshal([]byte(text), &w))
		for _, job := range w.Jobs {
			j := newGitHubJob(t)
			dir, bin := aProject(t)
			j.dir, j.path, j.env = dir, bin+":"+j.path, []string{"CAPTURE=" + capture(t, "gevent-25.5.1.20-hosts.pipe.log")}
			for _, s := range job.Steps {
				j.workflowStep(t, &s, uses)
			}
		}
	}
	for _, s := range a.Runs.Steps {
		if name, commit, pinned := strings.Cut(s.Uses, "@"); pinned {
			assert.Equal(t, commit, uses[name], name)
		}
	}
}

// workflowStep runs a step, and notes what it uses.
func (j *githubJob) workflowStep(t *testing.T, s *workflowStep, uses map[string]string) {
	t.Helper()
	switch name, version, _ := strings.Cut(s.Uses, "@"); {
	case name == "orbfilter/orbfilter":
		got := j.act(t, "run", s.With)
		assert.Zero(t, got.code, "%v\n%s%s", s.With, got.stdout, got.stderr)
		assert.NotContains(t, got.stdout+got.stderr, "Exception ignored in")
	case name != "":
		assert.Regexp(t, "^[0-9a-f]{40}$", version)
		if before, seen := uses[name]; seen {
			assert.Equal(t, before, version, name)
		}
		uses[name] = version
	default:
		got := j.step(t, &actionStep{Shell: "bash", Run: s.Run}, nil)
		assert.Zero(t, got.code, "%s\n%s%s", s.Run, got.stdout, got.stderr)
	}
}

// TestDocsGitLab runs each job of docs/how-to/gitlab.md, and each use of the component.
func TestDocsGitLab(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	_, _, inputs := componentParts(t)
	var names []string
	for name := range inputs {
		names = append(names, name)
	}
	tableOf(t, "docs/how-to/gitlab.md", names)
	runShown(t, "docs/how-to/gitlab.md", "yaml")
	for _, text := range blocks(t, "docs/how-to/gitlab.md", "yaml", "sh") {
		file := filepath.Join(t.TempDir(), "ci.yml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		schema(t, "gitlab-ci", file)
		var include struct {
			Include []struct{ Inputs map[string]string }
		}
		require.NoError(t, yaml.Unmarshal([]byte(text), &include))
		for _, c := range include.Include {
			r, _ := project(t)
			name := "orbfilter"
			if c.Inputs["job"] != "" {
				name = c.Inputs["job"]
			}
			got := r.job(t, name, c.Inputs)
			assert.Zero(t, got.code, "%v\n%s%s", c.Inputs, got.stdout, got.stderr)
			assert.NotContains(t, got.stdout+got.stderr, "Exception ignored in")
		}
		scripts(t, text)
	}
}

// project returns a run in which there is what the pages speak of.
func project(t *testing.T) (r *gitlabRun, env []string) {
	t.Helper()
	r = newGitLabRun(t, shells[0])
	dir, bin := aProject(t)
	require.NoError(t, os.Rename(filepath.Join(r.dir, ".orbfilter-bin"), filepath.Join(dir, ".orbfilter-bin")))
	r.dir, r.path = dir, bin+":"+r.path
	r.env = []string{"CAPTURE=" + capture(t, "gevent-25.5.1.20-hosts.pipe.log")}
	return r, append([]string{"PATH=" + r.path, "HOME=" + dir, "GITLAB_CI=true", "GORACE=" + hasty}, r.env...)
}

// scripts runs the scripts of the jobs that are written out, and looks whether
// what they promise is there.
func scripts(t *testing.T, text string) {
	t.Helper()
	var all map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &all))
	for name, node := range all {
		if keys, ok := node.(map[string]any); !ok || keys["script"] == nil {
			continue
		}
		var job gitlabJob
		require.NoError(t, json.Unmarshal([]byte(jsonOf(t, node)), &job))
		r, env := project(t)
		c := exec.Command("bash", "-eo", "pipefail", "-c", strings.Join(job.Script, "\n"))
		c.Dir, c.Env = r.dir, env
		got := runCI(t, c)
		assert.Zero(t, got.code, "%s\n%s%s", name, got.stdout, got.stderr)
		for _, file := range append(slices.Collect(maps.Values(job.Artifacts.Reports)), job.Artifacts.Paths...) {
			_, err := os.Stat(filepath.Join(r.dir, file))
			assert.NoError(t, err, name)
		}
	}
}

// TestDocsPreCommit: pre-commit takes each configuration of docs/how-to/pre-commit.md,
// and the hooks are there. TestPreCommitHooks runs them.
func TestDocsPreCommit(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	var manifest []struct{ ID string }
	require.NoError(t, yaml.Unmarshal([]byte(page(t, ".pre-commit-hooks.yaml")), &manifest))
	var ids []string
	for _, h := range manifest {
		ids = append(ids, h.ID)
	}
	tableOf(t, "docs/how-to/pre-commit.md", ids)
	for _, text := range blocks(t, "docs/how-to/pre-commit.md", "yaml", "sh") {
		file := filepath.Join(t.TempDir(), ".pre-commit-config.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		out, err := exec.Command(filepath.Join(ciTools(t), "pre-commit"), "validate-config", file).CombinedOutput()
		assert.NoError(t, err, "%s", out)
		for _, m := range regexp.MustCompile(`- id: (\S+)`).FindAllStringSubmatch(text, -1) {
			assert.Contains(t, ids, m[1])
		}
	}
}

var console = regexp.MustCompile("(?ms)^```console\n\\$ ([^\n]*)\n(.*?)^```$")

// TestDocsGatesShowWhatIsPrinted does what docs/how-to/gates.md says. "cat logs/…" makes
// the log.
func TestDocsGatesShowWhatIsPrinted(t *testing.T) {
	testrun.WithoutRace(t)
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "logs"), 0o755))
	showsWhatIsPrinted(t, "how-to/gates.md", dir)
}

// TestDocsReportsShowWhatIsPrinted does what docs/reference/reports.md says, with two
// recorded runs.
func TestDocsReportsShowWhatIsPrinted(t *testing.T) {
	testrun.WithoutRace(t)
	dir := t.TempDir()
	for name, log := range map[string]string{"monday.log": "more/network-retry.log", "tuesday.log": "more/deploy-raises.log"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(textIn(t, capture(t, log))), 0o644))
	}
	showsWhatIsPrinted(t, "reference/reports.md", dir)
	for _, kind := range reports.ReportKinds() {
		assert.Contains(t, page(t, "docs/reference/reports.md"), "\n| `"+kind+"` | ")
	}
}

// showsWhatIsPrinted does what a page of docs says, one command after the other in
// one folder, and compares what is printed.
func showsWhatIsPrinted(t *testing.T, name, dir string) {
	t.Helper()
	doc := page(t, "docs/"+name)
	require.Regexp(t, console, doc)
	done := console.ReplaceAllStringFunc(doc, func(block string) string {
		m := console.FindStringSubmatch(block)
		if log, ok := strings.CutPrefix(m[1], "cat logs/"); ok {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", log), []byte(m[2]), 0o644))
			return block
		}
		c := exec.Command("sh", "-c", m[1])
		c.Dir = dir
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GORACE=" + hasty}
		out, err := c.CombinedOutput()
		assert.NoError(t, err, "%s: %s", m[1], out)
		return "```console\n$ " + m[1] + "\n" + string(out) + "```"
	})
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("..", "docs", filepath.FromSlash(name)), []byte(done), 0o644))
		return
	}
	assert.Equal(t, doc, done, "go test -update writes it anew")
}
