package filter_test

import (
	"bytes"
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A refBlock is an issue that is being put together.
type refBlock struct {
	places   []refPlace // in each rule that it may still be of
	before   refBefore  // what it was in front of its last line
	first    *refUnit
	row      int // of its last line
	ended    int // the row in which it was complete
	state    refState
	names    map[string]string
	site     string
	kind     refKind   // of its last line, in a traceback; refHead: it is none of the others
	under    view.Span // the columns below its last source line, as long as carets may come
	unclosed int       // brackets in that
	placed   bool      // it has a frame
	bare     bool      // its Python draws no carets
	traced   bool      // it has the head of a traceback
	kept     bool      // no rule that it may be of folds
	lines    bool      // it began with a line of a rule for blocks of lines
	rule     *rules.Rule
	fold     bool
}

type refBefore struct {
	places []refPlace
	row    int
}

type refState int

const (
	refOpen refState = iota
	refClaimed
	refPassed
)

// A refPlace is the step that a rule waits for.
type refPlace struct {
	program *refProgram
	next    int
}

func (p refPlace) rest() []*refStep { return p.program.steps[p.next:] }

// done returns the rule that has all that it needs; nil: none has.
func (b *refBlock) done() *refProgram {
	for _, p := range b.places {
		if !slices.ContainsFunc(p.rest(), func(s *refStep) bool { return !s.optional }) {
			return p.program
		}
	}
	return nil
}

func (b *refBlock) loose() bool { return len(b.places) > 0 && b.places[0].program.loose }

func (b *refBlock) ignored() bool {
	return len(b.places) > 0 && b.places[0].program.steps[0].kind == refIgnored
}

// A refWriter is what one writer has written so far.
type refWriter struct {
	*reference
	dress  string
	counts map[string]int
	seen   map[string]bool // by rules for what repeats
	unsure string

	row     int
	open    []*refBlock
	taker   *refBlock // has taken the last line that was taken
	trace   *refBlock // … of a traceback that rules are about
	head    *refBlock // has taken the head of a traceback last
	headAt  *refUnit
	own     bool // the line before is of a traceback of the run's own
	lone    int  // heads of such that have no frame yet
	failing bool // such a traceback may be going on
	sites   bool // folders of packages were named
	marks   int  // carets that may still come
	draws   bool // the Python of a block that is open draws carets
	colons  int  // up to which row the colon of an error may still come, which was written without
}

var (
	refSite     = regexp.MustCompile(`(?:^|["(])((?:/|[A-Za-z]:[\\/])[^"(]*?[\\/](?:site|dist)-packages)[\\/]`)
	refPython   = regexp.MustCompile(`python(\d+\.\d+)`)
	refNoCarets = regexp.MustCompile(`[Pp]ython3?\.?(?:[6-9]|10)\b`)
)

func (w *refWriter) doubt(why string) { w.unsure = cmp.Or(w.unsure, why) }

// unit decides whose a line is.
func (w *refWriter) unit(u *refUnit) {
	if bytes.LastIndex(u.text, []byte(cpython.Ignored)) > u.lead() {
		w.doubt("a head stands behind other text")
	}
	w.endTracebacks(u)
	if u.block = w.take(u); u.block == nil {
		w.foreign(u)
	}
	w.follow(u)
	w.finish(u)
	if u.line {
		w.row++
	}
	if len(w.open) > 1000 || w.row > 4000 {
		w.doubt("there are more lines, or blocks, than are waited for")
	}
}

// endTracebacks looks at the tracebacks that have taken the line before. Lines of one follow each other.
func (w *refWriter) endTracebacks(u *refUnit) {
	for _, b := range w.open {
		if b.state != refOpen || !b.loose() || b.row >= w.row {
			continue
		}
		p, direct := b.done(), b.row == w.row-1
		switch {
		case p == nil && direct, p != nil && direct && u.blank():
		case p == nil, b.row == w.row-2 && cpython.IsChain(u.text):
			w.drop(b)
		default:
			w.complete(b, p)
		}
	}
}

// chained is the traceback that has taken the line before.
func (w *refWriter) chained() *refBlock {
	if b := w.trace; b != nil && b.state == refOpen && b.row == w.row-1 && b.loose() {
		return b
	}
	return nil
}

// take finds the block that takes a line: of those that wait for it the one that leaves out least, and of these the one that has taken the last line
// or, if that is none of them, the oldest. If none waits, it may open one.
func (w *refWriter) take(u *refUnit) *refBlock {
	if b := w.chained(); b != nil && b.kind >= refCause {
		if w.takeLoose(b, u) {
			return b
		}
		w.drop(b)
	}
	var best *refTake
	text := u.text[u.lead():]
	for _, b := range w.open {
		if t := w.waits(b, u, text, u.lead(), w.own, w.chained()); t != nil && (best == nil || t.rank < best.rank) {
			best = t
		}
	}
	if best == nil {
		best = w.opens(u, text)
	}
	if best != nil {
		return w.give(best, u, text)
	}
	for _, b := range w.open {
		if w.takeLoose(b, u) {
			return b
		}
	}
	return nil
}

// A refTake is a block that may have a line.
type refTake struct {
	block  *refBlock
	step   *refStep
	n      int // bytes of the text
	rank   int
	places []refPlace // behind it
}

// waits returns how the block takes a text, as far as it waits for it; nil: it does not. Rules that do not are not asked any more.
func (w *refWriter) waits(b *refBlock, u *refUnit, text []byte, lead int, own bool, chain *refBlock) *refTake {
	if b.state == refPassed || len(text) == 0 {
		return nil
	}
	t := &refTake{block: b}
	for _, p := range b.places {
		skips := 0
		for i, s := range p.rest() {
			if n := s.match(text); n > 0 && w.expects(b, s, lead, own, chain) && w.agrees(b, s, text, lead) {
				if n > t.n {
					t.n, t.step, t.rank, t.places = n, s, 4*skips, nil
				}
				if s.kind == refCarets { // more of them may come
					i--
				}
				if n == t.n {
					t.places = append(t.places, refPlace{p.program, p.next + i + 1})
				}
				break
			}
			if s.torn(text) && b.state == refOpen {
				w.doubt("a line may be torn")
			}
			if !s.optional {
				break
			}
			if s.kind != refCarets {
				skips += 2
			} else if b.under.To > 0 && !b.bare && b.kind != refCarets && w.marks > 0 {
				skips++
			}
		}
	}
	if t.n == 0 {
		return nil
	}
	if (t.step.kind == refFrame || t.step.kind == refWarning) && b.placed && b.bare != refNoCarets.Match(text) {
		t.rank += 2
	}
	if b != w.taker {
		t.rank++
	}
	return t
}

// expects reports whether a step may be where a line stands.
func (w *refWriter) expects(b *refBlock, s *refStep, lead int, own bool, chain *refBlock) bool {
	switch {
	case own && s.alone() && !b.kept, chain != nil && chain != b && s.alone():
		return false
	case s.kind == refWarned:
		return lead == s.lead && b.row == w.row-1
	case s.kind == refCarets && b.under.To == 0:
		return false
	}
	return !b.loose() || b.row >= w.row-1
}

// agrees reports whether a line may be the block's by what it says.
func (w *refWriter) agrees(b *refBlock, s *refStep, text []byte, lead int) bool {
	if s.guarded() && !b.kept && w.mustBeSeen(text) {
		return false
	}
	if s.kind == refCarets {
		return w.fits(b, s, bytes.TrimRight(text, " "), lead)
	}
	if s.kind == refLine && s.pattern.Named() {
		for name, value := range s.pattern.Groups(text, true) {
			if old, named := b.names[name]; named && old != value {
				return false
			}
		}
	}
	return true
}

// fits reports whether carets stand where a sample has them, or directly below the source line, under its columns.
func (w *refWriter) fits(b *refBlock, s *refStep, run []byte, lead int) bool {
	drawn := func(line string) bool {
		return len(line) == lead+len(run) && bytes.HasSuffix([]byte(line), run)
	}
	switch {
	case len(run)-bytes.Count(run, []byte(" ")) > w.marks:
		return false
	case slices.ContainsFunc(s.drawn, drawn):
		return true
	case w.failing || b.kind != refSource || b.row != w.row-1 || lead < b.under.From || lead+len(run) > b.under.To:
		w.doubt("carets may be somebody else's")
	}
	return true
}

// opens begins a block.
func (w *refWriter) opens(u *refUnit, text []byte) *refTake {
	t := &refTake{block: &refBlock{first: u}}
	for _, p := range w.programs {
		s := p.steps[0]
		n := s.match(text)
		if n == 0 || n < t.n || s.guarded() && p.rule.Folds() && w.mustBeSeen(text[:n]) {
			continue
		}
		if n > t.n {
			t.n, t.step, t.places = n, s, nil
		}
		t.places = append(t.places, refPlace{p, 1})
	}
	if t.n == 0 {
		return nil
	}
	if t.step.kind == refIgnored {
		rest := bytes.TrimLeft(text[t.n:], " ")
		t.places = slices.DeleteFunc(t.places, func(p refPlace) bool { return !p.program.steps[0].object(text) })
		if len(rest) == 0 || len(t.places) == 0 && (u.lead() > 0 || len(w.open) > 0 || bytes.IndexByte([]byte("[-T<F^~: E'"), rest[0]) >= 0) || len(rest) != len(text)-t.n || !wholeRepr(bytes.TrimRight(rest, " :")) {
			w.doubt("what stands behind a head may be another writer's")
		}
	}
	if len(t.places) == 0 { // the block begins, and ends at once
		w.taker = nil
		return nil
	}
	t.block.lines = t.places[0].program.steps[0].kind == refLine
	w.open = append(w.open, t.block)
	return t
}

// drop gives a block up: its lines pass. The one that it began with counts for a rule for single lines, if it is of one.
func (w *refWriter) drop(b *refBlock) {
	b.state = refPassed
	if r := w.ruleOf(b.first.text); r != nil && b.lines {
		w.counts[r.ID]++
	}
}

// ruleOf is the rule for single lines that a text is of; nil: there is none.
func (w *refWriter) ruleOf(text []byte) *rules.Rule {
	if i := slices.IndexFunc(w.single, func(r *rules.Rule) bool { return cmp.Or(r.Match.Line, r.Match.Repeat).Search(text) }); i >= 0 {
		return w.single[i]
	}
	return nil
}

// wholeRepr reports whether a text is one thing: the bracket that it begins with is closed where it ends.
func wholeRepr(text []byte) bool {
	depth := 0
	for i, c := range text {
		switch c {
		case '<':
			depth++
		case '>':
			depth--
		}
		if depth <= 0 && i+1 < len(text) && (depth < 0 || c == '>' || text[0] == '<') {
			return false
		}
	}
	return depth == 0
}

// give lets a block have a line.
func (w *refWriter) give(t *refTake, u *refUnit, text []byte) *refBlock {
	b, s := t.block, t.step
	if s.lead >= 0 && u.lead() != s.lead || s.kind != refIgnored && len(bytes.TrimSpace(text[t.n:])) > 0 {
		w.doubt("a line has another indent than it was written with, or more text")
	}
	if w.taker = b; w.head == b {
		w.head = nil
	}
	b.before = refBefore{b.places, b.row}
	b.places, b.row = t.places, w.row
	if s.kind != refCarets && b.under.To > 0 { // as many carets may still come as others wait for
		b.under = view.Span{}
		room := 0
		for _, o := range w.open {
			room += o.under.To - o.under.From
		}
		w.marks = min(w.marks, room)
	}
	b.kind = refHead
	switch s.kind {
	case refHead:
		b.traced, w.head, w.headAt = true, b, u
	case refFrame, refWarning:
		b.kind, b.placed, b.bare = refFrame, true, b.bare || refNoCarets.Match(text)
	case refError:
		if !bytes.Contains(text, []byte(":")) {
			w.colons = w.row + 256
		}
	case refCarets:
		b.kind = refCarets
		w.marks -= len(text) - bytes.Count(text, []byte(" "))
	case refSource:
		b.kind, b.unclosed = refSource, cpython.Unclosed(0, text)
		b.under = view.Span{From: s.lead, To: s.lead + cpython.Columns(text)}
		if w.draws = w.draws || !b.bare; w.draws {
			w.marks += b.under.To - b.under.From
		}
	}
	w.learn(b, text)
	if b.loose() {
		w.trace = b
	}
	return b
}

// learn keeps what a line says of its block.
func (w *refWriter) learn(b *refBlock, text []byte) {
	b.site = cmp.Or(b.site, w.siteOf(text))
	b.kept = !slices.ContainsFunc(b.places, func(p refPlace) bool { return p.program.rule.Folds() })
	for _, p := range b.places {
		if s := p.program.steps[p.next-1]; s.kind == refLine && s.pattern.Named() {
			if b.names == nil {
				b.names = map[string]string{}
			}
			maps.Copy(b.names, s.pattern.Groups(text, true))
		}
	}
}

func (w *refWriter) siteOf(text []byte) string {
	if m := refSite.FindSubmatch(text); m != nil {
		w.sites = true
		return string(m[1])
	}
	return ""
}

// takeLoose lets a traceback have a line that no rule names, if it has the line before and this one can follow that.
func (w *refWriter) takeLoose(b *refBlock, u *refUnit) bool {
	if !b.kept && w.mustBeSeen(u.text) || b.state != refOpen || !b.loose() || b.row != w.row-1 {
		return false
	}
	kind, ok := b.follows(u.text)
	if !ok {
		return false
	}
	b.before = refBefore{b.places, b.row}
	b.kind, b.row, w.trace = kind, w.row, b
	b.site = cmp.Or(b.site, w.siteOf(u.text))
	return true
}

// follows says what a line is in a traceback, behind its last.
func (b *refBlock) follows(text []byte) (kind refKind, ok bool) {
	word := bytes.TrimLeft(text, " ")
	indent := len(text) - len(word)
	source := func() (refKind, bool) {
		if pyinfra.NamesHost(word) {
			return refSource, false
		}
		if !cpython.IsElided(word) {
			b.unclosed = cpython.Unclosed(b.unclosed, word)
		}
		return refSource, true
	}
	switch {
	case b.kind == refCause:
		return refGap, len(word) == 0
	case b.kind == refGap:
		return refChain, cpython.IsChain(text)
	case b.kind == refChain:
		return refNext, len(word) == 0
	case b.kind == refNext:
		return refHead, cpython.IsHead(text)
	case indent == cpython.FrameIndent:
		return refFrame, cpython.IsBareFrame(word)
	case indent == cpython.SourceIndent && b.kind == refFrame:
		b.unclosed = 0
		return source()
	case indent >= cpython.SourceIndent && b.kind == refSource && cpython.IsMarks(word):
		return refCarets, true
	case indent >= cpython.SourceIndent && (b.kind == refSource || b.kind == refCarets) && b.unclosed > 0:
		return source()
	case indent == 0 && b.kind != refHead:
		return refCause, cpython.IsError(text)
	}
	return refHead, false
}

// foreign looks at a line that no block takes.
func (w *refWriter) foreign(u *refUnit) {
	text := u.text[u.lead():]
	if b := w.taker; b != nil && b.state == refOpen && b.row == w.row-1 && cpython.IsError(u.text) {
		w.drop(b) // it ends with another error
	}
	header := bytes.HasPrefix(text, []byte("--> "))
	if len(w.open) > 0 && len(text) > 0 && (u.lead() > cpython.SourceIndent || u.lead() > 0 && header) {
		w.doubt("spaces in front of a line may be those of a piece")
	}
	if u.blank() {
		return
	}
	if text[0] == ':' && w.row <= w.colons {
		w.doubt("a colon may be that of an error")
	}
	if u.rule = w.ruleOf(u.text); u.rule != nil {
		w.counts[u.rule.ID]++
		u.fold = u.rule.Folds() && w.affected(u.rule, w.siteOf(u.text)) && !w.mustBeSeen(u.text) && (u.rule.Match.Repeat == nil || !w.firstOf(u.rule, u.text))
	}
}

var refVariable = regexp.MustCompile(`0x[0-9a-fA-F]+|\d+|"[^"]*"|'[^']*'`)

// firstOf reports whether no line was there before that is the same but for its host, numbers and addresses.
func (w *refWriter) firstOf(r *rules.Rule, text []byte) bool {
	host := pyinfra.Host(text)
	if named := r.Match.Repeat.Groups(text, false)["host"]; named != "" {
		host = pyinfra.Name(named)
	}
	line := text[pyinfra.HostLen(text):]
	if host != "" {
		line = bytes.ReplaceAll(line, []byte(host), []byte("*"))
	}
	key := w.dress + r.ID + " " + refVariable.ReplaceAllString(string(line), "*")
	seen := w.seen[key]
	w.seen[key] = true
	return !seen
}

// affected reports whether the Python of an issue, as far as its lines name it, is one that has it.
func (w *refWriter) affected(r *rules.Rule, site string) bool {
	if r.Python == "" {
		return true
	}
	if site == "" && w.sites {
		w.doubt("which Python a line is of may follow from others")
	}
	m := refPython.FindStringSubmatch(site)
	return m == nil || r.OnPython(m[1])
}

// follow keeps what later lines depend on: whether a line is of a traceback of the run's own.
func (w *refWriter) follow(u *refUnit) {
	b := u.block
	folds := b != nil && (!b.kept || b.traced || b.ignored())
	traced := b != nil && b.traced
	text := u.text[u.lead():]
	switch frame := u.lead() == cpython.FrameIndent && cpython.IsBareFrame(text); {
	case !u.line:
	case folds:
		w.own = false
	case cpython.IsHead(text):
		if !traced {
			w.lone++
		}
		w.own, w.failing = false, true
	case frame:
		w.siteOf(text)
		if !traced && !w.own {
			w.firstFrame()
		}
		w.own = true
	default:
		w.own = w.own && u.lead() >= cpython.SourceIndent
		w.failing = w.failing && !cpython.IsError(text)
	}
}

// firstFrame finds the head that a frame of the run's own is below: if none has passed, a block has taken it, and gives it back.
func (w *refWriter) firstFrame() {
	if w.lone > 0 {
		w.lone--
		return
	}
	b := w.head
	if b == nil || b.state != refOpen || b.row != w.row-1 {
		return
	}
	w.headAt.block, w.head = nil, nil
	b.places, b.row = b.before.places, b.before.row
	if len(b.places) == 0 {
		w.drop(b)
	}
}

// finish ends the blocks that have all that they need. What may still be theirs is theirs for a while.
func (w *refWriter) finish(u *refUnit) {
	for _, b := range w.open {
		if p := b.done(); p != nil && b.state == refOpen && !b.loose() {
			w.complete(b, p)
			w.yield(b, u)
		}
	}
	w.open = slices.DeleteFunc(w.open, func(b *refBlock) bool {
		if b.state != refClaimed {
			return b.state == refPassed
		}
		rest := b.places[0].rest()
		return w.row > b.ended+256 || len(rest) == 0 || rest[0].kind == refWarned && w.row > b.row
	})
	if len(w.open) == 0 {
		w.marks, w.draws = 0, false
	}
}

func (w *refWriter) complete(b *refBlock, p *refProgram) {
	b.places = slices.DeleteFunc(slices.Clone(b.places), func(at refPlace) bool { return at.program != p })
	b.state, b.ended, b.fold = refClaimed, w.row, p.rule.Folds() && w.affected(p.rule, b.site)
	w.counts[p.rule.ID]++
	if !b.kept {
		b.rule = p.rule
	}
}

// yield gives up the blocks that wait for the line that has completed another one: they are of rules that know less of it.
func (w *refWriter) yield(b *refBlock, u *refUnit) {
	if b.row != w.row || !b.kept {
		return
	}
	for _, o := range w.open {
		same := slices.ContainsFunc(o.places, func(p refPlace) bool { return p.program == b.places[0].program })
		if o != b && o.state == refOpen && o.kept && !o.loose() && o.first.from <= b.first.from && !same && w.waits(o, u, u.text[u.lead():], 0, false, nil) != nil {
			w.drop(o)
		}
	}
}

// giveUp ends what has not ended with the input.
func (w *refWriter) giveUp() {
	for _, b := range w.open {
		if p := b.done(); b.state == refOpen && p != nil {
			w.complete(b, p)
		} else if b.state == refOpen {
			w.drop(b)
		}
	}
}
