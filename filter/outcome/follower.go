package outcome

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

const (
	// maxLine is how much of a line is looked at.
	maxLine = 8 << 10
	// maxAbove is how much of what was shown is kept, to find what a host said.
	maxAbove = 16 << 10
	// maxWriters bounds how many runs are followed side by side.
	maxWriters = 256
)

// A Plan is what all followers share. They read it only.
type Plan struct {
	gate    *gate.Gate // of Literals
	results *gate.Gate // of these, and of what the results of hosts begin with
	others  *gate.Gate // of what is in other lines
}

// NewPlan returns a plan.
func NewPlan() *Plan {
	return &Plan{gate.New(Literals(), []byte(pyinfra.Arrow)), gate.New(append(Literals(), resultWords...), []byte(pyinfra.Arrow)), others()}
}

// MayDecide reports whether a text, without a prefix, may be a line of a run of pyinfra.
func (p *Plan) MayDecide(text []byte) bool { return p.gate.Find(text) >= 0 }

// A Follower follows the runs of pyinfra in what is shown. A line of a run is looked
// at only if it holds a text that decides, or stands where any line may.
type Follower struct {
	plan   *Plan
	view   view.Line
	words  view.Line    // to look at lines again, see lastWords
	again  lookedAgain  // what was seen so
	look   search       // of the line that is looked at, see lastSaid
	said   lastWords    // looks for it
	part   []byte       // a line that has not ended
	at     int          // its number
	cut    bool         // more of it came than is looked at
	above  []byte       // what was shown last, in whole lines
	inner  []saidBefore // in the same object, in front of what is looked at
	within lookedAgain  // the last line of it, which may go on
	// before is what was written in front of the line that is looked at, and is not remembered yet.
	before []byte
	back   int // so many bytes of it may still be gone back over
	in     int // bytes that were shown before what is written now
	upTo   int // of all, where the line that is looked at ends
	paid   int // of all, up to where back has grown with them

	writers map[string]*run // by the prefix of their lines
	runs    [3]int          // how many of them listen, and are awake
	begun   int             // that were met so far
	turn    int             // see run.since
	open    bool            // the run that the next one begins behind has said that it ends, and not how
	room    *capped.Room    // for the hosts of all of them
	past    Outcome         // of runs that are over, but for what is recorded of them
	records []*Record       // that is
	quota   *quota          // for what is recorded of all of them; nil: nothing is
	now     time.Time       // see At
	stamp   []byte
}

// Follow returns a follower that has seen nothing.
func (p *Plan) Follow() *Follower {
	f := &Follower{plan: p, writers: map[string]*run{}, room: capped.NewRoom(maxRemembered), back: backAtOnce}
	f.said = f.lastSaid
	return f
}

// Record has what the runs do recorded, from here on.
func (f *Follower) Record() { f.quota = newQuota() }

// At says when what is written next comes in, of a run that goes on now. Without it, and
// where a line says it itself, it is the time that stands in front of a line.
func (f *Follower) At(now time.Time) { f.now = now }

// clock is when the line that was looked at last was written; the zero time: that is not
// known.
func (f *Follower) clock() time.Time {
	if !f.now.IsZero() {
		return f.now
	}
	t, _, _ := view.Time(string(f.stamp))
	return t
}

// A saidBefore is a line of a text in an object that others follow.
type saidBefore struct {
	writer string
	text   []byte
}

// Write takes in bytes that are shown; line is the number of the line that they begin
// in. What is taken out of the stream in between leaves no gap: a line that is shown
// in pieces is one line. The literals of which it may be known that there are none are all of Literals, and more.
func (f *Follower) Write(p []byte, line int, known view.Promise) {
	defer func(n int) { f.in += n }(len(p))
	if known > view.Nothing && f.runs[listens] == 0 && f.runs[awake] == 0 && len(f.part) == 0 && !f.cut {
		f.remember(p)
		return
	}
	if len(f.part) > 0 || f.cut {
		n := bytes.IndexByte(p, '\n') + 1
		if n == 0 {
			f.keep(p)
			return
		}
		f.keep(p[:n])
		whole := f.part
		f.part, f.cut = nil, false
		f.lines(whole, f.at, f.in+n-len(whole), view.Nothing)
		f.part = whole[:0]
		f.linesBehind(p, n, line+1, known)
		return
	}
	f.linesBehind(p, 0, line, known)
}

// linesBehind goes through the lines behind the first bytes of what is written, and keeps the beginning of the last.
func (f *Follower) linesBehind(p []byte, first, line int, known view.Promise) {
	from := f.in + first
	p = p[first:]
	n := bytes.LastIndexByte(p, '\n') + 1
	f.lines(p[:n], line, from, known)
	if n < len(p) {
		f.at = line + bytes.Count(p[:n], []byte("\n"))
		f.keep(p[n:])
	}
}

// keep keeps the beginning of a line. What is too long is cut.
func (f *Follower) keep(p []byte) {
	ended := bytes.HasSuffix(p, []byte("\n"))
	most := maxLine
	if len(f.part)+len(p) > most {
		most = f.most(p)
	}
	if room := most - len(f.part); len(p) > room {
		p, f.cut = p[:max(0, room)], true
	}
	f.part = append(f.part, p...)
	if ended && !bytes.HasSuffix(f.part, []byte("\n")) {
		f.part = append(f.part, '\n')
	}
}

// most is how much is kept of the line that goes on with p.
func (f *Follower) most(p []byte) int {
	begin := f.part[:min(len(f.part), view.LongestPrefix)]
	if len(begin) < view.LongestPrefix {
		begin = append(bytes.Clone(begin), p[:min(len(p), view.LongestPrefix-len(begin))]...)
	}
	if view.MayBeWrapped(begin) {
		return view.LongestObject
	}
	return maxLine
}

// lines goes through whole lines, to those that may decide. begin is how many bytes were shown before them.
func (f *Follower) lines(p []byte, line, begin int, known view.Promise) {
	if len(p) == 0 {
		return
	}
	var quiet *gate.Lines
	hidden := view.NewHidden(p)
	bare := (known == view.Bare || hidden.Next(0) == hidden.Len()) && bytes.IndexByte(p, '\r') < 0
	for at := 0; at < len(p); {
		from := at
		switch asleep := f.runs[awake] == 0 && f.runs[listens] == 0; {
		case asleep:
			if quiet == nil { // what sleeps is woken by texts alone, hidden or not: then it does not matter how lines come in
				walk := f.plan.gate.Lines(p, &f.view, nil)
				quiet = &walk
			}
			if at = quiet.Next(at); at == len(p) {
				f.remember(p)
				return
			}
			line += bytes.Count(p[from:at], []byte("\n"))
		case known > view.Nothing && bare:
			if at, line = f.quick(p, at, line); at == len(p) {
				f.remember(p)
				return
			}
		}
		to := at + bytes.IndexByte(p[at:], '\n') + 1
		if raw := cut(p[at:to]); f.mayDecide(raw) {
			f.upTo = begin + to
			f.line(raw, line, p[:at], bare)
		}
		at, line = to, line+1
	}
	f.remember(p)
}

// mayDecide reports whether a line has to be looked at where no run sleeps. One of a host is: that takes no longer than
// to find out.
func (f *Follower) mayDecide(raw []byte) bool {
	if f.runs[awake] > 0 || f.runs[listens] == 0 || isHostLine(raw) {
		return true
	}
	walk, hidden := f.plan.results.Walk(raw), view.NewHidden(raw)
	return next(&walk, &hidden, 0) >= 0
}

// next returns where in whole lines, from a place on, there is something that may decide, or
// that may hide such; -1: nowhere.
func next(walk *gate.Walk, hidden *view.Hidden, from int) int {
	i := walk.Find(from)
	if j := hidden.Next(from); i < 0 && j < hidden.Len() || j < i {
		return j
	}
	return i
}

// line looks at one line, frame by frame. before is what was written in front of it
// that is not remembered yet. bare: nothing is hidden in it, and it is one frame.
func (f *Follower) line(raw []byte, line int, before []byte, bare bool) {
	f.stamp = f.stamp[:0]
	if r := f.steadyAt(raw); bare && r != nil {
		f.hand(r, trimmed(raw[:len(raw)-1]), "", line, before)
		return
	}
	dress := ""
	for frame := range frames(raw) {
		for f.view.First(frame); ; f.view.Next() {
			if f.quota != nil {
				f.stamp = f.view.AppendStamp(f.stamp) // that of an earlier frame holds for those behind it
			}
			text, writer := f.seen(&f.view, dress)
			dress = cmp.Or(dress, f.view.Dress)
			if r := f.runOf(writer, text, line); r != nil {
				f.hand(r, text, writer, line, before)
			}
			if !f.view.Inner {
				f.inner = f.inner[:0]
				f.within.reset()
				break
			}
			f.keepInner(text, writer)
		}
	}
}

// hand hands what is to be seen of a frame to its run.
func (f *Follower) hand(r *run, text []byte, writer string, line int, before []byte) {
	f.look, f.before = search{writer: writer}, before
	r.line(text, line, f.said)
	if r.stopped == line {
		r.alone, r.upTo = f.isAlone(r), 0
	}
	top := f.writers[writer]
	if r.table.read == line && r.below != nil {
		top.giveTable(r)
	}
	f.count(top, top.attention())
}

// lastSaid finds what a host of the line that is looked at said last.
func (f *Follower) lastSaid(host string, alone, operating bool) (words []string, known bool) {
	s := f.look
	s.host, s.alone, s.operating = host, alone, operating
	words = f.lastWords(window(f.above, f.before), &s)
	return words, s.known
}

// frames yields the frames of a line that is overwritten.
func frames(raw []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(raw) > 0 {
			n, _ := view.FrameLen(raw, 0)
			if n == 0 {
				n = len(raw)
			}
			if !isSpinner(raw[:n]) && !yield(raw[:min(n, view.Most(raw[:n], maxLine))]) {
				return
			}
			raw = raw[n:]
		}
	}
}

// count counts the run of a writer that began last, with what is needed for it and those below it.
func (f *Follower) count(r *run, is attention) {
	f.runs[r.counted]--
	f.runs[is]++
	r.counted = is
}

// seen returns what is to be seen of a frame that was looked at, and whose it is: that of the line that it
// is in, if there is no prefix in front of it. The text is valid until the next look.
func (f *Follower) seen(v *view.Line, dress string) (text []byte, writer string) {
	text = trimmed(v.Text)
	if bytes.HasPrefix(text, []byte(greenletHead)) {
		return text, withoutStamp(v.Dress)
	}
	dress = cmp.Or(v.Dress, dress)
	if n := pyinfra.BranchLen(text); n > 0 {
		branch := dress + "branch " + string(text[1:n-2]) + "\n"
		if f.writers[branch] != nil || f.begins(dress, text[n:]) {
			return text[n:], branch
		}
	}
	return text, dress
}

// withoutStamp is the dress of a line in front of whose text its own writer has put the
// time, as gevent does.
func withoutStamp(dress string) string {
	return dress[:strings.LastIndexByte(strings.TrimSuffix(dress, "\n"), '\n')+1]
}
