package regex

import (
	"slices"
	"unicode"
	"unicode/utf8"

	regexp2 "github.com/dlclark/regexp2/v2/syntax"
)

// do does what a group stands for, and goes on from the next instruction.
func (m *matching) do(p *program, d *deed, next, at, to int) (end int, ok bool) {
	caps := m.caps
	m.caps = slices.Clone(caps)
	if d.special == nil {
		m.caps[d.group] = at
		ok = true
	} else {
		at, ok = m.special(d, at)
	}
	if ok {
		end, ok = m.from(p, next, at, to)
	}
	if !ok {
		m.caps = caps
	}
	return end, ok
}

// special returns from where it goes on, if it does.
func (m *matching) special(d *deed, at int) (end int, ok bool) {
	switch d.kind {
	case boundary:
		return at, m.boundary(at) != d.not
	case hasGroup:
		return at, (m.caps[2*d.special.group+1] >= 0) != d.not
	case reference:
		return m.again(d.special, at)
	case atomic:
		return m.sub(d.sub, at, -1)
	}
	caps := m.caps
	if ok = m.looks(d, at); ok == d.not {
		return 0, false
	}
	if d.not {
		m.caps = caps
	}
	return at, true
}

// looks reports whether what is looked for is ahead of a place, or behind it.
func (m *matching) looks(d *deed, at int) (ok bool) {
	if d.kind == lookAhead {
		_, ok = m.sub(d.sub, at, -1)
		return ok
	}
	for from := at; ; {
		if _, ok = m.sub(d.sub, from, at); ok || from == 0 || m.stopped {
			return ok
		}
		_, n := utf8.DecodeLastRuneInString(m.text[:from])
		from -= n
	}
}

// sub matches another program at a place. What it went through was not in vain if it
// matches.
func (m *matching) sub(p *program, at, to int) (end int, ok bool) {
	trail := len(m.trail)
	m.inside++
	end, ok = m.from(p, p.Start, at, to)
	m.inside--
	if ok {
		for _, bit := range m.trail[trail:] {
			m.vain[bit/64] &^= 1 << (bit % 64)
		}
	}
	if ok || m.inside == 0 {
		m.trail = m.trail[:trail]
	}
	return end, ok
}

// again returns what is behind the text that a group has matched, if it comes again.
func (m *matching) again(s *special, at int) (end int, ok bool) {
	from, to := m.caps[2*s.group], m.caps[2*s.group+1]
	if from < 0 || to < from {
		return 0, false
	}
	for from < to {
		a, n := utf8.DecodeRuneInString(m.text[from:to])
		b, size := utf8.DecodeRuneInString(m.text[at:])
		if size == 0 || a != b && (!s.fold || unicode.ToLower(a) != unicode.ToLower(b)) {
			return 0, false
		}
		m.steps--
		from, at = from+n, at+size
	}
	return at, true
}

// boundary reports whether a word begins or ends at a place.
func (m *matching) boundary(at int) bool {
	before, _ := utf8.DecodeLastRuneInString(m.text[:at])
	after, _ := utf8.DecodeRuneInString(m.text[at:])
	return (at > 0 && regexp2.IsWordChar(before)) != (at < len(m.text) && regexp2.IsWordChar(after))
}
