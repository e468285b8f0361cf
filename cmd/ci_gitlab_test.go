//go:build unix

package cmd_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// component returns the jobs of templates/orbfilter/template.yml with inputs put
// in. GitLab does it node by node, after it has read the YAML, so that no input
// can change the structure: https://gitlab.com/gitlab-org/gitlab/-/issues/440667.
func component(t *testing.T, inputs map[string]string) map[string]gitlabJob {
	t.Helper()
	header, body, all := componentParts(t)
	for name := range inputs {
		require.Contains(t, all, name, "there is no such input")
	}
	maps.Copy(all, inputs)
	require.NotEmpty(t, header)
	data, err := json.Marshal(fillIn(body, all))
	require.NoError(t, err)
	var jobs map[string]gitlabJob
	require.NoError(t, json.Unmarshal(data, &jobs))
	return jobs
}

// componentParts returns the two documents, and the defaults of the inputs.
func componentParts(t *testing.T) (header string, body any, defaults map[string]string) {
	t.Helper()
	parts := strings.SplitN(page(t, "templates/orbfilter/template.yml"), "\n---\n", 2)
	require.Len(t, parts, 2)
	var head struct {
		Spec struct {
			Inputs map[string]struct{ Default string }
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(parts[0]), &head))
	require.NoError(t, yaml.Unmarshal([]byte(parts[1]), &body))
	defaults = map[string]string{}
	for name, input := range head.Spec.Inputs {
		defaults[name] = input.Default
	}
	return parts[0], body, defaults
}

type gitlabJob struct {
	Stage, Image string
	Variables    map[string]struct {
		Value  string
		Expand *bool
	}
	Script    []string
	Artifacts struct {
		When    string
		Paths   []string
		Reports map[string]string
	}
}

var interpolation = regexp.MustCompile(`\$\[\[ inputs\.([a-z-]+) \]\]`)

// fillIn replaces inputs in a YAML node and those below it.
func fillIn(node any, inputs map[string]string) any {
	switch n := node.(type) {
	case string:
		return interpolation.ReplaceAllStringFunc(n, func(s string) string { return inputs[interpolation.FindStringSubmatch(s)[1]] })
	case []any:
		out := []any{}
		for _, v := range n {
			out = append(out, fillIn(v, inputs))
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, v := range n {
			out[fillIn(k, inputs).(string)] = fillIn(v, inputs)
		}
		return out
	}
	return node
}

// shells are how the runner runs scripts, with bash where there is one:
// https://docs.gitlab.com/runner/shells.
var shells = [][]string{{"bash", "-eo", "pipefail", "-c"}, {"sh", "-e", "-c"}}

// A gitlabRun is a folder in which jobs of the component are run.
type gitlabRun struct {
	dir, path string
	env       []string
	shell     []string
}

func newGitLabRun(t *testing.T, shell []string) *gitlabRun {
	t.Helper()
	r := &gitlabRun{dir: t.TempDir(), path: standIns(t) + ":" + os.Getenv("PATH"), shell: shell}
	r.install(t, "#!/bin/sh\nexec orbfilter \"$@\"\n")
	return r
}

// install puts a script where the first job puts orbfilter.
func (r *gitlabRun) install(t *testing.T, script string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(r.dir, ".orbfilter-bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, ".orbfilter-bin", "orbfilter"), []byte(script), 0o755))
}

func (r *gitlabRun) job(t *testing.T, name string, inputs map[string]string) ciRun {
	t.Helper()
	job, ok := component(t, inputs)[name]
	require.True(t, ok)
	script := strings.Join(job.Script, "\n")
	c := exec.Command(r.shell[0], append(r.shell[1:len(r.shell):len(r.shell)], script)...)
	c.Dir = r.dir
	c.Env = append([]string{"PATH=" + r.path, "HOME=" + r.dir, "GITLAB_CI=true", "CI=true", "GORACE=" + hasty}, r.env...)
	for name, v := range job.Variables {
		require.NotNil(t, v.Expand, name)
		require.False(t, *v.Expand, "%s: a $ in it would be read as a variable", name)
		c.Env = append(c.Env, name+"="+v.Value)
	}
	return runCI(t, c)
}

func TestComponentRuns(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, shell := range shells {
		r := newGitLabRun(t, shell)
		r.env = []string{"CAPTURE=" + capture(t, "gevent-25.5.1.20-hosts.pipe.log")}
		got := r.job(t, "orbfilter", map[string]string{"run": "echo 'two  spaces'\npyinfra -y \\\n  inventory.py deploy.py\n"})
		require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
		assert.Contains(t, got.stdout, "two  spaces\n")
		assert.NotContains(t, got.stdout+got.stderr, "Exception ignored in")
		assert.Contains(t, got.stdout+got.stderr, "    Grand total   60      20        -       40          \n")
		job := component(t, nil)["orbfilter"]
		assert.Equal(t, "always", job.Artifacts.When)
		for _, file := range job.Artifacts.Paths {
			assert.FileExists(t, filepath.Join(r.dir, file))
		}
		var quality []struct {
			Description, Fingerprint, Severity string
			Location                           struct{ Path string }
		}
		require.NoError(t, json.Unmarshal([]byte(textIn(t, filepath.Join(r.dir, job.Artifacts.Reports["codequality"]))), &quality))
		require.Len(t, quality, 1)
		assert.NotEmpty(t, quality[0].Fingerprint)
		assert.Contains(t, textIn(t, filepath.Join(r.dir, job.Artifacts.Reports["junit"])), "gevent-fork-hooks-assertion")
	}
}

func TestComponentScans(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, shell := range shells {
		r := newGitLabRun(t, shell)
		logs := filepath.Join(r.dir, "logs of today")
		require.NoError(t, os.Mkdir(logs, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(logs, "-a b.log"), []byte(textIn(t, capture(t, "more/deploy-raises.log"))), 0o644))
		got := r.job(t, "logs", map[string]string{"job": "logs", "scan": "logs of today\n", "fail-on": "new-unknown", "args": "--report=md=a b.md\n--color=never"})
		assert.Equal(t, 1, got.code, "%s%s", got.stdout, got.stderr)
		assert.Contains(t, got.stdout+got.stderr, "AssertionError: a bug in the deploy")
		assert.FileExists(t, filepath.Join(r.dir, "a b.md"))
		assert.Contains(t, textIn(t, filepath.Join(r.dir, "orbfilter.json")), "logs of today/-a b.log")
	}
}

func TestComponentPassesTheExitCodeOn(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, shell := range shells {
		r := newGitLabRun(t, shell)
		r.env = []string{"CAPTURE=" + capture(t, "more/no-such-host.log")}
		for _, c := range []struct {
			run, failOn string
			want        int
		}{
			{"exit 0", "", 0},
			{"false\necho on", "", 1},
			{"exit 42", "error", 42},
			{"kill -9 $$", "", 137},
			{"pyinfra", "", 0},
			{"pyinfra", "error", 1},
			{"pyinfra", "new-unknown", 0},
			{"pyinfra", "errors", 2},
			{"", "", 2},
		} {
			got := r.job(t, "orbfilter", map[string]string{"run": c.run, "fail-on": c.failOn})
			assert.Equal(t, c.want, got.code, "%+v: %s%s", c, got.stdout, got.stderr)
			assert.NotContains(t, got.stdout, "on\n")
		}
		got := r.job(t, "orbfilter", map[string]string{"run": "true", "scan": "a"})
		assert.Equal(t, 2, got.code)
		assert.Contains(t, got.stderr, "got both")
	}
}

// TestComponentInputsAreNoCode: as TestActionInputsAreNoCode.
func TestComponentInputsAreNoCode(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for n, value := range hostile {
		r := newGitLabRun(t, shells[n%len(shells)])
		r.install(t, "#!/bin/sh\nprintf '[%s]\\n' \"$@\"\n")
		require.NoError(t, os.WriteFile(filepath.Join(r.dir, "bait"), nil, 0o644))
		inputs := map[string]string{"job": value, "stage": value, "image": value, "fail-on": value, "baseline": value, "args": value}
		for _, what := range []string{"run", "scan"} {
			want := []string{"--fail-on=" + value, "--baseline=" + value}
			inputs[what] = map[string]string{"run": "true", "scan": value}[what]
			got := r.job(t, value, inputs)
			delete(inputs, what)
			assert.NoFileExists(t, filepath.Join(r.dir, "pwned"), "%q", value)
			for _, arg := range append(want, strings.Split(value, "\n")...) {
				assert.Contains(t, got.stdout, "["+arg+"]\n", "%q", value)
			}
		}
	}
}

func TestComponentInstalls(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, shell := range shells {
		r := newGitLabRun(t, shell)
		r.path = fakeGo(t) + ":" + r.path
		got := r.job(t, "x:install", map[string]string{"job": "x", "version": "v1.2.3"})
		require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
		assert.Contains(t, got.stdout, "[github.com/orbfilter/orbfilter/cmd/orbfilter@v1.2.3] \n")
		assert.FileExists(t, filepath.Join(r.dir, component(t, nil)["orbfilter:install"].Artifacts.Paths[0]))
		for _, version := range hostile {
			got = r.job(t, "orbfilter:install", map[string]string{"version": version})
			assert.Contains(t, got.stdout, "[github.com/orbfilter/orbfilter/cmd/orbfilter@"+version+"] \n")
			assert.NoFileExists(t, filepath.Join(r.dir, "pwned"))
		}
	}
}

// TestComponentHasNoInputInScripts: a script is code, and GitLab pastes inputs.
func TestComponentHasNoInputInScripts(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	_, body, _ := componentParts(t)
	for name, job := range body.(map[string]any) {
		for _, line := range job.(map[string]any)["script"].([]any) {
			assert.NotContains(t, line, "$[[", name)
		}
	}
}
