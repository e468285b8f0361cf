package audit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/audit"
)

// folderOf makes a folder with these files, which are no audits.
func folderOf(t *testing.T, names ...string) (dir string) {
	dir = t.TempDir()
	for _, name := range names {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("mine\n"), 0o600))
	}
	return dir
}

// The audits that scan has written after one are those of the same log with a larger number, the last one first. One that has a number may be the first of a log
// that is called so.
func TestLater(t *testing.T) {
	dir := folderOf(t, "a.log.orb", "a.log.2.orb", "a.log.10.orb", "a.log.9.orb", "a.log.2.2.orb", "a.log.1.orb", "a.log.0.orb", "a.log.x.orb", "b.log.3.orb", "a.log.11.orb.bak", "a")
	for name, want := range map[string][]string{
		"a.log.orb": {"a.log.10.orb", "a.log.9.orb", "a.log.2.orb"}, "a.log.2.orb": {"a.log.10.orb", "a.log.9.orb", "a.log.2.2.orb"}, "a.log.9.orb": {"a.log.10.orb"}, "a.log.10.orb": nil, "b.log.orb": {"b.log.3.orb"}, "b.log.3.orb": nil, "c.orb": nil, "a": nil,
	} {
		var got []string
		for _, path := range audit.Later(filepath.Join(dir, name)) {
			assert.Equal(t, dir, filepath.Dir(path))
			got = append(got, filepath.Base(path))
		}
		if name == "a.log.2.orb" { // two have the number 2 or more of another log
			assert.ElementsMatch(t, want, got, name)
			continue
		}
		assert.Equal(t, want, got, name)
	}
	assert.Empty(t, audit.Later(""))
	assert.Empty(t, audit.Later(filepath.Join(dir, "no", "such.orb")))
}

// The first audit of a log has its name, the next ones a number; what is there is not touched.
func TestCreateNext(t *testing.T) {
	dir := folderOf(t, "a.log.orb", "a.log.3.orb")
	for _, want := range []string{"a.log.2.orb", "a.log.4.orb", "a.log.5.orb"} {
		w, err := audit.CreateNext(filepath.Join(dir, "a.log"), audit.Header{})
		require.NoError(t, err)
		assert.FileExists(t, filepath.Join(dir, want)) // it has no end yet, and so is not empty
		t.Cleanup(func() { assert.NoError(t, w.Close()) })
	}
	w, err := audit.CreateNext(filepath.Join(dir, "b.log"), audit.Header{})
	require.NoError(t, err)
	require.NoError(t, w.Close())
	assert.FileExists(t, filepath.Join(dir, "b.log.orb"))
	_, err = audit.CreateNext(filepath.Join(dir, "no", "such"), audit.Header{})
	require.ErrorIs(t, err, os.ErrNotExist)
	for _, name := range []string{"a.log.orb", "a.log.3.orb"} {
		assert.Equal(t, "mine\n", string(read(t, dir, name)))
	}
}
