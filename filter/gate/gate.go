// Package gate finds out fast whether a text holds one of many literals. Text goes
// in, and where the first literal begins comes out; no line in front of that holds
// any, so that it need not meet a regular expression.
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

// maxLiterals is how many are looked for together, at most: their grams are counted in 16 bits.
const maxLiterals = 8000

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
	return g
}

// stretch is what one of the groups looks through in vain before the other does: not
// much, so that it is still near.
const stretch = 8 << 10

// Find returns where a literal begins in b, or -1. No literal lies in a line
// before that.
func (g *Gate) Find(b []byte) int {
	if len(g.groups) == 1 {
		return g.groups[0].find(b)
	}
	for from := 0; from < len(b); from += stretch {
		part := b[from:min(len(b), from+stretch+g.most-1)]
		first := -1
		for _, group := range g.groups {
			if i := group.find(part); i >= 0 && (first < 0 || i < first) {
				first = i
				part = part[:min(len(part), i+g.most)]
			}
		}
		if first >= 0 {
			return from + first
		}
	}
	return -1
}

// All appends the places in the list of all literals that b holds.
func (g *Gate) All(b []byte, found []int) []int {
	for _, group := range g.groups {
		found = group.all(b, found)
	}
	return found
}

// has reports whether b has a literal at a place.
func (l *literal) has(b []byte, at int) bool { return at >= 0 && bytes.HasPrefix(b[at:], l.text) }
