// Package capped has sets and maps that do not grow with what comes in. A log may name
// a million hosts, folders and errors: the first of them are kept, what is counted of the
// others is kept without their names, and what is only remembered to be quick is
// forgotten. In goes anything; out come the first Most things, and whether there were
// more. Nothing here takes longer for what comes late than for what came first.
package capped

import "maps"

// Most is how many things a set of names has.
const Most = 1000

// A Room is what the names of several sets may take together, in bytes. The zero value is
// empty; a nil Room has no end.
type Room struct{ left int }

// NewRoom returns a room of so many bytes.
func NewRoom(bytes int) *Room { return &Room{bytes} }

// entry is what a thing takes beside its text: a place in a map and one in a list.
const entry = 96

// Take reports whether there is room for a thing of so many bytes, and takes it.
func (r *Room) Take(bytes int) bool {
	switch {
	case r == nil:
	case r.left < bytes+entry:
		return false
	default:
		r.left -= bytes + entry
	}
	return true
}

// Give gives back what a thing of so many bytes has taken.
func (r *Room) Give(bytes int) {
	if r != nil {
		r.left += bytes + entry
	}
}

// A Counts counts by name. The first Most names are kept, as long as there is room for
// them; of the others, how often they came. The zero value is empty. It is not safe for
// concurrent use.
type Counts struct {
	of    map[string]int
	names []string
	more  int
}

// Add counts a name n times more.
func (c *Counts) Add(name string, n int, room *Room) {
	if _, known := c.of[name]; !known {
		if len(c.names) >= Most || !room.Take(len(name)) {
			c.more += n
			return
		}
		if c.of == nil {
			c.of = map[string]int{}
		}
		c.names = append(c.names, name)
	}
	c.of[name] += n
}

// Names are the names that are kept, in the order in which they came. They are not to be
// changed.
func (c *Counts) Names() []string { return c.names }

// Len is how many names are kept.
func (c *Counts) Len() int { return len(c.names) }

// Of returns how often a name came; 0: it did not, or is not kept.
func (c *Counts) Of(name string) int { return c.of[name] }

// More is how often other names came than those that are kept; 0: there are no others.
func (c *Counts) More() int { return c.more }

// Map returns the counts of the names that are kept, as a map of its own; never nil.
func (c *Counts) Map() map[string]int {
	out := make(map[string]int, len(c.of))
	maps.Copy(out, c.of)
	return out
}

// Merge adds other counts.
func (c *Counts) Merge(d *Counts) {
	for _, name := range d.names {
		c.Add(name, d.of[name], nil)
	}
	c.more += d.more
}

// Clone returns a copy that shares nothing.
func (c *Counts) Clone() (d Counts) {
	d.Merge(c)
	return d
}

// A Set keeps the first Most things that are put into it. The zero value is empty. It is
// not safe for concurrent use.
type Set[K comparable] struct {
	has  map[K]bool
	list []K
	more bool
}

// Add puts a thing of so many bytes in, if there is room for it.
func (s *Set[K]) Add(k K, bytes int, room *Room) {
	switch {
	case s.has[k]:
		return
	case len(s.list) >= Most || !room.Take(bytes):
		s.more = true
		return
	case s.has == nil:
		s.has = map[K]bool{}
	}
	s.has[k] = true
	s.list = append(s.list, k)
}

// List are the things, in the order in which they came. They are not to be changed.
func (s *Set[K]) List() []K { return s.list }

// More reports whether there were others than those that are kept.
func (s *Set[K]) More() bool { return s.more }

// Merge puts all of another set in.
func (s *Set[K]) Merge(t *Set[K]) {
	for _, k := range t.list {
		s.Add(k, 0, nil)
	}
	s.more = s.more || t.more
}

// A Cache remembers answers, and forgets all of them when they are too many: an answer that
// is asked for again is found out again. The zero value remembers nothing. It is not safe
// for concurrent use.
type Cache[K comparable, V any] struct {
	bytes, left int
	of          map[K]V
}

// NewCache returns a cache that takes so many bytes.
func NewCache[K comparable, V any](bytes int) Cache[K, V] {
	return Cache[K, V]{bytes: bytes, left: bytes, of: map[K]V{}}
}

// Get returns what is remembered of a key.
func (c *Cache[K, V]) Get(k K) (v V, ok bool) {
	v, ok = c.of[k]
	return v, ok
}

// Put remembers an answer that takes so many bytes, in its key and in itself.
func (c *Cache[K, V]) Put(k K, v V, bytes int) {
	if bytes += entry; bytes > c.bytes {
		return
	}
	if bytes > c.left {
		clear(c.of)
		c.left = c.bytes
	}
	c.left -= bytes
	c.of[k] = v
}
