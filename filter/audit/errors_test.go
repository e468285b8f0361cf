package audit_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
)

var errDisk = errors.New("the disk is gone")

// A broken reader or writer has some bytes left, and then an error.
type broken struct {
	from io.Reader
	left int
}

func (b *broken) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errDisk
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *broken) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	if b.left -= n; n < len(p) {
		return n, errDisk
	}
	return n, nil
}

// Wherever reading or writing fails, that is the error, and no flaw of the audit.
func TestDiskIsGone(t *testing.T) {
	data := []byte("a\n" + block + "b\n" + block + "c\n")
	k := keep(t, filepath.Join(t.TempDir(), "a"), data, 0, nil)
	kept, clean := read(t, k.path), append(bytes.Clone(k.clean.Bytes()), strings.Repeat("behind\n", 300)...)
	for name, c := range map[string]struct {
		size int
		try  func(left int) error
	}{
		"what is written": {len(data), func(left int) error {
			_, err := audit.Restore(&broken{left: left}, io.Discard, bytes.NewReader(kept), bytes.NewReader(clean), "")
			return err
		}},
		"what is behind": {len(clean) - k.clean.Len(), func(left int) error {
			_, err := audit.Restore(io.Discard, &broken{left: left}, bytes.NewReader(kept), bytes.NewReader(clean), "")
			return err
		}},
		"the clean copy": {len(clean), func(left int) error {
			_, err := audit.Restore(io.Discard, io.Discard, bytes.NewReader(kept), &broken{bytes.NewReader(clean), left}, "")
			return err
		}},
		"the audit": {len(kept), func(left int) error {
			_, err := audit.Restore(io.Discard, io.Discard, &broken{bytes.NewReader(kept), left}, bytes.NewReader(clean), "")
			return err
		}},
		"the audit alone": {len(kept), func(left int) error {
			_, err := audit.Check(&broken{bytes.NewReader(kept), left})
			return err
		}},
		"the audit, beside the original": {len(kept), func(left int) error {
			_, err := audit.Original(&broken{bytes.NewReader(kept), left}, bytes.NewReader(data), "")
			return err
		}},
		"the original": {len(data) - len("c\n"), func(left int) error {
			_, err := audit.Original(bytes.NewReader(kept), &broken{bytes.NewReader(data), left}, "")
			return err
		}},
	} {
		for left := 0; left < c.size; left += 1 + c.size/40 {
			err := c.try(left)
			require.ErrorIs(t, err, errDisk, "%s, %d bytes were there", name, left)
			var flaw *audit.Flaw
			require.False(t, errors.As(err, &flaw), name)
		}
		require.NoError(t, c.try(1<<30), name)
	}
}

// A flaw says in which line it is, if it is in one.
func TestFlaw(t *testing.T) {
	assert.EqualError(t, &audit.Flaw{Line: 3, What: "it is wrong"}, "line 3: it is wrong")
	assert.EqualError(t, &audit.Flaw{What: "it is wrong"}, "it is wrong")
}

// Who asks for a stream that is not there is told which ones are; what is known of each is in order.
func TestStreams(t *testing.T) {
	_, err := audit.Original(strings.NewReader(signed(head)), strings.NewReader(""), "stdout")
	require.EqualError(t, err, "the audit has no such stream: it has one, without a name")
	_, err = audit.Restore(io.Discard, io.Discard, strings.NewReader(signed(two)), strings.NewReader(""), "")
	require.EqualError(t, err, `the audit has no such stream: it has "stdout", "stderr"`)
	names := strings.Split("p,o,n,m,l,k,j,i,h,g,f,e,d,c,b,a", ",")
	all, err := audit.Check(strings.NewReader(signed(`{"orbfilter":"audit","version":1,"streams":["` + strings.Join(names, `","`) + `"]}`)))
	require.NoError(t, err)
	var got []string
	for _, r := range all {
		got = append(got, r.Stream)
	}
	assert.Equal(t, names, got)
}

// A record may have just as many bytes as it may, and end just where numbers do.
func TestLimits(t *testing.T) {
	most := strings.Repeat("x", 128<<10)
	for _, record := range []string{
		`{"in":1,"out":1,"line":1,"rule":"r","text":"` + most + `"}`, `{"in":9223372036854775805,"out":9223372036854775805,"line":1,"rule":"r","text":"xy"}`, `{"in":0,"out":0,"line":1,"rule":"r","text":"x"}`,
	} {
		all, err := audit.Check(strings.NewReader(signed(head, record)))
		require.NoError(t, err)
		assert.Equal(t, 1, all[0].Spans)
	}
	_, err := audit.Check(strings.NewReader(signed(head, `{"in":1,"out":1,"line":1,"rule":"r","text":"x`+most+`"}`)))
	require.ErrorContains(t, err, "line 2: it must hold between 1 and 131072 bytes")
	all, err := audit.Check(strings.NewReader(signed(head, fold, `{"in":3,"out":1,"line":1,"rule":"r","text":"z"}`, `{"end":true,"input":{"bytes":4,"sha256":"2a"},"output":{"bytes":1,"sha256":"2a"}}`)))
	require.NoError(t, err, "one fold stands directly behind the other, and the end behind both")
	assert.Equal(t, int64(3), all[0].Folded)
	_, err = audit.Check(strings.NewReader(signed(head, "")))
	require.ErrorContains(t, err, "line 2: it cannot be read", "a line may have a checksum, and nothing else")
	for n, long := range map[int]string{0: "its checksum is wrong", 1: "it is longer than 1048576 bytes"} {
		_, err := audit.Check(strings.NewReader(signed(head) + strings.Repeat("x", 1<<20-1+n) + "\n"))
		require.ErrorContains(t, err, long)
	}
}

// What a person cannot look at, or a terminal acts on, is kept as bytes; and what is cut is cut between characters.
func TestTextAndBytes(t *testing.T) {
	rule := builtin().Get("gevent-fork-hooks-assertion")
	most := 128 << 10
	for text, records := range map[string][2]int{ // as text, as base64
		"a\u007e\u00a0é😀\ufffd\t\x1b\n": {1, 0}, "\u007f": {0, 1}, "\u0080": {0, 1}, "\u009f": {0, 1}, "\xff": {0, 1}, "a\xe2\x82": {0, 1},
		strings.Repeat("x", most): {1, 0}, strings.Repeat("x", most+1): {2, 0}, strings.Repeat("x", most-1) + "é": {2, 0}, strings.Repeat("x", most-3) + "😀": {2, 0}, strings.Repeat("x", most-4) + "😀é": {2, 0}, strings.Repeat("x", most-3) + "\x80\x80\x80\x80": {0, 2},
	} {
		path := filepath.Join(t.TempDir(), "a")
		w, err := audit.Create(path, audit.Header{})
		require.NoError(t, err)
		require.NoError(t, w.Sink("", filter.SinkFunc(func(filter.Event) error { return nil })).Event(filter.Event{Rule: rule, Fold: true, Raw: []byte(text), Line: 1}))
		require.NoError(t, w.Close())
		kept := read(t, path)
		assert.Equal(t, records, [2]int{bytes.Count(kept, []byte(`"text"`)), bytes.Count(kept, []byte(`"base64"`))}, "%.20q", text)
		got, r, err := restore(kept, nil)
		require.NoError(t, err)
		assert.True(t, r.Complete)
		assert.Equal(t, text, string(got))
	}
}

// Records that may be late are in the file when there are many of them; at the end all are.
func TestBuffer(t *testing.T) {
	rule := builtin().Get("gevent-fork-hooks-assertion")
	path := filepath.Join(t.TempDir(), "a")
	w, err := audit.Create(path, audit.Header{})
	require.NoError(t, err)
	w.Buffer()
	sink := w.Sink("", filter.SinkFunc(func(filter.Event) error { return nil }))
	header := len(read(t, path))
	require.NoError(t, sink.Event(filter.Event{Rule: rule, Fold: true, Raw: []byte(block), Line: 1}))
	assert.Len(t, read(t, path), header, "it waits")
	for range 200 {
		require.NoError(t, sink.Event(filter.Event{Rule: rule, Fold: true, Raw: []byte(block), Line: 9}))
	}
	assert.Greater(t, len(read(t, path)), header+64<<10-1)
	require.NoError(t, w.Close())
	got, r, err := restore(read(t, path), nil)
	require.NoError(t, err)
	assert.True(t, r.Complete)
	assert.Equal(t, strings.Repeat(block, 201), string(got))
}

// A packed audit on a full disk folds nothing, and says so.
func TestFullDiskPacked(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	for _, end := range []string{".gz", ".zst"} {
		path := filepath.Join(t.TempDir(), "a"+end)
		require.NoError(t, os.Symlink("/dev/full", path))
		k := keep(t, path, []byte("a\n"+block), 0, nil)
		assert.Equal(t, "a\n"+block, k.clean.String())
		assert.EqualError(t, k.err, path+": no space left on device")
	}
}
