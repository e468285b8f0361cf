// Package gate finds out fast whether a text holds one of many literals. Text goes
// in, and where the first literal begins comes out; no line in front of that holds
// any, so that it need not meet a regular expression. Lines does so for whole lines, in which
// a literal may be hidden by escape sequences: they go in, and the first that must be looked at comes out.
package gate

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/internal/lazy"
)

// A Gate finds out fast whether a text holds one of many literals. Lines that
// hold none never meet a regular expression.
//
// Of each literal a chunk is taken, and of the chunk all the grams: runs of a few
// bytes. A chunk holds as many as lie between two places in the text that are looked
// at, so that one of them stands at such a place, wherever the literal begins. A
// gram of the text is asked for in a table; only what is there is compared.
// The places are known beforehand, unlike those of algorithms that skip by what they
// have read (Wu and Manber's, which was here before), so that a processor can ask for
// several at a time: that makes it several times faster, though more bytes are looked at.
//
// Short literals are looked for apart, since the places are as near to each other as
// the shortest literal is short; and if they are few, each alone, by a byte of it that is rare in logs.
type Gate struct {
	groups []group        // of what is looked for to find the first one
	every  func() []group // of all literals
}

// A group are literals that are looked for together.
type group interface {
	// find returns where the literal begins that comes first in b, or -1.
	find(b []byte) int
	// all is find for all literals that b holds: it appends their places in the list of all.
	all(b []byte, found []int) []int
	// hasOf is find for those literals of which the places in the list of all are from one up to another.
	hasOf(b []byte, from, to int) bool
}

// A literal is a text, and its place in the list that the gate was made of.
type literal struct {
	text  []byte
	index int
}

// groups are how long literals are, at least, that are looked for together, and how many
// bytes a gram of these has.
var groups = []struct{ from, look int }{{12, 6}, {7, 4}, {4, 3}, {2, 2}}

const (
	// maxGroups is how many groups there are, at most. Who has a hundred thousand literals
	// has every line looked at.
	maxGroups = 16
	// maxLiterals is how many are looked for together, at most: their grams are counted in 16 bits.
	maxLiterals = 8000
	// maxAlone is how many short ones are each looked for alone: more take longer than all of them together.
	maxAlone = 3
)

// New returns a gate for these literals, each at least 2 bytes, or nil
// when a literal is shorter: then every line must be looked at.
//
// heads are texts of which one alone stands for all the literals that begin with it: Find finds the head, whatever comes
// behind it. That is for those that are rare in logs, while the words behind them are not.
func New(literals [][]byte, heads ...[]byte) *Gate {
	if len(literals) == 0 || slices.ContainsFunc(literals, func(l []byte) bool { return len(l) < groups[len(groups)-1].from }) {
		return nil
	}
	every := lazy.Value(func() []group { return grouped(numbered(literals)) })
	g := &Gate{every: every}
	if len(heads) > 0 {
		g.groups = grouped(numbered(under(heads, literals)))
	} else {
		g.groups = every()
	}
	if len(g.groups) > maxGroups {
		return nil
	}
	return g
}

// under returns the heads, and the literals that begin with none of them.
func under(heads, literals [][]byte) [][]byte {
	all := slices.Clone(heads)
	for _, l := range literals {
		if !slices.ContainsFunc(heads, func(head []byte) bool { return bytes.HasPrefix(l, head) }) {
			all = append(all, l)
		}
	}
	return all
}

func numbered(texts [][]byte) []literal {
	all := make([]literal, len(texts))
	for i, text := range texts {
		all[i] = literal{text, i}
	}
	return all
}

// grouped puts literals into groups.
func grouped(literals []literal) (all []group) {
	of := make([][]literal, len(groups))
	for _, l := range literals {
		n := 0
		for len(l.text) < groups[n].from {
			n++
		}
		of[n] = append(of[n], l)
	}
	for n, list := range of {
		if n > 1 && len(list) <= maxAlone {
			for _, l := range list {
				all = append(all, newAlone(l))
			}
			continue
		}
		for some := range slices.Chunk(list, maxLiterals) {
			all = append(all, newGrams(some, groups[n].from, groups[n].look))
		}
	}
	return all
}

// Find returns where a literal begins in b, or -1. No literal lies in a line
// before that.
func (g *Gate) Find(b []byte) int {
	w := g.Walk(b)
	return w.Find(0)
}

// A Walk goes through a text, from the front to the back. Each of the groups looks at it once.
type Walk struct {
	gate *Gate
	text []byte
	next [maxGroups]int // where the next literal of each begins, if that is not behind already
	// marks are those of lines that hold a literal, as far as they are known.
	marks view.Marks
}

// Walk returns one that has not begun.
func (g *Gate) Walk(b []byte) (w Walk) {
	w.gate, w.text = g, b
	for i := range w.next {
		w.next[i] = -1
	}
	return w
}

// Find returns where a literal begins, from a place on, or -1. No literal lies in a line
// from there to that one. The place is not in front of the last one that was asked for.
func (w *Walk) Find(from int) int {
	first := len(w.text)
	switch at, end := w.marks.Next(from); {
	case at >= first || at < 0 && end >= first:
		return -1
	case at >= 0:
		return at
	default:
		from = max(from, end)
	}
	for i, group := range w.gate.groups {
		if w.next[i] < from {
			w.next[i] = len(w.text)
			if n := group.find(w.text[from:]); n >= 0 {
				w.next[i] = from + n
			}
		}
		first = min(first, w.next[i])
	}
	if first == len(w.text) {
		return -1
	}
	return first
}

// All appends the places in the list of all literals that b holds.
func (g *Gate) All(b []byte, found []int) []int {
	for _, group := range g.every() {
		found = group.all(b, found)
	}
	return found
}

// HasOf reports whether b holds one of those literals that are in the list of all from one place up to another.
func (g *Gate) HasOf(b []byte, from, to int) bool {
	for _, group := range g.every() {
		if group.hasOf(b, from, to) {
			return true
		}
	}
	return false
}

// has reports whether b has a literal at a place.
func (l *literal) has(b []byte, at int) bool { return at >= 0 && bytes.HasPrefix(b[at:], l.text) }
