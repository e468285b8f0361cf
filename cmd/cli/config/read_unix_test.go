//go:build unix

package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli/config"
)

// TestNotAFile: what has the name and is no file is not waited for, and what it leads to is not shown.
func TestNotAFile(t *testing.T) {
	for name, c := range map[string]struct {
		make func(dir, name string) error
		want string
	}{
		"a pipe":     {func(_, name string) error { return syscall.Mkfifo(name, 0o644) }, "it is not a regular file"},
		"a folder":   {func(_, name string) error { return os.Mkdir(name, 0o755) }, "it is a folder"},
		"a link out": {func(dir, name string) error { return os.Symlink(filepath.Join(dir, "secret"), name) }, "it is a link that leads out of its folder"},
		"a link up":  {func(_, name string) error { return os.Symlink("../secret", name) }, "it is a link that leads out of its folder"},
		"a device":   {func(_, name string) error { return os.Symlink("/dev/zero", name) }, "it is a link that leads out of its folder"},
		"a ring":     {func(_, name string) error { return os.Symlink("orbfilter.yaml", name) }, "cannot be read"},
		"a link to pipe": {func(_, name string) error {
			_ = syscall.Mkfifo(filepath.Join(filepath.Dir(name), "f"), 0o644)
			return os.Symlink("f", name)
		}, "it is not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "secret", "password: hunter2\n")
			put(t, dir, "p/.keep", "")
			require.NoError(t, c.make(dir, filepath.Join(dir, "p", "orbfilter.yaml")))
			done := make(chan []string, 1)
			go func() {
				_, wrong := read(t, config.Where{Dir: filepath.Join(dir, "p")})
				done <- wrong
			}()
			select {
			case wrong := <-done:
				require.Len(t, wrong, 1)
				assert.Contains(t, wrong[0], c.want)
				assert.NotContains(t, wrong[0], "hunter2")
			case <-time.After(time.Minute):
				require.Fail(t, "it waits")
			}
		})
	}
}

// TestLinkInside: a link within the folder is read, and the user's own may lead anywhere.
func TestLinkInside(t *testing.T) {
	dir, user := t.TempDir(), t.TempDir()
	put(t, dir, "settings/o.yaml", "quiet: true\n")
	require.NoError(t, os.Symlink("settings/o.yaml", filepath.Join(dir, "orbfilter.yaml")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "settings", "o.yaml"), filepath.Join(user, "orbfilter.yaml")))
	for _, w := range []config.Where{{Dir: dir}, {User: user}} {
		set, wrong := read(t, w)
		assert.Empty(t, wrong)
		assert.Len(t, set, 1)
	}
}

// TestOfAnotherUser: who can write to /tmp does not decide what happens below it. Nobody is stopped by it either.
func TestOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file to another user")
	}
	const other = 54321
	for name, put := range map[string]func(dir, file string) error{
		"a file": func(_, file string) error { return os.WriteFile(file, []byte("quiet: true\nbroken"), 0o644) },
		"a pipe": func(_, file string) error { return syscall.Mkfifo(file, 0o666) },
		"a link to ours": func(dir, file string) error {
			_ = os.WriteFile(filepath.Join(dir, "ours"), []byte("quiet: true\n"), 0o644)
			return os.Symlink("ours", file)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "orbfilter.yaml")
			require.NoError(t, put(dir, file))
			require.NoError(t, os.Lchown(file, other, other))
			require.NoError(t, os.Mkdir(filepath.Join(dir, "mine"), 0o755))
			files := config.Read(config.Where{Dir: filepath.Join(dir, "mine")}, keys)
			require.Len(t, files, 1)
			assert.Empty(t, files[0].Settings)
			assert.Empty(t, files[0].Errs, "it is no mistake of ours")
			assert.True(t, strings.HasPrefix(files[0].Unused, "it belongs to user 54321, and is not used"), files[0].Unused)
		})
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "orbfilter.yaml")
	require.NoError(t, os.WriteFile(file, []byte("quiet: true\n"), 0o644))
	require.NoError(t, os.Lchown(file, other, other))
	set, _ := read(t, config.Where{Dir: dir, Instead: file})
	assert.Len(t, set, 1, "who names it trusts it")
	t.Setenv("SUDO_UID", "54321")
	set, _ = read(t, config.Where{Dir: dir})
	assert.Len(t, set, 1, "root by sudo")
}
