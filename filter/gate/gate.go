// Package gate finds out fast whether a text holds one of many literals. Text goes
// in, and where the first literal begins comes out; no line in front of that holds
// any, so that it need not meet a regular expression. Lines does so for whole lines, in which
// a literal may be hidden by escape sequences: they go in, and the first that must be looked at comes out.
package gate

import (
	"bytes"
	"slices"
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
// the shortest literal is short.
type Gate struct {
	groups []*grams
	most   int // length of the longest literal
}

// A literal is a text, and its place in the list that the gate was made of.
type literal struct {
	text  []byte
	index int
}

// groups are how long literals are, at least, that are looked for together, and how many
// bytes a gram of these has.
var groups = []struct{ from, look int }{{12, 6}, {8, 4}, {4, 3}, {2, 2}}

const (
	// maxLiterals is how many are looked for together, at most: their grams are counted in 16 bits.
	maxLiterals = 8000
	// maxGroups is how many groups there are, at most. Who has a hundred thousand literals
	// has every line looked at.
	maxGroups = 16
)

// New returns a gate for these literals, each at least 2 bytes, or nil
// when a literal is shorter: then every line must be looked at.
func New(literals [][]byte) *Gate {
	if len(literals) == 0 {
		return nil
	}
	g := &Gate{}
	of := make([][]literal, len(groups))
	for i, l := range literals {
		if len(l) < groups[len(groups)-1].from {
			return nil
		}
		n := 0
		for len(l) < groups[n].from {
			n++
		}
		of[n] = append(of[n], literal{l, i})
		g.most = max(g.most, len(l))
	}
	for n, list := range of {
		for some := range slices.Chunk(list, maxLiterals) {
			g.groups = append(g.groups, newGrams(some, groups[n].from, groups[n].look))
		}
	}
	if len(g.groups) > maxGroups {
		return nil
	}
	return g
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
	for _, group := range g.groups {
		found = group.all(b, found)
	}
	return found
}

// HasOf reports whether b holds one of those literals that are in the list of all from one place up to another.
func (g *Gate) HasOf(b []byte, from, to int) bool {
	for _, group := range g.groups {
		if group.hasOf(b, from, to) {
			return true
		}
	}
	return false
}

// has reports whether b has a literal at a place.
func (l *literal) has(b []byte, at int) bool { return at >= 0 && bytes.HasPrefix(b[at:], l.text) }
