package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/lines"
	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/view"
)

// stages is where the stages of a filter meet: what the cutter has cut goes by the gate, is looked at, matched, and
// put into the queue. It is the filter, in the eyes of the cutter.
type stages struct{ *Filter }

// Whole lets whole lines leave, from a place on, up to the first one that must be looked at. As long as no
// block is open, those are the lines that the gate holds back.
func (f stages) Whole(p []byte, at int) int {
	if f.begins != nil {
		f.begins()
	}
	if at == 0 {
		f.begin(p)
	}
	for at < len(p) {
		if f.quiet() {
			f.match.Remember(p, at, f.line)
			if at = f.clean(p, at); at == len(p) {
				break
			}
		}
		n, taken := f.match.Again(p[at:], f.line)
		if n == 0 {
			f.match.Mark(at)
			break
		}
		at += n
		f.line += taken
		f.fed = true
	}
	return at
}

// begin begins with whole lines.
func (f stages) begin(p []byte) {
	f.match.Begin()
	if g := f.plan.rules.Gate; g != nil {
		f.gate = g.Lines(p, &f.view, f.ahead)
	}
}

// quiet reports whether a line without any literal has no part in anything.
func (f stages) quiet() bool {
	return f.plan.rules.Gate != nil && !f.match.Busy() && f.queue.Empty()
}

// clean lets lines leave, from a place on, up to the next one that holds a literal, and returns where that begins.
func (f stages) clean(p []byte, at int) int {
	to := f.gate.Next(at)
	to = at + beforeLong(p[at:to])
	if to > at {
		f.queue.Pass(p[at:to], f.line, f.gate.Known())
		f.countReturns(p[at:to])
		f.line += bytes.Count(p[at:to], []byte("\n"))
		f.fed = true
		f.match.Fresh()
	}
	return to
}

// beforeLong returns where in whole lines the first one begins that is too long to be whole, or the end of them. Such a line is cut
// into frames whatever is in it, as it is where it comes in in pieces.
func beforeLong(p []byte) int {
	for at := 0; len(p)-at > lines.Longest+1; {
		n := bytes.LastIndexByte(p[at:at+lines.Longest+1], '\n') + 1
		if n == 0 {
			return at
		}
		at += n
	}
	return len(p)
}

// Frame matches a line, or a frame of one. A text that is wrapped may have several.
func (f stages) Frame(raw []byte) {
	if f.fed && f.match.Idle(raw, f.line) { // else a carriage return may be a line end
		f.release()
		return
	}
	f.texts(raw)
	f.countReturns(raw)
}

// texts matches what is in a frame.
func (f stages) texts(raw []byte) {
	for f.view.First(raw); ; f.view.Next() {
		f.endReturned(raw)
		f.queue.Put(f.match.Line(&f.view, f.line))
		f.match.End(&f.view)
		f.release()
		if f.view.IsLine() && (f.view.Inner || f.view.EndsHere()) {
			f.queue.EndText()
			f.match.EndLine(false)
		}
		if !f.view.Inner {
			return
		}
	}
}

// endReturned takes a frame for a line if it ends with a bare carriage return, and no line feed came so far: there are
// logs that have these for line ends. What is in an object has an end of its own.
func (f stages) endReturned(frame []byte) {
	if f.fed || frame[len(frame)-1] != '\r' {
		return
	}
	if string(f.view.Raw[f.view.End:]) == "\r" {
		f.view.EndHere()
	}
	if !f.out.returned && f.plan.outcome.MayDecide(f.view.Text) {
		f.out.countReturns()
		f.line += f.returns
	}
}

// countReturns counts the lines that end with a bare carriage return: as lines of their own from the first one on that may be of a run.
// Until then it may be a bar that goes on in one line. They are counted as the output counts them, whatever frames they were cut into.
func (f stages) countReturns(raw []byte) {
	switch n := returnsIn(raw); {
	case f.fed:
	case f.out.returned:
		f.line += n
	default:
		f.returns += n
	}
}

// returnsIn counts the bare carriage returns in front of the first line feed.
func returnsIn(raw []byte) int { return bytes.Count(raw[:returned(raw)], []byte("\r")) }

// returned returns how many bytes are of lines that end with a bare carriage return, in front of the first line feed.
func returned(raw []byte) int {
	if i := bytes.IndexByte(raw, '\n'); i >= 0 {
		raw = bytes.TrimRight(raw[:i], "\r")
	}
	return bytes.LastIndexByte(raw, '\r') + 1
}

// release lets go of what need not wait, and of all if that is too much.
func (f stages) release() {
	if f.queue.Full() || f.match.Crowded() {
		f.match.GiveUp(f.line, match.TooMuchWaits)
		f.queue.Stand()
	}
	f.queue.Release()
}

// Long passes a part of a line that is too long to be matched.
func (f stages) Long(raw []byte, _ bool) {
	f.match.TooLong(raw)
	f.queue.Pass(raw, f.line, view.Nothing)
	f.countReturns(raw)
	if bytes.HasSuffix(raw, []byte("\n")) {
		f.match.Finish(f.line)
		f.queue.EndLine()
		f.line++
		f.fed = true
		f.match.EndLong()
	}
	f.release()
}

// Late passes the end of a line that was shown without it.
func (f stages) Late(raw []byte) { f.queue.Pass(raw, f.line, view.Nothing) }

// EndLine ends a line.
func (f stages) EndLine(returned bool) {
	f.queue.EndLine()
	f.line++
	f.fed = true
	f.match.EndLine(returned)
}
