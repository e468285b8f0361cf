package environ_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/environ"
)

// TestDoctorNearby: what programs do that choose environments in their own way is not known; where what they keep is
// there, it is named, and what is named can be looked at.
func TestDoctorNearby(t *testing.T) {
	for command, c := range map[string]struct {
		envs []string
		want string
	}{
		"tox -e deploy --":                 {[]string{"work/.tox/deploy", "work/.tox/lint"}, "--venv TOP/work/.tox/deploy"},
		"tox run -q -e=deploy":             {[]string{"work/.tox/deploy"}, "--venv TOP/work/.tox/deploy"},
		"tox -e lint,deploy":               {[]string{"work/.tox/deploy", "work/.tox/lint"}, "--venv TOP/work/.tox/deploy; or: orbfilter doctor --venv TOP/work/.tox/lint"},
		"tox":                              {[]string{"work/.tox/only"}, "--venv TOP/work/.tox/only"},
		"tox -e other":                     {[]string{"work/.tox/deploy"}, ""},
		"nox -s deploy(x=1) --":            {[]string{"work/.nox/deploy-x-1", "work/.nox/deploy"}, "--venv TOP/work/.nox/deploy-x-1"},
		"nox --session=deploy-3.12":        {[]string{"work/.nox/deploy-3-12"}, "--venv TOP/work/.nox/deploy-3-12"},
		"python -m nox -s deploy":          {[]string{"work/.nox/deploy"}, "--venv TOP/work/.nox/deploy"},
		"pixi run -e deploy":               {[]string{"work/.pixi/envs/deploy", "work/.pixi/envs/default"}, "--venv TOP/work/.pixi/envs/deploy"},
		"pixi run":                         {[]string{"work/.pixi/envs/default"}, "--venv TOP/work/.pixi/envs/default"},
		"rye run":                          {[]string{"work/.venv"}, "--venv TOP/work/.venv"},
		"direnv exec .":                    {[]string{"work/.direnv/python-3.12"}, "--venv TOP/work/.direnv/python-3.12"},
		"conda run -n deploy":              {[]string{"home/conda/envs/deploy", "home/conda/envs/other"}, "--venv TOP/home/conda/envs/deploy"},
		"conda run -p TOP/x/deploy":        {[]string{"x/deploy", "y/deploy"}, "--venv TOP/x/deploy"},
		"micromamba run --name=deploy":     {[]string{"home/conda/envs/deploy"}, "--venv TOP/home/conda/envs/deploy"},
		"mise exec --":                     {[]string{"home/.local/share/mise/installs/pipx-pyinfra/3.10.0"}, "--pyinfra TOP/home/.local/share/mise/installs/pipx-pyinfra/3.10.0/bin/pyinfra"},
		"asdf exec":                        {[]string{"home/.asdf/installs/python/3.12.1", "home/.asdf/installs/python/3.11.7"}, "--pyinfra TOP/home/.asdf/installs/python/3.11.7/bin/pyinfra; or: orbfilter doctor --pyinfra TOP/home/.asdf/installs/python/3.12.1/bin/pyinfra"},
		"tox -e deploy -- a b c d e f g h": {nil, ""},
	} {
		t.Run(strings.Fields(command)[0], func(t *testing.T) {
			m := twoPythons(t)
			require.NoError(t, os.RemoveAll(filepath.Join(m.Dir, ".venv")))
			noted := ""
			for _, dir := range c.envs {
				m.Venv(dir, "3.12.1", map[string]string{"pyinfra": "3.10.0"})
				noted += m.Top() + "/" + dir + "\n"
			}
			m.Write("home/.conda/environments.txt", noted)
			m.Write("work/.tox/without/bin/python", "") // has no pyinfra, and is not named
			m.Env["PATH"] = m.Top() + "/env/bin"
			argv := strings.Fields(strings.ReplaceAll(command, "TOP", m.Top()) + " pyinfra x.py")
			_, err := environ.Resolve(t.Context(), m.Host, environ.Request{Command: argv})
			unknown, ok := errors.AsType[*chain.UnknownError](err)
			require.True(t, ok, "%v", err)
			if c.want == "" {
				assert.NotContains(t, unknown.Pass, m.Top())
				return
			}
			assert.Equal(t, "type: orbfilter doctor "+strings.ReplaceAll(c.want, "TOP", m.Top()), strings.ReplaceAll(unknown.Pass, "'", ""))
			option, path, _ := strings.Cut(strings.SplitN(strings.ReplaceAll(c.want, "TOP", m.Top()), ";", 2)[0], " ")
			e, err := environ.Resolve(t.Context(), m.Host, map[string]environ.Request{"--venv": {Venv: path}, "--pyinfra": {Pyinfra: path}}[option])
			require.NoError(t, err)
			assert.Equal(t, "3.10.0", e.Version("pyinfra"))
		})
	}
}

// TestDoctorShimsNearby: a shim names nothing but its program; the pyinfra that the program keeps is named.
func TestDoctorShimsNearby(t *testing.T) {
	m := twoPythons(t)
	m.Venv("home/.local/share/mise/installs/python/3.12.1", "3.12.1", map[string]string{"pyinfra": "3.10.0"})
	require.NoError(t, os.Symlink("3.12.1", filepath.Join(m.Top(), "home/.local/share/mise/installs/python/latest")))
	m.Write("opt/bin/mise", "\x7fELF")
	require.NoError(t, os.MkdirAll(filepath.Join(m.Top(), "shims"), 0o700))
	require.NoError(t, os.Symlink("../opt/bin/mise", filepath.Join(m.Top(), "shims/pyinfra")))
	m.Env["PATH"] = m.Top() + "/shims"
	_, err := environ.Resolve(t.Context(), m.Host, environ.Request{})
	require.ErrorContains(t, err, "a shim of mise")
	require.ErrorContains(t, err, "type: orbfilter doctor --pyinfra "+m.Top()+"/home/.local/share/mise/installs/python/3.12.1/bin/pyinfra")
}
