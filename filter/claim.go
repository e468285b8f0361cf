package filter

import (
	"bytes"
	"regexp"

	"github.com/orbfilter/orbfilter/rules"
)

// doneLines is for how many lines the last pieces of a block are still
// looked for that has got all it needs: a colon, a line end.
const doneLines = 256

// claim finds who takes the piece that text begins with. Blocks that wait for
// it come first: those that leave out the fewest steps, of them the one whose
// indent was torn off just as the piece's, or that took the last piece, else the
// oldest. (Any would do, but so a block gets its
// own pieces as a rule, and a torn indent is found nearby.) Then come programs
// that it opens. behind: there is text of the run in front of it.
func (f *Filter) claim(text []byte, lead int, behind bool) (piece, bool) {
	if len(text) == 0 {
		return piece{}, false
	}
	own := f.chain == f.line-1 // of a traceback of the run's own
	ok := func(s *step) bool { return (!behind || s.strong) && !(own && s.generic) }
	var (
		best   take
		taker  *block
		places []place
		rank   int
	)
	for _, b := range f.open {
		t, to := b.waits(text, ok)
		if t.n == 0 || b.state == passed {
			continue
		}
		if r := f.rank(b, t, lead); taker == nil || r < rank {
			best, taker, places, rank = t, b, to, r
		}
	}
	if taker == nil {
		if taker, best = f.opens(text, behind); taker == nil {
			return piece{}, false
		}
		places = taker.places
	}
	return f.give(taker, best, places, text[:best.n], lead), true
}

// rank rates how well a piece with lead spaces in front of it fits a block;
// less is better.
func (f *Filter) rank(b *block, t take, lead int) int {
	r := 4 * t.skips
	if t.step.torn && !t.step.repeat && b.short != (lead < t.step.lead) {
		r += 2
	}
	if b != f.taker {
		r++
	}
	return r
}

// opens begins a block if text begins with the first piece of a program.
func (f *Filter) opens(text []byte, behind bool) (*block, take) {
	var best take
	var places []place
	for _, p := range f.programs {
		s := &p.steps[0]
		if behind && !s.strong || !p.mayOpen(text) {
			continue
		}
		n, steps := s.match(text)
		switch to := (place{p, steps}); {
		case n == 0 || n < best.n:
		case n > best.n:
			best, places = take{n: n, steps: steps, step: s, to: to}, []place{to}
		default:
			places = append(places, to)
		}
	}
	if best.n == 0 {
		return nil, best
	}
	b := &block{places: places, line: f.line, last: f.line, context: f.context}
	f.open = append(f.open, b)
	return b, best
}

// give lets a block have a piece.
func (f *Filter) give(b *block, t take, places []place, text []byte, lead int) piece {
	before := b.last
	f.taker, b.short = b, false
	b.undo = undo{b.places, b.last}
	b.places, b.last, b.at = places, f.line, f.now
	first := !t.step.repeat || !b.carets
	if t.step.repeat {
		f.spare += bytes.Count(text, []byte(" "))
	}
	if first {
		f.countSpaces(b, t.step, before, lead)
	} else {
		f.spare += lead
	}
	b.carets = t.step.repeat
	if t.step.site && b.site == "" {
		b.site = sitePackages(string(text))
	}
	if b.host == "" {
		b.host = host(text)
	}
	if t.step.header {
		f.header = b
	}
	b.settle()
	ends := t.step.ends && first && (t.step.parts == 0 || t.steps > 1)
	return piece{span: span{to: t.n}, block: b, ends: ends, head: t.step.head}
}

// countSpaces keeps account of the spaces of torn indents: those too many in
// front of one piece are those that another lacks. What is still lacking
// stands in front of a line of the run.
func (f *Filter) countSpaces(b *block, s *step, before, lead int) {
	diff := lead - max(0, s.lead)
	if s.lead < 0 {
		diff = 0
	}
	switch {
	case diff >= 0:
		f.spare += diff
	case !s.torn, f.findSpaces(b, before, -diff, true):
	case f.spare >= -diff:
		f.spare += diff
	case !s.repeat: // carets are written one by one: only what is sure will do
		f.findSpaces(b, before, -diff, false)
	}
}

// siteFolder finds a folder of installed packages: a path that a quote, or the
// start of a text, begins.
var siteFolder = regexp.MustCompile(`(?:^|")((?:/|[A-Za-z]:[\\/])[^"]*?[\\/](?:site|dist)-packages)[\\/]`)

// sitePackages returns the folder of installed packages that the file lies in
// which a line names, or "".
func sitePackages(line string) string {
	if m := siteFolder.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

// giveBack corrects a guess: the head of a traceback that a block took is
// followed by a frame of another traceback, so it was that one's.
func (f *Filter) giveBack() {
	b := f.header
	if b == nil || b.state != open || b.last != f.line-1 {
		return
	}
	f.header = nil
	b.places, b.last = b.undo.places, b.undo.line
	for i := range f.held {
		if s := &f.held[i]; s.block == b && s.line == f.line-1 {
			s.block = nil
		}
	}
	if len(b.places) > 0 && b.line == f.line-1 {
		f.drop(b) // it was its first piece
	}
}

// finish closes the blocks that have all their pieces, forgets those whose
// last pieces will not come, and lets go of what need not wait.
func (f *Filter) finish() {
	for _, b := range f.open {
		if b.state == open {
			if p := b.done(); p != nil {
				f.complete(b, p)
			}
		}
	}
	f.open = f.keepOpen()
	if len(f.open) == 0 {
		f.spare, f.owed = 0, 0
	}
	if f.heldBytes > maxHeld {
		f.dropAll()
	}
	f.release()
}

func (f *Filter) keepOpen() []*block {
	kept := f.open[:0]
	for _, b := range f.open {
		if b.state == open || (b.state == folded && f.expects(b)) {
			kept = append(kept, b)
		}
	}
	clear(f.open[len(kept):])
	return kept
}

// expects reports whether a block that is complete may still get a piece.
func (f *Filter) expects(b *block) bool {
	if f.line > b.ended+doneLines {
		return false
	}
	if f.owed > 0 && f.owedTo == b {
		return true
	}
	rest := b.places[0].rest()
	return len(rest) > 0 && (!rest[0].next || f.line <= b.last)
}

// complete decides what becomes of a block that has all its pieces.
func (f *Filter) complete(b *block, p *program) {
	places := b.places[:0:0]
	for _, at := range b.places {
		if at.prog == p {
			places = append(places, at)
		}
	}
	b.places, b.ended = places, f.line
	b.state = passed
	if f.count(p.rule, occurrence{line: b.line, last: f.line, context: b.context, host: b.host, site: b.site}) && p.fold {
		b.state = folded
	}
}

// drop gives a block up: its bytes pass as they came.
func (f *Filter) drop(b *block) { b.state = passed }

// dropAll gives all blocks up.
func (f *Filter) dropAll() {
	for _, b := range f.open {
		if b.state == open {
			f.drop(b)
		}
	}
	f.open = f.keepOpen()
}

// matchLine returns the rule that takes a single line, after counting it; nil
// if there is none, or if the line is not to be touched.
func (f *Filter) matchLine(text []byte) *rules.Rule {
	for _, l := range f.lineRules {
		if len(l.literal) > 0 && !bytes.Contains(text, l.literal) || !l.rule.Match.Line.Search(text) {
			continue
		}
		at := occurrence{line: f.line, last: f.line, context: f.context, host: host(text), site: sitePackages(string(text))}
		if f.count(l.rule, at) || !l.rule.Folds() {
			return l.rule
		}
		return nil
	}
	return nil
}
