package original_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/audit/original"
	"github.com/orbfilter/orbfilter/rules"
)

const log = "one\nnoise 1\ntwo\nnoise 2\nthree\n"

// A folder has a log that was cleaned, and its audit.
type folder struct {
	t            *testing.T
	dir          string
	audit, clean string
}

// clean cleans a text, as a log of this name.
func clean(t *testing.T, dir, name, text string, to ...string) folder {
	t.Helper()
	f := folder{t, dir, filepath.Join(dir, append(to, name+".orb")[0]), filepath.Join(dir, name)}
	r, err := rules.Parse("own.yaml", []byte("id: own\ntitle: t\nseverity: noise\nmatch: {line: '^noise'}\nsamples: [{text: noise}]\n"))
	require.NoError(t, err)
	w, err := audit.Create(f.audit, audit.Header{Name: name})
	require.NoError(t, err)
	var shown bytes.Buffer
	engine := filter.New(rules.NewSet(r), w.Sink("", filter.SinkFunc(func(e filter.Event) error {
		if !e.Fold {
			shown.Write(e.Raw)
		}
		return nil
	})), filter.Options{})
	_, err = io.WriteString(engine, text)
	require.NoError(t, errors.Join(err, engine.Close(), w.Close()))
	f.write(f.clean, shown.String())
	return f
}

func (f folder) write(name, text string) {
	f.t.Helper()
	require.NoError(f.t, os.WriteFile(name, []byte(text), 0o640))
}

func (f folder) read(name string) string {
	f.t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(f.t, err)
	return string(text)
}

// open begins a restoration; the copy may come through a pipe.
func (f folder) open(o original.Options, piped bool) *original.Restoration {
	f.t.Helper()
	from, err := os.Open(f.audit)
	require.NoError(f.t, err)
	what, err := os.Open(f.clean)
	require.NoError(f.t, err)
	if piped {
		r, w, err := os.Pipe()
		require.NoError(f.t, err)
		_, err = io.Copy(w, what)
		require.NoError(f.t, errors.Join(err, w.Close(), what.Close()))
		what = r
	}
	o.Clean, o.Beside = f.clean, f.audit
	r, err := original.New(from, what, o)
	require.NoError(f.t, err)
	f.t.Cleanup(func() { r.Close(); from.Close(); what.Close() })
	return r
}

// cut takes the end of the audit away, as a run has that was killed.
func (f folder) cut() {
	all := strings.SplitAfter(f.read(f.audit), "\n")
	f.write(f.audit, strings.Join(all[:len(all)-2], ""))
}

// The original comes back, of a file and of a pipe, and to be looked at nothing is written.
func TestRestoration(t *testing.T) {
	for _, piped := range []bool{false, true} {
		f := clean(t, t.TempDir(), "a.log", log)
		assert.Equal(t, "one\ntwo\nthree\n", f.read(f.clean))
		var out bytes.Buffer
		one, err := f.open(original.Options{}, piped).Write(&out)
		require.NoError(t, err)
		assert.Equal(t, log, out.String())
		assert.Equal(t, 2, one.Spans)

		r := f.open(original.Options{}, piped)
		one, err = r.Whole()
		require.NoError(t, err)
		assert.True(t, one.Complete)
		assert.Equal(t, "a.log", r.Name)
	}
}

// What does not belong together is refused before a byte is written.
func TestNothingIsWrittenOfWhatDoesNotBelong(t *testing.T) {
	f := clean(t, t.TempDir(), "a.log", log)
	f.write(f.clean, "one\ntwx\nthree\n")
	var out bytes.Buffer
	_, err := f.open(original.Options{}, false).Write(&out)
	var flaw *audit.Flaw
	require.ErrorAs(t, err, &flaw)
	assert.True(t, flaw.Clean)
	assert.Empty(t, out.String())
}

// Of an audit that has no end the beginning is known, also of what comes through a pipe, which is kept and then removed.
func TestCutOff(t *testing.T) {
	for _, piped := range []bool{false, true} {
		f := clean(t, t.TempDir(), "a.log", log)
		f.cut()
		kept := filepath.Join(f.dir, "kept")
		keep := func(clean io.Reader) (string, func(), error) {
			text, err := io.ReadAll(clean)
			f.write(kept, string(text))
			return kept, func() { os.Remove(kept) }, err
		}
		r := f.open(original.Options{Keep: keep}, piped)
		var out bytes.Buffer
		_, err := r.Write(&out)
		var cut *original.CutOff
		require.ErrorAs(t, err, &cut)
		assert.NotEmpty(t, out.String())
		assert.True(t, strings.HasPrefix(log, out.String()), out.String())
		if piped {
			assert.FileExists(t, kept)
			r.Close()
			assert.NoFileExists(t, kept)
		}
	}
}

// The original may take the place of the copy: what stands behind what was shown is kept behind.
func TestSaveInPlace(t *testing.T) {
	f := clean(t, t.TempDir(), "a.log", log)
	f.write(f.clean, f.read(f.clean)+"later\n")
	r := f.open(original.Options{Output: f.clean}, false)
	one, err := r.Save(f.clean)
	require.NoError(t, err)
	assert.True(t, r.Place)
	assert.EqualValues(t, len("later\n"), one.Behind)
	assert.Equal(t, log+"later\n", f.read(f.clean))
	info, err := os.Stat(f.clean)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	f.alone()
}

// alone: nothing is left over that was written first.
func (f folder) alone() {
	f.t.Helper()
	left, err := filepath.Glob(filepath.Join(f.dir, ".restore-*"))
	require.NoError(f.t, err)
	assert.Empty(f.t, left)
}

// Nothing that would be lost is replaced.
func TestSaveReplacesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		piped  bool
		behind string
		there  string
		why    original.Why
	}{
		"another file":                 {false, "", "mine\n", original.Exists},
		"through a pipe":               {true, "", "mine\n", original.Exists},
		"what may be in there alone":   {true, "later\n", "mine\n", original.MayBeAlone},
		"what stands behind is a file": {false, "later\n", "mine\n", original.Exists},
	} {
		t.Run(name, func(t *testing.T) {
			f := clean(t, t.TempDir(), "a.log", log)
			f.write(f.clean, f.read(f.clean)+c.behind)
			out := filepath.Join(f.dir, "out")
			f.write(out, c.there)
			_, err := f.open(original.Options{Output: out}, c.piped).Save(out)
			var no *original.Refusal
			require.ErrorAs(t, err, &no)
			assert.Equal(t, c.why, no.Why)
			assert.Equal(t, c.there, f.read(out))
			f.alone()
		})
	}
	f := clean(t, t.TempDir(), "a.log", log)
	out := filepath.Join(f.dir, "out")
	f.write(out, "")
	_, err := f.open(original.Options{Output: out}, false).Save(out)
	require.NoError(t, err, "what is empty is nothing")
	assert.Equal(t, log, f.read(out))
}

// A copy that grows while it is read is left as it is.
func TestSaveLeavesWhatHasChanged(t *testing.T) {
	f := clean(t, t.TempDir(), "a.log", log)
	r := f.open(original.Options{Output: f.clean}, false)
	f.write(f.clean, f.read(f.clean)+"later\n")
	_, err := r.Save(f.clean)
	var no *original.Refusal
	require.ErrorAs(t, err, &no)
	assert.Equal(t, original.Changed, no.Why)
	assert.Equal(t, "one\ntwo\nthree\nlater\n", f.read(f.clean))
	f.alone()
}

// A log that was cleaned again belongs to the later audit first.
func TestCleanedAgain(t *testing.T) {
	dir := t.TempDir()
	first := clean(t, dir, "a.log", log)
	clean(t, dir, "a.log", first.read(first.clean)+"noise 3\n", "a.log.2.orb")
	_, err := first.open(original.Options{}, false).Whole()
	require.NoError(t, err, "nothing is behind it")

	again := clean(t, dir, "a.log", first.read(first.clean)+"noise 3\nfour\n", "a.log.3.orb")
	_, err = first.open(original.Options{}, false).Whole()
	var no *original.Refusal
	require.ErrorAs(t, err, &no)
	assert.Equal(t, original.CleanedAgain, no.Why)
	assert.Equal(t, again.audit, no.Audit)
}
