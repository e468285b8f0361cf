//go:build unix

package fullscreen

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWorksTheTerminal(t *testing.T) {
	for line, want := range map[string]bool{
		"bash": true, "bash -i": true, "bash --norc -i": true, "bash --rcfile x -i": true, "bash -l": true, "sh": true, "zsh -f": true, "bash -s x": true,
		"bash x.sh": false, "bash -c x": false, "bash -ec x": false, "bash -ic x": false, "bash -o pipefail x.sh": false, "bash -- x": false, "sh -x x": false,
		"sudo -i": true, "sudo -s": true, "sudo -u bob -i": true, "sudo --user bob --login": true, "sudo -iu bob": true, "sudo": false, "sudo -u bob bash": true,
		"sudo -i bash x.sh": false, "sudo -E env A=b bash -c x": false, "su": true, "su -": true, "su - bob": true, "su bob -c x": false, "su -lc x": false,
		"env A=b nice -n 5 bash": true, "timeout 5 bash -i": true, "timeout -k 1 5 bash x": false, "doas -s": true, "env": false,
		"pyinfra @local x": false, "python3 -m pyinfra": false, "no-such-program": false, "sudo pyinfra": false, "cat x": false,
		strings.Repeat("env ", 100) + "bash": false,
	} {
		assert.Equal(t, want, Works(strings.Fields(line), true), line)
	}
	assert.False(t, Works(nil, true))
	for _, line := range []string{"bash", "sh -s x", "sudo -i", "su -", "env bash"} {
		assert.False(t, Works(strings.Fields(line), false), "%s < script.sh", line)
	}
}

func TestProgramsThatDraw(t *testing.T) {
	for line, want := range map[string]bool{"less x": true, "vim": true, "top": true, "more x": true, "tmux": true, "sudo less x": true, "git log": false, "cat": false} {
		name := strings.Fields(line)[len(strings.Fields(line))-1]
		if want {
			name = strings.Fields(strings.TrimPrefix(line, "sudo "))[0]
		}
		if path, err := exec.LookPath(name); err != nil || want && len(imported(path)) == 0 {
			continue // not here, or not linked with anything
		}
		assert.Equal(t, want, Works(strings.Fields(line), true), line)
	}
}
