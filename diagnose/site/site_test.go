package site_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/site"
)

var installed = map[string]string{
	"gevent-25.5.1.dist-info/METADATA":           diagnosetest.Meta("25.5.1"),
	"gevent/__init__.py":                         "",
	"geventhttpclient-2.0.dist-info/METADATA":    diagnosetest.Meta("2.0"),
	"PyInfra_OrbStack-0.11.0.dist-info/METADATA": diagnosetest.Meta("0.11.0"),
	"zope.interface-6.0.dist-info/METADATA":      diagnosetest.Meta("6.0"),
	"lies-1.0.dist-info/METADATA":                diagnosetest.Meta("2.0"),
	"eggy-3.1-py3.12.egg-info/PKG-INFO":          diagnosetest.Meta("3.1"),
	"devel.egg-info/PKG-INFO":                    diagnosetest.Meta("3.2"),
	"filey-3.3.egg-info":                         diagnosetest.Meta("3.3"),
	"~evr-1.0.dist-info/METADATA":                diagnosetest.Meta("1.0"),
	"localv-1.0+cu12.dist-info/METADATA":         diagnosetest.Meta("1.0+cu12"),
	"UPPER-1.0.DIST-INFO/METADATA":               diagnosetest.Meta("1.0"),
	"noname.dist-info/METADATA":                  diagnosetest.Meta("8.0"),
	"crlf-1.0.dist-info/METADATA":                "Name: x\r\nVersion: 2.0\r\n\r\nVersion: 9.9\r\n",
	"lower-1.0.dist-info/METADATA":               "name: x\nversion:1.5\n",
	"gevent-1.0.dist-info.bak/METADATA":          diagnosetest.Meta("7.0"),
	"body-1.0.dist-info/METADATA":                "Name: body\nVersion: 1.0\n\n" + diagnosetest.Meta("2.0"),
	"epoch-1!2.0.dist-info/METADATA":             diagnosetest.Meta("1!2.0"),
	"pyinfra-3.10.0-nspkg.pth":                   "",
	"__editable__.mine-0.1.0.pth":                "",
	"mine-0.1.0.dist-info/METADATA":              diagnosetest.Meta("0.1.1.dev1+gda9313985"),
}

var names = []string{"gevent", "Gevent", "pyinfra-orbstack", "PYINFRA__ORBSTACK", "zope.interface", "zope-interface", "lies", "eggy", "devel", "filey",
	"evr", "gevr", "event", "localv", "upper", "noname", "crlf", "lower", "body", "epoch", "mine", "pyinfra", "missing", "x", "gevent-25.5.1"}

func TestInstalled(t *testing.T) {
	packages := diagnosetest.Tree(t, t.TempDir(), installed)
	for name, want := range map[string]string{
		"gevent": "25.5.1", "Gevent": "25.5.1", "pyinfra-orbstack": "0.11.0", "PYINFRA__ORBSTACK": "0.11.0", "pyinfra.orbstack": "0.11.0",
		"zope.interface": "6.0", "zope-interface": "6.0", "lies": "2.0", "eggy": "3.1", "devel": "3.2", "filey": "3.3", "localv": "1.0+cu12", "epoch": "1!2.0",
		"upper": "1.0", "noname": "8.0", "crlf": "2.0", "lower": "1.5", "body": "1.0", "mine": "0.1.1.dev1+gda9313985",
		"evr": "", "gevr": "", "event": "", "pyinfra": "", "missing": "", "": "", "gevent-25.5.1": "", "../x": "",
	} {
		assert.Equal(t, want, site.Installed(packages, name), name)
	}
}

// What Python itself says, each one that is here. Before 3.10 it does not know all spellings: the name
// of the folder says which Python it is.
func TestInstalledIsWhatPythonSays(t *testing.T) {
	t.Parallel()
	for _, python := range diagnosetest.Pythons(t, "3.8") {
		out, err := exec.Command(python, "-Sc", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
		require.NoError(t, err)
		t.Run(strings.TrimSpace(string(out)), func(t *testing.T) { isWhatPythonSays(t, python, strings.TrimSpace(string(out))) })
	}
}

func isWhatPythonSays(t *testing.T, python, minor string) {
	t.Helper()
	packages := diagnosetest.Tree(t, filepath.Join(t.TempDir(), "lib", "python"+minor, "site-packages"), installed)
	out, err := exec.Command(python, append([]string{"-S", "-c", `
import importlib.metadata as m, json, sys
sys.path[:] = [p for p in sys.path if "-packages" not in p] + [sys.argv[1]]
def version(name):
    try: return m.version(name) or ""
    except m.PackageNotFoundError: return ""
print(json.dumps({n: version(n) for n in sys.argv[2:]}))`, packages}, names...)...).Output()
	require.NoError(t, err)
	var want map[string]string
	require.NoError(t, json.Unmarshal(out, &want))
	for name, version := range want {
		assert.Equal(t, version, site.Installed(packages, name), name)
	}
}

// Where the metadata says nothing, the name of the folder has to do. Where it says something that is no
// version, the name has not: Python reads no other.
func TestInstalledWithoutMetadata(t *testing.T) {
	packages := diagnosetest.Tree(t, t.TempDir(), map[string]string{
		"gevent-25.5.1.dist-info/":             "",
		"empty-1.0.dist-info/METADATA":         "",
		"broken-1.0.dist-info/METADATA/":       "",
		"none-1.0.dist-info/METADATA":          "Name: none\n",
		"two-1.0.dist-info/":                   "",
		"two-2.0.dist-info/METADATA":           diagnosetest.Meta("2.0"),
		"noversion.dist-info/":                 "",
		"huge-1.0.dist-info/METADATA":          strings.Repeat("Classifier: x\n", 1<<16) + "Version: 2.0\n",
		"endless-1.0.dist-info/METADATA":       strings.Repeat("Classifier: x\n", host.MaxText/10) + "Version: 2.0\n",
		"bad-1.0\x1b]0;x\a.dist-info/METADATA": diagnosetest.Meta("1.0\x1b[31m"),
		"evil-1.0.dist-info/METADATA":          diagnosetest.Meta("1.0\x1b[31m"),
		"spaces-1.0.dist-info/METADATA":        diagnosetest.Meta("1.0 && rm -rf ."),
	})
	for name, want := range map[string]string{
		"gevent": "25.5.1", "empty": "1.0", "broken": "1.0", "none": "1.0", "two": "2.0", "noversion": "", "huge": "2.0", "endless": "", "bad": "", "evil": "", "spaces": "",
	} {
		assert.Equal(t, want, site.Installed(packages, name), name)
	}
}

func TestInstalledElsewhere(t *testing.T) {
	dir := diagnosetest.Tree(t, t.TempDir(), map[string]string{"real/gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1"), "site/x": "", "file": ""})
	require.NoError(t, os.Symlink("../real/gevent-25.5.1.dist-info", filepath.Join(dir, "site/gevent-25.5.1.dist-info")))
	require.NoError(t, os.Symlink("real", filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "site/pyinfra-3.0.dist-info")))
	assert.Equal(t, "25.5.1", site.Installed(filepath.Join(dir, "site"), "gevent"))
	assert.Equal(t, "25.5.1", site.Installed(filepath.Join(dir, "link"), "gevent"))
	assert.Equal(t, "3.0", site.Installed(filepath.Join(dir, "site"), "pyinfra"))
	for _, packages := range []string{"", "loop", "file", "not-there", "\x1b[31m", "a\x00b", `\\server\share\site-packages`, "//server/share/site-packages"} {
		if packages != "" && packages[0] != '/' && packages[0] != '\\' {
			packages = filepath.Join(dir, packages)
		}
		assert.Empty(t, site.Installed(packages, "gevent"), "%q", packages)
	}
}

// A pipe in the place of a file may never end.
func TestInstalledDoesNotWait(t *testing.T) {
	packages := diagnosetest.Tree(t, t.TempDir(), map[string]string{"gevent-25.5.1.dist-info/": ""})
	if err := exec.Command("mkfifo", filepath.Join(packages, "gevent-25.5.1.dist-info/METADATA")).Run(); err != nil {
		t.Skip("there are no pipes with names")
	}
	done := make(chan string, 1)
	go func() { done <- site.Installed(packages, "gevent") }()
	select {
	case v := <-done:
		assert.Equal(t, "25.5.1", v)
	case <-time.After(5 * time.Second):
		t.Fatal("it waits")
	}
}

func TestPrefix(t *testing.T) {
	for packages, want := range map[string]string{
		"/srv/.venv/lib/python3.12/site-packages":                   "/srv/.venv",
		"/srv/.venv/lib/python3.12/site-packages/":                  "/srv/.venv",
		"/srv/.venv/lib64/python3.13t/site-packages":                "/srv/.venv",
		"/opt/pypy/lib/pypy3.10/site-packages":                      "/opt/pypy",
		"/usr/lib/python3/dist-packages":                            "/usr",
		"/usr/local/lib/python3.12/dist-packages":                   "/usr/local",
		`C:\venv\Lib\site-packages`:                                 `C:\venv`,
		"C:/venv/Lib/site-packages":                                 "C:/venv",
		"/lib/python3.9/site-packages/lib/python3.12/site-packages": "/lib/python3.9/site-packages",
		"/opt/x/site-packages":                                      "/opt/x/site-packages",
	} {
		assert.Equal(t, want, site.Prefix(packages), packages)
	}
}
