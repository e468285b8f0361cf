package filter

import "bytes"

// A gate finds out fast whether a text holds one of many literals. Lines
// that hold none never meet a regular expression.
//
// It is the algorithm of Wu and Manber (TR-94-17): a table says for each pair
// of bytes how far the window may move, so that most bytes are not looked at,
// and the number of literals hardly matters.
type gate struct {
	min    int // length of the shortest literal
	shift  [1 << 16]uint8
	bucket map[uint16][][]byte // literals by the pair at min-2, min-1
}

// newGate returns a gate for these literals, each at least 2 bytes, or nil
// when a literal is shorter: then every line must be looked at.
func newGate(literals [][]byte) *gate {
	g := &gate{min: 255, bucket: map[uint16][][]byte{}}
	for _, l := range literals {
		g.min = min(g.min, len(l))
	}
	if g.min < 2 || len(literals) == 0 {
		return nil
	}
	for i := range g.shift {
		g.shift[i] = uint8(g.min - 1)
	}
	for _, l := range literals {
		g.add(l)
	}
	return g
}

func (g *gate) add(l []byte) {
	for i := 1; i < g.min; i++ {
		p := pair(l, i)
		g.shift[p] = min(g.shift[p], uint8(g.min-1-i))
	}
	p := pair(l, g.min-1)
	g.bucket[p] = append(g.bucket[p], l)
}

func pair(b []byte, i int) uint16 { return uint16(b[i-1])<<8 | uint16(b[i]) }

// find returns where the first literal begins in b, or -1.
func (g *gate) find(b []byte) int {
	for i := g.min - 1; i < len(b); {
		if s := g.shift[uint16(b[i-1])<<8|uint16(b[i])]; s > 0 {
			i += int(s)
			continue
		}
		start := i - g.min + 1
		for _, l := range g.bucket[pair(b, i)] {
			if bytes.HasPrefix(b[start:], l) {
				return start
			}
		}
		i++
	}
	return -1
}
