package filter

import (
	"slices"
)

// GateFind is what a new gate finds in a text; usable: there is a gate.
func GateFind(literals [][]byte, text []byte) (at int, usable bool) {
	g := newGate(literals)
	if g == nil {
		return -1, false
	}
	return g.find(text), true
}

// GateAll are the places of the literals that a text holds, each once.
func GateAll(literals [][]byte, text []byte) []int {
	found := newGate(literals).all(text, nil)
	slices.Sort(found)
	return slices.Compact(found)
}

// Voices is how many writers are told apart.
func (f *Filter) Voices() int { return len(f.voices) }
