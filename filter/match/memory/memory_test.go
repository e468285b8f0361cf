package memory_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/match/memory"
	"github.com/orbfilter/orbfilter/filter/plan"
)

// A number stands for one text for ever, whatever comes and however much is remembered: an answer that is noted for it is an
// answer about that text.
func TestANumberIsOneText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const steps = 5
		a := memory.NewAnswers(steps)
		if rapid.Bool().Draw(t, "little") {
			a.Forget(rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "texts"))
		}
		texts := rapid.SliceOfN(rapid.StringMatching(`[a-c]{0,3}`), 1, 400).Draw(t, "texts")
		numbers := map[int]string{}
		for i, text := range texts {
			n, grams := a.Number([]byte(text), i%2 == 0)
			assert.Positive(t, n)
			if was, known := numbers[n]; known {
				assert.Equal(t, was, text)
			}
			numbers[n] = text
			if grams != nil {
				assert.Equal(t, plan.GramsOf([]byte(text)), *grams)
			}
			for id := range steps {
				answer := a.Of(&plan.Step{ID: id}, n)
				if answer.Text == n {
					assert.Equal(t, fmt.Sprint(id, text), answer.Groups["said"])
				}
				*answer = memory.Answer{Text: n, Groups: map[string]string{"said": fmt.Sprint(id, text)}}
			}
		}
	})
}

// What comes again is known again: that is what it is for.
func TestWhatComesAgainIsRemembered(t *testing.T) {
	a := memory.NewAnswers(3)
	first, grams := a.Number([]byte("a line"), false)
	assert.NotNil(t, grams)
	*a.Of(&plan.Step{ID: 1}, first) = memory.Answer{Text: first, N: 6}
	again, _ := a.Number([]byte("a line"), false)
	assert.Equal(t, first, again)
	assert.Equal(t, 6, a.Of(&plan.Step{ID: 1}, again).N)
	assert.Zero(t, a.Of(&plan.Step{ID: 2}, again).Text, "another step was not asked")
	other, _ := a.Number([]byte("a line."), false)
	assert.NotEqual(t, first, other)

	a.Forget(64)
	again, _ = a.Number([]byte("a line"), false)
	assert.NotEqual(t, first, again, "it was forgotten")
}

// Hundreds of texts are remembered, once there were more than a few.
func TestMemoryGrows(t *testing.T) {
	a := memory.NewAnswers(1)
	known := 0
	for round := range 2 {
		for i := range 200 {
			text := []byte(fmt.Sprint("line ", i))
			n, _ := a.Number(text, false)
			if at := a.Of(&plan.Step{}, n); round == 0 {
				*at = memory.Answer{Text: n}
			} else if at.Text == n {
				known++
			}
		}
	}
	assert.Greater(t, known, 100)
}

// A long text is not remembered, and its grams are known only where it is one of few.
func TestLongTextsAreNotRemembered(t *testing.T) {
	a := memory.NewAnswers(1)
	long, huge := []byte(strings.Repeat("x", memory.LongestText+1)), []byte(strings.Repeat("x", 9<<10))
	n, grams := a.Number(long, true)
	assert.NotNil(t, grams)
	again, grams := a.Number(long, false)
	assert.Nil(t, grams)
	assert.NotEqual(t, n, again)
	_, grams = a.Number(huge, true)
	assert.Nil(t, grams)
	n, _ = a.Number(long[1:], false)
	again, _ = a.Number(long[1:], false)
	assert.Equal(t, n, again)
}

// A line is known as long as an age lasts: not behind a change, and not in the next three rows behind that.
func TestIdleLines(t *testing.T) {
	var i memory.Idle
	raw := []byte("nobody's\n")
	assert.Nil(t, i.Find(raw), "nothing is known yet")
	for range 5 {
		i.EndRow()
	}
	i.Keep(raw, memory.IdleLine{Text: 8, Above: true})
	for range 5 {
		i.EndRow() // nothing has changed for long
		found := i.Find(raw)
		if assert.NotNil(t, found) {
			assert.Equal(t, 8, found.Text)
			assert.True(t, found.Above)
		}
	}
	assert.Nil(t, i.Find([]byte("nobody's")))
	assert.Nil(t, i.Find([]byte(strings.Repeat("x", memory.LongestIdle+1))))

	age := i.Age()
	i.NewAge()
	assert.Nil(t, i.Find(raw))
	assert.Greater(t, i.Age(), age)
	for row := range 5 {
		i.Keep(raw, memory.IdleLine{Text: row})
		assert.NotNil(t, i.Find(raw))
		i.EndRow()
		assert.Equal(t, row < 3, i.Find(raw) == nil, row)
	}
	longest := []byte(strings.Repeat("x", memory.LongestIdle))
	i.Keep(longest, memory.IdleLine{})
	assert.NotNil(t, i.Find(longest))
	assert.Nil(t, i.Find(longest[1:]))
}
