package fix_test

import (
	"fmt"
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

// plan is what a person reads: "FILE:LINE: text" or "$ command" for each step.
func plan(m *diagnosetest.Machine, d *diagnose.Diagnosis) (out []string) {
	for _, f := range d.Result("gevent-fork-hooks-assertion").Fixes {
		if f.File != "" {
			out = append(out, strings.ReplaceAll(fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text), m.Top(), "TOP"))
		}
		for _, w := range f.Writes {
			out = append(out, "> "+strings.ReplaceAll(w.Name+": "+w.Text, m.Top(), "TOP"))
		}
		for _, c := range f.Commands {
			out = append(out, "$ "+strings.ReplaceAll(c.String(), m.Top(), "TOP"))
		}
		if f.File == "" && len(f.Commands) == 0 {
			out = append(out, strings.ReplaceAll(f.Text, m.Top(), "TOP"))
		}
	}
	return out
}

// TestDoctorPlan: each installer is told in its own words, and a file that
// holds the broken version is named and not bypassed.
func TestDoctorPlan(t *testing.T) {
	const pip = "$ TOP/env/bin/python -m pip install -U 'gevent>=25.8.1'"
	const uvLock = "version = 1\n\n[[package]]\nname = \"deploy\"\nversion = \"1\"\n\n[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\ndependencies = [{ name = \"greenlet\" }]\n"
	for name, c := range map[string]struct {
		env   string // where the environment is
		files map[string]string
		want  []string
	}{
		"venv":                {"env", nil, []string{pip}},
		"requirements":        {"env", map[string]string{"work/requirements-dev.txt": "# gevent==1\npyinfra\ngevent == 25.5.1 ; python_version>'3'  # why\n"}, []string{"requirements-dev.txt:3: pins gevent == 25.5.1 ; python_version>'3': change it to gevent>=25.8.1", pip}},
		"requirements, range": {"env", map[string]string{"work/requirements.txt": "gevent>=25,<25.8\n"}, []string{"requirements.txt:1: pins gevent>=25,<25.8: change it to gevent>=25.8.1", pip}},
		"requirements, open":  {"env", map[string]string{"work/requirements.txt": "gevent>=25\ngreenlet==3.0\nmygevent==25.5.1\n"}, []string{pip}},
		"hashes":              {"env", map[string]string{"work/requirements.txt": "gevent==25.5.1 --hash=sha256:abc \\\n    --hash=sha256:def\n"}, []string{"requirements.txt:1: pins gevent==25.5.1: change it to gevent>=25.8.1", pip}},
		"a lock of others":    {"env", map[string]string{"work/uv.lock": uvLock}, []string{"uv.lock:9: holds gevent 25.5.1, and whoever installs from it gets that again: lock anew", pip}},
		"uv project":          {"work/.venv", map[string]string{"work/uv.lock": uvLock, "work/pyproject.toml": "[project]\ndependencies = [\"pyinfra\"]\n"}, []string{"uv.lock:9: holds gevent 25.5.1; the next command writes it anew", "$ uv sync --project TOP/work -P 'gevent>=25.8.1' --inexact"}},
		"uv project that pins": {"work/.venv", map[string]string{"work/uv.lock": uvLock, "work/pyproject.toml": "[project]\nname = \"deploy\"\ndependencies = [\n  \"pyinfra\", # and\n  \"gevent[recommended]==25.5.*\",\n]\n"},
			[]string{"pyproject.toml:5: asks for gevent[recommended]==25.5.*; the next command changes it", "uv.lock:9: holds gevent 25.5.1; the next command writes it anew", "$ uv add --project TOP/work 'gevent[recommended]>=25.8.1'"}},
		"dependency group": {"env", map[string]string{"work/pyproject.toml": "[dependency-groups]\ndev = [{include-group = \"x\"}, \"gevent~=25.5.1\"]\n"}, []string{"pyproject.toml:2: pins gevent~=25.5.1: change it to gevent>=25.8.1", pip}},
		"Poetry": {"work/.venv", map[string]string{"work/poetry.lock": "[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n", "work/pyproject.toml": "[tool.poetry.dependencies]\npyinfra = \"^3\"\ngevent = \"^25.5\"\n"},
			[]string{"poetry.lock:3: holds gevent 25.5.1; the next command writes it anew", "$ poetry -C TOP/work update gevent"}},
		"Poetry that pins": {"work/.venv", map[string]string{"work/poetry.lock": "", "work/pyproject.toml": "[tool.poetry.group.ops.dependencies]\ngevent = {version = \"~25.5\", optional = true}\n"},
			[]string{"pyproject.toml:2: asks for gevent = \"~25.5\"; the next command changes it", "$ poetry -C TOP/work add --group ops 'gevent>=25.8.1'"}},
		"pipx":    {"home/.local/share/pipx/venvs/pyinfra", map[string]string{"home/.local/share/pipx/venvs/pyinfra/pipx_metadata.json": "{}"}, []string{"$ pipx runpip pyinfra install -U 'gevent>=25.8.1'"}},
		"uv tool": {"home/.local/share/uv/tools/pyinfra", map[string]string{"home/.local/share/uv/tools/pyinfra/uv-receipt.toml": "[tool]\nrequirements = [{ name = \"pyinfra\" }, { name = \"gevent\", specifier = \"<25.8\" }, { name = \"pyinfra-orbstack\", extras = [\"x\"] }]\n"}, []string{"$ uv tool install --with 'pyinfra-orbstack[x]' --with 'gevent>=25.8.1' pyinfra"}},
		"uv tool, of a folder": {"home/.local/share/uv/tools/pyinfra", map[string]string{"home/.local/share/uv/tools/pyinfra/uv-receipt.toml": "[tool]\nrequirements = [{ name = \"pyinfra\", editable = \"/src\" }]\n"},
			[]string{"install the tool again as it was (TOP/home/.local/share/uv/tools/pyinfra/uv-receipt.toml has how), and with gevent>=25.8.1: uv tool install --with 'gevent>=25.8.1'"}},
		"pipx, elsewhere": {"opt/pipx/venvs/pyinfra", map[string]string{"opt/pipx/venvs/pyinfra/pipx_metadata.json": "{}"}, []string{"$ env PIPX_HOME=TOP/opt/pipx pipx runpip pyinfra install -U 'gevent>=25.8.1'"}},
		"uv tool, elsewhere": {"mise/installs/pipx-pyinfra/3.10.0/pyinfra", map[string]string{"mise/installs/pipx-pyinfra/3.10.0/pyinfra/uv-receipt.toml": "[tool]\nrequirements = [{ name = \"pyinfra\", specifier = \"==3.10.0\" }]\nentrypoints = [{ name = \"pyinfra\", install-path = \"/mise/installs/pipx-pyinfra/3.10.0/bin/pyinfra\" }]\n"},
			[]string{"$ env UV_TOOL_DIR=TOP/mise/installs/pipx-pyinfra/3.10.0 UV_TOOL_BIN_DIR=/mise/installs/pipx-pyinfra/3.10.0/bin uv tool install --with 'gevent>=25.8.1' pyinfra==3.10.0"}},
		"uv tool, elsewhere, with settings": {"mise/installs/x/pyinfra", map[string]string{"mise/installs/x/pyinfra/uv-receipt.toml": "[tool]\nrequirements = [{ name = \"pyinfra\" }]\nentrypoints = [{ install-path = \"/x/bin/pyinfra\" }]\n[tool.options]\nindex = []\n"},
			[]string{"install the tool again as it was (TOP/mise/installs/x/pyinfra/uv-receipt.toml has how), and with gevent>=25.8.1: env UV_TOOL_DIR=TOP/mise/installs/x UV_TOOL_BIN_DIR=/x/bin uv tool install --with 'gevent>=25.8.1'"}},
		"Rye": {"work/.venv", map[string]string{"work/.venv/rye-venv.json": "{}", "work/requirements.lock": "gevent==25.5.1\n", "work/pyproject.toml": "[project]\nname = \"x\"\n[tool.rye]\nmanaged = true\n"},
			[]string{"Rye keeps this environment as TOP/work/pyproject.toml says; there, type: rye add 'gevent>=25.8.1', and: rye sync"}},
		"Hatch":                 {"home/.local/share/hatch/env/virtual/deploy/abc/deploy", nil, []string{"$ TOP/home/.local/share/hatch/env/virtual/deploy/abc/deploy/bin/python -m pip install -U 'gevent>=25.8.1'"}},
		"a formula of Homebrew": {"brew/Cellar/pyinfra/3.10.0/libexec", nil, []string{"$ brew upgrade pyinfra"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := diagnosetest.NewMachine(t, c.files)
			m.Venv(c.env, "3.12.1", diagnosetest.With("gevent", "25.5.1"))
			assert.Equal(t, c.want, plan(m, m.Diagnose("gevent-fork-hooks-assertion")))
		})
	}
}

// TestDoctorPlanPixi: pixi has environments of conda's kind, which conda must not change.
func TestDoctorPlanPixi(t *testing.T) {
	for _, c := range []struct{ prefix, manifest, installer, want string }{
		{"work/.pixi/envs/default", "work/pixi.toml", "conda", "pixi keeps this environment as TOP/work/pixi.toml says; there, type: pixi add 'gevent>=25.8.1'"},
		{"work/.pixi/envs/deploy", "work/pyproject.toml", "uv-pixi", "pixi keeps this environment as TOP/work/pyproject.toml says; there, type: pixi add --pypi 'gevent>=25.8.1'"},
		{"home/.pixi/envs/pyinfra", "", "conda", "pixi keeps this environment; type: pixi global add --environment pyinfra 'gevent>=25.8.1'"},
	} {
		m := diagnosetest.NewMachine(t, nil)
		site := m.Venv(c.prefix, "3.12.1", diagnosetest.With("gevent", "25.5.1"))
		require.NoError(t, os.Remove(filepath.Join(m.Top(), c.prefix, "pyvenv.cfg")))
		m.Write(c.prefix+"/conda-meta/history", "")
		if c.manifest != "" {
			m.Write(c.manifest, "")
		}
		require.NoError(t, os.WriteFile(filepath.Join(site, "gevent-25.5.1.dist-info/INSTALLER"), []byte(c.installer), 0o600))
		assert.Equal(t, []string{c.want}, plan(m, m.Diagnose("gevent-fork-hooks-assertion")), c.prefix)
	}
}

// conda knows what it installed, and pip what came beside it.
func TestDoctorPlanConda(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"conda/conda-meta/x.json": ""})
	site := m.Venv("conda", "3.12.1", diagnosetest.With("gevent", "25.5.1"))
	require.NoError(t, os.Remove(filepath.Join(m.Top(), "conda/pyvenv.cfg")))
	m.Write("conda/bin/python3.12", "\x7fELF")
	require.NoError(t, os.Remove(filepath.Join(m.Top(), "conda/bin/python")))
	require.NoError(t, os.Symlink("python3.12", filepath.Join(m.Top(), "conda/bin/python")))
	m.Write("conda/include/python3.12/patchlevel.h", "#define PY_VERSION      \t\"3.12.4\"\n")
	d := m.Diagnose()
	assert.Equal(t, environ.Conda, d.Environment.Kind)
	assert.Equal(t, "3.12.4", d.Environment.Full)
	assert.Equal(t, []string{"$ TOP/conda/bin/python -m pip install -U 'gevent>=25.8.1'"}, plan(m, d))
	diagnosetest.Tree(t, site, map[string]string{"gevent-25.5.1.dist-info/INSTALLER": "conda\n"})
	assert.Equal(t, []string{"$ conda install -p TOP/conda -c conda-forge 'gevent>=25.8.1'"}, plan(m, m.Diagnose()))
}

// Several issues that one upgrade ends are ended by one upgrade.
func TestDoctorPlanIsTheHighest(t *testing.T) {
	m := diagnosetest.NewMachine(t, nil)
	m.Venv("env", "3.12.7", diagnosetest.With("gevent", "23.9.1"))
	d := m.Diagnose()
	commands := map[string]bool{}
	for _, r := range d.Results {
		if r.Status == diagnose.Fail {
			for _, f := range r.Fixes {
				commands[f.Commands[0].String()] = true
			}
		}
	}
	assert.Len(t, commands, 1, "%v", commands)
}
