package rules_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
)

// What is proposed is what is allowed, once the list is saved: the content that was read, and nothing that is wrong.
func TestPropose(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, filepath.FromSlash(rules.ProjectFolder))
	require.NoError(t, os.MkdirAll(folder, 0o755))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	write("a.yaml", rule("a"))
	write("b.yaml", "id: b\n")
	list, err := rules.LoadTrust(filepath.Join(dir, "trusted.json"))
	require.NoError(t, err)
	all, err := list.Propose(rules.Meant(dir))
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Len(t, all[0].Rules, 1)
	assert.Equal(t, "a", all[0].Rules[0].ID)
	assert.False(t, all[0].Trusted)
	assert.False(t, all[0].Known)
	assert.Error(t, all[1].Err)
	assert.Empty(t, all[1].Rules)
	assert.True(t, list.Allows([]byte(rule("a"))))
	assert.False(t, list.Allows([]byte("id: b\n")), "what is wrong is not allowed")
	saved, err := rules.LoadTrust(filepath.Join(dir, "trusted.json"))
	require.NoError(t, err)
	assert.Empty(t, saved.Trusted, "nobody has said yes")

	require.NoError(t, list.Save())
	all, err = list.Propose(folder)
	require.NoError(t, err)
	assert.True(t, all[0].Trusted)
	write("a.yaml", rule("a")+"# changed\n")
	all, err = list.Propose(filepath.Join(folder, "a.yaml"))
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.False(t, all[0].Trusted)
	assert.True(t, all[0].Known, "another content of it was allowed")

	all, err = list.Propose(t.TempDir())
	require.NoError(t, err)
	assert.Empty(t, all)
}

// A folder that has the rules of a project in it means those; anything else means itself.
func TestMeant(t *testing.T) {
	dir := t.TempDir()
	assert.Equal(t, dir, rules.Meant(dir))
	folder := filepath.Join(dir, filepath.FromSlash(rules.ProjectFolder))
	require.NoError(t, os.MkdirAll(folder, 0o755))
	assert.Equal(t, folder, rules.Meant(dir))
	assert.Equal(t, folder, rules.Meant(folder))
	assert.Equal(t, "nothing", rules.Meant("nothing"))
}
