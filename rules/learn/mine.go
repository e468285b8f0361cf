// Package learn finds what no rule knows yet, and makes rules of it: a Miner reads
// logs more than once and proposes drafts, NewDraft makes a draft of a text, and a
// Recurrences stands beside a filter and says what comes again and again. Whatever is
// proposed has gone through the engine first.
package learn

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/blocks"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/learn/slots"
	"github.com/orbfilter/orbfilter/rules/learn/trace"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A Miner finds what repeats in logs and is not known to any rule. It reads the
// logs more than once, so that it need not keep them:
//
//	for m.Next() {
//		for each log {
//			m.Log(name)
//			io.Copy(m, log)
//		}
//	}
//	m.Clusters()
//
// Its memory is bounded, whatever the logs.
type Miner struct {
	options MineOptions
	stats   MineStats
	known   *filter.Plan
	filter  *filter.Filter // of the log that is read
	sink    draft.Unclaimed
	log     string

	pass                    pass
	view                    view.Line
	own                     pyinfra.Own
	forest                  *skeleton.Forest
	sources                 blocks.Sources
	writers                 map[string]*writer
	python                  map[string]pythonLines // open texts of Python, by the prefix of their lines
	ordinal                 int32                  // counts the lines that no rule knows, over all logs
	before                  int32                  // what it was at the start of this log
	key                     []byte
	text                    []byte                // the skeleton of a line
	cache                   map[string]remembered // by what is left of a line without its numbers
	templates               map[int32]*template
	variantBytes, hostCount int
	clusters                []*Cluster
	wanted                  map[int32][]*draft.Line
	proof                   *proof
	narrowed                bool // drafts that took too much were made again
}

// MineOptions are what a miner may be told.
type MineOptions struct {
	// Known are the rules that there are; nil: none.
	Known *rules.Set
	// MinCount is how often something occurs that is worth a rule; 0: 5.
	MinCount int
	// Wanted says of what a draft is made: of the cluster of rank n, from 0, with
	// this id. nil: of all.
	Wanted func(n int, id string) bool
}

// MineStats say what was read.
type MineStats struct {
	Logs  int   `json:"logs"`
	Bytes int64 `json:"bytes"`
	Lines int64 `json:"lines"`
	// Known are the lines that rules claim, Own those of pyinfra itself, Guarded
	// those that no rule may fold.
	Known   int64 `json:"known"`
	Own     int64 `json:"own"`
	Guarded int64 `json:"guarded"`
	// TooLong are lines too long to be looked at, Forgotten those of texts that there was no room for any
	// more: those that were not seen for the longest time go.
	TooLong   int64 `json:"too_long"`
	Forgotten int64 `json:"forgotten"`
	// Unordered are lines behind those of which blocks are made.
	Unordered int64 `json:"unordered"`
}

// Others are the lines that are none of Known, Own and Guarded: among them is
// what repeats.
func (s *MineStats) Others() int64 { return max(0, s.Lines-s.Known-s.Own-s.Guarded) }

// A pass is what the logs are read for.
type pass int

const (
	counting pass = iota + 1
	fetching      // the lines of the first occurrence of each block
	proving       // what the drafts would fold
	done
)

// NewMiner returns a miner that has seen nothing.
func NewMiner(o MineOptions) *Miner {
	if o.Known == nil {
		o.Known = rules.NewSet()
	}
	if o.MinCount == 0 {
		o.MinCount = 5
	}
	m := &Miner{options: o, known: filter.NewPlan(draft.Lifted(o.Known)), forest: skeleton.NewForest(), python: map[string]pythonLines{},
		cache: map[string]remembered{}, templates: map[int32]*template{}, writers: map[string]*writer{}}
	m.sink.Line, m.forest.OnUnite, m.forest.OnForget = m.line, m.unite, m.forget
	return m
}

// Next reports whether the logs are to be read once more.
func (m *Miner) Next() bool {
	m.endLog()
	switch m.pass {
	case counting:
		m.rank()
	case fetching:
		m.draft()
	case proving:
		if m.narrow() {
			m.ordinal = 0
			return true
		}
		m.judge()
	}
	m.pass++
	m.ordinal = 0
	if m.pass == fetching && len(m.wanted) == 0 {
		m.draft()
		m.pass++
	}
	if m.pass == proving && m.proof == nil {
		m.pass++
	}
	return m.pass < done
}

// Stats returns what was read.
func (m *Miner) Stats() MineStats { return m.stats }

// Clusters returns what repeats, what saves most lines first.
func (m *Miner) Clusters() []*Cluster { return m.clusters }

// Log begins with another log.
func (m *Miner) Log(name string) {
	m.endLog()
	m.log, m.own, m.before = name, pyinfra.Own{}, m.ordinal
	if m.pass == proving {
		m.filter = m.proof.plan.Filter(m.proof, filter.Options{})
		return
	}
	m.filter = m.known.Filter(&m.sink, filter.Options{})
}

// Write takes in the next bytes of the log. It returns no error.
func (m *Miner) Write(p []byte) (int, error) { return m.filter.Write(p) }

func (m *Miner) endLog() {
	if m.filter == nil {
		return
	}
	_ = m.filter.Close()
	m.sink.Flush()
	for dress := range m.python {
		m.endPython(dress)
	}
	m.sources.Cut()
	clear(m.writers)
	s := m.filter.Summary()
	switch m.pass {
	case counting:
		m.stats.Logs++
		m.stats.Bytes += s.Input.Bytes
		m.stats.Lines += s.Input.Lines
		m.stats.Known += max(0, s.Input.Lines-int64(m.ordinal-m.before))
	case proving:
		m.proof.add(s)
	}
	m.filter = nil
}

// line takes a line that no rule knows.
func (m *Miner) line(raw []byte, number int) {
	m.ordinal++
	if m.pass == fetching && m.wanted[m.ordinal] == nil {
		return
	}
	v := &m.view
	v.Look(view.LastFrame(raw))
	text := bytes.TrimRight(v.Text, " \t\r")
	if m.pass == fetching {
		for _, l := range m.wanted[m.ordinal] {
			l.Text = string(text)
		}
		return
	}
	switch {
	case len(bytes.TrimSpace(text)) == 0:
	case m.own.Is(v.Text):
		m.stats.Own++
		m.cut(v.Text)
	case len(text) > draft.MaxText || !utf8.Valid(text):
		m.stats.TooLong++
		m.sources.Cut()
	case m.known.NeverFolds(v.Text):
		m.stats.Guarded++
		m.sources.Cut()
	default:
		l := writtenLine{string(text), len(text) < len(v.Text), v.Dress, number, m.ordinal, saysBad(v, raw), hidesLevel(v, raw)}
		if !m.pythonLine(l) {
			m.count(l)
		}
	}
}

// cut ends the blocks that a line of pyinfra comes after: those of its host, or
// all.
func (m *Miner) cut(text []byte) {
	if h := pyinfra.Host(text); h != "" {
		m.sources.CutOne(m.view.Dress + h)
		return
	}
	m.sources.Cut()
}

// A writtenLine is a line that no rule knows.
type writtenLine struct {
	text    string // without spaces at its end
	trail   bool   // there were some
	dress   string
	number  int
	ordinal int32
	bad     bool // a number in it, or the object of JSON that it stands in, says that something went wrong
	leveled bool // that object has a level beside the message
}

// hidesLevel reports whether an object of JSON says how grave its message is: a rule sees the message alone, and would
// take the same one at any level.
func hidesLevel(v *view.Line, raw []byte) bool {
	if !v.Wrapped {
		return false
	}
	_, has := mask.LevelOfObject(string(raw))
	return has
}

// saysBad reports whether an object of JSON, of which the view may have the message alone, says that something went
// wrong.
func saysBad(v *view.Line, raw []byte) bool {
	if !v.Wrapped && (len(v.Text) == 0 || v.Text[0] != '{') {
		return false
	}
	level, _ := mask.LevelOfObject(string(raw))
	return mask.IsBad(level)
}

// count enters a line.
func (m *Miner) count(l writtenLine) {
	name, rest := mask.Host(l.text)
	r := m.recall(&l, name, rest)
	if r.of == nil {
		m.text = skeleton.Of(append(m.text[:0], m.key[:len(l.flags(name))]...), rest)
		r.of = m.templateOf(m.forest.Find(m.text))
		r.of.leveled = r.of.leveled || l.leveled
		r.of.entry = r.of.entry || mask.HeadOf(rest).Len > 0
		r.of.bad = r.of.bad || l.bad || skeleton.IsBad(string(m.text[len(l.flags(name)):]))
		r.variant = m.addVariant(r.of, &slots.Seen{Text: l.text})
		m.remember(string(m.key), r)
	}
	t := r.of
	if r.variant != nil {
		r.variant.Count++
	}
	m.seen(t, l, func() []draft.Line { return []draft.Line{{Text: l.text, Trail: l.trail}} })
	if l.trail {
		t.sample[0].Trail = true
	}
	m.order(t, l, l.dress+name)
	if service, ok := strings.CutPrefix(l.dress, "compose "); ok && name == "" {
		name = strings.TrimSuffix(service, "\n")
	}
	m.seenOn(t, name)
}

// recall returns what is remembered of a line with other numbers in it, and leaves its key behind. Lines in which a number
// says that something went wrong are not those in which it says that nothing did.
func (m *Miner) recall(l *writtenLine, name, rest string) remembered {
	m.key = skeleton.Signature(append(m.key[:0], l.flags(name)...), rest)
	r, known := m.cache[string(m.key)]
	if !known {
		r.counts = mask.Counts(rest)
	}
	if r.counts && !l.bad && mask.CountsFailure(rest) {
		if !known {
			m.remember(string(m.key), r)
		}
		l.bad = true
		return m.recall(l, name, rest)
	}
	if r.of != nil {
		r.of = m.root(r.of)
	}
	return r
}

// flags tell lines apart that one pattern does not match: those with a host in front. A rule sees no prefix.
func (l *writtenLine) flags(host string) string {
	switch {
	case l.bad:
		return "! "
	case host != "":
		return "[ "
	}
	return ""
}

// A writer is where lines come from: a prefix, and a host.
type writer struct {
	trace trace.State
	in    bool      // the last line was of a trace
	last  *template // of that line
	bad   bool      // the last line that says how grave it is
}

// order enters a line among those of its writer. A trace ends what was begun, and so does a line that is more
// grave than the one before, or less.
func (m *Miner) order(t *template, l writtenLine, name string) {
	w := m.writers[name]
	if w == nil {
		w = &writer{}
		if len(m.writers) < maxHostCounts {
			m.writers[name] = w
		}
	}
	_, rest := mask.Host(l.text)
	ended, in := w.trace.See(rest)
	t.trace = t.trace || in
	if in && !w.in && w.last != nil {
		w.last.entry = true // what a trace is of, whatever stands in front of that
	}
	w.in, w.last = in, t
	head := t.entry || t.bad || l.leveled
	if ended || head && !in && w.bad != t.bad {
		m.sources.CutOne(name)
	}
	if head && !in {
		w.bad = t.bad
	}
	if m.sources.Add(name, t.text.ID, l.ordinal) {
		t.ordered++
	}
}

// seen counts an occurrence of a template.
func (m *Miner) seen(t *template, l writtenLine, sample func() []draft.Line) {
	m.forest.Touch(t.text)
	if t.count++; t.count == 1 {
		t.sample, t.log, t.line, t.ordinal = sample(), m.log, l.number, l.ordinal
	}
}
