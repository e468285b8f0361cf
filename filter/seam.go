package filter

import (
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// Noise that stands behind other text takes the line end with it, so that what the
// run writes next goes on in the same line, as it does without the noise. Where
// each line has a prefix, that line would have two: the one of the line that is
// joined to it was written because of the noise, and goes with it. If somebody else
// writes in between, nothing is joined, and the line keeps its end.

// A seam says that a line end is to be claimed, and the prefix of its line was not.
type seam struct {
	voice *voice      // whose line it is; nil: there is no seam
	block *block      // that claims it; nil: rule does
	rule  *rules.Rule // for single lines
	knot  *block      // has the line end as long as it is open; nil: it was claimed
	at    time.Duration
}

// putEnd claims the end of a line, from a place in raw on. kept: the prefix of the
// frame is not claimed.
func (f *Filter) putEnd(v *view.Line, from int, kept bool, b *block, r *rules.Rule) {
	s := segment{raw: v.Raw[from:], line: f.line, block: b, rule: r, fold: r != nil}
	if kept := kept && v.Prefix > 0; !kept && (v.Prefix > 0 || !f.inner) {
		f.put(s)
		return
	}
	f.tie()
	f.joined = seam{voice: f.voice, block: b, rule: r, at: f.now}
	if f.dress != "" || v.Prefix > 0 {
		f.joined.knot = &block{}
		s.block, s.rule, s.fold = f.joined.knot, nil, false
	}
	f.put(s)
}

// tie joins the line to the one behind it.
func (f *Filter) tie() { f.untie(f.joined.block, f.joined.rule) }

// untie ends a seam, also one that cannot be waited for. The line end is claimed for
// a block, or a rule, or it stays.
func (f *Filter) untie(b *block, r *rules.Rule) {
	if f.joined.knot != nil {
		for i := len(f.held) - 1; i >= 0; i-- {
			if s := &f.held[i]; s.block == f.joined.knot {
				s.block, s.rule, s.fold = b, r, r != nil
				break
			}
		}
	}
	f.joined = seam{}
}

// rejoin claims the prefix of a line whose text stays, if the line is joined to
// one before. It returns where in raw what is not put yet begins.
func (f *Filter) rejoin(v *view.Line) int {
	j := f.joined
	switch {
	case j.voice == nil:
		return 0
	case j.voice != f.voice, j.block != nil && j.block.state == passed:
		f.untie(nil, nil)
		return 0
	}
	f.tie()
	if f.inner || v.Prefix == 0 {
		return 0
	}
	f.put(segment{raw: v.Raw[:v.Prefix], line: f.line, block: j.block, rule: j.rule, fold: j.rule != nil})
	return v.Prefix
}

// keepPrefix leaves the prefix of a line in the stream that is claimed otherwise,
// if something must stand behind it: the line goes on from one before, or holds
// sequences that stay. It returns where in raw what is not put yet begins.
func (f *Filter) keepPrefix(v *view.Line) int {
	if v.Prefix == 0 || !v.GoesOn && !v.Moves(view.Span{From: 0, To: v.End}) {
		return 0
	}
	if from := f.rejoin(v); from > 0 {
		return from
	}
	f.put(segment{raw: v.Raw[:v.Prefix], line: f.line, visible: true})
	return v.Prefix
}

// goOn prepares for a frame. A line may go on from one before, as GitLab has them:
// behind a CR it is another frame of that, otherwise the rest of its text.
func (f *Filter) goOn(v *view.Line, first bool) {
	f.inner = !first
	if v.GoesOn && first {
		f.row = max(0, f.row-1)
		f.shown = !f.returns
	}
}
