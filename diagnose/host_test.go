package diagnose_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/rules"
)

// A machine is a host below a folder of the test's, with a home folder, an
// environment and nothing on PATH but what the test puts there.
type machine struct {
	*diagnose.Host
	t   *testing.T
	env map[string]string
	mu  *sync.Mutex
	ran []string // commands, in order; of a fake Run
}

func newMachine(t *testing.T, files map[string]string) *machine {
	t.Helper()
	top := tree(t, t.TempDir(), files)
	for _, dir := range []string{"home/.ssh", "work", "bin"} {
		require.NoError(t, os.MkdirAll(filepath.Join(top, dir), 0o700))
	}
	m := &machine{t: t, mu: &sync.Mutex{}, env: map[string]string{"PATH": filepath.Join(top, "bin")}}
	m.Host = diagnose.This(func(name string) string { return m.env[name] })
	m.Home, m.Dir, m.GOOS = filepath.Join(top, "home"), filepath.Join(top, "work"), "linux"
	m.Run = func(_ context.Context, argv ...string) (diagnose.Output, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.ran = append(m.ran, strings.Join(argv, " "))
		return diagnose.Output{}, errors.New("there is nothing to run")
	}
	return m
}

// top is the folder that stands for the whole machine.
func (m *machine) top() string { return filepath.Dir(m.Dir) }

// write writes a file that can be executed.
func (m *machine) write(name, text string) string {
	m.t.Helper()
	path := filepath.Join(m.top(), name)
	require.NoError(m.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(m.t, os.WriteFile(path, []byte(text), 0o755))
	return path
}

// venv makes an environment of metadata, with a Python that is none, and puts
// its folder first on PATH.
func (m *machine) venv(dir, python string, packages map[string]string) string {
	m.t.Helper()
	prefix := filepath.Join(m.top(), dir)
	minor := python[:strings.LastIndex(python, ".")]
	m.write(dir+"/bin/python", "\x7fELF")
	m.write(dir+"/bin/pyinfra", "#!"+prefix+"/bin/python\n")
	m.write(dir+"/pyvenv.cfg", "home = /nowhere/bin\nversion = "+python+"\n")
	site := filepath.Join(dir, "lib", "python"+minor, "site-packages")
	m.write(site+"/pip/__init__.py", "")
	for name, version := range packages {
		m.write(site+"/"+strings.ReplaceAll(name, "-", "_")+"-"+version+".dist-info/METADATA", strings.Replace(meta(version), "Name: x", "Name: "+name, 1))
	}
	if v := packages["pyinfra-orbstack"]; v != "" {
		m.write(site+"/pyinfra_orbstack-"+v+".dist-info/entry_points.txt", "[pyinfra.connectors]\norbstack = pyinfra_orbstack.connector:OrbStackConnector\n")
	}
	m.env["PATH"] = filepath.Join(prefix, "bin")
	return filepath.Join(m.top(), site)
}

// builtin reads the rules once: there are more than a hundred.
var builtin = sync.OnceValue(rules.Builtin)

// diagnose runs checks, with the rules that come with the program.
func (m *machine) diagnose(ids ...string) *diagnose.Diagnosis {
	m.t.Helper()
	return m.doctor(diagnose.Request{}, ids...)
}

func (m *machine) doctor(req diagnose.Request, ids ...string) *diagnose.Diagnosis {
	m.t.Helper()
	d := diagnose.Doctor{Host: m.Host, Rules: builtin(), Request: req}
	return d.Run(m.t.Context(), ids...)
}

// files are those of the disk, some of which do something else.
type files struct {
	diagnose.Files
	stat func(name string) (fs.FileInfo, error) // nil, nil: as on the disk
}

func (f files) Stat(name string) (fs.FileInfo, error) {
	if info, err := f.stat(name); info != nil || err != nil {
		return info, err
	}
	return f.Files.Stat(name)
}
