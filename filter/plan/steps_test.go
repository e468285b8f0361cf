package plan_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/rules"
)

// BenchmarkPlan is what is done at each start, with all rules.
func BenchmarkPlan(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		plan.New(rules.Builtin(), nil)
	}
}

// BenchmarkSteps asks each step of a program about each piece of a block.
func BenchmarkSteps(b *testing.B) {
	steps := unraisableSteps(b)
	var pieces [][]byte
	for _, s := range []string{"Exception ignored in: <function own at 0x1>", "<function own at 0x1>", "Traceback (most recent call last):", `File "own.py", line 1, in own`, "own()", "^^^^^", "OwnError: bad"} {
		pieces = append(pieces, []byte(s))
	}
	for b.Loop() {
		for i := range steps {
			for _, p := range pieces {
				steps[i].Match(p)
			}
		}
	}
}

// texts are the lines of all samples, each once, and what is left of them where they are torn.
var texts = sync.OnceValue(func() (all [][]byte) {
	known := map[string]bool{}
	for r := range rules.Builtin().All() {
		for _, s := range r.Samples {
			for line := range strings.SplitSeq(s.Text, "\n") {
				text := bytes.TrimLeft([]byte(line), " ")
				if known[string(text)] {
					continue
				}
				known[string(text)] = true
				for _, n := range []int{0, 1, len(text) / 3, len(text) / 2, len(text) - 1} {
					if n >= 0 && n < len(text) && text[n] != ' ' {
						all = append(all, text[n:], text[:n+1], append(bytes.Clone(text[n:]), "    [web] Success"...))
					}
				}
			}
		}
	}
	return all
})

// assertSame: two steps match the same.
func assertSame(t *testing.T, a, b *plan.Step) {
	for _, text := range texts() {
		n, steps := a.Match(text)
		m, others := b.Match(text)
		if n != m || steps != others {
			require.Equal(t, []int{n, steps}, []int{m, others}, "%s and %s: %q", a.Name, b.Name, text)
		}
	}
}

// What a step matches it may match: no text that is a piece is told from others by its clues. And most that are none are.
func TestMay(t *testing.T) {
	asked, all := 0, 0
	grams := make([]plan.Grams, len(texts()))
	for i, text := range texts() {
		grams[i] = plan.GramsOf(text)
	}
	for _, g := range plan.New(rules.Builtin(), nil).Programs {
		for i := range g.Steps {
			s := &g.Steps[i]
			for i, text := range texts() {
				n, _ := s.Match(text)
				may := s.May(text, &grams[i])
				if !may && n > 0 {
					require.Fail(t, "it is a piece", "%s: %q", s.Name, text)
				}
				if may && !s.May(text, nil) {
					require.Fail(t, "what is not known speaks against nothing", "%s: %q", s.Name, text)
				}
				if all++; may {
					asked++
				}
			}
		}
	}
	assert.Less(t, float64(asked)/float64(all), 0.1)
}
