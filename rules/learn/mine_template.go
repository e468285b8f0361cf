package learn

import (
	"slices"

	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// Templates of lines, found as Drain does it (P. He, J. Zhu, Z. Zheng, M. R. Lyu:
// "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017): what
// is known to vary is masked first, then lines of as many words that begin with
// the same one are compared, and where they are similar enough the words that
// differ become one that may be any.

const (
	// similar is which part of the words must be the same.
	similar = 0.6
	// maxLeaf is with how many templates a line is compared, at most.
	maxLeaf = 64
	// maxTemplates bounds the memory; the rarest are forgotten.
	maxTemplates = 20_000
	// fewLetters is how much text a template must keep.
	fewLetters = 8
	// maxCache is how many lines are remembered by what is left of them without
	// their numbers.
	maxCache = 1 << 15
	// maxHostCounts is how many counts by host are kept.
	maxHostCounts = 100_000
)

// anyWord stands for a word that differs from line to line.
const anyWord = `\S+`

// A template is what lines have in common, or the shape of a text of Python.
type template struct {
	id     int32
	tokens []string // each with the space before it; together they are the pattern
	count  int
	// ordered is how many of count are among the lines whose order is kept.
	ordered int
	sample  []draft.Line // of the first one
	log     string
	line    int // of the first one
	hosts   map[string]int
	python  bool
}

// A leafKey leads to the templates that a line is compared with.
type leafKey struct {
	words int
	first string
}

func leafOf(tokens []string) leafKey {
	first := tokens[0]
	if first == mask.HostPrefix && len(tokens) > 1 {
		first += tokens[1]
	}
	return leafKey{len(tokens), first}
}

// A forest is all templates.
type forest struct {
	leaves    map[leafKey][]*template
	python    map[string]*template
	all       []*template // by id; nil: forgotten
	live      int
	forgotten struct{ templates, lines int }
	cache     map[string]*template // by what is left of a line without its numbers
	hostCount int
	full      bool // and all of them have been seen often
}

func newForest() *forest {
	return &forest{leaves: map[leafKey][]*template{}, python: map[string]*template{}, cache: map[string]*template{}, all: []*template{nil}}
}

// cached returns the template of lines with this signature; nil: it is not known.
func (f *forest) cached(signature []byte) *template {
	t := f.cache[string(signature)]
	if t == nil || f.all[t.id] == nil {
		return nil
	}
	return t
}

func (f *forest) remember(signature string, t *template) {
	if len(f.cache) >= maxCache {
		f.cache = map[string]*template{}
	}
	f.cache[signature] = t
}

// find returns the template of a line; a new one if there is none. It is nil
// when there is no room for more.
func (f *forest) find(tokens []string) *template {
	key := leafOf(tokens)
	var best *template
	var merged []string
	for _, t := range f.leaves[key] {
		m := merge(t.tokens, tokens)
		if m != nil && (best == nil || anyWords(m) < anyWords(merged)) {
			best, merged = t, m
		}
	}
	if best != nil {
		best.tokens = merged
		return best
	}
	if len(f.leaves[key]) >= maxLeaf && !f.drop(key) || !f.room() {
		return nil
	}
	t := f.add(tokens)
	f.leaves[key] = append(f.leaves[key], t)
	return t
}

func anyWords(tokens []string) (n int) {
	for _, t := range tokens {
		if isAny(t) {
			n++
		}
	}
	return n
}

func (f *forest) add(tokens []string) *template {
	t := &template{id: int32(len(f.all)), tokens: tokens}
	f.all = append(f.all, t)
	f.live++
	return t
}

// findPython returns the template of a text of Python.
func (f *forest) findPython(key string) *template {
	t := f.python[key]
	if t == nil && f.room() {
		t = f.add([]string{key})
		t.python = true
		f.python[key] = t
	}
	return t
}

// drop forgets the templates of a leaf that have been seen once. It reports
// whether there is room then.
func (f *forest) drop(key leafKey) bool {
	f.leaves[key] = slices.DeleteFunc(f.leaves[key], f.forget)
	return len(f.leaves[key]) < maxLeaf
}

// forget reports whether a template was forgotten, since it has been seen once.
func (f *forest) forget(t *template) bool {
	if t.count > 1 {
		return false
	}
	f.all[t.id] = nil
	f.live--
	f.forgotten.templates++
	f.forgotten.lines += t.count
	return true
}

// room makes room for one more template, and reports whether there is some.
func (f *forest) room() bool {
	if f.live < maxTemplates || f.full {
		return !f.full
	}
	f.cache = map[string]*template{}
	for key := range f.leaves {
		if f.drop(key); len(f.leaves[key]) == 0 {
			delete(f.leaves, key)
		}
	}
	for key, t := range f.python {
		if f.forget(t) {
			delete(f.python, key)
		}
	}
	f.full = f.live > maxTemplates*9/10 // else nearly each line would come here
	return !f.full
}

// seenOn counts a host.
func (f *forest) seenOn(t *template, host string) {
	if host == "" {
		return
	}
	if t.hosts == nil {
		t.hosts = map[string]int{}
	}
	if t.hosts[host] > 0 || f.hostCount < maxHostCounts {
		if t.hosts[host]++; t.hosts[host] == 1 {
			f.hostCount++
		}
	}
}
