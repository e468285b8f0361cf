package learn

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/blocks"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/learn/slots"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A Cluster is something that repeats.
type Cluster struct {
	// ID is the same for the same text in other logs, as long as nothing else
	// varies in it there.
	ID    string
	Count int
	Lines int // of one occurrence
	Hosts map[string]int
	Log   string // where it is first
	Line  int
	// Excerpt is the first occurrence.
	Excerpt []string
	// Draft is a rule for it. It is nil if none was wanted, or if none can be
	// made; Refused says why then.
	Draft   *draft.Draft
	Refused string
	// Proof says what the draft would do in these logs; nil: there is none.
	Proof *Proof

	// Bad: its lines say of themselves that something went wrong, by their level or by a number. Fails: by their
	// words; of tracebacks that says nothing. The draft lets both stay.
	Bad, Fails bool
	// leveled: they stand in objects of JSON that say how grave they are.
	leveled bool
	// Slots are where its lines differ in words, and which they are.
	Slots []slots.Slot

	lines     []draft.Line
	templates []int32
	words     [][]string
	python    bool
	part      bool // others claim all of it
	trace     bool // some of it is a part of a trace
}

// Severity is that of its draft. Only noise is taken out.
func (c *Cluster) Severity() rules.Severity {
	switch {
	case c.Bad:
		return rules.Error
	case c.Fails && !c.python && !c.trace:
		return rules.Warning
	}
	return rules.Noise
}

// A Proof is what a draft claims in the logs, among all rules and the other drafts.
type Proof struct {
	Count int   // occurrences
	Lines int64 // that would be folded
	// Foreign are lines among them that are not of the cluster; then the
	// draft is not to be used. Example is the first.
	Foreign int64
	Example string
}

// Times is how often it occurs: as the draft counts it, which finds torn
// occurrences as well; without a draft, as it was found.
func (c *Cluster) Times() int {
	if c.counted() {
		return c.Proof.Count
	}
	return c.Count
}

// Saved is how many lines a rule would fold.
func (c *Cluster) Saved() int64 {
	if c.counted() {
		return c.Proof.Lines
	}
	return int64(c.Count) * int64(c.Lines)
}

func (c *Cluster) counted() bool { return c.Draft != nil && c.Proof != nil }

// MaxTexts is how many different texts are remembered at once.
const MaxTexts = skeleton.MaxTemplates

// Patterns are what its draft looks for; without one, what it would be made of. Of what Python prints there are
// none.
func (c *Cluster) Patterns() (out []string) {
	if c.Draft != nil {
		if m := &c.Draft.Rule.Match; m.Line != nil {
			return []string{m.Line.String()}
		} else if len(m.Block) == 0 {
			return nil
		} else {
			for _, p := range m.Block {
				out = append(out, p.Line.String())
			}
			return out
		}
	}
	for _, l := range c.lines {
		if !c.python && len(l.Pieces) > 0 {
			out = append(out, l.Pattern)
		}
	}
	return out
}

// rank makes clusters of what was counted, and says of which lines the text is
// still wanted.
func (m *Miner) rank() {
	m.forest.Settle()
	m.sources.Rename(func(id int32) int32 {
		if text := m.forest.ByID(id); text != nil {
			return text.ID
		}
		return 0
	})
	m.sources.Entry = func(id int32) bool { return m.templates[id] != nil && m.templates[id].entry }
	inBlocks := map[int32]int{}
	var clusters []*Cluster
	for _, b := range m.sources.Blocks(int(m.forest.Last())+1, m.options.MinCount, draft.MaxLines) {
		if c := m.blockCluster(b); c != nil {
			clusters = append(clusters, c)
			for _, t := range b.Templates {
				inBlocks[t] += b.Count
			}
		}
	}
	for _, text := range m.forest.Templates() {
		if t := m.templates[text.ID]; t != nil {
			if c := m.lineCluster(t, inBlocks[text.ID]); c != nil {
				clusters = append(clusters, c)
			}
		}
	}
	m.sources = blocks.Sources{}
	m.choose(m.apart(clusters))
}

// lineCluster makes a cluster of a line, or of a text of Python; nil: it is not there often enough by itself. in is
// how often it is in blocks.
func (m *Miner) lineCluster(t *template, in int) *Cluster {
	count := t.count
	if in > 0 {
		count = t.all(t.ordered - in)
	}
	if !t.python {
		m.stats.Unordered += int64(t.count - t.ordered)
	}
	if count < m.options.MinCount || cpython.IsFrame([]byte(strings.TrimLeft(t.sample[0].Text, " "))) { // a torn traceback's
		return nil
	}
	c := &Cluster{Count: count, Hosts: t.hosts, Log: t.log, Line: t.line, Bad: t.bad, python: t.python, lines: slices.Clone(t.sample)}
	if !t.python {
		c.add(t)
		t.fill(&c.lines[0])
		c.Slots = t.pattern().Slots()
		return c
	}
	for i := range c.lines {
		l := &c.lines[i]
		l.Pieces = mask.Mask(l.Text)
		l.Pattern = mask.Expression(l.Pieces)
		c.words = append(c.words, skeleton.Words(string(skeleton.Of(nil, l.Text))))
	}
	return c
}

// add makes a template one of the cluster's.
func (c *Cluster) add(t *template) {
	c.templates, c.words = append(c.templates, t.text.ID), append(c.words, t.text.Words)
	c.Bad, c.leveled, c.trace = c.Bad || t.bad, c.leveled || t.leveled, c.trace || t.trace
	c.Fails = c.Fails || mask.SaysFailure(strings.Join(t.text.Words, " "))
}

// blockCluster makes a cluster of a block; nil when a template of it was
// forgotten.
func (m *Miner) blockCluster(b blocks.Block) *Cluster {
	c := &Cluster{}
	for i, id := range b.Templates {
		t := m.templates[id]
		if t == nil {
			return nil
		}
		if i == 0 {
			c.Hosts, c.Log, c.Line, c.Count = t.hosts, t.log, t.line, t.all(b.Count)
		}
		c.add(t)
		l := draft.Line{Pattern: strings.Join(t.text.Words, " "), Trail: t.sample[0].Trail, Number: int(b.Ordinals[i])}
		for _, again := range b.Again {
			l.Again = append(l.Again, draft.Line{Number: int(again[i])})
		}
		c.lines = append(c.lines, l)
		c.Slots = append(c.Slots, t.pattern().Slots()...)
	}
	return c
}

// all is how often something occurs in all lines that occurs n times in those
// whose order is kept.
func (t *template) all(n int) int {
	if t.ordered == 0 {
		return t.count
	}
	return int(int64(n) * int64(t.count) / int64(t.ordered))
}

// choose orders the clusters, names them, and keeps those that are wanted.
func (m *Miner) choose(clusters []*Cluster) {
	for _, c := range clusters {
		c.Lines = len(c.lines)
	}
	slices.SortStableFunc(clusters, func(a, b *Cluster) int {
		return cmp.Or(cmp.Compare(b.Saved(), a.Saved()), cmp.Compare(b.Lines, a.Lines), cmp.Compare(a.Log, b.Log), cmp.Compare(a.Line, b.Line))
	})
	taken := map[string]bool{}
	m.wanted = map[int32][]*draft.Line{}
	for _, c := range clusters {
		c.name(taken)
		for i := range c.lines {
			l := &c.lines[i]
			if l.Text != "" {
				continue
			}
			m.wanted[int32(l.Number)] = append(m.wanted[int32(l.Number)], l)
			for n := range l.Again {
				m.wanted[int32(l.Again[n].Number)] = append(m.wanted[int32(l.Again[n].Number)], &l.Again[n])
			}
		}
	}
	m.clusters = clusters
}

// name gives the cluster an id: four figures, or more if there are two of these.
func (c *Cluster) name(taken map[string]bool) {
	var b strings.Builder
	for _, l := range c.lines {
		b.WriteString(l.Pattern + "\n")
	}
	if !c.python {
		b.Reset()
		for _, w := range c.words {
			b.WriteString(strings.Join(w, " ") + "\n")
		}
	}
	for n := 4; c.ID == "" || taken[c.ID]; n++ {
		c.ID = filter.Fingerprint(b.String(), n)
	}
	taken[c.ID] = true
}

// draft makes a rule of each cluster that is wanted, and has none yet.
func (m *Miner) draft() {
	m.fillBlocks()
	m.wanted = nil
	known, patterns := rules.NewSet(slices.Collect(m.options.Known.All())...), map[string]bool{}
	p := &proof{of: map[*rules.Rule]*Cluster{}, set: draft.Lifted(m.options.Known), forest: m.forest}
	for n, c := range m.clusters {
		c.Excerpt = nil
		for _, l := range c.lines {
			c.Excerpt = append(c.Excerpt, l.Message())
		}
		if m.options.Wanted != nil && !m.options.Wanted(n, c.ID) {
			continue
		}
		if c.part = c.allIn(patterns); c.part {
			continue
		}
		if c.Draft == nil {
			c.makeDraft(known)
		}
		if c.Draft == nil {
			continue
		}
		for _, l := range c.lines {
			patterns[l.Pattern] = true
		}
		first := *c.Draft.Rule
		first.Layer++ // what it claims is not another draft's, though that may know more of it
		known.Put(&first)
		p.want(c)
	}
	if m.proof = nil; len(p.of) > 0 {
		p.plan = filter.NewPlan(p.set)
		m.proof = p
	}
}

// narrow makes the drafts anew that took lines of others: of what was seen, and nothing else. This is done once. It
// reports whether the logs are to be read for it.
func (m *Miner) narrow() bool {
	again := !m.narrowed && slices.ContainsFunc(m.clusters, (*Cluster).tooWide)
	m.narrowed = true
	if !again {
		return false
	}
	for _, c := range m.clusters {
		if c.tooWide() {
			c.Draft = nil
			m.refill(c)
		}
		c.Proof, c.Refused = nil, ""
	}
	m.draft()
	return m.proof != nil
}

// tooWide reports whether its draft takes lines of others.
func (c *Cluster) tooWide() bool { return c.Proof != nil && c.Proof.Foreign > 0 && !c.python }

// refill gives the lines of a cluster patterns that take what was seen, and nothing else.
func (m *Miner) refill(c *Cluster) {
	for i := range c.lines {
		t := m.templates[c.templates[i]]
		t.narrow, t.slots = true, nil
		t.fill(&c.lines[i])
		for n := range c.lines[i].Again {
			t.fill(&c.lines[i].Again[n])
		}
	}
}

// fillBlocks gives the lines of blocks, whose texts are there now, their patterns.
func (m *Miner) fillBlocks() {
	for _, c := range m.clusters {
		for i := range c.lines {
			if l := &c.lines[i]; len(l.Pieces) == 0 && l.Text != "" {
				m.templates[c.templates[i]].fill(l)
				for n := range l.Again {
					m.templates[c.templates[i]].fill(&l.Again[n])
				}
			}
		}
	}
}

// allIn reports whether all lines are lines of other clusters: blocks of which
// something is missing.
func (c *Cluster) allIn(patterns map[string]bool) bool {
	return !slices.ContainsFunc(c.lines, func(l draft.Line) bool { return !patterns[l.Pattern] })
}

// makeDraft makes a rule of the cluster, beside the rules that there are.
func (c *Cluster) makeDraft(known *rules.Set) {
	if c.leveled && !c.Bad {
		c.Refused = "a rule is about the message alone, and would take it out at the level of an error as well: the level stands elsewhere in the JSON"
		return
	}
	d := draft.NewDrafter(draft.Options{Known: known, From: fmt.Sprintf("%s, line %d", c.Log, c.Line)})
	d.Quick, d.Advice, d.Severity = true, c.facts(), c.Severity()
	made, err := d.Draft(c.lines)
	if known, ok := errors.AsType[*draft.KnownError](err); ok {
		c.Refused = "it is " + known.Error()
	} else if err != nil {
		c.Refused = err.Error()
	}
	c.Draft = made
}

// facts say what is known of the cluster.
func (c *Cluster) facts() string {
	where := ""
	if n := len(c.Hosts); n > 1 {
		where = fmt.Sprintf(" on %d hosts", n)
	} else if n == 1 {
		where = " on one host"
	}
	return fmt.Sprintf("It was printed %d times%s in the logs that it was found in. What it means is for whoever knows to write here.", c.Count, where)
}
