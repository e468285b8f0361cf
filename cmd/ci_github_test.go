//go:build unix

package cmd_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// An action is what of action.yml counts.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct{ Steps []actionStep }
}

type actionStep struct {
	ID, If, Uses, Shell, Run string
	Folder                   string `yaml:"working-directory"`
	Env, With                map[string]string
}

func readAction(t *testing.T) *action {
	t.Helper()
	var a action
	require.NoError(t, yaml.Unmarshal([]byte(page(t, "action.yml")), &a))
	return &a
}

// A githubJob runs steps as GitHub's runner does, as far as action.yml needs it.
type githubJob struct {
	dir  string   // the workspace
	temp string   // $RUNNER_TEMP
	env  []string // beside what the runner sets
	path string
	// outputs are by "STEP.NAME".
	outputs map[string]string
}

func newGitHubJob(t *testing.T) *githubJob {
	t.Helper()
	j := &githubJob{dir: t.TempDir(), temp: t.TempDir(), path: standIns(t) + ":" + os.Getenv("PATH"), outputs: map[string]string{}}
	return j
}

// standIns returns a folder with a pyinfra in it that prints $CAPTURE on stderr,
// as the real one does, and exits with $CODE.
func standIns(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\ncat \"$CAPTURE\" >&2\nexit ${CODE:-0}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pyinfra"), []byte(script), 0o755))
	return dir
}

// capture returns the path of a recorded run.
func capture(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "testdata", "captures", name))
	require.NoError(t, err)
	return path
}

// A ciRun is what came of a script.
type ciRun struct {
	code           int
	stdout, stderr string
}

var expression = regexp.MustCompile(`\$\{\{ (\S+) \}\}`)

// fill evaluates the expressions in a value.
func (j *githubJob) fill(text string, inputs map[string]string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		if input, ok := strings.CutPrefix(name, "inputs."); ok {
			return inputs[input]
		}
		step, output, _ := strings.Cut(strings.TrimPrefix(name, "steps."), ".outputs.")
		return j.outputs[step+"."+output]
	})
}

// step runs a step: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell.
func (j *githubJob) step(t *testing.T, s *actionStep, inputs map[string]string) ciRun {
	t.Helper()
	require.Equal(t, "bash", s.Shell)
	script, output, path := filepath.Join(j.temp, "step.sh"), filepath.Join(j.temp, "output"), filepath.Join(j.temp, "path")
	require.NoError(t, os.WriteFile(script, []byte(s.Run), 0o644))
	for _, f := range []string{output, path} {
		require.NoError(t, os.WriteFile(f, nil, 0o644))
	}
	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	c.Dir = filepath.Join(j.dir, j.fill(s.Folder, inputs))
	top, err := filepath.Abs("..")
	require.NoError(t, err)
	c.Env = append([]string{
		"PATH=" + j.path, "HOME=" + j.temp, "RUNNER_TEMP=" + j.temp, "GITHUB_ACTION_PATH=" + top, "GITHUB_ACTIONS=true", "CI=true", "GORACE=" + hasty,
		"GITHUB_OUTPUT=" + output, "GITHUB_PATH=" + path, "GITHUB_STEP_SUMMARY=" + filepath.Join(j.temp, "summary.md"), "GITHUB_WORKSPACE=" + j.dir,
	}, j.env...)
	for name, value := range s.Env {
		c.Env = append(c.Env, name+"="+j.fill(value, inputs))
	}
	run := runCI(t, c)
	for line := range strings.Lines(textIn(t, output)) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		require.True(t, ok, "GITHUB_OUTPUT: %q", line)
		j.outputs[s.ID+"."+name] = value
	}
	for line := range strings.Lines(textIn(t, path)) {
		j.path = strings.TrimSuffix(line, "\n") + ":" + j.path
	}
	return run
}

func runCI(t *testing.T, c *exec.Cmd) ciRun {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	stuck := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	defer stuck.Stop()
	return ciRun{codeOf(c.Run()), stdout.String(), stderr.String()}
}

func textIn(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}

// act runs the action's step of an id, with inputs for which it has no defaults.
func (j *githubJob) act(t *testing.T, id string, inputs map[string]string) ciRun {
	t.Helper()
	a := readAction(t)
	all := map[string]string{}
	for name, input := range a.Inputs {
		all[name] = input.Default
	}
	for name := range inputs {
		require.Contains(t, all, name, "there is no such input")
	}
	maps.Copy(all, inputs)
	at := slices.IndexFunc(a.Runs.Steps, func(s actionStep) bool { return s.ID == id })
	require.NotEqual(t, -1, at)
	return j.step(t, &a.Runs.Steps[at], all)
}

func TestActionRuns(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	j.env = []string{"CAPTURE=" + capture(t, "gevent-25.5.1.20-hosts.pipe.log")}
	got := j.act(t, "run", map[string]string{"run": "echo 'two  spaces'\npyinfra -y \\\n  inventory.py deploy.py\n"})
	require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
	assert.Contains(t, got.stdout, "two  spaces\n")
	assert.Contains(t, got.stdout+got.stderr, "    Grand total   60      20        -       40          \n")
	assert.NotContains(t, got.stdout+got.stderr, "Exception ignored in")
	report := j.outputs["run.report"]
	assert.Equal(t, map[string]string{"run.exit-code": "0", "run.lines": "732", "run.folded-lines": "608", "run.issues": "1", "run.unknown": "0", "run.report": report}, j.outputs)
	var r sumUp
	require.NoError(t, json.Unmarshal([]byte(textIn(t, report)), &r))
	assert.Equal(t, 608, r.Folded.Lines)
	assert.Contains(t, textIn(t, filepath.Join(j.temp, "summary.md")), "gevent-fork-hooks-assertion")
}

// TestActionOutputs: each output is one of the step, and what the report says.
func TestActionOutputs(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	j.env = []string{"CAPTURE=" + capture(t, "more/deploy-raises.gevent-25.5.1.log")}
	got := j.act(t, "run", map[string]string{"run": "pyinfra"})
	require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
	var r struct {
		Input, Folded   struct{ Lines int }
		Issues, Unknown []struct{}
	}
	require.NoError(t, json.Unmarshal([]byte(textIn(t, j.outputs["run.report"])), &r))
	require.NotEmpty(t, r.Unknown)
	require.Greater(t, len(r.Issues), 1)
	out := map[string]int{"lines": r.Input.Lines, "folded-lines": r.Folded.Lines, "issues": len(r.Issues), "unknown": len(r.Unknown)}
	for name, o := range readAction(t).Outputs {
		value := j.fill(o.Value, nil)
		if want, ok := out[name]; ok {
			assert.JSONEq(t, value, jsonOf(t, want), name)
		}
		assert.NotEmpty(t, value, name)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

func TestActionPassesTheExitCodeOn(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	j.env = []string{"CAPTURE=" + capture(t, "more/no-such-host.log")}
	for _, c := range []struct {
		run, failOn, want string
	}{
		{"exit 0", "", "0"},
		{"exit 1", "", "1"},
		{"exit 42", "error", "42"},
		{"false\necho on", "", "1"},
		{"false | true", "", "1"},
		{"kill -9 $$", "", "137"},
		{"no-such-command-here", "", "127"},
		{"pyinfra", "", "0"},
		{"pyinfra", "error", "1"},
		{"pyinfra", "warning,new-unknown", "1"},
		{"pyinfra", "new-unknown", "0"},
		{"pyinfra", "errors", "2"},
	} {
		got := j.act(t, "run", map[string]string{"run": c.run, "fail-on": c.failOn})
		assert.Equal(t, c.want, jsonOf(t, got.code), "%+v: %s%s", c, got.stdout, got.stderr)
		assert.Equal(t, c.want, j.outputs["run.exit-code"], "%+v", c)
		assert.NotContains(t, got.stdout, "on\n", "bash -e goes on")
	}
}

// hostile are values that do something where they are pasted into a script or
// split into words. There is a file "bait" in the folder.
var hostile = []string{
	"$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "\"; touch pwned; \"", "a\ntouch pwned", "; touch pwned #", "&& touch pwned", "${IFS}touch${IFS}pwned",
	"$HOME", "b*", "-n", "--", "\\", "'", "\"", "a b", " a", "${{ github.token }}", "$[[ inputs.run ]]", "%0A::error::x", "::error::x", "x[$(touch pwned)]",
}

// TestActionInputsAreNoCode: only "run" is run, whatever the others hold; each
// reaches orbfilter as it is. "version" is of the other step, see TestActionInstalls.
func TestActionInputsAreNoCode(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	j.path = recorder(t) + ":" + j.path
	require.NoError(t, os.WriteFile(filepath.Join(j.dir, "bait"), nil, 0o644))
	for _, value := range hostile {
		inputs := map[string]string{"fail-on": value, "baseline": value, "report": value, "args": value}
		for _, what := range []string{"run", "scan"} {
			want := []string{"--fail-on=" + value, "--baseline=" + value}
			for line := range strings.SplitSeq(value, "\n") {
				want = append(want, "--report="+line, line)
			}
			inputs[what] = map[string]string{"run": "true", "scan": value}[what]
			got := j.act(t, "run", inputs)
			delete(inputs, what)
			assert.NoFileExists(t, filepath.Join(j.dir, "pwned"), "%q", value)
			for _, arg := range want {
				assert.Contains(t, got.stdout, "["+arg+"]\n", "%q", value)
			}
		}
	}
}

// recorder returns a folder with an orbfilter in it that says how it was called.
func recorder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "orbfilter"), []byte("#!/bin/sh\nprintf '[%s]\\n' \"$@\"\n"), 0o755))
	return dir
}

// TestActionRunsAsAStepDoes: what "run" holds comes out as without the action.
func TestActionRunsAsAStepDoes(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, script := range []string{
		"printf '%s|' \"a  b\" 'c\"d' \\$HOME \"$0\" | sed 's/|[^|]*run.sh/|run.sh/'",
		"cat <<'END'\n  $(x)  'y'\n\nEND",
		"env | grep ^ORBFILTER_ || echo none",
		"echo one; (exit 3) || echo $?; set +e; false; echo \"$-\" | tr -cd e",
		"read -r line || echo no input",
	} {
		j := newGitHubJob(t)
		plain := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "run.sh")
		plain.Dir = t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(plain.Dir, "run.sh"), []byte(script), 0o644))
		want := runCI(t, plain)
		got := j.act(t, "run", map[string]string{"run": script, "args": "--quiet"})
		assert.Equal(t, want, got, script)
	}
}
