package filter

import "github.com/orbfilter/orbfilter/filter/cpython"

// The indent of a torn line is written on its own, and ends up in front of
// somebody else's text. Here it is found again.

// countSpaces keeps account of the spaces of torn indents: those too many in
// front of one piece are those that another lacks. What is still lacking
// stands in front of a line of the run.
func (f *Filter) countSpaces(b *block, s *step, before, lead int) {
	diff := lead - max(0, s.lead)
	f.torn = f.torn || s.lead >= 0 && diff != 0
	if s.lead < 0 {
		diff = 0
	}
	switch {
	case diff >= 0:
		f.spare += diff
	case !s.torn, f.findSpaces(b, before, -diff, true):
	case f.spare >= -diff:
		f.spare += diff
	case !s.repeat: // carets are written one by one: only what is sure will do
		f.findSpaces(b, before, -diff, false)
	}
}

// findSpaces gives a block the indent that was written before something else
// came between: need spaces that now stand in front of another line. That is
// a line that has nothing but spaces, or more of them than a line of pyinfra
// has, or, if that need not be sure, the only line with so many since the
// block's piece in line from. What would have left if no other writer were there is
// not looked at. It reports whether there is one.
func (f *Filter) findSpaces(b *block, from, need int, sure bool) bool {
	best, score, ties := -1, 0, 0
	for i := f.nearby(); i < len(f.held); i++ {
		s := &f.held[i]
		if s.block != nil || s.rule != nil || s.lead < need || s.voice != f.voice || s.seq < f.gone {
			continue
		}
		switch sc := s.spareSpaces(need); {
		case sc == 1 && s.line < from: // it was there before the piece
		case sc > score:
			best, score, ties = i, sc, 0
		case sc == score:
			ties++
		}
	}
	if best < 0 || score == 1 && (ties > 0 || sure) {
		return false
	}
	f.splitSpaces(b, best, need)
	return true
}

// spareSpaces rates how likely need of a segment's spaces are not its own.
func (s *segment) spareSpaces(need int) int {
	switch {
	case !s.visible:
		return 3
	case s.header, s.lead >= need+4 && (s.host || (s.lead-need)%cpython.SourceIndent == 0):
		return 2
	}
	return 1
}

// splitSpaces gives the first spaces of a held segment to a block, and all
// of it, with its line end, when nothing that can be seen is left.
func (f *Filter) splitSpaces(b *block, i, need int) {
	s := f.held[i]
	if !s.visible {
		f.held[i].block = b
		return
	}
	parts := []segment{
		{raw: s.raw[:s.leadAt], line: s.line},
		{raw: s.raw[s.leadAt : s.leadAt+need], line: s.line, block: b},
		{raw: s.raw[s.leadAt+need:], line: s.line, seq: s.seq, lead: s.lead - need, visible: true, header: s.header, host: s.host},
	}
	rest := append([]segment(nil), f.held[i+1:]...)
	f.held = f.held[:i]
	for _, p := range parts {
		if p.voice = s.voice; len(p.raw) > 0 {
			f.held = append(f.held, p)
		}
	}
	f.held = append(f.held, rest...)
}
