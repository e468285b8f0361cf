package logs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
)

// names are those of files, as they are said.
func names(files []*logs.File) (out []string) {
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

// TestFind: what is in a folder, each file once, in the order of the names.
func TestFind(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"logs/b.log", "logs/a/2.txt", "logs/a/1.gz", "logs/.hidden", "logs/.git/config", "logs/clean/b.log", "other.log"} {
		write(t, line, filepath.FromSlash(name))
	}
	clean, err := os.Stat("logs/clean")
	require.NoError(t, err)
	write(t, gz(t, "mine"), "mine", "1.gz")
	write(t, "mine, too", "mine", "2")
	write(t, "not mine", "mine", "3")
	own := func(head []byte) bool { return bytes.HasPrefix(head, []byte("mine")) }
	skip := func(info os.FileInfo) bool { return os.SameFile(info, clean) }
	for name, c := range map[string]struct {
		search logs.Search
		paths  []string
		want   []string
	}{
		"a folder":              {logs.Search{}, []string{"logs"}, []string{"logs/a/1.gz", "logs/a/2.txt", "logs/b.log", "logs/clean/b.log"}},
		"a folder, differently": {logs.Search{}, []string{"./logs/"}, []string{"logs/a/1.gz", "logs/a/2.txt", "logs/b.log", "logs/clean/b.log"}},
		"twice":                 {logs.Search{}, []string{"logs/b.log", "logs/a", "logs"}, []string{"logs/b.log", "logs/a/1.gz", "logs/a/2.txt", "logs/clean/b.log"}},
		"without ours":          {logs.Search{Skip: skip}, []string{"logs"}, []string{"logs/a/1.gz", "logs/a/2.txt", "logs/b.log"}},
		"ours, typed":           {logs.Search{Skip: skip}, []string{"logs/clean"}, []string{"logs/clean/b.log"}},
		"by what they say":      {logs.Search{Own: own}, []string{"mine"}, []string{"mine/3"}},
		"by that, typed":        {logs.Search{Own: own}, []string{"mine/2", "mine"}, []string{"mine/2", "mine/3"}},
		"hidden, typed":         {logs.Search{}, []string{"logs/.hidden", "logs/.git"}, []string{"logs/.hidden", "logs/.git/config"}},
		"names":                 {logs.Search{Include: []string{"*.log", "*.gz"}}, []string{"logs"}, []string{"logs/a/1.gz", "logs/b.log", "logs/clean/b.log"}},
		"paths":                 {logs.Search{Include: []string{"a/**"}}, []string{"logs"}, []string{"logs/a/1.gz", "logs/a/2.txt"}},
		"typed in any case":     {logs.Search{Include: []string{"*.gz"}}, []string{"other.log", "logs"}, []string{"other.log", "logs/a/1.gz"}},
	} {
		t.Run(name, func(t *testing.T) {
			found, failures := c.search.Find(c.paths)
			assert.Empty(t, failures)
			assert.Equal(t, c.want, names(found))
		})
	}
}

// TestFindFailures: what is not there, and what is no file, is named.
func TestFindFailures(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, line, "a.log")
	found, failures := (&logs.Search{}).Find([]string{"gone.log", "a.log", os.DevNull})
	assert.Equal(t, []string{"a.log"}, names(found))
	require.Len(t, failures, 2)
	assert.Equal(t, "gone.log", failures[0].Name)
	require.ErrorIs(t, failures[0].Err, os.ErrNotExist)
	assert.ErrorContains(t, failures[1].Err, "neither a file nor a folder")
}

// TestFindLinks: a typed link is followed; one in a folder may lead anywhere.
func TestFindLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, line, "real", "a.log")
	write(t, line, "out", "b.log")
	for link, to := range map[string]string{"link.log": "real/a.log", "folder": "real", "real/out": "../out", "real/loop": "..", "real/c.log": "../out/b.log"} {
		if err := os.Symlink(to, link); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	found, failures := (&logs.Search{}).Find([]string{"link.log", "folder"})
	assert.Empty(t, failures)
	assert.Equal(t, []string{"link.log"}, names(found))
	assert.Equal(t, filepath.Join("real", "a.log"), found[0].Path)
	found, _ = (&logs.Search{}).Find([]string{"folder"})
	assert.Equal(t, []string{"folder/a.log"}, names(found))
}

func TestCheckPattern(t *testing.T) {
	for _, good := range []string{"*.log", "a/**/b", "[ab].txt", "{a,b}"} {
		require.NoError(t, logs.CheckPattern(good), good)
	}
	for _, bad := range []string{"", "[", "a{b", `\`} {
		require.Error(t, logs.CheckPattern(bad), bad)
	}
}
