package diagnose_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
)

func TestDoctorInterpreterIsGone(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	python := filepath.Join(m.Top(), "env/bin/python")
	require.NoError(t, os.Remove(python))
	require.NoError(t, os.Symlink("/nowhere/python3.12", python))
	d := m.Diagnose()
	assert.Equal(t, diagnose.Fail, diagnosetest.Status(t, d, "pyinfra"))
	assert.Contains(t, d.Result("pyinfra").Found, "is run by "+python+", which does not exist")
	assert.Contains(t, d.Result("pyinfra").Fixes[0].Commands[0].String(), "-m venv --upgrade")
	assert.Equal(t, diagnose.Skip, diagnosetest.Status(t, d, "package-gevent"))
}

func TestDoctorSeveralPyinfras(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("one", "3.12.1", diagnosetest.Healthy)
	m.Venv("two", "3.12.1", diagnosetest.Healthy)
	m.Venv("work/.venv", "3.12.1", diagnosetest.Healthy)
	m.Env["PATH"] = m.Top() + "/one/bin:" + m.Top() + "/two/bin:" + m.Top() + "/one/bin"
	d := m.Diagnose()
	assert.Contains(t, d.Result("pyinfra").Found, "/one/bin/pyinfra (venv, first on PATH)")
	elsewhere := *m
	host := *m.Host
	host.Dir, elsewhere.Host = t.TempDir(), &host
	assert.Equal(t, diagnose.Info, diagnosetest.Status(t, elsewhere.Diagnose(), "pyinfra-others"), "a further one on PATH may be there")
	r := d.Result("pyinfra-others")
	assert.Equal(t, diagnose.Warn, r.Status)
	assert.Equal(t, []string{
		m.Top() + "/two/bin/pyinfra (on PATH)",
		m.Top() + "/work/.venv/bin/pyinfra (in " + m.Top() + "/work/.venv, not on PATH)",
	}, r.Evidence)
}

func TestDoctorPythonWarnings(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	for value, want := range map[string]diagnose.Status{
		"": diagnose.OK, "ignore": diagnose.Info, "ignore::DeprecationWarning": diagnose.Info,
		"ignore::AssertionError": diagnose.Warn, "default,ignore::AssertionError:gevent": diagnose.Warn,
	} {
		m.Env["PYTHONWARNINGS"] = value
		assert.Equal(t, want, diagnosetest.Status(t, m.Diagnose(), "env-pythonwarnings"), value)
	}
	m.Env["PYTHONWARNINGS"] = "ignore::AssertionError"
	r := m.Diagnose().Result("env-pythonwarnings")
	assert.Contains(t, r.Detail[0], "cannot work")
	assert.Contains(t, r.Detail[1], "What works: gevent>=25.8.1")
	assert.Contains(t, r.Detail[2], "pyinfra leaves its own suppression of warnings off")

	m.Write("env/bin/pyinfra", "#!"+m.Top()+"/env/bin/python -E\n") // as pipx writes it
	assert.Equal(t, diagnose.OK, diagnosetest.Status(t, m.Diagnose(), "env-pythonwarnings"))
}

func TestDoctorPythonPath(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"shadow/gevent-1.0.dist-info/METADATA": diagnosetest.Meta("1.0")})
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	m.Env["PYTHONPATH"] = filepath.Join(m.Top(), "shadow")
	d := m.Diagnose()
	assert.Equal(t, "1.0", d.Environment.Version("gevent"))
	assert.Equal(t, diagnose.Warn, diagnosetest.Status(t, d, "env-pythonpath"))
	assert.Equal(t, diagnose.Info, diagnosetest.Status(t, d, "package-copies"))
}

// Only hosts that are reached by SSH need the folder: @local and @orbstack runs are not warned,
// with --strict neither.
func TestDoctorSSHFolder(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"work/ssh.py": "hosts = ['web.example.org', '@local']\n", "work/local.py": "hosts = ['@local', '@orbstack/vm']\n"})
	require.NoError(t, os.Remove(filepath.Join(m.Home, ".ssh")))
	for _, c := range []struct {
		inventory, command string
		want               diagnose.Status
	}{
		{"", "", diagnose.Skip}, {"local.py", "", diagnose.Skip}, {"ssh.py", "", diagnose.Warn},
		{"", "pyinfra @local deploy.py", diagnose.Skip}, {"", "pyinfra -y --limit x web.example.org,@local deploy.py", diagnose.Warn}, {"", "pyinfra ssh.py deploy.py", diagnose.Warn},
		{"", "uv run pyinfra @docker/x deploy.py", diagnose.Skip}, {"", "hatch run deploy:pyinfra @ssh/x deploy.py", diagnose.Warn},
	} {
		r := m.Doctor(environ.Request{Inventory: c.inventory, Command: strings.Fields(c.command)}, "ssh-folder").Result("ssh-folder")
		assert.Equal(t, c.want, r.Status, "%+v", c)
		if c.want == diagnose.Warn {
			assert.Equal(t, "mkdir -m 700 "+m.Home+"/.ssh", r.Fixes[0].Commands[0].String())
		}
	}
}

// One cause is one problem, in however many checks it shows.
func TestDoctorOneCauseIsOneProblem(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"work/requirements.txt": "gevent==23.9.1\n"})
	m.Venv("env", "3.12.7", diagnosetest.With("gevent", "23.9.1"))
	d := m.Diagnose()
	require.Greater(t, d.Count(diagnose.Fail)+d.Count(diagnose.Warn), 2)
	var gevent []*diagnose.Problem
	for _, p := range d.Problems() {
		if p.Results[0].Cause == "gevent" {
			gevent = append(gevent, p)
		}
	}
	require.Len(t, gevent, 1)
	assert.Equal(t, diagnose.Fail, gevent[0].Status)
	assert.Greater(t, len(gevent[0].Results), 2, "the rules, and the pin")
}

// Code that Python runs when it starts may change what it finds: it is named.
func TestDoctorStartCode(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	site := m.Venv("env", "3.12.1", diagnosetest.Healthy)
	diagnosetest.Tree(t, site, map[string]string{"distutils-precedence.pth": "import os\n", "plain.pth": "/nowhere\n"})
	assert.Equal(t, diagnose.Skip, diagnosetest.Status(t, m.Diagnose(), "start-code"))
	diagnosetest.Tree(t, site, map[string]string{"odd.pth": "import sys; sys.path.insert(0, 'x')\n", "sitecustomize.py": ""})
	r := m.Diagnose().Result("start-code")
	assert.Equal(t, diagnose.Info, r.Status)
	assert.Equal(t, []string{filepath.Join(site, "odd.pth"), filepath.Join(site, "sitecustomize.py")}, r.Evidence)
}
