//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

func TestActionScans(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	logs := filepath.Join(j.dir, "work", "logs of today")
	require.NoError(t, os.MkdirAll(logs, 0o755))
	for name, from := range map[string]string{"a.log": "gevent-25.5.1.3-hosts.pipe.log", "-b.log": "gevent-25.5.1.20-hosts.pipe.log"} {
		require.NoError(t, os.WriteFile(filepath.Join(logs, name), []byte(textIn(t, capture(t, from))), 0o644))
	}
	got := j.act(t, "run", map[string]string{"scan": "logs of today\n", "report": "html=page of today.html\nmd=-r.md\n", "working-directory": "work"})
	require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
	assert.Equal(t, "1", j.outputs["run.issues"])
	assert.Contains(t, textIn(t, j.outputs["run.report"]), "logs of today/-b.log")
	assert.FileExists(t, filepath.Join(j.dir, "work", "page of today.html"))
	assert.FileExists(t, filepath.Join(j.dir, "work", "-r.md"))

	got = j.act(t, "run", map[string]string{"scan": "nowhere", "working-directory": "work"})
	assert.Equal(t, jsonOf(t, got.code), j.outputs["run.exit-code"])
	assert.NotZero(t, got.code)
}

// TestActionFailsForWhatIsNew is the flow of docs/how-to/github.md.
func TestActionFailsForWhatIsNew(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	log := textIn(t, capture(t, "more/deploy-raises.log"))
	put := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(j.dir, "deploy.log"), []byte(text), 0o644))
	}
	put(log)
	inputs := map[string]string{"scan": "deploy.log", "fail-on": "new-unknown", "baseline": "orbfilter.baseline"}
	assert.Equal(t, 2, j.act(t, "run", inputs).code, "there is no baseline yet")

	c := exec.Command("orbfilter", "scan", "--write-baseline", "orbfilter.baseline", "deploy.log")
	c.Dir = j.dir
	require.Zero(t, runCI(t, c).code)
	got := j.act(t, "run", inputs)
	assert.Zero(t, got.code, "%s%s", got.stdout, got.stderr)

	put(log + strings.ReplaceAll(log, "AssertionError: a bug in the deploy", "ZeroDivisionError: another one"))
	got = j.act(t, "run", inputs)
	assert.Equal(t, 1, got.code, "%s%s", got.stdout, got.stderr)
	assert.Contains(t, got.stdout+got.stderr, "ZeroDivisionError: another one")
	assert.NotRegexp(t, `no rule knows .*AssertionError: a bug in the deploy`, got.stderr)

	inputs = map[string]string{"run": "pyinfra", "fail-on": "new-unknown", "baseline": "orbfilter.baseline"}
	j.env = []string{"CAPTURE=" + capture(t, "more/deploy-raises.log")}
	assert.Zero(t, j.act(t, "run", inputs).code)
}

func TestActionSaysWhatIsMissing(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	for _, c := range []struct {
		inputs map[string]string
		want   string
	}{
		{map[string]string{"run": "true", "scan": "a"}, `::error title=orbfilter::the action takes "run" or "scan", and got both`},
		{map[string]string{"fail-on": "error"}, `::error title=orbfilter::the action got neither "run" nor "scan"`},
		{map[string]string{"args": "--quiet", "scan": "\n"}, `neither`},
	} {
		got := j.act(t, "run", c.inputs)
		assert.Equal(t, 2, got.code)
		assert.Contains(t, got.stdout, c.want)
	}
	got := j.act(t, "run", nil)
	assert.Equal(t, ciRun{}, got, "it is on PATH, and that is all")
}

// TestActionInstalls builds what the action was pinned to, and finds it on PATH.
func TestActionInstalls(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	j := newGitHubJob(t)
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"} {
		out, err := exec.Command("go", "env", name).Output()
		require.NoError(t, err)
		j.env = append(j.env, name+"="+strings.TrimSpace(string(out)))
	}
	require.Zero(t, j.act(t, "go", nil).code)
	assert.Equal(t, "true", j.outputs["go.found"])
	before := j.path
	got := j.act(t, "build", nil)
	require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
	assert.Contains(t, got.stdout, "orbfilter ")
	folder := strings.TrimSuffix(j.path, ":"+before)
	require.Equal(t, j.temp, filepath.Dir(folder))
	assert.FileExists(t, filepath.Join(folder, "orbfilter"))

	j.path = fakeGo(t) + ":" + before
	got = j.act(t, "build", map[string]string{"version": "v1.2.3"})
	require.Zero(t, got.code, "%s%s", got.stdout, got.stderr)
	assert.Contains(t, got.stdout, "[install] [-trimpath] [github.com/orbfilter/orbfilter/cmd/orbfilter@v1.2.3] \n")
	for _, version := range hostile {
		got = j.act(t, "build", map[string]string{"version": version})
		assert.NoFileExists(t, filepath.Join(j.dir, "pwned"))
		assert.Contains(t, got.stdout, "[github.com/orbfilter/orbfilter/cmd/orbfilter@"+version+"] \n")
	}
}

// fakeGo returns a folder with a go in it that says how it was called, and
// installs an orbfilter.
func fakeGo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\nprintf '[%s] ' \"$@\"\necho\nprintf '#!/bin/sh\\necho orbfilter of a fake\\n' >\"$GOBIN/orbfilter\"\nchmod +x \"$GOBIN/orbfilter\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755))
	return dir
}

// TestActionLooksForGo: one that is too old to fetch another is none.
func TestActionLooksForGo(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for version, want := range map[string]string{"go1.26.8": "true", "go1.21": "true", "go1.100": "true", "go1.20.14": "false", "go1.9": "false", "": "false"} {
		j, dir := newGitHubJob(t), t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\necho "+version+"\n"), 0o755))
		j.path = dir + ":" + j.path
		require.Zero(t, j.act(t, "go", nil).code)
		assert.Equal(t, want, j.outputs["go.found"], version)
	}
	j := newGitHubJob(t)
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
	j.path = t.TempDir()
	require.NoError(t, os.Symlink(bash, filepath.Join(j.path, "bash")))
	require.Zero(t, j.act(t, "go", nil).code, "no go at all")
	assert.Equal(t, "false", j.outputs["go.found"])
}

// TestActionIsPinned: no expression stands in a script, what others wrote is
// pinned to a commit, and the Go that is fetched is the one that go.mod asks for.
func TestActionIsPinned(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40}$`)
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(page(t, "go.mod"))[1]
	assert.NotContains(t, page(t, "go.mod"), "replace", "go install orbfilter@version takes no such module")
	for _, s := range readAction(t).Runs.Steps {
		assert.NotContains(t, s.Run, "${{", s.ID)
		if s.Uses != "" {
			assert.Regexp(t, pinned, s.Uses)
			assert.Equal(t, "steps.release.outputs.found != 'true' && steps.go.outputs.found != 'true'", s.If)
			assert.Equal(t, version, s.With["go-version"])
		}
	}
	assert.Regexp(t, regexp.MustCompile(`(?m)uses: \S+ # v\d+\.\d+\.\d+$`), page(t, "action.yml"))
}
