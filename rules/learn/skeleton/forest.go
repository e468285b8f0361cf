package skeleton

import (
	"maps"
	"slices"
	"strings"
)

// Templates of lines, found much as Drain does it (P. He, J. Zhu, Z. Zheng, M. R. Lyu: "Drain: An Online Log
// Parsing Approach with Fixed Depth Tree", ICWS 2017): what is known to vary is masked first, then lines of as
// many words are compared, and where they are similar enough the words that differ become one that may be
// any. Which templates a line is compared with is told by pairs of its words, at its beginning, its end and
// in its middle: so a line meets those that are like it, however many there are.

const (
	// maxCompared is with how many templates a line is compared for each of its pairs, at most: those that
	// were seen last.
	maxCompared = 48
	// MaxTemplates bounds the memory: those that were not seen for the longest time are forgotten.
	MaxTemplates = 20_000
	// maxTexts is how many skeletons lead to their template directly.
	maxTexts = 1 << 16
)

// Any stands for a word that differs from line to line.
const Any = "\x00*"

// A Template is what lines have in common.
type Template struct {
	ID    int32
	Words []string // Any: it may be another
	Count int
	seen  uint64
	gone  bool
	// into is the one that it has become a part of; nil: it is one itself.
	into *Template
}

// Root returns the template that it has become a part of, or itself.
func (t *Template) Root() *Template {
	for t.into != nil {
		t = t.into
	}
	return t
}

// A Forest is all templates.
type Forest struct {
	texts  map[string]*Template
	pairs  map[pair][]*Template
	kin    map[uint64]kin
	exact  map[string]*Template
	live   []*Template
	ids    map[int32]*Template
	full   bool // not all texts are in texts
	parts  int  // of these have become parts of others
	nextID int32
	now    uint64
	// Forgotten are the templates that were, and how many lines they had.
	Forgotten struct{ Templates, Lines int }
	// OnForget is told of each of these, OnUnite of each that becomes a part of another; both may be nil.
	OnForget func(*Template)
	OnUnite  func(one, part *Template)
}

// A pair is two words of a line, and where they stand.
type pair struct {
	words       int
	place       byte
	first, next string
}

// NewForest returns one without templates.
func NewForest() *Forest {
	return &Forest{texts: map[string]*Template{}, pairs: map[pair][]*Template{}, kin: map[uint64]kin{}, exact: map[string]*Template{}, ids: map[int32]*Template{}}
}

// Find returns the template of a skeleton; a new one if there is none.
func (f *Forest) Find(text []byte) *Template {
	f.now++
	t := f.Lookup(text)
	if t == nil {
		t = f.place(strings.Clone(string(text)))
	}
	t.seen = f.now
	return t
}

// Touch says that a template was seen again, which Find was not asked for.
func (f *Forest) Touch(t *Template) {
	f.now++
	t.Count++
	t.seen = f.now
}

// place finds the template of a skeleton that was not seen yet.
func (f *Forest) place(text string) *Template {
	words := Words(text)
	places := names(words)
	each, sum := hashes(words)
	t := f.family(places, each, sum)
	if t == nil {
		t = f.alike(words)
	}
	if t == nil {
		t = f.add(words)
	}
	t = f.relate(t, places, each, sum)
	if len(f.texts) >= maxTexts {
		clear(f.texts) // as large as it was, it does not grow anew
		f.full = true
	}
	f.texts[text] = t
	return t
}

// alike returns the template that is most like a line, with what they have in common in it; nil: none is.
func (f *Forest) alike(words []string) *Template {
	var best *Template
	var merged []string
	var crowd []*Template
	for _, p := range pairsOf(words) {
		for _, t := range f.pairs[p] {
			if t = t.Root(); t.gone || t == best {
				continue
			}
			m, byWords := merge(t.Words, words)
			if m != nil && !byWords && &m[0] == &t.Words[0] { // it says all of the line
				return t
			}
			switch {
			case byWords:
				if !slices.Contains(crowd, t) {
					crowd = append(crowd, t)
				}
			case m != nil && (best == nil || anyWords(m) < anyWords(merged)):
				best, merged = t, m
			}
		}
	}
	if best == nil {
		return f.oneOfMany(crowd)
	}
	best.Words = merged
	return best
}

// many is how many texts must be the same but for words, in several places, for these to be names.
const many = 32

// oneOfMany makes one template of a crowd of texts that are alike but for some of their words: so many say the
// same of this and that. It is nil where there is no such crowd.
func (f *Forest) oneOfMany(crowd []*Template) *Template {
	if len(crowd) < many {
		return nil
	}
	one := crowd[0]
	for _, m := range crowd[1:] {
		if _, alike := merge(one.Words, m.Words); alike {
			f.absorb(one, m)
		}
	}
	return one
}

func pairsOf(words []string) []pair {
	n := len(words)
	switch n {
	case 0, 1:
		return nil
	case 2, 3:
		return []pair{{n, 'a', words[0], ""}, {n, 'z', "", words[n-1]}}
	}
	return []pair{{n, 'a', words[0], words[1]}, {n, 'z', words[n-2], words[n-1]}, {n, 'm', words[n/2-1], words[n/2]}}
}

func (f *Forest) add(words []string) *Template {
	if len(f.live)-f.parts >= MaxTemplates {
		f.forget()
	}
	f.nextID++
	t := &Template{ID: f.nextID, Words: words}
	f.live, f.ids[t.ID] = append(f.live, t), t
	for _, p := range pairsOf(words) {
		f.pairs[p] = kept(f.pairs[p], t)
	}
	return t
}

// kept appends a template to a list; if it is full, the one goes that was not seen for the longest time.
func kept(list []*Template, t *Template) []*Template {
	list = slices.DeleteFunc(list, func(t *Template) bool { return t.gone })
	if len(list) < maxCompared {
		return append(list, t)
	}
	oldest := 0
	for i := range list {
		if list[i].seen < list[oldest].seen {
			oldest = i
		}
	}
	list[oldest] = t
	return list
}

// forget makes room: a quarter of the templates goes, those that were not seen for the longest time.
func (f *Forest) forget() {
	slices.SortFunc(f.live, func(a, b *Template) int { return int(int64(a.seen) - int64(b.seen)) })
	f.sweep()
	n := len(f.live) / 4
	for _, t := range f.live[:n] {
		t.gone = true
		delete(f.ids, t.ID)
		f.Forgotten.Templates++
		f.Forgotten.Lines += t.Count
		if f.OnForget != nil {
			f.OnForget(t)
		}
	}
	f.live = slices.Clone(f.live[n:])
	f.full = true
	clear(f.texts)
	clear(f.pairs)
	clear(f.kin)
	maps.DeleteFunc(f.exact, func(_ string, t *Template) bool { return t.gone })
	for _, t := range f.live {
		for _, p := range pairsOf(t.Words) {
			f.pairs[p] = kept(f.pairs[p], t)
		}
	}
}

// Settle makes one template of those that have come to say the same, when all lines are there: which of them a line was
// compared with depended on the order in which they came.
func (f *Forest) Settle() {
	of := map[string]*Template{}
	for _, t := range f.Templates() {
		text := strings.Join(t.Words, " ")
		if one := of[text]; one != nil {
			f.absorb(one, t)
		} else {
			of[text] = t
		}
	}
	for _, t := range f.Templates() {
		if one := f.wider(t); one != nil {
			f.absorb(one, t)
		}
	}
	f.sweep()
}

// wider returns a template that says all that another one does, and more; nil: there is none.
func (f *Forest) wider(t *Template) *Template {
	for _, p := range pairsOf(t.Words) {
		for _, one := range f.pairs[p] {
			if one = one.Root(); one != t && !one.gone && anyWords(one.Words) > anyWords(t.Words) && 2*anyWords(one.Words) <= len(one.Words) && Fits(one.Words, t.Words) {
				return one
			}
		}
	}
	return nil
}

// sweep leaves out those that have become parts of others.
func (f *Forest) sweep() {
	f.live = slices.DeleteFunc(f.live, func(t *Template) bool { return t.into != nil })
	f.parts = 0
}

// Exact returns the template of a text that is compared with no other.
func (f *Forest) Exact(text string) *Template {
	f.now++
	t := f.exact[text]
	if t == nil || t.gone {
		t = f.add([]string{text})
		f.exact[text] = t
	}
	t.seen = f.now
	return t
}

// Lookup returns the template that a skeleton was found to be of; nil: it was not there, or that is
// forgotten.
func (f *Forest) Lookup(text []byte) *Template {
	t := f.texts[string(text)]
	if t != nil {
		t = t.Root()
	}
	if t == nil || t.gone {
		return nil
	}
	return t
}

// Last is the largest id of a template.
func (f *Forest) Last() int32 { return f.nextID }

// ByID returns the template that one with this id is now; nil: it is forgotten.
func (f *Forest) ByID(id int32) *Template {
	if t := f.ids[id]; t != nil && !t.Root().gone {
		return t.Root()
	}
	return nil
}

// Full reports whether there were more texts than Lookup knows.
func (f *Forest) Full() bool { return f.full }

// Fits reports whether words may be of a template.
func Fits(template, words []string) bool {
	return slices.EqualFunc(template, words, func(t, w string) bool { return t == w || t == Any && !SaysOutcome(w) })
}

// Templates returns those that are left, in the order in which they were first.
func (f *Forest) Templates() []*Template {
	f.sweep()
	return slices.SortedFunc(slices.Values(f.live), func(a, b *Template) int { return int(a.ID - b.ID) })
}

func anyWords(words []string) (n int) {
	for _, w := range words {
		if w == Any {
			n++
		}
	}
	return n
}
