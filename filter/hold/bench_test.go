package hold_test

import (
	"testing"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
)

// BenchmarkQueue puts blocks of eight lines, with one of the run's own in each, and lets them go.
func BenchmarkQueue(b *testing.B) {
	var noise, own view.Line
	noise.Look([]byte("    assert not self._is_stopped and self._started.is_set()\n"))
	own.Look([]byte("    [vm1] Success\n"))
	q := hold.New(next(func(hold.Event, view.Promise) {}), false)
	a := &hold.Account{}
	b.SetBytes(int64(8*len(noise.Raw) + len(own.Raw)))
	b.ReportAllocs()
	for b.Loop() {
		claim := &hold.Claim{}
		line := hold.Line{Line: &noise, Account: a, Pieces: []hold.Piece{{Span: view.Span{From: 0, To: len(noise.Text)}, Claim: claim, Ends: true}}}
		for range 8 {
			q.Put(&line)
			q.EndLine()
			q.Release()
		}
		q.Put(&hold.Line{Line: &own, Account: a})
		claim.State, claim.Owner = hold.Claimed, hold.Owner{Fold: true}
		q.Release()
	}
}
