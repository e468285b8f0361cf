package match

import (
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A Seam says whether a log can be cut at a place, and what is behind it be matched by a matcher that knows nothing of what
// is in front of it.
type Seam int

// The seams.
const (
	NoSeam      Seam = iota
	Seamless         // nothing that is remembered makes a difference
	BetweenRuns      // that, and a run of pyinfra begins
)

// Seam says what a log has in front of a line. v is what has looked at the lines above.
func (m *Matcher) Seam(v *view.Line, line []byte) Seam {
	c, ok := m.Carry(v)
	if !ok {
		return NoSeam
	}
	var fresh view.Line
	fresh.Look(line)
	if c.learnt != (&view.Line{}).Learnt() && c.learnt != fresh.Learnt() || c.stamp != "" && len(fresh.AppendStamp(nil)) == 0 {
		return NoSeam
	}
	phase := pyinfra.Phase(fresh.Text)
	for _, w := range m.writers.all {
		own := w.prefix == fresh.Dress
		begins := own && phase == firstPhase && w.context != firstPhase
		switch {
		case w.own || w.orphans > 0 || w.returns,
			w.context != "" && !(own && phase != ""),
			len(w.sites)+len(w.repeats) > 0 && !begins:
			return NoSeam
		}
	}
	if w := m.writers.byPrefix[fresh.Dress]; phase == firstPhase && (w == nil || w.context != firstPhase) {
		return BetweenRuns
	}
	return Seamless
}
