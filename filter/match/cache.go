package match

import (
	"bytes"
	"hash/maphash"

	"github.com/orbfilter/orbfilter/filter/plan"
)

// What a step makes of a text depends on the text alone, and lines of noise are the
// same again and again: a fork prints what the fork before it printed, to the last
// address. So the last texts, and what steps have made of them, are remembered. A
// log full of the gevent block has about ten different texts, and half of the time
// went into asking the same regular expressions about them.
//
// Nothing else is remembered: not which block takes a text, nor whether its rule
// folds, whether the version is affected, whether a guard wants it seen. Those are
// asked each time.

const (
	// maxTexts is how many texts are remembered: those of many issues, and the ends
	// that are left of them where lines are torn.
	maxTexts = 512
	// fewTexts is how many are at first; a power of two.
	fewTexts = 16
	// longestText bounds one that is: 256 KiB in all.
	longestText = 512
	// minTries is how many answers are remembered; a power of two.
	minTries = 2048
)

// A cache is what is remembered of texts. It is bounded: what is new takes the place
// of something older.
type cache struct {
	seed  maphash.Seed // of the hash: what is forgotten makes no difference to a result
	texts []remembered // by hash; empty: a text is remembered as long as it is looked at
	last  int          // number of the text that was new last
	tries []try        // there are at least as many as steps, in a power of two
	looks int          // counts the texts that were looked at
	grams plan.Grams   // of a text that is not remembered
}

// A remembered text has a number, which no other text ever had.
type remembered struct {
	text   []byte
	number int
	grams  plan.Grams
}

// A try is what a step made of a text.
type try struct {
	text     int // its number; 0: never tried
	n, steps int
	look     int // that it was asked for in last
	// groups are what the piece names, once that was asked for; in the look grouped.
	groups  map[string]string
	grouped int
}

// newCache returns one that is small: many a filter is for a sample of some lines.
func newCache(steps int) cache {
	c := cache{seed: maphash.MakeSeed()}
	c.resize(fewTexts, steps)
	return c
}

// resize makes room for so many texts, and at least as many answers. What was remembered is forgotten.
func (c *cache) resize(texts, tries int) {
	size := texts
	for size < tries {
		size *= 2
	}
	c.texts, c.tries = make([]remembered, texts), make([]try, size)
}

// grow makes it as large as it may become, once there are more texts than a small one is for.
func (c *cache) grow() {
	if c.last >= fewTexts && len(c.texts) == fewTexts {
		c.resize(maxTexts, max(minTries, len(c.tries)))
	}
}

// longestGrams bounds a text of which the grams are looked at: one that is much longer has them all.
const longestGrams = 8 << 10

// number returns the number of a text, and its grams; nil: they are not known. One that is not remembered has a new number. once: it is
// one of few in its line.
func (c *cache) number(text []byte, once bool) (int, *plan.Grams) {
	if len(c.texts) == 0 || len(text) > longestText {
		c.last++
		if len(text) > longestGrams || !once {
			return c.last, nil
		}
		c.grams = plan.GramsOf(text)
		return c.last, &c.grams
	}
	c.grow()
	r := &c.texts[maphash.Bytes(c.seed, text)%uint64(len(c.texts))]
	if r.number == 0 || !bytes.Equal(r.text, text) {
		c.last++
		r.text, r.number, r.grams = append(r.text[:0], text...), c.last, plan.GramsOf(text)
	}
	return r.number, &r.grams
}

// of returns where it is noted what a step makes of a text. The steps of one text
// have places of their own: hundreds of blocks may wait for the same.
func (c *cache) of(s *plan.Step, text int) *try {
	const spread = 0x9E3779B97F4A7C15 // 2^64 by the golden ratio
	return &c.tries[(int(uint64(text)*spread>>40)+s.ID)&(len(c.tries)-1)]
}

// looking begins with another text of the current line, or of a part of one.
func (w *writer) looking(at *candidate) {
	w.cache.looks++
	at.look = w.cache.looks
	at.number, at.grams = w.cache.number(at.text, at.pieces < manyPieces && !at.standalone)
	at.row = w.row
}

// mayOpen reports whether a text may begin a block, see plan.MayOpen, unless that is known.
func (m *Matcher) mayOpen(at *candidate) bool {
	t := m.cache.of(&m.opening, at.number)
	if t.text != at.number {
		*t = try{text: at.number}
		if m.plan.MayOpen(at.text) {
			t.n = 1
		}
	}
	return t.n > 0
}

// ask asks a step, unless the answer is known.
func (m *Matcher) ask(s *plan.Step, at *candidate) (n, steps int) {
	t := m.cache.of(s, at.number)
	m.work++
	if t.text != at.number {
		if s.Whole { // others look at how it begins
			m.work += len(at.text)
		}
		n, steps = s.Match(at.text)
		*t = try{text: at.number, n: n, steps: steps}
	}
	if t.look = at.look; t.steps == plan.Doubtful {
		m.doubt(s.Rule)
	}
	return t.n, t.steps
}

// groups returns what a piece names that a step has just matched: the first n bytes
// of the text.
func (m *Matcher) groups(s *plan.Step, at *candidate, n int) map[string]string {
	t := m.cache.of(s, at.number)
	if t.look != at.look || t.n != n {
		return s.Groups(at.text[:n])
	}
	if t.grouped != at.look {
		t.groups, t.grouped = s.Groups(at.text[:n]), at.look
	}
	return t.groups
}
