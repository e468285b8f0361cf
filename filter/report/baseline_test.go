package report

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// unknownIn returns what the filter does not know of a log.
func unknownIn(t *testing.T, log string) []*filter.Unknown {
	t.Helper()
	return summaryOf(t, log).Unknown
}

func summaryOf(t *testing.T, log string) *filter.Summary {
	t.Helper()
	f := filter.New(rules.NewSet(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
	_, err := f.Write([]byte(log))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Summary()
}

func putBaseline(file string, r *Report) error {
	_, err := WriteBaseline(file, r)
	return err
}

func getBaseline(file string) (*Baseline, error) {
	return readBaseline(file, "orbfilter scan --write-baseline "+file+" logs/")
}

func traceback(last string) string {
	return "Traceback (most recent call last):\n  File \"deploy.py\", line 1, in <module>\n" + last + "\n"
}

// raisedIn is a traceback whose innermost frame is of a library, and called by this
// function of the deploy.
func raisedIn(function, last string) string {
	return "Traceback (most recent call last):\n  File \"deploy.py\", line 30, in <module>\n  File \"/srv/tasks/hooks.py\", line 7, in " + function + "\n    x\n" +
		"  File \"/srv/.venv/lib/python3.12/site-packages/client.py\", line 12, in send\n    y\n    ^\n" + last + "\n"
}

func reportOf(unknown ...*filter.Unknown) *Report { return &Report{Unknown: unknown} }

func putText(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

func textOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}

// TestFingerprintsStay: people keep baselines. Whoever changes how a text gets
// its fingerprint counts filter.FingerprintVersion up, and writes the new ones here.
func TestFingerprintsStay(t *testing.T) {
	log := raisedIn("put", "KeyError: 'a'") + raisedIn("put", "KeyError: 'b'") + raisedIn("get", "KeyError: 'b'") +
		traceback("AssertionError: a bug in the deploy") + traceback(`KeyError: 'vm-17'`) + traceback("OSError: [Errno 28] No space left on device: '/srv/a'") + traceback("ValueError")
	var got []string
	for _, u := range unknownIn(t, log) {
		got = append(got, u.Fingerprint)
	}
	assert.Equal(t, 2, filter.FingerprintVersion)
	assert.Equal(t, []string{"U-d7141c90", "U-d83789b7", "U-ee389b08", "U-8cc2a547", "U-990a7d65", "U-d557e8d7"}, got)
}

// TestBaselineHoldsWhatItWasWrittenOf: what was written is known, in any order,
// and nothing else is.
func TestBaselineHoldsWhatItWasWrittenOf(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		file := filepath.Join(dir, fmt.Sprint(rand.Uint64()))
		unknown := rapid.Custom(func(r *rapid.T) *filter.Unknown {
			return &filter.Unknown{
				Fingerprint: rapid.StringMatching(`U-[0-9a-f]{8}`).Draw(r, "fingerprint"),
				Kind:        rapid.SampledFrom([]string{"exception", "recurring"}).Draw(r, "kind"),
				Sample:      rapid.String().Draw(r, "sample"),
				Where:       rapid.String().Draw(r, "where"),
			}
		})
		all := rapid.SliceOfDistinct(unknown, func(u *filter.Unknown) string { return u.Fingerprint }).Draw(r, "unknown")
		in, out := all[:len(all)/2], all[len(all)/2:]
		require.NoError(t, putBaseline(file, reportOf(in...)))
		text := textOf(t, file)
		b, err := getBaseline(file)
		require.NoError(t, err, "%q", text)
		for _, u := range in {
			assert.False(t, b.isNew(u))
		}
		for _, u := range out {
			assert.True(t, b.isNew(u))
		}
		slices.Reverse(in)
		require.NoError(t, putBaseline(file, reportOf(in...)))
		assert.Equal(t, text, textOf(t, file), "the order in the report makes no difference")
		require.NoError(t, os.Remove(file))
		require.NoError(t, putBaseline(file, reportOf(in...)))
		assert.Equal(t, text, textOf(t, file), "neither does what was there before")
	})
}

// TestSampleLineIsReadAsWritten: a line of which nothing can be printed leaves
// neither a separator nor a space at the border, which reading takes away.
func TestSampleLineIsReadAsWritten(t *testing.T) {
	for sample, want := range map[string]string{
		"\u202e\n#":           "#",
		"#\n\u2028\n\u200b\n": "#",
		"\u202e a \u202e\nb":  "a / b",
		"\x1b[31m \x1b[0m\nb": "b",
		"\u202e":              "",
	} {
		assert.Equal(t, want, sampleLine(&filter.Unknown{Sample: sample}), "%q", sample)
	}
}

// TestBaselineIsForReadersToo: one line a text, in order, and nothing in it that
// varies or gives orders.
func TestBaselineIsForReadersToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "orbfilter.baseline")
	log := traceback("KeyError: 'b'") + traceback("\x1b[31mOSError: 10.0.0.17 \x1b]0;title\x07took 12.5s\u202e evil\x1b[0m") + traceback("ValueError: "+strings.Repeat("long ", 100)) + traceback("20260101")
	require.NoError(t, putBaseline(file, reportOf(unknownIn(t, log)...)))
	lines := strings.Split(textOf(t, file), "\n")
	assert.Equal(t, "# orbfilter baseline, fingerprints v2", lines[0])
	body := lines[slices.IndexFunc(lines, func(l string) bool { return l != "" && l[0] != '#' }):]
	require.Len(t, body, 5, "four lines, and the end of the last")
	assert.True(t, slices.IsSorted(body[:4]))
	text := strings.Join(body, "\n")
	assert.Contains(t, text, "exception OSError: … took … evil, in <module> (deploy.py)\n")
	assert.Contains(t, text, "exception 20260101, in <module> (deploy.py)\n", "there is nothing else to say of it")
	assert.NotContains(t, text, "\x1b")
	for _, l := range body {
		assert.Less(t, len(l), 170)
	}
}

// TestBaselineDiffsAreSmall: writing anew takes out what is gone and puts in what
// is new; the other lines, their words and their comments stay.
func TestBaselineDiffsAreSmall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "orbfilter.baseline")
	at := func(fingerprint, sample string) *filter.Unknown {
		return &filter.Unknown{Fingerprint: fingerprint, Kind: filter.Exception, Sample: sample}
	}
	require.NoError(t, putBaseline(file, reportOf(at("U-aaaaaaaa", "A: one"), at("U-cccccccc", "C: one"))))
	head := headLine() + "\n" + baselineText
	require.Equal(t, head+"\nU-aaaaaaaa exception A: one\nU-cccccccc exception C: one\n", textOf(t, file))

	putText(t, file, head+"\n# ours, until the move\r\nU-cccccccc exception C: our words\r\nU-aaaaaaaa exception A: one\n")
	require.NoError(t, putBaseline(file, reportOf(at("U-cccccccc", "C: another"), at("U-bbbbbbbb", "B: one"))))
	assert.Equal(t, head+"\nU-bbbbbbbb exception B: one\n# ours, until the move\nU-cccccccc exception C: our words\n", textOf(t, file))

	require.NoError(t, putBaseline(file, reportOf()))
	assert.Equal(t, head+"\n", textOf(t, file))
	b, err := getBaseline(file)
	require.NoError(t, err, "an empty baseline is one: everything is new")
	assert.True(t, b.isNew(at("U-cccccccc", "")))
}

// TestBaselineMends: what only writing anew can mend is written over, and what is
// something else is not.
func TestBaselineMends(t *testing.T) {
	file := filepath.Join(t.TempDir(), "orbfilter.baseline")
	for _, before := range []string{"", headLine() + "\n<<<<<<< HEAD\n", "# orbfilter baseline, fingerprints v99\nU-1 x\n", "\ufeff" + headLine() + "\r\n"} {
		putText(t, file, before)
		require.NoError(t, putBaseline(file, reportOf()), "%q", before)
		_, err := getBaseline(file)
		assert.NoError(t, err, "%q", before)
	}
	for _, before := range []string{"a log\n", "\n" + headLine() + "\n", "\x00"} {
		putText(t, file, before)
		require.ErrorContains(t, putBaseline(file, reportOf()), "this file is something else", "%q", before)
		assert.Equal(t, before, textOf(t, file))
	}
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no half file is left")
}

// TestBaselineIsAFileOfTheProject: others can read it, its mode stays, and a link
// to it stays a link.
func TestBaselineIsAFileOfTheProject(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes, and links only for those who may")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("real", link))
	require.NoError(t, putBaseline(file, reportOf()))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode())
	require.NoError(t, os.Chmod(file, 0o640))
	require.NoError(t, putBaseline(link, reportOf(&filter.Unknown{Fingerprint: "U-12345678", Kind: "recurring"})))
	info, err = os.Lstat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode())
	assert.Contains(t, textOf(t, file), "U-12345678 recurring\n")
	info, err = os.Lstat(link)
	require.NoError(t, err)
	assert.Equal(t, os.ModeSymlink, info.Mode().Type())
}

// TestWrongBaselines: each mistake is named with its place and what to type.
func TestWrongBaselines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	for text, want := range map[string]string{
		"":                       ":1:1: this is no baseline",
		"U-12345678 exception\n": ":1:1: this is no baseline",
		"\n" + headLine() + "\n": ":1:1: this is no baseline",
		"# orbfilter baseline, fingerprints v3\n":                                   ":1:1: its fingerprints are of version 3, and this orbfilter has version 2; write it anew: orbfilter scan --write-baseline ",
		headLine() + "\n\nU-12345678\n":                                             ":3:1: \"U-12345678\" is no fingerprint with exception or recurring behind it",
		headLine() + "\nU-12345678 error x\n":                                       ":2:1: \"U-12345678 error x\" is no",
		headLine() + "\ngevent-fork-hooks-assertion exception\n":                    ":2:1: \"gevent-fork-hooks-assertion exception\" is no",
		headLine() + "\n>>>>>>> theirs\n":                                           ":2:1: a merge conflict is left here",
		headLine() + "\n\x1b]0;title\x07\n":                                         `:2:1: "\x1b]0;title\a" is no`,
		headLine() + strings.Repeat("\nU-", 5000):                                   ":11:1: \"U-\" is no",
		headLine() + "\n" + strings.Repeat("U-12345678 exception x\n", 16<<20/23+1): ": cannot read the baseline: it has more than 16 MiB",
	} {
		putText(t, file, text)
		_, err := getBaseline(file)
		require.Error(t, err, "%.100q", text)
		assert.Contains(t, err.Error(), file+want)
		assert.Less(t, len(err.Error()), 2000+10*len(file), "it goes on for ever")
	}
	_, err := getBaseline(file + ".gone")
	assert.EqualError(t, err, file+".gone: there is no such baseline; type: orbfilter scan --write-baseline "+file+".gone logs/")
	_, err = getBaseline(filepath.Dir(file))
	assert.ErrorContains(t, err, "it is no file")
}

// TestMergedBaselines: what git's union of two branches leaves, and an editor on
// Windows, is a baseline.
func TestMergedBaselines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	putText(t, file, "\ufeff"+headLine()+"\r\n# a comment\r\nU-22222222\trecurring  two \r\n\r\nU-11111111 exception one\r\nU-22222222 recurring two, else\r\n"+headLine())
	b, err := getBaseline(file)
	require.NoError(t, err)
	for fingerprint, want := range map[string]bool{"U-11111111": false, "U-22222222": false, "U-2222222": true, "U-33333333": true} {
		assert.Equal(t, want, b.isNew(&filter.Unknown{Fingerprint: fingerprint}), fingerprint)
	}
	require.NoError(t, putBaseline(file, reportOf(&filter.Unknown{Fingerprint: "U-22222222", Kind: "recurring"})))
	assert.Equal(t, 1, strings.Count(textOf(t, file), "U-22222222"))
}

// TestGateThatCannotSeeAll fails: what there is no place for may be new.
func TestGateThatCannotSeeAll(t *testing.T) {
	log := func(n int) *Report {
		var text strings.Builder
		for i := range n {
			text.WriteString(traceback("Error" + strings.Repeat("x", i) + ": new"))
		}
		return New(summaryOf(t, text.String()), Run{})
	}
	g := FailOn{Unknown: true}
	assert.False(t, g.Blind(log(filter.MaxUnknown-1)))
	assert.False(t, g.Blind(log(filter.MaxUnknown)), "none was left out")
	assert.True(t, g.Blind(log(filter.MaxUnknown+1)))
	assert.False(t, FailOn{}.Blind(log(filter.MaxUnknown+1)), "nobody asked")
	assert.False(t, g.Blind(Merge(log(filter.MaxUnknown-1), log(filter.MaxUnknown-2))))
}
