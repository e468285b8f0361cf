package hold_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A line that comes again is put as it was: what waits, whose spaces it may have, and what is shown are the same.
func TestPutAgain(t *testing.T) {
	for _, line := range []string{"    [vm1] Success\n", "        [vm1] Success\n", "    --> a\n", "    \n", "\n", "x\n", "    x\r"} {
		v := &view.Line{}
		v.Look([]byte(line))
		known := hold.KnownOf(v)
		put := func(again bool) (*run, *hold.Claim) {
			r, claim := waiting("text\n")
			for number := 3; number < 6; number++ {
				if again {
					r.PutAgain(&known, v.Raw, number, &r.account)
				} else {
					r.Put(&hold.Line{Line: v, Number: number, Account: &r.account})
				}
				if v.IsLine() {
					r.EndLine()
				}
			}
			r.Indent(&r.account, claim, hold.Indent{Want: 4, Since: 1, Torn: true})
			return r, claim
		}
		want, of := put(false)
		got, again := put(true)
		assert.Equal(t, want.shownAs(of), got.shownAs(again), "%q", line)
		assert.Equal(t, want.out, got.out, "%q", line)
		assert.Equal(t, want.Limits(), got.Limits(), "%q", line)

		r := newRun(false)
		r.PutAgain(&known, v.Raw, 1, &r.account)
		assert.Equal(t, strings.TrimSpace(line) == "", r.Fresh(), "%q: whether something of the line stays", line)
	}
}

// It is put so where a line begins for the queue: not behind a prefix that waits, nor in an object.
func TestMayRepeat(t *testing.T) {
	r, claim := newRun(false), &hold.Claim{}
	assert.True(t, r.MayRepeat())
	r.frame("web-1  | noise\r", claim, true)
	assert.False(t, r.MayRepeat())
	r.EndLine()
	assert.True(t, r.MayRepeat())
	v := &view.Line{}
	v.First([]byte(asText("noise\nb\n")))
	r.Put(&hold.Line{Line: v, Number: 2, Account: &r.account, Prefixed: true})
	assert.False(t, r.MayRepeat())
	r.EndLine()
	assert.True(t, r.MayRepeat())
}

// Limits say how much was held since they were asked for last.
func TestForget(t *testing.T) {
	r, claim := waiting("a\n", "b\n")
	assert.Equal(t, hold.Limits{Bytes: len("head\na\nb\n")}, r.Limits())
	r.Forget()
	assert.Zero(t, r.Limits())
	r.foreign("c\n")
	r.drop(claim)
	assert.Equal(t, hold.Limits{Bytes: len("head\na\nb\nc\n")}, r.Limits())
}
