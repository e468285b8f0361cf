package environ_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// found is the version of Python that a command leads to, or of an error that says that it is
// not known "unknown", and of any other its text.
func found(t *testing.T, m *diagnosetest.Machine, argv ...string) string {
	t.Helper()
	e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: argv})
	var unknown *chain.UnknownError
	switch {
	case errors.As(err, &unknown):
		assert.Contains(t, unknown.Pass, " ", "%s says what to pass instead", argv)
		return "unknown"
	case err != nil:
		return err.Error()
	}
	return e.Full
}

// settled puts a file of the test's in the place of one of the system's.
type settled struct {
	host.Files
	of map[string]string // by the system's name; "": it is not there
}

func (s settled) name(name string) string {
	if to, ok := s.of[name]; ok {
		return to
	}
	return name
}
func (s settled) Stat(name string) (fs.FileInfo, error)      { return s.Files.Stat(s.name(name)) }
func (s settled) Open(name string) (host.File, error)        { return s.Files.Open(s.name(name)) }
func (s settled) ReadDir(name string) ([]fs.DirEntry, error) { return s.Files.ReadDir(s.name(name)) }

// twoPythons is a machine with an environment on PATH, and one below the working folder.
func twoPythons(t *testing.T) *diagnosetest.Machine {
	t.Helper()
	m := diagnosetest.NewMachine(t, map[string]string{"other/gevent-1.0.dist-info/METADATA": diagnosetest.Meta("1.0"), "passwd": "root:x:0:0::/root:/bin/sh\ndeploy:x:1:1::/home/deploy:/bin/sh\n"})
	m.Files = settled{m.Files, map[string]string{"/etc/sudoers": "/nowhere", "/etc/sudoers.d": "/nowhere", "/etc/passwd": filepath.Join(m.Top(), "passwd")}}
	m.Venv("env", "3.10.13", diagnosetest.Healthy)
	m.Venv("work/.venv", "3.12.1", diagnosetest.Healthy)
	m.Env["PATH"] = m.Top() + "/env/bin"
	return m
}

// wrapped are commands in front of another one that change nothing about where it leads.
var wrapped = []string{
	"env", "env A=1", "env -u PYTHONPATH", "env -uPYTHONPATH --unset=X", "env -C .", "A=1 B=2", "sudo", "sudo -E", "sudo -u root", "sudo -uroot -n A=1", "sudo --user=root -H",
	"timeout 60", "timeout -k 5 1m", "timeout --foreground -s KILL 60", "nice", "nice -n 5", "nice -5", "nice --adjustment=3", "nohup", "time", "time -p", "ionice -c2 -n7", "chrt -b 0",
	"taskset -c 0,1", "taskset 0x3", "stdbuf -oL -eL", "setsid -w", "flock -n /tmp/lock", "flock /tmp/lock", "unbuffer", "unbuffer -p", "chronic", "caffeinate -i", "caffeinate -t 60",
	"arch -arm64", "setarch x86_64 -R", "xargs -0 -n1 -P 4", "chpst -u deploy -m 1000", "setuidgid deploy", "systemd-cat -t deploy", "systemd-run --scope --user", "strace -f -o /tmp/x", "prlimit --nofile=10",
	"gosu deploy", "orbfilter run --", "orbfilter run -q --report json=x --", "orbfilter -q run --", "exec", "command", "!",
}

// TestDoctorWrappers, and each inside of each other.
func TestDoctorWrappers(t *testing.T) {
	m := twoPythons(t)
	for _, w := range wrapped {
		assert.Equal(t, "3.10.13", found(t, m, append(strings.Fields(w), "pyinfra", "x.py")...), w)
		assert.Equal(t, "3.12.1", found(t, m, append(strings.Fields(w), ".venv/bin/python", "-m", "pyinfra")...), w)
	}
	rapid.Check(t, func(rt *rapid.T) {
		var argv []string
		for _, w := range rapid.SliceOfN(rapid.SampledFrom(wrapped), 1, 4).Draw(rt, "wrappers") {
			argv = append(argv, strings.Fields(w)...)
		}
		assert.Equal(t, "3.10.13", found(t, m, append(argv, "pyinfra", "x.py")...), "%q", argv)
		assert.Equal(t, "3.10.13", found(t, m, "sh", "-c", shell.Command(append(argv, "pyinfra", "x.py")).String()), "%q in a shell", argv)
	})
}

// TestDoctorNotUnderstood: whatever stands in front of a command and is not understood, ends in
// an error that says what to pass, and nothing is run.
func TestDoctorNotUnderstood(t *testing.T) {
	m := twoPythons(t)
	m.Write("bin/mytool", "#!"+m.Top()+"/env/bin/python\n")
	m.Env["PATH"] += ":" + m.Top() + "/bin"
	for _, w := range wrapped {
		fields := strings.Fields(w)
		switch fields[0] {
		case "exec", "command", "!", "A=1", "nohup", "setuidgid", "gosu", "orbfilter", "env":
			continue
		}
		assert.Equal(t, "unknown", found(t, m, fields[0], "--not-an-option", "1", "pyinfra"), w)
	}
	for _, w := range []string{
		"docker run x", "podman exec x", "kubectl exec x --", "ssh host", "vagrant ssh -c", "orb -m x", "chroot /x", "unshare -r", "nsenter -t 1", "su deploy -c", "runuser -u x --", "pkexec",
		"make", "just", "npm run", "direnv exec .", "op run --", "aws-vault exec x --", "envdir x", "dotenv run", "nix develop -c", "guix shell --", "tmux new", "parallel", "eval", "watch", "script -c", "perf stat",
		"nox -s x", "tox -e x", "rye run", "pixi run", "mise x --", "asdf exec", "conda run -n x", "micromamba run -n x", "pipx run", "pipx run --spec pyinfra==3",
		"uvx --with gevent==25.5.1", "uvx --from pyinfra==3.9.2", "uvx -p 3.9", "uv tool run --with x", "uv run --with x", "uv run --with-requirements x", "uv run --isolated", "uv run -U", "uv run -P gevent", "uv run --reinstall", "uv run --managed-python", "uv run --python-preference only-system", "UV_MANAGED_PYTHON=1 uv run", "env UV_PYTHON_PREFERENCE=only-managed uv run", "pdm -p . run", "pipx environment",
		"uv run --resolution lowest", "uv run -p 3.9", "uv run --no-such", "uv sync", "uv --no-such run", "poetry shell", "poetry --no-such run", "pdm -g run", "pdm run --no-such", "pipenv shell", "pipenv --system run", "hatch run +py=3.9",
		"hatch shell", "hatch run nothing:", "hatch -p other run", "pyenv shell", "systemd-run", "systemd-run --user", "sudo -i", "sudo -s", "sudo --chroot=/x", "sudo -u nobody-known", "doas", "bash -lc", "bash -i -c",
		"strace -p 1", "mytool run", "mytool", "nothing", "python -S -m", "python --no-such -m", "python -m nox -s", "python -m poetry run", "python -m some.tool",
		"flock /tmp/x -c", "sudo -l", "sudo -e", "uvx pyinfra@3.9.2", "uvx", "orbfilter scan", "arch -ppc", "chpst -e /env",
	} {
		got := found(t, m, append(strings.Fields(w), "pyinfra", "x.py")...)
		if w == "flock /tmp/x -c" { // a shell runs it, and it is pyinfra
			assert.Equal(t, "3.10.13", got)
			continue
		}
		assert.Equal(t, "unknown", got, w)
	}
	for _, ran := range m.Ran {
		assert.Regexp(t, `/python -V$`, ran)
	}
}

// TestDoctorVariables: what is set in front of a command is what its Python sees.
func TestDoctorVariables(t *testing.T) {
	m := twoPythons(t)
	other := filepath.Join(m.Top(), "other")
	m.Write("bin/pyinfra-env", "#!/usr/bin/env -S PYTHONPATH="+other+" python\n")
	m.Write("bin/pyinfra-isolated", "#!/usr/bin/env -S PYTHONPATH="+other+" python -I\n")
	gevent := func(argv ...string) string {
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: argv})
		if err != nil {
			return err.Error()
		}
		return e.Version("gevent")
	}
	for command, want := range map[string]string{
		"PYTHONPATH=" + other + " pyinfra":                                         "1.0",
		"env PYTHONPATH=" + other + " pyinfra":                                     "1.0",
		"env -S PYTHONPATH=" + other + " pyinfra":                                  "1.0",
		"export PYTHONPATH=" + other + "; pyinfra":                                 "unknown",
		"env PYTHONPATH=" + other + " sudo pyinfra":                                "25.9.1",
		"env PYTHONPATH=" + other + " sudo -E pyinfra":                             "25.9.1", // sudo -V: variables to remove
		"env PYTHONPATH=" + other + " sudo --preserve-env pyinfra":                 "25.9.1",
		"env PYTHONPATH=" + other + " sudo -E --preserve-env=PYTHONPATH pyinfra":   "1.0",
		"sudo -E PYTHONPATH=" + other + " pyinfra":                                 "1.0",
		"env PYTHONPATH=" + other + " sudo --preserve-env=PYTHONPATH pyinfra":      "1.0",
		"env PYTHONPATH=" + other + " env -i PATH=" + m.Top() + "/env/bin pyinfra": "25.9.1",
		"env PYTHONPATH=" + other + " env -u PYTHONPATH pyinfra":                   "25.9.1",
		"PYTHONPATH=" + other + " python -I -m pyinfra":                            "25.9.1",
		"PYTHONPATH=" + other + " python -E -m pyinfra":                            "25.9.1",
		"PYTHONPATH=" + other + " python -m pyinfra":                               "1.0",
		"PYTHONPATH=" + other + " python -Wd -X dev -m pyinfra":                    "1.0",
		m.Top() + "/bin/pyinfra-env":                                               "1.0",
		m.Top() + "/bin/pyinfra-isolated":                                          "25.9.1",
	} {
		if want == "unknown" { // it is two commands, for a shell
			assert.Equal(t, "1.0", gevent("bash", "-c", command), command)
			continue
		}
		assert.Equal(t, want, gevent(strings.Fields(command)...), command)
	}
	assert.Equal(t, "unknown", found(t, m, "PYTHONHOME=/usr", "pyinfra"))
	for _, v := range []string{"PYTHONEXECUTABLE=/x", "__PYVENV_LAUNCHER__=/x"} { // they have an effect in isolated mode, too
		assert.Equal(t, "unknown", found(t, m, v, "pyinfra"))
		assert.Equal(t, "unknown", found(t, m, v, "python", "-I", "-m", "pyinfra"))
	}
	assert.Equal(t, "3.10.13", found(t, m, "PYTHONHOME=/usr", "python", "-I", "-m", "pyinfra"))
	assert.Equal(t, "3.12.1", found(t, m, "PATH="+m.Top()+"/work/.venv/bin", "pyinfra"))
	assert.Contains(t, found(t, m, "env", "-i", "pyinfra-not-there"), "is not on PATH")
}

// TestDoctorWithoutHome: where HOME is not set, Python takes the home folder of the list of users.
func TestDoctorWithoutHome(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"base/lib/python3.12/x": "", "real-home/.local/lib/python3.12/site-packages/gevent-2.0.dist-info/METADATA": diagnosetest.Meta("2.0"), "home/.local/lib/python3.12/site-packages/gevent-1.0.dist-info/METADATA": diagnosetest.Meta("1.0")})
	python := m.Write("base/bin/python3.12", "\x7fELF")
	m.Write("bin/pyinfra", "#!"+python+"\n")
	m.Write("passwd", fmt.Sprintf("other:x:77777:1::%s/home:/bin/sh\nme:x:%d:1::%s/real-home:/bin/sh\n", m.Top(), os.Getuid(), m.Top()))
	m.Files = settled{m.Files, map[string]string{"/etc/passwd": m.Top() + "/passwd"}}
	for command, want := range map[string]string{"pyinfra": "1.0", "env -u HOME pyinfra": "2.0", "env -i PATH=" + m.Env["PATH"] + " pyinfra": "2.0", "env -i HOME=" + m.Home + " PATH=" + m.Env["PATH"] + " pyinfra": "1.0"} {
		e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: strings.Fields(command)})
		require.NoError(t, err)
		assert.Equal(t, want, e.Version("gevent"), command)
	}
}

// TestDoctorShells reads a line of a shell that only prepares, and no other.
func TestDoctorShells(t *testing.T) {
	m := twoPythons(t)
	require.NoError(t, os.MkdirAll(filepath.Join(m.Dir, "sub dir"), 0o700))
	m.Write("work/.venv/bin/activate", "VIRTUAL_ENV=\""+m.Dir+"/.venv\"\n")
	for line, want := range map[string]string{
		"pyinfra x.py": "3.10.13", "cd . && .venv/bin/pyinfra x.py": "3.12.1", "cd 'sub dir' && ../.venv/bin/pyinfra": "3.12.1", ". .venv/bin/activate && pyinfra x.py": "3.12.1",
		"source .venv/bin/activate; exec pyinfra x.py": "3.12.1", "set -e; pyinfra x.py 2>&1": "3.10.13", "pyinfra x.py >log 2>&1": "3.10.13", "pyinfra x.py 2>&1 | tee log": "3.10.13", "pyinfra 'a b' \"c d\"": "3.10.13",
		"pyinfra x.py || true": "3.10.13", "pyinfra x.py && echo done": "3.10.13", "pyinfra x.py; rc=$?; exit $rc": "3.10.13", ": ; hash -r; pyinfra x.py 2>&1 || exit 1": "3.10.13", "cd pyinfra; pyinfra": "unknown",
		"true || pyinfra": "unknown", "test -f x && pyinfra": "unknown", "mkdir pyinfra && .venv/bin/python -m pyinfra": "unknown",
		"PATH=$PWD/.venv/bin pyinfra": "unknown", "pyinfra `x`": "unknown", "pyinfra \"$x\"": "unknown", "(cd x; pyinfra)": "unknown", "eval pyinfra": "unknown", "if true; then pyinfra; fi": "unknown",
		". ./env.sh && pyinfra": "unknown", "module load x; pyinfra": "unknown", "pyinfra x.py | grep x": "unknown", "pyinfra *.py": "unknown", "pyenv shell x; pyinfra": "unknown",
	} {
		assert.Equal(t, want, found(t, m, "bash", "-c", line), line)
		if !strings.HasPrefix(line, "source ") {
			assert.Equal(t, want, found(t, m, "sh", "-ec", line), line)
		}
	}
	// What a shell does not do, the doctor does not either: dash knows no source, fish another language; one of them may not be
	// there, or leads elsewhere.
	for shell, lines := range map[string][]string{
		"sh":   {"source .venv/bin/activate; pyinfra"},
		"dash": {"source .venv/bin/activate && pyinfra"},
		"fish": {". .venv/bin/activate; pyinfra", "set -x PYTHONPATH /x; pyinfra", "export A=1; pyinfra"},
		"bash": {". nowhere/bin/activate; pyinfra", "cd nowhere; pyinfra", "cd -; pyinfra", "export -n PYTHONPATH; pyinfra", "A=1; pyinfra"},
	} {
		for _, line := range lines {
			assert.Equal(t, "unknown", found(t, m, shell, "-c", line), "%s: %s", shell, line)
		}
	}
	// One that was moved or copied activates the folder that is written in it; uv's relocatable one where it lies.
	m.Write("moved/bin/python", "\x7fELF")
	for text, want := range map[string]string{
		"export VIRTUAL_ENV=\"" + m.Dir + "/.venv\"": "3.12.1", "VIRTUAL_ENV='" + m.Dir + "/.venv'\n": "3.12.1", "    VIRTUAL_ENV=" + m.Dir + "/.venv\n": "3.12.1",
		"VIRTUAL_ENV=''\"$(dirname -- \"$(realpath -- \"$SCRIPT_PATH\")\")\"''\n": "3.9.1",
	} {
		m.Write("moved/bin/activate", text)
		m.Write("moved/pyvenv.cfg", "home = /nowhere\nversion = 3.9.1\n")
		assert.Equal(t, want, found(t, m, "bash", "-c", ". "+m.Top()+"/moved/bin/activate; python -m pyinfra"), text)
	}
	assert.Equal(t, "unknown", found(t, m, "bash", "deploy.sh"))
	m.Env["BASH_ENV"] = "/x"
	assert.Equal(t, "unknown", found(t, m, "bash", "-c", "pyinfra"))
}

// TestDoctorNoPythonIsRun: what is named in a shebang and is no Python is neither entered nor run.
func TestDoctorNoPythonIsRun(t *testing.T) {
	for name, first := range map[string]string{
		"node": "#!/usr/bin/env node", "absolute": "#!TOP/bin/node", "perl": "#!/usr/bin/perl -w", "uv script": "#!/usr/bin/env -S uv run --script", "uv script with options": "#!/usr/bin/env -S uv run -q --script",
		"pipx": "#!/usr/bin/env -S pipx run", "absolute uv": "#!/opt/uv run", "docker": "#!/usr/bin/env -S docker run python", "two words": "#!/usr/bin/env python -E", "env of another": "#!/usr/bin/env -S node --python",
		"long": "#!TOP/" + strings.Repeat("a/", 160) + "python", "long options": "#!TOP/env/bin/python " + strings.Repeat("x", 320),
	} {
		t.Run(name, func(t *testing.T) {
			m := twoPythons(t)
			m.Write("bin/node", "\x7fELF")
			m.Write(strings.Repeat("a/", 160)+"python", "\x7fELF")
			m.Env["PATH"] += ":" + m.Top() + "/bin"
			m.Write("env/bin/pyinfra", strings.ReplaceAll(first, "TOP", m.Top())+"\n# /// script\n# dependencies = [\"pyinfra\"]\n# ///\n")
			assert.Equal(t, "unknown", found(t, m, "pyinfra"))
			assert.Empty(t, m.Ran)
			e, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
			require.Error(t, err)
			assert.Empty(t, e.Full)
			assert.Empty(t, m.Ran)
		})
	}
	m := twoPythons(t)
	node := m.Write("bin/node", "\x7fELF")
	_, err := environ.Resolve(t.Context(), m.Host, environ.Request{Python: node})
	require.ErrorContains(t, err, "is not named as Pythons are")
	assert.Empty(t, m.Ran)
}

// TestDoctorModuleInTheWay: python -m takes the working folder first, and a script its own.
func TestDoctorModuleInTheWay(t *testing.T) {
	m := twoPythons(t)
	m.Write("work/pyinfra/__init__.py", "")
	assert.Equal(t, "unknown", found(t, m, "python", "-m", "pyinfra"))
	assert.Equal(t, "unknown", found(t, m, ".venv/bin/python", "-Wd", "-mpyinfra"))
	assert.Equal(t, "3.10.13", found(t, m, "pyinfra"))
	assert.Equal(t, "3.10.13", found(t, m, "python", "-I", "-m", "pyinfra"))
	assert.Equal(t, "3.12.1", found(t, m, ".venv/bin/python", "-P", "-m", "pyinfra"))
	assert.Equal(t, "unknown", found(t, m, "python", "-P", "-m", "pyinfra"), "Python 3.10 does not know it")
	assert.Equal(t, "unknown", found(t, m, "env", "PYTHONSAFEPATH=1", "python", "-m", "pyinfra"), "Python 3.10 does not know it")
	for _, odd := range []string{"PYTHONHOME=/x", "PYTHONPLATLIBDIR=lib64"} {
		assert.Equal(t, "unknown", found(t, m, "env", odd, "pyinfra"))
		assert.Equal(t, "3.10.13", found(t, m, "env", odd, "python", "-I", "-m", "pyinfra"))
	}
	assert.Equal(t, "3.12.1", found(t, m, "env", "PYTHONSAFEPATH=1", ".venv/bin/python", "-m", "pyinfra"))
	m.Write("work/tools/deploy.py", "")
	assert.Equal(t, "3.10.13", found(t, m, "python", "tools/deploy.py"))
	assert.Equal(t, "3.12.1", found(t, m, ".venv/bin/python", "-I", "tools"))
	m.Write("work/tools/gevent.py", "")
	for _, argv := range []string{".venv/bin/python tools", ".venv/bin/python -I tools", "env PYTHONSAFEPATH=1 .venv/bin/python tools"} {
		assert.Equal(t, "unknown", found(t, m, strings.Fields(argv)...), argv) // a folder that is run is searched in any case
	}
	assert.Equal(t, "unknown", found(t, m, "python", "tools/deploy.py"))
	m.Env["PYTHONPATH"] = filepath.Join(m.Dir, "tools")
	assert.Equal(t, "unknown", found(t, m, "pyinfra"))
}

// TestDoctorRunners: their options, and where they look.
func TestDoctorRunners(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{
		"ws/pyproject.toml":            "[project]\nname = \"ws\"\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\nexclude = [\"packages/out\"]\n",
		"ws/packages/a/pyproject.toml": "[project]\nname = \"a\"\n", "ws/packages/out/pyproject.toml": "[project]\nname = \"out\"\n",
		"unmanaged/pyproject.toml": "[project]\nname = \"u\"\n[tool.uv]\nmanaged = false\n", "settings/pyproject.toml": "[tool.ruff]\n", "alone/x": "",
		"work/script.py": "# /// script\n# dependencies = []\n# ///\n", "work/plain.py": "", "work/vars.env": "A=1\n", "work/path.env": "PYTHONPATH=/x\n",
		"pinned/pyproject.toml": "[project]\nname = \"p\"\n", "pinned/.python-version": "3.11\n",
		"stale/pyproject.toml": "[project]\nname = \"s\"\n", "stale/uv.lock": "[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n", "fresh/pyproject.toml": "[project]\nname = \"s\"\n", "fresh/uv.lock": "[[package]]\nname = \"gevent\"\nversion = \"25.9.1\"\n",
		"work/pyproject.toml": "[project]\nname = \"work\"\n",
	})
	for dir, python := range map[string]string{"ws/.venv": "3.9.1", "ws/packages/out/.venv": "3.9.2", "work/.venv": "3.9.3", "active": "3.9.4", "unmanaged/.venv": "3.9.5", "pinned/.venv": "3.12.1", "stale/.venv": "3.9.6", "fresh/.venv": "3.9.7", "settings/.venv": "3.9.8", "tools/pyinfra": "3.9.9", "env": "3.9.10"} {
		m.Venv(dir, python, diagnosetest.Healthy)
	}
	m.Write("tools/pyinfra/uv-receipt.toml", "[tool]\n")
	m.Env["PATH"], m.Env["UV_TOOL_DIR"] = m.Top()+"/env/bin", m.Top()+"/tools"
	in := func(dir, command string, env ...string) string {
		n := *m
		h := m.In(filepath.Join(m.Top(), dir))
		n.Host = h
		for _, v := range env {
			key, value, _ := strings.Cut(v, "=")
			n.Host = n.With(map[string]string{key: strings.ReplaceAll(value, "TOP", m.Top())})
		}
		return found(t, &n, strings.Fields(strings.ReplaceAll(command, "TOP", m.Top()))...)
	}
	for _, c := range []struct{ dir, command, env, want string }{
		{"work", "uv run pyinfra", "", "3.9.3"}, {"ws/packages/a", "uv run pyinfra", "", "3.9.1"}, {"ws/packages/out", "uv run pyinfra", "", "3.9.2"}, {"ws", "uv run --package a pyinfra", "", "3.9.1"},
		{"alone", "uv run --project ../ws/packages/a pyinfra", "", "3.9.1"}, {"alone", "uv --directory TOP/ws run -q pyinfra", "", "3.9.1"}, {"alone", "uv run pyinfra", "UV_PROJECT=TOP/ws", "3.9.1"}, {"alone", "uv run pyinfra", "", "unknown"},
		{"work", "uv run --active pyinfra", "VIRTUAL_ENV=TOP/active", "3.9.4"}, {"work", "uv run pyinfra", "VIRTUAL_ENV=TOP/active", "3.9.3"}, {"work", "uv run --no-project pyinfra", "VIRTUAL_ENV=TOP/active", "3.9.4"}, {"work", "uv run --no-project pyinfra", "", "3.9.3"},
		{"unmanaged", "uv run pyinfra", "VIRTUAL_ENV=TOP/active", "3.9.4"}, {"settings", "uv run pyinfra", "VIRTUAL_ENV=TOP/active", "3.9.4"}, {"settings", "uv run pyinfra", "", "3.9.8"},
		{"work", "uv run pyinfra", "UV_PROJECT_ENVIRONMENT=TOP/active", "3.9.4"}, {"work", "uv run pyinfra", "UV_PROJECT_ENVIRONMENT=../active", "3.9.4"}, {"work", "uv run pyinfra", "UV_ISOLATED=1", "unknown"},
		{"work", "uv run -m pyinfra", "", "3.9.3"}, {"work", "uv run python -m pyinfra", "", "3.9.3"}, {"work", "uv run plain.py", "", "3.9.3"}, {"work", "uv run script.py", "", "unknown"}, {"work", "uv run --script script.py", "", "unknown"},
		{"work", "uv run --frozen --extra x --group ops timeout 60 pyinfra", "", "3.9.3"}, {"work", "uv run -- env A=1 pyinfra", "", "3.9.3"}, {"work", "uv run --env-file vars.env pyinfra", "", "3.9.3"}, {"work", "uv run --env-file path.env pyinfra", "", "unknown"},
		{"pinned", "uv run pyinfra", "", "unknown"}, {"pinned", "uv run --python 3.12 pyinfra", "", "3.12.1"}, {"work", "uv run --python 3.9 pyinfra", "", "3.9.3"}, {"work", "uv run pyinfra", "UV_PYTHON=3.11", "unknown"}, {"work", "uv run -p pypy pyinfra", "", "unknown"},
		{"stale", "uv run pyinfra", "", "unknown"}, {"stale", "uv run --no-sync pyinfra", "", "3.9.6"}, {"stale", "uv run pyinfra", "UV_NO_SYNC=1", "3.9.6"}, {"fresh", "uv run pyinfra", "", "3.9.7"}, {"fresh", "python -m uv run pyinfra", "PATH=TOP/fresh/.venv/bin", "3.9.7"},
		{"work", "uvx pyinfra", "", "3.9.9"}, {"work", "uv tool run pyinfra", "", "3.9.9"}, {"work", "uvx --from pyinfra pyinfra", "", "3.9.9"}, {"work", "uvx -q pyinfra", "", "3.9.9"}, {"work", "uvx pyinfra", "UV_TOOL_DIR=/nowhere", "unknown"}, {"work", "uvx other", "", "unknown"},
	} {
		var env []string
		if c.env != "" {
			env = []string{c.env}
		}
		assert.Equal(t, c.want, in(c.dir, c.command, env...), "%+v", c)
	}
}

// TestDoctorShims: of mise, which is a link to the program, and of orbfilter itself.
func TestDoctorShims(t *testing.T) {
	m := twoPythons(t)
	m.Write("opt/bin/mise", "\x7fELF")
	require.NoError(t, os.MkdirAll(filepath.Join(m.Top(), "shims"), 0o700))
	require.NoError(t, os.Symlink("../opt/bin/mise", filepath.Join(m.Top(), "shims/pyinfra")))
	m.Env["PATH"] = m.Top() + "/shims:" + m.Top() + "/env/bin"
	_, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
	require.ErrorContains(t, err, "mise which pyinfra")
	m.Write("wrap/pyinfra", "#!/bin/sh\nexec orbfilter run -- pyinfra \"$@\"\n")
	m.Env["PATH"] = m.Top() + "/wrap:" + m.Top() + "/env/bin"
	assert.Equal(t, "3.10.13", found(t, m, "pyinfra"))
	m.Env["PATH"] = m.Top() + "/wrap"
	assert.Contains(t, found(t, m, "pyinfra"), "there is no other pyinfra on PATH")
}

// TestDoctorChain: each link names what shows that the way goes there.
func TestDoctorChain(t *testing.T) {
	m := twoPythons(t)
	m.Write("work/pyproject.toml", "[project]\nname = \"work\"\n")
	e, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: strings.Fields("env A=1 timeout 60 uv run pyinfra x.py")})
	require.NoError(t, err)
	var stages, names []string
	for _, l := range e.Chain {
		stages, names = append(stages, string(l.Stage)), append(names, l.Name)
		assert.NotEmpty(t, l.Evidence, l)
		assert.NotEmpty(t, l.Leads, l)
	}
	assert.Equal(t, "wrapper wrapper wrapper runner launcher interpreter paths", strings.Join(stages, " "))
	assert.Equal(t, "env variable timeout uv run shebang Python 3.12.1 venv", strings.Join(names, " "))
	e, err = environ.Resolve(t.Context(), m.Host, environ.Request{Command: strings.Fields("env A=1 tox -e x pyinfra")})
	require.Error(t, err)
	assert.Equal(t, "tox", e.Chain[len(e.Chain)-1].Name, "as far as it was understood")
}
