// Package lines cuts a stream into lines, and a line that is overwritten into its frames. Bytes come in, in
// pieces of any size; whole lines go out where they lie, those of them that must be looked at frame by frame. However the
// stream was cut, the same frames go out. What has not ended yet is kept until it has, or until it is taken as it is.
package lines

import (
	"bytes"
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
)

// Longest is the length up to which a line is whole, if it is no object (see view.LongestObject). The rest of a longer one passes as it comes.
const Longest = 64 << 10

// A Next takes what a cutter has cut, in order. Nothing of it is to be kept.
type Next interface {
	// Whole is asked how far lines may go on as they are: p is whole lines, at is where the first of them
	// begins that was not asked about, and what is returned is where the first one begins that must be cut into frames, or
	// len(p). What lies in between has gone on.
	Whole(p []byte, at int) int
	// Frame takes a line, or a frame of one.
	Frame(raw []byte)
	// Long takes a part of a line, or frame, that is longer than Longest. begins: it is the first part of it. If the
	// line has an end there, that is in raw, and EndLine is not called for it.
	Long(raw []byte, begins bool)
	// Late takes the LF of a line of which all before it was taken as a part (Cutter.Take).
	Late(raw []byte)
	// EndLine comes behind the last frame of a line. returned: a CR stands in front of its LF.
	EndLine(returned bool)
}

// A Cutter is not safe for concurrent use. New makes one.
type Cutter struct {
	next Next
	part []byte // the line that has not ended yet
	seen int    // so much of it was searched for the end of a frame
	long bool   // the rest of this line passes
	// returned: it was taken up to a CR, which may be a part of the line's end.
	returned bool
	now      time.Duration
	since    time.Duration // when the part began
	whole    bool          // see WholeLines
}

// New returns a cutter that hands what it cuts to next.
func New(next Next) *Cutter { return &Cutter{next: next} }

// WholeLines has a line cut into frames when it has ended, or is longer than Longest, and not before: nobody waits for its frames, and so it
// makes no difference how it comes in.
func (c *Cutter) WholeLines() { c.whole = true }

// Part is the line that has not ended yet, as far as it was not cut into frames. It is valid until the next call.
func (c *Cutter) Part() []byte { return c.part }

// Rests reports whether a line begins.
func (c *Cutter) Rests() bool { return len(c.part) == 0 && !c.long && !c.returned }

// Since is when the part began, or was taken from last.
func (c *Cutter) Since() time.Duration { return c.since }

// Tick tells the cutter what time it is.
func (c *Cutter) Tick(now time.Duration) { c.now = now }

// Take takes the first n bytes of the part away. They are not cut any more.
func (c *Cutter) Take(n int) []byte {
	part, rest := c.part[:n:n], c.part[n:]
	c.part, c.seen = append([]byte(nil), rest...), 0
	c.since = c.now
	c.returned = len(rest) == 0 && part[n-1] == '\r'
	return part
}

// Drop forgets the part.
func (c *Cutter) Drop() { c.part, c.seen = nil, 0 }

// Write takes in the next bytes. Whole lines are used where they lie.
func (c *Cutter) Write(p []byte) {
	p = c.endTaken(p)
	for len(p) > 0 {
		switch i := bytes.IndexByte(p, '\n'); {
		case c.long:
			n := i + 1
			if i < 0 {
				n = len(p)
			}
			c.goOn(p[:n])
			p = p[n:]
		case i < 0:
			c.keep(p)
			return
		case len(c.part) > 0:
			c.part = append(c.part, p[:i+1]...)
			line := c.part
			c.part, c.seen = nil, 0
			p = p[i+1:]
			c.lines(line)
			c.part = line[:0]
		default:
			n := bytes.LastIndexByte(p, '\n') + 1
			c.lines(p[:n])
			p = p[n:]
		}
	}
}

// Close cuts what is left.
func (c *Cutter) Close() {
	c.line(c.part)
	c.Drop()
}

// endTaken takes the LF of a line that was taken up to its CR.
func (c *Cutter) endTaken(p []byte) []byte {
	if len(p) == 0 || !c.returned {
		return p
	}
	c.returned = false
	if p[0] != '\n' {
		return p
	}
	c.next.Late(p[:1])
	c.next.EndLine(true)
	return p[1:]
}

// lines hands whole lines on, and cuts those that must be cut.
func (c *Cutter) lines(p []byte) {
	for at := c.next.Whole(p, 0); at < len(p); at = c.next.Whole(p, at) {
		end := at + bytes.IndexByte(p[at:], '\n') + 1
		c.line(p[at:end])
		at = end
	}
}

// keep keeps the beginning of a line, after cutting off the frames that are complete.
func (c *Cutter) keep(p []byte) {
	if len(c.part) == 0 {
		c.since = c.now
	}
	c.part = append(c.part, p...)
	part := c.part
	if c.whole && len(part) <= Longest {
		return
	}
	for !c.long {
		var n int
		if n, c.seen = view.FrameLen(part, c.seen); n == 0 {
			if len(part) <= view.Most(part, Longest) {
				break
			}
			n = len(part)
		}
		c.frame(part[:n])
		part, c.seen = c.returns(part[n:]), 0
	}
	if c.long && len(part) > 0 {
		n := c.passable(part)
		c.passLong(part[:n])
		part = part[n:]
	}
	c.part = c.part[:copy(c.part, part)]
}

// line cuts one line into frames. It may be without an end, if nothing comes behind it.
func (c *Cutter) line(line []byte) {
	for len(line) > 0 && !c.long {
		n, _ := view.FrameLen(line, 0)
		if n == 0 {
			n = len(line)
		}
		c.frame(line[:n])
		line = c.returns(line[n:])
	}
	if c.long {
		c.passLong(line)
	}
}

// returns hands on the empty frames that a line goes on with, but the last of them, behind which more may belong to it. They are
// counted at once, since what ends a line may be as many carriage returns.
func (c *Cutter) returns(line []byte) []byte {
	for n := len(line) - len(bytes.TrimLeft(line, "\r")); n > 1 && n < len(line) && line[n] != '\n'; n-- {
		c.frame(line[:1])
		line = line[1:]
	}
	return line
}

// frame hands on a frame or line, or begins to pass one that is too long.
func (c *Cutter) frame(raw []byte) {
	ended := raw[len(raw)-1] == '\n'
	n := len(raw)
	if ended {
		n--
	}
	if n > view.Most(raw, Longest) {
		c.long = !ended
		c.next.Long(raw, true)
		return
	}
	c.next.Frame(raw)
	if ended {
		c.next.EndLine(bytes.HasSuffix(raw, []byte("\r\n")))
	}
}

// goOn goes on with a line that is too long.
func (c *Cutter) goOn(p []byte) {
	if len(c.part) > 0 {
		p = append(c.part, p...)
		c.part = nil
	}
	n := c.passable(p)
	c.passLong(p[:n])
	c.part = append(c.part, p[n:]...)
}

// passable is how much of a part of a line that is too long passes now. Where nobody waits, carriage returns wait for what is
// behind them: they may belong to the end of the line.
func (c *Cutter) passable(p []byte) int {
	if c.whole {
		p = bytes.TrimRight(p, "\r")
	}
	return len(p)
}

// passLong passes the rest of a line that is too long, or a part of it.
func (c *Cutter) passLong(p []byte) {
	c.long = !bytes.HasSuffix(p, []byte("\n"))
	c.next.Long(p, false)
}
