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

func TestFoundingBlock(t *testing.T) {
	data := filtertest.Read(t, "../testdata/cases/adr-0009.log")
	for _, size := range []int{0, 1, 7} {
		shown, s := filtertest.Run(t, filtertest.Builtin(), data, size, filter.Options{})
		assert.Equal(t, "--> Connecting to hosts...\n    [vm-01] Connected\n", string(shown))
		assert.Equal(t, map[string]int{"gevent-fork-hooks-assertion": 1}, filtertest.Counts(s))
		assert.Equal(t, int64(9), s.Folded.Lines)
	}
}

// A user's rule, of Python 3.9: its sample shows no carets.
const noCaretsRule = `
id: own-pool
title: t
severity: noise
match:
  python-unraisable:
    object: '<function Pool\.__del__ at .*>'
    frames: ['own/pool\.py.* in __del__', 'own/pool\.py.* in close']
    error: 'RuntimeError: pool is closed'
samples:
  - text: |
      Exception ignored in: <function Pool.__del__ at 0x7fd96444e8b0>
      Traceback (most recent call last):
        File "/srv/own/pool.py", line 8, in __del__
          self.close()
        File "/srv/own/pool.py", line 12, in close
          raise RuntimeError("pool is closed")
      RuntimeError: pool is closed
`

// unraisables are the samples of all rules for such, without carets.
func unraisables(t testing.TB) (set *rules.Set, samples map[string][]string) {
	set, samples = rules.Builtin(), map[string][]string{}
	own, err := rules.Parse("own.yaml", []byte(noCaretsRule))
	require.NoError(t, err)
	require.NoError(t, set.Add(own))
	draws := regexp.MustCompile(`python3\.(?:8|9|10)\b`)
	for r := range set.All() {
		if r.Match.PythonUnraisable == nil {
			continue
		}
		for _, s := range r.Samples {
			if text := draws.ReplaceAllString(s.Text, "python3.12"); strings.Count(text, "Exception ignored") == 1 && !slices.Contains(samples[r.ID], withoutCarets(text)) {
				samples[r.ID] = append(samples[r.ID], withoutCarets(text))
			}
		}
	}
	return set, samples
}

func withoutCarets(text string) (out string) {
	for _, l := range lines(text) {
		if strings.Trim(l, "^~ \n") != "" {
			out += l
		}
	}
	return out
}

// drawCarets draws some below each source line of a block, or none.
func drawCarets(t *rapid.T, text string) (out []string) {
	for _, l := range lines(text) {
		out = append(out, l)
		width := len(strings.Trim(l, " \n"))
		if !strings.HasPrefix(l, "    ") || rapid.IntRange(0, 3).Draw(t, "none") == 0 {
			continue
		}
		from := rapid.IntRange(0, width-1).Draw(t, "from")
		to := rapid.IntRange(from+1, width).Draw(t, "to")
		left, right := from, to
		if rapid.Bool().Draw(t, "tildes") { // ~~^^^~, as for operators and calls
			left = rapid.IntRange(from, to-1).Draw(t, "left")
			right = rapid.IntRange(left+1, to).Draw(t, "right")
		}
		out = append(out, strings.Repeat(" ", 4+from)+strings.Repeat("~", left-from)+strings.Repeat("^", right-left)+strings.Repeat("~", to-right)+"\n")
	}
	return out
}

// asWritten cuts the lines of a block as an unbuffered CPython writes them: carets, and
// the spaces in front of them, one by one.
func asWritten(block []string) (writes []string) {
	for _, l := range block {
		word := strings.TrimLeft(l, " ")
		object, ignored := strings.CutPrefix(l, "Exception ignored in: ")
		class, message, isError := strings.Cut(strings.TrimSuffix(l, "\n"), ": ")
		switch {
		case strings.Trim(l, "^~ \n") == "":
			writes = append(writes, strings.Split(l, "")...)
		case ignored:
			writes = append(writes, "Exception ignored in: ", strings.TrimSuffix(object, "\n"), "\n")
		case len(l)-len(word) == 4:
			writes = append(writes, "    ", strings.TrimSuffix(word, "\n"), "\n")
		case l[0] != ' ' && isError && !strings.HasPrefix(l, "Exception ignored"):
			writes = append(writes, class, ": ", message, "\n")
		default:
			writes = append(writes, l)
		}
	}
	return writes
}

// ownLines are some lines of pyinfra, each with a number.
func ownLines(t *rapid.T) (own, writes []string) {
	for i := range rapid.IntRange(0, 8).Draw(t, "lines") {
		line := fmt.Sprintf("%s %d", rapid.SampledFrom(Own).Draw(t, "line"), i)
		own, writes = append(own, line), append(writes, line+"\n")
	}
	return own, writes
}

// Whatever carets stand below whichever of its source lines, a block is folded whole, and
// nothing else is: line by line with other blocks of the rule and with pyinfra's lines.
func TestCaretsAreTheFrames(t *testing.T) {
	testrun.Long(t)
	set, samples := unraisables(t)
	require.GreaterOrEqual(t, len(samples), 9)
	for id, texts := range samples {
		t.Run(id, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				blocks := rapid.IntRange(1, 4).Draw(t, "blocks")
				var writers [][]string
				for range blocks {
					writers = append(writers, drawCarets(t, rapid.SampledFrom(texts).Draw(t, "sample")))
				}
				own, writes := ownLines(t)
				input := strings.Join(interleave(t, append(writers, writes)), "")
				shown, s := runRapid(t, set, []byte(input))
				require.Equal(t, blocks, filtertest.Counts(s)[id], input)
				require.Equal(t, own, visibleLines(shown), "input:\n%s", input)
			})
		})
	}
}

// tornCarets are blocks of a sample, whose carets are torn one by one, and pyinfra's lines.
type tornCarets struct {
	blocks int
	own    []string
	input  string
}

func drawTornCarets(samples []string) *rapid.Generator[tornCarets] {
	return rapid.Custom(func(t *rapid.T) (c tornCarets) {
		c.blocks = rapid.IntRange(1, 2).Draw(t, "blocks")
		var writers [][]string
		for range c.blocks {
			writers = append(writers, asWritten(drawCarets(t, rapid.SampledFrom(samples).Draw(t, "sample"))))
		}
		own, writes := ownLines(t)
		c.own, c.input = own, strings.Join(interleave(t, append(writers, writes)), "")
		return c
	})
}

// So it is when lines are torn: then the spaces in front of what stays need not be right. Of
// one mixture in a thousand a caret is left, and of one in ten thousand, where it stands in
// the middle of a word, a block. So these are always the same mixtures.
func TestTornCaretsAreTheFrames(t *testing.T) {
	testrun.Long(t)
	set, samples := unraisables(t)
	for _, id := range []string{"gevent-fork-hooks-assertion", "gevent-fork-hooks-active", "own-pool"} {
		t.Run(id, func(t *testing.T) {
			drawn := drawTornCarets(samples[id])
			marked := 0 // mixtures of which a caret is left
			for seed := range 300 {
				c := drawn.Example(seed)
				shown, s := filtertest.Run(t, set, []byte(c.input), 0, filter.Options{})
				require.Equal(t, c.blocks, filtertest.Counts(s)[id], c.input)
				var left []string // but for carets
				marks := 0
				for _, l := range trimmed(visibleLines(shown)) {
					if strings.Trim(l, "^~ ") == "" {
						marks++
					} else {
						left = append(left, l)
					}
				}
				require.Equal(t, trimmed(c.own), left, "input:\n%s", c.input)
				require.LessOrEqual(t, marks, 1, "input:\n%s", c.input)
				marked += marks
			}
			require.LessOrEqual(t, marked, 2)
		})
	}
}

// Carets that are not below a frame of a block, and within its columns, are not the
// block's, whichever of its lines they follow.
func TestCaretsThatStay(t *testing.T) {
	testrun.Long(t)
	marks := func(from, n int) string { return strings.Repeat(" ", from) + strings.Repeat("^", n) + "\n" }
	for name, c := range map[string]struct{ after, carets string }{
		"left of the indent":         {src2, marks(2, 6)},
		"at the left edge":           {src2, marks(0, 6)},
		"tildes at the left edge":    {src2, "~~~~~\n"},
		"one column too far":         {src2, marks(4, 55)},
		"behind the source line":     {src2, marks(60, 3)},
		"wider than the first":       {src1, marks(4, 29)},
		"as wide as both":            {src2, marks(4, 80)},
		"below the object":           {object + "\n", marks(11, 5)},
		"below the head":             {trace, marks(11, 5)},
		"below a frame":              {frame2, marks(11, 5)},
		"below what a compiler says": {src2, "foo.c:1:5: error: x\n    ^~~~~~\n"},
		"below a title":              {src2, "    Title\n    ~~~~~\n"},
		"below a title at the edge":  {src1, "Title\n^^^^^\n"},
		"the second below a line":    {src2, "    value = call(1)\n            ^^^^^^^\n"},
	} {
		t.Run(name, func(t *testing.T) {
			before, rest, ok := strings.Cut(whole, c.after)
			require.True(t, ok)
			for _, size := range []int{0, 1, 7} {
				input := "a\n" + before + c.after + c.carets + rest + "b\n"
				shown, s := filtertest.Run(t, filtertest.Builtin(), []byte(input), size, filter.Options{})
				assert.Equal(t, "a\n"+c.carets+"b\n", string(shown))
				assert.Equal(t, 1, filtertest.Counts(s)["gevent-fork-hooks-assertion"])
			}
		})
	}
}

// Carets of a traceback of the run's own are its own, though blocks wait for some.
func TestOwnCaretsStay(t *testing.T) {
	testrun.Long(t)
	set, samples := unraisables(t)
	own := []string{"Traceback (most recent call last):\n", "  File \"deploy.py\", line 3, in <module>\n", "    role(host.data, 1)\n", "    ~~~~^^^^^^^^^^^^^^\n", "KeyError: 1\n"}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom([]string{"gevent-fork-hooks-assertion", "own-pool", "paramiko-proxy-gone"}).Draw(t, "rule")
		block := drawCarets(t, samples[id][0])
		at := rapid.IntRange(0, len(block)).Draw(t, "at")
		input := strings.Join(block[:at], "") + strings.Join(own, "") + strings.Join(block[at:], "")
		shown, s := runRapid(t, set, []byte(input))
		require.Equal(t, 1, filtertest.Counts(s)[id], input)
		require.Equal(t, strings.Join(own, ""), string(shown), input)
	})
}

// CPython 3.13.0 and 3.15.0rc1 on statements of several lines: with carets below each, or,
// where they would stand below all, without.
const severalLines = `Traceback (most recent call last):
  File "/srv/own/work.py", line 12, in late
    work()
    ~~~~^^
  File "/srv/own/work.py", line 6, in work
    role([1],
    ~~~~^^^^^
      2,
      ^^
    ...<2 lines>...
      5))
      ^^
  File "/srv/own/work.py", line 3, in role
    raise (ValueError("x"
      ) if
      1 else 3)
ValueError: x
`

func TestStatementsOfSeveralLines(t *testing.T) {
	testrun.Long(t)
	traceback := onlyRule(t, `python-traceback: {frames: ['in role'], error: 'ValueError: x'}`)
	shown, s := filtertest.Run(t, traceback, []byte(severalLines+"a\n"), 0, filter.Options{})
	assert.Equal(t, "a\n", string(shown))
	assert.Equal(t, map[string]int{"own": 1}, filtertest.Counts(s))
	text := "Exception ignored while calling deallocator <function A.__del__ at 0x1>:\n" + severalLines
	r, err := rules.Parse("own.yaml", []byte("id: own\ntitle: t\nseverity: noise\nmatch: {python-unraisable: {object: '<function A.*>', frames: ['in late', 'in work', 'in role'], error: 'ValueError: x'}}\nsamples:\n  - text: |\n      "+
		strings.ReplaceAll(text, "\n", "\n      ")))
	require.NoError(t, err)
	shown, s = filtertest.Run(t, rules.NewSet(r), []byte(text+"a\n"), 0, filter.Options{})
	assert.Equal(t, "a\n", string(shown))
	assert.Equal(t, map[string]int{"own": 1}, filtertest.Counts(s))
}
