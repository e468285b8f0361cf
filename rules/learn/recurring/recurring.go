// Package recurring finds lines that recur in a log and that no rule knows, while the log is
// scanned.
package recurring

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A Recurrences is a Sink that finds what comes again and again in a recorded log
// and what no rule claims. It stands beside the one that writes the log:
//
//	rec := NewRecurring(RecurringOptions{})
//	f := New(set, SinkFunc(func(e Event) error { _ = rec.Event(e); return out.Event(e) }), Options{})
//	…
//	f.Close()
//	unknown := rec.Unknown()
//
// It reads a log once, needs less than 2.5 MiB whatever the log, and does not
// depend on how the log is cut into events. A Miner finds more, as it reads logs
// more than once and keeps more of them: lines that differ in a word, blocks that
// are torn. A Recurrences is for one log and one goroutine.
//
// Lines are the same if their skeletons are. Lines that come together, in one
// order, nearly each time are one block, for each writer by itself: each prefix
// of a log collector and each host. Texts of others in between do not matter as long as
// that is so for most occurrences. A block is called as its first line is that comes least; whether it is known
// is asked line by line, since what comes together is another matter in the next log.
type Recurrences struct {
	options Options
	table   recurringTable
	sources sources
	writers writers
	part    []byte // a line that has not ended
	partAt  int    // its number
	tooLong bool   // there was more of it than is kept
	plain   []byte // a line without escape sequences
	keys    keys
	ahead   *Ahead // of lines that are to come; nil: nothing is known of them
	looks   *Ahead // what is found goes there, and nowhere else; nil: it does not
	rows    bool   // in a table of pyinfra
	epoch   int32  // counts the headers of pyinfra
	known   bool   // a rule has taken the line before, or the head of this traceback
	more    int    // texts that Unknown had no place for
}

// Options are what may be asked for. The zero value is good.
type Options struct {
	MinCount int // how often something occurs that is reported; 0: 5
	Most     int // how many are reported, those of the most lines; 0: 50
}

const (
	// maxRecurring is the length of a line up to which it is looked at.
	maxRecurring = 2048
	// maxSample and maxSampleLine bound the sample of a block, and each line in it,
	// in bytes.
	maxSample     = 4096
	maxSampleLine = 500
)

// New returns one that has seen nothing.
func New(o Options) *Recurrences {
	if o.MinCount == 0 {
		o.MinCount = 5
	}
	if o.Most == 0 {
		o.Most = 50
	}
	return &Recurrences{options: o, table: newRecurringTable(), writers: newWriters(), keys: newKeys()}
}

// Again forgets all that was seen, to be used for another log: to make a table takes longer than to read a small one.
func (r *Recurrences) Again() {
	r.table.forget()
	clear(r.keys.known)
	*r = Recurrences{options: r.options, table: r.table, keys: r.keys, writers: newWriters(), part: r.part[:0], plain: r.plain}
}

// Event takes in what no rule claims. It returns no error.
func (r *Recurrences) Event(e filter.Event) error {
	if e.Rule != nil {
		r.known = r.known || !e.Fold && len(e.Rule.Match.Block) == 0
		return nil
	}
	raw, number := e.Raw, e.Line
	dirty := bytes.IndexByte(raw, view.Esc) >= 0 || bytes.IndexByte(raw, '\r') >= 0
	for ; len(raw) > 0; number++ {
		i := bytes.IndexByte(raw, '\n')
		switch {
		case i < 0:
			r.keep(raw, number)
			return nil
		case len(r.part) > 0 || r.tooLong:
			r.keep(raw[:i], number)
			r.endPart()
		case i > 0:
			r.line(raw[:i], number, dirty)
		}
		raw = raw[i+1:]
	}
	return nil
}

// keep keeps the beginning of a line.
func (r *Recurrences) keep(raw []byte, number int) {
	if len(r.part) == 0 {
		r.partAt = number
	}
	const most = 4 * maxRecurring // colours and frames do not count
	n := min(len(raw), most-len(r.part))
	r.part = append(r.part, raw[:n]...)
	r.tooLong = r.tooLong || n < len(raw)
}

// endPart takes the line that was kept.
func (r *Recurrences) endPart() {
	if !r.tooLong {
		r.line(r.part, r.partAt, true)
	}
	r.part, r.tooLong = r.part[:0], false
}

// line takes a line, without its LF. dirty: it may hold escape sequences, or
// frames that are overwritten.
func (r *Recurrences) line(raw []byte, number int, dirty bool) {
	if len(raw) > 4*maxRecurring || isCommonResult(raw) {
		return
	}
	text := raw
	if dirty {
		r.plain = plainText(r.plain[:0], raw)
		text = r.plain
	}
	if len(text) > 0 && text[0] == '[' { // which may be the time, but seldom is
		if host, rest, ok := r.writers.knownHost(text); ok {
			r.rows = false
			r.ofHost(0, host, rest, number)
			return
		}
	}
	if bytes.HasPrefix(text, []byte("--> ")) { // without a prefix, mostly
		r.header()
		return
	}
	dress, text := r.writers.dress(text)
	switch {
	case len(text) == 0:
	case bytes.HasPrefix(text, []byte("--> ")):
		r.header()
	case !r.inTable(text):
		host, rest := r.writers.host(text)
		r.ofHost(dress, host, rest, number)
	}
}

// header takes a header of pyinfra.
func (r *Recurrences) header() {
	r.rows, r.known = false, false
	r.epoch++
}

// ofHost takes what is behind the prefix and the host; 0: there is none.
func (r *Recurrences) ofHost(dress, host int32, text []byte, number int) {
	source := r.sources.of(dress, host, r.epoch)
	if r.known = r.known && isTraced(text, source.frame); r.known || len(text) > maxRecurring {
		source.cut()
		source.frame = r.known
		return
	}
	if r.looks != nil {
		r.looks.note(text, &r.keys)
		source.goOn(text)
		return
	}
	if key, length := r.keys.of(text, r.ahead); length > 0 {
		r.count(source, text, number, key, length)
	}
}

// goOn notes what the next line follows.
func (l *source) goOn(text []byte) {
	l.frame = text[0] == ' ' && cpython.IsFrame(bytes.TrimLeft(text, " "))
}

// inTable reports whether a line is in a table of pyinfra.
func (r *Recurrences) inTable(text []byte) bool {
	if text[0] != ' ' {
		r.rows = false
		return false
	}
	if c := text[view.SkipSpaces(text):]; len(c) > 0 && (c[0] == 'O' || c[0] == 'R') && pyinfra.IsTableHead(text) {
		r.rows = true
	}
	return r.rows
}

// isCommonResult finds the results that pyinfra prints most, since nobody asks for
// them. What else it says is left out at the end.
func isCommonResult(line []byte) bool {
	switch {
	case len(line) == 0:
	case line[len(line)-1] == 's':
		return bytes.HasSuffix(line, []byte("] Success")) || bytes.HasSuffix(line, []byte("] No changes"))
	case line[len(line)-1] == 'd':
		return bytes.HasSuffix(line, []byte("] Connected"))
	}
	return false
}

// count enters a line with its key, and the length of its skeleton.
func (r *Recurrences) count(source *source, text []byte, number int, key uint64, length int) {
	// glue is how short a skeleton is that says nothing by itself: a line of
	// dashes or carets, a bracket. It belongs to the line before.
	const glue = 6
	if length < glue {
		key = mix(key, source.before)
	}
	source.before = key
	e := r.table.seen(key, number)
	e.put(glued, length < glue)
	switch {
	case e.count == 1:
		e.fresh = r.table.fresh.put(text)
	case e.sample == "":
		first := r.table.fresh.get(e.fresh)
		if first == nil {
			first = text
		}
		r.table.keep(e, first)
		e.put(inner, isInner(text, source.frame))
		e.put(ofHost, source.host)
	}
	source.goOn(text)
	r.sources.enter(source, e)
}
