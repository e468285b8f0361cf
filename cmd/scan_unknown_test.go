package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// spelled writes a number in letters, since texts that differ in figures only are one text.
func spelled(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%05d", n))
}

// textsThatRecur writes logs of 50 texts each that recur.
func textsThatRecur(t *testing.T, dir string, from, logs int) {
	for n := range logs {
		var b bytes.Buffer
		for text := range 50 {
			b.WriteString(strings.Repeat("warning: "+spelled(from+50*n+text)+" is odd\n", 5))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.log", from+n)), b.Bytes(), 0o600))
	}
}

// TestListIsCut: where there are more texts that no rule knows than are told of, every number says so, in the table, in what reports
// are added up to, and in each kind of report; and those that are told of have the most lines.
func TestListIsCut(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	require.NoError(t, os.Mkdir(first, 0o700))
	require.NoError(t, os.Mkdir(second, 0o700))
	textsThatRecur(t, first, 10000, 12)
	textsThatRecur(t, second, 20000, 12)
	most := strings.Repeat("warning: this comes most\n", 60)
	require.NoError(t, os.WriteFile(filepath.Join(second, "z.log"), []byte(most), 0o600))

	all := scanIn(t, dir, 0, "--top", "7", first, second)
	assert.Contains(t, all, ">1000 ")
	assert.Contains(t, all, "more than 993 other unknown texts; --top 0 shows those that are known (1,000)")
	assert.Contains(t, all, "There are more than 1,000 texts that no rule knows. Others than these were seen 1,005 times.")
	assert.Contains(t, all, "this comes most")

	for n, folder := range []string{first, second} {
		said := scanIn(t, dir, 0, "--report", fmt.Sprintf("json=%d.json", n), folder)
		assert.NotContains(t, said, "more than", "as many as there are")
	}
	reportIn(t, dir, "merge", "0.json", "1.json", "-o", "sum.json")
	for format, want := range map[string]string{
		"text": "orbfilter: there are more than 1,000 texts", "md": "There are more than 1,000 texts", "junit": "There are more than 1,000 texts",
		"sarif": "There are more than 1,000 texts", "html": `more than <b id="unknown-count">1,000</b> unknown`, "json": `"unknown_more": 1005`,
	} {
		out := reportIn(t, dir, "show", "sum.json", "--format", format)
		assert.Contains(t, out, want, format)
		assert.Contains(t, out, "this comes most", format)
	}
}

// TestLogsListIsCut: of one log as well, which tells of 50.
func TestLogsListIsCut(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	for n := range 60 {
		b.WriteString(strings.Repeat("warning: "+spelled(n)+" is odd\n", 5+n%3))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one.log"), b.Bytes(), 0o600))
	said := scanIn(t, dir, 0, "--report", "json=r.json", "one.log")
	assert.Contains(t, said, ">50  -      one.log")
	assert.Contains(t, said, "There are more than 50 texts that no rule knows. Of those that recur, these have the most lines.")
	assert.Contains(t, readFile(t, dir, "r.json"), `"recurring_more": 10`)
	assert.Contains(t, reportIn(t, dir, "show", "r.json"), "there are more than 50 texts")
}

// reportIn runs a command of reports in a folder, and returns what it prints.
func reportIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	return outIn(t, dir, append([]string{"report"}, args...)...)
}

// outIn runs the program in a folder, and returns what it prints on stdout.
func outIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.Command("orbfilter", args...)
	c.Dir = dir
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	require.NoError(t, err, said.String())
	return string(out)
}
