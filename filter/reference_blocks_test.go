package filter_test

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A refBlock is an issue that is being put together: behind where it begins, the lines that it has taken.
type refBlock struct {
	lines           []refTaken
	claimed, passed bool // it was complete, or is given up; neither: it is open
	rule            *rules.Rule
	fold            bool
}

// A refTaken is a line of a block. Beside the kinds of steps a traceback has C, another error than the rule's, which may be the cause of one that
// is; behind that B, a blank line, X, the sentence between two exceptions, and N, a blank line again.
type refTaken struct {
	*refUnit
	kind   byte
	step   *refStep   // nil: none names it
	places []refPlace // behind it, in the rules that the block may be of
}

func (b *refBlock) last() *refTaken     { return &b.lines[len(b.lines)-1] }
func (b *refBlock) is(o *refBlock) bool { return b == o }
func (b *refBlock) open() bool          { return !b.claimed && !b.passed }

// above reports whether it has taken the line above.
func (b *refBlock) above(u *refUnit) bool { return b.open() && b.last().row == u.row-1 }

// loose reports whether lines that no step names may be its, too: those of a traceback follow each other.
func (b *refBlock) loose() bool { return b.last().places[0].rule.Match.PythonTraceback != nil }

// bare reports whether its Python draws no marks.
func (b *refBlock) bare() bool {
	return slices.ContainsFunc(b.lines, func(l refTaken) bool { return l.step != nil && l.step.in("FW") && refBare.Match(l.word) })
}

// kept reports whether no rule that it may be of folds.
func (b *refBlock) kept() bool {
	return !slices.ContainsFunc(b.last().places, func(p refPlace) bool { return p.rule.Folds() })
}

// done returns the rule that has all that it needs; nil: none has.
func (b *refBlock) done() *rules.Rule {
	for _, p := range b.last().places {
		if !slices.ContainsFunc(p.rest, func(s *refStep) bool { return !s.optional }) {
			return p.rule
		}
	}
	return nil
}

// under are the columns below its last source line, as long as marks may come there, and how many may.
func (b *refBlock) under() (columns view.Span, room int) {
	for _, l := range b.lines {
		switch {
		case l.step == nil:
		case l.kind == 'M':
			room -= marks(l.refUnit)
		case l.kind == 'S':
			room = cpython.Columns(l.word)
			columns = view.Span{From: l.step.lead, To: l.step.lead + room}
		default:
			columns, room = view.Span{}, 0
		}
	}
	return columns, room
}

func marks(u *refUnit) int { return len(u.word) - bytes.Count(u.word, []byte(" ")) }

// unclosed are the brackets that are open in its last statement.
func (b *refBlock) unclosed() (n int) {
	for _, l := range b.lines {
		switch l.kind {
		case 'F':
			n = 0
		case 'S':
			n = cpython.Unclosed(n, l.word)
		}
	}
	return n
}

// follows says what a line that no step names is in a traceback, behind its last one; 0: it is not of it.
func (b *refBlock) follows(u *refUnit) (kind byte) {
	last, deep := b.last().kind, u.lead >= cpython.SourceIndent
	for _, next := range []struct {
		behind string
		kind   byte
		is     bool
	}{
		{"S", 'M', deep && cpython.IsMarks(u.word)},
		{"F", 'S', u.lead == cpython.SourceIndent && !pyinfra.NamesHost(u.word)},
		{"SM", 'S', deep && b.unclosed() > 0 && !pyinfra.NamesHost(u.word)},
		{"HFSM", 'F', u.lead == cpython.FrameIndent && cpython.IsBareFrame(u.word)},
		{"FSM", 'C', cpython.IsError(u.text)},
		{"C", 'B', len(u.word) == 0},
		{"B", 'X', cpython.IsChain(u.text)},
		{"X", 'N', len(u.word) == 0},
		{"N", 'H', cpython.IsHead(u.text)},
	} {
		if next.is && strings.IndexByte(next.behind, last) >= 0 {
			return next.kind
		}
	}
	return 0
}

// A refWriter is what one writer has written so far.
type refWriter struct {
	*reference
	units  []*refUnit
	counts map[string]int
	seen   map[string]bool // by rules for what repeats
	unsure string

	blocks  []*refBlock // open, or may get last lines
	taker   *refBlock   // has taken the last line that was taken
	own     bool        // the line before is of a traceback of the run's own
	lone    int         // heads of such that have no frame yet
	failing bool        // such a traceback may be going on
	sites   bool        // folders of packages were named
	colons  int         // up to which row the colon of an error may still come, which was written without
}

func (w *refWriter) doubt(is bool, why string) {
	if is {
		w.unsure = cmp.Or(w.unsure, why)
	}
}

// unit decides whose a line is.
func (w *refWriter) unit(u *refUnit) {
	w.doubt(bytes.LastIndex(u.text, []byte(cpython.Ignored)) > u.lead, "a head stands behind other text")
	w.doubt(len(w.blocks) > 1000 || u.row >= 4000, "there are more lines, or blocks, than are waited for")
	w.sites = w.sites || refSite.Match(u.text)
	w.drop(func(b *refBlock) bool { return b.loose() && b.last().row < u.row-1 })
	if u.block = w.take(u); u.block == nil {
		w.foreign(u)
	}
	w.follow(u)
	w.finish(u)
}

// chained is the traceback that has taken the line before.
func (w *refWriter) chained(u *refUnit) *refBlock {
	if i := slices.IndexFunc(w.blocks, func(b *refBlock) bool { return b.above(u) && b.loose() }); i >= 0 {
		return w.blocks[i]
	}
	return nil
}

// take finds the block that takes a line: of those that wait for it the one that leaves out least, and of these the one that has taken the last line
// or, if that is none of them, the oldest. If none waits, one may begin with it.
func (w *refWriter) take(u *refUnit) (taker *refBlock) {
	chain := w.chained(u)
	if chain != nil && strings.IndexByte("CBXN", chain.last().kind) >= 0 {
		if w.goesOn(chain, u) {
			return chain
		}
		w.drop(chain.is)
	}
	begin := &refBlock{lines: []refTaken{{refUnit: &refUnit{row: u.row}, places: w.begin}}}
	best, least := refTaken{}, 0
	for _, b := range append(slices.Clone(w.blocks), begin) {
		if line, rank := w.waits(b, u); line.step != nil && (taker == nil || rank < least && b != begin) {
			taker, best, least = b, line, rank
		}
	}
	if n := cpython.IgnoredLen(u.word); n > 0 && (taker == nil || best.kind == 'I') {
		w.doubt(!refRepr.Match(bytes.TrimRight(u.word[n:], " :")), "what stands behind a head may be another writer's")
		w.doubt(taker == nil && (u.lead > 0 || len(w.blocks) > 0 || bytes.IndexAny(u.word[n:], "[-T<F^~: E'") == 0), "an object may be torn")
	}
	if taker != nil {
		w.give(taker, best)
	} else if chain != nil && w.goesOn(chain, u) {
		return chain
	}
	return taker
}

// waits returns how a block would take a line, as far as it waits for it, and how good that is: less is better. Rules that do not are not asked any more.
func (w *refWriter) waits(b *refBlock, u *refUnit) (line refTaken, rank int) {
	line.refUnit = u
	for _, p := range b.last().places {
		s, to, skipped := w.reach(b, p, u)
		if s != nil && line.step == nil {
			line.step, line.kind, rank = s, s.kind, skipped
		}
		if s != nil && (s.kind == 'I') == (line.kind == 'I') { // what is all of a line comes first
			line.places = append(line.places, to)
		}
	}
	if line.step != nil && line.step.in("FW") && b.bare() != refBare.Match(u.word) { // it is another Python's
		rank += 2
	}
	if b != w.taker {
		rank++
	}
	return line, rank
}

// reach looks for the step that a line is, among the one that a rule waits for and those behind it, as long as they may be left out.
func (w *refWriter) reach(b *refBlock, p refPlace, u *refUnit) (s *refStep, to refPlace, skipped int) {
	for at, s := range p.rest {
		if names, ok := w.may(b, p, s, u); ok {
			if s.kind != 'M' { // of which more may come
				at++
			}
			return s, refPlace{p.rule, p.rest[at:], names}, skipped
		}
		w.doubt(b.open() && s.torn(u.word), "a line may be torn")
		switch {
		case !s.optional:
			return nil, p, 0
		case s.kind != 'M':
			skipped += 8
		case b.last().kind == 'S' && !b.bare():
			skipped += 4
		}
	}
	return nil, p, 0
}

// may reports whether a line is what a step says and may be the block's, by where it stands and what it says; names are then those of the place.
func (w *refWriter) may(b *refBlock, p refPlace, s *refStep, u *refUnit) (names map[string]string, ok bool) {
	chain := w.chained(u)
	switch {
	case b.passed, len(u.word) == 0, !s.is(u.word),
		b.loose() && b.last().row < u.row-1,                               // its lines follow each other
		s.in("SME") && (w.own && !b.kept() || chain != nil && chain != b), // what is not particular to a rule is that of the traceback above
		s.in("LWE") && p.rule.Folds() && mustBeSeen(u.word),
		s.in("w") && (u.lead != s.lead || b.last().row != u.row-1),
		s.in("M") && !w.fits(b, s, u):
		return nil, false
	case s.pattern == nil || !s.pattern.Named():
		return p.names, true
	}
	names = s.pattern.Groups(u.word, true)
	for name, value := range p.names {
		if now, both := names[name]; both && now != value {
			return nil, false
		}
		names[name] = value
	}
	return names, true
}

// fits reports whether marks stand where a sample has them, or directly below the source line, under its columns.
func (w *refWriter) fits(b *refBlock, s *refStep, u *refUnit) bool {
	line := bytes.TrimRight(u.text, " ")
	under, _ := b.under()
	below := b.last().kind == 'S' && b.last().row == u.row-1 && u.lead >= under.From && len(line) <= under.To
	fits := under.To > 0 && marks(u) <= w.room()
	w.doubt(fits && !slices.Contains(s.drawn, string(line)) && (w.failing || !below), "marks may be somebody else's")
	return fits
}

// room is how many marks may still come, below the source lines of all blocks whose Python draws some.
func (w *refWriter) room() (n int) {
	for _, b := range w.blocks {
		if _, room := b.under(); !b.bare() {
			n += room
		}
	}
	return n
}

// give lets a block have a line.
func (w *refWriter) give(b *refBlock, line refTaken) {
	w.doubt(line.step.lead >= 0 && line.lead != line.step.lead, "a line has another indent than it was written with")
	if line.kind == 'E' && !bytes.Contains(line.word, []byte(":")) {
		w.colons = line.row + 256
	}
	if len(b.lines) == 1 {
		w.blocks = append(w.blocks, b)
	}
	b.lines = append(b.lines, line)
	w.taker = b
}

// goesOn lets the traceback that has the line before have one that no rule names.
func (w *refWriter) goesOn(b *refBlock, u *refUnit) bool {
	kind := b.follows(u)
	if kind == 0 || !b.kept() && mustBeSeen(u.text) {
		return false
	}
	b.lines = append(b.lines, refTaken{u, kind, nil, b.last().places})
	return true
}

// drop gives up what is open and such as is asked: its lines pass. The one that it began with may count for a rule for single lines.
func (w *refWriter) drop(such func(*refBlock) bool) {
	for _, b := range w.blocks {
		if b.open() && such(b) {
			b.passed = true
			if r := w.ruleOf(b.lines[1].refUnit); r != nil && b.lines[1].kind == 'L' {
				w.counts[r.ID]++
			}
		}
	}
}

// foreign looks at a line that no block takes.
func (w *refWriter) foreign(u *refUnit) {
	w.drop(func(b *refBlock) bool { return b == w.taker && b.above(u) && cpython.IsError(u.text) }) // it ends with another error
	spaces := u.lead > cpython.SourceIndent || u.lead > 0 && bytes.HasPrefix(u.word, []byte("--> "))
	w.doubt(len(w.blocks) > 0 && len(u.word) > 0 && spaces, "spaces in front of a line may be those of a piece")
	w.doubt(bytes.HasPrefix(u.word, []byte(":")) && u.row <= w.colons, "a colon may be that of an error")
	if u.rule = w.ruleOf(u); u.rule != nil {
		w.counts[u.rule.ID]++
		u.fold = u.rule.Folds() && w.affected(u.rule, refTaken{refUnit: u}) && !mustBeSeen(u.text) && (u.rule.Match.Repeat == nil || !w.firstOf(u.rule, u.text))
	}
}

// follow keeps what later lines depend on: whether a line is of a traceback of the run's own.
func (w *refWriter) follow(u *refUnit) {
	b := u.block
	switch frame := u.lead == cpython.FrameIndent && cpython.IsBareFrame(u.word); {
	case !u.line:
	case b != nil && (!b.kept() || strings.IndexByte("HI", b.lines[1].kind) >= 0):
		w.own = false
	case cpython.IsHead(u.word):
		w.lone++
		w.own, w.failing = false, true
	case frame && !w.own && w.lone > 0:
		w.lone--
		w.own = true
	case frame:
		w.giveBack(u)
		w.own = true
	default:
		w.own = w.own && u.lead >= cpython.SourceIndent
		w.failing = w.failing && !cpython.IsError(u.text)
	}
}

// giveBack takes the head that a frame of the run's own is below from the block that has taken it.
func (w *refWriter) giveBack(u *refUnit) {
	for _, b := range w.blocks {
		if !w.own && b.above(u) && b.last().kind == 'H' {
			b.last().block = nil
			b.lines = b.lines[:len(b.lines)-1]
			b.passed = len(b.lines) == 1
		}
	}
}

// finish ends the blocks that have all that they need. What may still be theirs is theirs for a while.
func (w *refWriter) finish(u *refUnit) {
	for _, b := range w.blocks {
		switch r := b.done(); {
		case !b.open() || r == nil:
		case b.loose() && w.isCause(u):
			w.drop(b.is)
		default:
			w.complete(b, r, u)
		}
	}
	w.blocks = slices.DeleteFunc(w.blocks, func(b *refBlock) bool {
		rest, since := b.last().places[0].rest, u.row-b.last().row
		return b.passed || b.claimed && (since > 256 || len(rest) == 0 || rest[0].kind == 'w' && since > 0)
	})
}

// isCause reports whether a blank line follows, and then one that says that another exception came of this one.
func (w *refWriter) isCause(u *refUnit) bool {
	blank := !slices.ContainsFunc(w.units, func(n *refUnit) bool { return n.row == u.row+1 && !n.blank() })
	return blank && slices.ContainsFunc(w.units, func(n *refUnit) bool { return n.row == u.row+2 && !n.inner && cpython.IsChain(n.text) })
}

// complete says that a block is one of a rule. Blocks that wait for its last line are given up if they are of rules that know less of it.
func (w *refWriter) complete(b *refBlock, r *rules.Rule, u *refUnit) {
	w.counts[r.ID]++
	b.claimed, b.fold = true, r.Folds() && w.affected(r, b.lines...)
	if !b.kept() {
		b.rule = r
	}
	is := func(p refPlace) bool { return p.rule == r }
	w.drop(func(o *refBlock) bool {
		less := b.kept() && o.kept() && !o.loose() && !slices.ContainsFunc(o.last().places, is) && o.lines[1].from <= b.lines[1].from
		line, _ := w.waits(o, u)
		return less && b.last().row == u.row && line.step != nil
	})
	b.last().places = slices.DeleteFunc(slices.Clone(b.last().places), func(p refPlace) bool { return !is(p) })
}
