package named_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/report/named"
)

// write writes the report of a log, or of a live run if it has no name, into a file.
func write(t *testing.T, file, log string) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, (&report.Report{Schema: report.Merge().Schema, Logs: []*report.Log{{Name: log}}}).JSON(&b))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
	return file
}

// input is standard input with a file in it.
func input(t *testing.T, file string) *os.File {
	t.Helper()
	in, err := os.Open(file)
	require.NoError(t, err)
	t.Cleanup(func() { in.Close() })
	return in
}

func logNames(all []*report.Report) (out []string) {
	for _, r := range all {
		out = append(out, r.Logs[0].Name)
	}
	return out
}

// Files, folders and standard input are read in the order of their names; a live run among several is called as its file is.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	a := write(t, filepath.Join(dir, "a.json"), "a.log")
	write(t, filepath.Join(dir, "more", "b.json"), "")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "more", "c.json"), []byte(`{"other": 1}`), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "more", "d.txt"), []byte("x"), 0o644))
	in := input(t, write(t, filepath.Join(t.TempDir(), "in.json"), ""))

	all, passed, errs := named.Read(in, []string{a, filepath.Join(dir, "more"), "-"}, "")
	require.Empty(t, errs)
	assert.Equal(t, []string{"a.log", filepath.ToSlash(filepath.Join(dir, "more", "b.json")), "standard input"}, logNames(all))
	require.Len(t, passed, 1)
	assert.ErrorContains(t, passed[0], "c.json")
	assert.ErrorContains(t, passed[0], "passed over")
}

// One that is alone keeps its name.
func TestReadOne(t *testing.T) {
	all, _, errs := named.Read(nil, []string{write(t, filepath.Join(t.TempDir(), "a.json"), "")}, "")
	require.Empty(t, errs)
	assert.Equal(t, []string{""}, logNames(all))
}

// All that is wrong is found at once, and then there is no report.
func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	a := write(t, filepath.Join(dir, "r", "a.json"), "a.log")
	link := filepath.Join(dir, "link.json")
	require.NoError(t, os.Link(a, link))
	broken := filepath.Join(dir, "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o644))
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o755))
	for _, c := range []struct {
		names  []string
		output string
		want   []string
	}{
		{[]string{filepath.Join(dir, "no.json"), empty}, "", []string{"there is no such report", "there is no file in it that ends with .json"}},
		{[]string{a, link}, "", []string{"it is named twice"}},
		{[]string{"-", "-"}, "", []string{"it is named twice"}},
		{[]string{a}, link, []string{"it is the report that is shown, and would be lost"}},
		{[]string{a, "-"}, a, []string{"it is one of the reports that are added up, and would be lost"}},
		{[]string{filepath.Join(dir, "r")}, a, []string{"since it is in " + filepath.Join(dir, "r")}},
		{[]string{broken, a}, "", []string{"broken.json"}},
	} {
		in := input(t, broken)
		all, _, errs := named.Read(in, c.names, c.output)
		assert.Empty(t, all, "%v", c)
		require.Len(t, errs, len(c.want), "%v", errs)
		for i, want := range c.want {
			assert.ErrorContains(t, errs[i], want)
		}
	}
	_, _, errs := named.Read(nil, []string{a}, filepath.Join(dir, "new.json"))
	assert.Empty(t, errs)
}
