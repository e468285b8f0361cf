package ci_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

var noisy = &rules.Rule{ID: "noisy", Title: "A noise", Severity: rules.Noise}

const marker = "orbfilter: folding noisy here: A noise\n"

func shownEvent(text string) filter.Event { return filter.Event{Raw: []byte(text)} }

var foldedEvent = filter.Event{Rule: noisy, Fold: true, Raw: []byte("noise\n")}

func events(t *testing.T, s *ci.Stream, all ...filter.Event) {
	t.Helper()
	for _, e := range all {
		require.NoError(t, s.Event(e))
	}
	s.Flush()
}

// What one read of the input makes is one write, however many events it is.
func TestOneReadIsOneWrite(t *testing.T) {
	disk := &fullDisk{room: 1 << 20}
	s := &ci.Stream{W: disk, Marks: ci.NewMarks()}
	f := filter.New(rendertest.Builtin(), s, filter.Options{Sent: s.Flush})
	data := []byte(strings.Repeat("    [web] Success\n    [web] Error: executed 1 commands\n", 100))
	for n := 1; n <= 2; n++ {
		_, err := f.Write(data)
		require.NoError(t, err)
		assert.Equal(t, n, disk.calls)
	}
}

func TestMarkerWaitsForTheEndOfTheLine(t *testing.T) {
	for name, c := range map[string]struct {
		events []filter.Event
		want   string
	}{
		"at once":             {[]filter.Event{shownEvent("a\n"), foldedEvent, shownEvent("b\n")}, "a\n" + marker + "b\n"},
		"first of all":        {[]filter.Event{foldedEvent, shownEvent("b\n")}, marker + "b\n"},
		"once":                {[]filter.Event{foldedEvent, shownEvent("b\n"), foldedEvent}, marker + "b\n"},
		"inside a line":       {[]filter.Event{shownEvent("a"), foldedEvent, shownEvent("b\nc\n")}, "ab\nc\n" + marker},
		"at a prompt":         {[]filter.Event{shownEvent("go on? "), foldedEvent}, "go on? "},
		"behind a frame":      {[]filter.Event{shownEvent("| 3%\r\x1b[K"), foldedEvent}, "| 3%\r\x1b[K" + marker},
		"counted, not folded": {[]filter.Event{{Rule: noisy, Raw: []byte("a\n")}}, "a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			events(t, &ci.Stream{W: &b, Marks: ci.NewMarks()}, c.events...)
			assert.Equal(t, c.want, b.String())
		})
	}
}

func TestMarkerInColor(t *testing.T) {
	var b bytes.Buffer
	events(t, &ci.Stream{W: &b, Marks: ci.NewMarks(), Color: true}, foldedEvent)
	assert.Equal(t, "\x1b[2m"+strings.TrimSuffix(marker, "\n")+"\x1b[22m\n", b.String())
}

func TestMarkersOfTwoStreamsAreShared(t *testing.T) {
	var out, err bytes.Buffer
	marks := ci.NewMarks()
	events(t, &ci.Stream{W: &out, Marks: marks}, foldedEvent)
	events(t, &ci.Stream{W: &err, Marks: marks}, foldedEvent)
	assert.Equal(t, marker, out.String())
	assert.Empty(t, err.String())
}

func TestMiddle(t *testing.T) {
	for text, want := range map[string]bool{"a\n": false, "a": true, "a\nb": true, "a\r\n": false, "\r\x1b[K": false} {
		s := &ci.Stream{W: &bytes.Buffer{}}
		assert.False(t, s.Middle(), "nothing was shown")
		events(t, s, shownEvent(text))
		assert.Equal(t, want, s.Middle(), "%q", text)
		events(t, s, foldedEvent)
		assert.Equal(t, want, s.Middle(), "what is folded does not show")
	}
}

// A fullDisk takes so many bytes and no more.
type fullDisk struct {
	bytes.Buffer
	room   int
	calls  int
	writes int // after it was full
}

var errFull = errors.New("disk full")

func (d *fullDisk) Write(p []byte) (int, error) {
	d.calls++
	n := min(len(p), d.room-d.Len())
	if d.Len() == d.room {
		d.writes++
	}
	d.Buffer.Write(p[:n])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// TestFullDiskDoesNotStopTheRun: who writes to the filter does not notice, the
// counts are those of the whole run, and what fits is the beginning of it.
func TestFullDiskDoesNotStopTheRun(t *testing.T) {
	data := rendertest.Capture(t, "gevent-25.5.1.20-hosts.pipe.log")
	whole, want := rendertest.Run(t, data, filter.Options{})
	disk := &fullDisk{room: len(whole) / 2}
	s := &ci.Stream{W: disk}
	f := filter.New(rendertest.Builtin(), s, filter.Options{Sent: s.Flush})
	for chunk := range bytes.Lines(data) {
		n, err := f.Write(chunk)
		require.NoError(t, err)
		require.Len(t, chunk, n)
	}
	require.NoError(t, f.Close())

	require.ErrorIs(t, s.Err(), errFull)
	assert.Equal(t, string(whole[:disk.room]), disk.String())
	assert.LessOrEqual(t, disk.writes, 1, "writes to a disk that is known to be full")
	assert.Equal(t, string(rendertest.JSON(t, want)), string(rendertest.JSON(t, f.Summary())))
}
