package plan

import "slices"

// A hundred kinds of blocks may be open, and each line is a piece of few of them. What a step matches begins with some byte,
// and holds one of some texts: so that a step that cannot match is told from others without asking it.

// Grams are the runs of three bytes that a text has, as bits of what they come to: not all of them that are set need to be there.
type Grams [16]uint64

// GramsOf returns those of a text.
func GramsOf(text []byte) (g Grams) {
	for i := 2; i < len(text); i++ {
		n := gram(text[i-2], text[i-1], text[i])
		g[n>>6] |= 1 << (n & 63)
	}
	return g
}

// gram is the bit of three bytes.
func gram(a, b, c byte) uint16 {
	const spread = 0x9E3779B1 // 2^32 by the golden ratio
	return uint16((uint32(a) | uint32(b)<<8 | uint32(c)<<16) * spread >> 22)
}

// has reports whether all grams are there.
func (g *Grams) has(all []uint16) bool {
	for _, n := range all {
		if g[n>>6]&(1<<(n&63)) == 0 {
			return false
		}
	}
	return true
}

// clues are what each text has that a step matches.
type clues struct {
	begins *[256]bool // by its first byte; nil: any
	holds  [][]uint16 // grams of texts of which it holds one; nil: they are not known
}

// mostGrams is how many grams of a text are looked at.
const mostGrams = 4

// newClues returns those of what begins with one of some bytes, if there are any, and holds one of some texts, if there are any.
func newClues(begins string, holds [][]byte) (c clues) {
	if begins != "" {
		c.begins = new([256]bool)
		for _, b := range []byte(begins) {
			c.begins[b] = true
		}
	}
	if slices.ContainsFunc(holds, func(text []byte) bool { return len(text) < 3 }) {
		return c
	}
	for _, text := range holds {
		c.holds = append(c.holds, someGrams(text))
	}
	return c
}

// someGrams are those of a text that lie far from each other.
func someGrams(text []byte) (some []uint16) {
	n := min(len(text)-2, mostGrams)
	for i := range n {
		at := i * (len(text) - 3) / max(1, n-1)
		some = append(some, gram(text[at], text[at+1], text[at+2]))
	}
	return some
}

// May reports whether a text may be the piece. It is quick, and may be wrong when it says so. grams are the text's; nil: they are
// not known.
func (s *Step) May(text []byte, grams *Grams) bool {
	switch {
	case len(text) == 0:
		return true
	case s.clues.begins != nil && !s.clues.begins[text[0]]:
		return false
	case grams == nil || s.clues.holds == nil:
		return true
	}
	return slices.ContainsFunc(s.clues.holds, grams.has)
}

// firsts are the first bytes of texts; "": one of them is empty.
func firsts(texts [][]byte) string {
	var all []byte
	for _, t := range texts {
		if len(t) == 0 {
			return ""
		}
		all = append(all, t[0])
	}
	return string(all)
}
