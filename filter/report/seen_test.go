package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
)

// block is a text of lines, each with its key.
func block(was string, keys ...string) *filter.Unknown {
	u := &filter.Unknown{Fingerprint: keys[0], Kind: filter.Recurring, Sample: "one\ntwo", Was: []string{was}, Keys: keys}
	for _, k := range keys {
		u.Texts = append(u.Texts, "line "+k)
	}
	return u
}

// A text is known line by line: the lines of a block are known in other company, and one that is not among them makes
// it new.
func TestGateAsksLineByLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	r := reportOf(block("U-99999999", "U-11111111", "U-22222222"))
	r.Seen = []string{"U-11111111", "U-33000000", "U-33333333", "U-44444444"}
	_, err := WriteBaseline(file, r)
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(textOf(t, file), "\nU-11111111 recurring line U-…\nU-22222222 recurring line U-…\n\nseldom 33000000 33333333 44444444\n"), textOf(t, file))
	b, err := getBaseline(file)
	require.NoError(t, err)
	for _, known := range []*filter.Unknown{block("", "U-22222222"), block("", "U-22222222", "U-11111111"), block("", "U-11111111", "U-33333333")} {
		assert.False(t, b.isNew(known), known.Keys)
	}
	for _, fresh := range []*filter.Unknown{block("", "U-11111111", "U-55555555"), block("", "U-99999999")} {
		assert.True(t, b.isNew(fresh), fresh.Keys)
	}
	change, err := WriteBaseline(file, reportOf(block("", "U-44444444")))
	require.NoError(t, err)
	assert.Empty(t, change.Added, "it was there, if seldom")
	assert.Equal(t, []string{"U-11111111", "U-22222222"}, change.Removed)
}

// A baseline of the first version is carried over: what people have written above a text stays with its first line.
func TestFirstVersionIsCarriedOver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	putText(t, file, "# orbfilter baseline, fingerprints v1\n\n# until June\nU-aaaaaaaa recurring one / two\n# a bug of ours\nU-bbbbbbbb exception KeyError\nU-cccccccc recurring gone\n")
	change, err := WriteBaseline(file, reportOf(block("U-aaaaaaaa", "U-22222222", "U-11111111"), &filter.Unknown{Fingerprint: "U-bbbbbbbb", Kind: filter.Exception, Sample: "KeyError: 1"}, block("U-dddddddd", "U-dd111111")))
	require.NoError(t, err)
	text := textOf(t, file)
	assert.Contains(t, text, "# orbfilter baseline, fingerprints v2\n")
	assert.Contains(t, text, "\nU-11111111 recurring line U-…\n# until June\nU-22222222 recurring line U-…\n# a bug of ours\nU-bbbbbbbb exception KeyError\n")
	assert.Equal(t, []string{"U-dd111111"}, change.Added)
	assert.Equal(t, []string{"U-cccccccc"}, change.Removed)
	assert.Equal(t, 2, change.CarriedOver)
	assert.True(t, change.Old)
}

// Until it is carried over, a baseline of the first version is what the gate goes by: it knows what it knew, and is no
// reason that all is new.
func TestFirstVersionIsCompared(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	putText(t, file, "# orbfilter baseline, fingerprints v1\r\n\nU-aaaaaaaa recurring one / two\nU-bbbbbbbb exception KeyError\nU-cccccccc recurring gone\n")
	b, err := getBaseline(file)
	require.NoError(t, err)
	assert.True(t, b.Old())
	known := []*filter.Unknown{block("U-aaaaaaaa", "U-22222222", "U-11111111"), {Fingerprint: "U-bbbbbbbb", Kind: filter.Exception}}
	for _, u := range known {
		assert.False(t, b.isNew(u), u.Fingerprint)
	}
	for _, u := range []*filter.Unknown{block("U-dddddddd", "U-dd111111"), {Fingerprint: "U-bbbbbbb1", Kind: filter.Exception}} {
		assert.True(t, b.isNew(u), u.Fingerprint)
	}
	g := FailOn{failOn: NewUnknown, Unknown: true, Known: b}
	assert.Equal(t, []Known{{"U-cccccccc", "gone"}}, g.Unseen(known))
	_, err = WriteBaseline(file, reportOf(known...))
	require.NoError(t, err)
	b, err = getBaseline(file)
	require.NoError(t, err)
	assert.False(t, b.Old())
	assert.Len(t, b.entries, 3)
}

// Two lists of keys make one: each key once, in order, the first of them where there are too many.
func TestSeenSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := func(name string) []string {
			out := rapid.SliceOfN(rapid.StringMatching(`U-[01]{1,3}`), 0, 12).Draw(t, name)
			slices.Sort(out)
			return slices.Compact(out)
		}
		a, b := list("a"), list("b")
		want := slices.Concat(a, b)
		slices.Sort(want)
		assert.ElementsMatch(t, slices.Compact(want), seenSet(a, b))
		assert.True(t, slices.IsSorted(seenSet(a, b)))
	})
	many := make([]string, maxSeen)
	for i := range many {
		many[i] = fmt.Sprintf("U-%08d", i)
	}
	assert.Equal(t, many, seenSet(many, []string{"U-00000000", "U-99999999"}), "the last is one too many")
}

// Few keys stand in one line, many by their first two figures.
func TestSeldomLines(t *testing.T) {
	for n, want := range map[int]int{1: 1, 64: 1, 65: 3} {
		var seen []string
		for i := range n {
			seen = append(seen, fmt.Sprintf("U-%02d%06d", i*3/65, i))
		}
		assert.Len(t, seldomLines(seen, nil), want)
		assert.Len(t, strings.Fields(strings.Join(seldomLines(seen, nil), " ")), n+want, "and a word in front of each line")
	}
	assert.Empty(t, seldomLines([]string{"U-11111111"}, []baselineEntry{{fingerprint: "U-11111111"}}), "it has an entry")
}

// What is quoted in an exception varies, and is left out of what a baseline says of it; in other lines it is what they say.
func TestSampleWithoutQuotes(t *testing.T) {
	assert.Equal(t, "KeyError: …", sampleLine(&filter.Unknown{Kind: filter.Exception, Sample: "KeyError: 'web'"}))
	assert.Equal(t, "it says 'no' again", sampleLine(&filter.Unknown{Kind: filter.Recurring, Sample: "it says 'no' again"}))
}

// A comment stays above each line of a text, not only above the first.
func TestCommentsOfEachLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b")
	require.NoError(t, putBaseline(file, reportOf(block("", "U-22222222", "U-11111111"))))
	text := strings.Replace(strings.Replace(textOf(t, file), "\nU-1", "\n# one\nU-1", 1), "\nU-2", "\n# two\nU-2", 1)
	putText(t, file, text)
	require.NoError(t, putBaseline(file, reportOf(block("", "U-22222222", "U-11111111"))))
	assert.Equal(t, text, textOf(t, file))
}
