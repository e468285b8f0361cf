package gate

import (
	"bytes"
	"strings"
)

// alone is a group of one literal, which is looked for by a byte of it.
type alone struct {
	literal
	at   int // where in it the byte is
	rare byte
}

// frequent are bytes that logs have often, the most frequent first: letters in the order in which English has them, what
// stands around the name of a host and in dates, and the figures that are in dates less often.
const frequent = " etaoinsrhldcumfpgywbvkxjqz-[]:/._012=,\"'(){}456789" + "3"

// newAlone takes the byte that is the least frequent, of several the first.
func newAlone(l literal) *alone {
	a := &alone{literal: l}
	rarest := -1
	for i, c := range l.text {
		if r := rarity(c); r > rarest {
			rarest, a.at, a.rare = r, i, c
		}
	}
	return a
}

func rarity(c byte) int {
	if i := strings.IndexByte(frequent, c); i >= 0 {
		return i
	}
	return len(frequent)
}

func (a *alone) find(b []byte) int {
	for from := a.at; from < len(b); from++ {
		i := bytes.IndexByte(b[from:], a.rare)
		if i < 0 {
			break
		}
		if from += i; a.has(b, from-a.at) {
			return from - a.at
		}
	}
	return -1
}

func (a *alone) all(b []byte, found []int) []int {
	if a.find(b) >= 0 {
		found = append(found, a.index)
	}
	return found
}

func (a *alone) hasOf(b []byte, from, to int) bool {
	return a.index >= from && a.index < to && a.find(b) >= 0
}
