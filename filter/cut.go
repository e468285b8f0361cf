package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/match"
)

// Cuts finds where a log can be cut so that each part, filtered by itself by somebody who does not know the others, shows what
// it shows in the log: no block is open there, and nothing that was learnt above is of use below. Most such places are
// where a run of pyinfra begins, and these come first; in one long run, where an operation begins; in what is no run, at any
// line.
type Cuts struct {
	part   *Part
	size   int64 // of a part, about
	at     int64 // bytes that the part has seen
	target int64 // from here on a place is looked for
	second int64 // the first place from there on that does not begin a run; 0: none was found
	mid    bool  // the part has seen a line in part
	line   []byte
	places []int64
}

// longestCut bounds a line that a log is cut in front of.
const longestCut = 64 << 10

// Cuts returns what is to be written a log, and says where that can be cut into parts of about so many bytes.
func (p *Plan) Cuts(o Options, size int64) *Cuts {
	size = max(1, size)
	return &Cuts{part: p.part(o, 1), size: size, target: size}
}

// Write takes in the next bytes of the log. It returns no error.
func (c *Cuts) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		p = p[c.next(p):]
	}
	return n, nil
}

// next takes in some of the bytes, and returns how many.
func (c *Cuts) next(p []byte) int {
	end := bytes.IndexByte(p, '\n') + 1
	switch {
	case c.at < c.target && len(c.line) == 0:
		p = p[:min(int64(len(p)), c.target-c.at)]
		c.feed(p)
		return len(p)
	case c.mid && end == 0:
		c.feed(p)
		return len(p)
	case c.mid:
		c.feed(p[:end])
		return end
	case end == 0:
		end = len(p)
	}
	if c.line = append(c.line, p[:end]...); c.line[len(c.line)-1] == '\n' || len(c.line) > longestCut {
		c.look()
	}
	return end
}

// look finds out whether the log can be cut in front of the line, and takes it in.
func (c *Cuts) look() {
	switch c.part.seam(c.line) {
	case match.BetweenRuns:
		c.cut(c.at)
	case match.Seamless:
		if c.second == 0 {
			c.second = c.at
		}
	}
	if c.second > 0 && c.at > c.target+c.size/4 {
		c.cut(c.second)
	}
	c.feed(c.line)
	c.line = c.line[:0]
}

func (c *Cuts) cut(at int64) {
	c.places = append(c.places, at)
	c.target, c.second = at+c.size, 0
}

func (c *Cuts) feed(p []byte) {
	_, _ = c.part.filter.Write(p)
	c.part.decided = decided{left: c.part.left[:0]}
	c.at += int64(len(p))
	c.mid = p[len(p)-1] != '\n'
}

// Places returns the places, in bytes from the beginning of the log, in order, when all of it was written.
func (c *Cuts) Places() []int64 {
	if len(c.line) > 0 {
		c.look()
	}
	if c.second > 0 {
		c.cut(c.second)
	}
	return c.places
}

// seam says whether a log can be cut in front of a line.
func (p *Part) seam(line []byte) match.Seam {
	if f := p.filter; f.lines.Rests() && len(f.broken) == 0 {
		return f.match.Seam(&f.view, line)
	}
	return match.NoSeam
}
