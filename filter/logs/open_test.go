package logs_test

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
)

const line = "--> Connecting to hosts...\n"

// TestContainers: what a file begins with says what it is, whatever it is called.
func TestContainers(t *testing.T) {
	skipped := "\x50\x2a\x4d\x18\x04\x00\x00\x00skip" // RFC 8878, section 3.1.2
	for name, c := range map[string]struct {
		data string
		kind logs.Kind
		text string
	}{
		"plain.gz":            {line, logs.Plain, line},
		"empty.log":           {"", logs.Plain, ""},
		"a.log":               {gz(t, line), logs.Gzip, line},
		"members":             {gz(t, line, "", line), logs.Gzip, line + line},
		"nothing.gz":          {gz(t, ""), logs.Gzip, ""},
		"b.log":               {zst(t, line), logs.Zstd, line},
		"frames":              {zst(t, line) + zst(t, line), logs.Zstd, line + line},
		"skipped frame":       {skipped + zst(t, line), logs.Zstd, line},
		"late NUL":            {strings.Repeat("a", 8000) + "\x00\n", logs.Plain, strings.Repeat("a", 8000) + "\x00\n"},
		"no end of line.log":  {"a", logs.Plain, "a"},
		"BOM, as GitHub's":    {"\ufeff" + line, logs.Plain, "\ufeff" + line},
		"one byte of a magic": {"\x1f", logs.Plain, "\x1f"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := open(t, write(t, c.data, t.TempDir(), "log"))
			require.NoError(t, err)
			assert.Equal(t, c.kind, s.Kind)
			require.Len(t, s.Logs, 1)
			text, err := read(s.Logs[0])
			require.NoError(t, err)
			assert.Equal(t, c.text, text)
		})
	}
}

// TestBroken: what can be read of a log is, and the error says what is wrong and
// what to do.
func TestBroken(t *testing.T) {
	long := noise(300_000)
	zipLog := zipped(t, "a.txt", long)
	for name, c := range map[string]struct {
		data  string
		says  string
		begin bool // there is something to be read before
	}{
		"gzip cut off":         {cut(gz(t, long)), "it is cut off: the gzip data has no end", true},
		"gzip cut in its head": {gz(t, line)[:5], "it is cut off: the gzip data has no end", false},
		"gzip with a tail":     {gz(t, line) + "tail, long enough for a header", "there is something else behind the end of the gzip data", true},
		"gzip with a flaw":     {flaw(gz(t, long)), "the gzip data is damaged", true},
		"zstd cut off":         {cut(zst(t, long)), "it is cut off: the zstd data has no end", true},
		"zstd with a flaw":     {flaw(zst(t, long)), "the zstd data is damaged", true},
		"zstd, a long window":  {zst(t, strings.Repeat(long, 60), zstd.WithWindowSize(16<<20)), "unpack it first: zstd -d --long=31 LOG", false},
		"zip cut off":          {cut(zipLog), "it is a zip archive that is cut off or damaged", false},
		"a part of a zip":      {"PK\x07\x08PK\x03\x04", "put the parts together first", false},
		"xz":                   {"\xfd7zXZ\x00more", "unpack it first: xz -d LOG", false},
		"bzip2":                {"BZh91AY&SYmore", "bunzip2", false},
		"binary":               {"\x7fELF\x02\x01\x01\x00", "it is binary: byte 7 is NUL", false},
		"UTF-16":               {"\xff\xfea\x00\n\x00", "it is in UTF-16, as PowerShell writes it", false},
		"UTF-16 without a BOM": {"a\x00\n\x00", "it is binary", false},
		"packed twice":         {gz(t, gz(t, line)), "it is packed twice", false},
		"tar":                  {gz(t, strings.Repeat("x", 257)+"ustar  "), "it is a tar archive", false},
		"UTF-16, packed":       {zst(t, "\xff\xfea\x00\n\x00"), "it is in UTF-16", false},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := open(t, write(t, c.data, t.TempDir(), "log"))
			text := ""
			if err == nil {
				text, err = read(s.Logs[0])
			}
			require.ErrorContains(t, err, c.says)
			assert.Equal(t, c.begin, len(text) > 0, "%d bytes were read", len(text))
			assert.True(t, strings.HasPrefix(long+line, text) || text == line)
		})
	}
}

// noise is text that does not pack well.
func noise(n int) string {
	var b strings.Builder
	for x := uint32(1); b.Len() < n; x = x*1664525 + 1013904223 {
		b.WriteByte("0123456789abcdef"[x>>28])
		if x%97 == 0 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func cut(data string) string { return data[:len(data)/2] }

func flaw(data string) string {
	b := []byte(data)
	b[len(b)-3] ^= 0x40 // in the checksum
	return string(b)
}

// TestHostileArchive: one member that is wrong costs that one.
func TestHostileArchive(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	rawMember(t, w, zip.FileHeader{Name: "good.txt"}, "good\n")
	rawMember(t, w, zip.FileHeader{Name: "../../out.txt"}, "a\n")
	rawMember(t, w, zip.FileHeader{Name: "/etc/passwd"}, "b\n")
	rawMember(t, w, zip.FileHeader{Name: `..\up.txt`}, "c\n")
	rawMember(t, w, zip.FileHeader{Name: "secret.txt", Flags: 1}, "d\n")
	rawMember(t, w, zip.FileHeader{Name: "good.txt"}, "another\n")
	rawMember(t, w, zip.FileHeader{Name: "lzma.txt", Method: 14}, "e\n")
	link := zip.FileHeader{Name: "link.txt"}
	link.SetMode(os.ModeSymlink | 0o777)
	rawMember(t, w, link, "/etc/passwd")
	rawMember(t, w, zip.FileHeader{Name: "sum.txt", CRC32: 1}, "f\n")
	rawMember(t, w, zip.FileHeader{Name: "more.txt", UncompressedSize64: 1}, "more than one byte\n")
	rawMember(t, w, zip.FileHeader{Name: "less.txt", UncompressedSize64: 99}, "g\n")
	rawMember(t, w, zip.FileHeader{Name: "binary.txt"}, "\x00\n")
	rawMember(t, w, zip.FileHeader{Name: "folder/last.txt"}, "last\n")
	require.NoError(t, w.Close())

	s, err := open(t, write(t, b.String(), t.TempDir(), "a.zip"))
	require.NoError(t, err)
	said := map[string]string{}
	for _, f := range s.Bad() {
		said[base(f.Name)] += f.Err.Error()
	}
	good := map[string]string{}
	for _, l := range s.Logs {
		text, err := read(l)
		if err != nil {
			said[base(l.Name)] += err.Error()
			continue
		}
		good[base(l.Name)] = text
	}
	assert.Equal(t, map[string]string{"good.txt": "good\n", "folder/last.txt": "last\n"}, good)
	for name, says := range map[string]string{
		"../../out.txt": "leads out of the archive", "/etc/passwd": "leads out of the archive", `..\up.txt`: "leads out of the archive",
		"secret.txt": "encrypted", "good.txt": "another file of this name", "lzma.txt": "method 14", "link.txt": "no file",
		"sum.txt": "damaged", "more.txt": "damaged", "less.txt": "cut off", "binary.txt": "binary",
	} {
		assert.Contains(t, said[name], says, name)
	}
	assert.Len(t, said, 11)
}

// base leaves out the archive.
func base(name string) string { return name[strings.Index(name, ".zip/")+len(".zip/"):] }

// TestBombs: what unpacks to absurdly much is not unpacked to its end.
func TestBombs(t *testing.T) {
	zeros := strings.Repeat("a", 8<<20)
	for name, data := range map[string]string{"gzip": gz(t, zeros), "zstd": zst(t, zeros), "zip": zipped(t, "a.txt", zeros)} {
		t.Run(name, func(t *testing.T) {
			s, err := open(t, write(t, data, t.TempDir(), "log"))
			require.NoError(t, err)
			s.SetFloor(1 << 20)
			text, err := read(s.Logs[0])
			require.ErrorContains(t, err, "unpacks to more than 500 times its size")
			assert.Less(t, len(text), 8<<20)
		})
	}
}

// TestOverlaps: members of a zip that lie over each other are how one of a few
// bytes unpacks to terabytes (https://www.bamsoftware.com/hacks/zipbomb/).
func TestOverlaps(t *testing.T) {
	data := zipped(t, "a.txt", noise(5000))
	at := strings.LastIndex(data, "PK\x01\x02")
	end := strings.LastIndex(data, "PK\x05\x06")
	entry := data[at:end]
	b := []byte(data[:at] + entry + entry + entry + data[end:])
	tail := b[len(b)-22:] // APPNOTE, section 4.3.16
	tail[8], tail[10] = 3, 3
	size := 3 * len(entry)
	tail[12], tail[13] = byte(size), byte(size>>8)
	_, err := open(t, write(t, string(b), t.TempDir(), "a.zip"))
	require.ErrorContains(t, err, "overlap")
}

// TestRepeats: GitHub's archives have the log of a job, and in a folder of its name
// those of its steps. It is the same text, and must not be counted twice.
func TestRepeats(t *testing.T) {
	data := zipped(t, "0_deploy (web).txt", line+line, "deploy (web)/1_Set up job.txt", line, "deploy (web)/2_Run.txt", line,
		"1_lint.txt", line, "lint/system.txt", line, "notes.txt", line)
	s, err := open(t, write(t, data, t.TempDir(), "a.zip"))
	require.NoError(t, err)
	var repeats []string
	for _, l := range s.Logs {
		if l.Repeats {
			repeats = append(repeats, base(l.Name))
		}
	}
	assert.Equal(t, []string{"0_deploy (web).txt"}, repeats)
}

// TestStandardInput: an archive comes through a pipe as well.
func TestStandardInput(t *testing.T) {
	for name, data := range map[string]string{"plain": line, "gzip": gz(t, line), "zstd": zst(t, line), "zip": zipped(t, "a.txt", line)} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe()
			require.NoError(t, err)
			defer r.Close()
			go func() {
				_, _ = w.WriteString(data)
				w.Close()
			}()
			found, failures := (&logs.Search{In: r}).Find([]string{"-"})
			require.Empty(t, failures)
			counted := 0
			s, err := found[0].Open(func(n int) { counted += n })
			require.NoError(t, err)
			defer s.Close()
			text, err := read(s.Logs[0])
			require.NoError(t, err)
			assert.Equal(t, line, text)
			assert.Equal(t, len(data), counted)
		})
	}
}

// TestTimes: a log is as old as what it is kept in says.
func TestTimes(t *testing.T) {
	old := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	name := write(t, line, t.TempDir(), "log")
	require.NoError(t, os.Chtimes(name, old, old))
	s, err := open(t, name)
	require.NoError(t, err)
	assert.True(t, s.Logs[0].Time.Equal(old))

	var b bytes.Buffer
	w := zip.NewWriter(&b)
	rawMember(t, w, zip.FileHeader{Name: "none.txt"}, line)
	m, err := w.CreateHeader(&zip.FileHeader{Name: "dated.txt", Modified: old})
	require.NoError(t, err)
	_, err = m.Write([]byte(line))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	s, err = open(t, write(t, b.String(), t.TempDir(), "a.zip"))
	require.NoError(t, err)
	assert.True(t, s.Logs[0].Time.IsZero())
	assert.True(t, s.Logs[1].Time.Equal(old))
}
