package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGoldenHelp: what a person reads first.
func TestGoldenHelp(t *testing.T) {
	for name, args := range map[string][]string{"help.txt": {"--help"}, "help-run.txt": {"run", "--help"}, "help-doctor.txt": {"doctor", "--help"}, "help-scan.txt": {"scan", "--help"}} {
		t.Run(name, func(t *testing.T) {
			got, err := exec.Command("orbfilter", args...).Output()
			require.NoError(t, err)
			golden(t, name, got)
		})
	}
}

// golden compares with a file of testdata/golden, which -update writes.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("..", "testdata", "golden", name)
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test -update writes it")
	assert.Equal(t, string(want), string(got))
}
