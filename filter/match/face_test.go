package match_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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

// Blocks that processes mix inside of lines are folded, as many as there are, and the run's own lines stay in order. In one mixture of
// some 5,000 whose a piece is cannot be told, such as one among the marks below another's statement: then that block is shown, and
// nothing is lost.
func TestTornBlocks(t *testing.T) {
	mixtures, short := 0, 0
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
		for _, line := range own {
			require.Contains(t, r.shown(), strings.TrimSpace(line), "%q", log)
		}
		mixtures++
		if counts(s)["hook"] != n || strings.Contains(r.shown(), "site-packages") {
			require.Less(t, counts(s)["hook"], n, "%q", log)
			short++
		}
	})
	assert.LessOrEqual(t, short, 1+mixtures/1000, "of %d", mixtures)
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
