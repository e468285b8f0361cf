package filter_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// blockWrites are the writes of CPython 3.10 (no carets) and 3.12 for one
// block, as strace shows them with an unbuffered stderr.
func blockWrites(carets bool) []string {
	const repr = "<bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7ff50f7def30>>"
	w := []string{
		"Exception ignored in: ", repr, "\n", "Traceback (most recent call last):\n",
		"  File \"/srv/.venv/lib/python3.12/site-packages/gevent/threading.py\", line 398, in after_fork_in_child\n",
		"    ", "assert not thread.is_alive()", "\n",
	}
	if carets {
		w = append(w, strings.Split(strings.Repeat(" ", 15)+strings.Repeat("^", 17)+"\n", "")...)
	}
	return append(w,
		"  File \"/usr/lib/python3.12/threading.py\", line 1475, in is_alive\n",
		"    ", "assert not self._is_stopped and self._started.is_set()", "\n",
		"AssertionError", ": ", "\n")
}

// Own are lines as pyinfra writes them, each in one write.
var Own = []string{
	"    [vm1] Success", "    [web-02] No changes", "    [db]  Connected", "--> Connecting to hosts...",
	"--> Starting operation: Say hi ", "    Loading: deploy.py", "[vm3] command output at column 0", "    [vm4] Error: executed 0 commands",
}

// interleave mixes writers' writes at random, keeping the order of each.
func interleave(t *rapid.T, writers [][]string) []string {
	var out []string
	for {
		var left []int
		for i, w := range writers {
			if len(w) > 0 {
				left = append(left, i)
			}
		}
		if len(left) == 0 {
			return out
		}
		i := left[rapid.IntRange(0, len(left)-1).Draw(t, "writer")]
		n := min(len(writers[i]), rapid.SampledFrom([]int{1, 1, 2, 5, 20, 60}).Draw(t, "writes"))
		out = append(out, writers[i][:n]...)
		writers[i] = writers[i][n:]
	}
}

// TestTornBlocks mixes the writes of several processes at random: whatever
// the order, the blocks are folded and the run's own lines stay, in order.
func TestTornBlocks(t *testing.T) {
	testrun.Long(t)
	set := rules.Builtin()
	rapid.Check(t, func(t *rapid.T) {
		var writers [][]string
		blocks := rapid.IntRange(1, 5).Draw(t, "blocks")
		carets := rapid.Bool().Draw(t, "carets")
		for range blocks {
			writers = append(writers, blockWrites(carets))
		}
		var own, writes []string
		for i := range rapid.IntRange(0, 8).Draw(t, "lines") {
			line := fmt.Sprintf("%s %d", rapid.SampledFrom(Own).Draw(t, "line"), i)
			own, writes = append(own, line), append(writes, line+"\n")
		}
		input := strings.Join(interleave(t, append(writers, writes)), "")
		if rapid.Bool().Draw(t, "crlf") {
			input = strings.ReplaceAll(input, "\n", "\r\n")
		}
		shown, s := runRapid(t, set, []byte(input))
		for _, i := range s.Issues { // a host's error is counted, and stays
			require.True(t, i.Rule.ID == "gevent-fork-hooks-assertion" || !i.Rule.Folds(), i.Rule.ID)
		}
		assert.Equal(t, blocks, filtertest.Counts(s)["gevent-fork-hooks-assertion"])
		got := visibleLines(shown)
		if !carets && blocks == 1 && !slices.ContainsFunc(own, func(l string) bool { return l[0] == '[' }) {
			require.Equal(t, own, got, "input:\n%s", input)
			return
		}
		// The spaces of a caret's indent are written one by one, and a torn
		// indent makes a host's output look like a result. Which spaces in
		// front of a line are whose cannot be known then; with two blocks and
		// more, a torn indent is not always found.
		require.Equal(t, trimmed(own), trimmed(got), "input:\n%s", input)
	})
}

// A head that is torn inside the indent of another block's carets, with a line of
// pyinfra behind it.
func TestTornHeadInIndent(t *testing.T) {
	testrun.Long(t)
	one := strings.Join(blockWrites(true), "")
	head, rest, _ := strings.Cut(one, "<bound")
	before, after, _ := strings.Cut(one, strings.Repeat(" ", 15)+"^")
	for _, own := range []string{"--> Connecting to hosts...", "[vm3] command output at column 0"} {
		input := before + "  " + head + " " + own + "\n<bound" + rest + one + strings.Repeat(" ", 12) + "^" + after
		shown, s := filtertest.Run(t, rules.Builtin(), []byte(input), len(input), filter.Options{})
		assert.Equal(t, 3, filtertest.Counts(s)["gevent-fork-hooks-assertion"], own)
		assert.Equal(t, []string{own}, trimmed(visibleLines(shown)))
	}
}

func runRapid(t *rapid.T, set *rules.Set, data []byte) (shown []byte, s *filter.Summary) {
	f := filter.New(set, filter.SinkFunc(func(e filter.Event) error {
		if !e.Fold {
			shown = append(shown, e.Raw...)
		}
		return nil
	}), filter.Options{})
	_, err := f.Write(data)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	s = f.Summary()
	require.Equal(t, s.Input.Bytes, s.Output.Bytes+s.Folded.Bytes)
	return shown, s
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)

// visibleLines are the lines in which there is something to be seen.
func visibleLines(data []byte) (lines []string) {
	for l := range strings.SplitSeq(escapes.ReplaceAllString(string(data), ""), "\n") {
		if l = strings.TrimSuffix(l, "\r"); strings.TrimSpace(l) != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

func trimmed(lines []string) (out []string) {
	for _, l := range lines {
		out = append(out, strings.TrimLeft(l, " "))
	}
	return out
}
