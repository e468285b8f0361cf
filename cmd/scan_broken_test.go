package cmd_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestScanBroken: what cannot be read is named at the end, the rest is done, and
// there is no clean copy of a part of a log.
func TestScanBroken(t *testing.T) {
	dir := t.TempDir()
	text := readFile(t, "..", "testdata", "captures", "gevent-25.5.1.20-hosts.pipe.log")
	put := func(name string, data []byte) {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "logs"), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", name), data, 0o644))
	}
	half := func(data []byte) []byte { return data[:len(data)*3/4] }
	put("binary", []byte("\x7fELF\x00"))
	put("cut.gz", half(pack(t, "gzip", text)))
	put("cut.zip", half(pack(t, "zip", text)))
	put("cut.zst", half(pack(t, "zstd", text+strings.Repeat(text, 20))))
	put("good.log", []byte(text))
	put("wide.log", []byte("\xff\xfea\x00"))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "link.log")))

	said := scanIn(t, dir, 3, "--fail-on", "noise", "--report", "json=r.json", "--output", "clean", "logs", "gone.log", "link.log")
	_, list, found := strings.Cut(said, "orbfilter: exit code 3 because of 7 files:\n")
	require.True(t, found, said)
	lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	for n, begin := range []string{
		"  gone.log: no such file", "  link.log: no such file", "  logs/binary: it is binary: byte 4 is NUL",
		"  logs/cut.gz: it is cut off: the gzip data has no end", "  logs/cut.zip: it is a zip archive that is cut off or damaged",
		"  logs/cut.zst: it is cut off: the zstd data has no end", "  logs/wide.log: it is in UTF-16",
	} {
		require.Less(t, n, len(lines))
		assert.True(t, strings.HasPrefix(lines[n], begin), lines[n])
	}
	assert.Equal(t, []string{"good.log"}, keys(tree(t, filepath.Join(dir, "clean"))))

	logs := reportLogs(t, dir, "r.json")
	assert.Empty(t, logs["logs/good.log"].Error)
	assert.Equal(t, 731, logs["logs/good.log"].Input.Lines)
	assert.Contains(t, logs["logs/cut.gz"].Error, "cut off")
	assert.Greater(t, logs["logs/cut.gz"].Folded.Lines, 100, "what there was of it counts")
	assert.Contains(t, logs["gone.log"].Error, "no such file")
	assert.Zero(t, logs["logs/binary"].Input.Lines)

	// In place, what is broken stays as it is, and has no audit.
	before := tree(t, filepath.Join(dir, "logs"))
	scanIn(t, dir, 3, "--in-place", "--audit", "kept", "logs")
	after := tree(t, filepath.Join(dir, "logs"))
	for name := range before {
		assert.Equal(t, name != "good.log", before[name] == after[name], name)
	}
	assert.Equal(t, []string{"good.log.orb"}, keys(tree(t, filepath.Join(dir, "kept"))))
}

// TestScanUnreadable: root can read everything, so it cannot be tested as root.
func TestScanUnreadable(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "logs", "closed"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", "closed.log"), []byte("a\n"), 0))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", "open.log"), []byte("b\n"), 0o644))
	if f, err := os.Open(filepath.Join(dir, "logs", "closed.log")); err == nil {
		f.Close()
		t.Skip("this user can read files of mode 000")
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "logs", "closed"), 0))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "logs", "closed"), 0o777) })
	said := scanIn(t, dir, 3, "logs")
	assert.Contains(t, said, "exit code 3 because of 2 files:\n  logs/closed: permission denied\n  logs/closed.log: permission denied\n")
	assert.Contains(t, said, "logs/open.log")
}

// TestScanHostileArchive: a member that is wrong is named, the others are cleaned, and
// the copy of the archive has them all.
func TestScanHostileArchive(t *testing.T) {
	dir := t.TempDir()
	text := readFile(t, "..", "testdata", "captures", "gevent-25.5.1.3-hosts.pipe.log")
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	members := [][2]string{{"deploy/1_Run.txt", text}, {"../../evil.txt", text}, {"image.png", "\x89PNG\x00"}, {"deploy/1_Run.txt", "again\n"}, {"deploy/", ""}, {"deploy/2_End.txt", "end\n"}}
	for _, m := range members {
		f, err := w.Create(m[0])
		require.NoError(t, err)
		_, err = f.Write([]byte(m[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.zip"), b.Bytes(), 0o644))

	said := scanIn(t, dir, 3, "--report", "json=r.json", "--output", "clean", "--audit", "kept", "a.zip")
	assert.Contains(t, said, "exit code 3 because of 3 files:\n  a.zip/../../evil.txt: its name leads out of the archive\n  a.zip/deploy/1_Run.txt: the archive has another file of this name, which is read\n  a.zip/image.png: it is binary")
	data := readFile(t, dir, "clean", "a.zip")
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	require.Len(t, z.File, len(members))
	for n, m := range z.File {
		assert.Equal(t, members[n][0], m.Name)
		if strings.HasSuffix(m.Name, "/") {
			continue
		}
		r, err := m.Open()
		require.NoError(t, err)
		want := members[n][1]
		if n == 0 {
			want = throughPipe(t, text)
		}
		assert.Equal(t, want, all(t, r), m.Name)
	}
	assert.Equal(t, []string{filepath.FromSlash("a.zip/deploy/1_Run.txt.orb")}, keys(tree(t, filepath.Join(dir, "kept"))))
	assert.Equal(t, []string{"a.zip", "clean", "kept", "r.json"}, entries(t, dir), "nothing got out")
}

// TestScanRepeats: the log of a whole job is cleaned, and not counted beside those of
// its steps.
func TestScanRepeats(t *testing.T) {
	dir := t.TempDir()
	text := readFile(t, "..", "testdata", "captures", "more", "network-retry.log")
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"0_deploy.txt", "deploy/1_Run.txt"} {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = f.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.zip"), b.Bytes(), 0o644))
	said := scanIn(t, dir, 0, "--report", "json=r.json", "--output", "clean", "a.zip")
	assert.Contains(t, said, "1 log of whole jobs not counted")
	assert.Equal(t, []string{"a.zip/deploy/1_Run.txt"}, keys(reportLogs(t, dir, "r.json")))
	data := readFile(t, dir, "clean", "a.zip")
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	for _, m := range z.File { // not counted, and clean all the same
		r, err := m.Open()
		require.NoError(t, err)
		assert.Equal(t, throughPipe(t, text), all(t, r), m.Name)
	}
}

type reportLog struct {
	Name, Date, Error string
	Input, Folded     struct{ Lines int }
}

func reportLogs(t *testing.T, path ...string) map[string]reportLog {
	t.Helper()
	var r struct{ Logs []reportLog }
	require.NoError(t, json.Unmarshal([]byte(readFile(t, path...)), &r))
	out := map[string]reportLog{}
	for _, l := range r.Logs {
		out[l.Name] = l
	}
	return out
}
