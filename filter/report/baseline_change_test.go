package report

import (
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
	both := []string{"U-11111111", "U-22222222"}
	for _, c := range []struct {
		before string
		want   BaselineChange
	}{
		{"", BaselineChange{Texts: 2, Unwritten: true, Added: both}},
		{headLine() + "\n", BaselineChange{Texts: 2, Added: both}},
		{headLine() + "\nU-22222222 exception\nU-11111111 exception\nU-11111111 exception\n", BaselineChange{Texts: 2}},
		{headLine() + "\n<<<<<<< HEAD\nU-33333333 exception\nU-11111111 exception\n", BaselineChange{Texts: 2, Added: both[1:], Removed: []string{"U-33333333"}}},
		{"# orbfilter baseline, fingerprints v99\n\nU-11111111 exception\n", BaselineChange{Texts: 2, Added: both, Removed: both[:1]}},
		{headLine() + "\nU-a1 exception\nU-aaa1 exception\nU-aaa2 exception\nU-aaa3 exception\nU-aaa4 exception\nU-aaa5 exception\n", BaselineChange{Texts: 2, Added: both, Removed: []string{"U-aaa1", "U-aaa2", "U-aaa3", "U-aaa4", "U-aaa5"}}},
	} {
		putText(t, file, c.before)
		change, err := WriteBaseline(file, two)
		require.NoError(t, err)
		assert.Equal(t, c.want, *change, "%q", c.before)
	}
}

// TestWordsOfAnotherVersionAreNotKept: the same fingerprint is of another text there.
func TestWordsOfAnotherVersionAreNotKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	putText(t, file, "# orbfilter baseline, fingerprints v99\n\n# until June\nU-11111111 exception ours\n")
	_, err := WriteBaseline(file, reportOf(&filter.Unknown{Fingerprint: "U-11111111", Kind: "exception", Sample: "KeyError"}))
	require.NoError(t, err)
	assert.Contains(t, textOf(t, file), "\nU-11111111 exception KeyError\n")
	assert.NotContains(t, textOf(t, file), "June")
}

// TestBaselineThatCannotBeWritten is found before a scan; what can is not touched.
func TestBaselineThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	putText(t, at("log"), "--> Connecting to hosts...\n")
	putText(t, at("b"), headLine()+"\n")
	require.NoError(t, os.Mkdir(at("folder"), 0o755))
	assert.NoError(t, CheckWriteBaseline(""))
	assert.NoError(t, CheckWriteBaseline(at("b")))
	assert.NoError(t, CheckWriteBaseline(at("new")))
	assert.NoFileExists(t, at("new"))
	assert.ErrorContains(t, CheckWriteBaseline(at("log")), "this file is something else")
	assert.ErrorContains(t, CheckWriteBaseline(at("folder")), "it is no file")
	assert.ErrorContains(t, CheckWriteBaseline(at("log/b")), "there is no folder")
}
