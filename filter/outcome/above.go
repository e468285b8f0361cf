package outcome

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/view"
)

// cut returns what is looked at of a line, which is that also where it comes in in pieces.
func cut(line []byte) []byte {
	if len(line) <= maxLine+1 {
		return line
	}
	most := view.Most(line, maxLine)
	if len(line) <= most+1 {
		return line
	}
	return append(append(make([]byte, 0, most+1), line[:most]...), '\n')
}

// hasLong reports whether one of whole lines is longer than maxLine. It goes from one line end to the last one that is near enough.
func hasLong(p []byte) bool {
	for len(p) > maxLine+1 {
		n := bytes.LastIndexByte(p[:maxLine+1], '\n')
		if n < 0 {
			return true
		}
		p = p[n+1:]
	}
	return false
}

// last returns the last maxAbove bytes, or more, of whole lines, of each as much as is looked at.
func last(p []byte) []byte {
	if !hasLong(p) {
		return p
	}
	from, long := len(p), false
	for n := 0; from > 0 && n < maxAbove; {
		begin := bytes.LastIndexByte(p[:from-1], '\n') + 1
		size := len(cut(p[begin:from]))
		long = long || from-begin > size
		n += size
		from = begin
	}
	if !long {
		return p[from:]
	}
	var all []byte
	for line := range bytes.Lines(p[from:]) {
		all = append(all, cut(line)...)
	}
	return all
}

// remember keeps what was shown last, in whole lines.
func (f *Follower) remember(p []byte) {
	p = last(p)
	if len(p) > maxAbove {
		p = p[len(p)-maxAbove:]
		f.above = f.above[:0]
	}
	if over := len(f.above) + len(p) - 2*maxAbove; over > 0 {
		f.above = f.above[:copy(f.above, f.above[min(over+maxAbove, len(f.above)):])]
	}
	f.above = append(f.above, p...)
}

// window is the last maxAbove bytes of two texts that follow each other, in whole lines: however they were written, it is the
// same.
func window(above, before []byte) [][]byte {
	before = last(before)
	if len(before) >= maxAbove {
		above, before = nil, before[len(before)-maxAbove:]
		return [][]byte{nil, before[bytes.IndexByte(before, '\n')+1:]}
	}
	if room := maxAbove - len(before); len(above) >= room {
		above = above[len(above)-room:]
		above = above[bytes.IndexByte(above, '\n')+1:]
	}
	return [][]byte{above, before}
}
