package hold_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
)

type next func(hold.Event, view.Promise)

func (fn next) Leave(e hold.Event, known view.Promise) { fn(e, known) }

// Lines without any literal leave as such where nothing waits, and as other bytes where something does.
func TestPlain(t *testing.T) {
	r, claim := newRun(false), &hold.Claim{}
	r.Pass(nil, 1, view.NoLiteral)
	r.Pass([]byte("a\nb\n"), 1, view.NoLiteral)
	r.Pass([]byte("c\n"), 3, view.Nothing)
	assert.Equal(t, "a\nb\n", r.plain)
	r.put("noise\n", hold.Owner{}, is{"noise", claim, true})
	r.Pass([]byte("d\n"), 5, view.Bare)
	assert.Equal(t, "a\nb\nc\n", r.raw)
	r.drop(claim)
	assert.Equal(t, "a\nb\nc\nnoise\nd\n", r.raw)
	assert.Equal(t, "a\nb\n", r.plain)
	assert.EqualValues(t, len(r.raw), r.Stayed())
	assert.Equal(t, len(r.raw), r.Taken())

	r.Pass([]byte("a part"), 6, view.Nothing)
	assert.False(t, r.Fresh(), "the line goes on")
	r.EndLine()
	r.Pass([]byte("e\n"), 7, view.NoLiteral)
	assert.True(t, r.Fresh(), "it was a whole one")
}

// Lines that are known as a whole are folded as a whole.
func TestFold(t *testing.T) {
	r := newRun(false)
	r.Fold([]byte("a\nb\n"), 1, hold.Owner{Rule: noise, Fold: true})
	assert.Equal(t, []string{"noise folds a\nb\n"}, r.out)
	assert.Equal(t, 4, r.Taken())
	assert.Zero(t, r.Stayed())
}

// A megabyte waits, and no more; segments count as well, and each line is one whose spaces may be another's.
func TestFull(t *testing.T) {
	for line, most := range map[string]int{strings.Repeat("x", 99_999) + "\n": 11, strings.Repeat("x", 99) + "\n": 10_500, "    --> a\n": 8000} {
		r, claim := newRun(false), &hold.Claim{}
		r.put("noise\n", hold.Owner{}, is{"noise", claim, true})
		n := 0
		for ; !r.Full() && n < 20_000; n++ {
			r.foreign(line)
		}
		assert.LessOrEqual(t, n, most)
		assert.Greater(t, n, most*8/10)
		if len(line) > 16<<10 { // none of them is joined
			assert.Equal(t, 1<<20-(n+1)*128, r.Limits().Bytes, "beside what segments take")
		}
		r.drop(claim)
		assert.False(t, r.Full())
		held := n*len(line) + len("noise\n")
		assert.LessOrEqual(t, r.Limits().Bytes, min(held, 1<<20), "as much as may be held")
		assert.GreaterOrEqual(t, r.Limits().Bytes, min(held, 1<<20-(n+3)*128))
	}
}

// In how many pieces a long line comes makes no difference.
func TestLongLineInPieces(t *testing.T) {
	of := func(size int) (*run, int) {
		r, claim := newRun(false), &hold.Claim{}
		r.put("noise\n", hold.Owner{}, is{"noise", claim, true})
		r.Pass([]byte("another\n"), 2, view.Nothing)
		n := 0
		for ; !r.Full() && n < 2_000_000; n += size {
			r.Pass(bytes.Repeat([]byte("x"), size), 3, view.Nothing)
		}
		r.drop(claim)
		return r, n
	}
	want, n := of(1 << 20)
	for _, size := range []int{1 << 10, 1 << 14} {
		r, m := of(size)
		assert.Equal(t, want.Limits(), r.Limits())
		assert.Equal(t, want.shown()[:m], r.shown()[:m])
		assert.LessOrEqual(t, m, n, "it is full as soon")
	}
}

// What leaves together whatever comes waits as one. What may have to leave apart does not.
func TestJoin(t *testing.T) {
	quarter := strings.Repeat("x", 4<<10-1) + "\n"
	for name, c := range map[string]struct {
		lines []string
		want  []string
	}{
		"empty lines":             {[]string{"\n", "\n", "\n"}, []string{"\n\n\n"}},
		"lines without an indent": {[]string{"a\n", "b\n", "\n"}, []string{"a\nb\n\n"}},
		"behind one with an indent, and in front of the next":    {[]string{"    --> a\n", "b\n", "    --> c\n", "\n"}, []string{"    --> a\nb\n", "    --> c\n\n"}},
		"lines of spaces, which may be all of somebody's indent": {[]string{"    \n", "\n", "    \n", "a\n"}, []string{"    \n", "\n", "    \n", "a\n"}},
		"what just fits into the room":                           {append(slices.Repeat([]string{quarter}, 3), quarter[len("head\n"):]), []string{strings.Repeat(quarter, 3) + quarter[len("head\n"):]}},
		"what does not fit into the room":                        {[]string{"a\n", strings.Repeat("x", 20_000) + "\n", "b\n"}, []string{"a\n", strings.Repeat("x", 20_000) + "\n", "b\n"}},
	} {
		r, claim := waiting(c.lines...)
		r.drop(claim)
		assert.Equal(t, append([]string{"head\n"}, c.want...), r.out, name)
	}
	r, claim := waiting()
	r.put("a\n", hold.Owner{Rule: other})
	r.put("a\n", hold.Owner{Rule: other})
	r.put("b\n", hold.Owner{Rule: other, Fold: true})
	r.put("b\n", hold.Owner{Rule: other, Fold: true})
	r.drop(claim)
	assert.Equal(t, []string{"head\n", "other has a\n", "other has a\n", "other folds b\nb\n"}, r.out, "an event is a line of what a rule has that is shown")

	r, claim = waiting()
	r.put("Traceback\n", hold.Owner{}, is{"Traceback", claim, true})
	r.put("frame\n", hold.Owner{}, is{"frame", claim, true})
	r.fold(claim)
	assert.Equal(t, []string{"noise folds head\n", "noise folds Traceback\nframe\n"}, r.out, "from the head on it may have to be given back")
}

// Untie lets everything go, as it came.
func TestUntie(t *testing.T) {
	r, claim := newRun(false), &hold.Claim{}
	r.put("web-1  | noise\r", hold.Owner{}, is{"noise", claim, true})
	r.put("a noise\n", hold.Owner{Rule: other, Fold: true})
	assert.Empty(t, r.out)
	r.Untie()
	assert.True(t, r.Empty())
	assert.Equal(t, "web-1  | noise\ra noise\n", r.shown())
}
