package diagnose_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/rules"
)

// site312 is where the packages of an environment of Python 3.12 are.
const site312 = "env/lib/python3.12/site-packages"

var healthy = map[string]string{"pyinfra": "3.10.0", "gevent": "25.9.1", "greenlet": "3.2.4", "paramiko": "4.0.0", "pyinfra-orbstack": "0.11.0", "cryptography": "46.0.0", "setuptools": "80.0.0"}

func with(name, version string) map[string]string {
	out := maps.Clone(healthy)
	out[name] = version
	return out
}

func status(t *testing.T, d *diagnose.Diagnosis, id string) diagnose.Status {
	t.Helper()
	r := d.Result(id)
	require.NotNil(t, r, id)
	return r.Status
}

// TestDoctorGevent: the issue that all began with, on each Python.
func TestDoctorGevent(t *testing.T) {
	for _, c := range []struct {
		python, gevent, id string
		want               diagnose.Status
	}{
		{"3.9.18", "25.5.1", "gevent-fork-hooks-assertion", diagnose.Fail},
		{"3.10.13", "25.5.1", "gevent-fork-hooks-assertion", diagnose.Fail},
		{"3.11.7", "25.5.1", "gevent-fork-hooks-assertion", diagnose.Fail},
		{"3.12.1", "25.5.1", "gevent-fork-hooks-assertion", diagnose.Fail},
		{"3.13.0", "25.5.1", "gevent-fork-hooks-assertion", diagnose.OK},
		{"3.13.0", "25.5.1", "gevent-dummythread-handle", diagnose.OK},
		{"3.13.5", "25.5.1", "gevent-dummythread-handle", diagnose.Fail},
		{"3.12.1", "25.4.2", "gevent-fork-hooks-assertion", diagnose.OK},
		{"3.12.1", "25.8.1", "gevent-fork-hooks-assertion", diagnose.OK},
		{"3.12.1", "25.9.1", "gevent-fork-hooks-assertion", diagnose.OK},
		{"3.11.8", "23.9.1", "gevent-thread-init-not-called", diagnose.Fail},
		{"3.12.1", "23.9.1", "gevent-thread-init-not-called", diagnose.OK},
		{"3.13.0", "24.2.1", "gevent-tstate-lock", diagnose.Warn}, // reports only,
	} {
		m := newMachine(t, nil)
		m.venv("env", c.python, with("gevent", c.gevent))
		assert.Equal(t, c.want, status(t, m.diagnose(), c.id), "%+v", c)
	}
}

// Nothing that is known from reports alone fails, whatever would come of it; and where
// it is in range, it is said that others have reported it.
func TestDoctorReportsAreNoFailures(t *testing.T) {
	seen := 0
	for _, python := range []string{"3.9.18", "3.13.1"} {
		m := newMachine(t, nil)
		m.GOOS = "darwin"
		m.venv("env", python, map[string]string{"pyinfra": "2.0", "gevent": "1.5.0", "greenlet": "0.4.17", "paramiko": "2.7.0", "pyinfra-orbstack": "0.1.0", "cryptography": "40.0.0", "setuptools": "60.0.0"})
		for _, r := range m.diagnose().Results {
			rule := builtin().Get(r.Check.ID)
			if rule == nil || rule.Status != rules.Experimental || len(r.Fixes) == 0 {
				continue
			}
			seen++
			assert.Equal(t, diagnose.Warn, r.Status, r.Check.ID)
			assert.Contains(t, strings.Join(r.Detail, " "), rules.Reported, r.Check.ID)
		}
	}
	assert.Greater(t, seen, 3)
}

// An advisory prints nothing. Where the package above does not go with what would end
// it, that is said, and no command is shown that pip would refuse.
func TestDoctorAdvisory(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", healthy)
	m.write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<5,>=2.11\n\n")
	r := m.diagnose().Result("paramiko-sha1")
	assert.Equal(t, diagnose.Info, r.Status)
	assert.Empty(t, r.Fixes)
	assert.Contains(t, strings.Join(r.Detail, " "), "CVE-2026-44405")
	assert.Contains(t, r.Detail, "That cannot be installed here: pyinfra 3.10.0 wants paramiko<5,>=2.11.")
	assert.NotContains(t, strings.Join(r.Detail, " "), "You will see")

	m.write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<6,>=2.11\n\n")
	r = m.diagnose().Result("paramiko-sha1")
	assert.Equal(t, diagnose.Warn, r.Status)
	assert.NotEmpty(t, r.Fixes)
	m = newMachine(t, nil)
	m.venv("env", "3.12.1", with("paramiko", "5.0.0"))
	assert.Equal(t, diagnose.OK, status(t, m.diagnose(), "paramiko-sha1"))
}

// What would end one issue and is not allowed does not get into the command for another.
func TestDoctorFixesWhatIsAllowed(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", with("paramiko", "3.4.0"))
	m.write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<5,>=2.11\n\n")
	r := m.diagnose().Result("paramiko-tripledes")
	require.Equal(t, diagnose.Fail, r.Status)
	require.NotEmpty(t, r.Fixes)
	assert.Contains(t, strings.Join(r.Fixes[0].Commands[0], " "), "paramiko>=3.4.1")
}

// A rule may be about Python alone.
func TestDoctorPythonAlone(t *testing.T) {
	for python, want := range map[string]diagnose.Status{"3.12.1": diagnose.OK, "3.13.5": diagnose.Info, "3.13.6": diagnose.OK, "3.14.0": diagnose.OK} {
		m := newMachine(t, nil)
		m.venv("env", python, healthy)
		r := m.diagnose().Result("python-dummythread-del")
		assert.Equal(t, want, r.Status, python)
		assert.Equal(t, "Python "+python, r.Found)
	}
}

// pyinfra 2 does not start without setuptools, and 3 does.
func TestDoctorWithoutSetuptools(t *testing.T) {
	without := maps.Clone(healthy)
	delete(without, "setuptools")
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", without)
	assert.Equal(t, diagnose.Skip, status(t, m.diagnose(), "package-setuptools"))
	without["pyinfra"] = "2.9.2"
	m = newMachine(t, nil)
	m.venv("env", "3.12.1", without)
	r := m.diagnose().Result("package-setuptools")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Equal(t, "setuptools<82", r.Wanted)
}

// TestDoctorKnownVersions: what only the doctor knows is judged like a rule.
func TestDoctorKnownVersions(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.13.1", with("pyinfra", "3.7"))
	assert.Nil(t, m.diagnose().Result("pyinfra-fork-exec-macos"), "not on Linux")
	m.GOOS = "darwin"
	r := m.diagnose().Result("pyinfra-fork-exec-macos")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Equal(t, "pyinfra>=3.8.0", r.Wanted)
	assert.Equal(t, diagnose.Info, status(t, m.diagnose(), "connector-print-output"))
}

// A gevent that breaks runs fails, by whichever rule.
func TestDoctorGeventThatBreaksRuns(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", with("gevent", "24.10.1"))
	d := m.diagnose()
	require.Positive(t, d.Count(diagnose.Fail))
	for _, r := range d.Results {
		if r.Status == diagnose.Fail {
			require.NotEmpty(t, r.Fixes)
			assert.Contains(t, r.Fixes[len(r.Fixes)-1].Commands[0].String(), "'gevent>=", r.Check.ID)
			return
		}
	}
}

// A healthy environment has nothing to fail or warn about.
func TestDoctorHealthy(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", healthy)
	m.write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<5,>=2.11\n\n")
	for _, r := range m.diagnose().Results {
		assert.NotContains(t, []diagnose.Status{diagnose.Fail, diagnose.Warn, diagnose.Unknown}, r.Status, "%s: %s %v", r.Check.ID, r.Found, r.Detail)
	}
}

// TestDoctorAgreesWithTheFilter: both ask the same rules, and say the same of
// each version of gevent that was ever affected.
func TestDoctorAgreesWithTheFilter(t *testing.T) {
	for _, gevent := range []string{"22.10.2", "23.9.1", "24.2.1", "24.10.1", "24.11.1", "25.4.2", "25.5.1", "25.8.1", "25.9.1", "26.9.0"} {
		m := newMachine(t, nil)
		m.venv("env", "3.12.7", with("gevent", gevent))
		d := m.diagnose()
		for r := range builtin().All() {
			if len(r.Affected) != 1 || r.Affected[0].Package.Name != "gevent" {
				continue
			}
			in, err := r.Affected[0].Has(gevent)
			require.NoError(t, err)
			bad := status(t, d, r.ID) != diagnose.OK
			if bad {
				assert.True(t, in && r.OnPython("3.12"), "%s with gevent %s", r.ID, gevent)
			} else if r.Python == "" {
				assert.False(t, in, "%s with gevent %s", r.ID, gevent)
			}
		}
	}
}

// The patch level decides, and where it is not known, that is said.
func TestDoctorPatchLevelUnknown(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.13.0", with("gevent", "25.5.1"))
	m.write("env/pyvenv.cfg", "home = /nowhere/bin\n")
	d := m.diagnose()
	assert.Equal(t, "3.13", d.Environment.Full)
	assert.Equal(t, diagnose.OK, status(t, d, "gevent-fork-hooks-assertion"))
	assert.Equal(t, diagnose.Warn, status(t, d, "gevent-dummythread-handle"))
}

// python -V is the one thing that is executed, and only where it is wanted.
func TestDoctorExecutesAtMostPythonV(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", healthy)
	python := filepath.Join(m.top(), "env/bin/python")
	m.diagnose()
	assert.Equal(t, []string{python + " -V"}, m.ran)

	m.ran = nil
	d := m.doctor(diagnose.Request{NoExec: true})
	assert.Empty(t, m.ran)
	assert.Equal(t, "3.12.1", d.Environment.Full)

	// a script in the place of Python is not run
	m.write("env/bin/python", "#!/bin/sh\nrm -rf /\n")
	d = m.diagnose("pyinfra")
	assert.Empty(t, m.ran)
	assert.Equal(t, diagnose.Unknown, status(t, d, "pyinfra"))

	// what lies in the working folder, and nobody asked for, is not run either
	m.venv("work/.venv", "3.12.1", healthy)
	m.env["PATH"] = "/nowhere"
	d = m.diagnose()
	assert.Empty(t, m.ran)
	assert.Equal(t, "3.12.1", d.Environment.Full)
	assert.Contains(t, d.Result("pyinfra").Found, "not on PATH")
}

// The time that an environment was made says nothing of today's Python.
func TestDoctorAsksForThePatchLevel(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.11.7", with("gevent", "23.9.1"))
	m.Run = func(context.Context, ...string) (diagnose.Output, error) {
		return diagnose.Output{Stdout: []byte("Python 3.11.9\n")}, nil
	}
	d := m.diagnose()
	assert.Equal(t, "3.11.9", d.Environment.Full)
	assert.Equal(t, diagnose.Fail, status(t, d, "gevent-thread-init-not-called"))
}

func TestDoctorVersionThatIsNone(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", with("gevent", "banana"))
	d := m.diagnose()
	assert.Equal(t, diagnose.Unknown, status(t, d, "gevent-fork-hooks-assertion"))
	assert.Equal(t, diagnose.OK, status(t, d, "paramiko-tripledes"))
}

func TestDoctorDependencies(t *testing.T) {
	m := newMachine(t, nil)
	site := m.venv("env", "3.12.1", with("paramiko", "5.1.0"))
	require.NoError(t, os.RemoveAll(filepath.Join(site, "greenlet-3.2.4.dist-info")))
	tree(t, site, map[string]string{
		"pyinfra-3.10.0.dist-info/METADATA": "Name: pyinfra\nVersion: 3.10.0\nRequires-Python: >=3.13\nRequires-Dist: gevent>=1.5\nRequires-Dist: paramiko<5,>=2.11\nRequires-Dist: cryptography<1; extra == 'x'\n\n",
		"gevent-25.9.1.dist-info/METADATA":  "Name: gevent\nVersion: 25.9.1\nRequires-Dist: greenlet>=3.2.2; platform_python_implementation == \"CPython\"\nRequires-Dist: setuptools<1; sys_platform == \"win32\"\n\n",
	})
	d := m.diagnose()
	for id, want := range map[string]string{
		"package-paramiko": "pyinfra 3.10.0 wants paramiko<5,>=2.11.",
		"package-greenlet": "gevent 25.9.1 wants it.",
		"python":           "pyinfra 3.10.0 wants Python >=3.13.",
	} {
		assert.Equal(t, diagnose.Fail, status(t, d, id), id)
		assert.Contains(t, d.Result(id).Detail, want)
	}
	assert.Equal(t, diagnose.OK, status(t, d, "package-cryptography"))
	assert.Equal(t, diagnose.OK, status(t, d, "package-setuptools"))
}

func TestDoctorCopiesAndRemains(t *testing.T) {
	m := newMachine(t, nil)
	site := m.venv("env", "3.12.1", healthy)
	tree(t, site, map[string]string{
		"gevent-25.5.1.dist-info/METADATA": meta("25.5.1"), "~evr-1.0.dist-info/METADATA": meta("1.0"), "hollow-1.0.dist-info/RECORD": "",
	})
	d := m.diagnose()
	assert.Equal(t, diagnose.Warn, status(t, d, "package-copies"))
	assert.Contains(t, d.Result("package-copies").Detail[0], "gevent-25.5.1.dist-info and gevent-25.9.1.dist-info")
	assert.Contains(t, d.Result("package-copies").Fixes[0].Commands[0].String(), "--force-reinstall")
	assert.Equal(t, diagnose.Warn, status(t, d, "package-remains"))
	assert.Contains(t, d.Result("package-remains").Detail[0], "~evr-1.0.dist-info, hollow-1.0.dist-info")
}

// Without its entry point the connector is installed, and pyinfra does not
// find it.
func TestDoctorConnector(t *testing.T) {
	m := newMachine(t, nil)
	site := m.venv("env", "3.12.1", healthy)
	require.NoError(t, os.Remove(filepath.Join(site, "pyinfra_orbstack-0.11.0.dist-info/entry_points.txt")))
	r := m.diagnose().Result("package-connector")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Contains(t, r.Fixes[0].Commands[0].String(), "--force-reinstall")

	require.NoError(t, os.RemoveAll(filepath.Join(site, "pyinfra_orbstack-0.11.0.dist-info")))
	assert.Equal(t, diagnose.Skip, status(t, m.diagnose(), "package-connector"), "who does not use it needs it not")
	r = m.doctor(diagnose.Request{Command: []string{"pyinfra", "@orbstack/web", "deploy.py"}}).Result("package-connector")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Equal(t, m.top()+"/env/bin/python -m pip install -U 'pyinfra-orbstack>=0.11.0'", r.Fixes[0].Commands[0].String())
}

func TestDoctorInterpreterIsGone(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", healthy)
	python := filepath.Join(m.top(), "env/bin/python")
	require.NoError(t, os.Remove(python))
	require.NoError(t, os.Symlink("/nowhere/python3.12", python))
	d := m.diagnose()
	assert.Equal(t, diagnose.Fail, status(t, d, "pyinfra"))
	assert.Contains(t, d.Result("pyinfra").Found, "is run by "+python+", which does not exist")
	assert.Contains(t, d.Result("pyinfra").Fixes[0].Commands[0].String(), "-m venv --upgrade")
	assert.Equal(t, diagnose.Skip, status(t, d, "package-gevent"))
}

func TestDoctorSeveralPyinfras(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("one", "3.12.1", healthy)
	m.venv("two", "3.12.1", healthy)
	m.venv("work/.venv", "3.12.1", healthy)
	m.env["PATH"] = m.top() + "/one/bin:" + m.top() + "/two/bin:" + m.top() + "/one/bin"
	d := m.diagnose()
	assert.Contains(t, d.Result("pyinfra").Found, "/one/bin/pyinfra (venv, first on PATH)")
	elsewhere := *m
	host := *m.Host
	host.Dir, elsewhere.Host = t.TempDir(), &host
	assert.Equal(t, diagnose.Info, status(t, elsewhere.diagnose(), "pyinfra-others"), "a further one on PATH may be there")
	r := d.Result("pyinfra-others")
	assert.Equal(t, diagnose.Warn, r.Status)
	assert.Equal(t, []string{
		m.top() + "/two/bin/pyinfra (on PATH)",
		m.top() + "/work/.venv/bin/pyinfra (in " + m.top() + "/work/.venv, not on PATH)",
	}, r.Evidence)
}

func TestDoctorPythonWarnings(t *testing.T) {
	m := newMachine(t, nil)
	m.venv("env", "3.12.1", healthy)
	for value, want := range map[string]diagnose.Status{
		"": diagnose.OK, "ignore": diagnose.Info, "ignore::DeprecationWarning": diagnose.Info,
		"ignore::AssertionError": diagnose.Warn, "default,ignore::AssertionError:gevent": diagnose.Warn,
	} {
		m.env["PYTHONWARNINGS"] = value
		assert.Equal(t, want, status(t, m.diagnose(), "env-pythonwarnings"), value)
	}
	m.env["PYTHONWARNINGS"] = "ignore::AssertionError"
	r := m.diagnose().Result("env-pythonwarnings")
	assert.Contains(t, r.Detail[0], "cannot work")
	assert.Contains(t, r.Detail[1], "What works: gevent>=25.8.1")
	assert.Contains(t, r.Detail[2], "pyinfra leaves its own suppression of warnings off")

	m.write("env/bin/pyinfra", "#!"+m.top()+"/env/bin/python -E\n") // as pipx writes it
	assert.Equal(t, diagnose.OK, status(t, m.diagnose(), "env-pythonwarnings"))
}

func TestDoctorPythonPath(t *testing.T) {
	m := newMachine(t, map[string]string{"shadow/gevent-1.0.dist-info/METADATA": meta("1.0")})
	m.venv("env", "3.12.1", healthy)
	m.env["PYTHONPATH"] = filepath.Join(m.top(), "shadow")
	d := m.diagnose()
	assert.Equal(t, "1.0", d.Environment.Version("gevent"))
	assert.Equal(t, diagnose.Warn, status(t, d, "env-pythonpath"))
	assert.Equal(t, diagnose.Info, status(t, d, "package-copies"))
}

func TestDoctorSSHFolder(t *testing.T) {
	m := newMachine(t, nil)
	require.NoError(t, os.Remove(filepath.Join(m.Home, ".ssh")))
	r := m.diagnose("ssh-folder").Result("ssh-folder")
	assert.Equal(t, diagnose.Warn, r.Status)
	assert.Equal(t, "mkdir -m 700 "+m.Home+"/.ssh", r.Fixes[0].Commands[0].String())
}
