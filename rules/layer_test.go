package rules_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
)

const off = "id: %\ndisabled: true\n"

func offRule(id string) string { return strings.Replace(off, "%", id, 1) }

// layersOf reads folders as layers, the weakest first.
func layersOf(t *testing.T, folders ...string) (layers rules.Layers) {
	t.Helper()
	for _, f := range folders {
		l, err := rules.UserLayer(f)
		require.NoError(t, err)
		l.Name = f
		layers = append(layers, l)
	}
	return layers
}

// A later layer replaces a rule by its id, takes it out, or puts it back.
func TestLayers(t *testing.T) {
	folder(t, map[string]string{
		"one/a.yaml": rule("a"), "one/b.yaml": rule("b"), "one/c.yaml": rule("c"), "one/d.yaml": rule("d"),
		"two/b.yaml": rule("b"), "two/c.yaml": offRule("c"), "two/d.yaml": offRule("d"), "two/none.yaml": offRule("none"),
		"three/d.yaml": rule("d"), "three/e.yaml": rule("e"),
	})
	layers := layersOf(t, "one", "two", "three")
	set := layers.Set()
	assert.ElementsMatch(t, []string{"a", "b", "d", "e"}, ids(set))
	assert.Equal(t, filepath.Join("two", "b.yaml"), set.Get("b").File)
	assert.Equal(t, filepath.Join("three", "d.yaml"), set.Get("d").File)

	var got []string
	for _, e := range layers.Entries() {
		line := e.Rule.ID
		for ; e != nil; e = e.Earlier {
			line += " " + e.Layer
			if e.Rule.Disabled {
				line += "(off)"
			}
		}
		got = append(got, line)
	}
	assert.Equal(t, []string{"a one", "b two one", "c two(off) one", "d three two(off) one", "e three", "none two(off)"}, got)

	entries := layers.Entries()
	assert.Equal(t, filepath.Join("one", "c.yaml"), entries[2].Described().File)
	assert.Nil(t, entries[5].Described())
}

// The folders of users and projects need not be there, or hold anything.
func TestLayersThatAreEmpty(t *testing.T) {
	folder(t, map[string]string{"empty/README.md": "x"})
	for _, name := range []string{"", "nowhere", "empty"} {
		l, err := rules.UserLayer(name)
		require.NoError(t, err, name)
		assert.Zero(t, l.Set.Len())
		l, err = rules.ProjectLayer(name, nil)
		require.NoError(t, err, name)
		assert.Zero(t, l.Set.Len())
	}
}

// Nothing of a project is used, or even read as a rule, that nobody trusts.
func TestProjectLayerIsTrustedByContent(t *testing.T) {
	folder(t, map[string]string{"p/good.yaml": rule("good"), "p/evil.yaml": rule("evil"), "p/wrong.yaml": "no rule"})
	trust, err := rules.LoadTrust("trusted.json")
	require.NoError(t, err)
	trust.Allow("elsewhere", "good", []byte(rule("good")))
	l, err := rules.ProjectLayer("p", trust)
	require.NoError(t, err, "a file that is not trusted is not read")
	assert.Equal(t, []string{"good"}, ids(l.Set))
	assert.Equal(t, []string{filepath.Join("p", "evil.yaml"), filepath.Join("p", "wrong.yaml")}, l.Untrusted)

	trust.Allow("p/wrong.yaml", "", []byte("no rule"))
	_, err = rules.ProjectLayer("p", trust)
	assert.ErrorContains(t, err, "wrong.yaml:1:1: ")

	require.NoError(t, os.WriteFile("p/good.yaml", []byte(rule("good")+" "), 0o644))
	l, _ = rules.ProjectLayer("p", trust)
	assert.Contains(t, l.Untrusted, filepath.Join("p", "good.yaml"), "one byte more")
	l, _ = rules.ProjectLayer("p", nil)
	assert.Len(t, l.Untrusted, 3, "a nil list trusts nothing")
}

// A file that cannot be read cannot be trusted, and stops nothing: it is as any
// other that nobody trusts.
func TestProjectLayerDoesNotStopAtWhatCannotBeRead(t *testing.T) {
	folder(t, map[string]string{"p/big.yaml": strings.Repeat("# 10 MB\n", 10<<20/8), "p/good.yaml": rule("good")})
	trust, err := rules.LoadTrust("trusted.json")
	require.NoError(t, err)
	trust.Allow("elsewhere", "good", []byte(rule("good")))
	want := []string{filepath.Join("p", "big.yaml")}
	if os.Symlink("nowhere", "p/dangling.yaml") == nil {
		want = append(want, filepath.Join("p", "dangling.yaml"))
	}
	l, err := rules.ProjectLayer("p", trust)
	require.NoError(t, err)
	assert.Equal(t, want, l.Untrusted)
	assert.Equal(t, []string{"good"}, ids(l.Set))
}

// No link of a checkout leads out of it, so that nothing of what is there is
// shown; one within it does.
func TestReadInside(t *testing.T) {
	folder(t, map[string]string{"secret": "password: hunter2\n", "home/a.yaml": "password: hunter2\n", "p/.orbfilter/rules/in.yaml": rule("in"), "q/README": ""})
	dir := filepath.Join("p", ".orbfilter", "rules")
	for name, target := range map[string]string{"out.yaml": "../../../secret", "link.yaml": "in.yaml"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	require.NoError(t, os.Symlink(filepath.Join("..", "home"), "q/home"))
	require.NoError(t, os.MkdirAll("q/.orbfilter", 0o755))
	require.NoError(t, os.Symlink(filepath.Join("..", "..", "home"), "q/.orbfilter/rules"))
	for name, want := range map[string]int{dir: 1, filepath.Join(dir, "out.yaml"): 1, filepath.Join("q", ".orbfilter", "rules"): 1, filepath.Join(dir, "link.yaml"): 0} {
		wrong := 0
		for _, f := range rules.ReadInside(name) {
			assert.NotContains(t, string(f.Data), "hunter2", name)
			if f.Err() != nil {
				wrong++
				assert.ErrorContains(t, f.Err(), "this is a link that leads out of the folder", name)
				assert.Empty(t, f.Data)
			}
		}
		assert.Equal(t, want, wrong, name)
	}
}

// A folder that is a link to a whole disk is not searched to its end.
func TestFolderOfAnything(t *testing.T) {
	folder(t, map[string]string{"big/1.yaml": rule("a")})
	for i := range 2_100 {
		require.NoError(t, os.Mkdir(filepath.Join("big", strconv.Itoa(i)), 0o755))
	}
	l, err := rules.ProjectLayer("big", nil)
	require.NoError(t, err)
	assert.Contains(t, l.Untrusted, "big")
	assert.LessOrEqual(t, len(l.Untrusted), 2)
	_, err = rules.Load("big")
	assert.ErrorContains(t, err, "big: there are more than 2000 files in this folder")
}

func TestFindProject(t *testing.T) {
	folder(t, map[string]string{"a/.orbfilter/rules/x.yaml": "", "a/b/c/README": "", "a/b/.orbfilter/README": "", "d/.orbfilter/rules": "a file"})
	for dir, want := range map[string]string{"a": "a", "a/b/c": "a", "a/b": "a"} {
		assert.Equal(t, filepath.Join(want, ".orbfilter", "rules"), rules.FindProject(filepath.FromSlash(dir)), dir)
	}
	assert.NotContains(t, rules.FindProject("d"), "d"+string(filepath.Separator), "a file is no folder")
}

// The list is what was written, for nobody else to read, and the way back.
func TestTrust(t *testing.T) {
	folder(t, map[string]string{"p/a.yaml": rule("a"), "p/b.yaml": rule("b")})
	file := filepath.Join("config", "orbfilter", "trusted.json")
	dir, err := os.Getwd()
	require.NoError(t, err)
	trust, err := rules.LoadTrust(file)
	require.NoError(t, err, "one that is not there is empty")
	at := func(name string) string { return filepath.Join(dir, "p", name) }
	trust.Allow(at("a.yaml"), "a", []byte(rule("a")))
	trust.Allow(at("a.yaml"), "a", []byte(rule("a")))
	trust.Allow(at("gone.yaml"), "gone", []byte("old"))
	trust.Allow(filepath.Join(dir, "other", "b.yaml"), "b", []byte(rule("b")))
	trust.Allow(filepath.Join(dir, "pp", "c.yaml"), "c", []byte("c"))
	require.NoError(t, trust.Save())

	again, err := rules.LoadTrust(file)
	require.NoError(t, err)
	assert.Equal(t, trust.Trusted, again.Trusted)
	assert.Len(t, again.Trusted, 4)
	assert.True(t, again.Allows([]byte(rule("a"))))
	assert.False(t, again.Allows([]byte(rule("a")+"#")))
	assert.True(t, again.Knows(at("a.yaml")))
	assert.False(t, again.Knows(at("b.yaml")))
	info, err := os.Stat(file)
	require.NoError(t, err)
	if os.PathSeparator == '/' {
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}

	gone := again.Revoke(filepath.Join(dir, "p"))
	assert.Len(t, gone, 3, "the file, one that was there, one with the same content")
	require.Len(t, again.Trusted, 1)
	assert.Equal(t, "c", again.Trusted[0].ID)
	assert.Empty(t, again.Revoke(filepath.Join(dir, "p")))
}

// A list that is broken trusts nothing.
func TestTrustThatCannotBeRead(t *testing.T) {
	folder(t, map[string]string{"list.json": `{"trusted": [{"sha256": "x"}], "trusted": 1}`, "folder/README": ""})
	for _, name := range []string{"list.json", "folder"} {
		trust, err := rules.LoadTrust(name)
		assert.ErrorContains(t, err, "the list of trusted rules cannot be read")
		assert.Empty(t, trust.Trusted)
	}
}

// What is likely to be meant by an id that is none.
func TestNearest(t *testing.T) {
	set := rules.NewSet(parse(t, rule("gevent-fork-hooks")), parse(t, rule("gevent-fork-children")), parse(t, rule("paramiko-tripledes")))
	for id, want := range map[string]string{
		"gevent-fork-hook": "gevent-fork-hooks", "gevent_fork_hooks": "gevent-fork-hooks", "Paramiko-TripleDES": "paramiko-tripledes",
		"tripledes": "paramiko-tripledes", "gevent": "", "": "", "zzz": "", "\x1b[31m": "",
	} {
		assert.Equal(t, want, set.Nearest(id), id)
	}
}
