package filter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// What a host printed is never taken for a branch of Jenkins', and a branch is known
// by the header of a run that nothing else has begun.
func TestBranches(t *testing.T) {
	branch := filtertest.Prefixed("[web] ")
	for name, c := range map[string]struct{ in, want string }{
		"branch": {branch("--> Loading config...\n" + whole + "    [vm1] Success\n"), branch("--> Loading config...\n    [vm1] Success\n")},
		"host":   {"--> Starting operation: x\n    [web] Connected\n" + branch("--> Loading config...\n"+whole), ""},
		"host of a branch": {branch("--> Loading config...\n"+whole) + branch("[web] "+head+object+"\n"),
			branch("--> Loading config...\n") + branch("[web] "+head+object+"\n")},
		"no header": {branch("x\n" + whole), ""},
		"a run that has ended": {"--> Loading config...\n--> Disconnecting from hosts...\n" + branch("--> Loading config...\n"+whole),
			"--> Loading config...\n--> Disconnecting from hosts...\n" + branch("--> Loading config...\n")},
		"two": {zip(lines(filtertest.Prefixed("[a] ")("--> Loading config...\n"+whole)), lines(filtertest.Prefixed("[b] ")("--> Loading config...\n"+whole))), "[a] --> Loading config...\n[b] --> Loading config...\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want == "" {
				c.want = c.in
			}
			for _, size := range []int{0, 1, 7} {
				shown, _ := filtertest.Run(t, filtertest.Builtin(), []byte(c.in), size, filter.Options{})
				assert.Equal(t, c.want, string(shown))
			}
		})
	}
}

// A name in front of a bar may be anything: a hundred thousand of them take no more
// memory than some hundred, and nothing is lost.
func TestManyWriters(t *testing.T) {
	testrun.Long(t)
	var in strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&in, "name-%d  | %s%s\nname-%d  | x\n", i, head, object, i)
	}
	f := filter.New(filtertest.Builtin(), filtertest.Nowhere, filter.Options{})
	_, err := f.Write([]byte(in.String()))
	require.NoError(t, err)
	assert.LessOrEqual(t, f.Writers(), 512)
	require.NoError(t, f.Close())
	s := f.Summary()
	assert.Equal(t, int64(in.Len()), s.Output.Bytes)
	assert.Less(t, s.Limits.HeldBytesMax, 1<<20+64<<10)
}

// A job that ends in the middle of a block does not hold up the others for ever.
func TestWriterThatFallsSilent(t *testing.T) {
	f := filter.New(filtertest.Builtin(), filtertest.Nowhere, filter.Options{})
	_, _ = f.Write([]byte(filtertest.Prefixed("a-1  | ")(most)))
	require.True(t, f.Pending())
	for i := range 6000 {
		fmt.Fprintf(f, "b-1  | %d\n", i)
	}
	assert.False(t, f.Pending())
	require.NoError(t, f.Close())
	assert.Equal(t, f.Summary().Input, f.Summary().Output)
}

// How the input is cut does not matter in a dress either.
func TestDressedCuts(t *testing.T) {
	text := string(filtertest.Read(t, filtertest.Captures(t, "gevent-25.5.1.3-hosts.pty.raw")[0]))
	torn := string(filtertest.Read(t, filtertest.Captures(t, "samples/piped-13.err")[0]))
	for i := range dressings {
		d := &dressings[i]
		for _, in := range []string{d.wear(text, time.Second), zip(lines(d.wear(text, 0)), lines(filtertest.Prefixed("other-1  | ")(torn)))} {
			want, sum := filtertest.Run(t, filtertest.Builtin(), []byte(in), 0, filter.Options{})
			for n, size := range []int{1, 3, 64} {
				if testing.Short() && (n+i)%3 > 0 { // quick: each dress in writes of one size
					continue
				}
				got, s := filtertest.Run(t, filtertest.Builtin(), []byte(in), size, filter.Options{})
				requireSame(t, string(want), string(got), fmt.Sprintf("%s, in writes of %d bytes", d.name, size))
				require.Equal(t, filtertest.Counts(sum), filtertest.Counts(s))
				require.Equal(t, sum.Folded, s.Folded)
			}
		}
	}
}

// Live, a line that noise was taken from does not wait for the next one for ever.
func TestSeamDoesNotWait(t *testing.T) {
	l := newLive()
	l.write("web-1  |     - 33% (1/3)" + block[:len(head)+len(object)+1])
	for line := range strings.Lines(block[len(head)+len(object)+1:]) {
		l.write("web-1  | " + line)
	}
	l.pass(time.Second)
	assert.Equal(t, "web-1  |     - 33% (1/3)\n", l.shown.String())
	l.write("web-1  | ok\n")
	assert.Equal(t, "web-1  |     - 33% (1/3)\nweb-1  | ok\n", l.shown.String())
}

// Each frame of a line may have a prefix. Whatever is noise of them, nothing waits for ever, and nothing is lost.
func TestFramesWithAPrefixEach(t *testing.T) {
	set := onlyRule(t, `line: 'noisy'`)
	for r := range rules.Builtin().All() {
		require.NoError(t, set.Add(r))
	}
	plan := filter.NewPlan(set)
	texts := append([]string{"noisy", "    [vm1] Success"}, strings.Split(strings.TrimSuffix(block, "\n"), "\n")...)
	rapid.Check(t, func(t *rapid.T) {
		var in, out strings.Builder
		for range rapid.IntRange(1, 12).Draw(t, "frames") {
			in.WriteString(rapid.SampledFrom([]string{"", "web-1  | ", "web-2  | ", "2026-11-24T03:59:21.1234567Z "}).Draw(t, "prefix"))
			in.WriteString(rapid.SampledFrom(texts).Draw(t, "text"))
			in.WriteString(rapid.SampledFrom([]string{"\r", "\r\x1b[K", "\r\n", "\n"}).Draw(t, "end"))
		}
		log := in.String() + "\nweb-1  | the end\n"
		f := plan.Filter(filter.SinkFunc(func(e filter.Event) error { out.Write(e.Raw); return nil }), filter.Options{})
		for rest, size := log, rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "size"); rest != ""; rest = rest[min(size, len(rest)):] {
			_, _ = f.Write([]byte(rest[:min(size, len(rest))]))
		}
		require.NoError(t, f.Close())
		require.Equal(t, log, out.String())
	})
}
