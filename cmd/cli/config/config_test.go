package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/cmd/cli/config"
)

// keys are one of each kind.
var keys = []config.Key{
	{Name: "fail-on", Check: func(v []string) error {
		if v[0] != "error" {
			return fmt.Errorf("fail-on %q: write error", v[0])
		}
		return nil
	}},
	{Name: "disable", List: true},
	{Name: "quiet", Bool: true},
	{Name: "rules", List: true, OwnOnly: "is nothing that comes with a checkout", File: func(v string) (string, string) { return "", v }},
	{Name: "audit", File: func(v string) (string, string) { return "", v }},
	{Name: "report", List: true, File: func(v string) (string, string) {
		kind, file, _ := strings.Cut(v, "=")
		return kind + "=", file
	}},
}

// put writes a file below a folder, and the folders that it takes.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// read reads what is in force in a folder.
func read(t *testing.T, w config.Where) (set map[string][]string, wrong []string) {
	t.Helper()
	set = map[string][]string{}
	for _, f := range config.Read(w, keys) {
		for _, s := range f.Settings {
			if _, nearer := set[s.Key]; !nearer {
				set[s.Key] = s.Texts()
			}
		}
		for _, err := range f.Errs {
			text, _, _ := strings.Cut(err.Error(), "\n")
			wrong = append(wrong, text)
		}
		if f.Unused != "" {
			wrong = append(wrong, f.Name+": "+f.Unused)
		}
	}
	return set, wrong
}

func TestNearestWins(t *testing.T) {
	dir, user := t.TempDir(), t.TempDir()
	put(t, dir, "orbfilter.yaml", "disable: [a]\nreport: [json=all.json]\naudit: a.orb\n")
	put(t, dir, "b/orbfilter.yaml", "disable: [b, c]\n")
	put(t, dir, "b/c/d/.keep", "")
	put(t, user, "orbfilter.yaml", "quiet: true\ndisable: [u]\nrules: [mine]\n")
	set, wrong := read(t, config.Where{Dir: filepath.Join(dir, "b", "c", "d"), User: user})
	assert.Empty(t, wrong)
	assert.Equal(t, map[string][]string{
		"disable": {"b", "c"}, "quiet": {"true"}, "rules": {filepath.Join(user, "mine")},
		"report": {"json=" + filepath.Join("..", "..", "..", "all.json")}, "audit": {filepath.Join("..", "..", "..", "a.orb")},
	}, set)

	set, _ = read(t, config.Where{Dir: dir, User: user})
	assert.Equal(t, []string{"json=all.json"}, set["report"], "as a person would write it")
	set, _ = read(t, config.Where{User: user})
	assert.Equal(t, []string{"u"}, set["disable"], "a working folder that is gone")
	set, _ = read(t, config.Where{Dir: user, User: user})
	assert.Len(t, set["rules"], 1, "the user's own is that from everywhere")
	set, _ = read(t, config.Where{Dir: dir, User: user, Off: true})
	assert.Empty(t, set)
	set, _ = read(t, config.Where{Dir: filepath.Join(dir, "b"), Instead: filepath.Join(dir, "orbfilter.yaml")})
	assert.Equal(t, []string{"a"}, set["disable"], "named")
	_, wrong = read(t, config.Where{Dir: dir, Instead: filepath.Join(dir, "no.yaml")})
	assert.Len(t, wrong, 1, "named, and not there")
}

// TestMistakes: each is said with its place, and what is right beside it is in force.
func TestMistakes(t *testing.T) {
	const right = "\nquiet: true\n"
	for text, want := range map[string]string{
		"fail-on: eror":                       `orbfilter.yaml:1:10: fail-on "eror": write error`,
		"fail_on: error":                      `orbfilter.yaml:1:1: unknown key "fail_on"; did you mean fail-on?`,
		"--fail-on: error":                    `orbfilter.yaml:1:1: unknown key "--fail-on"; did you mean fail-on?`,
		"nonsense-key: 1":                     `orbfilter.yaml:1:1: unknown key "nonsense-key"; there are fail-on, disable, quiet, rules, audit, report`,
		"fail-on: [error]":                    `orbfilter.yaml:1:1: fail-on has one value, and no list`,
		"fail-on: {error: true}":              `orbfilter.yaml:1:10: fail-on needs a text here, not fields`,
		"disable: [a, [b]]":                   `orbfilter.yaml:1:14: disable needs a text here, not a list`,
		"disable:":                            `orbfilter.yaml:1:1: disable has no value: write one, or remove the line`,
		"disable: ''":                         `orbfilter.yaml:1:10: disable has no value: write one, or remove the line`,
		"rules: [x]":                          `orbfilter.yaml:1:1: rules is nothing that comes with a checkout`,
		"audit: ../x.orb":                     `orbfilter.yaml:1:8: audit: ../x.orb leads out of the folder of this file`,
		"audit: /tmp/x.orb":                   `orbfilter.yaml:1:8: audit: /tmp/x.orb leads out of the folder of this file`,
		"audit: a/../../x.orb":                `orbfilter.yaml:1:8: audit: a/../../x.orb leads out of the folder of this file`,
		"audit: ~/x.orb":                      `orbfilter.yaml:1:8: audit: ~/x.orb begins with ~`,
		"audit: out/x.orb":                    `orbfilter.yaml:1:8: audit: out/x.orb leads out of the folder of this file`,
		"audit: out/new/x.orb":                `orbfilter.yaml:1:8: audit: out/new/x.orb leads out of the folder of this file`,
		"audit: nowhere":                      `orbfilter.yaml:1:8: audit: nowhere cannot be followed to where it leads`,
		"audit: .git/hooks/x":                 `orbfilter.yaml:1:8: audit: .git/hooks/x is git's own`,
		"report: [html=a.html, json=../../x]": `orbfilter.yaml:1:23: report: ../../x leads out of the folder of this file`,
	} {
		t.Run(text, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "p/orbfilter.yaml", text+right)
			require.NoError(t, os.Symlink(dir, filepath.Join(dir, "p", "out")))
			require.NoError(t, os.Symlink("/nowhere/x", filepath.Join(dir, "p", "nowhere")))
			set, wrong := read(t, config.Where{Dir: filepath.Join(dir, "p")})
			require.Len(t, wrong, 1)
			assert.True(t, strings.HasPrefix(wrong[0], want), wrong[0])
			assert.Equal(t, map[string][]string{"quiet": {"true"}}, set)
		})
	}
}

// TestOwnFileMay what one of a checkout may not.
func TestOwnFileMay(t *testing.T) {
	user := t.TempDir()
	put(t, user, "orbfilter.yaml", "rules: [/etc/rules, mine]\naudit: /var/log/x.orb\nreport: [json=../x.json]\n")
	set, wrong := read(t, config.Where{User: user})
	assert.Empty(t, wrong)
	assert.Equal(t, []string{"/var/log/x.orb"}, set["audit"])
}

// hostile are whole files that are wrong.
var hostile = map[string]string{
	"huge":                 "disable: [" + strings.Repeat("a, ", 40_000) + "a]\n",
	"many keys":            strings.Repeat("quiet: true\n", 4000),
	"a bomb":               "a: &a [x, x]\nb: &b [*a, *a]\ndisable: [*b, *b]\n",
	"an alias":             "disable: *x\n",
	"a merge":              "<<: {quiet: true}\n",
	"a tag":                "disable: !!python/object:os.system [x]\n",
	"deep":                 "disable: " + strings.Repeat("[", 500) + strings.Repeat("]", 500) + "\n",
	"a key twice":          "quiet: true\nquiet: false\n",
	"tabs":                 "disable:\n\t- a\n",
	"UTF-16":               "\xff\xfeq\x00u\x00",
	"not UTF-8":            "quiet: true # \xff\n",
	"a NUL":                "quiet: true\x00\n",
	"an escape":            "quiet: \x1b[31mtrue\n",
	"two documents":        "quiet: true\n---\nquiet: false\n",
	"a list":               "- quiet\n- true\n",
	"a text":               "quiet\n",
	"not closed":           "disable: [a\n",
	"no colon behind text": "quiet true\n",
	"binary":               "\x7fELF\x02\x01\x01\x00\x00",
}

func TestHostile(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "orbfilter.yaml", text)
			_, wrong := read(t, config.Where{Dir: dir})
			require.NotEmpty(t, wrong)
			assert.True(t, strings.HasPrefix(wrong[0], "orbfilter.yaml:"), wrong[0])
			assert.Less(t, len(wrong[0]), 1000)
			assert.NotContains(t, wrong[0], "\x1b")
		})
	}
}

// TestHarmless: what editors and systems do to a file does not matter.
func TestHarmless(t *testing.T) {
	for name, text := range map[string]string{
		"a BOM": "\ufeffquiet: true\n", "CRLF": "# settings\r\nquiet: true\r\ndisable:\r\n- a\r\n- b\r\n", "no end": "quiet: true", "a head": "---\nquiet: true\n...\n",
		"a directive": "%YAML 1.2\n---\nquiet: true\n", "quotes": "\"quiet\": 'true'\n", "flow": "{quiet: true}\n",
	} {
		dir := t.TempDir()
		put(t, dir, "orbfilter.yaml", text)
		set, wrong := read(t, config.Where{Dir: dir})
		assert.Empty(t, wrong, name)
		assert.Equal(t, []string{"true"}, set["quiet"], name)
	}
	for name, text := range map[string]string{"empty": "", "comments": "# nothing\n\n", "a head alone": "---\n", "spaces": "  \n"} {
		dir := t.TempDir()
		put(t, dir, "orbfilter.yaml", text)
		set, wrong := read(t, config.Where{Dir: dir})
		assert.Empty(t, wrong, name)
		assert.Empty(t, set, name)
	}
}

// TestValuesAreTexts: a number is what was written, and one text is a list of one.
func TestValuesAreTexts(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "orbfilter.yaml", "disable: 1.10\nreport: json=a b.json\n")
	set, wrong := read(t, config.Where{Dir: dir})
	assert.Empty(t, wrong)
	assert.Equal(t, map[string][]string{"disable": {"1.10"}, "report": {"json=a b.json"}}, set)
}

// TestAnyBytes: whatever is in a file, it is read or said.
func TestAnyBytes(t *testing.T) {
	dir := t.TempDir()
	words := []string{"quiet", ": ", "\n", "- ", "[", "]", "{", "}", "&a", "*a", "|\n", ">\n", "'", "\"", "\t", " ", "#", "---\n", "true", "disable", "? ", "\\", "%", "!", "\x00", "\xff", "é"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 30).Draw(t, "words"), "")
		require.NoError(t, os.WriteFile(filepath.Join(dir, "orbfilter.yaml"), []byte(text), 0o644))
		for _, f := range config.Read(config.Where{Dir: dir}, keys) {
			for _, err := range f.Errs {
				require.True(t, strings.HasPrefix(err.Error(), "orbfilter.yaml"), "%s", err)
			}
		}
	})
}

// A file that is called nearly right is named: whoever wrote it believes in it.
func TestMisnamed(t *testing.T) {
	for _, name := range []string{"orbfilter.yml", ".orbfilter.yaml", ".orbfilter.yml"} {
		dir := t.TempDir()
		put(t, dir, name, "fail-on: error\n")
		set, wrong := read(t, config.Where{Dir: dir})
		assert.Empty(t, set)
		assert.Equal(t, []string{name + ": it is not used, since config files are called orbfilter.yaml; rename it"}, wrong)
		put(t, dir, "orbfilter.yaml", "quiet: true\n")
		_, wrong = read(t, config.Where{Dir: dir})
		assert.Empty(t, wrong, "the right one is there as well")
	}
}
