package match

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/view"
)

// A log may be matched in parts, side by side, if what comes before a part makes no difference to it. So a part begins
// where no block is open and nothing waits. What is kept there all the same, and what later lines depend on, is its
// carry. Nearly all of that is of the run that goes on, and the lines in front of a place tell it as well as all that is
// above them: a matcher that has seen these only is the same as one that has seen all, if both carry the same.
//
// What is remembered to save time (texts, blocks, lists) makes no difference and is not carried, and neither are lines
// above that only pieces of open blocks are compared with.

// A Carry is what later lines depend on at a place where no block is open.
type Carry struct {
	learnt  string            // what stands in front of lines
	stamp   string            // the last date that a line was seen with, where that matters
	dates   int               // how many were seen
	asked   int               // how often that has mattered
	writers map[string]string // of each, by its prefix; one that carries nothing is not there
}

// Rests reports whether no block is open, no traceback passes, and a line begins.
func (m *Matcher) Rests() bool {
	return !m.Busy() && m.queue.Fresh() && !m.shown && m.within == nil && len(m.long.text) == 0 && !slices.ContainsFunc(m.writers.all, func(w *writer) bool { return !w.account.Balanced() })
}

// Carry returns what is carried in front of the next line. v is what has looked at the lines. ok: the matcher rests.
func (m *Matcher) Carry(v *view.Line) (c Carry, ok bool) {
	if !m.Rests() {
		return c, false
	}
	c = Carry{learnt: v.Learnt(), stamp: string(m.stamp), dates: m.dates, asked: m.tally.Asked(), writers: map[string]string{}}
	for _, w := range m.writers.all {
		if carries := w.carries(); carries != "" {
			c.writers[w.prefix] = carries
		}
	}
	return c, true
}

// Equal reports whether a matcher that carries the one goes on as one that carries the other, whatever comes.
func (c Carry) Equal(d Carry) bool {
	return c.learnt == d.learnt && c.stamp == d.stamp && maps.Equal(c.writers, d.writers)
}

// leavesNothing reports whether the writer may be forgotten, and nothing be otherwise.
func (w *writer) leavesNothing() bool {
	return !w.busy && w.account.Balanced() && !w.isBranch() && w.empty()
}

// isBranch reports whether it is one of branch, which makes a difference by being there.
func (w *writer) isBranch() bool { return strings.Contains(w.prefix, branchMark) }

// empty reports whether it carries nothing.
func (w *writer) empty() bool {
	return w.context == "" && !w.own && w.orphans == 0 && !w.returns && w.loaded.Empty() && len(w.repeats) == 0 && w.underlines() == ""
}

// underlines is the line that carets of the next frame would point out.
func (w *writer) underlines() string {
	if w.aboveRow != w.row-1 {
		return ""
	}
	return string(w.above)
}

// carries is what later lines of the writer depend on; empty: nothing.
func (w *writer) carries() string {
	if w.empty() && !w.isBranch() {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q %v %d %v %q", w.context, w.own, w.orphans, w.returns, w.underlines())
	b.WriteString(w.loaded.String())
	var all [sha256.Size]byte
	for key := range w.repeats {
		for i := range all {
			all[i] ^= key[i]
		}
	}
	fmt.Fprintf(&b, "\n%d %x", len(w.repeats), all)
	return b.String()
}

// Same reports whether the matcher, which carries c, may be taken for another one that was told less of what came
// before, and carried d in front of the same line. later has gone on from there.
func (m *Matcher) Same(c, d Carry, later *Matcher) bool {
	if c.learnt != d.learnt || c.stamp != d.stamp && later.tally.Asked() > d.asked {
		return false
	}
	if later.writers.swept || len(m.writers.all)+len(later.writers.all) > maxWriters/2 || m.singles.repeats+later.singles.repeats > maxRepeats/2 {
		return false
	}
	for prefix := range later.writers.byPrefix {
		if c.writers[prefix] != d.writers[prefix] {
			return false
		}
	}
	for prefix := range c.writers {
		if later.writers.byPrefix[prefix] == nil && (strings.Contains(prefix, branchMark) || later.below(prefix)) {
			return false
		}
	}
	return true
}

// below reports whether a writer has this prefix in front of its own.
func (m *Matcher) below(prefix string) bool {
	for other := range m.writers.byPrefix {
		if strings.HasPrefix(other, prefix) {
			return true
		}
	}
	return false
}

// Inherit gives the matcher the writers of another one, which it has gone on from, that it has not met itself. It carried d there.
func (m *Matcher) Inherit(from *Matcher, d Carry) {
	var all []*writer // in the order in which they were met first
	for _, w := range from.writers.all {
		if own := m.writers.byPrefix[w.prefix]; own != nil {
			w = own
		} else {
			w.Matcher, w.settled = m, -1
			m.singles.repeats += len(w.repeats)
			m.writers.byPrefix[w.prefix] = w
			m.queue.Wait(&w.account, nil)
		}
		all = append(all, w)
	}
	for _, w := range m.writers.all {
		if from.writers.byPrefix[w.prefix] == nil {
			all = append(all, w)
		}
	}
	m.writers.all = all
	m.phased = m.phased || from.phased
	m.inheritDate(from.stamp, d.dates)
}

// inheritDate gives the matcher the last date that another one was seen with, until it has seen one itself: so many were seen then.
func (m *Matcher) inheritDate(stamp []byte, dates int) {
	if m.dates == dates {
		m.stamp = stamp
	}
	for _, w := range m.writers.all {
		for _, b := range w.open {
			if b.dates == dates {
				b.stamp = bytes.Clone(stamp)
			}
		}
	}
}
