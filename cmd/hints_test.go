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

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// awkward are names of logs that a shell reads otherwise than they stand, and some that it does not.
var awkward = []string{"deploy.log", "my log.txt", "it's.log", "a{b,c}.log", "$HOME.log", "ü.log", "-dash.log", "a:3.log", "q?[x]*.log", "tab\tx.log", "line\nend.log", "a;b&c|d.log", "#1.log", `back\slash.log`, "~.log", "!x.log", "^.log"}

// hinted is a command of ours that a line of what is said ends with.
var hinted = regexp.MustCompile(`(?m)^(?:.*(?:[:;] |→ )| +)(orbfilter [a-z-].*)$`)

// stands are words that a person is to write something for, and how they are written here.
var stands = strings.NewReplacer("LINE", "21", "LOG", "deploy.log", "ISSUE", "pyinfra-operation-failed", "AUDIT", "audit.orb", "pyinfra …", "true", "FILE", "rule.yaml")

// TestHintsCanBeTyped: the commands that are proposed do what they are proposed for, typed into a shell as they stand, whatever a log is called,
// and however narrow a terminal is.
func TestHintsCanBeTyped(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for n, name := range awkward {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := "logs/" + name
			hints := map[string]bool{}
			dir := folderOf(t, name)
			for _, args := range append(about(log), map[bool][][]string{true: general}[n == 0]...) {
				width := []string{"40", "80", "200"}[(n+len(args))%3]
				for _, h := range hinted.FindAllStringSubmatch(saidIn(t, dir, args, "COLUMNS="+width), -1) {
					hints[h[1]] = true
				}
			}
			require.Greater(t, len(hints), 4)
			for h := range hints {
				typedIn(t, dir, h)
			}
		})
	}
}

// about are commands that have something to say of a log.
func about(log string) [][]string {
	return [][]string{
		{"scan", "logs"}, {"scan", log, "deploy.log"}, {"rules", "learn", "--min-count", "2", log}, {"rules", "learn", "--min-count", "5", log},
		{"rules", "new", "--from", log + ":18", "--save"}, {"rules", "new", "--from", log + ":18"}, {"bundle", log}, {"bundle", "pyinfra-operation-failed", log},
	}
}

// general are commands that have something to say whatever the log is called.
var general = [][]string{
	{"report", "show", "r.json"}, {"rules", "lint", "rule.yaml"}, {"restore", "audit.orb"}, {"run", "--", "ls", "--report", "json=x y"}, {"--summary", "always"},
	{"rules", "show", "ssh"}, {"rules", "list", "gevent"}, {"rules", "trust"}, {"doctor", "pyinfra"}, {"pyinfra", "-y", "a b.py"}, {"learn", "deploy.log"}, {"run"}, {"scan"}, {"rules", "explain"},
}

// folderOf makes a folder with a log of a run that failed, under this name among others.
func folderOf(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	text := readFile(t, "..", "testdata", "captures", "more", "deploy-raises.log") + strings.Repeat("noise of ours\n", 3)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "logs"), 0o755))
	for _, file := range []string{filepath.Join("logs", name), "deploy.log"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rule.yaml"), []byte("id: noise-of-ours\ntitle: Noise of ours\nseverity: noise\nmatch: {line: '^noise of ours$'}\nsamples: [{text: noise of ours}]\n"), 0o644))
	saidIn(t, dir, []string{"scan", "logs", "deploy.log", "--report", "json=r.json"})
	saidIn(t, dir, []string{"--rules", "rule.yaml", "--audit", "audit.orb", "--summary", "never"})
	return dir
}

// saidIn is all that is said by a command that is given the log.
func saidIn(t *testing.T, dir string, args []string, env ...string) string {
	t.Helper()
	in, err := os.Open(filepath.Join(dir, "deploy.log"))
	require.NoError(t, err)
	defer in.Close()
	c := exec.Command("orbfilter", args...)
	c.Dir, c.Stdin, c.Env = dir, in, append(os.Environ(), append([]string{"HOME=" + dir, "NO_COLOR=1"}, env...)...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	_ = c.Run()
	return said.String()
}

// misunderstood is what is said of a command that cannot be right: by orbfilter, which then says where to read on, and by a shell.
var misunderstood = regexp.MustCompile(`(?m)^Try: orbfilter |^bash: `)

// typedIn types a command into a shell.
func typedIn(t *testing.T, dir, command string) {
	t.Helper()
	c := exec.Command("bash", "-c", stands.Replace(command))
	in, err := os.Open(filepath.Join(dir, "deploy.log"))
	require.NoError(t, err)
	defer in.Close()
	c.Dir, c.Stdin, c.Env = dir, in, append(os.Environ(), "HOME="+dir, "NO_COLOR=1")
	out, err := c.CombinedOutput()
	if !strings.Contains(string(out), "there is no terminal to ask on") { // as there would be for a person
		assert.NotRegexp(t, misunderstood, string(out), "%s: %v", command, err)
	}
}
