package outcome_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

// The last lines that were shown are kept as they are to be seen, those that are empty left out.
func TestTail(t *testing.T) {
	for name, c := range map[string]struct {
		shown string
		want  []string
	}{
		"nothing":                {"", nil},
		"a line":                 {"a\n", []string{"a"}},
		"the first is empty":     {"\na\n", []string{"a"}},
		"without an end":         {"a\nb", []string{"a", "b"}},
		"nothing without an end": {"a", []string{"a"}},
		"colours, spaces":        {"\x1b[31ma\x1b[0m  \t\r\n\n  \n  b\n", []string{"a", "  b"}},
		"overwritten":            {"    | 0% (0/1)\r\x1b[Ka\n", []string{"a"}},
		"its last one counts":    {"one\rother\r\n", []string{"other"}},
		"long":                   {strings.Repeat("x", 300) + "\n", []string{strings.Repeat("x", 240)}},
		"cut within a character": {strings.Repeat("x", 239) + "ä\n", []string{strings.Repeat("x", 239) + "\uFFFD"}},
	} {
		o := follow(c.shown, 0)
		assert.Equal(t, c.want, o.Tail(), name)
	}
	for _, n := range []int{19, 20, 21, 40} {
		o := follow(many(n, "line %d\n")+"part", 0)
		want := []string{}
		for i := max(0, n-19); i < n; i++ {
			want = append(want, fmt.Sprint("line ", i))
		}
		assert.Equal(t, append(want, "part"), o.Tail(), n)
	}
}

// Of two streams the last lines of each are kept, that which has shown something last behind the other. What one does not need
// the other has.
func TestTailOfTwoStreams(t *testing.T) {
	stream := func(name string, n int, when time.Time) outcome.Outcome {
		f := outcome.NewPlan().Follow()
		f.At(when)
		f.Write([]byte(many(n, name+" %d\n")), 1, view.Nothing)
		return f.Outcome()
	}
	early := time.Unix(1_700_000_000, 0)
	for _, c := range []struct{ first, second, fromFirst, fromSecond int }{
		{30, 30, 10, 10}, {30, 3, 17, 3}, {3, 30, 3, 17}, {3, 4, 3, 4}, {0, 30, 0, 20}, {30, 0, 20, 0}, {10, 10, 10, 10}, {11, 9, 11, 9}, {9, 12, 9, 11}, {12, 10, 10, 10},
	} {
		var want []string
		for i := c.first - c.fromFirst; i < c.first; i++ {
			want = append(want, fmt.Sprint("a ", i))
		}
		for i := c.second - c.fromSecond; i < c.second; i++ {
			want = append(want, fmt.Sprint("b ", i))
		}
		one, two := stream("a", c.first, early), stream("b", c.second, early.Add(time.Second))
		one.Join(two)
		assert.Equal(t, want, one.Tail(), c)
		one, two = stream("a", c.first, early), stream("b", c.second, early.Add(time.Second))
		two.Join(one)
		assert.Equal(t, want, two.Tail(), c)
	}
}
