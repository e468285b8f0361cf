package filter_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// The result does not depend on how the input is cut into writes.
func TestCuts(t *testing.T) {
	testrun.Long(t)
	for _, file := range filtertest.EveryCapture(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := filtertest.Read(t, file)
			want, sum := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
			for _, size := range []int{1, 2, 3, 7, 64} {
				got, s := filtertest.Run(t, filtertest.Builtin(), data, size, filter.Options{})
				require.Equal(t, string(want), string(got), "writes of %d bytes", size)
				require.Equal(t, sum.Folded, s.Folded)
				require.Equal(t, filtertest.Counts(sum), filtertest.Counts(s))
			}
		})
	}
}

// Nor does it depend on the kind of line ends.
func TestLineEnds(t *testing.T) {
	for _, file := range filtertest.Captures(t, "*.log", "samples/*.err", "more/*.log") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			lf := filtertest.Read(t, file)
			crlf := bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))
			want, sum := filtertest.Run(t, filtertest.Builtin(), lf, 0, filter.Options{})
			got, s := filtertest.Run(t, filtertest.Builtin(), crlf, 0, filter.Options{})
			assert.Equal(t, string(want), strings.ReplaceAll(string(got), "\r\n", "\n"))
			assert.Equal(t, filtertest.Counts(sum), filtertest.Counts(s))
		})
	}
}

// own finds the lines of pyinfra in a raw capture, whatever is glued to them:
// each is written at once, with its line end.
var own = regexp.MustCompile(`(?m)(?:    \[[\w.-]+\] +(?:Connected|Ready: .*|Success|No changes)|--> .*|    (?:Operation|Say hi|say hi|touch|Ensure dir|Line|Grand total|dir|op) +\S+.*|    Loading: .*)$`)

// What is left of a run in a pipe are exactly its own lines, in their order.
func TestOwnLinesStay(t *testing.T) {
	for _, file := range filtertest.Captures(t, "*.pipe.log", "samples/piped-*.err", "samples/pyinfra-orb3*.err", "samples/gevent2551*", "more/gevent-25.5.1*.pipe.log") {
		if strings.Contains(file, "failed") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := filtertest.Read(t, file)
			shown, _ := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
			assert.Equal(t, own.FindAllString(string(data), -1), visibleLines(shown))
		})
	}
}

// What holds no known issue comes out byte for byte.
func TestPassesUntouched(t *testing.T) {
	for name, data := range map[string]string{
		"empty":           "",
		"no end":          "a line without an end",
		"blank lines":     "\n\n\na\n\n\r\n \n",
		"invalid UTF-8":   "\xff\xfe\x80\n\xc3\n",
		"NUL":             "a\x00b\n\x00\n",
		"CR":              "10%\r20%\r\x1b[K30%\r\n\r\r\nx\r",
		"broken escapes":  "\x1b\n\x1b[\n\x1b]0;title\n\x1b[31\nx\x1b",
		"long line":       strings.Repeat("x", 200_000) + "\n",
		"half a head":     "Exception ignored in: ",
		"head and object": "Exception ignored in: <function f at 0x1>\nTraceback (most recent call last):\nValueError: x\n",
		"traceback": "Traceback (most recent call last):\n  File \"x.py\", line 1, in <module>\n    assert x\n           ^\nAssertionError: \n" +
			"Traceback (most recent call last):\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, 3} {
				shown, s := filtertest.Run(t, filtertest.Builtin(), []byte(data), size, filter.Options{})
				assert.Equal(t, data, string(shown))
				assert.Empty(t, s.Issues)
			}
		})
	}
}

func TestLineOf100MB(t *testing.T) {
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
	chunk := bytes.Repeat([]byte("Exception ignored in: x "), 4096)
	for range 100 << 20 / len(chunk) {
		_, err := f.Write(chunk)
		require.NoError(t, err)
		require.Less(t, f.Summary().Input.Bytes-f.Summary().Output.Bytes, int64(128<<10), "nothing piles up")
	}
	require.NoError(t, f.Close())
	assert.Equal(t, f.Summary().Input, f.Summary().Output)
}

const block = `Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f021a09b230>>
Traceback (most recent call last):
  File "/srv/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child
    assert not thread.is_alive()
               ^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.12/threading.py", line 1475, in is_alive
    assert not self._is_stopped and self._started.is_set()
AssertionError: 
`

// live is a filter with a clock, and what it has shown.
type live struct {
	*filter.Filter
	shown strings.Builder
	now   time.Time
}

func newLive() *live {
	l := &live{now: time.Unix(1_000_000, 0)}
	l.Filter = filter.New(filtertest.Builtin(), filter.SinkFunc(func(e filter.Event) error {
		if !e.Fold {
			l.shown.Write(e.Raw)
		}
		return nil
	}), filter.Options{})
	return l
}

// pass lets time pass as the pump does, in ticks of 50 ms.
func (l *live) pass(d time.Duration) {
	for ; d > 0; d -= 50 * time.Millisecond {
		l.now = l.now.Add(50 * time.Millisecond)
		_ = l.Tick(l.now)
	}
}

func (l *live) write(text string) { _ = l.Tick(l.now); _, _ = l.Write([]byte(text)) }

func TestLinesLeaveAtOnce(t *testing.T) {
	l := newLive()
	l.write("    [web] Success\n    [db] No ch")
	assert.Equal(t, "    [web] Success\n", l.shown.String())
	l.write("anges\n")
	assert.Equal(t, "    [web] Success\n    [db] No changes\n", l.shown.String())
}

func TestPromptIsShownWhenIdle(t *testing.T) {
	for _, prompt := range []string{"    Press enter to execute...", "[web] sudo password: ", "    - 33% (1/3)\r"} {
		l := newLive()
		l.write("--> x\n" + prompt)
		_ = l.Flush()
		assert.Equal(t, "--> x\n"+prompt, l.shown.String())
	}
}

func TestBeginningOfABlockWaits(t *testing.T) {
	l := newLive()
	l.write(block[:30])
	_ = l.Flush()
	assert.Empty(t, l.shown.String())
	l.write(block[30:200])
	l.pass(400 * time.Millisecond) // the child pauses in the middle of a line
	l.write(block[200:])
	l.pass(time.Second)
	assert.Empty(t, l.shown.String())
	assert.False(t, l.Pending())
}

func TestBlockThatNeverEndsIsShown(t *testing.T) {
	l := newLive()
	cut := block[:strings.Index(block, "AssertionError")]
	l.write(cut + "    [web] Success\n")
	assert.Empty(t, l.shown.String())
	l.pass(700 * time.Millisecond)
	assert.Equal(t, cut+"    [web] Success\n", l.shown.String())
}

// Ctrl-Z in the middle of a block: the clock goes on, the block does not.
func TestStoppedProcessLosesNoBlock(t *testing.T) {
	l := newLive()
	l.write(block[:300])
	l.now = l.now.Add(time.Hour)
	l.write(block[300:])
	assert.Empty(t, l.shown.String())
}

func TestPromptBehindNoise(t *testing.T) {
	shown, s := filtertest.Run(t, filtertest.Builtin(), []byte("[web] sudo password: "+block+"[web] x\n"), 0, filter.Options{})
	assert.Equal(t, "[web] sudo password: [web] x\n", string(shown))
	assert.Equal(t, 1, s.Issues[0].Count)
}

// What a host printed is the host's, though it looks like the issue.
func TestOutputOfAHostStays(t *testing.T) {
	var remote strings.Builder
	for l := range strings.Lines(block) {
		remote.WriteString("[web] " + l)
	}
	shown, _ := filtertest.Run(t, filtertest.Builtin(), []byte(remote.String()), 0, filter.Options{})
	assert.Equal(t, remote.String(), string(shown))
}

// More waits behind a block than may: all of it leaves.
func TestTooMuchBehindABlock(t *testing.T) {
	f := newLive()
	f.write(block[:300])
	line := strings.Repeat("x", 1000) + "\n"
	for range 1100 {
		f.write(line)
	}
	assert.Equal(t, block[:300][:strings.LastIndex(block[:300], "\n")+1], f.shown.String()[:strings.LastIndex(block[:300], "\n")+1])
	assert.Less(t, f.Summary().Limits.HeldBytesMax, 1<<20+64<<10)
}

func TestSinkFails(t *testing.T) {
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(filter.Event) error { return fmt.Errorf("disk full") }), filter.Options{})
	n, err := f.Write([]byte("a\nb\n"))
	assert.Equal(t, 4, n)
	assert.ErrorContains(t, err, "disk full")
}

func TestVersionDecides(t *testing.T) {
	for version, folded := range map[string]bool{"25.5.1": true, "25.8.1": false, "26.9.0": false, "": true, "nonsense": true} {
		shown, s := filtertest.Run(t, filtertest.Builtin(), []byte(block), 0, filter.Options{Installed: func(site, pkg string) (string, time.Time) {
			assert.Equal(t, "/srv/.venv/lib/python3.12/site-packages", site)
			assert.Equal(t, "gevent", pkg)
			return version, time.Time{}
		}})
		assert.Equal(t, folded, len(shown) == 0, "gevent %q", version)
		assert.Equal(t, !folded, s.Issues[0].Unfolded == 1)
	}
	other := strings.ReplaceAll(block, "python3.12", "python3.13")
	shown, _ := filtertest.Run(t, filtertest.Builtin(), []byte(other), 0, filter.Options{})
	assert.Equal(t, other, string(shown), "not on Python 3.13")
}

// A pattern that cannot decide about a line leaves it alone, and decides about the next.
func TestUndecided(t *testing.T) {
	r, err := rules.Parse("slow.yaml", []byte("id: slow\ntitle: t\nseverity: noise\nmatch: {line: '^(?:(a+)+\\1)+$'}\nsamples: [{text: aa}]\n"))
	require.NoError(t, err)
	data := strings.Repeat("a", 40) + "!\nok\n"
	for n := range 5 {
		shown, s := filtertest.Run(t, rules.NewSet(r), []byte(strings.Repeat(data, n)+"aa\n"), 0, filter.Options{})
		assert.Equal(t, strings.Repeat(data, n), string(shown))
		assert.Equal(t, 1, s.Issues[0].Count)
		assert.Equal(t, n, s.Limits.RegexTimeouts)
	}
}

// FuzzLossless: whatever comes in comes out or is folded, and how it is cut
// does not matter.
func FuzzLossless(f *testing.F) {
	for _, file := range filtertest.Captures(f, "gevent-25.5.1.3-hosts.*", "samples/piped-13.err", "more/no-yes-no-stdin.log") {
		f.Add(filtertest.Read(f, file), uint16(77))
	}
	f.Add([]byte("Exception ignored in:     \\ 0% (0/20)\r\x1b[K<bound method \r\n"), uint16(3))
	set := filtertest.Builtin()
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		want, _ := filtertest.Run(t, set, data, 0, filter.Options{})
		got, _ := filtertest.Run(t, set, data, 1+int(cut)%97, filter.Options{})
		if !slices.Equal(want, got) {
			t.Fatalf("whole: %q\ncut:   %q", want, got)
		}
	})
}

// BenchmarkClean is a log without a known issue, BenchmarkNoisy one that is
// mostly noise.
func BenchmarkClean(b *testing.B) { benchmark(b, "gevent-25.9.1.20-hosts.pipe.log") }
func BenchmarkNoisy(b *testing.B) { benchmark(b, "gevent-25.5.1.20-hosts.pipe.log") }

func benchmark(b *testing.B, file string) {
	data := bytes.Repeat(filtertest.Read(b, filtertest.Captures(b, file)[0]), 50)
	b.SetBytes(int64(len(data)))
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
	for b.Loop() {
		_, _ = f.Write(data)
	}
}

// A line that ends with CR LF is one, also behind such that end with a bare carriage return, however they come in.
func TestLinesInFrontOfTheFirstLineFeed(t *testing.T) {
	for _, size := range []int{0, 1, 6} {
		_, s := filtertest.Run(t, filtertest.Builtin(), []byte("--> Loading config...\r    [vm-1] Error: executed 0 commands\rtext\r\ntext\n"), size, filter.Options{})
		assert.EqualValues(t, 4, s.Input.Lines, "writes of %d bytes", size)
	}
}
