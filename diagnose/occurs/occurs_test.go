package occurs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

func env(minor string, versions map[string]string) Environment {
	return Environment{name: "env-" + minor, minor: minor, version: func(pkg string) string { return versions[pkg] }}
}

func about(name string, events ...versions.RangeEvent) versions.Affected {
	a := versions.Affected{Package: versions.Package{Ecosystem: "PyPI", Name: name}}
	if len(events) > 0 {
		a.Ranges = []versions.Range{{Events: events}}
	}
	return a
}

func TestApplies(t *testing.T) {
	from1to2 := []versions.RangeEvent{{Introduced: "1"}, {Fixed: "2"}}
	a, b := about("a", from1to2...), about("b")
	elsewhere := versions.Affected{Package: versions.Package{Ecosystem: "Homebrew", Name: "orbstack"}}
	old, fixed := env("3.12", map[string]string{"a": "1.5", "b": "1"}), env("3.13", map[string]string{"a": "2", "b": "1"})
	strange, bare := env("", map[string]string{"a": "garbage"}), env("3.12", nil)
	for name, c := range map[string]struct {
		rule rules.Rule
		envs []Environment
		want Answer
	}{
		"depends on nothing":       {rules.Rule{}, nil, Answer{Applies: "yes"}},
		"another system":           {rules.Rule{OS: []string{"darwin", "windows"}}, []Environment{old}, Answer{Applies: "no", Why: "this is Linux"}},
		"this system":              {rules.Rule{OS: []string{"linux"}}, nil, Answer{Applies: "yes"}},
		"nothing is known":         {rules.Rule{Python: "<3.13"}, nil, Answer{Applies: "unknown", Why: "what is installed is not known"}},
		"Python":                   {rules.Rule{Python: "<3.13"}, []Environment{old}, Answer{Applies: "yes", Why: "Python 3.12"}},
		"another Python":           {rules.Rule{Python: "<3.13", Affected: []versions.Affected{a}}, []Environment{fixed}, Answer{Applies: "no", Why: "Python 3.13"}},
		"a Python that is unknown": {rules.Rule{Python: "<3.13"}, []Environment{strange}, Answer{Applies: "yes"}},
		"in range":                 {rules.Rule{Affected: []versions.Affected{a}}, []Environment{old}, Answer{Applies: "yes", Why: "a 1.5"}},
		"fixed":                    {rules.Rule{Affected: []versions.Affected{a}}, []Environment{fixed}, Answer{Applies: "no", Why: "a 2"}},
		"not installed":            {rules.Rule{Affected: []versions.Affected{a}}, []Environment{bare}, Answer{Applies: "no", Why: "no a"}},
		"all of two":               {rules.Rule{Affected: []versions.Affected{a, b}}, []Environment{old}, Answer{Applies: "yes", Why: "a 1.5, b 1"}},
		"one of two":               {rules.Rule{Affected: []versions.Affected{b, a}}, []Environment{fixed}, Answer{Applies: "no", Why: "a 2"}},
		"a version that is none":   {rules.Rule{Affected: []versions.Affected{a}}, []Environment{strange}, Answer{Applies: "yes", Why: "a garbage"}},
		"not from PyPI":            {rules.Rule{Affected: []versions.Affected{elsewhere}}, []Environment{old}, Answer{Applies: "unknown", Why: "orbstack cannot be looked up"}},
		"one of two environments":  {rules.Rule{Affected: []versions.Affected{a}}, []Environment{fixed, old}, Answer{Applies: "yes", Why: "a 1.5 in env-3.12"}},
		"none of two environments": {rules.Rule{Affected: []versions.Affected{a}}, []Environment{fixed, bare}, Answer{Applies: "no", Why: "a 2 in env-3.13"}},
	} {
		assert.Equal(t, c.want, In(&c.rule, "linux", c.envs), name)
	}
}

// lib64 is mostly a link to lib: the packages are there once.
func TestSitesOfAnEnvironment(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "my [env]*")
	site := filepath.Join(dir, "lib", "python3.12", "site-packages")
	require.NoError(t, os.MkdirAll(site, 0o755))
	if err := os.Symlink("lib", filepath.Join(dir, "lib64")); err != nil {
		t.Skip(err)
	}
	assert.Equal(t, []string{site}, sitesIn(dir))
	assert.Equal(t, "3.12", environmentOf("x", site).minor)
	assert.Equal(t, "3.10", environmentOf("x", "/srv/python3.9/env/lib/pypy3.10/site-packages/").minor)
	assert.Equal(t, "3.13", environmentOf("x", "/srv/lib/python3.13t/site-packages").minor)
	assert.Empty(t, environmentOf("x", `C:\env\Lib\site-packages`).minor)
	assert.Empty(t, sitesIn(filepath.Join(dir, "lib")))
}

// An environment is asked with what is installed in it.
func TestEnvironmentsThatAreThere(t *testing.T) {
	dir := t.TempDir()
	assert.Empty(t, Venv(dir))
	folder := filepath.Join(dir, "lib", "python3.12", "site-packages")
	_, ok := Site(folder)
	assert.False(t, ok)
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "a_b-1.5.dist-info"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a_b-1.5.dist-info", "METADATA"), []byte("Metadata-Version: 2.1\nName: a-b\nVersion: 1.5\n"), 0o644))
	r := &rules.Rule{Affected: []versions.Affected{about("a-b", versions.RangeEvent{Introduced: "1"}, versions.RangeEvent{Fixed: "2"})}}
	env, ok := Site(folder)
	require.True(t, ok)
	for _, envs := range [][]Environment{Venv(dir), {env}} {
		assert.Equal(t, Answer{Applies: "yes", Why: "a-b 1.5"}, In(r, "linux", envs))
		assert.Equal(t, Answer{Applies: "no", Why: "no c"}, In(&rules.Rule{Affected: []versions.Affected{about("c")}}, "linux", envs))
	}
}
