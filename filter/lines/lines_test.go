package lines_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/lines"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A catcher writes down what it is handed. Lines that hold pass in their text go on whole.
type catcher struct {
	pass string
	all  []string
	raw  bytes.Buffer
	seen []byte // what Whole was asked about
}

func (c *catcher) Whole(p []byte, at int) int {
	if at == 0 {
		c.seen = p
	} else if &c.seen[0] != &p[0] || len(c.seen) != len(p) {
		panic("other lines than those that were begun with")
	}
	for at < len(p) {
		n := bytes.IndexByte(p[at:], '\n') + 1
		if c.pass == "" || !bytes.Contains(p[at:at+n], []byte(c.pass)) {
			break
		}
		c.note("whole", p[at:at+n])
		at += n
	}
	return at
}

func (c *catcher) note(what string, raw []byte) {
	c.all = append(c.all, fmt.Sprintf("%s %q", what, raw))
	c.raw.Write(raw)
}

func (c *catcher) Frame(raw []byte) { c.note("frame", raw) }
func (c *catcher) Late(raw []byte)  { c.note("late", raw) }
func (c *catcher) Long(raw []byte, begins bool) {
	c.all = append(c.all, fmt.Sprintf("long %v %d", begins, len(raw)))
	c.raw.Write(raw)
}
func (c *catcher) EndLine(returned bool) { c.all = append(c.all, fmt.Sprintf("end %v", returned)) }

// cut sends text through a cutter, in pieces of the sizes.
func cut(text, pass string, sizes func() int) *catcher {
	c := &catcher{pass: pass}
	return cutBy(lines.New(c), c, text, sizes)
}

func cutBy(cutter *lines.Cutter, c *catcher, text string, sizes func() int) *catcher {
	for text != "" {
		n := min(len(text), sizes())
		p := []byte(text[:n])
		cutter.Write(p)
		for i := range p {
			p[i] = '#' // it may be the caller's buffer: nothing of it is kept
		}
		text = text[n:]
	}
	cutter.Close()
	return c
}

func allAtOnce() int { return 1 << 30 }

// drawText draws what lines may be made of.
func drawText(t *rapid.T) string {
	parts := []string{"a", "bc ", "\n", "\n", "\r\n", "\r", "\r\r\n", "\x1b[K", "\x1b[", "\x1b[2K", "\x1b", "pass", "\x1b[31m"}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 40).Draw(t, "text"), "")
}

// However the stream is cut, the same frames and ends of lines come out, and all of its bytes.
func TestAnyCutGivesTheSameFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t)
		want := cut(text, "", allAtOnce)
		got := cut(text, "", func() int { return rapid.IntRange(1, 9).Draw(t, "size") })
		require.Equal(t, text, want.raw.String())
		require.Equal(t, want.all, got.all, "%q", text)
		c := &catcher{}
		cutter := lines.New(c)
		cutter.WholeLines()
		require.Equal(t, want.all, cutBy(cutter, c, text, func() int { return 3 }).all, "%q", text)
	})
}

// FuzzAnyCut asks the same of any text, in pieces of any one size.
func FuzzAnyCut(f *testing.F) {
	for _, text := range []string{"", "a\r\x1b[Kb\r\n\nc", "\r\r\n\x1b[", "a\x1b[2K\r\x1b"} {
		f.Add(text, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		want, got := cut(text, "", allAtOnce), cut(text, "", func() int { return 1 + int(size) })
		require.Equal(t, text, got.raw.String())
		require.Equal(t, want.all, got.all)
	})
}

// Lines that need not be cut go on where they lie, and the same bytes are cut or go on.
func TestWholeLinesGoOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t)
		got := cut(text, "pass", allAtOnce)
		require.Equal(t, text, got.raw.String())
		for _, line := range strings.SplitAfter(text, "\n") {
			if strings.HasSuffix(line, "\n") && strings.Contains(line, "pass") {
				require.Contains(t, got.all, fmt.Sprintf("whole %q", line))
			}
		}
	})
	got := cut("a pass\nb\r\npass\npass\nc", "pass", allAtOnce)
	assert.Equal(t, []string{`whole "a pass\n"`, `frame "b\r\n"`, "end true", `whole "pass\n"`, `whole "pass\n"`, `frame "c"`}, got.all)
}

// What is a frame, and what is an end.
func TestFrames(t *testing.T) {
	for text, want := range map[string][]string{
		"":                      nil,
		"a\n":                   {`frame "a\n"`, "end false"},
		"a":                     {`frame "a"`},
		"\n":                    {`frame "\n"`, "end false"},
		"a\r\n":                 {`frame "a\r\n"`, "end true"},
		"a\r\x1b[Kb\n":          {`frame "a\r\x1b[K"`, `frame "b\n"`, "end false"},
		"a\rb\rc\r\n\nd":        {`frame "a\r"`, `frame "b\r"`, `frame "c\r\n"`, "end true", `frame "\n"`, "end false", `frame "d"`},
		"a\r":                   {`frame "a\r"`},
		"one\ntwo\r\x1b[Kthree": {`frame "one\n"`, "end false", `frame "two\r\x1b[K"`, `frame "three"`},
		"a\r\r\r\rbcdefgh\n":    {`frame "a\r"`, `frame "\r"`, `frame "\r"`, `frame "\r"`, `frame "bcdefgh\n"`, "end false"}, // empty frames
		"a\r\r\r\x1b[Kb":        {`frame "a\r"`, `frame "\r"`, `frame "\r\x1b[K"`, `frame "b"`},                              // the last one erases
		"a\r\x1b[K\r\r\nb":      {`frame "a\r\x1b[K"`, `frame "\r\r\n"`, "end true", `frame "b"`},                            // an end
		"a\r\x1b[K\r\r":         {`frame "a\r\x1b[K"`, `frame "\r\r"`},                                                       // perhaps one
	} {
		assert.Equal(t, want, cut(text, "", allAtOnce).all, "%q", text)
	}
}

// A line that is too long passes, also where it has frames, and the next one is cut again.
func TestLongLines(t *testing.T) {
	const most = lines.Longest
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"as long as may be": {strings.Repeat("x", most) + "\nb\n", []string{"frame", "end false", `frame "b\n"`, "end false"}},
		"longer":            {strings.Repeat("x", most+1) + "\nb\n", []string{fmt.Sprint("long true ", most+2), `frame "b\n"`, "end false"}},
		"a frame of it":     {"a\r" + strings.Repeat("x", most+1) + "\rc\nb\n", []string{`frame "a\r"`, fmt.Sprint("long true ", most+2), "long false 2", `frame "b\n"`, "end false"}},
		"without end":       {strings.Repeat("x", most+1), []string{fmt.Sprint("long true ", most+1), "long false 0"}},
	} {
		got := cut(c.text, "", allAtOnce)
		assert.Equal(t, c.text, got.raw.String(), name)
		assert.Len(t, got.all, len(c.want), name)
		for i, want := range c.want {
			assert.True(t, strings.HasPrefix(got.all[i], want), "%s: %.40q", name, got.all[i])
		}
	}
	c := &catcher{}
	lines.New(c).Write(bytes.Repeat([]byte("x"), most+1))
	assert.Equal(t, []string{fmt.Sprint("long true ", most+1)}, c.all, "nothing is behind it")
	rapid.Check(t, func(t *rapid.T) { // the sizes of the parts are those of the pieces
		text := "a\n" + strings.Repeat("x", most+rapid.IntRange(-3, 3).Draw(t, "more")) + rapid.SampledFrom([]string{"\n", "\r\n", "\r\x1b[Ky\n", "\ry\r\n", ""}).Draw(t, "end") + "b\n"
		got := cut(text, "", func() int { return rapid.SampledFrom([]int{1000, most - 2, most, most + 5}).Draw(t, "size") })
		require.Equal(t, text, got.raw.String())
		if strings.HasSuffix(text, "\nb\n") {
			require.Equal(t, []string{`frame "b\n"`, "end false"}, got.all[len(got.all)-2:])
		}
	})
}

// A part is the line that has not ended, without the frames of it that have. What is taken of it is not cut any
// more, and its end is known as such.
func TestParts(t *testing.T) {
	c := &catcher{}
	cutter := lines.New(c)
	cutter.Write([]byte("one\nold\r\x1b[Kprom"))
	assert.Equal(t, []string{`frame "one\n"`, "end false", `frame "old\r\x1b[K"`}, c.all)
	assert.Equal(t, "prom", string(cutter.Part()))
	cutter.Write([]byte("pt: "))
	assert.Equal(t, "prompt: ", string(cutter.Part()))
	assert.Equal(t, "prompt", string(cutter.Take(6)))
	assert.Equal(t, ": ", string(cutter.Part()))
	cutter.Write([]byte("yes\n"))
	assert.Equal(t, []string{`frame ": yes\n"`, "end false"}, c.all[3:])
	assert.Empty(t, cutter.Part())

	for next, want := range map[string][]string{
		"\nb\n": {`late "\n"`, "end true", `frame "b\n"`, "end false"}, // CR LF, the CR of which was taken
		"b\n":   {`frame "b\n"`, "end false"},                          // a spinner
		"\r\n":  {`frame "\r\n"`, "end true"},
	} {
		c := &catcher{}
		cutter := lines.New(c)
		cutter.Write([]byte("a\r"))
		assert.Equal(t, "a\r", string(cutter.Take(2)))
		cutter.Write(nil)
		cutter.Write([]byte(next))
		assert.Equal(t, want, c.all, "%q", next)
	}
}

// What was taken in part goes on where it was cut, not only at its end.
func TestTakenInTheMiddleOfAnEnd(t *testing.T) {
	c := &catcher{}
	cutter := lines.New(c)
	cutter.Write([]byte("a\rb"))
	assert.Equal(t, "b", string(cutter.Take(1)))
	cutter.Write([]byte("\n"))
	assert.Equal(t, []string{`frame "a\r"`, `frame "\n"`, "end false"}, c.all)
	cutter.Write([]byte("x"))
	cutter.Drop()
	cutter.Close()
	assert.Len(t, c.all, 3)
}

// A part is as old as its first byte, or as what was taken from it last.
func TestSinceWhen(t *testing.T) {
	cutter := lines.New(&catcher{})
	at := func(s time.Duration) { cutter.Tick(s * time.Second) }
	at(1)
	cutter.Write([]byte("a\nb"))
	at(2)
	cutter.Write([]byte("c"))
	assert.Equal(t, time.Second, cutter.Since())
	at(3)
	cutter.Take(1)
	assert.Equal(t, 3*time.Second, cutter.Since())
	at(4)
	cutter.Write([]byte("\nd"))
	assert.Equal(t, 4*time.Second, cutter.Since())
}

// A line is kept up to the length that it may have, and passes from its next byte on. One of objects may be longer.
func TestHowMuchIsKept(t *testing.T) {
	for begin, most := range map[string]int{"": lines.Longest, `{"log": "`: view.LongestObject} {
		line := []byte(begin + strings.Repeat("x", most-len(begin)))
		c := &catcher{}
		cutter := lines.New(c)
		cutter.Write(line)
		assert.Empty(t, c.all, begin)
		cutter.Write([]byte("\n"))
		assert.Equal(t, []string{fmt.Sprintf("frame %q", append(line, '\n')), "end false"}, c.all, begin)

		c.all = nil
		cutter.Write(append(line, 'y'))
		assert.Equal(t, []string{fmt.Sprint("long true ", most+1)}, c.all, begin)
		for _, more := range []string{"and ", "so on\nb\n"} {
			cutter.Write([]byte(more))
		}
		assert.Equal(t, []string{"long false 4", "long false 6", `frame "b\n"`, "end false"}, c.all[1:], begin)
	}
}

// Where nobody waits for frames, a line is cut when it has ended, or is longer than a line may be.
func TestWholeLines(t *testing.T) {
	c := &catcher{}
	cutter := lines.New(c)
	cutter.WholeLines()
	cutter.Write([]byte("old\r\x1b[K" + strings.Repeat("x", lines.Longest-7)))
	assert.Empty(t, c.all)
	cutter.Write([]byte("x"))
	assert.Equal(t, []string{`frame "old\r\x1b[K"`}, c.all)
	assert.Len(t, cutter.Part(), lines.Longest-6)
}

// Lines that come together are asked about together, where they lie.
func TestLinesAreNotCopied(t *testing.T) {
	c := &catcher{pass: "pass"}
	p := []byte("a pass\nb pass\nc")
	lines.New(c).Write(p)
	assert.Same(t, &p[0], &c.seen[0])
	assert.Equal(t, "a pass\nb pass\n", string(c.seen))
}

// A line begins where none waits for its end: not that of a long one, nor the LF behind a CR that was taken.
func TestRests(t *testing.T) {
	cutter := lines.New(&catcher{})
	assert.True(t, cutter.Rests())
	for _, step := range []struct {
		text  string
		take  int
		rests bool
	}{
		{"a", 0, false},
		{"\n", 0, true},
		{"prompt: ", 0, false},
		{"", 8, true},
		{"yes\r", 4, false},
		{"\n", 0, true},
		{strings.Repeat("x", lines.Longest+1), 0, false},
		{"y\nb\n", 0, true},
	} {
		cutter.Write([]byte(step.text))
		if step.take > 0 {
			cutter.Take(step.take)
		}
		assert.Equal(t, step.rests, cutter.Rests(), "%.20q", step.text)
	}
}

// nowhere takes what there is.
type nowhere struct{ n int }

func (n *nowhere) Whole(_ []byte, at int) int { return at }
func (n *nowhere) Frame(raw []byte)           { n.n += len(raw) }
func (n *nowhere) Late(raw []byte)            { n.n += len(raw) }
func (n *nowhere) Long(raw []byte, _ bool)    { n.n += len(raw) }
func (n *nowhere) EndLine(bool)               {}

// BenchmarkLines cuts each line into its frames, and one in ten has two.
func BenchmarkLines(b *testing.B) {
	log := bytes.Repeat([]byte(strings.Repeat("    [vm1] Success, and something else that it has to say\n", 9)+"    | 0% (0/20)\r\x1b[K    [vm2] Success\r\n"), 100)
	c := lines.New(&nowhere{})
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		for rest := log; len(rest) > 0; {
			n := min(len(rest), 8<<10)
			c.Write(rest[:n])
			rest = rest[n:]
		}
	}
}
