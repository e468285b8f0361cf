package cmd_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestScanSideBySide: 150 logs in all containers. How many are read at once shows
// nowhere, and each clean copy is what the pipe makes of the log, packed as it was.
func TestScanSideBySide(t *testing.T) {
	testrun.Long(t)
	dir := t.TempDir()
	texts := captures(t)
	wrote := manyLogs(t, filepath.Join(dir, "logs"), texts)
	one := scanIn(t, dir, 0, "-j", "1", "--top", "0", "--report", "json=r.json", "--output", "clean", "logs")
	oneReport, oneFiles := readFile(t, dir, "r.json"), tree(t, filepath.Join(dir, "clean"))
	for _, j := range []string{"8", "3"} {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "clean")))
		many := scanIn(t, dir, 0, "-j", j, "--top", "0", "--report", "json=r.json", "--output", "clean", "logs")
		assert.Equal(t, one, many, "-j %s", j)
		assert.Equal(t, oneReport, readFile(t, dir, "r.json"), "-j %s", j)
		assert.Equal(t, oneFiles, tree(t, filepath.Join(dir, "clean")), "-j %s", j)
	}
	require.Len(t, oneFiles, len(wrote))
	cleaned := map[string]string{}
	for text := range texts {
		cleaned[text] = throughPipe(t, texts[text])
	}
	old := time.Date(2024, 5, 6, 7, 8, 10, 0, time.UTC)
	for name, log := range wrote {
		path := filepath.Join(dir, "clean", name)
		var want []string
		for _, text := range log.texts {
			want = append(want, cleaned[text])
		}
		assert.Equal(t, strings.Join(want, "|"), strings.Join(unpack(t, log.kind, path), "|"), name)
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.True(t, info.ModTime().Equal(old), name)
		assert.Equal(t, fs.FileMode(0o640), info.Mode().Perm(), name)
	}
}

// aLog is what was written to a file.
type aLog struct {
	kind  string
	texts []string // names of captures; several in an archive
}

func captures(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, name := range []string{
		"gevent-25.5.1.3-hosts.pipe.log", "gevent-25.5.1.20-hosts.pty.raw", "gevent-25.9.1.3-hosts.pipe.log", "more/network-retry.log",
		"more/mixed.log", "more/pythonwarnings.py3.12.log", "more/ssh-strict.log", "more/unraisable.py3.13.pty.raw",
	} {
		texts[name] = readFile(t, "..", "testdata", "captures", filepath.FromSlash(name))
	}
	return texts
}

// manyLogs writes 150 files.
func manyLogs(t *testing.T, dir string, texts map[string]string) map[string]aLog {
	t.Helper()
	names := slices.Sorted(maps.Keys(texts))
	kinds := []string{"plain", "gzip", "zstd", "zip", "stored"}
	out := map[string]aLog{}
	for n := range 150 {
		log := aLog{kinds[n%len(kinds)], []string{names[n%len(names)]}}
		if log.kind == "zip" || log.kind == "stored" {
			log.texts = append(log.texts, names[(n+1)%len(names)], names[(n+3)%len(names)])
		}
		name := fmt.Sprintf("%d/run %d", n%7, n)
		out[filepath.FromSlash(name)] = log
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		data := make([]string, 0, len(log.texts))
		for _, text := range log.texts {
			data = append(data, texts[text])
		}
		require.NoError(t, os.WriteFile(path, pack(t, log.kind, data...), 0o640))
		old := time.Date(2024, 5, 6, 7, 8, 10, 0, time.UTC)
		require.NoError(t, os.Chtimes(path, old, old))
	}
	return out
}

// pack packs texts in a container.
func pack(t testing.TB, kind string, texts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	switch kind {
	case "plain":
		b.WriteString(texts[0])
	case "gzip":
		w := gzip.NewWriter(&b)
		w.Name, w.ModTime = "as it was.log", time.Unix(1700000000, 0)
		_, err := io.WriteString(w, texts[0])
		require.NoError(t, errors.Join(err, w.Close()))
	case "zstd":
		w, err := zstd.NewWriter(&b)
		require.NoError(t, err)
		_, err = io.WriteString(w, texts[0])
		require.NoError(t, errors.Join(err, w.Close()))
	default:
		w := zip.NewWriter(&b)
		require.NoError(t, w.SetComment("a comment"))
		for n, text := range texts {
			h := &zip.FileHeader{Name: fmt.Sprintf("job/%d_Step.txt", n), Method: zip.Deflate, Modified: time.Unix(1700000000, 0)}
			if kind == "stored" {
				h.Method = zip.Store
			}
			m, err := w.CreateHeader(h)
			require.NoError(t, err)
			_, err = io.WriteString(m, text)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
	}
	return b.Bytes()
}

// unpack returns the texts in a file that must be packed as told.
func unpack(t *testing.T, kind, path string) []string {
	t.Helper()
	data := readFile(t, path)
	switch kind {
	case "plain":
		return []string{data}
	case "gzip":
		r, err := gzip.NewReader(strings.NewReader(data))
		require.NoError(t, err)
		assert.Equal(t, "as it was.log", r.Name)
		assert.Equal(t, int64(1700000000), r.ModTime.Unix())
		return []string{all(t, r)}
	case "zstd":
		r, err := zstd.NewReader(strings.NewReader(data))
		require.NoError(t, err)
		defer r.Close()
		return []string{all(t, r)}
	}
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	assert.Equal(t, "a comment", z.Comment)
	out := make([]string, 0, len(z.File))
	for n, m := range z.File {
		assert.Equal(t, fmt.Sprintf("job/%d_Step.txt", n), m.Name)
		assert.Equal(t, kind == "stored", m.Method == zip.Store)
		assert.Equal(t, int64(1700000000), m.Modified.Unix())
		r, err := m.Open()
		require.NoError(t, err)
		out = append(out, all(t, r))
	}
	return out
}

func all(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

// throughPipe is what the pipe leaves of a text.
func throughPipe(t *testing.T, text string) string {
	t.Helper()
	c := exec.Command("orbfilter", "--summary", "never", "--no-history")
	c.Stdin = strings.NewReader(text)
	out, err := c.Output()
	require.NoError(t, err)
	return string(out)
}

// scanIn runs scan in a folder, and returns what it says on stdout and then on stderr.
func scanIn(t *testing.T, dir string, code int, args ...string) string {
	t.Helper()
	c := exec.Command("orbfilter", append([]string{"scan"}, args...)...)
	c.Dir = dir
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); code == 0 {
		require.NoError(t, err, said.String())
	}
	require.Equal(t, code, c.ProcessState.ExitCode(), said.String())
	return out.String() + said.String()
}

func readFile(t testing.TB, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(data)
}

// tree are all files of a folder with what is in them; none if it is not there.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		files[rel] = readFile(t, path)
		return err
	})
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	return files
}

func keys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

func entries(t testing.TB, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}
