package match_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/rules"
)

// A block that pauses for longer than it may is given up; one for which nothing waits may take its time.
func TestExpire(t *testing.T) {
	r := newRun(kinds(), options{hold: time.Second})
	r.write("job a begins\n    [web] is down\nx\n")
	assert.Empty(t, r.all())
	assert.Equal(t, 2, r.Open())
	assert.True(t, r.Busy())
	r.tick(time.Second)
	assert.Empty(t, r.all())
	r.tick(time.Second + 1)
	assert.Equal(t, "job a begins\n    [web] is down\nx\n", r.all())
	assert.Equal(t, 1, r.Open())
	r.write("    [web] gives up\njob a is broken\n")
	s := r.end()
	assert.Equal(t, map[string]int{"down": 1, "opened": 1}, counts(s))
	assert.Empty(t, s.Undecided, "that noise has paused is seen")
	assert.Contains(t, strings.Join(r.said(), "\n"), "4: given up block 1 job, since it has paused for longer than --hold allows")

	r = newRun(kinds(), options{hold: time.Second}) // a piece gives it more time
	r.write("job a begins\n")
	r.tick(time.Second)
	r.write("on x\n")
	r.tick(2 * time.Second)
	r.write("job a is broken\n")
	assert.Equal(t, map[string]int{"job": 1}, counts(r.end()))

	r = newRun(kinds(), options{hold: time.Second}) // one that is complete counts, and gets no last piece
	r.write(quiet)
	assert.True(t, r.Busy())
	r.tick(2 * time.Second)
	assert.False(t, r.Busy())
	r.write(": \n")
	s = r.end()
	assert.Equal(t, map[string]int{"quiet": 1}, counts(s))
	assert.Equal(t, ": \n", r.shown())
}

// What is shown in any case waits where the events are to have its rule, and is given up with a reason that counts.
func TestClaims(t *testing.T) {
	r := newRun(kinds(), options{claims: true, hold: time.Second})
	r.write("    [web] is down\nx\n")
	assert.Empty(t, r.all())
	r.write("    [web] gives up\n")
	assert.Equal(t, []string{"\tshown down \"    [web] is down\\n\"", "\tshown \"x\\n\"", "\tshown down \"    [web] gives up\\n\""}, r.said()[len(r.said())-3:])
	r.write("    [db] is down\n")
	r.tick(time.Hour)
	r.write("    [db] gives up\n")
	assert.Equal(t, map[string]int{"down": 2}, counts(r.end()))
}

// A thousand blocks may be open, and not more; nor may too much wait. What is given up for that is counted.
func TestGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		log  func() string
		want []string
	}{
		"too many": {func() string { return numbered("    [h%d] is down\n", 1100) }, []string{"down", "down-long"}},
		"too much": {func() string {
			return "job a begins\n" + numbered(strings.Repeat("x", 1000)+"%d\n", 1100) + "job a is broken\n"
		}, []string{"job"}},
		"as it may": {func() string { return numbered("    [h%d] is down\n", 1000) }, nil},
		"of all": {func() string {
			return numbered("web-%[1]d  | job a begins\n", 500) + numbered("web-%[1]d  | job b begins\n", 500)
		}, nil},
	} {
		r := newRun(kinds(), options{quiet: true})
		r.write(c.log())
		s := r.end()
		var got []string
		for _, u := range s.Undecided {
			got = append(got, u.ID())
			assert.Equal(t, match.TooMuchWaits, u.Why)
			assert.Positive(t, u.Count)
		}
		assert.ElementsMatch(t, c.want, got, name)
	}
}

func numbered(format string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}

// A block of which no piece has come for four thousand lines gets none any more, and a complete one not behind 256.
func TestGap(t *testing.T) {
	for n, want := range map[int]int{4096: 1, 4097: 0} {
		r := newRun(kinds(), options{})
		r.write("    [web] is down\n" + strings.Repeat("x\n", n) + "    [web] gives up\n")
		assert.Equal(t, want, counts(r.end())["down"], "%d", n)
		assert.Equal(t, want == 0, strings.Contains(strings.Join(r.said(), "\n"), "no piece of it came in 4096 lines"))
	}
	for n, want := range map[int]string{256: "", 257: "", 258: ": \n"} {
		r := newRun(kinds(), options{quiet: true})
		r.write(quiet + strings.Repeat("x\n", n-1))
		before := len(r.shown())
		r.write(": \n")
		r.end()
		assert.Equal(t, want, r.shown()[before:], "%d", n)
	}
}

// Writers are told apart by their prefixes, half a thousand of them. Those that leave nothing behind are forgotten first, and then
// those that had nothing to say for longest, and their blocks given up.
func TestManyWriters(t *testing.T) {
	r := newRun(kinds(), options{quiet: true})
	assert.Equal(t, 1, r.Writers())
	r.write("web-a  | job a begins\nweb-b  | job b begins\n")
	r.write(numbered("web-%d  | x\n", 509))
	assert.Equal(t, 512, r.Writers())
	r.write("web-new  | x\n")
	assert.Equal(t, 3, r.Writers(), "two with a block, and the new one")
	r.write(numbered("web-%d  | --> Connecting to hosts...\n", 510))
	assert.Equal(t, 512, r.Writers())
	r.write("web-b  | on x\nweb-newer  | x\n")
	assert.Equal(t, 256, r.Writers())
	r.write("web-a  | job a is broken\nweb-b  | job b is broken\n")
	s := r.end()
	assert.Equal(t, map[string]int{"job": 1, "opened": 1}, counts(s))
	require.Len(t, s.Undecided, 1)
	assert.Equal(t, "too many others write", s.Undecided[0].Why)
}

// A writer of whom nothing comes for long is not waited for.
func TestSilentWriter(t *testing.T) {
	r := newRun(kinds(), options{quiet: true})
	r.write("web-1  | job a begins\n" + strings.Repeat("web-2  | x\n", 4000))
	assert.Empty(t, r.all())
	r.write(strings.Repeat("web-2  | x\n", 2000))
	assert.NotEmpty(t, r.all())
	r.write("web-1  | job a is broken\n")
	assert.Equal(t, map[string]int{"opened": 1}, counts(r.end()))
}

// When nothing is matched any more, nothing is, and what was begun is forgotten.
func TestStop(t *testing.T) {
	r := newRun(kinds(), options{quiet: true})
	r.write("--> Starting operation: x\njob a begins\n")
	assert.True(t, r.Phased())
	r.Stop()
	r.queue.Untie()
	assert.False(t, r.Busy())
	assert.Zero(t, r.Open())
	r.write("job a is broken\nnoisy\n")
	assert.Equal(t, r.all(), r.shown())
	assert.True(t, r.Phased())
	assert.False(t, newRun(kinds(), options{}).Phased())
}

// What a pattern cannot decide is shown and counted, for each line, whether it is remembered or not.
func TestUndecided(t *testing.T) {
	for match, want := range map[string]int{`{line: '^(?:(a+)+\1)+$'}`: 3, `{block: ['^(?:(a+)+\1)+$', 'b']}`: 3} {
		rule, err := rules.Parse("r.yaml", []byte("id: slow\ntitle: t\nseverity: noise\nmatch: "+match+"\nsamples: [{text: aa}]\n"))
		require.NoError(t, err)
		r := newRun(plan.New(rules.NewSet(rule), nil), options{quiet: true})
		r.write(strings.Repeat(strings.Repeat("a", 40)+"!\n", want))
		s := r.end()
		assert.Equal(t, want, s.Limits.RegexTimeouts)
		assert.Equal(t, r.all(), r.shown())
	}
}

// A long line of what looks like pieces costs no more than a few looks.
func TestLongLineIsBounded(t *testing.T) {
	r := newRun(kinds(), options{quiet: true})
	r.write(numbered("    [h%d] is down\n", 400))
	for _, piece := range []string{"E", "<", head, "<function own", head + object, "^ "} {
		r.write(strings.Repeat(piece, 60_000/len(piece)) + "\n")
	}
	r.end()
	assert.Len(t, r.all(), r.queue.Taken())
}
