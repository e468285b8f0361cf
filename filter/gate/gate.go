// Package gate finds out fast whether a text holds one of many literals. Text goes
// in, and where the first literal begins comes out; no line in front of that holds
// any, so that it need not meet a regular expression.
package gate

import (
	"bytes"
	"encoding/binary"
)

// A Gate finds out fast whether a text holds one of many literals. Lines that
// hold none never meet a regular expression.
//
// It is the algorithm of Wu and Manber (TR-94-17): a window as long as the
// shortest literal moves over the text, and a table says for the bytes at its
// end how far it may move on, so that most bytes are not looked at. For many
// literals to cost no more than a few, three things are done besides: short
// ones are looked for on their own, since the window is as short as the shortest;
// the table is asked about half the window and not about two bytes, since any
// two bytes are in some literal when there are hundreds; and of each literal the
// part is taken for the window that has the least in common with the others.
type Gate struct {
	long  *windows // nil: there are no such literals
	short *pairs   // nil: as well
	most  int      // length of the longest literal
}

// A literal is a text, and its place in the list that the gate was made of.
type literal struct {
	text  []byte
	index int
}

// longLiteral is how long a literal is that a window is made of.
const longLiteral = 8

// New returns a gate for these literals, each at least 2 bytes, or nil
// when a literal is shorter: then every line must be looked at.
func New(literals [][]byte) *Gate {
	g := &Gate{}
	var long, short []literal
	for i, l := range literals {
		switch n := len(l); {
		case n < 2:
			return nil
		case n < longLiteral:
			short = append(short, literal{l, i})
		default:
			long = append(long, literal{l, i})
		}
		g.most = max(g.most, len(l))
	}
	if len(literals) == 0 {
		return nil
	}
	g.long, g.short = newWindows(long), newPairs(short)
	return g
}

// Find returns where a literal begins in b, or -1. No literal lies in a line
// before that.
func (g *Gate) Find(b []byte) int {
	if g.short == nil {
		return g.long.find(b)
	}
	const stretch = 4 << 10 // what one of the two has looked through in vain is not much
	for from := 0; from < len(b); from += stretch {
		part := b[from:min(len(b), from+stretch+g.most-1)]
		i := g.long.find(part)
		if i >= 0 {
			part = part[:min(len(part), i+g.most)]
		}
		if j := g.short.find(part); j >= 0 && (i < 0 || j < i) {
			i = j
		}
		if i >= 0 {
			return from + i
		}
	}
	return -1
}

// All appends the places in the list of all literals that b holds.
func (g *Gate) All(b []byte, found []int) []int {
	return g.short.all(b, g.long.all(b, found))
}

// windows finds literals of longLiteral bytes and more.
type windows struct {
	size int // of the window: the length of the shortest literal
	drop int // how many bits of the eight bytes at the window's end are not looked at
	// table says by the hash of the bytes at the window's end how far it may
	// move, or from firstBucket on, which literals may be there.
	table   [1 << hashBits]uint16
	buckets [][]window
}

// hashBits make a table that is large for a thousand literals, and small for a
// processor's cache.
const hashBits = 15

// firstBucket is more than any literal is long: patterns have at most 4096 bytes.
const firstBucket = 1 << 13

// A window is a literal, and where in it the window lies.
type window struct {
	literal
	at int
}

func newWindows(literals []literal) *windows {
	if len(literals) == 0 {
		return nil
	}
	w := &windows{size: firstBucket}
	for _, l := range literals {
		w.size = min(w.size, len(l.text))
	}
	look := min(8, w.size/2) // bytes at the end of the window
	w.drop = 8 * (8 - look)
	for i := range w.table {
		w.table[i] = uint16(w.size - look + 1)
	}
	var common [1 << hashBits]int32 // in how many places of all literals something stands
	for _, l := range literals {
		for end := look; end <= len(l.text); end++ {
			common[w.hash(l.text, end)]++
		}
	}
	for _, l := range literals {
		w.add(window{l, w.rarest(l.text, look, &common)}, look)
	}
	return w
}

// hash is that of the bytes before end.
func (w *windows) hash(b []byte, end int) uint16 {
	var x uint64
	if end >= 8 {
		x = binary.LittleEndian.Uint64(b[end-8:])
	} else {
		for i := range end {
			x |= uint64(b[i]) << (8 * (8 - end + i))
		}
	}
	return uint16((x >> w.drop) * 0x9E3779B97F4A7C15 >> (64 - hashBits)) // Fibonacci hashing, Knuth 6.4
}

// rarest returns where in a literal the window has the least in common with
// what else there is.
func (w *windows) rarest(l []byte, look int, common *[1 << hashBits]int32) (at int) {
	var least int32
	for from := 0; from+w.size <= len(l); from++ {
		var n int32
		for end := from + look; end <= from+w.size; end++ {
			n += common[w.hash(l, end)]
		}
		if from == 0 || n < least {
			at, least = from, n
		}
	}
	return at
}

func (w *windows) add(one window, look int) {
	text := one.text[one.at : one.at+w.size]
	for end := look; end < w.size; end++ {
		if h := w.hash(one.text, one.at+end); w.table[h] < firstBucket {
			w.table[h] = min(w.table[h], uint16(w.size-end))
		}
	}
	h := w.hash(text, w.size)
	if w.table[h] < firstBucket {
		w.table[h] = uint16(firstBucket + len(w.buckets))
		w.buckets = append(w.buckets, nil)
	}
	b := &w.buckets[w.table[h]-firstBucket]
	*b = append(*b, one)
}

// find returns where the literal begins whose window ends first, or -1.
func (w *windows) find(b []byte) int {
	if w == nil {
		return -1
	}
	for end := w.size; end <= len(b); {
		x := binary.LittleEndian.Uint64(b[end-8:]) >> w.drop
		v := w.table[uint16(x*0x9E3779B97F4A7C15>>(64-hashBits))]
		if v < firstBucket {
			end += int(v)
			continue
		}
		for _, one := range w.buckets[v-firstBucket] {
			start := end - w.size - one.at
			if start >= 0 && bytes.HasPrefix(b[start:], one.text) {
				return start
			}
		}
		end++
	}
	return -1
}

// all is find for all literals that b holds.
func (w *windows) all(b []byte, found []int) []int {
	if w == nil {
		return found
	}
	for end := w.size; end <= len(b); {
		v := w.table[w.hash(b, end)]
		if v < firstBucket {
			end += int(v)
			continue
		}
		for _, one := range w.buckets[v-firstBucket] {
			if start := end - w.size - one.at; start >= 0 && bytes.HasPrefix(b[start:], one.text) {
				found = append(found, one.index)
			}
		}
		end++
	}
	return found
}

// pairs finds short literals. The table is asked about two bytes.
type pairs struct {
	size   int
	shift  [1 << 16]uint8
	bucket map[uint16][]literal // by the last pair of their window
}

func newPairs(literals []literal) *pairs {
	if len(literals) == 0 {
		return nil
	}
	p := &pairs{size: longLiteral, bucket: map[uint16][]literal{}}
	for _, l := range literals {
		p.size = min(p.size, len(l.text))
	}
	for i := range p.shift {
		p.shift[i] = uint8(p.size - 1)
	}
	for _, l := range literals {
		for i := 1; i < p.size; i++ {
			at := pair(l.text, i)
			p.shift[at] = min(p.shift[at], uint8(p.size-1-i))
		}
		at := pair(l.text, p.size-1)
		p.bucket[at] = append(p.bucket[at], l)
	}
	return p
}

func pair(b []byte, i int) uint16 { return uint16(b[i-1])<<8 | uint16(b[i]) }

// find returns where the first literal begins in b, or -1.
func (p *pairs) find(b []byte) int {
	for i := p.size - 1; i < len(b); {
		if s := p.shift[uint16(b[i-1])<<8|uint16(b[i])]; s > 0 {
			i += int(s)
			continue
		}
		start := i - p.size + 1
		for _, l := range p.bucket[pair(b, i)] {
			if bytes.HasPrefix(b[start:], l.text) {
				return start
			}
		}
		i++
	}
	return -1
}

// all is find for all literals that b holds.
func (p *pairs) all(b []byte, found []int) []int {
	if p == nil {
		return found
	}
	for i := p.size - 1; i < len(b); {
		at := pair(b, i)
		if s := p.shift[at]; s > 0 {
			i += int(s)
			continue
		}
		for _, l := range p.bucket[at] {
			if bytes.HasPrefix(b[i-p.size+1:], l.text) {
				found = append(found, l.index)
			}
		}
		i++
	}
	return found
}
