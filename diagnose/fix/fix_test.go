package fix_test

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/diagnosetest"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

const requirement = "gevent>=25.8.1"

// Paths of machines that are not this one.
func TestFixCommandElsewhere(t *testing.T) {
	testrun.WithoutRace(t)
	for packages, want := range map[string]string{
		"": "python -m pip install -U 'gevent>=25.8.1'",
		"/nowhere/.venv/lib/python3.12/site-packages":                    "/nowhere/.venv/bin/python -m pip install -U 'gevent>=25.8.1'",
		"/nowhere/my env/lib/python3.12/site-packages":                   "'/nowhere/my env/bin/python' -m pip install -U 'gevent>=25.8.1'",
		"/nowhere/it's/lib/python3.12/site-packages":                     `'/nowhere/it'\''s/bin/python' -m pip install -U 'gevent>=25.8.1'`,
		"/nowhere/$(reboot)/lib/python3.12/site-packages":                "'/nowhere/$(reboot)/bin/python' -m pip install -U 'gevent>=25.8.1'",
		`/nowhere/a\b/lib/python3.12/site-packages`:                      `'/nowhere/a\b/bin/python' -m pip install -U 'gevent>=25.8.1'`,
		"~/env/lib/python3.12/site-packages":                             "'~/env/bin/python' -m pip install -U 'gevent>=25.8.1'",
		"/nowhere/\x1b[31m/lib/python3.12/site-packages":                 "python -m pip install -U 'gevent>=25.8.1'",
		"/nowhere/\u202e/lib/python3.12/site-packages":                   "python -m pip install -U 'gevent>=25.8.1'",
		"/opt/homebrew/lib/python3.99/site-packages":                     "/opt/homebrew/bin/python3.99 -m pip install -U 'gevent>=25.8.1'",
		"/Library/Frameworks/P/3.99/lib/python3.99/site-packages":        "/Library/Frameworks/P/3.99/bin/python3.99 -m pip install -U 'gevent>=25.8.1'",
		"/home/nobody/.local/lib/python3.99/site-packages":               "python3.99 -m pip install --user -U 'gevent>=25.8.1'",
		"/Users/nobody/Library/Python/3.99/lib/python/site-packages":     "python3.99 -m pip install --user -U 'gevent>=25.8.1'",
		"/nowhere/layers/site-packages":                                  "python -m pip install --target /nowhere/layers/site-packages -U 'gevent>=25.8.1'",
		"/home/x/.cache/uv/archive-v0/a1b2/lib/python3.12/site-packages": "uvx --with 'gevent>=25.8.1' pyinfra",
		`C:\deploy\.venv\Lib\site-packages`:                              `C:\deploy\.venv\Scripts\python.exe -m pip install -U "gevent>=25.8.1"`,
		`C:\my deploy\.venv\Lib\site-packages`:                           `"C:\my deploy\.venv\Scripts\python.exe" -m pip install -U "gevent>=25.8.1"`,
		`C:\Python312\Lib\site-packages`:                                 `C:\Python312\python.exe -m pip install -U "gevent>=25.8.1"`,
		`C:\Program Files\Python312\Lib\site-packages`:                   `"C:\Program Files\Python312\python.exe" -m pip install -U "gevent>=25.8.1"`,
		`C:\Users\me\AppData\Roaming\Python\Python312\site-packages`:     `python -m pip install -U "gevent>=25.8.1"`,
		`C:\Users\me\miniconda3\envs\deploy\Lib\site-packages`:           `C:\Users\me\miniconda3\envs\deploy\python.exe -m pip install -U "gevent>=25.8.1"`,
		`\\server\share\venv\Lib\site-packages`:                          `\\server\share\venv\Scripts\python.exe -m pip install -U "gevent>=25.8.1"`,
	} {
		assert.Equal(t, want, fix.Command(packages, requirement), "%q", packages)
	}
}

// Environments of this machine; ENV stands for the folder.
func TestFixCommandHere(t *testing.T) {
	testrun.WithoutRace(t)
	const packages = "lib/python3.12/site-packages/"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"venv":             {map[string]string{"pyvenv.cfg": "home = /usr/bin\n", packages + "pip/": "", "bin/python": ""}, "ENV/bin/python -m pip install -U 'gevent>=25.8.1'"},
		"venv without pip": {map[string]string{"pyvenv.cfg": "home = /usr/bin\n", packages: "", "bin/python": ""}, "python3.12 -m pip --python ENV/bin/python install -U 'gevent>=25.8.1'"},
		"uv":               {map[string]string{"pyvenv.cfg": "home = /usr/bin\nuv = 0.13.9\n", packages: ""}, "uv pip install --python ENV/bin/python -U 'gevent>=25.8.1'"},
		"uv, CRLF":         {map[string]string{"pyvenv.cfg": "home = /usr/bin\r\nuv = 0.13.9\r\n", packages: ""}, "uv pip install --python ENV/bin/python -U 'gevent>=25.8.1'"},
		"uv with pip":      {map[string]string{"pyvenv.cfg": "uv = 0.13.9\n", packages + "pip/": ""}, "ENV/bin/python -m pip install -U 'gevent>=25.8.1'"},
		"uv tool":          {map[string]string{"pyvenv.cfg": "uv = 0.13.9\n", "uv-receipt.toml": "", packages: ""}, "uv pip install --python ENV/bin/python -U 'gevent>=25.8.1'"},
		"uv, prompt":       {map[string]string{"pyvenv.cfg": "prompt = uv = 1\n", packages + "pip/": ""}, "ENV/bin/python -m pip install -U 'gevent>=25.8.1'"},
		"pipx":             {map[string]string{"pyvenv.cfg": "home = /usr/bin\n", "pipx_metadata.json": "{}", packages: ""}, "pipx runpip env install -U 'gevent>=25.8.1'"},
		"pipx with uv":     {map[string]string{"pyvenv.cfg": "uv = 0.13.9\n", "pipx_metadata.json": "{}", packages: ""}, "pipx runpip env install -U 'gevent>=25.8.1'"},
		"conda":            {map[string]string{"conda-meta/": "", packages + "pip/": "", "bin/python": ""}, "ENV/bin/python -m pip install -U 'gevent>=25.8.1'"},
		"pyenv":            {map[string]string{packages + "pip/": "", "bin/python3.12": "", "bin/python3": ""}, "ENV/bin/python3.12 -m pip install -U 'gevent>=25.8.1'"},
		"of a system":      {map[string]string{packages: "", "bin/python3.12": "", "lib/python3.12/EXTERNALLY-MANAGED": ""}, "ENV/bin/python3.12 -m pip install --break-system-packages -U 'gevent>=25.8.1'"},
	} {
		t.Run(name, func(t *testing.T) {
			env := diagnosetest.Tree(t, filepath.Join(t.TempDir(), "env"), c.files)
			got := fix.Command(filepath.Join(env, packages), requirement)
			assert.Equal(t, strings.ReplaceAll(c.want, "ENV", env), got)
		})
	}
}

// What a lock file says would come back at the next uv run.
func TestFixCommandUVProject(t *testing.T) {
	testrun.WithoutRace(t)
	dir := diagnosetest.Tree(t, t.TempDir(), map[string]string{"uv.lock": "", ".venv/pyvenv.cfg": "uv = 0.13.9\n", "other/pyvenv.cfg": "uv = 0.13.9\n"})
	assert.Equal(t, "uv sync --project "+dir+" -P 'gevent>=25.8.1'", fix.Command(dir+"/.venv/lib/python3.12/site-packages", requirement))
	assert.Equal(t, "uv pip install --python "+dir+"/other/bin/python -U 'gevent>=25.8.1'", fix.Command(dir+"/other/lib/python3.12/site-packages", requirement))
}

// The command is typed into a shell, and does what it says, in a folder with a
// name that is hard to write.
func TestFixCommandWorks(t *testing.T) {
	testrun.WithoutRace(t)
	t.Parallel()
	env := filepath.Join(t.TempDir(), "it's my $HOME")
	diagnosetest.Python(t, `import sys, venv; venv.create(sys.argv[1])`, env)
	sites, err := filepath.Glob(env + "/lib/python3*/site-packages")
	require.NoError(t, err)
	require.Len(t, sites, 1)
	diagnosetest.Tree(t, sites[0], map[string]string{"mine-1.0.dist-info/METADATA": diagnosetest.Meta("1.0"), "mine-1.0.dist-info/RECORD": "mine-1.0.dist-info/METADATA,,\nmine-1.0.dist-info/RECORD,,\n"})
	assert.Equal(t, "1.0", site.Installed(sites[0], "mine"))

	cmd := exec.Command("sh", "-c", fix.Command(sites[0], "mine>=2"))
	cmd.Env = append(os.Environ(), "PIP_NO_INDEX=1", "PIP_FIND_LINKS="+wheel(t), "PIP_DISABLE_PIP_VERSION_CHECK=1")
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "not found") || strings.Contains(string(out), "No module named pip") || strings.Contains(string(out), "no such option") {
		t.Skip(string(out))
	}
	require.NoError(t, err, "%s\n%s", strings.Join(cmd.Args, " "), out)
	assert.Equal(t, "2.0", site.Installed(sites[0], "mine"))
}

// wheel writes a package that pip can install, and returns its folder.
func wheel(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "mine-2.0-py3-none-any.whl"))
	require.NoError(t, err)
	defer file.Close()
	z := zip.NewWriter(file)
	for name, text := range map[string]string{
		"METADATA": diagnosetest.Meta("2.0"), "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n", "RECORD": "",
	} {
		w, err := z.Create("mine-2.0.dist-info/" + name)
		require.NoError(t, err)
		_, err = w.Write([]byte(strings.Replace(text, "Name: x", "Name: mine", 1)))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return dir
}

// FuzzFixCommand: a shell reads what it is given as words, and runs nothing else.
func FuzzFixCommand(f *testing.F) {
	for _, prefix := range []string{"/srv/.venv", "/it's", "/a b", "/$(x)", "/`x`", "/a;b", "/~", "/a\nb", "/\x1b[0m", "~", "-x", ""} {
		f.Add(prefix)
	}
	f.Fuzz(func(t *testing.T, prefix string) {
		command := fix.Command(prefix+"/lib/python3.12/site-packages", requirement)
		assert.NotRegexp(t, `[\x00-\x1f\x7f]`, command)
		for i, part := range strings.Split(strings.ReplaceAll(command, `'\''`, ""), "'") {
			if i%2 == 0 && !strings.Contains(command, `"`+requirement+`"`) && !strings.Contains(command, ".exe") { // those are written for Windows
				assert.NotRegexp(t, "[$`;&|<>()*?\\[\\]#!{}\"]|^~", part, command)
			}
		}
	})
}
