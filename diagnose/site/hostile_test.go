//go:build unix

package site_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/site"
)

// within fails if something takes longer than a machine that is busy needs for little.
func within(t *testing.T, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: it waits", what)
	}
}

// hostile are what may stand in place of a file or of a folder.
var hostile = map[string]func(t *testing.T, name string){
	"pipe":         func(t *testing.T, name string) { require.NoError(t, syscall.Mkfifo(name, 0o600)) },
	"link to pipe": func(t *testing.T, name string) { pipeBeside(t, name) },
	"zeros":        func(t *testing.T, name string) { require.NoError(t, os.Symlink("/dev/zero", name)) },
	"terminal":     func(t *testing.T, name string) { require.NoError(t, os.Symlink("/dev/tty", name)) },
	"loop":         func(t *testing.T, name string) { require.NoError(t, os.Symlink(filepath.Base(name), name)) },
	"long link":    func(t *testing.T, name string) { require.NoError(t, os.Symlink(strings.Repeat("a/../", 500), name)) },
	"nothing":      func(t *testing.T, name string) { require.NoError(t, os.Symlink("nowhere", name)) },
	"huge":         func(t *testing.T, name string) { sparse(t, name) },
}

func pipeBeside(t *testing.T, name string) {
	require.NoError(t, syscall.Mkfifo(name+".pipe", 0o600))
	require.NoError(t, os.Symlink(name+".pipe", name))
}

// sparse is a file of a terabyte, which begins without an end of its header.
func sparse(t *testing.T, name string) {
	require.NoError(t, os.WriteFile(name, []byte("Metadata-Version: 2.1\nName: gevent\nVersion: 25.5.1\n"), 0o600))
	if err := os.Truncate(name, 1<<40); err != nil {
		require.NoError(t, os.Truncate(name, 1<<30))
	}
}

// TestInPlaceOfAFolder: what is no folder has no packages, and nobody waits for it.
func TestInPlaceOfAFolder(t *testing.T) {
	for what, make := range hostile {
		packages := filepath.Join(t.TempDir(), "site-packages")
		make(t, packages)
		within(t, what, func() {
			assert.Empty(t, site.Installed(packages, "gevent"), what)
			_ = fix.Command(packages, "gevent>=25.8.1")
		})
	}
}

// TestInPlaceOfMetadata: the name of the folder tells the version then, and the date of the file
// is not asked.
func TestInPlaceOfMetadata(t *testing.T) {
	for what, make := range hostile {
		for _, name := range []string{"METADATA", "PKG-INFO", "INSTALLER", "RECORD"} {
			packages := diagnosetest.Tree(t, t.TempDir(), map[string]string{"gevent-25.5.1.dist-info/": ""})
			make(t, filepath.Join(packages, "gevent-25.5.1.dist-info", name))
			within(t, what, func() {
				version, _ := site.InstalledSince(packages, "gevent")
				assert.Equal(t, "25.5.1", version, what)
			})
		}
	}
}

// TestInPlaceOfPyvenv: the settings of an environment are read when its upgrade is named.
func TestInPlaceOfPyvenv(t *testing.T) {
	for what, make := range hostile {
		venv := diagnosetest.Tree(t, t.TempDir(), map[string]string{"lib/python3.12/site-packages/": ""})
		make(t, filepath.Join(venv, "pyvenv.cfg"))
		within(t, what, func() {
			assert.Contains(t, fix.Command(filepath.Join(venv, "lib/python3.12/site-packages"), "gevent>=25.8.1"), "gevent>=25.8.1", what)
		})
	}
}

// TestFolderOfManyEntries: of a folder that is full of them so many are looked at; what is
// among these is found, and else it is not known.
func TestFolderOfManyEntries(t *testing.T) {
	packages := t.TempDir()
	const many = 60_000
	for n := range many {
		require.NoError(t, os.WriteFile(filepath.Join(packages, fmt.Sprintf("x%d", n)), nil, 0o600))
	}
	within(t, "many entries", func() { assert.Empty(t, site.Installed(packages, "gevent")) })
	if entries, err := host.This(os.Getenv).Files.ReadDir(packages); assert.Error(t, err) {
		assert.Less(t, len(entries), many)
	}
	small := diagnosetest.Tree(t, t.TempDir(), map[string]string{"gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1")})
	for n := range 3000 {
		require.NoError(t, os.WriteFile(filepath.Join(small, fmt.Sprintf("x%d", n)), nil, 0o600))
	}
	assert.Equal(t, "25.5.1", site.Installed(small, "gevent"))
}

// TestOtherMachinesAreNotAsked: /net/NAME is one, where there is automount.
func TestOtherMachinesAreNotAsked(t *testing.T) {
	for _, packages := range []string{"/net/evil/lib/python3.12/site-packages", "/net//evil/site-packages", "//server/share/site-packages", "/srv/../net/evil/site-packages"} {
		assert.Empty(t, site.Installed(packages, "gevent"))
		assert.NotEmpty(t, fix.Command(packages, "gevent>=25.8.1"))
	}
}
