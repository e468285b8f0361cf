package learn

import (
	"slices"

	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
)

// Some of the lines of a block come without the others as well. The draft of the block leaves those to nobody, and theirs would
// take lines of the block. So such a block is taken apart: what comes alone is a cluster, and what is left of the block.

// maxSplits bounds how often blocks are taken apart.
const maxSplits = 1000

// apart takes blocks apart of which parts come alone.
func (m *Miner) apart(clusters []*Cluster) []*Cluster {
	for range maxSplits {
		block, part, at := m.comesAlone(clusters)
		if block == nil {
			break
		}
		part.Count += block.Count
		clusters = slices.DeleteFunc(clusters, func(c *Cluster) bool { return c == block })
		clusters = m.rest(clusters, block, 0, at)
		clusters = m.rest(clusters, block, at+len(part.templates), len(block.templates))
	}
	return clusters
}

// comesAlone finds a block, another cluster that is a part of it, and where in it that begins; nil: there is none.
func (m *Miner) comesAlone(clusters []*Cluster) (block, part *Cluster, at int) {
	holding := map[int32][]*Cluster{} // blocks, by their templates
	for _, c := range clusters {
		if len(c.templates) < 2 || c.python || c.trace {
			continue
		}
		for i, t := range c.templates {
			if !slices.Contains(c.templates[:i], t) {
				holding[t] = append(holding[t], c)
			}
		}
	}
	for _, c := range clusters {
		if c.python || len(c.templates) == 0 || !c.tells() {
			continue
		}
		for _, b := range holding[c.templates[0]] {
			if at := b.holds(c); at >= 0 && c.Count >= m.options.MinCount && 10*c.Count > b.Count+c.Count {
				return b, c, at
			}
		}
	}
	return nil, nil, 0
}

// holds returns where in a block the lines of another cluster stand; -1: they are not in it, or are all of it.
func (c *Cluster) holds(part *Cluster) int {
	n := len(part.templates)
	for i := 0; n < len(c.templates) && i+n <= len(c.templates); i++ {
		if slices.Equal(c.templates[i:i+n], part.templates) {
			return i
		}
	}
	return -1
}

// fewTold is how many letters each line of a part has to have that is to be one by itself.
const fewTold = 8

// tells reports whether each of its lines says enough to be known without the others.
func (c *Cluster) tells() bool {
	return !slices.ContainsFunc(c.words, func(words []string) bool {
		n := 0
		for _, w := range words {
			n += skeleton.LetterCount(w)
		}
		return n < fewTold
	})
}

// rest makes a cluster of some lines of a block, or counts them among one that is the same.
func (m *Miner) rest(clusters []*Cluster, block *Cluster, from, to int) []*Cluster {
	if from == to {
		return clusters
	}
	same := slices.IndexFunc(clusters, func(c *Cluster) bool { return slices.Equal(c.templates, block.templates[from:to]) })
	if same >= 0 {
		clusters[same].Count += block.Count
		return clusters
	}
	first := m.templates[block.templates[from]]
	c := &Cluster{Count: block.Count, Hosts: block.Hosts, Log: block.Log, Line: first.line, lines: block.lines[from:to]}
	for _, id := range block.templates[from:to] {
		t := m.templates[id]
		c.add(t)
		c.Slots = append(c.Slots, t.pattern().Slots()...)
	}
	return append(clusters, c)
}
