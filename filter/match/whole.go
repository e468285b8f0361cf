package match

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match/site"
	"github.com/orbfilter/orbfilter/filter/tally"
)

// The children of one run print the same block, to the last byte, as long as nothing comes
// in between. So the last blocks that stood alone are remembered, and where the same
// lines come again while nothing else is going on, they are what they were: as many lines of
// the same issue. What is counted, where, and whether it is folded, is asked each time.
//
// A log with a block in three of ten operations takes half the time so; see
// docs/explanation/benchmarks.md.

const (
	// maxBlocks is how many are remembered.
	maxBlocks = 8
	// longestBlock bounds the bytes of one.
	longestBlock = 8 << 10
)

// A wholeBlock is one that is remembered.
type wholeBlock struct {
	raw   []byte // its lines
	lines int
	block *block      // that took them; complete and folded
	files []site.File // that its lines have named, in folders of installed packages
}

// wholeBlocks are the last ones.
type wholeBlocks struct {
	last  []wholeBlock // maxBlocks; nil: none is remembered
	next  int          // the place of the next one
	from  mark
	named []site.File // in folders of installed packages, since then
}

// A mark is what a block is recognized by that has stood alone: it alone was counted, and nothing
// was shown. at is where it begins in the lines that are at hand; -1: there is none.
type mark struct {
	at, blocks, counted, doubts int
	shown                       int64
}

func (m *Matcher) mark(at int) mark {
	return mark{at, m.begun, m.tally.Counted(), m.tally.Doubts(), m.queue.Stayed()}
}

// name notes a file that a line names. Where there are many, what lies behind the last mark is not remembered.
func (k *wholeBlocks) name(at site.File) {
	const most = 64
	if k.from.at < 0 {
		return
	}
	if k.named = append(k.named, at); len(k.named) > most {
		k.from.at = -1
	}
}

// alone returns the writer without a prefix, if nothing is going on that the next line could be a part of; else nil.
func (m *Matcher) alone() *writer {
	if m.Busy() {
		return nil
	}
	w := m.writers.byPrefix[""]
	if w == nil || m.plan.Gate == nil || !m.queue.Fresh() || m.shown || m.within != nil || m.options.Trace != nil ||
		w.own || w.returns || w.orphans > 0 || w.failing != nil || w.traceback != nil && w.traceback.State == hold.Open {
		return nil
	}
	return w
}

// Begin begins with other lines.
func (m *Matcher) Begin() { m.known.from.at = -1 }

// Mark notes that what may be a block begins at a place in the lines.
func (m *Matcher) Mark(at int) {
	if m.known.from.at < 0 && m.alone() != nil {
		m.known.from, m.known.named = m.mark(at), m.known.named[:0]
	}
}

// Again takes the lines of a block that is remembered, if p begins with them, and returns how
// many bytes they are, and how many lines. number is that of the first.
func (m *Matcher) Again(p []byte, number int) (n, lines int) {
	w := m.alone()
	m.kept.lone = w != nil
	if w == nil {
		return 0, 0
	}
	m.line = number
	if n = w.keptAgain(p); n > 0 {
		return n, 1
	}
	for i := range m.known.last {
		if k := &m.known.last[i]; len(k.raw) > 0 && bytes.HasPrefix(p, k.raw) && w.repeat(k) {
			return len(k.raw), k.lines
		}
	}
	return 0, 0
}

// repeat takes a block again, unless what is installed speaks against it by now.
func (w *writer) repeat(k *wholeBlock) bool {
	w.last = w
	b, r := k.block, k.block.Rule
	if !w.tally.Has(r, w.siteFor(r, b.site, w.stamp), w.stamp) {
		return false
	}
	for _, at := range k.files {
		w.loaded.Keep(at)
	}
	w.begun++
	w.tally.Count(r, tally.Occurrence{Line: w.line, Last: w.line + b.total.last, Lines: b.total.lines, Where: w.where(), Host: b.host, Site: w.siteFor(r, b.site, w.stamp), Text: b.text, Head: b.head, Stamp: w.stamp})
	w.tally.Grow(r, k.lines-b.total.lines)
	w.queue.Fold(k.raw, w.line, hold.Owner{Rule: r, Fold: true})
	w.row += k.lines
	w.at = w.line + k.lines - 1
	w.named = false
	return true
}

// Remember keeps the block that lies between the last mark and a place in the lines, if it stood alone. number is
// that of the line at that place.
func (m *Matcher) Remember(lines []byte, at, number int) {
	from := m.known.from
	m.Begin()
	if from.at >= 0 && at-from.at <= longestBlock && len(m.known.last) > 0 {
		m.remember(lines[from.at:at], from, number)
	}
}

func (m *Matcher) remember(raw []byte, from mark, number int) {
	w, b := m.alone(), m.last.taker
	if b == nil || w == nil || w != m.last || m.mark(from.at) != (mark{from.at, from.blocks + 1, from.counted + 1, from.doubts, from.shown}) {
		return
	}
	n := bytes.Count(raw, []byte("\n"))
	if b.total.site != b.site || b.total.named != len(m.known.named) { // what came behind is not known yet where it is counted
		return
	}
	if b.number != m.begun || !b.Fold || b.State != hold.Claimed || b.lines != n || b.line != number-n || m.view.Dress != "" {
		return
	}
	k := &m.known.last[m.known.next]
	m.known.next = (m.known.next + 1) % len(m.known.last)
	*k = wholeBlock{raw: append(k.raw[:0], raw...), lines: n, block: b, files: append(k.files[:0], m.known.named...)}
}
