package fix_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
)

// steps are those of the first issue, for a project in A while the working folder is B.
func steps(t *testing.T, env string, files map[string]string, installer string) []string {
	t.Helper()
	m := diagnosetest.NewMachine(t, nil)
	if env == "" {
		env = "A/.venv"
	}
	site := m.Venv(env, "3.12.1", diagnosetest.With("gevent", "25.5.1"))
	for name, text := range files {
		m.Write(name, strings.ReplaceAll(text, "TOP", m.Top()))
	}
	diagnosetest.Tree(t, site, map[string]string{"pyinfra-3.10.0.dist-info/INSTALLER": installer, "gevent-25.5.1.dist-info/INSTALLER": installer})
	// what lies in the working folder is another project's
	diagnosetest.Tree(t, m.Dir, map[string]string{"uv.lock": uvLock, "poetry.lock": "[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n", "pyproject.toml": "[project]\nname = \"b\"\ndependencies = [\"gevent==25.5.1\"]\n", "Pipfile": "[packages]\ngevent = \"==25.5.1\"\n"})
	return plan(m, m.Diagnose("gevent-fork-hooks-assertion"))
}

const uvLock = "[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n"

// TestPlanIsForTheOwner: for the project that the environment was made for, in the words of what
// keeps it; where there is no command for the place that holds the version, in words alone.
func TestPlanIsForTheOwner(t *testing.T) {
	project := func(rest string) string { return "[project]\nname = \"a\"\nversion = \"1\"\n" + rest }
	for name, c := range map[string]struct {
		env, installer string
		files          map[string]string
		want           []string
	}{
		"uv": {"", "uv", map[string]string{"A/uv.lock": uvLock, "A/pyproject.toml": project("")}, []string{"TOP/A/uv.lock:3: holds gevent 25.5.1; the next command writes it anew", "$ uv sync --project TOP/A -P 'gevent>=25.8.1' --inexact"}},
		"uv, a group": {"", "uv", map[string]string{"A/uv.lock": "", "A/pyproject.toml": project("[dependency-groups]\nops = [\"gevent==25.5.1\"]\n")},
			[]string{"TOP/A/pyproject.toml:5: asks for gevent==25.5.1; the next command changes it", "$ uv add --project TOP/A --group ops 'gevent>=25.8.1'"}},
		"uv, an extra": {"", "uv", map[string]string{"A/uv.lock": "", "A/pyproject.toml": project("optional-dependencies.ops = [\"gevent[recommended]==25.5.1\"]\n")},
			[]string{"TOP/A/pyproject.toml:4: asks for gevent[recommended]==25.5.1; the next command changes it", "$ uv add --project TOP/A --optional ops 'gevent[recommended]>=25.8.1'"}},
		"uv, a constraint": {"", "uv", map[string]string{"A/uv.lock": "", "A/pyproject.toml": project("dependencies = [\"gevent<25.8\"]\n[tool.uv]\nconstraint-dependencies = [\"gevent==25.5.1\"]\n")},
			[]string{"TOP/A/pyproject.toml:4: asks for gevent<25.8: change it as well", "TOP/A/pyproject.toml:6: pins gevent==25.5.1: change it to gevent>=25.8.1, and lock anew (uv lock)"}},
		"uv, an override": {"", "uv", map[string]string{"A/uv.lock": "", "A/pyproject.toml": project("[tool.uv]\noverride-dependencies = [\"gevent==25.5.1\"]\n")},
			[]string{"TOP/A/pyproject.toml:5: pins gevent==25.5.1: change it to gevent>=25.8.1, and lock anew (uv lock)"}},
		"uv, a marker": {"", "uv", map[string]string{"A/uv.lock": "", "A/pyproject.toml": project("dependencies = [\"gevent==25.5.1; python_version < '3.13'\"]\n")},
			[]string{"TOP/A/pyproject.toml:4: pins gevent==25.5.1; python_version < '3.13': change it to gevent>=25.8.1, and lock anew (uv lock)"}},
		"uv, a member": {"", "uv", map[string]string{"A/uv.lock": "", "A/pyproject.toml": project("[tool.uv.workspace]\nmembers = [\"packages/*\"]\n"), "A/packages/m/pyproject.toml": "[project]\nname = \"mem\"\ndependencies = [\"gevent==25.5.1\"]\n"},
			[]string{"TOP/A/packages/m/pyproject.toml:3: asks for gevent==25.5.1; the next command changes it", "$ uv add --project TOP/A --package mem 'gevent>=25.8.1'"}},
		"Poetry": {"", "Poetry 2.5.1", map[string]string{"A/poetry.lock": uvLock, "A/pyproject.toml": project("dependencies = [\"gevent==25.5.1\"]\n")},
			[]string{"TOP/A/pyproject.toml:4: asks for gevent==25.5.1; the next command changes it", "TOP/A/poetry.lock:3: holds gevent 25.5.1; the next command writes it anew", "$ poetry -C TOP/A add 'gevent>=25.8.1'"}},
		"Poetry, a group of PEP 735": {"", "Poetry 2.5.1", map[string]string{"A/poetry.lock": "", "A/pyproject.toml": project("[dependency-groups]\nops = [\"gevent==25.5.1\"]\n")},
			[]string{"TOP/A/pyproject.toml:5: asks for gevent==25.5.1; the next command changes it", "$ poetry -C TOP/A add --group ops 'gevent>=25.8.1'"}},
		"Poetry, of another folder": {"home/.cache/pypoetry/virtualenvs/a-AAAAAAAA-py3.12", "Poetry 2.5.1", nil, []string{"Poetry keeps this environment for a project that is not this folder; in the project's folder, allow gevent>=25.8.1, and lock anew (poetry lock)"}},
		"PDM":                       {"", "pdm", map[string]string{"A/pdm.lock": uvLock, "A/pyproject.toml": project("")}, []string{"TOP/A/pdm.lock:3: holds gevent 25.5.1; the next command writes it anew", "$ pdm update -p TOP/A gevent"}},
		"PDM, a group": {"", "pdm", map[string]string{"A/pdm.lock": "", "A/pyproject.toml": project("[dependency-groups]\nops = [\"gevent==25.5.1\"]\n")},
			[]string{"TOP/A/pyproject.toml:5: asks for gevent==25.5.1; the next command changes it", "$ pdm add -p TOP/A -d -G ops 'gevent>=25.8.1'"}},
		"Pipenv": {"home/.local/share/virtualenvs/A-12345678", "pip", map[string]string{"A/Pipfile.lock": "{\"default\": {\"gevent\": {\"version\": \"==25.5.1\"}}}", "A/Pipfile": "[packages]\npyinfra = \"*\"\n", "home/.local/share/virtualenvs/A-12345678/.project": "TOP/A\n"},
			[]string{"TOP/A/Pipfile.lock:1: holds gevent==25.5.1; the next command writes it anew", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv upgrade 'gevent>=25.8.1'", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv sync"}},
		"Pipenv, dev": {"", "pip", map[string]string{"A/Pipfile.lock": "{}", "A/Pipfile": "[dev-packages]\ngevent = \"==25.5.1\"\n"},
			[]string{"TOP/A/Pipfile:2: asks for gevent = \"==25.5.1\"; the next command changes it", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv upgrade --dev 'gevent>=25.8.1'", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv sync --dev"}},
		"Pipenv, locked for dev": {"", "pip", map[string]string{"A/Pipfile.lock": "{\"develop\": {\"gevent\": {\"version\": \"==25.5.1\"}}}", "A/Pipfile": "[dev-packages]\npyinfra = \"*\"\n"},
			[]string{"TOP/A/Pipfile.lock:1: holds gevent==25.5.1; the next command writes it anew", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv upgrade --dev 'gevent>=25.8.1'", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv sync --dev"}},
		"Pipenv, a category": {"", "pip", map[string]string{"A/Pipfile.lock": "{\"ops\": {\"gevent\": {\"version\": \"==25.5.1\"}}}", "A/Pipfile": "[ops]\ngevent = \"==25.5.1\"\n"},
			[]string{"TOP/A/Pipfile:2: asks for gevent = \"==25.5.1\"; the next command changes it", "TOP/A/Pipfile.lock:1: holds gevent==25.5.1; the next command writes it anew", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv upgrade --categories ops 'gevent>=25.8.1'", "$ env PIPENV_PIPFILE=TOP/A/Pipfile pipenv sync --categories ops"}},
		"two locks, by who installed": {"", "pdm", map[string]string{"A/uv.lock": uvLock, "A/pdm.lock": "", "A/pyproject.toml": project("")}, []string{"TOP/A/uv.lock:3: holds gevent 25.5.1; the next command writes it anew", "$ pdm update -p TOP/A gevent"}},
		"virtualenvwrapper":           {"home/.virtualenvs/a", "pip", map[string]string{"home/.virtualenvs/a/.project": "TOP/A\n", "A/requirements.txt": "gevent==25.5.1\n"}, []string{"TOP/A/requirements.txt:1: pins gevent==25.5.1: change it to gevent>=25.8.1", "$ TOP/home/.virtualenvs/a/bin/python -m pip install -U 'gevent>=25.8.1'"}},
		"uv tool with constraints": {"home/.local/share/uv/tools/pyinfra", "uv", map[string]string{"home/.local/share/uv/tools/pyinfra/uv-receipt.toml": "[tool]\nrequirements = [{ name = \"pyinfra\" }]\nconstraints = [{ name = \"gevent\", specifier = \"==25.5.1\" }, { name = \"paramiko\", specifier = \"<4.1\" }]\n"},
			[]string{"> TOP/home/.local/share/uv/tools/.pyinfra-constraints.txt: paramiko<4.1\n", "$ uv tool install --with 'gevent>=25.8.1' --constraints TOP/home/.local/share/uv/tools/.pyinfra-constraints.txt pyinfra"}},
		"uv tool with settings": {"home/.local/share/uv/tools/pyinfra", "uv", map[string]string{"home/.local/share/uv/tools/pyinfra/uv-receipt.toml": "[tool]\nrequirements = [{ name = \"pyinfra\" }]\n[tool.options]\nprerelease = \"allow\"\n"},
			[]string{"install the tool again as it was (TOP/home/.local/share/uv/tools/pyinfra/uv-receipt.toml has how), and with gevent>=25.8.1: uv tool install --with 'gevent>=25.8.1'"}},
		"Hatch": {"home/.local/share/hatch/env/virtual/a/AAAAAAAA/a", "uv", nil, []string{"put gevent>=25.8.1 into the dependencies of this Hatch environment; Hatch installs it at the next run"}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, steps(t, c.env, c.files, c.installer)) })
	}
}

// TestPlanKnowsTheHash: the name of the environment tells whose it is, also when that is the
// folder above the one where the doctor stands.
func TestPlanKnowsTheHash(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"work/poetry.lock": "", "work/pyproject.toml": "[tool.poetry.dependencies]\ngevent = \"25.5.1\"\n", "work/sub/x": ""})
	real, err := filepath.EvalSymlinks(m.Dir)
	require.NoError(t, err)
	hash := strings.TrimSpace(string(diagnosetest.Python(t, "import sys, hashlib, base64; print(base64.urlsafe_b64encode(hashlib.sha256(sys.argv[1].encode()).digest()).decode()[:8])", real)))
	m.Venv("home/.cache/pypoetry/virtualenvs/x-"+hash+"-py3.12", "3.12.1", diagnosetest.With("gevent", "25.5.1"))
	m.Env["VIRTUAL_ENV"] = m.Top() + "/other"
	m.Host = m.In("sub")
	assert.Equal(t, []string{"TOP/pyproject.toml:2: asks for gevent = \"25.5.1\"; the next command changes it", "$ env -u VIRTUAL_ENV poetry -C TOP add 'gevent>=25.8.1'"}, plan(m, m.Diagnose("gevent-fork-hooks-assertion")))
}

// TestPlanLeavesTheSystemAlone: what dpkg, rpm, Homebrew or Nix own is never changed.
func TestPlanLeavesTheSystemAlone(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	site := m.Venv("nix/lib", "3.12.1", diagnosetest.With("gevent", "25.5.1"))
	for installer, who := range map[string]string{"debian": "apt", "rpm": "rpm"} {
		diagnosetest.Tree(t, site, map[string]string{"gevent-25.5.1.dist-info/INSTALLER": installer, "gevent-1.0.dist-info/INSTALLER": installer, "gevent-1.0.dist-info/METADATA": diagnosetest.Meta("1.0")})
		d := m.Diagnose()
		for _, r := range d.Results {
			for _, f := range r.Fixes {
				for _, c := range f.Commands {
					assert.NotContains(t, c.String(), "gevent", "%s %s", who, r.Check.ID)
				}
			}
		}
		assert.Equal(t, diagnose.OK, d.Result("package-copies").Status, "the system ships some packages with two")
	}
	require.NoError(t, os.RemoveAll(filepath.Join(site, "gevent-1.0.dist-info")))
	cellar := filepath.Join(m.Top(), "brew/Cellar/gevent/25.5.1/gevent-25.5.1.dist-info")
	require.NoError(t, os.MkdirAll(filepath.Dir(cellar), 0o700))
	require.NoError(t, os.Rename(filepath.Join(site, "gevent-25.5.1.dist-info"), cellar))
	require.NoError(t, os.Symlink(cellar, filepath.Join(site, "gevent-25.5.1.dist-info")))
	assert.Equal(t, []string{"Homebrew keeps gevent; its own upgrade brings another version: brew upgrade gevent"}, plan(m, m.Diagnose("gevent-fork-hooks-assertion")))
}

// TestPlanBringsNothingBack: where all that is allowed has a vulnerability which the version that
// is there has not, no command is shown.
func TestPlanBringsNothingBack(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.1", diagnosetest.With("paramiko", "5.1.0"))
	m.Write("env/lib/python3.12/site-packages/pyinfra-3.10.0.dist-info/METADATA", "Name: pyinfra\nVersion: 3.10.0\nRequires-Dist: paramiko<5,>=2.11\n\n")
	r := m.Diagnose().Result("package-paramiko")
	assert.Equal(t, diagnose.Fail, r.Status)
	assert.Empty(t, r.Fixes)
	assert.Contains(t, strings.Join(r.Detail, " "), "CVE-2026-44405")
}

// TestPlanUsesTheEnvironmentsPython: for --user, for --target, and where there is no pip.
func TestPlanUsesTheEnvironmentsPython(t *testing.T) {
	const id = "gevent-fork-hooks-assertion"
	m := diagnosetest.NewMachine(t, map[string]string{
		"base/lib/python3.12/site-packages/pip/x": "", "home/.local/lib/python3.12/site-packages/gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1"),
		"target/gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1"), "target/gevent-25.5.1.dist-info/INSTALLER": "pip\n",
	})
	python := m.Write("base/bin/python3.12", "\x7fELF")
	m.Write("bin/pyinfra", "#!"+python+"\n")
	assert.Equal(t, []string{"$ TOP/base/bin/python3.12 -m pip install --user -U 'gevent>=25.8.1'"}, plan(m, m.Diagnose(id)))

	m.Env["PYTHONUSERBASE"] = m.Top() + "/mine"
	m.Write("mine/lib/python3.12/site-packages/gevent-25.5.1.dist-info/METADATA", diagnosetest.Meta("25.5.1"))
	assert.Equal(t, []string{"$ TOP/base/bin/python3.12 -m pip install --user -U 'gevent>=25.8.1'"}, plan(m, m.Diagnose(id)), "wherever that is")
	m.Env["PYTHONUSERBASE"] = ""

	m.Venv("seeing", "3.12.1", map[string]string{"pyinfra": "3.10.0"}) // the user's packages: it gets a gevent of its own
	m.Write("seeing/pyvenv.cfg", "home = "+m.Top()+"/base/bin\nversion = 3.12.1\n")
	assert.Equal(t, []string{"$ TOP/seeing/bin/python -m pip install -U 'gevent>=25.8.1'"}, plan(m, m.Diagnose(id)))
	m.Env["PATH"] = m.Top() + "/bin"

	m.Env["PYTHONPATH"] = m.Top() + "/target"
	assert.Equal(t, []string{"$ TOP/base/bin/python3.12 -m pip install --target TOP/target --no-deps -U 'gevent>=25.8.1'", "$ rm -r TOP/target/gevent-25.5.1.dist-info"}, plan(m, m.Diagnose(id)))

	m.Env["PYTHONPATH"] = ""
	m.Venv("env", "3.12.1", diagnosetest.With("gevent", "25.5.1"))
	require.NoError(t, os.RemoveAll(m.Top()+"/env/lib/python3.12/site-packages/pip"))
	m.Write("env/pyvenv.cfg", "home = "+m.Top()+"/base/bin\ninclude-system-site-packages = false\nversion = 3.12.1\n")
	assert.Equal(t, []string{"$ TOP/base/bin/python3.12 -m pip --python TOP/env/bin/python install -U 'gevent>=25.8.1'"}, plan(m, m.Diagnose(id)))
}

// TestPlanWhereItLies: a package that Python finds in a folder which PYTHONPATH or a .pth file adds
// is mended there, whoever keeps the environment, and not beside it.
func TestPlanWhereItLies(t *testing.T) {
	meta := diagnosetest.Meta("25.5.1")
	pinned := "[project]\nname = \"a\"\ndependencies = [\"gevent==25.5.1\"]\n"
	for name, c := range map[string]struct {
		folder, installer string
		files             map[string]string
		want              []string
	}{
		"target":                     {"lib", "pip", nil, []string{"$ TOP/A/.venv/bin/python -m pip install --target TOP/lib --no-deps -U 'gevent>=25.8.1'", "$ rm -r TOP/lib/gevent-25.5.1.dist-info"}},
		"prefix":                     {"opt/lib/python3.12/site-packages", "pip", nil, []string{"$ TOP/A/.venv/bin/python -m pip install --prefix TOP/opt --no-deps -U 'gevent>=25.8.1'", "$ rm -r TOP/opt/lib/python3.12/site-packages/gevent-25.5.1.dist-info"}},
		"another environment":        {"B/lib/python3.12/site-packages", "pip", map[string]string{"B/pyvenv.cfg": "version = 3.12.1\n", "B/bin/python": "\x7fELF", "B/lib/python3.12/site-packages/pip/x": ""}, []string{"$ TOP/B/bin/python -m pip install -U 'gevent>=25.8.1'"}},
		"nobody's":                   {"lib", "", nil, []string{"gevent is in TOP/lib, in front of the environment, and who put it there is not known; install gevent>=25.8.1 there, or take the folder out of PYTHONPATH"}},
		"another package manager's":  {"lib", "conda", nil, []string{"gevent is in TOP/lib, in front of the environment, and who put it there is not known; install gevent>=25.8.1 there, or take the folder out of PYTHONPATH"}},
		"of a project that uv keeps": {"lib", "pip", map[string]string{"A/uv.lock": uvLock, "A/pyproject.toml": pinned}, []string{"$ TOP/A/.venv/bin/python -m pip install --target TOP/lib --no-deps -U 'gevent>=25.8.1'", "$ rm -r TOP/lib/gevent-25.5.1.dist-info"}},
	} {
		for _, how := range []string{"PYTHONPATH", ".pth"} {
			t.Run(name+", "+how, func(t *testing.T) {
				m := diagnosetest.NewMachine(t, map[string]string{c.folder + "/gevent-25.5.1.dist-info/METADATA": meta, c.folder + "/gevent-25.5.1.dist-info/INSTALLER": c.installer})
				packages := diagnosetest.With("gevent", "25.9.1")
				if how == ".pth" { // it is searched behind the environment
					delete(packages, "gevent")
				}
				own := m.Venv("A/.venv", "3.12.1", packages)
				for file, text := range c.files {
					m.Write(file, text)
				}
				if how == ".pth" {
					diagnosetest.Tree(t, own, map[string]string{"more.pth": m.Top() + "/" + c.folder + "\n"})
				} else {
					m.Env["PYTHONPATH"] = m.Top() + "/" + c.folder
				}
				assert.Equal(t, c.want, plan(m, m.Diagnose("gevent-fork-hooks-assertion")))
			})
		}
	}
}

// TestPlanOnDebian: python3-cryptography ships two sets of metadata, and a pyinfra of pip stands in
// front of the system's. Nothing is done to what dpkg owns, and no environment is made anywhere.
func TestPlanOnDebian(t *testing.T) {
	const dist, local = "usr/lib/python3/dist-packages/", "usr/local/lib/python3.11/dist-packages/"
	top := diagnosetest.Tree(t, t.TempDir(), map[string]string{
		"usr/bin/python3.11": "\x7fELF", "usr/lib/python3.11/EXTERNALLY-MANAGED": "", "usr/lib/python3.11/x": "", "var/lib/dpkg/status": "", "root/.ssh/x": "",
		dist + "cryptography-38.0.4.dist-info/METADATA": strings.Replace(diagnosetest.Meta("38.0.4"), "Name: x", "Name: cryptography", 1), dist + "cryptography-38.0.4.egg-info/PKG-INFO": diagnosetest.Meta("38.0.4"),
		dist + "pyinfra-2.9.2.dist-info/METADATA": diagnosetest.Meta("2.9.2"), dist + "gevent-25.5.1.dist-info/METADATA": diagnosetest.Meta("25.5.1"), dist + "greenlet-2.0.0.egg-info": diagnosetest.Meta("2.0.0"), dist + "pip/x": "", dist + "setuptools-66.1.1.dist-info/METADATA": diagnosetest.Meta("66.1.1"),
		local + "pyinfra-3.10.0.dist-info/METADATA": diagnosetest.Meta("3.10.0"), local + "pyinfra-3.10.0.dist-info/INSTALLER": "pip\n",
	})
	require.NoError(t, os.WriteFile(filepath.Join(top, "usr/bin/pyinfra"), []byte("#!/usr/bin/python3.11\n"), 0o755))
	require.NoError(t, os.Chmod(filepath.Join(top, "usr/bin/python3.11"), 0o755))
	m := diagnosetest.NewMachine(t, nil)
	m.Files, m.Dir, m.Home, m.Env["PATH"] = diagnosetest.Root{Files: m.Files, Top: top}, "/", "/root", "/usr/bin"
	d := m.Diagnose()
	require.Equal(t, "25.5.1", d.Environment.Version("gevent"))
	require.Equal(t, "3.10.0", d.Environment.Version("pyinfra"))
	assert.Equal(t, diagnose.Fail, d.Result("gevent-fork-hooks-assertion").Status)
	assert.NotEqual(t, diagnose.Warn, d.Result("package-copies").Status, "%v", d.Result("package-copies").Detail)
	for _, r := range d.Results {
		for _, f := range r.Fixes {
			assert.Empty(t, f.Commands, "%s: %s", r.Check.ID, f.Text)
		}
	}
	assert.Contains(t, d.Result("gevent-fork-hooks-assertion").Fixes[0].Text, "apt keeps gevent for the system, and nothing is changed there")
}
