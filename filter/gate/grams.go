package gate

import "encoding/binary"

// grams find literals by runs of a few bytes in them.
type grams struct {
	look   int // the bytes of a gram: 6, 4, 3 or 2
	stride int // from one place to the next one that is looked at
	seek   func(table *table, b []byte, i int) int
	table  table
	chain  []gram // the first is none
}

// A table says of the hash of a gram where in the chain those begin that have it; 0: there
// are none. Of a thousand grams in it, two in a hundred of any text are found by mistake.
// (In smaller tables, which would be nearer to the processor, more are, and that costs more.)
type table [1 << tableBits]uint16

const tableBits = 16

// A gram is one of the chunk of a literal.
type gram struct {
	literal
	at    int    // where in the literal it is
	chunk uint64 // the first eight bytes of the chunk, or what it has of them
	bytes uint64 // which of the eight these are
	from  int    // how far in front of the gram the chunk begins
	next  uint16
}

func newGrams(literals []literal, size, look int) *grams {
	g := &grams{look: look, stride: size - look + 1, seek: seekEach}
	g.chain = make([]gram, 1, 1+len(literals)*g.stride)
	switch {
	case g.stride == 7 && look == 6:
		g.seek = seekSeventh
	case g.stride == 4 && look == 4:
		g.seek = seekFourth
	case g.stride == 2 && look == 3:
		g.seek = seekSecond
	}
	for _, l := range literals {
		at := g.rarest(l.text)
		for i := range g.stride {
			g.add(gram{literal: l, at: at + i, chunk: eight(l.text[at:]) & only(size), bytes: only(size), from: i})
		}
	}
	return g
}

// rarest returns where the chunk begins in a literal that has the least in common
// with the words of logs.
func (g *grams) rarest(l []byte) (at int) {
	n, least := 0, 0
	chunk := make([]int, 0, 64) // how common the grams are, up to here
	for i := 0; i+g.look <= len(l); i++ {
		chunk = append(chunk, commonness(l[i:i+g.look]))
		n += chunk[i]
		from := i - g.stride + 1
		if from > 0 {
			n -= chunk[from-1]
		}
		if from == 0 || from > 0 && n < least {
			at, least = from, n
		}
	}
	return at
}

// commonPairs are those that are most frequent in English words, and at their ends.
const commonPairs = "th he in er an re nd on at en es of or nt ea ti to it st io le is ou ar as de rt ve ed al ng ha co ll ss te me se hi ri ro ic ne ra ce li ch pr ec ta ac et ge el si ma om ur il ai ag tp ct ie tr em us ot wi ad ol "

// common has them by the first letter, a bit for each second one: many grams are asked
// for whenever the program starts.
var common = func() (of [26]uint32) {
	for i := 0; i < len(commonPairs); i += 3 {
		of[commonPairs[i]-'a'] |= 1 << (commonPairs[i+1] - 'a')
	}
	return of
}()

func isCommon(a, b byte) bool {
	return a >= 'a' && a <= 'z' && b >= 'a' && b <= 'z' && common[a-'a']>>(b-'a')&1 > 0
}

// commonness is how often a gram is in logs, roughly.
func commonness(gram []byte) int {
	n := 1
	for i := range len(gram) - 1 {
		a, b := gram[i], gram[i+1]
		switch {
		case a == ' ' && b == ' ', isCommon(a, b):
			n *= 12
		case a == ' ', b == ' ':
			n *= 6
		case isLetter(a) && isLetter(b):
			n *= 3
		}
	}
	return n
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// add enters a gram.
func (g *grams) add(one gram) {
	h := g.hash(one.text[one.at:])
	one.next = g.table[h]
	g.table[h] = uint16(len(g.chain))
	g.chain = append(g.chain, one)
}

// only is which of eight bytes the first n are.
func only(n int) uint64 { return 1<<(8*n) - 1 }

// eight are the first eight bytes, or what there is of them.
func eight(b []byte) uint64 {
	var q [8]byte
	copy(q[:], b)
	return binary.LittleEndian.Uint64(q[:])
}

// is reports whether the literal stands in b with this gram at a place.
func (g *gram) is(b []byte, i int) bool {
	if from := i - g.from; from >= 0 && from+8 <= len(b) && binary.LittleEndian.Uint64(b[from:])&g.bytes != g.chunk {
		return false
	}
	return g.has(b, i-g.at)
}

// hash is that of the gram that b begins with.
func (g *grams) hash(b []byte) uint16 {
	switch g.look {
	case 2:
		return two(b)
	case 3:
		return three(uint32(two(b)) | uint32(b[2])<<16)
	case 4:
		return four(b)
	}
	return six(b)
}

func two(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }

// four is Fibonacci hashing, Knuth 6.4.
func four(b []byte) uint16 {
	return uint16(binary.LittleEndian.Uint32(b) * 0x9E3779B1 >> (32 - tableBits))
}

func six(b []byte) uint16 {
	x := uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32
	return uint16(x << 16 * 0x9E3779B97F4A7C15 >> (64 - tableBits))
}

func (g *grams) find(b []byte) int {
	for i := g.seek(&g.table, b, 0); i+g.look <= len(b); i = g.seek(&g.table, b, i) {
		for end := min(len(b)-g.look+1, i+atOnce*g.stride); i < end; i += g.stride {
			for n := g.table[g.hash(b[i:])]; n > 0; n = g.chain[n].next {
				if one := &g.chain[n]; one.is(b, i) {
					return i - one.at
				}
			}
		}
	}
	return -1
}

func (g *grams) all(b []byte, found []int) []int {
	for i := g.seek(&g.table, b, 0); i+g.look <= len(b); i = g.seek(&g.table, b, i) {
		for end := min(len(b)-g.look+1, i+atOnce*g.stride); i < end; i += g.stride {
			for n := g.table[g.hash(b[i:])]; n > 0; n = g.chain[n].next {
				if one := &g.chain[n]; one.is(b, i) {
					found = append(found, one.index)
				}
			}
		}
	}
	return found
}

func (g *grams) hasOf(b []byte, from, to int) bool {
	for i := g.seek(&g.table, b, 0); i+g.look <= len(b); i = g.seek(&g.table, b, i) {
		for end := min(len(b)-g.look+1, i+atOnce*g.stride); i < end; i += g.stride {
			for n := g.table[g.hash(b[i:])]; n > 0; n = g.chain[n].next {
				if one := &g.chain[n]; one.index >= from && one.index < to && one.is(b, i) {
					return true
				}
			}
		}
	}
	return false
}

// atOnce is how many places are looked at at a time.
const atOnce = 4

// seekSeventh looks at every seventh place for a gram of six bytes, at four of them at a
// time. It returns the first of four with something in it, or of what is left at the end.
func seekSeventh(t *table, b []byte, i int) int {
	for ; i+29 <= len(b); i += 28 {
		q := (*[29]byte)(b[i:])
		if t[sixOf(q[0:8])]|t[sixOf(q[7:15])]|t[sixOf(q[14:22])]|t[sixOf(q[21:29])] != 0 {
			break
		}
	}
	return i
}

// sixOf is six, of eight bytes of which the last two are not looked at.
func sixOf(b []byte) uint16 {
	return uint16(binary.LittleEndian.Uint64(b) << 16 * 0x9E3779B97F4A7C15 >> (64 - tableBits))
}

// seekFourth looks at every fourth place for a gram of four bytes, as seekSeventh does.
func seekFourth(t *table, b []byte, i int) int {
	for ; i+16 <= len(b); i += 16 {
		q := (*[16]byte)(b[i:])
		if t[four(q[0:])]|t[four(q[4:])]|t[four(q[8:])]|t[four(q[12:])] != 0 {
			break
		}
	}
	return i
}

// seekSecond looks at every second place for a gram of three bytes, as seekSeventh does.
func seekSecond(t *table, b []byte, i int) int {
	for ; i+10 <= len(b); i += 8 {
		q := (*[10]byte)(b[i:])
		x := binary.LittleEndian.Uint64(q[0:])
		if t[three(uint32(x))]|t[three(uint32(x>>16))]|t[three(uint32(x>>32))]|t[three(uint32(x>>48)|uint32(q[8])<<16)] != 0 {
			break
		}
	}
	return i
}

// three is of four bytes of which the last one is not looked at.
func three(x uint32) uint16 { return uint16(x << 8 * 0x9E3779B1 >> (32 - tableBits)) }

// seekEach leaves every place to be looked at.
func seekEach(_ *table, _ []byte, i int) int { return i }
