package draft

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A Passage finds out what a line of a log is part of: a traceback that no rule knows,
// from its head to its error, without what others have written in between, and of a
// chain of them the last; or nothing, and then it is the line alone. The log is
// written to it, up to where it is Done, and it is closed then.
type Passage struct {
	number  int
	filter  *filter.Filter
	sink    Unclaimed
	view    view.Line
	open    map[string]*traceback // by who writes: a prefix, and a host
	in      *traceback            // the open one that the line is in; nil: none
	found   *traceback            // the one that it is in, when it has ended
	chained bool                  // found is a later one of the same chain
	done    bool
	line    []byte // the line as it stands
	known   string // the rule that claims it, or a part of it
	unknown bool   // there is something in it that no rule claims
}

// A traceback passes by.
type traceback struct {
	text    []byte
	numbers []int
	head    bool // it has one; else it may be about to have one
	indent  int  // what stands in front of the head, such as a host
	ended   bool // its error has passed; it may be the cause of another
	cause   bool // it is
}

const (
	// maxTraceback is how many lines of a traceback are looked at.
	maxTraceback = 1000
	// maxPassage is how much of a line is kept, in bytes: no rule is made of more.
	maxPassage = 1 << 20
	// maxPassing is how many pass at the same time.
	maxPassing = 1024
)

// NewPassage returns the passage of a line, counted from 1, among the rules that
// there are; nil: there are none.
func NewPassage(number int, known *rules.Set) *Passage {
	p := &Passage{number: number, open: map[string]*traceback{}}
	set := rules.NewSet()
	if known != nil {
		set = Lifted(known)
	}
	p.sink.Line = p.take
	p.filter = filter.New(set, filter.SinkFunc(p.event), filter.Options{})
	return p
}

// Write takes in the next bytes of the log.
func (p *Passage) Write(b []byte) (int, error) { return p.filter.Write(b) }

// Close ends the log.
func (p *Passage) Close() error {
	err := p.filter.Close()
	p.sink.Flush()
	return err
}

// Done reports whether the rest of the log does not matter.
func (p *Passage) Done() bool { return p.done }

// Read is how many lines were read.
func (p *Passage) Read() int { return int(p.filter.Summary().Input.Lines) }

// Text returns the passage, and the number of each of its lines. It is empty if the
// log has fewer lines.
func (p *Passage) Text() (text []byte, numbers []int) {
	switch {
	case p.found != nil:
		return p.found.text, p.found.numbers
	case len(p.line) == 0:
		return nil, nil
	}
	return p.line, []int{p.number}
}

// Chained reports whether the line is in a traceback that was the cause of another,
// and the passage is the last of these: the engine knows a chain by its last error.
func (p *Passage) Chained() bool { return p.chained }

// Known returns a *KnownError if a rule claims all of the line; else nil.
func (p *Passage) Known() error {
	if p.known == "" || p.unknown {
		return nil
	}
	return &KnownError{[]string{p.known}}
}

// event takes what comes out of the engine.
func (p *Passage) event(e filter.Event) error {
	if e.Line <= p.number {
		p.keep(e)
	}
	return p.sink.Event(e)
}

// keep keeps what an event has of the line.
func (p *Passage) keep(e filter.Event) {
	number := e.Line
	for raw := range bytes.Lines(e.Raw) {
		if number == p.number {
			p.line = append(p.line, raw[:min(len(raw), max(0, maxPassage-len(p.line)))]...)
			if e.Rule != nil {
				p.known = e.Rule.ID
			}
			p.unknown = p.unknown || e.Rule == nil && len(bytes.TrimSpace(raw)) > 0
		}
		number++
	}
}

// take takes a line that no rule knows.
func (p *Passage) take(raw []byte, number int) {
	if p.done {
		return
	}
	p.view.Look(view.LastFrame(raw))
	text := p.view.Text
	who := p.view.Dress + "\n" + pyinfra.Host(text)
	if t := p.open[who]; t != nil {
		p.goOn(t, who, raw, text, number)
	} else {
		p.begin(who, raw, text, number)
	}
	p.done = number >= p.number && p.in == nil
}

// begin opens a traceback, if one begins here.
func (p *Passage) begin(who string, raw, text []byte, number int) {
	indent := pyinfra.HostLen(text)
	head := bytes.HasPrefix(text[indent:], []byte(cpython.TracebackHead))
	if !head && cpython.IgnoredLen(text[indent:]) == 0 {
		return
	}
	if len(p.open) >= maxPassing && p.in == nil {
		clear(p.open)
	}
	t := &traceback{head: head, indent: indent}
	p.open[who] = t
	p.add(t, raw, number)
}

// goOn takes a line of whoever writes a traceback.
func (p *Passage) goOn(t *traceback, who string, raw, text []byte, number int) {
	text = text[min(t.indent, len(text)):]
	switch head := bytes.HasPrefix(text, []byte(cpython.TracebackHead)); {
	case t.ended:
		p.behind(t, who, raw, text, number)
	case head && !t.head:
		t.head = true
		p.add(t, raw, number)
	case head || !t.head || len(t.numbers) >= maxTraceback:
		p.drop(t, who)
		p.begin(who, raw, p.view.Text, number)
	case len(text) == 0, bytes.HasPrefix(text, []byte("--> ")):
	case text[0] == ' ', cpython.IsMarks(text):
		p.add(t, raw, number)
	default:
		p.add(t, raw, number)
		p.end(t)
	}
}

// end ends a traceback, which may be the cause of another.
func (p *Passage) end(t *traceback) {
	t.ended = true
	if p.in == t {
		p.found, p.chained = t, t.numbers[0] > p.number
	}
}

// behind takes a line behind a traceback: what leads to the next one of a chain, or
// something else.
func (p *Passage) behind(t *traceback, who string, raw, text []byte, number int) {
	head := bytes.HasPrefix(text, []byte(cpython.TracebackHead))
	switch {
	case len(bytes.TrimSpace(text)) == 0, bytes.HasPrefix(text, []byte("--> ")):
	case !t.cause && leadsOn(text):
		t.cause = true
		if number == p.number {
			p.in = t
		}
	default:
		in := p.in == t && t.cause && head
		p.drop(t, who)
		p.begin(who, raw, p.view.Text, number)
		if in {
			p.in = p.open[who]
		}
	}
}

// leadsOn reports whether a line stands between an exception and one that came of it.
func leadsOn(text []byte) bool {
	return bytes.HasPrefix(text, []byte("During handling of the above exception, ")) ||
		bytes.HasPrefix(text, []byte("The above exception was the direct cause of "))
}

func (p *Passage) add(t *traceback, raw []byte, number int) {
	t.text = append(append(t.text, raw...), '\n')
	t.numbers = append(t.numbers, number)
	if number == p.number {
		p.in = t
	}
}

// drop ends a traceback.
func (p *Passage) drop(t *traceback, who string) {
	delete(p.open, who)
	if p.in == t {
		p.in = nil
	}
}
