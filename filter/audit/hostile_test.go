package audit_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/audit"
)

// signed are lines with the checksums that belong to them: who makes an audit
// up can do that as well.
func signed(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		body := strings.TrimSuffix(l, "}")
		fmt.Fprintf(&b, `%s,"crc":"%08x"}`+"\n", body, crc32.Checksum([]byte(body), crc32.MakeTable(crc32.Castagnoli)))
	}
	return b.String()
}

const (
	head   = `{"orbfilter":"audit","version":1}`
	two    = `{"orbfilter":"audit","version":1,"streams":["stdout","stderr"]}`
	fold   = `{"in":1,"out":1,"line":1,"rule":"r","text":"xy"}`
	ending = `{"end":true,"input":{"bytes":4,"sha256":"2a"},"output":{"bytes":2,"sha256":"2a"}}`
)

// An audit comes from anywhere: what is wrong with it is said, with the line.
func TestHostile(t *testing.T) {
	for name, c := range map[string]struct{ audit, want string }{
		"empty":             {"", "it is empty"},
		"a log":             {"--> Connecting to hosts...\n", "line 1: it is no audit"},
		"a log of one line": {strings.Repeat("x", 3<<20), "line 1: it is no audit"},
		"other JSON":        {`{"schema":"orbfilter.report/v1"}` + "\n", "line 1: it is no audit"},
		"a list":            {"[]\n", "line 1: it is no audit"},
		"half a header":     {signed(head)[:20], "line 1: the file ends in the middle of its header"},
		"no checksum":       {head + "\n", "line 1: its checksum is wrong"},
		"later version":     {signed(`{"orbfilter":"audit","version":2,"new":true}`), "line 1: it is of version 2, and this orbfilter knows version 1"},
		"no version":        {signed(`{"orbfilter":"audit"}`), "line 1: it is of version 0"},
		"unknown field":     {signed(`{"orbfilter":"audit","version":1,"x":"\u001b[31m"}`), "line 1: it cannot be read"},
		"stream twice":      {signed(`{"orbfilter":"audit","version":1,"streams":["a","a"]}`), "line 1: it must name at most 16 streams, each once"},
		"stream no name":    {signed(`{"orbfilter":"audit","version":1,"streams":[""]}`), "line 1: it must name"},
		"many streams":      {signed(`{"orbfilter":"audit","version":1,"streams":["` + strings.Join(strings.Split(strings.Repeat("abcdefghi", 20), ""), `","`) + `"]}`), "line 1: it must name"},
		"no object":         {signed(head, `x}`), "line 2: it cannot be read"},
		"nothing":           {signed(head) + "\n" + signed(fold), "line 2: its checksum is wrong"},
		"backwards":         {signed(head, fold, `{"in":2,"out":0,"line":1,"rule":"r","text":"x"}`), "line 3: it begins at byte 2 of the input, and the one before ended at 3"},
		"negative":          {signed(head, `{"in":-1,"out":-1,"line":1,"rule":"r","text":"x"}`), "line 2: it begins at byte -1"},
		"overflow":          {signed(head, fmt.Sprintf(`{"in":%d,"out":%[1]d,"line":1,"rule":"r","text":"xy"}`, math.MaxInt64-1)), "line 2: it begins at byte"},
		"larger than int64": {signed(head, `{"in":99999999999999999999,"out":1,"line":1,"rule":"r","text":"x"}`), "line 2: it cannot be read"},
		"elsewhere":         {signed(head, `{"in":5,"out":4,"line":1,"rule":"r","text":"x"}`), "line 2: it says byte 4 of the output, and by the records before it must be 5"},
		"no bytes":          {signed(head, `{"in":1,"out":1,"line":1,"rule":"r"}`), "line 2: it must hold between 1 and"},
		"both":              {signed(head, `{"in":1,"out":1,"line":1,"rule":"r","text":"x","base64":"eA=="}`), "line 2: it must hold"},
		"too many bytes":    {signed(head, `{"in":1,"out":1,"line":1,"rule":"r","text":"`+strings.Repeat("x", 200_000)+`"}`), "line 2: it must hold"},
		"no base64":         {signed(head, `{"in":1,"out":1,"line":1,"rule":"r","base64":"%%"}`), "line 2: it cannot be read"},
		"long line":         {signed(head) + strings.Repeat("x", 3<<20), "line 2: it is longer than 1048576 bytes"},
		"no such stream":    {signed(head, `{"stream":"x","in":1,"out":1,"line":1,"rule":"r","text":"x"}`), `line 2: it is of the stream "x"`},
		"end of no stream":  {signed(head, `{"end":true,"stream":"x","input":{"bytes":0,"sha256":""},"output":{"bytes":0,"sha256":""}}`), `line 2: it is the end of the stream "x"`},
		"behind the end":    {signed(head, fold, ending, `{"in":9,"out":7,"line":1,"rule":"r","text":"x"}`), "line 4: it stands behind the end"},
		"two ends":          {signed(head, fold, ending, ending), "line 4: it is a second end"},
		"end before fold":   {signed(head, ending), "line 2: it says that of 4 bytes 2 were shown, and the records hold 0"},
		"record left out":   {signed(head, fold, `{"in":9,"out":5,"line":1,"rule":"r","text":"x"}`), "line 3: it says byte 5 of the output, and by the records before it must be 7"},
		"end too early":     {signed(head, `{"in":7,"out":7,"line":1,"rule":"r","text":"xy"}`, ending), "line 3: it says that of 4 bytes"},
		"another header":    {signed(head, head), "line 2: it cannot be read"},
		"garbage in gzip":   {"\x1f\x8b garbage", "it cannot be unpacked"},
		"little gzip":       {"\x1f\x8b\b", "it cannot be unpacked"},
		"garbage in zstd":   {"\x28\xb5\x2f\xfd garbage", "it cannot be unpacked"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := audit.Check(strings.NewReader(c.audit))
			require.ErrorContains(t, err, c.want)
			var flaw *audit.Flaw
			require.ErrorAs(t, err, &flaw)
			assert.False(t, flaw.Clean)
			assert.NotContains(t, err.Error(), "\x1b")
			assert.Less(t, len(err.Error()), 300)
			_, _, rerr := restore([]byte(c.audit), []byte("ab"))
			require.EqualError(t, rerr, err.Error())
		})
	}
}

// What is left must be what was left of this very run.
func TestAnotherClean(t *testing.T) {
	data := []byte("a\n" + block + "b\n")
	k := keep(t, filepath.Join(t.TempDir(), "a"), data, 0, nil)
	kept := read(t, k.path)
	for clean, want := range map[string]string{
		"":                   "it has 0 bytes, and what was shown of this run had 4",
		"a":                  "it has 1 bytes",
		"a\nc\nb\n":          "it has 6 bytes, and its first 4 are not what was shown of this run",
		"a\nc\n":             "it has 4 bytes, as what was shown of this run, but not the same ones (SHA-256 ",
		string(data):         "it is the original already",
		string(data) + "c\n": "it begins with the original already, and has 2 bytes more",
	} {
		got, _, err := restore(kept, []byte(clean))
		require.ErrorContains(t, err, want)
		var flaw *audit.Flaw
		require.ErrorAs(t, err, &flaw)
		assert.True(t, flaw.Clean)
		assert.LessOrEqual(t, len(got), len(data), "no more is written than the original has")
	}
	// Sums that were made up for another original: each line is right by itself.
	lying := signed(head, fold, ending)
	_, _, err := restore([]byte(lying), []byte("ab"))
	require.ErrorContains(t, err, "it has 2 bytes, as what was shown of this run, but not the same ones")
	end := `{"end":true,"input":{"bytes":4,"sha256":"2a"},"output":{"bytes":2,"sha256":"fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"}}`
	_, _, err = restore([]byte(signed(head, fold, end)), []byte("ab"))
	require.ErrorContains(t, err, "it does not lead to the original that it speaks of")
}

// Gigabytes of zeros, packed small, in a line or in a record, are not unpacked into memory.
func TestBomb(t *testing.T) {
	for name, pack := range map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w)
			require.NoError(t, err)
			return z
		},
	} {
		var packed bytes.Buffer
		z := pack(&packed)
		_, err := io.WriteString(z, signed(head)+`{"in":1,"out":1,"line":1,"rule":"r","text":"`)
		require.NoError(t, err)
		for range 128 {
			_, err := z.Write(make([]byte, 1<<20))
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = audit.Check(bytes.NewReader(packed.Bytes()))
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, "line 2: it is longer", name)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20), name)
	}
}

// FuzzRestore: nobody is to crash of an audit, and what is said to be the original has its sums.
func FuzzRestore(f *testing.F) {
	k := keep(f, filepath.Join(f.TempDir(), "a"), []byte("a\n"+block+"b\n"), 0, nil)
	f.Add(read(f, k.path), k.clean.Bytes())
	f.Add([]byte(signed(two, `{"stream":"stdout","in":1,"out":1,"line":1,"rule":"r","text":"x"}`)), []byte("ab"))
	f.Add([]byte(signed(head, `{"in":1,"out":1,"line":1,"rule":"r","base64":"`+base64.StdEncoding.EncodeToString([]byte{0xff})+`"}`)), []byte("ab"))
	f.Fuzz(func(t *testing.T, kept, clean []byte) {
		fix := strings.Split(strings.TrimSuffix(string(kept), "\n"), "\n")
		for i, l := range fix { // else nothing would come through but what the seeds have
			if j := strings.LastIndex(l, `,"crc":"`); j > 0 {
				fix[i] = l[:j] + "}"
			}
		}
		for _, a := range []string{string(kept), signed(fix...)} {
			var got bytes.Buffer
			r, err := audit.Restore(&got, io.Discard, strings.NewReader(a), bytes.NewReader(clean), "")
			_, cerr := audit.Check(strings.NewReader(a))
			if err == nil && (cerr != nil || int64(got.Len()) != r.Written || r.Complete && r.Input.Bytes != r.Written) {
				t.Fatalf("%d bytes, %+v, %v", got.Len(), r, cerr)
			}
		}
	})
}
