package filter_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/view"
)

// writers are prefixes that name who writes; %d is his number.
var writers = []string{
	"job-%d  | ", "\x1b[36mjob-%[1]d  | \x1b[0m", "job_%d | 2026-11-24T03:59:21.123456789Z ", "[pod/job-%d/pyinfra] ", "deploy %d\tRun pyinfra\t2026-11-24T03:59:21.1234567Z ",
	"Nov 24 03:59:21 ci-01 job%d[77]: ", "2026-11-24T03:59:21+0000 ci-%d pyinfra: ", "[03:59:21]W:\t [Step %d/9] ", "<13>1 2026-11-24T03:59:21Z ci job%d 1 - - ",
	"2026-11-24T03:59:21.123456Z 0%dE ", "2026-11-24T03:59:21.123456Z 0%dO ",
}

// perLine is what is shown of each line of a log.
func perLine(t require.TestingT, log string) (shown []string, s *filter.Summary) {
	shown = make([]string, 1+strings.Count(log, "\n"))
	at := 0
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(e filter.Event) error {
		for l := range strings.Lines(string(e.Raw)) {
			if !e.Fold {
				shown[at] += l
			}
			at += strings.Count(l, "\n")
		}
		return nil
	}), filter.Options{})
	_, err := f.Write([]byte(log))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return shown[:len(shown)-1], f.Summary()
}

// tornRun is a run of several processes whose writes are mixed, line by line.
func tornRun(t *rapid.T) string {
	var mixed [][]string
	for range rapid.IntRange(1, 3).Draw(t, "blocks") {
		mixed = append(mixed, blockWrites(rapid.Bool().Draw(t, "carets")))
	}
	own := []string{"--> Loading config...\n", "--> Connecting to hosts...\n"}
	for range rapid.IntRange(0, 5).Draw(t, "lines") {
		own = append(own, rapid.SampledFrom(Own).Draw(t, "line")+"\n")
	}
	own = append(own, lines(tracebacks[rapid.SampledFrom(slices.Sorted(maps.Keys(tracebacks))).Draw(t, "traceback")])...)
	return strings.Join(interleave(t, append(mixed, own)), "")
}

// Jobs that write at the same time, each with a prefix of its own, are cleaned as if
// each had written alone, and the same is found in them.
func TestJobsAreMatchedApart(t *testing.T) {
	var runs []string
	for _, file := range filtertest.Captures(t, "gevent-25.5.1.3-hosts.pipe.log", "gevent-25.9.1.3-hosts.pipe.log", "gevent-24*", "samples/piped-13.err", "samples/*-py3*.err",
		"more/pyinfra-chatty.log", "more/orbstack-push-failed.log", "more/ssh-banner-closed.log", "more/gevent-fork-multithreaded.log") {
		runs = append(runs, string(filtertest.Read(t, file)))
	}
	rapid.Check(t, func(t *rapid.T) {
		var jobs, clean [][]string
		var prefixes []string
		var want filter.Summary
		for i := range rapid.IntRange(2, 6).Draw(t, "jobs") {
			text := rapid.SampledFrom(runs).Draw(t, "run")
			if rapid.Bool().Draw(t, "torn") {
				text = tornRun(t)
			}
			prefix := fmt.Sprintf(rapid.SampledFrom(writers).Draw(t, "writer"), i)
			text = filtertest.Prefixed(prefix)(text)
			shown, s := perLine(t, text)
			prefixes = append(prefixes, prefix)
			want.Merge(s)
			jobs, clean = append(jobs, lines(text)), append(clean, shown)
		}
		input, whose := mixLines(t, jobs)
		got := make([][]string, len(jobs))
		shown, s := perLine(t, input)
		for n, job := range whose {
			got[job] = append(got[job], shown[n])
		}
		for i := range jobs {
			require.Equal(t, clean[i], got[i], "job %d", i)
		}
		for l := range strings.Lines(strings.Join(shown, "")) {
			of := 0
			for _, p := range prefixes {
				of += min(1, strings.Count(l, p))
			}
			if !slices.ContainsFunc(noise, func(n string) bool { return strings.Contains(l, n) }) { // a piece of a block that was given up
				require.LessOrEqual(t, of, 1, "a line of two writers: %q", l)
			}
		}
		requireSameFound(t, &want, s)
		require.Equal(t, want.Folded, s.Folded)
	})
}

// mixLines interleaves lines, and says of each whose it is.
func mixLines(t *rapid.T, jobs [][]string) (input string, whose []int) {
	var in strings.Builder
	next := make([]int, len(jobs))
	for {
		var left []int
		for i := range jobs {
			if next[i] < len(jobs[i]) {
				left = append(left, i)
			}
		}
		if len(left) == 0 {
			return in.String(), whose
		}
		i := left[rapid.IntRange(0, len(left)-1).Draw(t, "job")]
		for range rapid.SampledFrom([]int{1, 1, 1, 3, 20}).Draw(t, "lines") {
			if n := next[i]; n < len(jobs[i]) {
				in.WriteString(jobs[i][n])
				whose, next[i] = append(whose, i), n+1
			}
		}
	}
}

func requireSameFound(t *rapid.T, want, got *filter.Summary) {
	require.Equal(t, filtertest.Counts(want), filtertest.Counts(got))
	issues := map[string]*filter.Issue{}
	for _, i := range got.Issues {
		issues[i.Rule.ID] = i
	}
	for _, w := range want.Issues {
		g := issues[w.Rule.ID]
		require.Equal(t, w.Hosts.Map(), g.Hosts.Map(), w.Rule.ID)
		require.Equal(t, w.Operations.Map(), g.Operations.Map(), w.Rule.ID)
		if !w.Rule.Folds() {
			require.Equal(t, w.Lines, g.Lines, w.Rule.ID)
		}
	}
	require.Equal(t, unknownCounts(want), unknownCounts(got))
}

func unknownCounts(s *filter.Summary) map[string]int {
	m := map[string]int{}
	for _, u := range s.Unknown {
		m[u.Fingerprint] += u.Count
	}
	return m
}

// What a torn block leaves in front of one job's header is in front of no other lines.
func TestAPieceInFrontOfAHeader(t *testing.T) {
	block := filtertest.Prefixed("job-0  | ")(strings.Join(blockWrites(false), ""))
	piece := "2026-11-24T03:59:21.1234567Z     assert not thread.is_alive() --> Loading config...\n"
	shown, _ := perLine(t, piece+block)
	require.Equal(t, piece, strings.Join(shown, ""))
}

// So it is with each piece of the tracebacks that rules know, whole and without its indent, which CPython writes apart.
func TestPiecesAreNoPrefixes(t *testing.T) {
	pieces := map[string]bool{}
	for r := range filtertest.Builtin().All() {
		for _, s := range r.Samples {
			for l := range strings.Lines(s.Text) {
				if piece := strings.TrimSpace(l); strings.Contains(s.Text, "  File \"") && strings.HasPrefix(l, "  ") && piece != "" {
					pieces[strings.TrimRight(l, " \r\n")], pieces[piece] = true, true
				}
			}
		}
	}
	require.Greater(t, len(pieces), 100)
	for piece := range pieces {
		for _, spaces := range []string{"", " ", "    "} {
			var v view.Line
			v.Look([]byte(piece + spaces + "--> Connecting to hosts...\n"))
			require.True(t, v.Untaught(), piece)
		}
	}
}
