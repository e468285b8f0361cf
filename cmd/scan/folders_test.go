package scan

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
)

// TestAlike: a hundred files with one reason are a line, and the one with another is seen.
func TestAlike(t *testing.T) {
	var all []*logs.Failure
	for n := range 149 {
		all = append(all, &logs.Failure{Name: fmt.Sprintf("%03d.log", n), Err: errors.New("no space left on device")})
	}
	other := &logs.Failure{Name: "050.log", Err: errors.New("it is binary")}
	all = append(all[:50], append([]*logs.Failure{other}, all[50:]...)...)
	assert.Equal(t, []string{"no space left on device: 000.log, 001.log and 147 more", "050.log: it is binary"}, alike(all))
	assert.Equal(t, []string{"000.log: no space left on device", "001.log: no space left on device"}, alike(all[:2]), "a few are named one by one")
	assert.Empty(t, alike(nil))
}

// TestInside: names of which there is nothing yet, and links.
func TestInside(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.MkdirAll(at("logs/sub"), 0o755))
	for name, want := range map[string]bool{"logs": true, "logs/sub": true, "logs/a/b/c": true, "logs2": false, "clean/logs": false, "logs/../clean": false} {
		assert.Equal(t, want, inside(at("logs"), at(name)), name)
	}
	if os.Symlink("logs/sub", at("link")) == nil {
		assert.True(t, inside(at("logs"), at("link")))
		assert.True(t, inside(at("link"), at("logs/sub/x/y")))
		assert.False(t, inside(at("link"), at("logs")))
	}
	require.NoError(t, os.WriteFile(at("file"), []byte(""), 0o600))
	assert.Empty(t, noFolder("--output", ""))
	assert.Empty(t, noFolder("--output", at("new/folder")))
	assert.Contains(t, noFolder("--output", at("file")), ": it is a file; name a folder")
	assert.Contains(t, noFolder("--output", at("file/x/y")), "file is a file; name a folder")
}
