package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/files"
	"github.com/orbfilter/orbfilter/rules/lint"
)

const builtin = "orbstack-false-network-retry"

func rule(id string) string {
	return "id: " + id + "\ntitle: A line of mine\nseverity: noise\nmatch: {line: '^noise of mine$'}\nsamples: [{text: noise of mine}]\n"
}

// project writes the rules of a project, and returns their folder.
func project(t *testing.T, all map[string]string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), filepath.FromSlash(rules.ProjectFolder))
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for name, text := range all {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	return folder
}

// Nothing named: the built-in rules and those of the project, which may stand for one of them.
func TestNamedWithoutPaths(t *testing.T) {
	f, err := files.Named(nil, "")
	require.NoError(t, err)
	assert.NotEmpty(t, f.Builtin)
	assert.Empty(t, f.Own)

	f, err = files.Named(nil, project(t, map[string]string{"a.yaml": rule(builtin), "b.yaml": "id: off\ndisabled: true\n"}))
	require.NoError(t, err)
	require.Len(t, f.Own, 2)
	set, err := f.Parse()
	require.NoError(t, err, "a rule that stands for a built-in one is no mistake")
	assert.Equal(t, "A line of mine", set.Get(builtin).Title)
	active := files.Active(set)
	assert.Len(t, active, set.Len()-1)
	for _, r := range active {
		assert.False(t, r.Disabled, r.ID)
	}
}

// Paths are read alone, and two rules of one id among them are a mistake.
func TestNamedPaths(t *testing.T) {
	a, b := project(t, map[string]string{"a.yaml": rule("mine")}), project(t, map[string]string{"b.yaml": rule("mine")})
	f, err := files.Named([]string{a}, b)
	require.NoError(t, err)
	assert.Empty(t, f.Builtin)
	assert.Len(t, f.Own, 1)

	f, err = files.Named([]string{a, filepath.Join(b, "b.yaml")}, "")
	require.NoError(t, err)
	_, err = f.Parse()
	assert.Error(t, err)

	var typed *files.Typed
	_, err = files.Named([]string{filepath.Join(a, "no")}, "")
	require.ErrorAs(t, err, &typed)
	assert.ErrorIs(t, err, os.ErrNotExist)
	_, err = files.Named([]string{t.TempDir()}, "")
	require.ErrorAs(t, err, &typed)
	assert.ErrorContains(t, err, "there is no .yaml file in this folder")
}

// No link leads out of what a checkout has, also where the file itself is named.
func TestNoLinkLeadsOut(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "netrc")
	require.NoError(t, os.WriteFile(secret, []byte("password"), 0o600))
	folder := project(t, nil)
	link := filepath.Join(folder, "x.yaml")
	if err := os.Symlink(secret, link); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{folder, link} {
		all, err := files.At(path)
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Error(t, all[0].Err(), path)
		assert.NotContains(t, string(all[0].Data), "password")
	}
}

// Rules are used with the others: built-in ones, then those of paths, then they themselves.
func TestAround(t *testing.T) {
	own, err := rules.Parse("own.yaml", []byte(rule(builtin)))
	require.NoError(t, err)
	set, errs := files.Around(true, nil, []*rules.Rule{own})
	assert.Empty(t, errs)
	assert.Same(t, own, set.Get(builtin))
	assert.Equal(t, rules.Builtin().Len(), set.Len())

	folder := project(t, map[string]string{"a.yaml": rule("more"), "b.yaml": rule(builtin), "c.yaml": "id: wrong\n"})
	set, errs = files.Around(false, []string{folder}, []*rules.Rule{own})
	assert.NotEmpty(t, errs)
	assert.Equal(t, 2, set.Len())
	assert.Same(t, own, set.Get(builtin))
}

// A built-in rule that another stands for is not looked at; what another rule claims as well is found among all.
func TestLint(t *testing.T) {
	f := files.Files{Builtin: rules.BuiltinFiles(), Own: []rules.File{{Name: "own.yaml", Data: []byte(rule(builtin))}, {Name: "x.yaml", Data: []byte(rule("x"))}}}
	around := 0
	all := f.Lint(func(own []*rules.Rule) *rules.Set {
		around = len(own)
		set, _ := files.Around(false, nil, own)
		return set
	})
	assert.Len(t, all, len(f.Builtin)+1)
	assert.Equal(t, len(all), around)
	byFile := map[string]*lint.Linted{}
	for _, l := range all {
		byFile[l.Rule.File] = l
	}
	require.Contains(t, byFile, "own.yaml")
	assert.NotEmpty(t, byFile["x.yaml"].Findings, "its sample is another rule's as well")
}
