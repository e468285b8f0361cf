package learn

import (
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/learn/slots"
	"github.com/orbfilter/orbfilter/rules/mask"
)

const (
	// maxCache is how many lines are remembered by what is left of them without
	// their numbers.
	maxCache = 1 << 15
	// maxHostCounts is how many counts by host are kept.
	maxHostCounts = 100_000
	// maxVariants is how many lines are kept of a template, each with other words, and maxVariantBytes how much
	// of all of them.
	maxVariants     = 64
	maxVariantBytes = 24 << 20
)

// A template is what is known of lines of one text, or of texts of Python of one shape.
type template struct {
	text  *skeleton.Template
	count int
	// ordered is how many of count are among the lines whose order is kept.
	ordered  int
	sample   []draft.Line // of the first one
	log      string
	line     int // of the first one
	ordinal  int32
	hosts    map[string]int
	python   bool
	bad      bool // its lines say of themselves that something went wrong
	leveled  bool // they stand in objects of JSON that say how grave they are
	trace    bool // it is a part of a trace
	entry    bool // its lines begin something: they have columns of their own, or a trace behind them
	variants []*slots.Seen
	more     int // lines with other words that are not among them
	slots    *slots.Text
	narrow   bool // its pattern is to take what was seen and nothing else
}

// A remembered is where a line with other numbers in it was counted.
type remembered struct {
	of      *template   // nil: none was counted
	variant *slots.Seen // among the variants; nil: it is not
	counts  bool        // one of its numbers may say that something went wrong
}

// root returns the template that it has become a part of, or itself; nil: it is forgotten.
func (m *Miner) root(t *template) *template { return m.templates[t.text.Root().ID] }

// newTemplate returns what is known of a text.
func (m *Miner) templateOf(text *skeleton.Template) *template {
	t := m.templates[text.ID]
	if t == nil {
		t = &template{text: text}
		m.templates[text.ID] = t
	}
	return t
}

// unite adds what is known of a text to the one that it has become a part of.
func (m *Miner) unite(into, part *skeleton.Template) {
	to, from := m.templateOf(into), m.templates[part.ID]
	delete(m.templates, part.ID)
	if from == nil {
		return
	}
	if to.count == 0 || from.ordinal < to.ordinal {
		to.sample, to.log, to.line, to.ordinal = from.sample, from.log, from.line, from.ordinal
	}
	to.count, to.ordered, to.more, to.bad, to.trace = to.count+from.count, to.ordered+from.ordered, to.more+from.more, to.bad || from.bad, to.trace || from.trace
	to.entry = to.entry || from.entry
	to.leveled = to.leveled || from.leveled
	for _, v := range from.variants {
		m.addVariant(to, v)
		m.variantBytes -= len(v.Text)
	}
	for host, n := range from.hosts {
		if to.hosts == nil {
			to.hosts = map[string]int{}
		}
		to.hosts[host] += n
	}
}

// forget counts the lines of a template that there is no room for any more.
func (m *Miner) forget(text *skeleton.Template) {
	t := m.templates[text.ID]
	delete(m.templates, text.ID)
	if t == nil {
		return
	}
	m.stats.Forgotten += int64(t.count)
	for _, v := range t.variants {
		m.variantBytes -= len(v.Text)
	}
}

// addVariant keeps a line with words of its own, and returns it; nil: there is no room.
func (m *Miner) addVariant(t *template, v *slots.Seen) *slots.Seen {
	if len(t.variants) >= maxVariants || m.variantBytes+len(v.Text) > maxVariantBytes {
		t.more++
		return nil
	}
	m.variantBytes += len(v.Text)
	t.variants = append(t.variants, v)
	return v
}

// remember keeps where a line was counted.
func (m *Miner) remember(signature string, r remembered) {
	if len(m.cache) >= maxCache {
		m.cache = map[string]remembered{}
	}
	m.cache[signature] = r
}

// seenOn counts a host.
func (m *Miner) seenOn(t *template, host string) {
	if host == "" {
		return
	}
	if t.hosts == nil {
		t.hosts = map[string]int{}
	}
	if t.hosts[host] > 0 || m.hostCount < maxHostCounts {
		if t.hosts[host]++; t.hosts[host] == 1 {
			m.hostCount++
		}
	}
}

// pattern returns what matches the lines of a template.
func (t *template) pattern() *slots.Text {
	if t.slots == nil {
		t.slots = slots.New(t.text.Words, t.variants, t.more, slots.How{Bad: t.bad, Narrow: t.narrow})
	}
	return t.slots
}

// fill gives a line of a draft, which has its text, the pattern of its template.
func (t *template) fill(l *draft.Line) {
	l.Pieces, l.Head = t.pattern().Pieces(l.Text)
	l.Pattern = mask.Expression(l.Pieces)
}
