//go:build linux

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

// TestAsksNoNetwork: whatever is called, no address of a network is asked for anything. (doctor --online does, and only that.)
func TestAsksNoNetwork(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	hasShell(t, "strace")
	log, err := filepath.Abs(filepath.Join("..", "testdata", "captures", "more", "no-such-host.log"))
	require.NoError(t, err)
	for _, args := range [][]string{
		{"run", "--report", "html=r.html", "--", "cat", log}, {"scan", log}, {"doctor"}, {"doctor", "--all", "--why"}, {"doctor", "--inventory", "inventory.py"}, {"bundle", log + ":3"},
		{"rules", "list"}, {"rules", "learn", log}, {"rules", "test"}, {"config"}, {"version", "--json"}, {"init", "bash"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "inventory.py"), []byte("hosts = ['web.example.com', ('db.example.com', {})]\n"), 0o600))
			c := exec.Command("strace", append([]string{"-f", "-qq", "-e", "trace=socket,connect,sendto", "-o", "calls", program(t)}, args...)...)
			c.Dir, c.Env = dir, append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir)
			_ = c.Run() // how it ends is no matter
			calls, err := os.ReadFile(filepath.Join(dir, "calls"))
			if err != nil || strings.Contains(string(calls), "ptrace(") {
				t.Skip("strace cannot be used here")
			}
			assert.NotRegexp(t, `AF_INET`, string(calls))
		})
	}
}

// TestModes: what orbfilter keeps of itself, and audits, are for their owner alone; what a person names is as the umask says.
func TestModes(t *testing.T) {
	testrun.WithoutRace(t)
	dir := t.TempDir()
	c := exec.Command("sh", "-c", "umask 027; printf -- '--> Loading config...\\n' | orbfilter --audit a.jsonl --report json=r.json --report html=r.html")
	c.Dir, c.Env = dir, append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for name, want := range map[string]os.FileMode{"a.jsonl": 0o600, "state": 0o700, "state/orbfilter": 0o700, "state/orbfilter/last-report.json": 0o600, "r.json": 0o640, "r.html": 0o640} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), name)
	}
}

// TestSecurityNamesTests: each promise of SECURITY.md has its tests, which are there.
func TestSecurityNamesTests(t *testing.T) {
	testrun.WithoutRace(t)
	promises, err := os.ReadFile(filepath.Join("..", "SECURITY.md"))
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join("..", "docs", "explanation", "reliability.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "\n### What SECURITY.md promises\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n#")
	for _, m := range regexp.MustCompile(`(?m)^- \*\*(.*?)\.?\*\*`).FindAllStringSubmatch(string(promises), -1) {
		assert.Regexp(t, `(?m)^\| `+regexp.QuoteMeta(m[1])+` \|.*Test`, table)
	}
	for _, m := range regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)` \\(`([a-z/]+)`\\)").FindAllStringSubmatch(table, -1) {
		out, _ := exec.Command("grep", "-rlE", "^func "+m[1]+`\(`, filepath.Join("..", m[2])).Output()
		assert.NotEmpty(t, out, "%s is not in %s", m[1], m[2])
	}
}
