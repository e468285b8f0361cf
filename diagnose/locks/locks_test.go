package locks_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/locks"
)

// Each kind of file says gevent 25.5.1, in its own words.
var files = map[string]struct{ text, want string }{
	"uv.lock":              {"version = 1\nrequires-python = \">=3.12\"\n\n[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n", "6 ==25.5.1"},
	"poetry.lock":          {"[[package]]\nname = \"gevent\"\nversion = \"25.5.1\"\n\n[metadata]\npython-versions = \">=3.12\"\n", "3 ==25.5.1"},
	"pdm.lock":             {"[metadata]\nrequires_python = \">=3.12\"\n[[package]]\nname = \"Gevent\"\nversion = \"25.5.1\"\n", "5 ==25.5.1"},
	"pylock.toml":          {"lock-version = \"1.0\"\nrequires-python = \">=3.12\"\n[[packages]]\nname = \"gevent\"\nversion = \"25.5.1\"\n", "5 ==25.5.1"},
	"pylock.deploy.toml":   {"[[packages]]\nname = \"gevent\"\nversion = \"25.5.1\"\nmarker = \"python_version < '3.13'\"\n", "3 ==25.5.1"},
	"Pipfile.lock":         {"{\n \"_meta\": {\"requires\": {\"python_version\": \"3.12\"}, \"sources\": [{\"version\": \"x\"}]},\n \"default\": {\n  \"gevent\": {\n   \"hashes\": [\"sha256:x\"],\n   \"version\": \"==25.5.1\"\n  }\n },\n \"develop\": {}\n}\n", "6 ==25.5.1"},
	"Pipfile":              {"[packages]\npyinfra = \"*\"\ngevent = {version = \"==25.5.1\", extras = [\"x\"]}\n", "3 ==25.5.1"},
	"requirements.txt":     {"# x\ngevent==25.5.1 \\\n    --hash=sha256:0123\n", "2 ==25.5.1"},
	"requirements-dev.in":  {"gevent == 25.5.1 ; python_version < \"3.13\"\n", "1 ==25.5.1"},
	"environment.yml":      {"name: x\ndependencies:\n  - python=3.12\n  - conda-forge::gevent=25.5.1=py312_0\n  - pip:\n    - pyinfra==3.10.0\n", "4 ==25.5.1"},
	"environment.yaml":     {"dependencies:\n  - pip:\n    - gevent==25.5.1\n", "3 ==25.5.1"},
	"setup.cfg":            {"[options]\ninstall_requires =\n    pyinfra\n    gevent==25.5.1\n", "4 ==25.5.1"},
	"setup.py":             {"setup(\n    install_requires=['pyinfra', \"gevent==25.5.1\"],\n)\n", "2 ==25.5.1"},
	"pyproject.toml":       {"[project]\nname = \"x\"\ndependencies = [\n  \"gevent==25.5.1\",\n]\n", "4 ==25.5.1"},
	"hatch.toml":           {"[envs.deploy]\ndependencies = [\"gevent==25.5.1\"]\n", "2 ==25.5.1"},
	"requirements/ops.txt": {"gevent==25.5.1\n", "1 ==25.5.1"},
}

func TestFiles(t *testing.T) {
	for name, f := range files {
		for _, text := range []string{f.text, strings.ReplaceAll(f.text, "\n", "\r\n")} {
			m := diagnosetest.NewMachine(t, map[string]string{"work/" + name: text})
			var got []string
			for _, p := range locks.In(m.Host, m.Dir) {
				if p.Package == "gevent" {
					got = append(got, fmt.Sprintf("%d %s", p.Line, p.Spec))
					assert.Equal(t, filepath.FromSlash(name), p.File)
					assert.Equal(t, "25.5.1", p.Version())
				}
			}
			assert.Equal(t, []string{f.want}, got, name)
		}
	}
}

func TestTables(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"work/pyproject.toml": `[project]
name = "deploy"
dependencies = ["gevent==1"]
optional-dependencies.web = ["gevent[x]==2"]
[dependency-groups]
ops = ["gevent==3", {include-group = "x"}]
[tool.uv]
constraint-dependencies = ["gevent<4"]
override-dependencies = ["gevent==5"]
dev-dependencies = ["gevent==6"]
[tool.hatch.envs.deploy]
extra-dependencies = ["gevent==7"]
[tool.poetry.group.ops.dependencies]
gevent = {version = "^8", optional = true}
[tool.poetry.dependencies]
gevent = "~9.1"
`})
	var got []string
	for _, p := range locks.In(m.Host, m.Dir) {
		got = append(got, p.Table+" "+p.Extras+p.Spec)
	}
	assert.Equal(t, []string{"project.dependencies ==1", "project.optional-dependencies.web [x]==2", "dependency-groups.ops ==3", "tool.uv.constraint-dependencies <4", "tool.uv.override-dependencies ==5",
		"tool.uv.dev-dependencies ==6", "tool.hatch.envs.deploy.extra-dependencies ==7", "tool.poetry.group.ops.dependencies >=8,<9", "tool.poetry.dependencies >=9.1,<9.2"}, got)
}

// What is included is read from the folder of the file that names it, and circles end.
func TestIncludes(t *testing.T) {
	m := diagnosetest.NewMachine(t, map[string]string{"work/requirements.txt": "-r lists/base.txt\n-c https://example.org/x.txt\npyinfra==3.10.0\n", "work/lists/base.txt": "-r ../requirements.txt\n-c pins.txt\n", "work/lists/pins.txt": "gevent==25.5.1\n", "work/.python-version": "3.12\n"})
	f, err := locks.Read(m.Host, "requirements.txt")
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(f.Pins), "lists/pins.txt")
	assert.Equal(t, "==3.12.*", f.Python)
	_, err = locks.Read(m.Host, "nothing.txt")
	require.Error(t, err)
}

// Standard input has no name, and other files none that is known.
func TestGuess(t *testing.T) {
	for name, f := range files {
		if name == "setup.cfg" || name == "setup.py" || name == "hatch.toml" {
			continue
		}
		got, err := locks.Parse("-", []byte(f.text))
		require.NoError(t, err, name)
		found := ""
		for _, p := range got.Pins {
			if p.Package == "gevent" {
				found = fmt.Sprintf("%d %s", p.Line, p.Spec)
			}
		}
		assert.Equal(t, f.want, found, name)
	}
	_, err := locks.Parse("-", []byte("hello\n"))
	require.ErrorIs(t, err, locks.ErrUnknown)
}
