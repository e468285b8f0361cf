package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// built is a folder with orbfilter in it, as it is built. The binary of the tests is another one: it is linked
// dynamically, and opens files before it begins.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "orbfilter-built-*")
	if err != nil {
		return "", err
	}
	c := exec.Command("go", "build", "-o", dir+"/", "./orbfilter")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return dir, nil
})

// program is that orbfilter.
func program(t *testing.T) string {
	t.Helper()
	dir, err := built()
	require.NoError(t, err)
	return filepath.Join(dir, "orbfilter")
}
