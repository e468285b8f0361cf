// Package blocks finds lines that come together each time, in one order, among those of one
// writer.
package blocks

import (
	"slices"
)

// Blocks: templates that come together each time, in one order. The lines of a
// host, or of another writer, are looked at by themselves, so that it does not
// matter what comes in between.

// maxOrdered is of how many lines the order is kept, at 12 bytes each.
const maxOrdered = 1 << 20

// Sources are the lines of all logs in order, by their writer.
type Sources struct {
	// Entry reports whether lines of a template begin something, as a line of a log does that has a time of its
	// own, and what a trace is of. nil: none does. An entry that also comes without what is in front of it is no part of a block.
	Entry func(template int32) bool

	ids   map[string]int
	lists []Source
	total int
}

// A Source is what one writer wrote: templates, and the ordinals of the lines.
// Template 0 stands for something that no block goes over.
type Source struct{ templates, ordinals []int32 }

// NewSources returns those of so many writers, which have numbers for names.
func NewSources(writers int) *Sources { return &Sources{lists: make([]Source, writers)} }

// At returns the source of a writer by its number.
func (l *Sources) At(writer int) *Source { return &l.lists[writer] }

// maxLanes is how many writers are told apart; the others are one.
const maxLanes = 4096

func (l *Sources) of(writer string) *Source {
	i, ok := l.ids[writer]
	if !ok {
		if l.ids == nil {
			l.ids = map[string]int{}
		}
		if i = len(l.lists); i < maxLanes {
			l.ids[writer] = i
			l.lists = append(l.lists, Source{})
		} else {
			i = maxLanes - 1
		}
	}
	return &l.lists[i]
}

// Add appends a line, which is of a template, if there is room.
func (l *Sources) Add(writer string, template, ordinal int32) (added bool) {
	if l.total >= maxOrdered {
		return false
	}
	n := l.of(writer)
	if last := len(n.ordinals) - 1; last >= 0 && ordinal-n.ordinals[last] > maxGapLines {
		n.Cut()
	}
	n.Add(template, ordinal)
	l.total++
	return true
}

// Add appends a line.
func (n *Source) Add(template, ordinal int32) {
	n.templates, n.ordinals = append(n.templates, template), append(n.ordinals, ordinal)
}

// Rename gives templates other numbers: those that have become one, one; those that are gone, 0.
func (l *Sources) Rename(to func(template int32) int32) {
	for i := range l.lists {
		for j, t := range l.lists[i].templates {
			if t != 0 {
				l.lists[i].templates[j] = to(t)
			}
		}
	}
}

// Cut ends what the source has begun.
func (n *Source) Cut() {
	if last := len(n.templates) - 1; last >= 0 && n.templates[last] != 0 {
		n.templates, n.ordinals = append(n.templates, 0), append(n.ordinals, n.ordinals[last])
	}
}

// Cut ends what all writers have begun.
func (l *Sources) Cut() {
	for i := range l.lists {
		l.lists[i].Cut()
	}
}

// CutOne ends what one writer has begun.
func (l *Sources) CutOne(writer string) {
	if i, ok := l.ids[writer]; ok {
		l.lists[i].Cut()
	}
}

const (
	// always is how often, of all times, a template must be followed by the next.
	always = 0.9
	// maxRounds is how often pairs are joined. Each time blocks may double.
	maxRounds = 12
)

// A joiner joins pairs that always come together into one symbol, and those
// again (Re-Pair: N. J. Larsson, A. Moffat, DCC 1999, with another criterion).
// Symbols below base are templates.
type joiner struct {
	base    int32
	pairs   [][2]int32 // by symbol - base
	lists   []symbolList
	atLeast int
	longest int
	entry   func(template int32) bool
}

// together reports whether a pair that is there n times always is.
func (j *joiner) together(p [2]int32, n int, symbols map[int32]int) bool {
	if n < j.atLeast || float64(n) < always*float64(symbols[p[0]]) {
		return false
	}
	return j.entry == nil || !j.entry(j.expand(p[1])[0]) || float64(n) >= always*float64(symbols[p[1]])
}

// symbolList is a source, and where in it each symbol begins.
type symbolList struct {
	symbols, at []int32
}

// Blocks finds the blocks that occur at least so often, of so many templates and not more
// lines than longest.
func (l *Sources) Blocks(templates, atLeast, longest int) []Block {
	j := &joiner{base: int32(templates), atLeast: atLeast, longest: longest, entry: l.Entry}
	for i := range l.lists {
		n := symbolList{symbols: slices.Clone(l.lists[i].templates)}
		for at := range n.symbols {
			n.at = append(n.at, int32(at))
		}
		j.lists = append(j.lists, n)
	}
	for range maxRounds {
		if !j.round() {
			break
		}
	}
	return j.found(l)
}

type pairCount struct {
	pair [2]int32
	n    int
}

// round joins pairs; it reports whether there were some.
func (j *joiner) round() bool {
	symbols, pairs := j.counts()
	var good []pairCount
	for p, n := range pairs {
		if j.together(p, n, symbols) {
			good = append(good, pairCount{p, n})
		}
	}
	slices.SortFunc(good, func(a, b pairCount) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return slices.Compare(a.pair[:], b.pair[:])
	})
	names, used := map[[2]int32]int32{}, map[int32]bool{}
	for _, g := range good {
		if used[g.pair[0]] || used[g.pair[1]] || len(j.expand(g.pair[0]))+len(j.expand(g.pair[1])) > j.longest {
			continue
		}
		used[g.pair[0]], used[g.pair[1]] = true, true
		names[g.pair] = j.base + int32(len(j.pairs))
		j.pairs = append(j.pairs, g.pair)
	}
	j.rename(names)
	return len(names) > 0
}

func (j *joiner) counts() (symbols map[int32]int, pairs map[[2]int32]int) {
	symbols, pairs = map[int32]int{}, map[[2]int32]int{}
	for _, l := range j.lists {
		for i, s := range l.symbols {
			symbols[s]++
			if i > 0 && s != 0 && l.symbols[i-1] != 0 && l.symbols[i-1] != s {
				pairs[[2]int32{l.symbols[i-1], s}]++
			}
		}
	}
	return symbols, pairs
}

func (j *joiner) rename(names map[[2]int32]int32) {
	for n := range j.lists {
		l := &j.lists[n]
		to := 0
		for i := 0; i < len(l.symbols); i++ {
			s, at := l.symbols[i], l.at[i]
			if i+1 < len(l.symbols) {
				if name, ok := names[[2]int32{s, l.symbols[i+1]}]; ok {
					s = name
					i++
				}
			}
			l.symbols[to], l.at[to] = s, at
			to++
		}
		l.symbols, l.at = l.symbols[:to], l.at[:to]
	}
}

// expand returns the templates of a symbol.
func (j *joiner) expand(s int32) []int32 {
	if s < j.base {
		return []int32{s}
	}
	p := j.pairs[s-j.base]
	return append(j.expand(p[0]), j.expand(p[1])...)
}

// found returns the blocks that are left.
func (j *joiner) found(l *Sources) []Block {
	byName := map[int32]*Block{}
	total := map[int32]int{}
	for n, list := range j.lists {
		for _, t := range l.lists[n].templates {
			total[t]++
		}
		for i, s := range list.symbols {
			if s < j.base {
				continue
			}
			b := byName[s]
			if b == nil {
				b = &Block{Templates: j.expand(s)}
				b.Ordinals = l.lists[n].ordinals[list.at[i]:][:len(b.Templates)]
				byName[s] = b
			}
			b.Count++
			b.occurs(l.lists[n].ordinals[list.at[i]:][:len(b.Templates)])
		}
	}
	return alwaysInside(byName, total, j.atLeast)
}

// alwaysInside leaves out what is at the end of a block and occurs elsewhere as
// well: it only happened to come together.
func alwaysInside(blocks map[int32]*Block, total map[int32]int, atLeast int) (out []Block) {
	inside := map[int32]int{}
	for _, b := range blocks {
		for _, t := range b.Templates {
			inside[t] += b.Count
		}
	}
	elsewhere := func(t int32) bool { return float64(inside[t]) < always*float64(total[t]) }
	for _, b := range blocks {
		for len(b.Templates) > 0 && elsewhere(b.Templates[0]) {
			b.cut(1, len(b.Templates))
		}
		for n := len(b.Templates) - 1; n >= 0 && elsewhere(b.Templates[n]); n-- {
			b.cut(0, n)
		}
		if len(b.Templates) > 1 && b.Count >= atLeast {
			out = append(out, *b)
		}
	}
	slices.SortFunc(out, func(a, b Block) int { return int(a.Ordinals[0]) - int(b.Ordinals[0]) })
	return out
}

// maxGapLines is how many lines of others stand in a block, at most.
const maxGapLines = 1024

// A Block was found: its templates, how often it occurs, and the ordinals of the
// lines of its first occurrence.
type Block struct {
	Templates []int32
	Count     int
	Ordinals  []int32
	// Again are those of a few other occurrences.
	Again [][]int32
}

// maxAgain is how many other occurrences are named: the second, and the last ones, at growing distances.
const maxAgain = 10

// occurs remembers an occurrence.
func (b *Block) occurs(ordinals []int32) {
	switch {
	case b.Count == 1:
	case len(b.Again) < maxAgain/2, len(b.Again) < maxAgain && b.Count&(b.Count-1) == 0:
		b.Again = append(b.Again, ordinals)
	case b.Count&(b.Count-1) == 0:
		b.Again = append(b.Again[1:], ordinals)
	}
}

// cut leaves a part of the lines.
func (b *Block) cut(from, to int) {
	b.Templates, b.Ordinals = b.Templates[from:to], b.Ordinals[from:to]
	for i := range b.Again {
		b.Again[i] = b.Again[i][from:to]
	}
}

// Turn makes a block that is followed by itself begin with the line that was there
// first. Else it would depend on chance where it begins.
func (b *Block) Turn(l *Sources) {
	first, last, n := b.Templates[0], b.Templates[len(b.Templates)-1], 0
	for _, source := range l.lists {
		for i := 1; i < len(source.templates); i++ {
			if source.templates[i-1] == last && source.templates[i] == first {
				n++
			}
		}
	}
	if at := slices.Index(b.Templates, slices.Min(b.Templates)); 2*n >= b.Count {
		b.Templates = slices.Concat(b.Templates[at:], b.Templates[:at])
	}
}
