//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
