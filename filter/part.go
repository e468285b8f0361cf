package filter

import (
	"bytes"
	"cmp"
	"iter"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A large log can be filtered in parts, side by side, and come out as if it had been filtered from its beginning to its
// end: to the byte, and to each figure in its summary. What costs most, to find out whose each line is, is done for each
// part by itself. What was decided is put down, and a Whole goes through that in the order of the log: it counts, follows
// the runs, and sends events.
//
// A part does not know what came before it. It is told some of it, and begins where no block is open; whether what it
// carries there is what all that came before leads to, is found out when that is done. If not, its text is filtered
// once more, behind the part before it: up to the first mark of the part at which both carry the same. So nothing but the time that it takes
// depends on where a log is cut.

// A Part is a stretch of a log of which it is decided whose each line is. Each may be made by another goroutine.
type Part struct {
	filter *Filter
	marks  []mark // the first one is where it begins; in order
	decided
}

// A mark is a place at which a log may go on with what a part has decided from there on.
type mark struct {
	start       match.Carry
	line        int         // that begins there
	from        int         // where it is in the text
	left, notes int         // so much was decided in front of it
	returned    bool        // it was seen what output.returned says
	held        hold.Limits // since the mark before
}

// decided is what was decided about a stretch of a log.
type decided struct {
	left  []left
	notes notes
	apart int // so many of left stay as they are
	// returned is how many of left had left, and one more, when it was seen what output.returned says; 0: it was not.
	returned int
}

// A left is an Event without its bytes, which lie one behind the other in the log.
type left struct {
	rule        *rules.Rule
	line, bytes int
	fold        bool
	known       view.Promise
}

// leave puts an event down, together with the one before if they leave together.
func (d *decided) leave(e Event, known view.Promise) {
	if n := len(d.left) - 1; n >= d.apart {
		if l := &d.left[n]; l.rule == e.Rule && l.fold == e.Fold && l.known == known && (e.Rule == nil || e.Fold) {
			l.bytes += len(e.Raw)
			return
		}
	}
	d.left = append(d.left, left{e.Rule, e.Line, len(e.Raw), e.Fold, known})
}

// notes are what was noted, in order. There may be many, and they are large: they lie in pages, so that none is moved.
type notes struct {
	pages   [][]tally.Note
	len     int
	skipped int // of the first page
}

func (s *notes) add(n tally.Note) {
	const page = 128
	if i := len(s.pages) - 1; i >= 0 && len(s.pages[i]) < page {
		s.pages[i] = append(s.pages[i], n)
	} else {
		s.pages = append(s.pages, append(make([]tally.Note, 0, page), n))
	}
	s.len++
}

// behind are those behind the first n.
func (s notes) behind(n int) notes {
	s.len -= n
	for n += s.skipped; len(s.pages) > 0 && n >= len(s.pages[0]); s.pages = s.pages[1:] {
		n -= len(s.pages[0])
	}
	s.skipped = n
	return s
}

func (s *notes) all() iter.Seq[*tally.Note] {
	return func(yield func(*tally.Note) bool) {
		from := s.skipped
		for _, page := range s.pages {
			for i := from; i < len(page); i++ {
				if !yield(&page[i]) {
					return
				}
			}
			from = 0
		}
	}
}

// part returns a part that has seen nothing, before the line with this number.
func (p *Plan) part(o Options, line int) *Part {
	o.Record, o.Sent, o.Trace = false, nil, nil
	part := &Part{filter: p.Filter(nil, o)}
	part.filter.line, part.filter.fed = line, line > 1
	part.filter.out.decided = &part.decided
	part.filter.tally.Tell(func(n tally.Note) { part.notes.add(n) })
	return part
}

// A Stretch is a text in a log, and what a part of it is told.
type Stretch struct {
	Text []byte
	Line int // number of the line that it begins in, from 1
	// Before is some of what stands directly in front of it, and Head how the log begins, which shows what collectors put in
	// front of lines.
	Before, Head []byte
	// Apart is how far the marks of its part are from each other, at least; 0: MarksApart.
	Apart int
}

// MarksApart is how far the first marks of a part are from each other, at least. Each of those behind has a quarter of what is in front of it between
// itself and the one before, so that what is filtered once more is hardly more than had to be.
const MarksApart = 32 << 10

// Part filters a stretch from the first place on at which it can begin by itself. nil: there is no such place in it.
func (p *Plan) Part(o Options, s Stretch) *Part {
	before := s.Before[bytes.IndexByte(s.Before, '\n')+1:]
	part := p.part(o, s.Line-bytes.Count(before, []byte("\n")))
	for line := range bytes.Lines(s.Head) {
		part.filter.view.Look(line)
	}
	_, _ = part.filter.Write(before)
	part.markFrom(len(before), cmp.Or(s.Apart, MarksApart))
	part.write(s.Text)
	part.filter.begins = nil
	part.filter.match.LetGo()
	if len(part.marks) == 0 {
		return nil
	}
	return part
}

// markFrom has the part marked now and then in what is written from here on, where so many bytes were taken.
func (p *Part) markFrom(start, apart int) {
	next, q := start, p.filter.queue
	p.filter.begins = func() {
		if at := q.Taken(); at >= next && p.rests() {
			p.mark(at - start)
			next = at + max(apart, (at-start)/4)
		}
	}
}

// mark makes this place of the text, where no block is open, one at which a log may go on with the part.
func (p *Part) mark(at int) {
	if len(p.marks) == 0 {
		p.decided = decided{}
	}
	c, _ := p.carry()
	q := p.filter.queue
	p.marks = append(p.marks, mark{start: c, line: p.filter.line, from: at, left: len(p.left), notes: p.notes.len, returned: p.returned > 0, held: q.Limits()})
	q.Forget()
	p.apart = len(p.left)
}

// write writes whole lines at a time, as many as a processor has at hand: several stages go over them.
func (p *Part) write(text []byte) {
	const near = 128 << 10
	for len(text) > near {
		n := bytes.LastIndexByte(text[:near], '\n') + 1
		if n == 0 {
			n = near
		}
		_, _ = p.filter.Write(text[:n])
		text = text[n:]
	}
	_, _ = p.filter.Write(text)
}

// Events yields what was decided so far about the text of the part, as the sink will be told of it, but for the bytes, which come in other
// pieces. It is to be asked before Go.
func (p *Part) Events(text []byte) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		rest := text[p.marks[0].from:]
		for _, l := range p.left {
			if !yield(Event{Rule: l.rule, Fold: l.fold, Raw: rest[:l.bytes], Line: l.line}) {
				return
			}
			rest = rest[l.bytes:]
		}
	}
}

// carry is what later lines depend on. ok: a part can begin here.
func (p *Part) carry() (c match.Carry, ok bool) {
	if p.rests() {
		return p.filter.match.Carry(&p.filter.view)
	}
	return c, false
}

// A Whole is a log that is filtered in parts. It is not safe for concurrent use.
type Whole struct {
	filter *Filter // counts and sends
	last   *Part   // has come to where the log has got to
	held   hold.Limits
	text   [][]byte // of which it is not decided whose it is, or that was not sent yet
}

// Whole returns what sends the events of a log to sink that is filtered in parts, as Filter does of one that is not.
// Options.Trace is not told.
func (p *Plan) Whole(sink Sink, o Options) *Whole {
	return &Whole{filter: p.Filter(sink, o), last: p.part(o, 1)}
}

// Apart leaves it to the caller to follow the runs of the log, which takes about as long as all else that is to be done in the
// order of the log. What a call returns is to be called before the next one is, after each call of Write, Go and Close, by
// any goroutine; and all of them before Summary.
func (w *Whole) Apart() (follow func()) {
	o := w.filter.out
	all := o.shown
	o.apart, o.shown = true, nil
	return func() {
		for _, s := range all {
			o.outcome.Write(s.raw, s.line, s.known)
		}
	}
}

// Write goes on with text of which there is no part. It must stay as it is until the Whole is closed, or lets go of it.
func (w *Whole) Write(text []byte) (int, error) {
	w.last.write(text)
	w.send(text)
	return len(text), w.filter.out.err
}

// Go goes on with text, which must stay as it is until the Whole is closed, or lets go of it, and its part; nil: it has none. It reports
// whether the part was of use.
func (w *Whole) Go(text []byte, p *Part) (ok bool, err error) {
	if p == nil {
		_, err = w.Write(text)
		return false, err
	}
	from := 0
	for i := range p.marks {
		to := p.marks[i].from
		_, _ = w.Write(text[from:to])
		if from = to; w.leadsTo(p, i) {
			w.goOn(p, i)
			w.send(text[from:])
			return true, w.filter.out.err
		}
	}
	_, err = w.Write(text[from:])
	return false, err
}

// leadsTo reports whether what the log carries up to here is what a part has carried at the mark.
func (w *Whole) leadsTo(p *Part, at int) bool {
	m, last := &p.marks[at], w.last.filter
	c, ok := w.last.carry()
	return ok && len(p.filter.broken) == 0 && m.line == last.line && last.match.Same(c, m.start, p.filter.match)
}

// goOn goes on with what a part has decided from the mark on.
func (w *Whole) goOn(p *Part, at int) {
	w.keep(w.last.filter.queue.Limits())
	for _, m := range p.marks[at+1:] {
		w.keep(m.held)
	}
	m := &p.marks[at]
	p.filter.match.Inherit(w.last.filter.match, m.start)
	p.left, p.notes, p.returned = p.left[m.left:], p.notes.behind(m.notes), p.returnedBehind(m)
	w.last = p
}

// returnedBehind is decided.returned of what is behind a mark.
func (p *Part) returnedBehind(m *mark) int {
	if p.returned == 0 || m.returned {
		return 0
	}
	return p.returned - m.left
}

// send counts and sends what was decided.
func (w *Whole) send(text []byte) {
	w.filter.tally.In(len(text))
	if len(text) > 0 {
		w.text = append(w.text, text)
	}
	d := w.last.decided
	w.last.decided = decided{left: d.left[:0]}
	for i, l := range d.left {
		if d.returned == i+1 {
			w.filter.out.countReturns()
		}
		w.filter.out.Leave(Event{Rule: l.rule, Fold: l.fold, Raw: w.take(l.bytes), Line: l.line}, l.known)
	}
	if d.returned > len(d.left) {
		w.filter.out.countReturns()
	}
	for n := range d.notes.all() {
		n.Enter(w.filter.tally)
	}
	w.filter.sent()
}

// LetGo lets go of all text that came in, but for that which Apart tells: what was not sent yet, which is little, is copied.
func (w *Whole) LetGo() {
	for i, text := range w.text {
		w.text[i] = bytes.Clone(text)
	}
}

// take takes so many bytes off the text that was not sent yet.
func (w *Whole) take(n int) (raw []byte) {
	for {
		first := w.text[0]
		m := min(n-len(raw), len(first))
		if w.text[0] = first[m:]; m == len(first) {
			w.text = w.text[1:]
		}
		if m == n {
			return first[:n:n]
		}
		if raw = append(raw, first[:m]...); len(raw) == n {
			return raw
		}
	}
}

// keep keeps how much was held.
func (w *Whole) keep(l hold.Limits) {
	w.held.Bytes, w.held.Time = max(w.held.Bytes, l.Bytes), max(w.held.Time, l.Time)
}

// Close is that of a Filter.
func (w *Whole) Close() error {
	_ = w.last.filter.Close()
	w.send(nil)
	w.keep(w.last.filter.queue.Limits())
	return w.filter.Close()
}

// Summary is that of a Filter.
func (w *Whole) Summary() *Summary {
	return w.filter.tally.Summary(Limits{HeldBytesMax: w.held.Bytes, HeldMax: w.held.Time, RulesSkipped: w.last.filter.broken}, w.filter.out.outcome.Outcome())
}
