package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// Cuts finds where a log can be cut so that each part, filtered by itself by somebody who does not know the others, shows what
// it shows in the log. Whether it can is tried: at a place where no block is open, a filter that has seen nothing begins, and
// both go on side by side. They must decide the same, and once they carry the same as well, they go on alike whatever comes: then
// the place is one. So nothing has to be known here of what lines may depend on, but that a match.Carry has all of it.
//
// Most such places are where a run of pyinfra begins, and these come first; in one long run, where an operation begins; in
// what is no run, at any line.
type Cuts struct {
	plan   *Plan
	whole  *Part
	trial  *trial // nil: none goes on
	size   int64  // of a part, about
	at     int64  // bytes that were seen
	target int64  // from here on a place is looked for
	second int64  // the first place from there on that does not begin a run; 0: none was found
	mid    bool   // a line was seen in part
	line   []byte
	places []int64
}

// longestCut bounds a line that a log is cut in front of.
const longestCut = 64 << 10

// Cuts returns what is to be written a log, and says where that can be cut into parts of about so many bytes.
func (p *Plan) Cuts(size int64) *Cuts {
	size = max(1, size)
	return &Cuts{plan: p, whole: p.part(cutOptions, 1), size: size, target: size}
}

// cutOptions are those of who filters the parts. When undated lines were written is not asked: what is installed where that is done is not
// known here.
var cutOptions = Options{Recorded: true, Claims: true}

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

// look tries whether the log can be cut in front of the line, unless a place is tried that is as good, and takes it in.
func (c *Cuts) look() {
	if worth := worthOf(c.line); c.whole.rests() && (c.trial == nil || worth > c.trial.worth) && (c.second == 0 || worth == runBegins) {
		c.trial = &trial{fresh: c.plan.part(cutOptions, 1), from: c.at, line: c.whole.filter.line, worth: worth, next: 1, sums: map[tally.Sum]int{}}
		c.whole.decided = decided{}
	}
	c.feed(c.line)
	c.line = c.line[:0]
	if t := c.trial; t != nil {
		switch t.look(c.whole) {
		case failed:
			c.trial = nil
		case holds:
			c.found(t)
		}
	}
	if c.second > 0 && c.at > c.target+c.size/4 {
		c.cut(c.second)
	}
}

// found takes in that the log can be cut where a trial has begun.
func (c *Cuts) found(t *trial) {
	if c.trial = nil; t.worth == runBegins {
		c.cut(t.from)
	} else {
		c.second = t.from
	}
}

func (c *Cuts) cut(at int64) {
	c.places = append(c.places, at)
	c.target, c.second, c.trial = at+c.size, 0, nil
}

func (c *Cuts) feed(p []byte) {
	_, _ = c.whole.filter.Write(p)
	if c.trial != nil {
		_, _ = c.trial.fresh.filter.Write(p)
	} else {
		c.whole.decided = decided{left: c.whole.left[:0]}
	}
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

// A worth says how good it is to cut in front of a line.
type worth int

const (
	anyLine worth = iota
	operationBegins
	runBegins
)

// worthOf looks at the line alone. It decides which of several places is taken, and not whether one is.
func worthOf(line []byte) worth {
	var v view.Line
	v.Look(line)
	switch phase := pyinfra.Phase(v.Text); {
	case phase == match.FirstPhase:
		return runBegins
	case phase != "" || bytes.Contains(line, []byte("--> Starting operation: ")):
		return operationBegins
	}
	return anyLine
}

// A trial is a filter that has begun at a place in a log, beside that of the log.
type trial struct {
	fresh *Part
	from  int64
	worth worth
	line  int               // its number in the log
	lines int               // since then
	next  int               // after so many it is asked next whether they go on alike: once they do, they always do
	sums  map[tally.Sum]int // what one has counted and the other has not
}

// A verdict is what is known of a trial.
type verdict int

const (
	goesOn verdict = iota
	failed
	holds
)

// look holds what both have decided against each other, behind a line.
func (t *trial) look(whole *Part) verdict {
	t.lines++
	t.fresh.notesTo(t.sums, -1)
	if whole.notesTo(t.sums, 1); !agree(&whole.decided, &t.fresh.decided) {
		return failed
	}
	if t.lines < t.next {
		return goesOn
	}
	c, rests := whole.carry()
	d, too := t.fresh.carry()
	switch {
	case !rests || !too:
		return goesOn // it is asked behind the next line
	case !c.Equal(d):
		t.next *= 2
		return goesOn
	case len(t.sums) > 0, t.fresh.filter.line-1 != whole.filter.line-t.line, t.fresh.filter.out.returned: // what ends with a CR is a line where no LF came
		return failed
	}
	return holds
}

// notesTo adds up what was counted, and forgets it.
func (d *decided) notesTo(sums map[tally.Sum]int, times int) {
	for n := range d.notes.all() {
		n.AddTo(sums, times)
	}
	d.notes = notes{}
}

// agree reports whether the same was decided about bytes of which both have decided, and forgets that.
func agree(a, b *decided) bool {
	i, j := 0, 0
	for i < len(a.left) && j < len(b.left) {
		l, m := &a.left[i], &b.left[j]
		if l.rule != m.rule || l.fold != m.fold {
			return false
		}
		n := min(l.bytes, m.bytes)
		if l.bytes -= n; l.bytes == 0 {
			i++
		}
		if m.bytes -= n; m.bytes == 0 {
			j++
		}
	}
	a.left, b.left = append(a.left[:0], a.left[i:]...), append(b.left[:0], b.left[j:]...)
	return true
}

// rests reports whether no block is open, and a line begins. Before the first line feed only the beginning of all is such a place: what
// ends with a carriage return may be a line, or a part of one.
func (p *Part) rests() bool {
	f := p.filter
	return (f.fed || f.queue.Taken() == 0) && f.lines.Rests() && len(f.broken) == 0 && f.match.Rests()
}
