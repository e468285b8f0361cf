package filter_test

import (
	"bytes"
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A refBlock is an issue that is being put together: the lines that it has taken.
type refBlock struct {
	lines           []refTaken
	claimed, passed bool // it was complete, or is given up; neither: it is open
	ended           int  // the row in which it was complete
	rule            *rules.Rule
	fold            bool
}

// A refTaken is a line of a block. Beside the kinds of steps a traceback has C, another error than the rule's, which may be the cause of one that
// is; behind that B, a blank line, X, the sentence between two exceptions, and N, a blank line again.
type refTaken struct {
	*refUnit
	kind   byte
	step   *refStep   // nil: none names it
	places []refPlace // of the rules that the block may be of, behind the line
}

// A refPlace is how far a block is in a rule: the step that it waits for, and what its lines have named.
type refPlace struct {
	*refProgram
	next  int
	names map[string]string
}

func (b *refBlock) last() *refTaken    { return &b.lines[len(b.lines)-1] }
func (b *refBlock) open() bool         { return !b.claimed && !b.passed }
func (b *refBlock) waits(row int) bool { return b.open() && b.last().row == row-1 }            // it has taken the line before
func (b *refBlock) loose() bool        { return b.last().places[0].steps[0].kind == 'H' }      // lines that no step names may be its, too: they follow each other
func (b *refBlock) kept() bool         { return !slices.ContainsFunc(b.last().places, folds) } // no rule that it may be of folds

func folds(p refPlace) bool { return p.rule.Folds() }

// has reports whether a line is of one of some kinds, and such as is asked.
func (b *refBlock) has(kinds string, such func(text []byte) bool) bool {
	return slices.ContainsFunc(b.lines, func(l refTaken) bool { return l.step != nil && l.step.in(kinds) && such(l.word) })
}

func anyText([]byte) bool { return true }

// bare reports whether its Python draws no marks.
func (b *refBlock) bare() bool { return b.has("FW", refBare.Match) }

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
		if l.kind == 'F' || l.kind != 'M' && l.step != nil {
			n = 0
		}
		if l.kind == 'S' && !cpython.IsElided(l.word) {
			n = cpython.Unclosed(n, l.word)
		}
	}
	return n
}

// done returns the rule that has all that it needs; nil: none has.
func (b *refBlock) done() *rules.Rule {
	needed := func(s *refStep) bool { return !s.optional }
	for _, p := range b.last().places {
		if !slices.ContainsFunc(p.steps[p.next:], needed) {
			return p.rule
		}
	}
	return nil
}

// follows says what a line that no step names is in a traceback, behind its last one; 0: it is not of it.
func (b *refBlock) follows(u *refUnit) (kind byte) {
	last := b.last().kind
	switch deep := u.lead >= cpython.SourceIndent; {
	case deep && last == 'S' && cpython.IsMarks(u.word):
		kind = 'M'
	case (last == 'F' && u.lead == cpython.SourceIndent || deep && b.unclosed() > 0) && !pyinfra.NamesHost(u.word):
		kind = 'S'
	case len(u.word) == 0 && last == 'X':
		kind = 'N'
	case len(u.word) == 0:
		kind = 'B'
	case cpython.IsChain(u.text):
		kind = 'X'
	case cpython.IsHead(u.text):
		kind = 'H'
	case u.lead == cpython.FrameIndent && cpython.IsBareFrame(u.word):
		kind = 'F'
	case cpython.IsError(u.text):
		kind = 'C'
	}
	if !strings.Contains("HF FF SF MF FS SS MS SM FC SC MC CB BX XN NH", string([]byte{last, kind})) {
		return 0
	}
	return kind
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

var (
	refSite     = regexp.MustCompile(`(?:^|["(])((?:/|[A-Za-z]:[\\/])[^"(]*?[\\/](?:site|dist)-packages)[\\/]`)
	refPython   = regexp.MustCompile(`python(\d+\.\d+)`)
	refBare     = regexp.MustCompile(`[Pp]ython3?\.?(?:[6-9]|10)\b`) // a Python that draws no marks
	refVariable = regexp.MustCompile(`0x[0-9a-fA-F]+|\d+|"[^"]*"|'[^']*'`)
	refRepr     = regexp.MustCompile(`^[^<> ][^<>]*$|^(?:[^<> ][^<>]*)?<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>$`) // of one thing
)

func (w *refWriter) doubt(is bool, why string) {
	if is {
		w.unsure = cmp.Or(w.unsure, why)
	}
}

// run decides whose each line is.
func (w *refWriter) run() {
	row := 0
	for _, u := range w.units {
		if u.row = row; u.line {
			row++
		}
	}
	for _, u := range w.units {
		w.unit(u)
	}
	w.dropAll(func(*refBlock) bool { return true })
}

func (w *refWriter) unit(u *refUnit) {
	w.doubt(bytes.LastIndex(u.text, []byte(cpython.Ignored)) > u.lead, "a head stands behind other text")
	w.doubt(len(w.blocks) > 1000 || u.row >= 4000, "there are more lines, or blocks, than are waited for")
	w.sites = w.sites || refSite.Match(u.text)
	w.dropAll(func(b *refBlock) bool { return b.loose() && b.last().row < u.row-1 })
	if u.block = w.take(u); u.block == nil {
		w.foreign(u)
	}
	w.follow(u)
	w.finish(u)
}

// chained is the traceback that has taken the line before.
func (w *refWriter) chained(u *refUnit) *refBlock {
	if i := slices.IndexFunc(w.blocks, func(b *refBlock) bool { return b.waits(u.row) && b.loose() }); i >= 0 {
		return w.blocks[i]
	}
	return nil
}

// take finds the block that takes a line: of those that wait for it the one that leaves out least, and of these the one that has taken the last line
// or, if that is none of them, the oldest. If none waits, it may open one.
func (w *refWriter) take(u *refUnit) *refBlock {
	chain := w.chained(u)
	if chain != nil && strings.IndexByte("CBXN", chain.last().kind) >= 0 {
		if w.goesOn(chain, u) {
			return chain
		}
		w.drop(chain)
	}
	var best *refTake
	for _, b := range w.blocks {
		if t := w.waits(b, u); t != nil && (best == nil || t.rank < best.rank) {
			best = t
		}
	}
	if best == nil {
		best = w.opens(u)
	}
	if best != nil {
		return w.give(best, u)
	}
	if chain != nil && w.goesOn(chain, u) {
		return chain
	}
	return nil
}

// A refTake is a block that may have a line.
type refTake struct {
	block  *refBlock
	step   *refStep
	rank   int        // less is better
	places []refPlace // behind the line
}

// add adds a rule that has the line as a step.
func (t *refTake) add(p refPlace, at int, named map[string]string) {
	names := map[string]string{}
	maps.Copy(names, p.names)
	maps.Copy(names, named)
	if p.steps[at].kind != 'M' { // more of them may come
		at++
	}
	t.places = append(t.places, refPlace{p.refProgram, at, names})
}

// waits returns how the block takes a line, as far as it waits for it; nil: it does not. Rules that do not are not asked any more.
func (w *refWriter) waits(b *refBlock, u *refUnit) *refTake {
	if b.passed || len(u.word) == 0 {
		return nil
	}
	t := &refTake{block: b}
	for _, p := range b.last().places {
		w.reach(t, p, u)
	}
	switch {
	case t.step == nil:
		return nil
	case t.step.in("FW") && b.has("FW", anyText) && b.bare() != refBare.Match(u.word): // it is another Python's
		t.rank += 2
	}
	if b != w.taker {
		t.rank++
	}
	return t
}

// reach looks for the step that a line is, among the one that a rule waits for and those behind it, as long as they may be left out.
func (w *refWriter) reach(t *refTake, p refPlace, u *refUnit) {
	rank, b := 0, t.block
	for at, s := range p.steps {
		if at < p.next {
			continue
		}
		if named, ok := w.may(b, p, s, u); ok {
			if t.step == nil {
				t.step, t.rank = s, rank
			}
			t.add(p, at, named)
			return
		}
		w.doubt(b.open() && s.torn(u.word), "a line may be torn")
		switch _, room := b.under(); {
		case !s.optional:
			return
		case s.kind != 'M':
			rank += 8
		case room > 0 && !b.bare() && b.last().kind != 'M' && w.room() > 0:
			rank += 4
		}
	}
}

// may reports whether a line is what a step says and may be the block's, by where it stands and what it says.
func (w *refWriter) may(b *refBlock, p refPlace, s *refStep, u *refUnit) (named map[string]string, ok bool) {
	chain := w.chained(u)
	switch {
	case !s.is(u.word),
		b.loose() && b.last().row < u.row-1,                               // its lines follow each other
		s.in("SME") && (w.own && !b.kept() || chain != nil && chain != b), // what is not particular to a rule is that of the traceback above
		s.in("LWE") && !b.kept() && mustBeSeen(u.word),
		s.in("w") && (u.lead != s.lead || b.last().row != u.row-1),
		s.in("M") && !w.fits(b, s, u):
		return nil, false
	}
	named = s.names(u.word)
	for name, value := range named {
		if old, both := p.names[name]; both && old != value {
			return nil, false
		}
	}
	return named, true
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

// room is how many marks may still come: as many as the source lines of blocks are wide, if one of them is of a Python that draws some.
func (w *refWriter) room() (n int) {
	draws := false
	for _, b := range w.blocks {
		_, room := b.under()
		n, draws = n+room, draws || !b.bare()
	}
	if !draws {
		return 0
	}
	return n
}

// opens begins a block with a line that is all of the first one of rules, or else the head of an exception that is ignored.
func (w *refWriter) opens(u *refUnit) *refTake {
	t := &refTake{block: &refBlock{}}
	for _, kinds := range []string{"LHW", "I"} {
		for _, p := range w.programs {
			s := p.steps[0]
			if s.in(kinds) && (t.step == nil || t.step.in(kinds)) && len(u.word) > 0 && s.is(u.word) && !(s.in("LW") && p.rule.Folds() && mustBeSeen(u.word)) {
				t.step = cmp.Or(t.step, s)
				t.add(refPlace{refProgram: p}, 0, s.names(u.word))
			}
		}
	}
	if n := cpython.IgnoredLen(u.word); n > 0 && (t.step == nil || t.step.in("I")) {
		w.doubt(!refRepr.Match(bytes.TrimRight(u.word[n:], " :")), "what stands behind a head may be another writer's")
		w.doubt(t.step == nil && (u.lead > 0 || len(w.blocks) > 0 || bytes.IndexAny(u.word[n:], "[-T<F^~: E'") == 0), "an object may be torn")
	}
	if t.step == nil {
		return nil
	}
	w.blocks = append(w.blocks, t.block)
	return t
}

// give lets a block have a line.
func (w *refWriter) give(t *refTake, u *refUnit) *refBlock {
	b, s := t.block, t.step
	w.doubt(s.lead >= 0 && u.lead != s.lead, "a line has another indent than it was written with")
	if s.kind == 'E' && !bytes.Contains(u.word, []byte(":")) {
		w.colons = u.row + 256
	}
	b.lines = append(b.lines, refTaken{u, s.kind, s, t.places})
	w.taker = b
	return b
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

// drop gives a block up: its lines pass. The one that it began with counts for a rule for single lines, if it is of one.
func (w *refWriter) drop(b *refBlock) {
	b.passed = true
	if r := w.ruleOf(b.lines[0].text); r != nil && b.lines[0].kind == 'L' {
		w.counts[r.ID]++
	}
}

// dropAll gives up those that are open and such as is asked.
func (w *refWriter) dropAll(such func(*refBlock) bool) {
	for _, b := range w.blocks {
		if b.open() && such(b) {
			w.drop(b)
		}
	}
}

// ruleOf is the rule for single lines that a text is of; nil: there is none.
func (r *reference) ruleOf(text []byte) *rules.Rule {
	if i := slices.IndexFunc(r.single, func(r *rules.Rule) bool { return cmp.Or(r.Match.Line, r.Match.Repeat).Search(text) }); i >= 0 {
		return r.single[i]
	}
	return nil
}

// foreign looks at a line that no block takes.
func (w *refWriter) foreign(u *refUnit) {
	if cpython.IsError(u.text) { // the block above ends with another error
		w.dropAll(func(b *refBlock) bool { return b == w.taker && b.waits(u.row) })
	}
	spaces := u.lead > cpython.SourceIndent || u.lead > 0 && bytes.HasPrefix(u.word, []byte("--> "))
	w.doubt(len(w.blocks) > 0 && len(u.word) > 0 && spaces, "spaces in front of a line may be those of a piece")
	w.doubt(bytes.HasPrefix(u.word, []byte(":")) && u.row <= w.colons, "a colon may be that of an error")
	if u.rule = w.ruleOf(u.text); u.blank() {
		u.rule = nil
	}
	if r := u.rule; r != nil {
		w.counts[r.ID]++
		u.fold = r.Folds() && w.affected(r, siteOf(u.text)) && !mustBeSeen(u.text) && (r.Match.Repeat == nil || !w.firstOf(r, u.text))
	}
}

// firstOf reports whether no line was there before that is the same but for its host, numbers and addresses.
func (w *refWriter) firstOf(r *rules.Rule, text []byte) bool {
	line, host := string(text[pyinfra.HostLen(text):]), pyinfra.Host(text)
	if named := r.Match.Repeat.Groups(text, false)["host"]; named != "" {
		host = pyinfra.Name(named)
	}
	if host != "" {
		line = strings.ReplaceAll(line, host, "*")
	}
	key := r.ID + " " + refVariable.ReplaceAllString(line, "*")
	seen := w.seen[key]
	w.seen[key] = true
	return !seen
}

// siteOf is the folder of packages that a line names a file of.
func siteOf(text []byte) string {
	if m := refSite.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}

// affected reports whether the Python of an issue, as far as its lines name it, is one that has it.
func (w *refWriter) affected(r *rules.Rule, site string) bool {
	w.doubt(r.Python != "" && site == "" && w.sites, "which Python a line is of may follow from others")
	m := refPython.FindStringSubmatch(site)
	return m == nil || r.Python == "" || r.OnPython(m[1])
}

// follow keeps what later lines depend on: whether a line is of a traceback of the run's own.
func (w *refWriter) follow(u *refUnit) {
	b := u.block
	switch frame := u.lead == cpython.FrameIndent && cpython.IsBareFrame(u.word); {
	case !u.line:
	case b != nil && (!b.kept() || b.has("HI", anyText)):
		w.own = false
	case cpython.IsHead(u.word):
		w.lone++
		w.own, w.failing = false, true
	case frame:
		if !w.own {
			w.firstFrame(u)
		}
		w.own = true
	default:
		w.own = w.own && u.lead >= cpython.SourceIndent
		w.failing = w.failing && !cpython.IsError(u.text)
	}
}

// firstFrame finds the head that a frame of the run's own is below: if none has passed, a block has taken it, and gives it back.
func (w *refWriter) firstFrame(u *refUnit) {
	if w.lone > 0 {
		w.lone--
		return
	}
	for _, b := range w.blocks {
		if b.waits(u.row) && b.last().kind == 'H' {
			b.last().block = nil
			b.lines = b.lines[:len(b.lines)-1]
			b.passed = len(b.lines) == 0
		}
	}
}

// finish ends the blocks that have all that they need. What may still be theirs is theirs for a while.
func (w *refWriter) finish(u *refUnit) {
	for _, b := range w.blocks {
		switch {
		case !b.open() || b.done() == nil:
		case b.loose() && w.isCause(u):
			w.drop(b)
		default:
			w.complete(b, b.done(), u)
		}
	}
	w.blocks = slices.DeleteFunc(w.blocks, func(b *refBlock) bool { return b.passed || b.claimed && !b.mayGrow(u.row) })
}

// mayGrow reports whether a block that is complete may still get a line.
func (b *refBlock) mayGrow(row int) bool {
	p := b.last().places[0]
	return row <= b.ended+256 && p.next < len(p.steps) && (p.steps[p.next].kind != 'w' || row <= b.last().row)
}

// isCause reports whether a blank line follows, and then one that says that another exception came of this one.
func (w *refWriter) isCause(u *refUnit) bool {
	for _, n := range w.units {
		switch {
		case n.row == u.row+1 && !n.blank():
			return false
		case n.row == u.row+2:
			return cpython.IsChain(n.text)
		}
	}
	return false
}

// complete says that a block is one of a rule. Blocks that wait for its last line are given up if they are of rules that know less of it.
func (w *refWriter) complete(b *refBlock, r *rules.Rule, u *refUnit) {
	site := ""
	for _, l := range b.lines {
		site = cmp.Or(site, siteOf(l.word))
	}
	w.counts[r.ID]++
	b.claimed, b.ended, b.fold = true, u.row, r.Folds() && w.affected(r, site)
	other := func(p refPlace) bool { return p.rule != r }
	kept := b.kept()
	b.last().places = slices.DeleteFunc(slices.Clone(b.last().places), other)
	if !kept {
		b.rule = r
		return
	}
	w.dropAll(func(o *refBlock) bool {
		less := !slices.ContainsFunc(o.last().places, func(p refPlace) bool { return p.rule == r })
		return less && o.kept() && !o.loose() && b.last().row == u.row && o.lines[0].from <= b.lines[0].from && w.waits(o, u) != nil
	})
}
