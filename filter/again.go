package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/cpython"
)

// The children of one run print the same block, to the last byte, as long as nothing comes
// in between. So the last blocks that stood alone are remembered, and where the same
// lines come again while nothing else is going on, they are what they were: as many lines of
// the same issue. What is counted, where, and whether it is folded, is asked each time.
//
// A log with a block in three of ten operations takes half the time so; see
// docs/benchmarks.md.

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
	block *block // that took them; complete and folded
	files []file // that its lines name, in folders of installed packages
}

// wholeBlocks are the last ones.
type wholeBlocks struct {
	last []wholeBlock // maxBlocks; nil: none is remembered
	next int          // the place of the next one
	from tally
}

// A tally is what a block is recognized by that has stood alone: it alone was counted, and nothing
// was shown. at is where it begins in the lines that are at hand; -1: there is none.
type tally struct {
	at, blocks, counted int
	shown               int64
}

func (f *Filter) tallied(at int) tally { return tally{at, f.begun, f.counted, f.stayed} }

// alone reports whether nothing is going on that the next line could be a part of.
func (f *Filter) alone() bool {
	v := f.byDress[""]
	return v != nil && f.quiet() && !f.shown && !f.stands && f.within == nil && f.margin.knot == nil && f.options.Trace == nil &&
		!v.own && !v.returns && v.lone == 0 && v.failing == nil && (v.traceback == nil || v.traceback.state != open)
}

// again takes the lines of a block that is remembered, if p begins with them, and returns how
// many bytes they are.
func (f *Filter) again(p []byte) int {
	if !f.alone() {
		return 0
	}
	for i := range f.known.last {
		if k := &f.known.last[i]; len(k.raw) > 0 && bytes.HasPrefix(p, k.raw) && f.repeat(k) {
			return len(k.raw)
		}
	}
	return 0
}

// repeat takes a block again, unless what is installed speaks against it by now.
func (f *Filter) repeat(k *wholeBlock) bool {
	f.voice = f.byDress[""]
	r := k.block.rule
	if !f.installed(f.issue(r), f.siteFor(r, k.block.site, f.stamp), f.stamp) {
		return false
	}
	for _, at := range k.files {
		f.keepSite(at)
	}
	f.begun++
	total := k.block.total
	f.count(r, occurrence{line: f.line, last: f.line + total.last, lines: total.lines, context: f.where(), host: k.block.host, site: k.block.site, text: k.block.text, stamp: f.stamp})
	f.issue(r).Lines += int64(k.lines - total.lines)
	f.taken += len(k.raw)
	f.emit(Event{Rule: r, Fold: true, Raw: k.raw, Line: f.line})
	f.line, f.row = f.line+k.lines, f.row+k.lines
	f.at = f.line - 1
	f.named = false
	return true
}

// remember keeps the block that was taken since f.known.from, if it stood alone. raw are its lines.
func (f *Filter) remember(raw []byte) {
	from, b := f.known.from, f.taker
	if b == nil || len(f.known.last) == 0 || len(raw) > longestBlock || !f.alone() || f.voice != f.byDress[""] || f.tallied(from.at) != (tally{from.at, from.blocks + 1, from.counted + 1, from.shown}) {
		return
	}
	n := bytes.Count(raw, []byte("\n"))
	if b.number != f.begun || !b.fold || b.state != claimed || b.lines != n || b.line != f.line-n || f.view.Dress != "" {
		return
	}
	k := &f.known.last[f.known.next]
	f.known.next = (f.known.next + 1) % len(f.known.last)
	*k = wholeBlock{raw: append(k.raw[:0], raw...), lines: n, block: b, files: k.files[:0]}
	for line := range bytes.Lines(raw) {
		if at := f.fileOf(bytes.Trim(line, " \r\n")); at.site != "" && cpython.IsFrame(bytes.Trim(line, " \r\n")) {
			k.files = append(k.files, at)
		}
	}
}
