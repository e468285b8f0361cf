//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// red are the marks of a run that failed in what is written of it, and green of one that did not.
var (
	red = map[string]string{
		"json": `"failed": "yes"`, "junit": "<failure ", "sarif": `"executionSuccessful": false`, "md": "### orbfilter: the run failed", "html": `class="verdict error"`,
		"codequality": `"severity": "blocker"`,
	}
	green = map[string]string{
		"json": `"failed": "no"`, "sarif": `"executionSuccessful": true`, "md": "### orbfilter: the run did not fail", "html": `class="verdict well"`,
	}
	// ciFormats are the formats of CI systems.
	ciFormats = []string{"github", "gitlab", "azure", "teamcity", "buildkite"}
)

// TestRedAndGreen: a command that fails is red in every report, and in what is said in every CI system, live and shown again, whether or not
// anything is known of why; so is a run that failed and whose command says 0. A good run is red in none.
func TestRedAndGreen(t *testing.T) {
	testrun.WithoutRace(t)
	testdata, err := filepath.Abs(filepath.Join("..", "testdata"))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		script string
		red    bool
		code   int // with --fail-on error; -1: the signal that ended the command
	}{
		"nothing is known":             {"echo deploying; echo cannot reach the registry >&2; exit 3", true, 3},
		"ended by a signal":            {"echo deploying; kill -TERM $$", true, -1},
		"a host failed":                {"cat " + testdata + "/verdict/op-fails-one.log; exit 1", true, 1},
		"a host failed, and it says 0": {"cat " + testdata + "/verdict/op-fails-one.log", true, 1},
		"good":                         {"cat " + testdata + "/verdict/ok.log", false, 0},
		"good, with noise":             {"cat " + testdata + "/captures/gevent-25.5.1.3-hosts.pipe.log", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := []string{"run", "--no-history", "--fail-on", "error"}
			for kind := range red {
				args = append(args, "--report", kind+"="+kind)
			}
			run := exec.Command(program(t), append(args, "--", "sh", "-c", c.script)...)
			run.Dir = dir
			_, _ = run.CombinedOutput()
			assert.Equal(t, c.code, run.ProcessState.ExitCode())
			for kind := range red {
				text := readFile(t, dir, kind)
				if c.red {
					assert.Contains(t, text, red[kind], kind)
				} else {
					assert.NotContains(t, text, red[kind], kind)
					assert.Contains(t, text, green[kind], kind)
				}
			}
			for _, format := range ciFormats {
				shown := outIn(t, dir, "report", "show", "json", "--format", format)
				assert.Equal(t, c.red, strings.Contains(shown, "the run failed"), "%s: %s", format, shown)
				live := exec.Command(program(t), "run", "--no-history", "--format", format, "--", "sh", "-c", c.script)
				live.Dir = dir
				said, _ := live.CombinedOutput()
				assert.Equal(t, c.red, strings.Contains(string(said), "the run failed"), "%s: %s", format, said)
			}
			saidLive(t, dir, c.script, c.red)
		})
	}
}

// saidLive holds what is said of a live run to what became of it: in a pipe and on a terminal, to people and to programs, and on the
// page of a job. Nothing is said of a good run without noise; that is another test's.
func saidLive(t *testing.T, dir, script string, failed bool) {
	t.Helper()
	for _, flags := range [][]string{nil, {"--quiet"}, {"--summary", "always"}, {"--fail-on", "error"}, {"--format", "jsonl"}, {"--format", "github"}} {
		args := append(append([]string{"run", "--no-history"}, flags...), "--", "sh", "-c", script)
		want := map[bool]string{true: `"failed":"yes"`, false: "the run failed"}[slices.Contains(flags, "jsonl")]
		page := filepath.Join(dir, "page")
		require.NoError(t, os.WriteFile(page, nil, 0o600))
		piped := exec.Command(program(t), args...)
		piped.Dir, piped.Env = dir, append(os.Environ(), "GITHUB_STEP_SUMMARY="+page)
		said, _ := piped.CombinedOutput()
		assert.Equal(t, failed, strings.Contains(string(said), want), "piped, %s: %s", flags, said)
		if slices.Contains(flags, "github") {
			assert.Equal(t, failed, strings.Contains(readFile(t, page), "the run failed"), readFile(t, page))
		}
		x := newTerminal(t)
		_ = x.end(x.start(nil, args...))
		assert.Equal(t, failed, strings.Contains(x.screen, want), "on a terminal, %s: %s", flags, x.screen)
	}
}

// TestWhatAPersonKnows: who has ended a command, or reads no more of it, is not told that it ended.
func TestWhatAPersonKnows(t *testing.T) {
	for signal, told := range map[string]bool{"INT": false, "PIPE": false, "TERM": true} {
		x := newTerminal(t)
		_ = x.end(x.start(nil, "run", "--no-history", "--", "sh", "-c", "kill -"+signal+" $$"))
		assert.Equal(t, told, strings.Contains(x.screen, "the run failed"), "%s: %q", signal, x.screen)
	}
}
