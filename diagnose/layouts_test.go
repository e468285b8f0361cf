//go:build unix

package diagnose_test

import (
	"encoding/json"
	"errors"
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
	"github.com/orbfilter/orbfilter/rules"
)

// truth is a deploy file: pyinfra itself runs it, by whatever launcher it has,
// and it writes what Python says of its packages.
const truth = `
import importlib.metadata as m, json, os, sys
packages = {}
for d in m.distributions():
    packages.setdefault(d.metadata["Name"], m.version(d.metadata["Name"]))
json.dump({"packages": packages, "python": "%d.%d.%d" % sys.version_info[:3], "prefix": os.path.realpath(sys.prefix),
    "sites": [os.path.realpath(p) for p in sys.path if p.endswith("-packages")]}, open(os.environ["TRUTH"], "w"))
`

type whatPythonSays struct {
	Packages       map[string]string
	Python, Prefix string
	Sites          []string
}

// TestDoctorLayouts reads real installations and compares with what
// importlib.metadata says in each. Making them needs PyPI; .venvs keeps them.
func TestDoctorLayouts(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, l := range layouts(t) {
		fields := strings.Split(l, "\t")
		name, script, get := fields[0], fields[1], getenv(fields[0], fields[1], fields[2])
		t.Run(name, func(t *testing.T) {
			host := host.This(get)
			if name == "pyenv" { // what a shim starts depends on the working folder
				host.Dir = filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(script))), "pyenv-project")
			}
			e, err := environ.Resolve(t.Context(), host, environ.Request{Pyinfra: script})
			require.NoError(t, err)
			want := askPython(t, get, script, host.Dir)
			assert.Equal(t, want.Python, e.Full)
			for pkg, version := range want.Packages {
				assert.Equal(t, version, e.Version(pkg), pkg)
			}
			assert.Equal(t, "25.5.1", e.Version("gevent"))
			assert.Equal(t, !strings.HasPrefix(want.Python, "3.13"), fails(t, host, script), "Python %s", want.Python)
			if e.Kind != environ.Bundle {
				assert.Equal(t, want.Prefix, resolved(t, e.Prefix))
				assert.Equal(t, want.Sites, allResolved(t, e.Sites), "the order in which Python searches")
			}
			t.Logf("%s: %s, %d packages agree", e.Kind, e.How, len(want.Packages))
		})
	}
}

// fails reports whether the doctor finds the bug of gevent 25.5.1.
func fails(t *testing.T, host *host.Host, script string) bool {
	t.Helper()
	const id = "gevent-fork-hooks-assertion"
	d := diagnose.Doctor{Host: host, Rules: diagnosetest.Builtin(), Request: environ.Request{Pyinfra: script}}
	return d.Run(t.Context(), id).Result(id).Status == diagnose.Fail
}

// getenv is the environment without what this test's own Python left in it.
func getenv(name, script, python string) func(string) string {
	return func(v string) string {
		switch {
		case v == "PATH": // env python3.12 of a zipapp
			return python + ":" + os.Getenv("PATH")
		case v == "PYENV_ROOT" && name == "pyenv":
			return filepath.Dir(filepath.Dir(script))
		case strings.HasPrefix(v, "PYTHON"), strings.HasPrefix(v, "PYENV"), v == "VIRTUAL_ENV":
			return ""
		}
		return os.Getenv(v)
	}
}

// layouts makes them, and returns a line for each: name, script, and the folder
// of the Python that zipapps are to find.
func layouts(t *testing.T) []string {
	t.Helper()
	c := exec.Command("sh", filepath.Join("..", "testdata", "live", "layouts.sh"))
	c.Stderr = os.Stderr
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 3 || exit.ExitCode() == 4) && os.Getenv("CI") == "" && os.Getenv("ORBFILTER_LIVE_REQUIRED") == "" {
		t.Skip("the installations cannot be made here")
	}
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func askPython(t *testing.T, get func(string) string, script, dir string) (says whatPythonSays) {
	t.Helper()
	tmp := t.TempDir()
	deploy, answer := filepath.Join(tmp, "truth.py"), filepath.Join(tmp, "answer.json")
	require.NoError(t, os.WriteFile(deploy, []byte(truth), 0o600))
	c := exec.Command(script, "-y", "@local", deploy)
	c.Dir = dir
	for _, v := range os.Environ() {
		if key, _, _ := strings.Cut(v, "="); get(key) != "" {
			c.Env = append(c.Env, key+"="+get(key))
		}
	}
	c.Env = append(c.Env, "TRUTH="+answer, "PEX_ROOT="+filepath.Join(tmp, "pex"), "SHIV_ROOT="+filepath.Join(tmp, "shiv"), "PYENV_ROOT="+get("PYENV_ROOT"))
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	data, err := os.ReadFile(answer)
	require.NoError(t, err, "%s", out)
	require.NoError(t, json.Unmarshal(data, &says))
	return says
}

func resolved(t *testing.T, path string) string {
	t.Helper()
	r, err := filepath.EvalSymlinks(path)
	require.NoError(t, err)
	return r
}

func allResolved(t *testing.T, paths []string) (out []string) {
	t.Helper()
	for _, p := range paths {
		if strings.HasSuffix(p, "-packages") { // and not what a .pth file added
			out = append(out, resolved(t, p))
		}
	}
	return out
}

// BenchmarkDoctor: the whole diagnosis of an environment with 50 packages,
// as a person waits for it; beside it, what it saves.
func BenchmarkDoctor(b *testing.B) {
	venv, err := filepath.Abs(filepath.Join("..", ".venvs", "doctor", "fifty"))
	require.NoError(b, err)
	fifty(b, venv)
	get := func(name string) string { return map[string]string{"PATH": venv + "/bin:/usr/bin:/bin"}[name] }
	b.Run("doctor", func(b *testing.B) {
		for b.Loop() {
			d := diagnose.Doctor{Host: host.This(get), Rules: rules.Builtin()}
			require.NotNil(b, d.Run(b.Context()).Environment)
		}
	})
	b.Run("doctor --no-exec", func(b *testing.B) {
		for b.Loop() {
			d := diagnose.Doctor{Host: host.This(get), Rules: rules.Builtin(), Request: environ.Request{NoExec: true}}
			require.NotNil(b, d.Run(b.Context()).Environment)
		}
	})
	b.Run("importlib.metadata", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, exec.Command(venv+"/bin/python", "-c", `import importlib.metadata as m; [m.version(n) for n in ("pyinfra", "gevent", "greenlet", "paramiko")]`).Run())
		}
	})
	b.Run("pyinfra --version", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, exec.Command(venv+"/bin/pyinfra", "--version").Run())
		}
	})
}

// fifty makes a copy of the venv layout look like one with 50 packages: the
// further ones are metadata only, which is what is read.
func fifty(b *testing.B, venv string) {
	b.Helper()
	base := filepath.Join(filepath.Dir(venv), "venv")
	if _, err := os.Stat(base); err != nil {
		b.Skip("make the layouts first: go test ./diagnose -run DoctorLayouts")
	}
	require.NoError(b, os.RemoveAll(venv))
	require.NoError(b, exec.Command("cp", "-a", base, venv).Run())
	require.NoError(b, exec.Command("sed", "-i", "1s|.*|#!"+venv+"/bin/python|", venv+"/bin/pyinfra").Run())
	sites, err := filepath.Glob(venv + "/lib/python3*/site-packages")
	require.NoError(b, err)
	infos, err := filepath.Glob(sites[0] + "/*.dist-info")
	require.NoError(b, err)
	for i := len(infos); i < 50; i++ {
		dir := filepath.Join(sites[0], "filler"+string(rune('a'+i%26))+string(rune('a'+i/26))+"-1.0.dist-info")
		require.NoError(b, os.MkdirAll(dir, 0o755))
		require.NoError(b, os.WriteFile(filepath.Join(dir, "METADATA"), []byte(diagnosetest.Meta("1.0")), 0o644))
	}
}

// TestDoctorFixWorks: the doctor fails in an installation with gevent 25.5.1,
// and is content when the command that it shows has been run.
func TestDoctorFixWorks(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for _, l := range layouts(t) {
		fields := strings.Split(l, "\t")
		name, script := fields[0], fields[1]
		want, known := fixes[name]
		if !known {
			continue
		}
		t.Run(name, func(t *testing.T) {
			top := filepath.Join(filepath.Dir(fields[1]), "..")
			if name == "uv-tool" || name == "pipx" {
				top = filepath.Join(filepath.Dir(fields[1]))
			}
			env := toolEnv(t, fields[2])
			host := host.This(getenv(name, script, fields[2]))
			host.Dir = top
			look := func() *diagnose.Result {
				d := diagnose.Doctor{Host: host, Rules: rules.Builtin(), Request: environ.Request{Pyinfra: script}}
				return d.Run(t.Context(), "gevent-fork-hooks-assertion").Result("gevent-fork-hooks-assertion")
			}
			r := look()
			require.Equal(t, diagnose.Fail, r.Status)
			require.NotEmpty(t, r.Fixes)
			last := r.Fixes[len(r.Fixes)-1]
			require.Len(t, last.Commands, 1)
			command := last.Commands[0]
			assert.Regexp(t, want, command.String())
			t.Cleanup(func() { again(t, name, script, env) })
			shell(t, env, command.String()) // as it is typed, with its quotes
			r = look()
			assert.Equal(t, diagnose.OK, r.Status, "%s\n%s", command, r.Found)
		})
	}
}

// fixes are the words of each installer.
var fixes = map[string]string{
	"venv":       `^/\S+/venv/bin/python -m pip install -U 'gevent>=25\.8\.1'$`,
	"spaces":     `^'/.*with spaces in it'\\''s name/bin/python' -m pip install -U 'gevent>=25\.8\.1'$`,
	"uv-venv":    `^uv pip install --python /\S+/uv-venv/bin/python -U 'gevent>=25\.8\.1'$`,
	"uv-tool":    `^env UV_TOOL_DIR=\S+ UV_TOOL_BIN_DIR=\S+ uv tool install --python \S+ --with pyinfra-orbstack==0\.11\.0 --with setuptools==80\.9\.0 --with 'gevent>=25\.8\.1' pyinfra==3\.10\.0$`,
	"uv-project": `^uv sync --project /\S+/project -P 'gevent>=25\.8\.1' --inexact$`,
	"pipx":       `^env PIPX_HOME=\S+ pipx runpip pyinfra install -U 'gevent>=25\.8\.1'$`,
}

// toolEnv is the environment in which uv and pipx know their installations.
func toolEnv(t *testing.T, python string) []string {
	t.Helper()
	top, err := filepath.Abs(filepath.Join("..", ".venvs", "doctor"))
	require.NoError(t, err)
	return append(os.Environ(), "PATH="+top+"/tools/bin:"+python+":"+os.Getenv("PATH"),
		"UV_TOOL_DIR="+top+"/uv-tools", "UV_TOOL_BIN_DIR="+top+"/uv-bin", "PIPX_HOME="+top+"/pipx", "PIPX_BIN_DIR="+top+"/pipx-bin", "VIRTUAL_ENV=")
}

// again puts the broken gevent back, or sees to it that the next run does.
func again(t *testing.T, name, script string, env []string) {
	t.Helper()
	command := map[string]string{
		"venv": `"$BIN/python" -m pip install -q gevent==25.5.1`, "spaces": `"$BIN/python" -m pip install -q gevent==25.5.1`,
		"uv-venv": `uv pip install -q --python "$BIN/python" gevent==25.5.1`, "pipx": `pipx runpip pyinfra install -q gevent==25.5.1`,
		"uv-project": `uv sync -q --project "$BIN/../.." -P gevent==25.5.1`,
		"uv-tool":    `rm -f "$BIN/../.uv-tool.done"`,
	}[name]
	shell(t, append(env, "BIN="+filepath.Dir(script)), command)
}

func shell(t *testing.T, env []string, command string) {
	t.Helper()
	c := exec.Command("sh", "-c", command)
	c.Env = env
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s\n%s", command, out)
}

// TestDoctorFixKinds runs what doctor shows for pins in a group and in a member of a workspace, for
// the constraints of a tool, and for a folder of pip install --target: each is in order then, and
// what else was there is still there.
func TestDoctorFixKinds(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	var python string
	for _, l := range layouts(t) {
		python = strings.Split(l, "\t")[2]
	}
	for name, c := range map[string]struct{ make, venv, then string }{
		"group":     {`uv sync -q --extra x`, ".venv", `grep -q '"gevent>=25.8.1"' pyproject.toml && ls .venv/lib/python*/site-packages/iniconfig`},
		"workspace": {`mkdir m; printf '[project]\nname="m"\nversion="1"\nrequires-python=">=3.10"\ndependencies=["gevent==25.5.1"]\n' >m/pyproject.toml; sed -i '/gevent==/d' pyproject.toml; printf '[tool.uv.workspace]\nmembers=["m"]\n' >>pyproject.toml; uv sync -q --all-packages`, ".venv", `grep -q 'gevent>=25.8.1' m/pyproject.toml`},
		"tool":      {`printf 'gevent==25.5.1\nparamiko<4.1\n' >c.txt; uv tool install -q pyinfra==3.10.0 --constraints c.txt`, "tools/pyinfra", `grep -q 'paramiko' tools/pyinfra/uv-receipt.toml`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "pyproject.toml"), []byte("[project]\nname=\"deploy\"\nversion=\"1\"\nrequires-python=\">=3.10\"\ndependencies=[\"pyinfra==3.10.0\"]\noptional-dependencies.x=[\"iniconfig\"]\n[dependency-groups]\ndev=[\"gevent==25.5.1\"]\n"), 0o600))
			env := append(toolEnv(t, python), "UV_TOOL_DIR="+dir+"/tools", "UV_TOOL_BIN_DIR="+dir+"/bin", "UV_PYTHON="+python+"/python3", "UV_PYTHON_DOWNLOADS=never")
			shell(t, env, "cd '"+dir+"' && "+c.make)
			const id = "gevent-fork-hooks-assertion"
			look := func() *diagnose.Result {
				h := host.This(getenv("", "", python))
				h.Dir = t.TempDir() // the project is found from the environment
				d := diagnose.Doctor{Host: h, Rules: diagnosetest.Builtin(), Request: environ.Request{Venv: filepath.Join(dir, c.venv)}}
				return d.Run(t.Context(), id).Result(id)
			}
			r := look()
			require.Equal(t, diagnose.Fail, r.Status, r.Found)
			last := r.Fixes[len(r.Fixes)-1]
			require.NotEmpty(t, last.Commands, "%+v", r.Fixes)
			for _, w := range last.Writes {
				require.NoError(t, os.WriteFile(w.Name, []byte(w.Text), 0o600))
			}
			for _, command := range last.Commands {
				shell(t, env, command.String())
			}
			assert.Equal(t, diagnose.OK, look().Status, "%v", last.Commands)
			shell(t, env, "cd '"+dir+"' && "+c.then)
		})
	}
}
