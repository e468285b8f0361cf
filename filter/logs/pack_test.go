package logs_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
)

// gz packs each text as a member of its own.
func gz(t testing.TB, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, text := range texts {
		w := gzip.NewWriter(&b)
		_, err := io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	return b.String()
}

func zst(t testing.TB, text string, options ...zstd.EOption) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, options...)
	require.NoError(t, err)
	_, err = io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

// zipped packs files, named and filled in turn.
func zipped(t testing.TB, namesAndTexts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for n := 0; n < len(namesAndTexts); n += 2 {
		m, err := w.Create(namesAndTexts[n])
		require.NoError(t, err)
		_, err = io.WriteString(m, namesAndTexts[n+1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

// rawMember adds a member whose header says whatever it is told to.
func rawMember(t testing.TB, w *zip.Writer, h zip.FileHeader, data string) {
	t.Helper()
	if h.CRC32 == 0 {
		h.CRC32 = crc32.ChecksumIEEE([]byte(data))
	}
	if h.UncompressedSize64 == 0 {
		h.UncompressedSize64 = uint64(len(data))
	}
	h.CompressedSize64 = uint64(len(data))
	m, err := w.CreateRaw(&h)
	require.NoError(t, err)
	_, err = io.WriteString(m, data)
	require.NoError(t, err)
}

// write writes a file, and its folders.
func write(t testing.TB, data string, path ...string) string {
	t.Helper()
	name := filepath.Join(path...)
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	require.NoError(t, os.WriteFile(name, []byte(data), 0o644))
	return name
}

// open finds and opens one file.
func open(t testing.TB, name string) (*logs.Source, error) {
	t.Helper()
	found, failures := (&logs.Search{}).Find([]string{name})
	require.Empty(t, failures)
	require.Len(t, found, 1)
	s, err := found[0].Open(nil)
	if err == nil {
		t.Cleanup(s.Close)
	}
	return s, err
}

// read reads a log to its end, or to where it is broken.
func read(l *logs.Log) (string, error) {
	r, err := l.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}
