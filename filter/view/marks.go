package view

import "bytes"

// Marks are places in a text that were found before anybody goes through it: of each line the first, up to an end. What is
// behind the end has not been looked at.
type Marks struct {
	at    []int
	end   int
	shift int // how far into the text places are counted from
}

// mostMarks bounds how many places there are. A text with more has something in most lines, so that it is sooner gone through
// than looked at beforehand.
const mostMarks = 2048

// Mark finds the marks of a text. find returns where the first place is, from one on that is not in front of the last one that it was
// asked for; -1, or the length of the text: there is none.
func Mark(text []byte, find func(from int) int) (m Marks) {
	for m.end < len(text) && len(m.at) < mostMarks {
		i := find(m.end)
		if i < 0 || i >= len(text) {
			m.end = len(text)
			break
		}
		m.at = append(m.at, i)
		if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
			m.end = i + n + 1
		} else {
			m.end = len(text)
		}
	}
	return m
}

// Behind returns the marks of the same text as it is from a place on, at which a line begins.
func (m Marks) Behind(place int) Marks {
	m.shift += place
	return m
}

// Next returns the first mark from a place on, at which a line begins, that is not in front of the last one that was asked for; -1: there is
// none in front of the end, which comes with it, and may be in front of the place.
func (m *Marks) Next(from int) (at, end int) {
	for len(m.at) > 0 && m.at[0] < from+m.shift {
		m.at = m.at[1:]
	}
	if len(m.at) == 0 {
		return -1, m.end - m.shift
	}
	return m.at[0] - m.shift, m.end - m.shift
}
