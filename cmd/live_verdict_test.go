//go:build unix

package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// TestLiveVerdict runs the runs of testdata/verdict again: what is said of them, and
// the exit code with --fail-on error, is what pyinfra itself says (its exit code, and
// the hosts and operations of its --json); where that lies, it is the truth.
func TestLiveVerdict(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	l := newLive(t)
	var ssh []filtertest.Truth
	for _, want := range filtertest.Truths(t) {
		switch {
		case !want.Live:
		case strings.Contains(want.Run, "inv_ssh.py"):
			ssh = append(ssh, want)
		default:
			l.verdict(t, want)
		}
	}
	t.Run("ssh", func(t *testing.T) {
		s := newSSHD(t, "")
		for _, want := range ssh {
			l.verdict(t, want, "ORBFILTER_SSH_PORT="+s.port, "ORBFILTER_SSH_USER="+s.user, "ORBFILTER_SSH_KEY="+s.key)
		}
	})
}

// verdict runs one, behind a pipe and wrapped.
func (l *live) verdict(t *testing.T, want filtertest.Truth, env ...string) {
	t.Run(want.Name, func(t *testing.T) {
		t.Parallel()
		answers := l.ask(t, want, env)
		for _, got := range []liveRun{l.verdictOfPipe(t, want, env), l.verdictOfRun(t, want, env)} {
			if len(answers) == 1 && !want.Lies {
				got.didWhat(t, &answers[0])
			}
		}
	})
}

const judge = `--summary never --markers never --no-history --fail-on error --report json=report.json`

func (l *live) verdictOfPipe(t *testing.T, want filtertest.Truth, env []string) liveRun {
	got := l.truly(t, "pipe", want, `{ `+want.Run+`; echo $? >code; } 2>&1 | tee raw | orbfilter `+judge, env)
	assert.Equal(t, strconv.Itoa(want.Exit)+"\n", got.file(t, "code"), "pyinfra's exit code; it wrote: %s", got.file(t, "raw"))
	assert.Equal(t, got.exitOf(t, want.Failed), got.code, "exit code; stderr: %s", got.stderr)
	want.CheckLive(t, got.verdict(t), got.file(t, "raw"))
	return got
}

// verdictOfRun: the exit code is the command's own if it says that it failed.
func (l *live) verdictOfRun(t *testing.T, want filtertest.Truth, env []string) liveRun {
	got := l.truly(t, "run", want, `exec orbfilter run `+judge+` -- sh -c "$RUN"`, append(env, "RUN="+want.Run))
	code := want.Exit
	if code == 0 {
		code = got.exitOf(t, want.Failed)
	}
	assert.Equal(t, code, got.code, "exit code; stderr: %s", got.stderr)
	want.CheckLive(t, got.verdict(t), got.stdout, got.stderr)
	return got
}

// didWhat compares what was recorded of the operations with what pyinfra itself says of them.
func (r liveRun) didWhat(t *testing.T, answer *filtertest.Answer) {
	var report struct{ Run *outcome.Record }
	require.NoError(t, json.Unmarshal([]byte(r.file(t, "report.json")), &report))
	require.NotNil(t, report.Run)
	assert.Equal(t, answer.Lines(report.Run), filtertest.Lines(report.Run))
	assert.False(t, report.Run.Unclear)
}

// ask asks pyinfra itself what failed, where it has an answer, and returns that.
func (l *live) ask(t *testing.T, want filtertest.Truth, env []string) []filtertest.Answer {
	if want.JSON != nil && !*want.JSON || !want.Recorded(t) {
		return nil
	}
	got := l.truly(t, "oracle", want, strings.ReplaceAll(want.Run, "pyinfra ", "pyinfra --json "), env)
	assert.Equal(t, want.Exit, got.code, "pyinfra's exit code with --json; stderr: %s", got.stderr)
	said := answers(t, got.stdout)
	require.NotEmpty(t, said, "pyinfra has said nothing: %s", got.stderr)
	if want.Lies {
		return said
	}
	for _, host := range want.Hosts {
		assert.True(t, slices.ContainsFunc(said, func(a filtertest.Answer) bool { return slices.Contains(a.FailedHosts, host) }), "%s has not failed: %+v", host, said)
	}
	for _, a := range said {
		assert.Subset(t, want.Hosts, a.FailedHosts, "these hosts have failed, too")
	}
	for _, at := range want.Operations {
		assert.True(t, slices.ContainsFunc(said, func(a filtertest.Answer) bool { return a.Failed(at) }), "%s has not failed: %+v", at, said)
	}
	return said
}

// answers reads what is among other lines: the connector prints to stdout as well.
func answers(t *testing.T, out string) (all []filtertest.Answer) {
	t.Helper()
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, `{"plan"`) {
			continue
		}
		var doc struct{ Results *filtertest.Answer }
		require.NoError(t, json.Unmarshal([]byte(line), &doc))
		if doc.Results != nil {
			all = append(all, *doc.Results)
		}
	}
	return all
}

// truly runs a script in a folder with what the runs of testdata/verdict need.
func (l *live) truly(t *testing.T, as string, want filtertest.Truth, script string, env []string) liveRun {
	t.Helper()
	venv := want.Venv
	if venv == "" {
		venv = "gevent-" + fixed
	}
	c := l.command(t, as, script)
	copyFiles(t, filepath.Join(l.testdata, "..", "verdict", "deploys", "*.py"), c.Dir)
	copyFiles(t, filepath.Join(l.testdata, "..", "verdict", "at.py"), c.Dir)
	home := filepath.Join(c.Dir, "home")
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".ssh"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home, ".ssh", "known_hosts"), nil, 0o600))
	path := []string{l.bin, l.testdata, filepath.Join(l.venvs, venv, "bin"), os.Getenv("PATH")}
	c.Env = append(append(c.Env, "PATH="+strings.Join(path, string(filepath.ListSeparator)), "HOME="+home, "ORBCTL_MACHINES=3"), env...)
	return finish(t, c)
}

func copyFiles(t *testing.T, pattern, dir string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files, pattern)
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(f)), data, 0o600))
	}
}

// verdict is that of the report.
func (r liveRun) verdict(t *testing.T) outcome.Verdict {
	t.Helper()
	var report struct{ Verdict outcome.Verdict }
	require.NoError(t, json.Unmarshal([]byte(r.file(t, "report.json")), &report))
	return report.Verdict
}

// exitOf is the exit code that --fail-on error makes of an answer. Where it is not known whether a run failed, an issue that is an error decides.
func (r liveRun) exitOf(t *testing.T, failed outcome.Failed) int {
	t.Helper()
	var report struct {
		Issues []struct{ Severity rules.Severity }
	}
	require.NoError(t, json.Unmarshal([]byte(r.file(t, "report.json")), &report))
	isError := slices.ContainsFunc(report.Issues, func(i struct{ Severity rules.Severity }) bool { return i.Severity == rules.Error })
	if failed == outcome.Yes || failed == outcome.Unknown && isError {
		return 1
	}
	return 0
}
