package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
)

// TestBaselineChange: what writing anew has made of a file is counted, and what is
// gone is named. A baseline of another version has nothing in common with this one.
func TestBaselineChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	two := reportOf(&filter.Unknown{Fingerprint: "U-11111111", Kind: "exception"}, &filter.Unknown{Fingerprint: "U-22222222", Kind: "exception"})
	for _, c := range []struct{ before, said string }{
		{"", "2 texts that no rule knows; look at it before you commit it"},
		{headLine() + "\n", "2 texts that no rule knows: 2 added, 0 removed; look at it before you commit it"},
		{headLine() + "\nU-22222222 exception\nU-11111111 exception\nU-11111111 exception\n", "2 texts that no rule knows, as before"},
		{headLine() + "\n<<<<<<< HEAD\nU-33333333 exception\nU-11111111 exception\n", "2 texts that no rule knows: 1 added, 1 removed (U-33333333); look at it before you commit it"},
		{"# orbfilter baseline, fingerprints v99\n\nU-11111111 exception\n", "2 texts that no rule knows: 2 added, 1 removed (U-11111111); look at it before you commit it"},
		{headLine() + "\nU-a1 exception\nU-aaa1 exception\nU-aaa2 exception\nU-aaa3 exception\nU-aaa4 exception\nU-aaa5 exception\n", "2 texts that no rule knows: 2 added, 5 removed (U-aaa1, U-aaa2, U-aaa3 and 2 more); look at it before you commit it"},
	} {
		putText(t, file, c.before)
		change, err := writeBaseline(file, two)
		require.NoError(t, err)
		var said bytes.Buffer
		sayChange(&said, change, "b")
		assert.Equal(t, "orbfilter: the baseline b has "+c.said+"\n", said.String(), "%q", c.before)
	}
}

// TestWordsOfAnotherVersionAreNotKept: the same fingerprint is of another text there.
func TestWordsOfAnotherVersionAreNotKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	putText(t, file, "# orbfilter baseline, fingerprints v99\n\n# until June\nU-11111111 exception ours\n")
	_, err := writeBaseline(file, reportOf(&filter.Unknown{Fingerprint: "U-11111111", Kind: "exception", Sample: "KeyError"}))
	require.NoError(t, err)
	assert.Contains(t, textOf(t, file), "\nU-11111111 exception KeyError\n")
	assert.NotContains(t, textOf(t, file), "June")
}

// TestScanned: what is to be typed again is what was scanned, of many files their
// folders.
func TestScanned(t *testing.T) {
	for _, c := range []struct{ paths, want []string }{
		{nil, []string{"LOGS"}},
		{[]string{"logs", "-", "b.gz"}, []string{"logs", "-", "b.gz"}},
		{[]string{"a/1", "a/2", "b/3", "a/4", "b/5"}, []string{"a", "b"}},
		{[]string{"1", "2", "3", "4", "5"}, []string{"."}},
		{[]string{"a/1", "b/1", "c/1", "d/1", "e/1"}, []string{"LOGS"}},
	} {
		assert.Equal(t, c.want, scanned(c.paths), "%v", c.paths)
	}
	o := &options{rules: []string{"my rules"}, noBuiltin: true, disable: []string{"x"}}
	assert.Equal(t, `orbfilter scan --write-baseline b --rules 'my rules' --no-builtin --disable x --include '*.log' LOGS`, o.writeAnew("b", []string{"*.log"}, nil))
}

// TestBaselineThatCannotBeWritten is found before a scan; what can is not touched.
func TestBaselineThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	putText(t, at("log"), "--> Connecting to hosts...\n")
	putText(t, at("b"), headLine()+"\n")
	require.NoError(t, os.Mkdir(at("folder"), 0o755))
	assert.NoError(t, checkWriteBaseline(""))
	assert.NoError(t, checkWriteBaseline(at("b")))
	assert.NoError(t, checkWriteBaseline(at("new")))
	assert.NoFileExists(t, at("new"))
	assert.ErrorContains(t, checkWriteBaseline(at("log")), "this file is something else")
	assert.ErrorContains(t, checkWriteBaseline(at("folder")), "it is no file")
	assert.ErrorContains(t, checkWriteBaseline(at("log/b")), "there is no folder")
}
