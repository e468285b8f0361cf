package learn

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A proof is a sink for logs with all drafts in use.
type proof struct {
	of     map[*rules.Rule]*Cluster
	set    *rules.Set
	plan   *filter.Plan
	view   view.Line
	key    []byte
	text   []byte
	bad    bool // of the line that is looked at, see saysBad
	forest *skeleton.Forest
	cache  map[string]recalled // by id and signature
}

// A recalled is what is known of lines that differ in numbers.
type recalled struct {
	is     bool // they are of the cluster
	counts bool // one of their numbers may say that something went wrong
}

func (p *proof) want(c *Cluster) {
	r := draft.Lift(c.Draft.Rule)
	r.Layer = -len(p.of) // what a draft claims is asked as if there were no other that knows more
	p.set.Put(r)
	p.of[r] = c
	c.Proof = &Proof{}
}

// Event looks at what a draft claims.
func (p *proof) Event(e filter.Event) error {
	c := p.of[e.Rule]
	if e.Rule == nil || c == nil || !e.Fold {
		return nil
	}
	for line := range bytes.Lines(e.Raw) {
		p.view.Look(line)
		p.bad = saysBad(&p.view, line)
		text := string(bytes.TrimRight(p.view.Text, " \t\r\n"))
		if p.has(c, text) {
			continue
		}
		if c.Proof.Foreign++; c.Proof.Foreign == 1 {
			c.Proof.Example = text
		}
	}
	return nil
}

// has reports whether a text is of the cluster.
func (p *proof) has(c *Cluster, text string) bool {
	name, rest := mask.Host(text)
	p.key = append(append(p.key[:0], c.ID...), name[:min(1, len(name))]...)
	if p.bad {
		p.key = append(p.key, '!')
	}
	p.key = skeleton.Signature(p.key, rest)
	r, known := p.cache[string(p.key)]
	if !known {
		r.counts = mask.Counts(rest)
	}
	if r.counts && !p.bad && mask.CountsFailure(rest) {
		p.bad = true
		return p.has(c, text)
	}
	if known {
		return r.is
	}
	if len(p.cache) >= maxCache || p.cache == nil {
		p.cache = map[string]recalled{}
	}
	r.is = p.isOf(c, text)
	p.cache[string(p.key)] = r
	return r.is
}

// isOf reports whether a text is a line of the cluster, or a part of one: pieces of a torn block are claimed
// one by one. Which cluster a line is of was found before there were drafts.
func (p *proof) isOf(c *Cluster, text string) bool {
	if strings.Trim(text, "^~ ") == "" {
		return true
	}
	l := writtenLine{text: text, bad: p.bad}
	name, rest := mask.Host(text)
	p.text = skeleton.Of(append(p.text[:0], l.flags(name)...), rest)
	if t := p.forest.Lookup(p.text); t != nil && slices.Contains(c.templates, t.ID) {
		return true
	}
	words := skeleton.Words(string(p.text))
	part := mask.Expression(mask.Mask(strings.TrimLeft(text, " ")))
	return slices.ContainsFunc(c.lines, func(l draft.Line) bool { return (c.Lines > 1 || c.python) && strings.Contains(l.Pattern, part) }) ||
		slices.ContainsFunc(c.words, func(own []string) bool {
			return p.forest.Full() && skeleton.Fits(own, words) || c.python && slices.Equal(own, words)
		})
}

// add takes in what was counted in a log.
func (p *proof) add(s *filter.Summary) {
	for _, i := range s.Issues {
		if c := p.of[i.Rule]; c != nil {
			c.Proof.Count += i.Count
			c.Proof.Lines += i.Lines
		}
	}
}

// judge leaves out what others claim, and refuses drafts that claim too much.
func (m *Miner) judge() {
	for _, c := range m.clusters {
		switch p := c.Proof; {
		case p == nil && c.Refused == "" && !c.part:
			c.Refused = "it was not tried, since others come before it; a higher --top has it tried"
		case p == nil:
		case p.Foreign > 0 && c.leveled:
			c.Draft, c.Refused = nil, fmt.Sprintf("the same text comes at other levels as well (%d lines), and a rule does not see them: the level stands elsewhere in the JSON", p.Foreign)
		case p.Foreign > 0:
			c.Draft, c.Refused = nil, fmt.Sprintf("a rule for it would also fold other lines (%d), such as: %s", p.Foreign, p.Example)
		case p.Count == 0:
			c.part = true
		}
	}
	m.clusters = slices.DeleteFunc(m.clusters, func(c *Cluster) bool { return c.part })
	slices.SortStableFunc(m.clusters, func(a, b *Cluster) int { return cmp.Compare(b.Saved(), a.Saved()) })
}

// HostNames returns the hosts of the cluster, in order.
func (c *Cluster) HostNames() []string { return slices.Sorted(maps.Keys(c.Hosts)) }
