//go:build unix

package main

import (
	"crypto/sha256"
	"hash"
)

// A digest is of what can be seen of a text: without escape sequences, carriage returns, spaces in front of lines and empty lines. Torn noise
// leaves spaces of which nobody can say whose they were.
type digest struct {
	sum          [sha256.Size]byte
	bytes, lines int64 // of all of it
}

// A seer is a writer that takes in a text for its digest.
type seer struct {
	hash         hash.Hash
	seen         []byte
	bytes, lines int64
	begun        bool // the line has text
	escape       byte // of a sequence, the last byte that was taken in; 0: there is none
}

func newSeer() *seer { return &seer{hash: sha256.New()} }

// Write never fails.
func (s *seer) Write(p []byte) (int, error) {
	s.bytes += int64(len(p))
	for _, c := range p {
		s.see(c)
	}
	s.hash.Write(s.seen)
	s.seen = s.seen[:0]
	return len(p), nil
}

func (s *seer) see(c byte) {
	switch {
	case c == 0x1b, s.escape == 0x1b && c == '[', s.escape != 0 && (c < 'A' || c > 'z'):
		s.escape = c
	case s.escape != 0:
		s.escape = 0
	case c == '\n' && s.begun:
		s.seen, s.begun, s.lines = append(s.seen, c), false, s.lines+1
	case c == '\n', c == '\r', c == ' ' && !s.begun:
	default:
		s.seen, s.begun = append(s.seen, c), true
	}
}

func (s *seer) digest() digest {
	return digest{sum: [sha256.Size]byte(s.hash.Sum(nil)), bytes: s.bytes, lines: s.lines}
}
