package logs_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
)

// TestSomethingBehindTheEnd: what stands behind packed data is said to, and not taken for
// a log that is cut off. All that is packed is read.
func TestSomethingBehindTheEnd(t *testing.T) {
	one, two := gzipped(t, "one\n"), gzipped(t, "two\n")
	z := zstdOf(t, "one\n")
	const cut, more = "cut off", "there is something else behind the end of the "
	for name, c := range map[string]struct{ data, text, err string }{
		"one":          {one, "one\n", ""},
		"two":          {one + two, "one\ntwo\n", ""},
		"text":         {one + "trailing\n", "one\n", more + "gzip data"},
		"long":         {one + two + string(bytes.Repeat([]byte("trailing\n"), 10000)), "one\ntwo\n", more + "gzip data"},
		"one byte":     {one + "x", "one\n", more + "gzip data"},
		"zeros":        {one + string(make([]byte, 100000)), "one\n", ""},
		"zeros, text":  {one + "\x00\x00x", "one\n", more + "gzip data"},
		"half a magic": {one + "\x1f", "one\n", cut},
		"a head":       {one + two[:5], "one\n", cut},
		"a half":       {one + two[:len(two)-3], "one\ntwo\n", cut},
		"zstd":         {z + z, "one\none\n", ""},
		"zstd, text":   {z + "trailing\n", "one\n", more + "zstd data"},
		"zstd, half":   {z + z[:len(z)-2], "one\none\n", cut},
	} {
		path := filepath.Join(t.TempDir(), "log")
		require.NoError(t, os.WriteFile(path, []byte(c.data), 0o600))
		files, failures := (&logs.Search{}).Find([]string{path})
		require.Empty(t, failures)
		source, err := files[0].Open(nil)
		require.NoError(t, err, name)
		r, err := source.Logs[0].Open()
		require.NoError(t, err, name)
		text, err := io.ReadAll(r)
		assert.Equal(t, c.text, string(text), name)
		if c.err == "" {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorContains(t, err, c.err, name)
		}
		r.Close()
		source.Close()
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func zstdOf(t *testing.T, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return string(w.EncodeAll([]byte(text), nil))
}
