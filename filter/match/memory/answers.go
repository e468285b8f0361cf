// Package memory has what matching remembers of texts to be quick, and for nothing else: what is forgotten is found out
// once more, and is the same. It is bounded.
package memory

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
	// LongestText bounds one that is, in bytes: 256 KiB in all.
	LongestText = 512
	// minTries is how many answers are remembered; a power of two.
	minTries = 2048
)

// Answers are what is remembered of texts: what is new takes the place of something older. NewAnswers makes them. They
// are not safe for concurrent use.
type Answers struct {
	seed  maphash.Seed // of the hash: what is forgotten makes no difference to a result
	texts []remembered // by hash; empty: a text is remembered as long as it is looked at
	last  int          // number of the text that was new last
	tries []Answer     // there are at least as many as steps, in a power of two
	grams plan.Grams   // of a text that is not remembered
}

// A remembered text has a number, which no other text ever had.
type remembered struct {
	text   []byte
	number int
	grams  plan.Grams
}

// An Answer is what a step made of a text.
type Answer struct {
	Text     int // its number; 0: the step was never asked
	N, Steps int // as of plan.Step.Match
	Look     int // that it was asked for in last, as who asks counts
	// Groups are what the piece names, once that was asked for; in the look Grouped.
	Groups  map[string]string
	Grouped int
}

// NewAnswers returns answers of so many steps. There is room for few: many a filter is for a sample of some lines.
func NewAnswers(steps int) Answers {
	c := Answers{seed: maphash.MakeSeed()}
	c.resize(fewTexts, steps)
	return c
}

// resize makes room for so many texts, and at least as many answers. What was remembered is forgotten.
func (c *Answers) resize(texts, tries int) {
	size := texts
	for size < tries {
		size *= 2
	}
	c.texts, c.tries = make([]remembered, texts), make([]Answer, size)
}

// Forget forgets the texts, and sets how many are remembered from here on.
func (c *Answers) Forget(texts int) { c.texts = make([]remembered, texts) }

// grow makes it as large as it may become, once there are more texts than a small one is for.
func (c *Answers) grow() {
	if c.last >= fewTexts && len(c.texts) == fewTexts {
		c.resize(maxTexts, max(minTries, len(c.tries)))
	}
}

// longestGrams bounds a text of which the grams are looked at: one that is much longer has them all.
const longestGrams = 8 << 10

// Number returns the number of a text, and its grams; nil: they are not known. One that is not remembered has a new number. once: it is
// one of few in its line.
func (c *Answers) Number(text []byte, once bool) (int, *plan.Grams) {
	if len(c.texts) == 0 || len(text) > LongestText {
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

// Of returns where it is noted what a step makes of a text. The steps of one text
// have places of their own: hundreds of blocks may wait for the same.
func (c *Answers) Of(s *plan.Step, text int) *Answer {
	const spread = 0x9E3779B97F4A7C15 // 2^64 by the golden ratio
	return &c.tries[(int(uint64(text)*spread>>40)+s.ID)&(len(c.tries)-1)]
}
