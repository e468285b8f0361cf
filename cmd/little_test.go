//go:build unix

package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// sh runs a script that finds that orbfilter.
func sh(t *testing.T, dir, script string, args ...string) (out, said string, code int) {
	t.Helper()
	c := exec.Command("sh", append([]string{"-c", script, "sh"}, args...)...)
	c.Dir = dir
	bin, err := built()
	require.NoError(t, err)
	c.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	var o, e strings.Builder
	c.Stdout, c.Stderr = &o, &e
	_ = c.Run()
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// TestFewFiles: whatever number of files can be opened, the bytes pass, and who writes them
// is not killed. Where there are too few to filter, one line says so.
func TestFewFiles(t *testing.T) {
	testrun.WithoutRace(t)
	dir := t.TempDir()
	log := readFile(t, "..", "testdata", "captures", "gevent-25.5.1.3-hosts.pipe.log")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "log"), []byte(log), 0o666))
	clean := throughPipe(t, log)
	for _, n := range []int{3, 4, 5, 6, 7, 8, 9, 11, 14, 18, 22, 30} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			pipe := `{ { cat log; echo "upstream $?" >&2; } | (ulimit -n $0; exec orbfilter --no-history "$@"); } 2>said`
			pipe = strings.ReplaceAll(strings.ReplaceAll(pipe, "$0", fmt.Sprint(n)), "said", fmt.Sprintf("said%d", n))
			out, _, code := sh(t, dir, pipe)
			said := readFile(t, dir, fmt.Sprintf("said%d", n))
			passed(t, log, clean, out, said)
			assert.Zero(t, code)
			assert.Contains(t, said, "upstream 0\n")

			_, _, code = sh(t, dir, pipe, "--fail-on", "noise")
			if said = readFile(t, dir, fmt.Sprintf("said%d", n)); strings.Contains(said, "ulimit -n") {
				assert.Equal(t, 3, code, "nobody has judged it")
			} else {
				assert.Equal(t, 1, code)
			}
			assert.Contains(t, said, "upstream 0\n")

			if n < 7 {
				return // hardly a program starts
			}
			out, said, code = sh(t, dir, fmt.Sprintf(`ulimit -n %d; exec orbfilter run --no-history -- sh -c 'cat log; exit 5'`, n))
			passed(t, log, clean, out, said)
			assert.Equal(t, 5, code)
			_, said, code = sh(t, dir, fmt.Sprintf(`ulimit -n %d; exec orbfilter run --no-history --fail-on noise -- cat log`, n))
			if strings.Contains(said, "ulimit -n") {
				assert.Equal(t, 125, code)
				assert.Contains(t, said, "cat was not started")
			} else {
				assert.Equal(t, 1, code)
			}
		})
	}
}

// passed checks that a log was filtered, or has passed as it is, which was said in a line.
func passed(t *testing.T, log, clean, out, said string) {
	t.Helper()
	assert.NotContains(t, said, "goroutine")
	if strings.Contains(said, "ulimit -n") {
		assert.Equal(t, log, out)
		assert.Regexp(t, `(?m)^orbfilter: too few files can be opened here \(ulimit -n\), \d+ where it takes \d+: (?:what comes in is passed on as it is|sh runs unfiltered)$`, said)
	} else {
		assert.Equal(t, clean, out)
	}
	assert.NotContains(t, said, "fatal error")
}

// TestHomeOfSomebodyElse: sudo -u and containers leave HOME where it was, with a folder that is closed to who runs there. Rules and
// trust are his who lives there, and a deploy is no less started.
func TestHomeOfSomebodyElse(t *testing.T) {
	testrun.WithoutRace(t)
	if os.Getuid() == 0 && exec.Command("setpriv", "--reuid", "65534", "true").Run() != nil {
		t.Skip("root may look everywhere, and cannot become another user here")
	}
	as := ""
	if os.Getuid() == 0 {
		as = "setpriv --reuid 65534 --regid 65534 --clear-groups "
	}
	dir, err := os.MkdirTemp("", "orbfilter-home-*") //nolint:usetesting // t.TempDir is in a folder that is closed to others
	require.NoError(t, err)
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "700", dir).Run(); os.RemoveAll(dir) })
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "project", ".orbfilter", "rules"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "home", ".config", "orbfilter", "rules"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "project", ".orbfilter", "rules", "a.yaml"), []byte("id: a\n"), 0o644))
	require.NoError(t, exec.Command("cp", program(t), dir+"/orbfilter").Run())
	require.NoError(t, os.Chmod(dir, 0o755))
	require.NoError(t, os.Chmod(dir+"/home", 0))
	for name, script := range map[string]string{
		"run":        `orbfilter run -- sh -c "echo deployed; exit 5"`,
		"pipe":       `{ echo deployed | orbfilter; } && exit 5`,
		"in project": `cd project; orbfilter run -- sh -c "echo deployed; exit 5"`,
	} {
		t.Run(name, func(t *testing.T) {
			script = strings.ReplaceAll(script, "orbfilter run", as+dir+"/orbfilter run")
			script = strings.ReplaceAll(script, "| orbfilter", "| "+as+dir+"/orbfilter")
			out, said, code := sh(t, dir, `unset XDG_CONFIG_HOME XDG_STATE_HOME; HOME=$PWD/home; export HOME; `+script)
			assert.Equal(t, "deployed\n", out, said)
			assert.Equal(t, 5, code)
			assert.NotContains(t, said, "cannot")
			assert.NotContains(t, said, "denied")
		})
	}
}

// TestLittleOfEverything: the bytes pass, whatever there is little of.
func TestLittleOfEverything(t *testing.T) {
	testrun.WithoutRace(t)
	log := readFile(t, "..", "testdata", "captures", "gevent-25.5.1.3-hosts.pipe.log")
	clean := throughPipe(t, log)
	for _, p := range []struct {
		name, script string // that runs orbfilter with its arguments
		args         []string
		said         string
		code         int
	}{
		{"no HOME", `unset HOME XDG_STATE_HOME XDG_CONFIG_HOME XDG_CACHE_HOME; exec orbfilter "$@"`, nil, "", 0},
		{"no such HOME", `unset XDG_STATE_HOME; HOME=/nowhere/at/all exec orbfilter "$@"`, nil, "", 0},
		{"a HOME that is a file", `unset XDG_STATE_HOME XDG_CONFIG_HOME; HOME=$PWD/log exec orbfilter "$@"`, nil, "", 0},
		{"a HOME that cannot be written", `unset XDG_STATE_HOME; HOME=/proc exec orbfilter "$@"`, nil, "", 0},
		{"a folder that cannot be written", `exec orbfilter "$@"`, []string{"--report", "md=/proc/r.md"}, "orbfilter: --report: /proc/r.md: ", 3},
		{"no environment", `exec env -i "$(command -v orbfilter)" "$@"`, nil, "", 0},
		{"no /tmp", `TMPDIR=/nowhere exec orbfilter "$@"`, []string{"--report", "md=r.md"}, "", 0},
		{"full disk", `exec orbfilter "$@"`, []string{"--report", "md=/dev/full"}, "orbfilter: --report: /dev/full: no space left on device\n", 3},
		{"no file may grow", `ulimit -f 0; exec orbfilter "$@"`, []string{"--report", "md=r.md"}, "orbfilter: --report: r.md: file too large\n", 3},
		{"no audit may grow", `ulimit -f 0; exec orbfilter "$@"`, []string{"--audit", "a.orb"}, "orbfilter: --audit a.orb: file too large; what could not be kept there was shown, and not folded\n", 3},
		{"no standard error", `exec orbfilter "$@" 2>&-`, nil, "", 0},
		{"a full standard error", `exec orbfilter "$@" 2>/dev/full`, nil, "", 0},
		{"little memory", `ulimit -v 1500000; exec orbfilter "$@"`, []string{"--report", "html=r.html", "--audit", "a.orb"}, "", 0},
	} {
		t.Run(p.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "log"), []byte(log), 0o666))
			out, said, code := sh(t, dir, `{ cat log; echo "upstream $?" >&2; } | (`+p.script+`)`, append(p.args, "--summary", "never")...)
			want := clean
			if strings.Contains(p.said, "--audit") {
				want = log // what cannot be kept is not folded
			}
			assert.Equal(t, want, out)
			assert.Contains(t, said, p.said)
			assert.Contains(t, said, "upstream 0\n")
			assert.NotContains(t, said, "goroutine")
			assert.NotContains(t, said, "fatal error")
			assert.Equal(t, p.code, code, said)
			if p.said == "" {
				assert.Equal(t, "upstream 0\n", said)
			}
			out, _, code = sh(t, dir, strings.ReplaceAll(p.script, `orbfilter "$@"`, `orbfilter run --summary never -- sh -c "cat log; exit 5"`))
			if !strings.Contains(p.script, "env -i") {
				assert.Equal(t, 5, code)
				assert.Equal(t, clean, out)
			}
		})
	}
}
