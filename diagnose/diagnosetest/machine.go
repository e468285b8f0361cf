// Package diagnosetest is what tests of the doctor share: machines below a folder of the test's.
package diagnosetest

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/rules"
)

// A Machine is a host below a folder of the test's, with a home folder, an
// environment and nothing on PATH but what the test puts there.
type Machine struct {
	*host.Host
	t   *testing.T
	Env map[string]string
	mu  *sync.Mutex
	Ran []string // commands, in order; of a fake Run
}

// NewMachine makes one with these files.
func NewMachine(t *testing.T, files map[string]string) *Machine {
	t.Helper()
	top := Tree(t, t.TempDir(), files)
	for _, dir := range []string{"home/.ssh", "work", "bin"} {
		require.NoError(t, os.MkdirAll(filepath.Join(top, dir), 0o700))
	}
	m := &Machine{t: t, mu: &sync.Mutex{}, Env: map[string]string{"PATH": filepath.Join(top, "bin")}}
	m.Host = host.This(func(name string) string { return m.Env[name] })
	m.Home, m.Dir, m.GOOS = filepath.Join(top, "home"), filepath.Join(top, "work"), "linux"
	m.Run = func(_ context.Context, argv ...string) (host.Output, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.Ran = append(m.Ran, strings.Join(argv, " "))
		return host.Output{}, errors.New("there is nothing to run")
	}
	return m
}

// Top is the folder that stands for the whole Machine.
func (m *Machine) Top() string { return filepath.Dir(m.Dir) }

// Write writes a file that can be executed.
func (m *Machine) Write(name, text string) string {
	m.t.Helper()
	path := filepath.Join(m.Top(), name)
	require.NoError(m.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(m.t, os.WriteFile(path, []byte(text), 0o755))
	return path
}

// Venv makes an environment of metadata, with a Python that is none, and puts
// its folder first on PATH.
func (m *Machine) Venv(dir, python string, packages map[string]string) string {
	m.t.Helper()
	prefix := filepath.Join(m.Top(), dir)
	minor := python[:strings.LastIndex(python, ".")]
	m.Write(dir+"/bin/python", "\x7fELF")
	m.Write(dir+"/bin/pyinfra", "#!"+prefix+"/bin/python\n")
	m.Write(dir+"/pyvenv.cfg", "home = /nowhere/bin\ninclude-system-site-packages = false\nversion = "+python+"\n")
	site := filepath.Join(dir, "lib", "python"+minor, "site-packages")
	m.Write(site+"/pip/__init__.py", "")
	for name, version := range packages {
		m.Write(site+"/"+strings.ReplaceAll(name, "-", "_")+"-"+version+".dist-info/METADATA", strings.Replace(Meta(version), "Name: x", "Name: "+name, 1))
	}
	if v := packages["pyinfra-orbstack"]; v != "" {
		m.Write(site+"/pyinfra_orbstack-"+v+".dist-info/entry_points.txt", "[pyinfra.connectors]\norbstack = pyinfra_orbstack.connector:OrbStackConnector\n")
	}
	m.Env["PATH"] = filepath.Join(prefix, "bin")
	return filepath.Join(m.Top(), site)
}

// Builtin reads the rules once: there are more than a hundred.
var Builtin = sync.OnceValue(rules.Builtin)

// Diagnose runs checks, with the rules that come with the program.
func (m *Machine) Diagnose(ids ...string) *diagnose.Diagnosis {
	m.t.Helper()
	return m.Doctor(environ.Request{}, ids...)
}

// Doctor runs checks for a request.
func (m *Machine) Doctor(req environ.Request, ids ...string) *diagnose.Diagnosis {
	m.t.Helper()
	d := diagnose.Doctor{Host: m.Host, Rules: Builtin(), Request: req}
	return d.Run(m.t.Context(), ids...)
}

// Tree writes files below a folder and returns it; a name that ends with /
// is a folder.
func Tree(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if strings.HasSuffix(name, "/") {
			require.NoError(t, os.MkdirAll(path, 0o755))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

// Meta is a METADATA file.
func Meta(version string) string {
	return "Metadata-Version: 2.1\nName: x\nVersion: " + version + "\nSummary: x\n\nVersion: 9.9\n"
}

// Python runs a program of Python, and returns what it prints. Without Python the test is skipped.
func Python(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	name, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no Python")
	}
	out, err := exec.Command(name, append([]string{"-S", "-c", program}, args...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	return out
}

// Pythons are those of this machine, of pyenv and on PATH, each once, that have at least this version
// ("3.10"), and importlib.metadata. Without any the test is skipped.
func Pythons(t *testing.T, least string) (all []string) {
	t.Helper()
	inPyenv, _ := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".pyenv", "versions", "3.*", "bin", "python3"))
	for _, p := range append(inPyenv, "/usr/bin/python3", "python3") {
		out, err := exec.Command(p, "-Sc", "import sys, os; print(os.path.realpath(sys.executable)); sys.exit(sys.version_info < ("+strings.ReplaceAll(least, ".", ", ")+"))").Output()
		if python := strings.TrimSpace(string(out)); err == nil && !slices.Contains(all, python) {
			all = append(all, python)
		}
	}
	if len(all) == 0 {
		t.Skip("there is no Python")
	}
	return all
}

// Healthy are the packages of an environment in which nothing is wrong.
var Healthy = map[string]string{"pyinfra": "3.10.0", "gevent": "25.9.1", "greenlet": "3.2.4", "paramiko": "4.0.0", "pyinfra-orbstack": "0.11.0", "cryptography": "46.0.0", "setuptools": "80.0.0"}

// With is Healthy, with a package in another version.
func With(name, version string) map[string]string {
	out := maps.Clone(Healthy)
	out[name] = version
	return out
}

// Status is that of a check.
func Status(t *testing.T, d *diagnose.Diagnosis, id string) diagnose.Status {
	t.Helper()
	r := d.Result(id)
	require.NotNil(t, r, id)
	return r.Status
}

// Files are those of the disk, some of which do something else.
type Files struct {
	host.Files
	Other func(name string) (fs.FileInfo, error) // in the place of Stat; nil, nil: as on the disk
}

// Stat is that of host.Files.
func (f Files) Stat(name string) (fs.FileInfo, error) {
	if info, err := f.Other(name); info != nil || err != nil {
		return info, err
	}
	return f.Files.Stat(name)
}

// Root are the files below a folder, which stands for the root of a machine: a Debian that is not
// this one.
type Root struct {
	host.Files
	Top string
}

func (r Root) name(name string) string { return filepath.Join(r.Top, name) }

// Stat is that of host.Files.
func (r Root) Stat(name string) (fs.FileInfo, error) { return r.Files.Stat(r.name(name)) }

// Open is that of host.Files.
func (r Root) Open(name string) (host.File, error) { return r.Files.Open(r.name(name)) }

// ReadDir is that of host.Files.
func (r Root) ReadDir(name string) ([]fs.DirEntry, error) { return r.Files.ReadDir(r.name(name)) }

// Readlink is that of host.Files.
func (r Root) Readlink(name string) (string, error) { return r.Files.Readlink(r.name(name)) }

// EvalSymlinks is that of host.Files; links are relative.
func (r Root) EvalSymlinks(name string) (string, error) {
	top, err := r.Files.EvalSymlinks(r.Top)
	if err != nil {
		return "", err
	}
	file, err := r.Files.EvalSymlinks(r.name(name))
	return strings.TrimPrefix(file, top), err
}
