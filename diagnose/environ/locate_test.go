package environ_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestDoctorShebangs: what installers write in the first lines.
func TestDoctorShebangs(t *testing.T) {
	for name, c := range map[string]struct{ script, flags string }{
		"plain":                {"#!TOP/env/bin/python\nimport sys\n", ""},
		"space behind it":      {"#! TOP/env/bin/python -sE\n", "sE"},
		"pipx":                 {"#!TOP/env/bin/python -E\n", "E"},
		"distlib":              {"#!/bin/sh\n'''exec' TOP/env/bin/python \"$0\" \"$@\"\n' '''\n", ""},
		"distlib, spaces":      {"#!/bin/sh\n'''exec' \"TOP/env/bin/python\" -E \"$0\" \"$@\"\n' '''\n", "E"},
		"uv":                   {"#!/bin/sh\n'''exec' 'TOP/env/bin/python' \"$0\" \"$@\"\n' '''\n", ""},
		"uv, relocatable":      {"#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n' '''\n", ""},
		"env":                  {"#!/usr/bin/env python\n", ""},
		"env with an option":   {"#!/usr/bin/env -S PYTHONX=1 python -I\n", "I"},
		"env without a space":  {"#!/usr/bin/env -Spython -I\n", "I"},
		"sh, quoted otherwise": {"#!/bin/sh\n'''exec' TOP/env/bin/py'th'on \"$0\"\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := diagnosetest.NewMachine(t, nil)
			m.Venv("env", "3.12.1", diagnosetest.Healthy)
			m.Write("env/bin/pyinfra", strings.ReplaceAll(c.script, "TOP", m.Top()))
			e, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
			require.NoError(t, err)
			assert.Equal(t, m.Top()+"/env/bin/python", e.Python)
			assert.Equal(t, c.flags, e.Flags)
			assert.Equal(t, "25.9.1", e.Version("gevent"))
		})
	}
}

// What cannot be known is said, with what to pass instead.
func TestDoctorUnknownLaunchers(t *testing.T) {
	for name, c := range map[string]struct{ script, says string }{
		"program":         {"\x7fELF\x02\x01", "a program that starts Python in a way that cannot be read; type: orbfilter doctor --python PATH"},
		"asdf":            {"#!/usr/bin/env bash\n# asdf-plugin: python 3.12\nexec /opt/asdf/bin/asdf exec \"pyinfra\" \"$@\"\n", "a shim of asdf"},
		"mise":            {"#!/bin/sh\nexec mise x -- pyinfra \"$@\"\n", "a shim of mise"},
		"docker":          {"#!/bin/sh\nexec docker run pyinfra \"$@\"\n", "a script that runs a container"},
		"empty":           {"", "an unknown kind of launcher"},
		"no interpreter":  {"#!\n", "an unknown kind of launcher"},
		"only env":        {"#!/usr/bin/env\n", "an unknown kind of launcher"},
		"of a wheel":      {"#!python\n", "names no interpreter (python)"},
		"gone":            {"#!/nowhere/bin/python\n", "is run by /nowhere/bin/python, which does not exist"},
		"env, gone":       {"#!/usr/bin/env python3.99\n", "is run by python3.99 on PATH, which does not exist"},
		"CRLF":            {"#!TOP/env/bin/python\r\n", "ends with a carriage return"},
		"env, CRLF":       {"#!/usr/bin/env python\r\n", "ends with a carriage return"},
		"option, CRLF":    {"#!TOP/env/bin/python -E\r\n", "ends with a carriage return"},
		"byte order mark": {"\xef\xbb\xbf#!TOP/env/bin/python\n", "begins with a byte order mark"},
		"broken zip file": {"#!/usr/bin/env python\nPK\x03\x04" + strings.Repeat("x", 100), "is a broken zip file"},
	} {
		t.Run(name, func(t *testing.T) {
			m := diagnosetest.NewMachine(t, nil)
			m.Venv("env", "3.12.1", diagnosetest.Healthy)
			m.Write("env/bin/pyinfra", strings.ReplaceAll(c.script, "TOP", m.Top()))
			_, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
			require.ErrorContains(t, err, c.says)
			d := m.Diagnose()
			assert.Contains(t, []diagnose.Status{diagnose.Fail, diagnose.Unknown}, diagnosetest.Status(t, d, "pyinfra"))
			assert.Equal(t, diagnose.OK, diagnosetest.Status(t, d, "ssh-folder"))
		})
	}
}

// Links that lead nowhere, and to each other.
func TestDoctorLinks(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	link := filepath.Join(m.Top(), "bin", "pyinfra")
	require.NoError(t, os.Symlink("../env/bin/pyinfra", link))
	e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Pyinfra: link})
	require.NoError(t, err)
	assert.Equal(t, m.Top()+"/env", e.Prefix)

	require.NoError(t, os.Remove(link))
	require.NoError(t, os.Symlink("pyinfra", link))
	_, err = environ.Resolve(t.Context(), m.Host, environ.Request{Pyinfra: link})
	require.ErrorContains(t, err, "cannot be followed: too many links")
}

func TestDoctorPyenv(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	for _, v := range []string{"3.9.18", "3.12.1", "3.12.10", "3.13.0"} {
		m.Venv("pyenv/versions/"+v, v, diagnosetest.With("gevent", "1."+strings.ReplaceAll(v, ".", "")))
	}
	require.NoError(t, os.Remove(m.Top()+"/pyenv/versions/3.13.0/bin/pyinfra"))
	m.Write("pyenv/shims/pyinfra", "#!/usr/bin/env bash\nset -e\nprogram=\"${0##*/}\"\n\nexport PYENV_ROOT=\""+m.Top()+"/pyenv\"\nexec \"/opt/pyenv/libexec/pyenv\" exec \"$program\" \"$@\"\n")
	m.Env["PATH"] = m.Top() + "/pyenv/shims:" + m.Top() + "/bin"
	resolve := func() string {
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
		if err != nil {
			return err.Error()
		}
		return e.Full
	}
	m.Write("pyenv/version", "3.9.18\n")
	assert.Equal(t, "3.9.18", resolve(), "for the user")
	m.Write(".python-version", "# here\n3.13.0\n3.12 # the newest\n")
	assert.Equal(t, "3.12.10", resolve(), "above the working folder; the first that has it")
	m.Write("work/.python-version", "python-3.12.1\n")
	assert.Equal(t, "3.12.1", resolve(), "in the working folder")
	m.Write("work/.python-version", "../../../env\n")
	assert.Equal(t, "3.12.10", resolve(), "a name that leads out does not count")
	m.Env["PYENV_VERSION"] = "nothing:3.9.18"
	assert.Equal(t, "3.9.18", resolve())
	m.Env["PYENV_VERSION"] = "../../env"
	assert.Contains(t, resolve(), "pyenv has no pyinfra in the version that is chosen here")
	m.Env["PYENV_VERSION"] = "3.13.0"
	assert.Contains(t, resolve(), "3.13.0, by PYENV_VERSION")
	m.Env["PYENV_VERSION"] = "system"
	assert.Contains(t, resolve(), "pyenv has no pyinfra")
	m.Write("bin/pyinfra", "#!"+m.Top()+"/pyenv/versions/3.9.18/bin/python\n")
	assert.Equal(t, "3.9.18", resolve(), "what is on PATH beside the shims")
}

func TestDoctorCommands(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"work/pyproject.toml": "[project]\nname = \"work\"\n", "work/sub/x": ""})
	m.Venv("env", "3.10.13", diagnosetest.Healthy)
	m.Venv("work/.venv", "3.12.1", diagnosetest.Healthy)
	m.Env["PATH"] = m.Top() + "/env/bin"
	for command, want := range map[string]string{
		"pyinfra x.py":            "3.10.13",
		"env A=1 pyinfra x.py":    "3.10.13",
		".venv/bin/pyinfra x.py":  "3.12.1",
		".venv/bin/python -m x":   "3.12.1",
		"uv run pyinfra x.py":     "3.12.1",
		"poetry run pyinfra x.py": "3.12.1",
		"uvx pyinfra x.py":        "uvx makes an environment for each run",
		"uv tool run pyinfra":     "uv tool run makes an environment for each run",
		"uv run --with x pyinfra": "uv run --with makes an environment for this run",
		"pipx run pyinfra":        "pipx run makes an environment for each run",
		"hatch run pyinfra x.py":  "which hatch run would use, is not there yet",
		"nothing x.py":            "nothing is not on PATH; type: orbfilter doctor --venv DIR",
	} {
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: strings.Fields(command)})
		if err != nil {
			assert.Contains(t, err.Error(), want, command)
			continue
		}
		assert.Equal(t, want, e.Full, command)
	}
}

// Poetry's name has a hash of the project's path, which was computed with
// Poetry's own function.
func TestDoctorPoetryCache(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"work/pyproject.toml": "[project]\nname = \"work\"\n"})
	dir, err := filepath.EvalSymlinks(m.Dir)
	require.NoError(t, err)
	hash := strings.TrimSpace(string(diagnosetest.Python(t, "import sys, hashlib, base64; print(base64.urlsafe_b64encode(hashlib.sha256(sys.argv[1].encode()).digest()).decode()[:8])", dir)))
	m.Venv("home/.cache/pypoetry/virtualenvs/deploy-"+hash+"-py3.11", "3.11.7", diagnosetest.Healthy)
	e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: []string{"poetry", "run", "pyinfra"}})
	require.NoError(t, err)
	assert.Equal(t, "3.11.7", e.Full)
	assert.Equal(t, environ.Poetry, e.Kind)

	m.Venv("home/.local/share/hatch/env/virtual/work/"+hash+"/work", "3.10.1", diagnosetest.Healthy)
	e, err = environ.Resolve(t.Context(), m.Host, environ.Request{Command: []string{"hatch", "run", "pyinfra"}})
	require.NoError(t, err)
	assert.Equal(t, "3.10.1", e.Full)
	assert.Equal(t, environ.Hatch, e.Kind)
}

// Launchers of Windows: a program, a path, and for pip a zip file behind it.
func TestDoctorWindowsLaunchers(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.Healthy)
	interpreter := m.Top() + "/env/bin/python"
	var script bytes.Buffer
	z := zip.NewWriter(&script)
	_, err := z.Create("__main__.py")
	require.NoError(t, err)
	require.NoError(t, z.Close())
	uv := append([]byte("MZ launcher"), interpreter...)
	uv = append(binary.LittleEndian.AppendUint32(uv, uint32(len(interpreter))), "UVSC"...)
	for name, launcher := range map[string]string{
		"distlib":         "MZ with #! in it\x00#!" + interpreter + "\r\n" + script.String(),
		"distlib, quoted": "MZ\x00#!\"" + interpreter + "\" -E\r\n" + script.String(),
		"uv":              string(uv),
	} {
		m.Write("bin/pyinfra.exe", launcher)
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Pyinfra: m.Top() + "/bin/pyinfra.exe"})
		require.NoError(t, err, name)
		assert.Equal(t, interpreter, e.Python, name)
		assert.Equal(t, "Windows launcher", e.How)
	}
	m.Write("bin/pyinfra.exe", "MZ another program")
	_, err = environ.Resolve(t.Context(), m.Host, environ.Request{Pyinfra: m.Top() + "/bin/pyinfra.exe"})
	require.ErrorContains(t, err, "a program that starts Python in a way that cannot be read")
}

// Systems put packages where they like.
func TestDoctorSites(t *testing.T) {
	t.Run("Homebrew", func(t *testing.T) {
		const python = "opt/homebrew/Cellar/python@3.13/3.13.5_1/Frameworks/Python.framework/Versions/3.13/"
		m := diagnosetest.NewMachine(t, map[string]string{
			"opt/homebrew/lib/python3.13/site-packages/gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1"), python + "lib/python3.13/x": "",
		})
		m.Write(python+"bin/python3.13", "\xcf\xfa\xed\xfe")
		m.Write("opt/homebrew/bin/pyinfra", "#!"+m.Top()+"/"+python+"bin/python3.13\n")
		m.Env["PATH"] = m.Top() + "/opt/homebrew/bin"
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
		require.NoError(t, err)
		assert.Equal(t, "25.5.1", e.Version("gevent"))
		assert.Equal(t, "3.13.5", e.Full, "of the Cellar")
		assert.Equal(t, environ.Homebrew, e.Kind)
	})
	t.Run("user site and system site", func(t *testing.T) {
		m := diagnosetest.NewMachine(t, map[string]string{
			"home/.local/lib/python3.12/site-packages/gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1"),
			"base/lib/python3/dist-packages/gevent-1.0.dist-info/METADATA":              diagnosetest.Meta("1.0"),
			"base/lib/python3/dist-packages/six-1.16.egg-info":                          diagnosetest.Meta("1.16"),
		})
		m.Write("base/bin/python3.12", "\x7fELF")
		m.Write("bin/pyinfra", "#!"+m.Top()+"/base/bin/python3.12\n")
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
		require.NoError(t, err)
		assert.Equal(t, "25.5.1", e.Version("gevent"))
		assert.Equal(t, "1.16", e.Version("six"))
		m.Write("bin/pyinfra", "#!"+m.Top()+"/base/bin/python3.12 -s\n")
		e, err = environ.Resolve(t.Context(), m.Host, environ.Request{})
		require.NoError(t, err)
		assert.Equal(t, "1.0", e.Version("gevent"), "-s leaves the user's out")
	})
	t.Run("egg-link", func(t *testing.T) {
		m := diagnosetest.NewMachine(t, map[string]string{"src/mine.egg-info/PKG-INFO": strings.Replace(diagnosetest.Meta("0.1"), "Name: x", "Name: mine", 1)})
		site := m.Venv("env", "3.12.1", diagnosetest.Healthy)
		diagnosetest.Tree(t, site, map[string]string{"easy-install.pth": m.Top() + "/src\n", "mine.egg-link": m.Top() + "/src\n."})
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
		require.NoError(t, err)
		assert.Equal(t, "0.1", e.Version("mine"))
	})
}

// TestDoctorCopiedEnvironment: the script of an environment that was copied starts the old one; who names the folder
// means one of the two, and which is not known. What is typed runs the old one.
func TestDoctorCopiedEnvironment(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("old", "3.12.1", diagnosetest.With("gevent", "25.5.1"))
	m.Venv("new", "3.11.7", diagnosetest.Healthy)
	m.Write("new/bin/pyinfra", "#!"+m.Top()+"/old/bin/python\n")
	_, err := environ.Resolve(t.Context(), m.Host, environ.Request{Venv: m.Top() + "/new"})
	require.ErrorContains(t, err, "/new/bin/pyinfra starts the Python of "+m.Top()+"/old")
	require.ErrorContains(t, err, "type: orbfilter doctor --pyinfra "+m.Top()+"/new/bin/pyinfra for what it starts; or: orbfilter doctor --python "+m.Top()+"/new/bin/python for the folder")
	for want, req := range map[string]environ.Request{"25.5.1": {Command: []string{m.Top() + "/new/bin/pyinfra"}}, "25.9.1": {Python: m.Top() + "/new/bin/python"}} {
		e, err := environ.Resolve(t.Context(), m.Host, req)
		require.NoError(t, err)
		assert.Equal(t, want, e.Version("gevent"))
	}
	require.NoError(t, os.Symlink("old", m.Top()+"/link")) // that is no copy
	e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Venv: m.Top() + "/link"})
	require.NoError(t, err)
	assert.Equal(t, "25.5.1", e.Version("gevent"))
}

func TestDoctorNoPyinfra(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	_, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
	require.ErrorContains(t, err, "pyinfra is not on PATH")
	require.ErrorContains(t, err, "type: orbfilter doctor --venv DIR")
	assert.Equal(t, diagnose.Unknown, diagnosetest.Status(t, m.Diagnose(), "pyinfra"))
	_, err = environ.Resolve(t.Context(), m.Host, environ.Request{Venv: "nowhere"})
	require.ErrorContains(t, err, "/work/nowhere is no folder")
	_, err = environ.Resolve(t.Context(), m.Host, environ.Request{Python: "nowhere/python"})
	require.ErrorContains(t, err, "/work/nowhere/python does not exist")
}

// TestDoctorPythonsHere compares with the Pythons of this machine: of the
// system, of pyenv, and an environment that lets the system's packages in.
func TestDoctorPythonsHere(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	pythons, err := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".pyenv/versions/3.*/bin/python3"))
	require.NoError(t, err)
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
		pythons = append(pythons, "/usr/bin/python3")
	}
	if len(pythons) == 0 {
		t.Skip("there is no Python")
	}
	env := filepath.Join(t.TempDir(), "env")
	diagnosetest.Python(t, `import sys, venv; venv.create(sys.argv[1], system_site_packages=True)`, env)
	pythons = append(pythons, env+"/bin/python")
	for i, p := range pythons { // behind a link in the place of a folder, as a home folder may be
		if strings.Contains(p, "/versions/") || p == env+"/bin/python" {
			link := filepath.Join(t.TempDir(), fmt.Sprintf("link%d", i))
			require.NoError(t, os.Symlink(filepath.Dir(filepath.Dir(p)), link))
			pythons = append(pythons, filepath.Join(link, "bin", filepath.Base(p)))
			if made := filepath.Join(t.TempDir(), "env"); exec.Command(pythons[len(pythons)-1], "-m", "venv", "--without-pip", "--system-site-packages", made).Run() == nil {
				pythons = append(pythons, made+"/bin/python")
			}
		}
	}
	for _, p := range pythons {
		var says struct {
			Version  string
			Sites    []string
			Packages map[string]string
		}
		c := exec.Command(p, "-c", `
import importlib.metadata as m, json, os, sys
names = {d.metadata["Name"] for d in m.distributions()} - {None}
print(json.dumps({"version": "%d.%d.%d" % sys.version_info[:3], "packages": {n: m.version(n) for n in names},
    "sites": [p for p in sys.path if p.endswith("-packages")]}))`)
		c.Dir = t.TempDir()
		out, err := c.Output()
		if err != nil {
			t.Logf("%s has no importlib.metadata: %v", p, err)
			continue
		}
		require.NoError(t, json.Unmarshal(out, &says))
		e, err := environ.Resolve(t.Context(), host.This(os.Getenv), environ.Request{Python: p})
		require.NoError(t, err)
		assert.Equal(t, says.Version, e.Full, p)
		var sites []string
		for _, s := range e.Sites {
			if strings.HasSuffix(s, "-packages") {
				sites = append(sites, s)
			}
		}
		assert.Equal(t, says.Sites, sites, p)
		for name, version := range says.Packages {
			assert.Equal(t, version, e.Version(name), "%s of %s", name, p)
		}
	}
}
