package match_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/rules"
)

const (
	head   = "Exception ignored in: "
	object = "<function own at 0x1>"
	outer  = "  File \"/v/lib/python3.12/site-packages/own/a.py\", line 1, in outer\n"
	inner  = "  File \"/v/lib/python3.12/site-packages/own/b.py\", line 2, in inner\n"
	quiet  = "Exception ignored in: <function quiet at 0x1>\nTraceback (most recent call last):\n  File \"/v/lib/python3.12/site-packages/own/c.py\", line 1, in only\nQuietError\n"
	block  = head + object + "\nTraceback (most recent call last):\n" + outer + "    assert not inner()\n               ^^^^^^^\n" + inner + "    assert self.fine and more\n           ^^^^^^^^^^^^^^^^^^\nOwnError: bad\n"
)

// writes are those in which CPython prints a block.
func writes() []string {
	return append([]string{head, object, "\n", "Traceback (most recent call last):\n", outer, "    ", "assert not inner()", "\n"},
		append(strings.Split("               ^^^^^^^\n", ""), inner, "    ", "assert self.fine and more", "\n", "OwnError", ": ", "bad", "\n")...)
}

// interleaved mixes writers' writes at random, keeping the order of each.
func interleaved(t *rapid.T, writers [][]string) (all string) {
	for len(writers) > 0 {
		i := rapid.IntRange(0, len(writers)-1).Draw(t, "writer")
		n := min(len(writers[i]), rapid.SampledFrom([]int{1, 2, 5, 20}).Draw(t, "writes"))
		all += strings.Join(writers[i][:n], "")
		if writers[i] = writers[i][n:]; len(writers[i]) == 0 {
			writers = append(writers[:i:i], writers[i+1:]...)
		}
	}
	return all
}

// Blocks that processes mix inside of lines are folded, as many as there are, and the run's own lines stay in order.
func TestTornBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var writers [][]string
		n := rapid.IntRange(1, 4).Draw(t, "blocks")
		for range n {
			writers = append(writers, writes())
		}
		own := rapid.SliceOfN(rapid.SampledFrom([]string{"    [vm1] Success\n", "    [web-02] No changes\n", "--> Connecting to hosts...\n"}), 0, 5).Draw(t, "own")
		r := newRun(kinds(), options{quiet: rapid.Bool().Draw(t, "quiet")})
		log := interleaved(t, append(writers, own))
		r.write(log)
		s := r.end()
		require.Equal(t, log, r.all())
		require.Equal(t, n, counts(s)["hook"], "%q", log)
		for _, line := range own {
			require.Contains(t, r.shown(), strings.TrimSpace(line), "%q", log)
		}
		require.NotContains(t, r.shown(), "site-packages")
	})
}

// Whatever is looked at is not changed by being traced, nor by what is remembered.
func TestMemoryAndTraceChangeNothing(t *testing.T) {
	lines := strings.SplitAfter(block+"job a begins\non x\njob a is broken\n    [web] noisy\n    [web] failed\n    [web] is down\n    [web] gives up\nx is deprecated\n", "\n")
	rapid.Check(t, func(t *rapid.T) {
		plain, traced, small := newRun(kinds(), options{quiet: true}), newRun(kinds(), options{}), newRun(kinds(), options{quiet: true})
		small.Memory(rapid.IntRange(0, 2).Draw(t, "memory"))
		for _, line := range rapid.SliceOfN(rapid.SampledFrom(lines), 1, 60).Draw(t, "lines") {
			for _, r := range []*run{plain, traced, small} {
				r.write(line)
			}
		}
		want := plain.end()
		for _, r := range []*run{traced, small} {
			require.Equal(t, want, r.end())
			require.Equal(t, plain.shown(), r.shown())
		}
	})
}

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

// Writers are told apart by their prefixes, half a thousand of them; those that had nothing to say for longest are
// forgotten, and their blocks given up.
func TestManyWriters(t *testing.T) {
	r := newRun(kinds(), options{quiet: true})
	assert.Equal(t, 1, r.Writers())
	r.write("web-a  | job a begins\nweb-b  | job b begins\n")
	r.write(numbered("web-%d  | x\n", 509))
	assert.Equal(t, 512, r.Writers())
	r.write("web-b  | on x\nweb-new  | x\n")
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

// What is not the end of a line yet may be shown, unless it may be the beginning of an issue.
func TestHarmless(t *testing.T) {
	for before, parts := range map[string]map[string]int{
		"": {"Password: ": -1, "Excep": 0, "Exception ignored in: <f": 0, "Enter: Exception ignored in: ": 7, "    ": -1, "noi": -1, "jobs done": -1, "x\x1b[3": 1, "Traceback": 0, "    Exc": 0, "E": 0},
		"Exception ignored in: <function own at 0x1>\n":          {"Traceback (most": 0, "Traceback (most recent call last):": 0, "x": -1},
		head + object + "\nTraceback (most recent call last):\n": {outer[:len(outer)-1]: 0, "x": -1, "": -1},
	} {
		for part, want := range parts {
			r := newRun(kinds(), options{quiet: true})
			r.write(before)
			if want < 0 {
				want = len(part)
			}
			r.view.Look([]byte(part))
			assert.Equal(t, want, r.Harmless(&r.view, r.line), "%q behind %q", part, before)
		}
	}
}

// Behind what was shown of a line stands no line of its own.
func TestShowPart(t *testing.T) {
	for part, c := range map[string]struct{ rest, shown string }{
		"Password: ": {"noisy\n", "noisy\n"},     // a part of the line
		"\x1b[K":     {"noisy\n", ""},            // nothing that is seen
		"    | 0%\r": {"noisy\n", ""},            // overwritten
		"Enter: ":    {head + object + "\n", ""}, // a piece may stand behind it
	} {
		r := newRun(kinds(), options{quiet: true})
		r.view.Look([]byte(part))
		r.ShowPart(&r.view, 1)
		r.write(c.rest)
		r.write("Traceback (most recent call last):\n" + outer + inner + "OwnError: bad\n")
		before, _, _ := strings.Cut(r.shown(), "Traceback")
		r.end()
		assert.Equal(t, c.shown, before, part)
	}
}

// A part that grows and is a piece gives a block more time.
func TestRenew(t *testing.T) {
	for part, want := range map[string]int{"   ": 1, "    ^^^^": 1, "x": 0, strings.Repeat(" ", 81): 0, "    assert not": 0} {
		r := newRun(kinds(), options{quiet: true, hold: time.Second})
		r.write(head + object + "\nTraceback (most recent call last):\n" + outer + "    assert not inner()\n")
		r.tick(time.Second)
		r.view.Look([]byte(part))
		r.Renew(&r.view, r.line)
		r.tick(2 * time.Second)
		r.write("               ^^^^^^^\n" + inner + "    assert self.fine and more\nOwnError: bad\n")
		assert.Equal(t, want, counts(r.end())["hook"], "%q", part)
	}
}

// What is too long to be matched is counted for the rules that it may be of, and the rest of its line is shown.
func TestTooLong(t *testing.T) {
	r := newRun(kinds(), options{quiet: true})
	r.TooLong([]byte("a noisy line, or job a begins "))
	r.TooLong([]byte("nothing"))
	r.write("noisy\n")
	s := r.end()
	var got []string
	for _, u := range s.Undecided {
		got = append(got, u.ID())
		assert.Equal(t, "a line is longer than what is looked at (64 KiB)", u.Why)
	}
	assert.ElementsMatch(t, []string{"noisy", "job", "opened"}, got)
	assert.Equal(t, "noisy\n", r.shown(), "it is a part of that line")
	r = newRun(kinds(), options{quiet: true})
	r.TooLong([]byte("x\n"))
	r.Fresh()
	r.write("noisy\n")
	assert.Empty(t, r.shown())
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

// versions is a machine that has own in some version.
func versions(site, _ string) (string, time.Time) {
	if strings.Contains(site, "/v/") {
		return "7", time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	}
	return "", time.Time{}
}

// What is installed may speak against an issue: then it is shown, and why. Of recorded lines it depends on their date.
func TestVersions(t *testing.T) {
	r := newRun(kinds(), options{installed: versions})
	r.write(block)
	assert.Equal(t, block, r.shown())
	assert.Equal(t, 1, r.end().Issues[0].Unfolded)
	assert.Contains(t, strings.Join(r.said(), "\n"), "shown block 1 hook, since own 7 in /v/lib/python3.12/site-packages should not print it")
	for day, shown := range map[string]bool{"23": false, "25": true} {
		r := newRun(kinds(), options{installed: versions, recorded: true})
		prefix := "2026-11-" + day + "T03:59:21.1234567Z "
		r.write(prefix + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n"+prefix) + "\n")
		r.end()
		assert.Equal(t, shown, r.shown() != "", day)
	}
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

// Many equal lines for a rule, of hosts: the first one is shown.
func TestRepeat(t *testing.T) {
	r := newRun(kinds(), options{})
	r.write("    [web] x 1 is deprecated\n    [db] x 2 is deprecated\n    [db] y is deprecated\nweb-1  |     [db] y is deprecated\n")
	r.end()
	assert.Equal(t, "    [web] x 1 is deprecated\n    [db] y is deprecated\nweb-1  |     [db] y is deprecated\n", r.shown())
	assert.Contains(t, strings.Join(r.said(), "\n"), "since it is the first of its kind")
}

// Texts that must be seen are, whatever a rule says.
func TestGuarded(t *testing.T) {
	var guarded string
	for _, g := range rules.NeverFold() {
		if l, _ := g.Line.Literal(); len(l) > 3 && g.Line.Search([]byte(l)) {
			guarded = l
		}
	}
	require.NotEmpty(t, guarded)
	r := newRun(kinds(), options{})
	r.write("noisy " + guarded + "\n")
	s := r.end()
	assert.Equal(t, r.all(), r.shown())
	assert.Equal(t, 1, s.Issues[0].Guarded)
	assert.NotEmpty(t, s.Issues[0].Because)
	assert.Contains(t, strings.Join(r.said(), "\n"), "since no rule folds it: ")
	any, err := rules.Parse("r.yaml", []byte("id: any\ntitle: t\nseverity: noise\nmatch: {block: ['.*[a-z].*', '.*[a-z].*']}\nsamples: [{text: \"a\\nb\"}]\n"))
	require.NoError(t, err)
	for _, lines := range []string{guarded + "\na\n", "a\n" + guarded + "\n"} {
		r := newRun(plan.New(rules.NewSet(any), nil), options{})
		r.write(lines)
		r.end()
		assert.Equal(t, lines, r.shown())
		assert.Contains(t, strings.Join(r.said(), "\n"), "refused")
	}
}

// whole walks through lines as a filter does: what is remembered as a whole is taken as a whole.
func (r *run) whole(text string) (again int) {
	p := []byte(text)
	r.Begin()
	for at := 0; at < len(p); {
		if !r.Busy() && r.queue.Empty() {
			r.Remember(p, at, r.line)
		}
		if n, lines := r.Again(p[at:], r.line); n > 0 {
			at += n
			r.line += lines
			again++
			continue
		}
		r.Mark(at)
		end := at + strings.Index(text[at:], "\n") + 1
		r.frame(text[at:end])
		at = end
	}
	return again
}

// A block that comes again to the last byte, while nothing else is going on, is what it was; and everything is as if
// it had been matched.
func TestWholeBlocks(t *testing.T) {
	torn := strings.Replace(block, "\n"+outer, "\n    [web] Success\n"+outer, 1)
	other := strings.ReplaceAll(block, "/v/", "/w/")
	for name, c := range map[string]struct {
		log   string
		again int
	}{
		"the same":            {block + block + "x\n" + block, 2},
		"another":             {block + other + block + other + block, 3},
		"in between":          {torn + torn, 0},
		"with its last piece": {quiet + ": \n" + quiet, 0},
		"a host's":            {"--> Starting operation: x\n" + block + "--> Starting operation: y\n" + block, 1},
		"behind a traceback":  {block + "Traceback (most recent call last):\n" + block, 0},
		"behind a frame":      {block + "Traceback (most recent call last):\n  File \"x.py\", line 1, in x\n" + block, 0},
		"with a prefix":       {block + "web-1  | x\n" + block, 1},
		"behind a CR":         {block + "x\r\n" + block, 0},
		"while one is open":   {block + "job a begins\n" + block, 0},
		"one that stays":      {"    [web] is down\n    [web] gives up\n    [web] is down\n    [web] gives up\n", 0},
		"nine of them":        {numberedBlocks(9) + numberedBlocks(9), 0},
		"eight of them":       {numberedBlocks(8) + numberedBlocks(8), 8},
	} {
		got, want := newRun(kinds(), options{quiet: true}), newRun(kinds(), options{quiet: true})
		want.Memory(0)
		assert.Equal(t, c.again, got.whole(c.log), name)
		assert.Zero(t, want.whole(c.log), name)
		assert.Equal(t, want.shown(), got.shown(), name)
		assert.Equal(t, want.end(), got.end(), name)
		assert.Equal(t, c.log, got.all(), name)
	}
	traced := newRun(kinds(), options{})
	assert.Zero(t, traced.whole(block+block), "each decision is told")
	r := newRun(kinds(), options{quiet: true})
	r.whole(block)
	assert.Equal(t, 0, r.whole(block), "what was not followed by a line is not known")
	assert.Equal(t, 1, r.whole(block+block))
}

func numberedBlocks(n int) (all string) {
	for i := range n {
		all += strings.ReplaceAll(block, "0x1", fmt.Sprint("0x", i)) + "x\n"
	}
	return all
}

// What is remembered as a whole is asked of its versions each time.
func TestWholeBlocksOfVersions(t *testing.T) {
	version := "3"
	r := newRun(kinds(), options{quiet: true, recorded: true, installed: func(string, string) (string, time.Time) {
		return version, time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	}})
	r.whole(block + block)
	version = "7" // it was asked already
	assert.Equal(t, 1, r.whole(block+"x\n"))
	assert.Empty(t, strings.TrimSuffix(r.shown(), "x\n"))
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

// BenchmarkMatch matches blocks of nine lines, with one of the run's own in each.
func BenchmarkMatch(b *testing.B) {
	r := newRun(kinds(), options{quiet: true})
	var lines [][]byte
	for _, l := range strings.SplitAfter(strings.Replace(block, inner, "    [web] Success\n"+inner, 1), "\n") {
		if l != "" {
			lines = append(lines, []byte(l))
		}
	}
	b.SetBytes(int64(len(block)))
	b.ReportAllocs()
	for b.Loop() {
		for _, l := range lines {
			r.view.Look(l)
			r.queue.Put(r.Line(&r.view, r.line))
			r.End(&r.view)
			r.queue.Release()
			r.queue.EndLine()
			r.line++
			r.EndLine(false)
		}
		r.out.all, r.out.shown, r.events = nil, nil, r.events[:0]
	}
}

// A summary has no more of what is drawn than there is.
func TestCountsAreThoseOfTheBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		want := map[string]int{}
		var log strings.Builder
		for range random.IntN(30) {
			switch random.IntN(4) {
			case 0:
				log.WriteString(block)
				want["hook"]++
			case 1:
				log.WriteString("job a begins\non x\njob a is broken\n")
				want["job"]++
			case 2:
				log.WriteString("    [web] noisy\n")
				want["noisy"]++
			default:
				log.WriteString("    [web] Success\n")
			}
		}
		r := newRun(kinds(), options{quiet: true})
		r.write(log.String())
		s := r.end()
		assert.Equal(t, want, counts(s))
		assert.Equal(t, strings.Count(log.String(), "Success"), strings.Count(r.shown(), "\n"))
	}
}
