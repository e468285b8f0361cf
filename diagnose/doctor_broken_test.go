package diagnose_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

// onBrokenMachine runs a test on a machine on which to look at some files panics, and on one on which it hangs.
func onBrokenMachine(t *testing.T, broken func(name string) bool, test func(*testing.T, *diagnosetest.Machine)) {
	block := make(chan struct{})
	t.Cleanup(func() { close(block) })
	for name, do := range map[string]func(){"panics": func() { panic("stat") }, "hangs": func() { <-block }} {
		t.Run(name, func(t *testing.T) {
			m := diagnosetest.NewMachine(t, nil)
			m.Venv("env", "3.12.1", diagnosetest.Healthy)
			m.Files = diagnosetest.Files{Files: m.Files, Other: func(name string) (fs.FileInfo, error) {
				if broken(name) {
					do()
				}
				return nil, nil
			}}
			test(t, m)
		})
	}
}

// A check that breaks or hangs is unknown; the others are unharmed.
func TestDoctorCheckThatPanicsOrHangs(t *testing.T) {
	onBrokenMachine(t, func(name string) bool {
		return strings.HasSuffix(name, "/.ssh") || strings.Contains(name, "paramiko-4.0.0.dist-info/METADATA")
	}, func(t *testing.T, m *diagnosetest.Machine) {
		start := time.Now()
		d := (&diagnose.Doctor{Host: m.Host, Rules: diagnosetest.Builtin(), Limit: time.Second}).Run(t.Context(),
			"ssh-folder", "package-paramiko", "package-gevent", "gevent-fork-hooks-assertion")
		assert.Less(t, time.Since(start), 5*time.Second)
		assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, d, "ssh-folder"))
		assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, d, "package-paramiko"))
		assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "gevent-fork-hooks-assertion"))
	})
}

// When the environment itself cannot be looked at, everything that needs it
// is, and nothing else.
func TestDoctorEnvironmentThatPanicsOrHangs(t *testing.T) {
	onBrokenMachine(t, func(name string) bool {
		return strings.HasSuffix(name, "pyvenv.cfg")
	}, func(t *testing.T, m *diagnosetest.Machine) {
		d := (&diagnose.Doctor{Host: m.Host, Rules: diagnosetest.Builtin(), Limit: time.Second}).Run(t.Context())
		assert.Nil(t, d.Environment)
		assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, d, "package-gevent"))
		assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "ssh-folder"))
	})
}

// What comes from the disk is not to be trusted.
func TestDoctorHostileFiles(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	site := m.Venv("env", "3.12.1", diagnosetest.Healthy)
	in := func(name string) string { return filepath.Join(site, name) }

	huge, err := os.Create(in("gevent-25.9.1.dist-info/METADATA"))
	require.NoError(t, err)
	require.NoError(t, huge.Truncate(1<<30)) // a gigabyte of nothing
	require.NoError(t, huge.Close())
	require.NoError(t, os.WriteFile(in("paramiko-4.0.0.dist-info/METADATA"), []byte("Name: paramiko\nVersion: 4.0.0\x1b]0;owned\a; rm -rf /\n"), 0o600))
	require.NoError(t, os.RemoveAll(in("greenlet-3.2.4.dist-info")))
	require.NoError(t, os.Symlink("greenlet-3.2.4.dist-info", in("greenlet-3.2.4.dist-info")))
	require.NoError(t, os.Symlink(site, in("loop")))
	require.NoError(t, os.WriteFile(in("x.pth"), []byte(site+"\n"+in("loop")+"\n../../../../../..\nimport os; os.abort()\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(m.Dir, "requirements.txt"), []byte("gevent==25.5.1 ; \x1b[2J\x1b]8;;http://evil\a \u202egnp\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(m.Dir, "pyproject.toml"), []byte("[project\ndependencies = [\"gevent==25"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(m.Dir, "uv.lock"), []byte(strings.Repeat("[[package]]\n", 1000)), 0o600))
	if exec.Command("mkfifo", in("setuptools-80.0.0.dist-info/INSTALLER")).Run() != nil {
		t.Log("there are no pipes with names")
	}

	start := time.Now()
	d := m.Diagnose()
	assert.Less(t, time.Since(start), 5*time.Second)
	assert.Equal(t, "25.9.1", d.Environment.Version("gevent"), "by the name of the folder")
	assert.Empty(t, d.Environment.Version("paramiko"), "its metadata name something that is no version, and Python reads no other")
	for id, want := range map[string]diagnose.Status{
		"package-gevent": diagnose.OK, "package-paramiko": diagnose.Unknown, "package-greenlet": diagnose.OK,
		"package-setuptools": diagnose.OK, "package-remains": diagnose.Warn, "gevent-fork-hooks-assertion": diagnose.OK, "pins": diagnose.Warn,
	} {
		assert.Equal(t, want, diagnosetest.Status(t, d, id), id)
	}
}

func TestDoctorFolderWithoutPermission(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	site := m.Venv("env", "3.12.1", diagnosetest.Healthy)
	m.Files = noPermission{m.Files, site}
	d := m.Diagnose()
	assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, d, "package-gevent"))
	assert.Contains(t, d.Result("package-gevent").Found, "permission denied")
	assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "ssh-folder"))
}

// noPermission is a disk with a folder that may not be read: root may read all.
type noPermission struct {
	host.Files
	dir string
}

func (n noPermission) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == n.dir {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return n.Files.ReadDir(name)
}

// A doctor that found nothing out is not green: neither where no check was made, nor where the
// environment is not known.
func TestDoctorThatFoundNothingOut(t *testing.T) {
	block := make(chan struct{})
	t.Cleanup(func() { close(block) })
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	hangs := *m.Host
	hangs.Files = diagnosetest.Files{Files: m.Files, Other: func(string) (fs.FileInfo, error) { <-block; return nil, nil }}
	run := func(h *host.Host, req environ.Request, ids ...string) *diagnose.Diagnosis {
		return (&diagnose.Doctor{Host: h, Rules: diagnosetest.Builtin(), Request: req, Limit: time.Second}).Run(t.Context(), ids...)
	}
	d := run(&hangs, environ.Request{})
	assert.True(t, d.Lost)
	assert.True(t, run(&hangs, environ.Request{}, "ssh-folder").NothingMade())
	assert.False(t, run(m.Host, environ.Request{}).NothingMade())
	assert.False(t, run(m.Host, environ.Request{}).Lost)
	d = run(m.Host, environ.Request{Command: []string{"tox", "-e", "x", "pyinfra"}})
	assert.True(t, d.Lost)
	assert.Contains(t, d.Reason, "tox")
	assert.False(t, run(m.Host, environ.Request{Command: []string{"tox"}}, "ssh-folder").Lost, "it needs no environment")
}

// One that is not there is not known either, unless something else is found to be wrong.
func TestDoctorWithoutAnEnvironment(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	d := m.Diagnose()
	assert.True(t, d.Lost)
	assert.Contains(t, d.Reason, "pyinfra is not on PATH")
	assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, d, "pyinfra"))
	m.Write("work/uv.lock", "[[package]]\nname = \"gevent\"\nversion = \"26.1.0\"\n")
	assert.True(t, m.Diagnose().Lost)
	m.Write("work/uv.lock", "[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n")
	d = m.Diagnose()
	assert.False(t, d.Lost)
	assert.Equal(t, diagnose.Fail, diagnosetest.Status(t, d, "pins"))
}

// Who may not look says so, and not that there is nothing.
func TestDoctorMayNotLook(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	prefix := filepath.Join(m.Top(), "env")
	m.Files = diagnosetest.Files{Files: m.Files, Other: func(name string) (fs.FileInfo, error) {
		if strings.HasPrefix(name, prefix+"/") {
			return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrPermission}
		}
		return nil, nil
	}}
	for _, req := range []environ.Request{{Venv: prefix}, {Python: prefix + "/bin/python"}} {
		d := m.Doctor(req)
		assert.True(t, d.Lost)
		assert.Contains(t, d.Reason, "permission denied")
		assert.Contains(t, d.Result("pyinfra").Fixes[0].Text, "sudo -u USER")
	}
}
