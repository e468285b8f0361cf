package spool

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/view"
)

var nobody = filter.SinkFunc(func(filter.Event) error { return nil })

// through filters a log in writes of a size, and returns what a spool has kept, and what was shown.
func through(t testing.TB, log []byte, size int, s func(filter.Sink) *Spool) (lines []report.Line, shown []byte) {
	t.Helper()
	out := filter.SinkFunc(func(e filter.Event) error {
		if !e.Fold {
			shown = append(shown, e.Raw...)
		}
		return nil
	})
	spool := s(out)
	defer spool.Close()
	f := filter.New(filtertest.Builtin(), spool, filter.Options{})
	for len(log) > 0 {
		n := min(size, len(log))
		_, err := f.Write(log[:n])
		require.NoError(t, err)
		log = log[n:]
	}
	require.NoError(t, f.Close())
	require.NoError(t, spool.Text().Lines(func(l report.Line) bool { lines = append(lines, l); return true }))
	return lines, shown
}

// TestKeepsAll: the lines that were shown are those of the output, in order; and with what was folded all of the
// input is there, whatever the size of the segments.
func TestKeepsAll(t *testing.T) {
	t.Chdir("..") // where the captures are looked for
	for _, file := range filtertest.Captures(t, "gevent-25.5.1.20-hosts.*", "more/*.log", "samples/piped-1*.err") {
		log := filtertest.Read(t, file)
		for _, size := range []int{segmentSize, 4 << 10} {
			lines, shown := through(t, log, 1000, func(next filter.Sink) *Spool { return newSpool(next, size, 1<<20, 1) })
			assert.Equal(t, asSeen(shown), texts(lines, false), file)
			assert.Equal(t, strings.Count(string(log), "x"), countX(lines, log), file)
			inOrder(t, lines)
		}
	}
}

// countX is how often a letter is among the lines: of captures without frames, as often as in the log.
func countX(lines []report.Line, log []byte) (n int) {
	if bytes.ContainsAny(log, "\r\x1b") {
		return strings.Count(string(log), "x")
	}
	for _, l := range lines {
		n += strings.Count(l.Text, "x")
	}
	return n
}

func inOrder(t *testing.T, lines []report.Line) {
	t.Helper()
	last := 0
	for _, l := range lines {
		if l.Rule == "" {
			require.GreaterOrEqual(t, l.Number, last)
			last = l.Number
		}
	}
}

func asSeen(shown []byte) (out []string) {
	var v view.Line
	for line := range bytes.Lines(shown) {
		out = append(out, strings.ToValidUTF8(string(v.Bare(view.LastFrame(bytes.TrimRight(bytes.TrimSuffix(line, []byte("\n")), "\r")))), "\uFFFD"))
	}
	return out
}

func texts(lines []report.Line, folded bool) (out []string) {
	for _, l := range lines {
		if (l.Rule != "") == folded && l.Left == 0 {
			out = append(out, l.Text)
		}
	}
	return out
}

// TestBounded: of what is very large, the beginning and the end are there, and how many lines are not.
func TestBounded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 3000).Draw(rt, "lines")
		head, tail := rapid.IntRange(1, 4).Draw(rt, "head"), rapid.IntRange(1, 4).Draw(rt, "tail")
		s := newSpool(nobody, 1<<10, head, tail)
		defer s.Close()
		for i := 1; i <= n; i++ {
			require.NoError(t, s.Event(filter.Event{Raw: fmt.Appendf(nil, "line %d\n", i), Line: i}))
		}
		next, gaps := 1, 0
		require.NoError(t, s.Text().Lines(func(l report.Line) bool {
			require.Equal(t, next, l.Number)
			if l.Left > 0 {
				next, gaps = next+l.Left, gaps+1
				return true
			}
			require.Equal(t, fmt.Sprint("line ", next), l.Text)
			next++
			return true
		}))
		require.Equal(t, n+1, next)
		require.LessOrEqual(t, gaps, 1)
		require.LessOrEqual(t, len(s.current), 1<<10)
		if info, err := fileSize(s); err == nil {
			require.LessOrEqual(t, info, int64(head+tail)<<10)
		}
	})
}

func fileSize(s *Spool) (int64, error) {
	if s.file == nil {
		return 0, os.ErrNotExist
	}
	info, err := s.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// TestFails: a folder for temporary files that is none costs the page its text, and nobody a line.
func TestFails(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere/at/all")
	seen := 0
	s := newSpool(filter.SinkFunc(func(e filter.Event) error { seen += len(e.Raw); return nil }), 1<<10, 2, 2)
	for i := range 1000 {
		require.NoError(t, s.Event(filter.Event{Raw: []byte("a line\n"), Line: i + 1}))
	}
	assert.Equal(t, 7000, seen)
	assert.ErrorContains(t, s.Text().Lines(func(report.Line) bool { return true }), "the text was not kept")
}

// TestShownAllTheSame: what a sink does not let be folded is kept once, as shown.
func TestShownAllTheSame(t *testing.T) {
	refuses := filter.SinkFunc(func(e filter.Event) error {
		if e.Fold {
			return filter.ErrShow
		}
		return nil
	})
	t.Chdir("..")
	log := filtertest.Read(t, filtertest.Captures(t, "gevent-25.5.1.3-hosts.pipe.log")[0])
	lines, shown := through(t, log, len(log), func(filter.Sink) *Spool { return New(refuses) })
	assert.Empty(t, texts(lines, true))
	assert.Equal(t, asSeen(log), texts(lines, false))
	assert.Empty(t, shown)
}
