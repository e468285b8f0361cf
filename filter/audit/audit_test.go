package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
)

// input draws a run: blocks, whole, cut and mixed with text and with bytes that are none.
func input(t *rapid.T) []byte {
	lines := strings.SplitAfter(block, "\n")
	piece := rapid.OneOf(
		rapid.Just(block), rapid.Just(block), rapid.SampledFrom(lines),
		rapid.Just(strings.ReplaceAll(block, "\n", "\r\n")),
		rapid.Just("\x1b[31m"+block[:60]+"\x1b[K\xff\x00"+block[60:]),
		rapid.Just("Network error, retrying in 2.0s (attempt 1/4) é\u0085\u2028\n"),
		rapid.SampledFrom([]string{"    [web] Success\n", "--> x\n", "\n", "\r", "\x00\xff\n", "é\u0085\n", "\u2028", `{"end":true,"crc":"00000000"}` + "\n"}),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
		rapid.Map(rapid.IntRange(0, len(block)), func(n int) string { return block[:n] }),
	)
	return []byte(strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces"), ""))
}

// What an audit and what is left give together is the original, whatever it was,
// however it came, and however it is kept.
func TestRestore(t *testing.T) {
	dir := t.TempDir()
	n, folded := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		data := input(t)
		n++
		name := filepath.Join(dir, fmt.Sprint(n, rapid.SampledFrom([]string{".orb", ".gz", ".zst"}).Draw(t, "kept as")))
		late := rapid.Bool().Draw(t, "late")
		k := keep(t, name, data, rapid.SampledFrom([]int{0, 1, 7, 100}).Draw(t, "writes of"), func(w *audit.Writer) {
			if late {
				w.Buffer()
			}
		})
		require.NoError(t, k.err)
		kept, err := os.ReadFile(name)
		require.NoError(t, err)
		got, r, err := restore(kept, k.clean.Bytes())
		require.NoError(t, err)
		require.Equal(t, string(data), string(got))
		sum := sha256.Sum256(data)
		require.Equal(t, audit.Sum{Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}, r.Input)
		require.True(t, r.Complete)
		require.Equal(t, k.sum.Folded.Bytes, r.Folded)
		folded += r.Spans
	})
	assert.Positive(t, folded)
}

func TestRestoreCaptures(t *testing.T) {
	for _, pattern := range []string{"*.log", "*.raw", "samples/*.err", "more/*.raw"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "captures", filepath.FromSlash(pattern)))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			data := read(t, file)
			k := keep(t, filepath.Join(t.TempDir(), "a"), data, 0, nil)
			require.NoError(t, k.err)
			got, r, err := restore(read(t, k.path), k.clean.Bytes())
			require.NoError(t, err, file)
			assert.True(t, bytes.Equal(data, got), file)
			assert.True(t, r.Complete)
		}
	}
}

// One byte that was changed anywhere, in the audit or in what is left, does not go by.
func TestEveryByteIsWatched(t *testing.T) {
	k := keep(t, filepath.Join(t.TempDir(), "a"), []byte("a\n"+block+"é\n"+block+"\xff\n"), 0, nil)
	kept, clean := read(t, k.path), k.clean.Bytes()
	for i := range kept {
		bad := bytes.Clone(kept)
		bad[i] = []byte{kept[i] ^ 1, kept[i] ^ 0x20, '\n', '"', 0}[i%5]
		if bad[i] == kept[i] {
			bad[i] ^= 0x80
		}
		_, r, err := restore(bad, clean)
		require.True(t, err != nil || !r.Complete, "byte %d of the audit, %q in place of %q", i, bad[i], kept[i])
	}
	for i := range clean {
		bad := bytes.Clone(clean)
		bad[i] ^= 4
		_, _, err := restore(kept, bad)
		require.Error(t, err, "byte %d of what is left", i)
	}
	for i := 0; i < len(kept); i += 7 {
		_, r, err := restore(kept[:i], clean)
		require.True(t, err != nil || !r.Complete, "cut off at %d", i)
	}
}

// A packed audit is watched by what packs it, but for a few bytes that say nothing
// of what is in it: what comes out is the original, or an error.
func TestPackedIsWatched(t *testing.T) {
	data := []byte("a\n" + block + "é\n" + block + "\xff\n")
	for _, end := range []string{".gz", ".zst"} {
		k := keep(t, filepath.Join(t.TempDir(), "a"+end), data, 0, nil)
		kept := read(t, k.path)
		for i := range kept {
			bad := bytes.Clone(kept)
			bad[i] ^= 0x11
			got, r, err := restore(bad, k.clean.Bytes())
			if err == nil && r.Complete {
				require.Equal(t, string(data), string(got), "%s: byte %d", end, i)
			}
		}
	}
}

// A run that is killed leaves an audit and an output that were written at some
// moment, the record that was on its way cut off anywhere. What they give is
// the beginning of the input; with what follows in the output, up to what was shown
// last at least.
func TestKilledAtAnyMoment(t *testing.T) {
	data := []byte("a\n" + block + "é\n" + block + block + "--> b\n    [web] Success\n" + block[:300])
	for _, end := range []string{"", ".gz", ".zst"} {
		path := filepath.Join(t.TempDir(), "a"+end)
		w, err := audit.Create(path, audit.Header{})
		require.NoError(t, err)
		var clean []byte
		cleans, sizes, seen := [][]byte{nil}, []int{len(read(t, path))}, []int{0}
		at := 0
		f := filter.New(builtin(), w.Sink("", filter.SinkFunc(func(e filter.Event) error {
			at += len(e.Raw)
			if !e.Fold {
				clean = append(clean, e.Raw...)
			}
			cleans, sizes, seen = append(cleans, bytes.Clone(clean)), append(sizes, len(read(t, path))), append(seen, at)
			return nil
		})), filter.Options{})
		for i := range data {
			_, err := f.Write(data[i : i+1])
			require.NoError(t, err)
		}
		require.NoError(t, f.Close())
		require.NoError(t, w.Close())
		kept := read(t, path)
		sizes = append(sizes, len(kept))
		for i, clean := range cleans {
			for cut := sizes[i]; cut <= sizes[i+1]; cut += 5 {
				got, r, err := restore(kept[:cut], clean)
				if err != nil && cut == len(kept) { // the end is there, and what was shown last is not
					continue
				}
				require.NoError(t, err)
				if !r.Complete {
					require.EqualValues(t, r.Known, len(got))
					got = append(got, clean[r.Shown:]...)
				}
				require.True(t, bytes.HasPrefix(data, got), "%d bytes of the audit, %d of what was shown: %q", cut, len(clean), got)
				require.GreaterOrEqual(t, len(got), seen[i], "%d bytes of the audit, %d of what was shown", cut, len(clean))
			}
			for cut := 0; cut < len(clean); cut += 5 { // what was shown is still in a pipe, or in a buffer of whoever writes the log
				got, _, err := restore(kept[:sizes[i]], clean[:cut])
				require.NoError(t, err)
				require.True(t, bytes.HasPrefix(data, got))
			}
		}
	}
}

// Where the disk is full, nothing is folded any more, and nothing is lost.
func TestFullDisk(t *testing.T) {
	data := []byte("a\n" + block + "é\n" + block + block + "--> b\n" + block)
	whole := keep(t, filepath.Join(t.TempDir(), "a"), data, 100, nil)
	kept := read(t, whole.path)
	most := len(kept) - bytes.IndexByte(kept, '\n') - 1 // beside the header
	for room := 0; room < most; room += 83 {
		for _, again := range []bool{false, true} {
			k := keep(t, filepath.Join(t.TempDir(), "a"), data, 100, func(w *audit.Writer) { w.Limit(room, again) })
			require.ErrorContains(t, k.err, "no space left", "room for %d bytes", room)
			got, r, err := restore(read(t, k.path), k.clean.Bytes())
			require.NoError(t, err)
			if !r.Complete { // nothing of the rest was folded, but the audit does not say that
				got = append(got, k.clean.Bytes()[r.Shown:]...)
			}
			assert.Equal(t, string(data), string(got), "room for %d bytes", room)
			assert.Equal(t, k.sum.Folded.Bytes, r.Folded)
			assert.Equal(t, again && r.Folded < whole.sum.Folded.Bytes, r.Complete, "the end is written when there is room for it")
		}
	}
}

func TestFullDevice(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	k := keep(t, "/dev/full", []byte("a\n"+block+"b\n"), 0, nil)
	assert.Equal(t, "a\n"+block+"b\n", k.clean.String())
	assert.Zero(t, k.sum.Folded.Bytes)
	assert.EqualError(t, k.err, "/dev/full: no space left on device")
}

// A sink that has failed leaves nobody knowing what was shown: there is no end.
func TestSinkFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	w, err := audit.Create(path, audit.Header{})
	require.NoError(t, err)
	f := filter.New(builtin(), w.Sink("", filter.SinkFunc(func(filter.Event) error { return io.ErrClosedPipe })), filter.Options{})
	_, err = f.Write([]byte("a\n" + block))
	require.ErrorIs(t, err, io.ErrClosedPipe)
	require.ErrorIs(t, f.Close(), io.ErrClosedPipe)
	require.NoError(t, w.Close())
	all, err := audit.Check(bytes.NewReader(read(t, path)))
	require.NoError(t, err)
	assert.False(t, all[0].Complete)
}

// Two streams of a run, each in its goroutine, are in one file, and come out apart.
func TestTwoStreams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	w, err := audit.Create(path, audit.Header{Streams: []string{"stdout", "stderr"}})
	require.NoError(t, err)
	texts := map[string]string{"stdout": strings.Repeat("out\n"+block, 50), "stderr": strings.Repeat(block+"err\n", 60)}
	clean := map[string]*bytes.Buffer{"stdout": {}, "stderr": {}}
	done := make(chan error)
	for name, text := range texts {
		sink := w.Sink(name, filter.SinkFunc(func(e filter.Event) error {
			if !e.Fold {
				clean[name].Write(e.Raw)
			}
			return nil
		}))
		go func() {
			f := filter.New(builtin(), sink, filter.Options{})
			_, err := io.Copy(f, iotest{strings.NewReader(text)})
			done <- errors.Join(err, f.Close())
		}()
	}
	require.NoError(t, errors.Join(<-done, <-done))
	require.NoError(t, w.Close())
	kept := read(t, path)
	for name, text := range texts {
		var got bytes.Buffer
		r, err := audit.Restore(&got, io.Discard, bytes.NewReader(kept), bytes.NewReader(clean[name].Bytes()), name)
		require.NoError(t, err)
		assert.True(t, r.Complete)
		assert.Equal(t, text, got.String(), name)
	}
	_, _, err = restore(kept, nil)
	require.ErrorIs(t, err, audit.ErrStream)
	_, err = audit.Restore(io.Discard, io.Discard, bytes.NewReader(kept), clean["stdout"], "stderr")
	assert.ErrorContains(t, err, "another text")
}

// iotest reads little at a time.
type iotest struct{ io.Reader }

func (r iotest) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 500)]) }

// A line of 4 MB, which no buffer holds, stands between two blocks as any other.
func TestLongLine(t *testing.T) {
	dir := t.TempDir()
	clean, err := os.Create(filepath.Join(dir, "clean"))
	require.NoError(t, err)
	defer clean.Close()
	w, err := audit.Create(filepath.Join(dir, "a"), audit.Header{})
	require.NoError(t, err)
	f := filter.New(builtin(), w.Sink("", filter.SinkFunc(func(e filter.Event) (err error) {
		if !e.Fold {
			_, err = clean.Write(e.Raw)
		}
		return err
	})), filter.Options{})
	sum := sha256.New()
	both := io.MultiWriter(f, sum)
	_, err = both.Write([]byte(block))
	require.NoError(t, err)
	chunk := bytes.Repeat([]byte("Exception ignored in: x "), 4096)
	for range 4 << 20 / len(chunk) {
		_, err := both.Write(chunk)
		require.NoError(t, err)
	}
	_, err = both.Write([]byte("\n" + block))
	require.NoError(t, err)
	require.NoError(t, errors.Join(f.Close(), w.Close()))
	_, err = clean.Seek(0, io.SeekStart)
	require.NoError(t, err)
	r, err := audit.Restore(io.Discard, io.Discard, bytes.NewReader(read(t, dir, "a")), clean, "")
	require.NoError(t, err)
	assert.Equal(t, hex.EncodeToString(sum.Sum(nil)), r.Input.SHA256)
	assert.Equal(t, int64(2*len(block)), r.Folded)
}

// A span that is too long for a record is cut, and not within a character.
func TestLongSpan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	w, err := audit.Create(path, audit.Header{})
	require.NoError(t, err)
	rule := builtin().Get("gevent-fork-hooks-assertion")
	require.NotNil(t, rule)
	text := []byte(strings.Repeat("é€x\n", 100_000))
	bytesOnly := bytes.Repeat([]byte{0xbf}, 300_000)
	sink := w.Sink("", filter.SinkFunc(func(filter.Event) error { return nil }))
	require.NoError(t, sink.Event(filter.Event{Rule: rule, Fold: true, Raw: text, Line: 1}))
	require.NoError(t, sink.Event(filter.Event{Rule: rule, Fold: true, Raw: bytesOnly, Line: 100_001}))
	require.NoError(t, w.Close())
	kept := read(t, path)
	got, r, err := restore(kept, nil)
	require.NoError(t, err)
	assert.True(t, r.Complete)
	assert.Equal(t, append(text, bytesOnly...), got)
	assert.Equal(t, 3, bytes.Count(kept, []byte(`"base64"`)), "what is text is kept as text")
}

func TestNothing(t *testing.T) {
	for _, data := range []string{"", "a\n", "no end"} {
		k := keep(t, filepath.Join(t.TempDir(), "a"), []byte(data), 0, nil)
		got, r, err := restore(read(t, k.path), k.clean.Bytes())
		require.NoError(t, err)
		assert.True(t, r.Complete)
		assert.Equal(t, data, string(got))
	}
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	k := keep(t, filepath.Join(dir, "a"), []byte("a\n"), 0, nil)
	keep(t, k.path, []byte(block), 0, nil) // over one of which nothing was folded
	if runtime.GOOS != "windows" {
		info, err := os.Stat(k.path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "a log may hold a secret")
	}
	kept := read(t, k.path)
	_, err := audit.Create(k.path, audit.Header{})
	require.ErrorIs(t, err, audit.ErrExists)
	assert.Equal(t, kept, read(t, k.path))
	other := filepath.Join(dir, "notes")
	require.NoError(t, os.WriteFile(other, []byte("mine\n"), 0o666))
	_, err = audit.Create(other, audit.Header{})
	require.ErrorIs(t, err, audit.ErrExists)
	assert.Equal(t, "mine\n", string(read(t, other)))
	_, err = audit.Create(filepath.Join(dir, "no", "such"), audit.Header{})
	assert.ErrorIs(t, err, os.ErrNotExist)
}
