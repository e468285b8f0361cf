package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/view"
)

// maxLine is the length up to which a line is matched. The rest of a longer
// one passes as it comes; there is no limit on what passes.
const maxLine = 64 << 10

// feed cuts the input into lines. Whole lines are used where they lie; what
// has not ended yet is kept until it has.
func (f *Filter) feed(p []byte) {
	p = f.endShown(p)
	for len(p) > 0 {
		if f.panicked {
			f.pass(p)
			return
		}
		switch i := bytes.IndexByte(p, '\n'); {
		case f.long:
			n := i + 1
			if i < 0 {
				n = len(p)
			}
			f.passLong(p[:n], i >= 0)
			p = p[n:]
		case i < 0:
			f.keepPart(p)
			return
		case len(f.part) > 0:
			f.part = append(f.part, p[:i+1]...)
			line := f.part
			f.part, f.seen = nil, 0
			p = p[i+1:]
			f.lines(line)
			f.part = line[:0]
		default:
			n := bytes.LastIndexByte(p, '\n') + 1
			f.lines(p[:n])
			p = p[n:]
		}
	}
}

// endShown takes the LF of a line that was shown up to its CR.
func (f *Filter) endShown(p []byte) []byte {
	if len(p) == 0 || !f.returned {
		return p
	}
	f.returned = false
	if p[0] != '\n' {
		return p
	}
	f.pass(p[:1])
	f.endLine(true)
	return p[1:]
}

// passLong passes the rest of a line that is too long to be matched.
func (f *Filter) passLong(p []byte, ended bool) {
	f.tooLong(p)
	f.pass(p)
	if ended {
		f.long = false
		f.endLine(false)
	}
	f.finish()
}

// keepPart keeps the beginning of a line, after taking from it the frames
// that are complete.
func (f *Filter) keepPart(p []byte) {
	if len(f.part) == 0 {
		f.partAt = f.now
	}
	f.part = append(f.part, p...)
	part := f.part
	for len(part) > 0 && !f.long {
		var n int
		if n, f.seen = view.FrameLen(part, f.seen); n == 0 {
			if len(part) <= maxLine {
				break
			}
			n = len(part)
		}
		f.frameOf(part[:n])
		part, f.seen = part[n:], 0
	}
	if f.long && len(part) > 0 {
		f.pass(part)
		part = nil
	}
	f.part = f.part[:copy(f.part, part)]
	f.renew()
}

// lines handles whole lines. As long as no block is open, only those are
// looked at that the gate holds back.
func (f *Filter) lines(p []byte) {
	s := suspects{gate: f.gate, view: &f.view, lines: p, hidden: -1}
	if f.gate != nil {
		s.walk = f.gate.Walk(p)
	}
	f.known.from.at = -1
	for s.at < len(p) {
		if f.quiet() {
			if from := f.known.from.at; from >= 0 {
				f.remember(p[from:s.at])
			}
			f.known.from.at = -1
			from := s.at
			s.skip()
			f.plain = true
			f.pass(p[from:s.at])
			f.plain = false
			f.line += bytes.Count(p[from:s.at], []byte("\n"))
			if s.at > from {
				f.shown, f.stands, f.within = false, false, nil
			}
		}
		if s.at == len(p) {
			return
		}
		if n := f.again(p[s.at:]); n > 0 {
			s.at += n
			continue
		}
		if f.known.from.at < 0 && f.alone() {
			f.known.from = f.tallied(s.at)
		}
		f.physical(s.next())
	}
}

// quiet reports whether a line without any literal has no part in anything.
func (f *Filter) quiet() bool {
	return f.gate != nil && f.busyVoices == 0 && len(f.held) == 0
}

// suspects walks through whole lines to those that may be about a rule.
type suspects struct {
	gate  *gate.Gate
	walk  gate.Walk  // through the lines
	view  *view.Line // to look with; its content is not kept
	lines []byte
	at    int // what lies before was walked through
	// hidden is where, from at on, a sequence is first that may stand in a literal;
	// -1: look for it
	hidden int
}

// next returns the next line.
func (s *suspects) next() []byte {
	from := s.at
	s.at += bytes.IndexByte(s.lines[from:], '\n') + 1
	return s.lines[from:s.at]
}

// skip goes to the next line that holds a literal of a rule. A literal may be
// hidden by escape sequences in it, so that lines with such are looked at
// without them.
func (s *suspects) skip() {
	for s.at < len(s.lines) {
		to := s.nextHidden()
		if i := s.walk.Find(s.at); i >= 0 && i < to {
			s.at += bytes.LastIndexByte(s.lines[s.at:i], '\n') + 1
			return
		}
		if to == len(s.lines) {
			s.at = to
			return
		}
		s.at += bytes.LastIndexByte(s.lines[s.at:to], '\n') + 1
		start := s.at
		line := s.next()
		if s.gate.Find(s.view.Bare(line)) >= 0 || s.gate.Find(line) >= 0 {
			s.at = start
			return
		}
	}
}

// nextHidden returns where the next escape sequence lies, or the end. It is
// remembered: most logs have none, and are not to be searched for each line.
func (s *suspects) nextHidden() int {
	if s.hidden < s.at {
		s.hidden = len(s.lines)
		for _, begin := range [...]string{"\x1b", view.EscFigures} {
			if i := bytes.Index(s.lines[s.at:s.hidden], []byte(begin)); i >= 0 {
				s.hidden = s.at + i
			}
		}
	}
	return s.hidden
}

// physical handles one line that must be looked at, frame by frame.
func (f *Filter) physical(line []byte) {
	for len(line) > 0 && !f.long {
		n, _ := view.FrameLen(line, 0)
		if n == 0 {
			n = len(line)
		}
		f.frameOf(line[:n])
		line = line[n:]
	}
	if f.long {
		f.passLong(line, bytes.HasSuffix(line, []byte("\n")))
	}
}

// frameOf handles a frame or line, or begins to pass one that is too long.
func (f *Filter) frameOf(raw []byte) {
	ended := raw[len(raw)-1] == '\n'
	n := len(raw)
	if ended {
		n--
	}
	if n > maxLine {
		f.tooLong(raw)
		f.pass(raw)
		f.long, f.shown = !ended, !ended
	} else {
		f.frame(raw)
		f.shown = f.shown && f.view.End == len(raw)
	}
	if ended {
		f.endLine(bytes.HasSuffix(raw, []byte("\r\n")))
	}
}

// endLine comes behind each line that was looked at. returned: a CR stood in front
// of the LF.
func (f *Filter) endLine(returned bool) {
	f.settleMargin()
	f.line++
	f.row++
	f.shown, f.stands, f.within, f.returns = false, false, nil, returned
}

// pass lets bytes leave unclaimed, behind what is held.
func (f *Filter) pass(p []byte) {
	if len(p) == 0 {
		return
	}
	f.stand()
	f.put(segment{raw: p, line: f.line, visible: true})
}
