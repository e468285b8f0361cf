package filter

import (
	"bytes"
	"regexp"

	"github.com/orbfilter/orbfilter/rules"
)

const (
	// doneLines is for how many lines the last pieces of a block are still
	// looked for that has got all it needs: a colon, a line end.
	doneLines = 256
	// maxGap is how many lines may lie between two pieces of a block.
	maxGap = 4096
	// maxOpen is how many blocks may be open. A run with a hundred hosts in
	// parallel has as many.
	maxOpen = 1024
)

// claim finds who takes the piece that a text begins with. Blocks that wait
// for it come first: those that leave out the fewest steps, of them the one
// whose indent was torn off just as the piece's, or that took the last piece,
// else the oldest. (Any would do, but so a block gets its own pieces as a rule,
// and a torn indent is found nearby.) Then come programs that it opens.
func (f *Filter) claim(at sight) (piece, bool) {
	if len(at.text) == 0 {
		return piece{}, false
	}
	var (
		best   take
		taker  *block
		places []place
		rank   int
	)
	for _, b := range f.open {
		if b.state == passed {
			continue
		}
		t, to := f.waits(b, at)
		if t.n == 0 {
			continue
		}
		if r := f.rank(b, t, at.lead); taker == nil || r < rank {
			best, taker, places, rank = t, b, to, r
		}
	}
	if taker == nil {
		if taker, best, places = f.opens(at); taker == nil {
			return piece{}, false
		}
	}
	return f.give(taker, best, places, at), true
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

// opens begins a block if the text begins with the first piece of a program.
func (f *Filter) opens(at sight) (b *block, best take, places []place) {
	for _, p := range f.programs {
		s := &p.steps[0]
		if (at.behind || at.strong) && !s.strong || !p.mayOpen(at.text) {
			continue
		}
		n, steps := f.match(s, at.text)
		switch to := (place{p, steps}); {
		case n == 0 || n < best.n:
		case n > best.n:
			best, places = take{n: n, steps: steps, step: s, to: to}, []place{to}
		default:
			places = append(places, to)
		}
	}
	if best.n == 0 {
		return nil, best, nil
	}
	b = &block{line: f.line, last: f.line, context: f.context}
	f.open = append(f.open, b)
	return b, best, places
}

// give lets a block have a piece.
func (f *Filter) give(b *block, t take, places []place, at sight) piece {
	text := at.text[:t.n]
	before := b.last
	f.taker, b.short = b, false
	if f.header.block == b {
		f.header = header{}
	}
	b.undo = undo{b.places, b.last}
	b.places, b.last, b.at = places, f.line, f.now
	first := !t.step.repeat || !b.carets
	if t.step.repeat {
		f.spare += bytes.Count(text, []byte(" "))
	}
	if first {
		f.countSpaces(b, t.step, before, at.lead)
	} else {
		f.spare += at.lead
	}
	f.learn(b, t.step, text)
	if !at.behind { // what is behind a line of the run may have another's prefix
		b.dress, b.dressed = at.dress, true
	}
	b.settle()
	ends := t.step.ends && first && (t.step.parts == 0 || t.steps > 1)
	return piece{span: span{to: t.n}, block: b, ends: ends, head: t.step.head, header: t.step.header}
}

// noCarets finds the Pythons that draw none in the path of a file.
var noCarets = regexp.MustCompile(`[Pp]ython3?\.?(?:[89]|10)\b`)

// learn keeps what a piece tells of its block.
func (f *Filter) learn(b *block, s *step, text []byte) {
	b.carets = s.repeat
	b.kind = otherLine
	switch {
	case s.site:
		b.kind = frameOf
		b.bare = b.bare || noCarets.Match(text)
		if b.site == "" {
			b.site = sitePackages(string(text))
		}
	case s.repeat:
		f.marks -= len(text) - bytes.Count(text, []byte(" "))
	case s.torn:
		b.kind = sourceOf
		if !b.bare {
			f.marks += s.marks
		}
	}
	if b.host == "" {
		b.host = host(text)
	}
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

// A header is the head of a traceback that a block took last.
type header struct {
	block *block // nil: none, or the block has got further
	seq   int    // of the first segment
}

// giveBack corrects a guess: the head of a traceback that a block took is
// followed by a frame of another traceback, so it was that one's. What the
// block took from there on in that line it takes no more.
func (f *Filter) giveBack() {
	b := f.header.block
	if b == nil || b.state != open || b.last != f.line-1 {
		return
	}
	for i := range f.held {
		if s := &f.held[i]; s.block == b && s.seq >= f.header.seq {
			s.block = nil
		}
	}
	b.places, b.last = b.undo.places, b.undo.line
	f.header = header{}
	if len(b.places) == 0 {
		f.drop(b) // it was its first piece
	}
}

// contradict gives up the block that took a piece in the line before, when the
// line is an error that it does not wait for: it is another issue then.
func (f *Filter) contradict(v *view) {
	if b := f.taker; b != nil && b.state == open && b.last == f.line-1 && b.dress == v.dress && errorLine.Match(v.text) {
		f.drop(b)
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
		f.spare, f.owed, f.marks = 0, 0, 0
	}
	if f.heldBytes+len(f.held)*segmentCost > maxHeld || len(f.open) > maxOpen {
		f.dropAll()
	}
	f.release()
}

func (f *Filter) keepOpen() []*block {
	kept := f.open[:0]
	for _, b := range f.open {
		if b.state == open && f.line-b.last > maxGap {
			f.drop(b)
		}
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
