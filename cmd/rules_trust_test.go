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
)

const noiseRule = `id: mine
title: Noise of mine
severity: noise
match: {line: '^noise$'}
samples: [{text: noise}]
`

// TestTrustAsks: on a terminal, what is shown is allowed by an answer.
func TestTrustAsks(t *testing.T) {
	for _, c := range []struct {
		answer string
		code   int
		said   string
	}{
		{"\r", 1, "nothing was trusted"}, {"n\r", 1, "nothing was trusted"}, {"y\x04\x04", 1, "nothing was trusted"}, {"y\r", 0, "1 trusted"}, {"YES\r", 0, "1 trusted"},
	} {
		t.Run(c.said, func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, "project", ".orbfilter", "rules")
			require.NoError(t, os.MkdirAll(folder, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(folder, "mine.yaml"), []byte(noiseRule), 0o644))
			term := newTerminal(t)
			p := term.start(func(c *exec.Cmd) {
				c.Dir = filepath.Join(dir, "project")
				c.Env = append(c.Env, "XDG_CONFIG_HOME="+dir)
			}, "rules", "trust")
			term.until(regexp.MustCompile(`(?s)claims a line that holds:.*\^noise\$.*May these fold lines of your runs\? \[y/N\] `))
			term.typed(c.answer)
			assert.Equal(t, c.code, term.end(p))
			assert.Contains(t, term.screen, c.said)
			_, err := os.Stat(filepath.Join(dir, "orbfilter", "trusted.json"))
			assert.Equal(t, c.code == 0, err == nil)
		})
	}
}

// TestUntrustedIsSaidOnce: a command that uses rules says of a folder once that it is not trusted, whatever it does with it.
func TestUntrustedIsSaidOnce(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, ".orbfilter", "rules")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deploy.log"), []byte(strings.Repeat("noise\nother noise\n", 5)), 0o644))
	for n, name := range []string{"a", "b", "c"} {
		text := strings.NewReplacer("id: mine", "id: mine-"+name, "^noise$", "^noise "+name+"$", "text: noise", "text: noise "+name).Replace(noiseRule)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".yaml"), []byte(text), 0o644), n)
	}
	for _, args := range []string{
		"--summary always", "run -- cat deploy.log", "run --rules .orbfilter/rules/a.yaml -- cat deploy.log", "run --format github --fail-on error -- cat deploy.log", "scan deploy.log",
		"scan --cut 1MiB deploy.log", "rules list", "rules show ssh-banner", "rules explain deploy.log:1", "rules learn deploy.log", "rules learn deploy.log --write all", "rules new --from deploy.log:2", "rules new --from deploy.log:2 --save",
		"rules export --to grep", "bundle deploy.log:2", "doctor",
	} {
		assert.Equal(t, 1, strings.Count(saidIn(t, dir, strings.Fields(args)), "not trusted, and not used"), args)
	}
}
