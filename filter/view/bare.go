package view

import (
	"bytes"
	"hash/maphash"
)

// Lines of noise are the same again and again, and most begin with a letter, as dozens of prefixes do: to find out that there is none takes as
// long as all else that is asked of them here. So the last texts are remembered that have none, which depends on nothing but the text. (A text has
// none as well where one space less stands behind a clock; see narrowClock.)

const (
	// bareTexts is how many are remembered, in a power of two, and longestBare how long one is, in bytes.
	bareTexts   = 128
	longestBare = 79
)

// A bare is what is remembered of texts without a prefix. A nil bare knows none.
type bare struct {
	seed  maphash.Seed
	texts [bareTexts]bareText
}

// A bareText is one of these.
type bareText struct {
	n   uint8
	raw [longestBare]byte
}

// knows reports whether a text, which is not empty, is remembered.
func (b *bare) knows(text []byte) bool {
	if b == nil || len(text) > longestBare {
		return false
	}
	t := b.at(text)
	return bytes.Equal(t.raw[:t.n], text)
}

func (b *bare) at(text []byte) *bareText { return &b.texts[maphash.Bytes(b.seed, text)%bareTexts] }

// keepBare remembers a text that has no prefix.
func (v *Line) keepBare(text []byte) {
	if len(text) > longestBare {
		return
	}
	if v.bare == nil {
		v.bare = &bare{seed: maphash.MakeSeed()}
	}
	t := v.bare.at(text)
	t.n = uint8(copy(t.raw[:], text))
}
