package site_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/site"
)

// TestInstalledSince: pip writes all files of a package anew. uv links METADATA to its
// cache, and writes RECORD and INSTALLER. What Debian, rpm and conda unpack has the
// times of its build: then the file system says when it has come.
func TestInstalledSince(t *testing.T) {
	built, installed, now := time.Unix(1_600_000_000, 0), time.Unix(1_700_000_000, 0), time.Now().Add(-time.Minute)
	for name, test := range map[string]struct {
		folder  string
		files   map[string]string
		old     []string // files with the time of the build; the others have that of the installation
		arrived bool
	}{
		"pip":                {"site-packages", map[string]string{"METADATA": diagnosetest.Meta("1"), "RECORD": "", "INSTALLER": "pip\n"}, nil, false},
		"uv":                 {"site-packages", map[string]string{"METADATA": diagnosetest.Meta("1"), "RECORD": "", "INSTALLER": "uv"}, []string{"METADATA"}, false},
		"nobody says":        {"site-packages", map[string]string{"METADATA": diagnosetest.Meta("1")}, nil, false},
		"pip on Debian":      {"dist-packages", map[string]string{"METADATA": diagnosetest.Meta("1"), "RECORD": "", "INSTALLER": "pip\n"}, nil, false},
		"setuptools":         {"site-packages", map[string]string{"PKG-INFO": diagnosetest.Meta("1")}, nil, false},
		"Debian":             {"dist-packages", map[string]string{"METADATA": diagnosetest.Meta("1"), "RECORD": ""}, []string{"METADATA", "RECORD"}, true},
		"Debian's INSTALLER": {"dist-packages", map[string]string{"METADATA": diagnosetest.Meta("1"), "INSTALLER": "debian\n"}, []string{"METADATA", "INSTALLER"}, true},
		"Fedora":             {"site-packages", map[string]string{"METADATA": diagnosetest.Meta("1"), "INSTALLER": "rpm\n"}, []string{"METADATA", "INSTALLER"}, true},
		"conda":              {"site-packages", map[string]string{"METADATA": diagnosetest.Meta("1"), "INSTALLER": "conda"}, []string{"METADATA", "INSTALLER"}, true},
	} {
		packages := filepath.Join(t.TempDir(), test.folder)
		files := map[string]string{}
		for file, text := range test.files {
			files[filepath.Join("pkg-1.dist-info", file)] = text
		}
		diagnosetest.Tree(t, packages, files)
		for file := range test.files {
			require.NoError(t, os.Chtimes(filepath.Join(packages, "pkg-1.dist-info", file), installed, installed))
		}
		for _, file := range test.old {
			require.NoError(t, os.Chtimes(filepath.Join(packages, "pkg-1.dist-info", file), built, built))
		}
		version, since := site.InstalledSince(packages, "pkg")
		assert.Equal(t, "1", version, name)
		switch {
		case !test.arrived:
			assert.True(t, installed.Equal(since), "%s: %s", name, since)
		case runtime.GOOS == "linux" || runtime.GOOS == "darwin":
			assert.True(t, since.After(now), "%s: %s", name, since)
		default:
			assert.True(t, since.IsZero(), name)
		}
	}
	version, since := site.InstalledSince(t.TempDir(), "pkg")
	assert.Empty(t, version)
	assert.True(t, since.IsZero())
}
