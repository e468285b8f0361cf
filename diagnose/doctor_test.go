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
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/rules"
)

// site312 is where the packages of an environment of Python 3.12 are.
const site312 = "env/lib/python3.12/site-packages"

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
		m := diagnosetest.NewMachine(t, nil)
		m.Venv("env", c.python, diagnosetest.With("gevent", c.gevent))
		assert.Equal(t, c.want, diagnosetest.Status(t, m.Diagnose(), c.id), "%+v", c)
	}
}

// Nothing that is known from reports alone fails, whatever would come of it; and where
// it is in range, it is said that others have reported it.
func TestDoctorReportsAreNoFailures(t *testing.T) {
	seen := 0
	for _, python := range []string{"3.9.18", "3.13.1"} {
		m := diagnosetest.NewMachine(t, nil)
		m.GOOS = "darwin"
		m.Venv("env", python, map[string]string{"pyinfra": "2.0", "gevent": "1.5.0", "greenlet": "0.4.17", "paramiko": "2.7.0", "pyinfra-orbstack": "0.1.0", "cryptography": "40.0.0", "setuptools": "60.0.0"})
		for _, r := range m.Diagnose().Results {
			rule := diagnosetest.Builtin().Get(r.Check.ID)
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
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	m.Write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<5,>=2.11\n\n")
	r := m.Diagnose().Result("paramiko-sha1")
	assert.Equal(t, diagnose.Info, r.Status)
	assert.Empty(t, r.Fixes)
	assert.Contains(t, strings.Join(r.Detail, " "), "CVE-2026-44405")
	assert.Contains(t, r.Detail, "That cannot be installed here: pyinfra 3.10.0 wants paramiko<5,>=2.11.")
	assert.NotContains(t, strings.Join(r.Detail, " "), "You will see")

	m.Write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<6,>=2.11\n\n")
	r = m.Diagnose().Result("paramiko-sha1")
	assert.Equal(t, diagnose.Warn, r.Status)
	assert.NotEmpty(t, r.Fixes)
	m = diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.With("paramiko", "5.0.0"))
	assert.Equal(t, diagnose.OK, diagnosetest.Status(t, m.Diagnose(), "paramiko-sha1"))
}

// What would end one issue and is not allowed does not get into the command for another.
func TestDoctorFixesWhatIsAllowed(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.With("paramiko", "3.4.0"))
	m.Write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<5,>=2.11\n\n")
	r := m.Diagnose().Result("paramiko-tripledes")
	require.Equal(t, diagnose.Fail, r.Status)
	require.NotEmpty(t, r.Fixes)
	assert.Contains(t, strings.Join(r.Fixes[0].Commands[0], " "), "paramiko>=3.4.1")
}

// A rule may be about Python alone.
func TestDoctorPythonAlone(t *testing.T) {
	for python, want := range map[string]diagnose.Status{"3.12.1": diagnose.OK, "3.13.5": diagnose.Info, "3.13.6": diagnose.OK, "3.14.0": diagnose.OK} {
		m := diagnosetest.NewMachine(t, nil)
		m.Venv("env", python, diagnosetest.Healthy)
		r := m.Diagnose().Result("python-dummythread-del")
		assert.Equal(t, want, r.Status, python)
		assert.Equal(t, "Python "+python, r.Found)
	}
}

// pyinfra 2 does not start without setuptools, and 3 does.
func TestDoctorWithoutSetuptools(t *testing.T) {
	without := maps.Clone(diagnosetest.Healthy)
	delete(without, "setuptools")
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", without)
	assert.Equal(t, diagnose.Skip, diagnosetest.Status(t, m.Diagnose(), "package-setuptools"))
	without["pyinfra"] = "2.9.2"
	m = diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", without)
	r := m.Diagnose().Result("package-setuptools")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Equal(t, "setuptools<82", r.Wanted)
}

// TestDoctorKnownVersions: what only the doctor knows is judged like a rule.
func TestDoctorKnownVersions(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.13.1", diagnosetest.With("pyinfra", "3.7"))
	assert.Nil(t, m.Diagnose().Result("pyinfra-fork-exec-macos"), "not on Linux")
	m.GOOS = "darwin"
	r := m.Diagnose().Result("pyinfra-fork-exec-macos")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Equal(t, "pyinfra>=3.8.0", r.Wanted)
	assert.Equal(t, diagnose.Info, diagnosetest.Status(t, m.Diagnose(), "connector-print-output"))
}

// A gevent that breaks runs fails, by whichever rule.
func TestDoctorGeventThatBreaksRuns(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.With("gevent", "24.10.1"))
	d := m.Diagnose()
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
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	m.Write(site312+"/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<5,>=2.11\n\n")
	for _, r := range m.Diagnose().Results {
		assert.NotContains(t, []diagnose.Status{diagnose.Fail, diagnose.Warn, diagnose.Unknown}, r.Status, "%s: %s %v", r.Check.ID, r.Found, r.Detail)
	}
}

// TestDoctorAgreesWithTheFilter: both ask the same rules, and say the same of
// each version of gevent that was ever affected.
func TestDoctorAgreesWithTheFilter(t *testing.T) {
	for _, gevent := range []string{"22.10.2", "23.9.1", "24.2.1", "24.10.1", "24.11.1", "25.4.2", "25.5.1", "25.8.1", "25.9.1", "26.9.0"} {
		m := diagnosetest.NewMachine(t, nil)
		m.Venv("env", "3.12.7", diagnosetest.With("gevent", gevent))
		d := m.Diagnose()
		for r := range diagnosetest.Builtin().All() {
			if len(r.Affected) != 1 || r.Affected[0].Package.Name != "gevent" {
				continue
			}
			in, err := r.Affected[0].Has(gevent)
			require.NoError(t, err)
			bad := diagnosetest.Status(t, d, r.ID) != diagnose.OK
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
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.13.0", diagnosetest.With("gevent", "25.5.1"))
	m.Write("env/pyvenv.cfg", "home = /nowhere/bin\n")
	d := m.Diagnose()
	assert.Equal(t, "3.13", d.Environment.Full)
	assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "gevent-fork-hooks-assertion"))
	assert.Equal(t, diagnose.Warn, diagnosetest.Status(t, d, "gevent-dummythread-handle"))
}

// python -V is the one thing that is executed, and only where it is wanted.
func TestDoctorExecutesAtMostPythonV(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	python := filepath.Join(m.Top(), "env/bin/python")
	m.Diagnose()
	assert.Equal(t, []string{python + " -V"}, m.Ran)

	m.Ran = nil
	d := m.Doctor(environ.Request{NoExec: true})
	assert.Empty(t, m.Ran)
	assert.Equal(t, "3.12.1", d.Environment.Full)

	// a script in the place of Python is not run
	m.Write("env/bin/python", "#!/bin/sh\nrm -rf /\n")
	d = m.Diagnose("pyinfra")
	assert.Empty(t, m.Ran)
	assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, d, "pyinfra"))

	// what lies in the working folder, and nobody asked for, is not run either
	m.Venv("work/.venv", "3.12.1", diagnosetest.Healthy)
	m.Env["PATH"] = "/nowhere"
	d = m.Diagnose()
	assert.Empty(t, m.Ran)
	assert.Equal(t, "3.12.1", d.Environment.Full)
	assert.Contains(t, d.Result("pyinfra").Found, "not on PATH")
}

// The time that an environment was made says nothing of today's Python.
func TestDoctorAsksForThePatchLevel(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.11.7", diagnosetest.With("gevent", "23.9.1"))
	m.Run = func(context.Context, ...string) (host.Output, error) {
		return host.Output{Stdout: []byte("Python 3.11.9\n")}, nil
	}
	d := m.Diagnose()
	assert.Equal(t, "3.11.9", d.Environment.Full)
	assert.Equal(t, diagnose.Fail, diagnosetest.Status(t, d, "gevent-thread-init-not-called"))
}

func TestDoctorVersionThatIsNone(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.With("gevent", "banana"))
	d := m.Diagnose()
	assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, d, "gevent-fork-hooks-assertion"))
	assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "paramiko-tripledes"))
}

func TestDoctorDependencies(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	site := m.Venv("env", "3.12.1", diagnosetest.With("paramiko", "5.1.0"))
	require.NoError(t, os.RemoveAll(filepath.Join(site, "greenlet-3.2.4.dist-info")))
	diagnosetest.Tree(t, site, map[string]string{
		"pyinfra-3.10.0.dist-info/METADATA": "Name: pyinfra\nVersion: 3.10.0\nRequires-Python: >=3.13\nRequires-Dist: gevent>=1.5\nRequires-Dist: paramiko<5,>=2.11\nRequires-Dist: cryptography<1; extra == 'x'\n\n",
		"gevent-25.9.1.dist-info/METADATA":  "Name: gevent\nVersion: 25.9.1\nRequires-Dist: greenlet>=3.2.2; platform_python_implementation == \"CPython\"\nRequires-Dist: setuptools<1; sys_platform == \"win32\"\n\n",
	})
	d := m.Diagnose()
	for id, want := range map[string]string{
		"package-paramiko": "pyinfra 3.10.0 wants paramiko<5,>=2.11.",
		"package-greenlet": "gevent 25.9.1 wants it.",
		"python":           "pyinfra 3.10.0 wants Python >=3.13.",
	} {
		assert.Equal(t, diagnose.Fail, diagnosetest.Status(t, d, id), id)
		assert.Contains(t, d.Result(id).Detail, want)
	}
	assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "package-cryptography"))
	assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "package-setuptools"))
}

func TestDoctorCopiesAndRemains(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	site := m.Venv("env", "3.12.1", diagnosetest.Healthy)
	diagnosetest.Tree(t, site, map[string]string{
		"gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1"), "~evr-1.0.dist-info/METADATA": diagnosetest.Meta("1.0"), "hollow-1.0.dist-info/RECORD": "",
	})
	d := m.Diagnose()
	assert.Equal(t, diagnose.Warn, diagnosetest.Status(t, d, "package-copies"))
	assert.Contains(t, d.Result("package-copies").Detail[0], "gevent-25.5.1.dist-info and gevent-25.9.1.dist-info")
	assert.Contains(t, d.Result("package-copies").Fixes[0].Commands[1].String(), "--no-deps --force-reinstall gevent==25.9.1")
	assert.Equal(t, diagnose.Warn, diagnosetest.Status(t, d, "package-remains"))
	assert.Contains(t, d.Result("package-remains").Detail[0], "~evr-1.0.dist-info, hollow-1.0.dist-info")
}

// Without its entry point the connector is installed, and pyinfra does not
// find it.
func TestDoctorConnector(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	site := m.Venv("env", "3.12.1", diagnosetest.Healthy)
	require.NoError(t, os.Remove(filepath.Join(site, "pyinfra_orbstack-0.11.0.dist-info/entry_points.txt")))
	r := m.Diagnose().Result("package-connector")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Contains(t, r.Fixes[0].Commands[0].String(), "--force-reinstall pyinfra-orbstack==0.11.0")

	require.NoError(t, os.RemoveAll(filepath.Join(site, "pyinfra_orbstack-0.11.0.dist-info")))
	assert.Equal(t, diagnose.Skip, diagnosetest.Status(t, m.Diagnose(), "package-connector"), "who does not use it needs it not")
	r = m.Doctor(environ.Request{Command: []string{"pyinfra", "@orbstack/web", "deploy.py"}}).Result("package-connector")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Equal(t, m.Top()+"/env/bin/python -m pip install -U 'pyinfra-orbstack>=0.11.0'", r.Fixes[0].Commands[0].String())
}
