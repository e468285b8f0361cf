package regex

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whether an expression matches is what Go's matcher says, whatever it and the text have in them.
func TestQuick(t *testing.T) {
	parts := rapid.SampledFrom([]string{
		"a", "b", "é", "K", `\d`, `\w+`, `\W`, `\s*`, ".", ".*", ".+?", "[^a]", "[a-c]{2,3}", "(?:ab|cd)", "(?:a|)", "(?i:k)", `\b`, `\B`, "^", "$", `\A`, `\z`, "(?m:^)", "(?m:$)", "(?s:.)", "x{0,5}", `\n`, `[[:^alpha:]]`, `\p{Lu}`,
	})
	texts := rapid.SampledFrom([]string{"a", "b", "ab", "cd", "é", "k", "K", "\u212a", "1", " ", "_", "-", "\n", "\xff", "\xe2\x82", "日本", "xxxxx", strings.Repeat("ab ", 20)})
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(rapid.SliceOfN(parts, 1, 6).Draw(t, "parts"), "")
		re, err := regexp.Compile(source)
		if err != nil {
			t.Skip()
		}
		q, err := newQuick(source)
		require.NoError(t, err)
		for range 3 {
			text := []byte(strings.Join(rapid.SliceOfN(texts, 0, 60).Draw(t, "texts"), ""))
			want := re.Match(text)
			require.Equal(t, want, q.Match(text), "%q of %q", source, text)
			if got, ok := q.ask(text); ok { // also where it is short
				require.Equal(t, want, got, "%q of %q", source, text)
			}
		}
	})
}

// One that has too many states, or is too large, is Go's.
func TestQuickIsBounded(t *testing.T) {
	text, random := make([]byte, 2000), rand.New(rand.NewPCG(1, 1))
	for i := range text {
		text[i] = "ab"[random.IntN(2)]
	}
	for _, source := range []string{`a[ab]{40}c`, `(?:\pL|\pN|\pS)+x{500}c`} {
		q, err := newQuick(source)
		require.NoError(t, err)
		q.asked = paysFrom
		assert.False(t, q.Match(text))
		assert.True(t, q.off, source)
		assert.Nil(t, q.machine)
		assert.False(t, q.Match(text))
	}
	q, err := newQuick(`^.*a.*b.*c$`)
	require.NoError(t, err)
	assert.False(t, q.Match(text))
	assert.Nil(t, q.machine, "it does not pay yet")
	q.asked = paysFrom
	assert.False(t, q.Match(text))
	require.NotNil(t, q.machine)
	assert.LessOrEqual(t, len(q.machine.states), maxStates)
	assert.Less(t, len(q.machine.next), 100)
}

// All expressions together take no more than they may, however many there are, and what is forgotten is made again.
func TestAutomataAreBounded(t *testing.T) {
	text := []byte(strings.Repeat("one two three four ", 20))
	var all []*quick
	for n := range 200 {
		q, err := newQuick(fmt.Sprintf(`(?:one|two)+ .*(?:four|t[a-z]{0,20}) %d`, n))
		require.NoError(t, err)
		all = append(all, q)
	}
	for range 3 {
		for _, q := range all {
			q.asked = paysFrom
			assert.False(t, q.Match(text))
			bytes := 0
			for _, other := range all {
				if other.machine != nil {
					bytes += other.machine.size()
				}
			}
			require.LessOrEqual(t, bytes, maxAutomata)
		}
	}
	assert.NotNil(t, slices.MaxFunc(all, func(a, b *quick) int { return cmp.Compare(a.asked, b.asked) }).machine)
}

// Many may ask one at a time.
func TestQuickSideBySide(t *testing.T) {
	q, err := newQuick(`a.*[bc]\d+$`)
	require.NoError(t, err)
	q.asked = paysFrom
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for n := range 200 {
				text := strings.Repeat("ab", 50+n)
				assert.False(t, q.Match([]byte(text)))
				assert.True(t, q.Match([]byte(text+"c12")))
			}
		})
	}
	wait.Wait()
}

// BenchmarkQuick asks an expression with a long way in it.
func BenchmarkQuick(b *testing.B) {
	text := []byte(strings.Repeat("--> pyinfra error in src/gevent/greenlet.py line 912: Over 0% of hosts failed (33%)", 100))
	q, err := newQuick(`^--> (?:\[[^\]\s]+\] +)?pyinfra error(?: \(operation=.*\))?(?: in .+ line \d+)?: No such group: \S+$`)
	require.NoError(b, err)
	q.asked = paysFrom
	for name, match := range map[string]func([]byte) bool{"quick": q.Match, "plain": q.Regexp.Match} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				match(text)
			}
		})
	}
}
