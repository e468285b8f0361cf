package recurring

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"
)

const (
	// recurringSets and recurringWays are the size of the table: so many
	// different lines it knows at once.
	recurringSets = 1 << 11
	recurringWays = 8
	// maxSampleBytes is how much text of them is kept.
	maxSampleBytes = 600 << 10
)

// A recurrence is what is known of a line that comes again.
type recurrence struct {
	sample   string // its first occurrence, or the second where too much came between; empty: there was no room yet
	fresh    uint64 // where its first occurrence is among the texts that were seen once
	count    uint32
	id       int32  // from its second occurrence on; each has another
	first    uint32 // number of the line where it was first
	seen     uint32 // when it was seen last
	name     uint32 // the tag of its key
	credit   uint8  // how much it is worth to be kept
	recorded uint8  // how many of its occurrences are in the record
	is       kinds
}

// kinds are what a line is.
type kinds uint8

const (
	inner  kinds = 1 << iota // a line in a traceback, and not its error
	ofHost                   // pyinfra named a host in front of it
	glued                    // it says nothing by itself
)

func (e *recurrence) put(k kinds, is bool) {
	if e.is &^= k; is {
		e.is |= k
	}
}

func (e *recurrence) has(k kinds) bool { return e.is&k != 0 }

// A recurringTable counts lines in bounded memory. It is a cache with sets, as a
// processor has one: what comes again stays, and of what came once the oldest
// goes. What is counted is exact for a line from where it was taken in last.
type recurringTable struct {
	tags    []uint32 // 0: free
	entries []recurrence
	now     uint32
	ids     int32
	bytes   int // of all samples
	fresh   fresh
}

func newRecurringTable() recurringTable {
	const n = recurringSets * recurringWays
	return recurringTable{tags: make([]uint32, n), entries: make([]recurrence, n)}
}

// seen counts the occurrence of a key, and returns what is known of it.
func (t *recurringTable) seen(key uint64, number int) *recurrence {
	e, known := t.find(key)
	if !known {
		*e = recurrence{first: uint32(min(uint64(number), math.MaxUint32)), name: uint32(key>>32) | 1}
	}
	if e.count < math.MaxUint32 {
		e.count++
	}
	if known && e.id == 0 {
		t.ids++
		e.id = t.ids
	}
	return e
}

// find returns the entry of a key; if it was not known, one that is free now.
func (t *recurringTable) find(key uint64) (e *recurrence, known bool) {
	t.now++
	tag, base := uint32(key>>32)|1, int(key%recurringSets)*recurringWays
	tags := t.tags[base : base+recurringWays]
	for i, have := range tags {
		if have == tag {
			e := &t.entries[base+i]
			e.seen = t.now
			if e.credit < math.MaxUint8 {
				e.credit++
			}
			return e, true
		}
		if have == 0 {
			tags[i] = tag
			e := &t.entries[base+i]
			e.seen = t.now
			return e, false
		}
	}
	i := t.victim(t.entries[base : base+recurringWays])
	tags[i] = tag
	e = &t.entries[base+i]
	t.bytes -= len(e.sample)
	return e, false
}

// victim chooses what of a set is forgotten: what has the least credit, and of
// those what was not seen for the longest time. If all have some, all lose some,
// so that what is no longer seen goes one day.
func (t *recurringTable) victim(set []recurrence) int {
	least := 0
	for i := range set {
		a, b := &set[i], &set[least]
		if a.credit < b.credit || a.credit == b.credit && t.now-a.seen > t.now-b.seen {
			least = i
		}
	}
	if set[least].credit > 0 {
		for i := range set {
			set[i].credit -= min(set[i].credit, 1)
		}
	}
	return least
}

// keep keeps the text of a line, if there is room.
func (t *recurringTable) keep(e *recurrence, text []byte) {
	if t.bytes+len(text) <= maxSampleBytes {
		e.sample = string(text)
		t.bytes += len(text)
	}
}

// hashSignature is the same on all machines and in all runs: what is found must not
// depend on chance.
func hashSignature(b []byte) uint64 {
	h := uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h, binary.LittleEndian.Uint64(b))
	}
	var rest uint64
	for i, c := range b {
		rest |= uint64(c) << (8 * i)
	}
	return mix(mix(h, rest), 0)
}

// mix multiplies and folds, as wyhash does (https://github.com/wangyi-fudan/wyhash,
// which is in the public domain).
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xe7037ed1a0b428db)
	return hi ^ lo
}

// forget forgets all lines, but for the memory.
func (t *recurringTable) forget() {
	clear(t.tags)
	clear(t.entries)
	t.now, t.ids, t.bytes = 0, 0, 0
}

// names are the fingerprints of all lines that are known now, in order. They lie in one text.
func (t *recurringTable) names() (out []string) {
	var all []uint32
	for i := range t.entries {
		if e := &t.entries[i]; t.tags[i] != 0 && !e.has(glued) && e.count > 0 {
			all = append(all, e.name)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	var b strings.Builder
	for _, n := range all {
		b.WriteString(name(uint64(n) << 32))
	}
	text := b.String()
	for n := len(name(0)); text != ""; text = text[n:] {
		out = append(out, text[:n])
	}
	return out
}
