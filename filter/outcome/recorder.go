package outcome

import (
	"math"
	"slices"
	"time"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// What is recorded of all runs together, at most.
const (
	maxCells      = 20_000 // results of operations on hosts
	maxOperations = 2_000
	maxPhases     = 1_000
	maxTexts      = 200 // errors of which the text is kept
)

// A recorder keeps what one run does. Usually all hosts wait for each other, and a result
// is that of the operation that was begun last. With --no-wait, and --serial, each host
// goes through the operations by itself; see sequence.
type recorder struct {
	room   *quota
	phases []mark
	last   mark // that it disconnects, unless it goes on after all; without a name: it does not
	hosts  []string
	index  map[string]int // of hosts
	seen   []hostState    // by host
	above  int            // the host whose result stands directly above; -1: none does
	adjoin bool           // the beginning of an operation does
	within int            // the host whose result of one within another stands directly above; -1: none does

	waits   []*operation      // where hosts wait for each other: what has begun
	alone   *sequence         // where they do not; nil: they do
	inner   map[int]*sequence // what they run within the i-th
	pending []mark            // what has begun within one, and has no result yet
	full    bool              // an operation has begun for which there is no room
	more    int
}

// A quota is what may still be recorded.
type quota struct{ cells, operations, phases, texts int }

func newQuota() *quota { return &quota{maxCells, maxOperations, maxPhases, maxTexts} }

func take(n *int) bool {
	*n--
	return *n >= 0
}

// A mark is where and when something begins; the zero time: that is not known.
type mark struct {
	name string
	line int
	when time.Time
}

type hostState struct {
	from  int // the first line of what it says in the operation; 0: nothing yet
	began bool
	prior time.Time // of its last result
}

// An operation is one that has begun.
type operation struct {
	mark
	nested bool
	until  time.Time // of the last result
	cells  []cell
	of     []int32 // by host: the number of its cell, from 1; 0, or too short: it has none
}

// A cell is what became of an operation on a host. There are many.
type cell struct {
	host, first, last int32
	retries           int32
	took              float32 // seconds; below zero: not known
	kind              uint8   // among Results
	ignored           bool
	text              []string
}

func newCell(h int, d Done) cell {
	return cell{host: int32(h), first: int32(d.FirstLine), last: int32(d.LastLine), retries: int32(d.Retries), took: -1, kind: uint8(slices.Index(Results, d.Result)), ignored: d.Ignored, text: d.Text}
}

func (c *cell) done() *Done {
	d := &Done{Result: Results[c.kind], Ignored: c.ignored, Retries: int(c.retries), FirstLine: int(c.first), LastLine: int(c.last), Text: c.text}
	if c.took >= 0 {
		s := math.Round(float64(c.took)*1000) / 1000
		d.Seconds = &s
	}
	return d
}

func newRecorder(room *quota) *recorder {
	return &recorder{room: room, index: map[string]int{}, inner: map[int]*sequence{}, above: -1, within: -1}
}

// enter notes that a phase begins.
func (r *recorder) enter(name string, line int, when time.Time) {
	r.above, r.within, r.adjoin, r.last = -1, -1, false, mark{}
	if name == pyinfra.LastPhase {
		r.last = mark{name, line, when}
		return
	}
	if take(&r.room.phases) && (len(r.phases) == 0 || r.phases[len(r.phases)-1].name != name) {
		r.phases = append(r.phases, mark{name, line, when})
	}
}

// begin notes that an operation begins.
func (r *recorder) begin(at mark) {
	if r.alone == nil && r.adjoin && len(r.waits) == 1 && len(r.waits[0].cells) == 0 && r.waits[0].name == at.name {
		r.alone = r.apart() // each host begins the first one
	}
	above := r.above
	r.above, r.within, r.adjoin, r.last = -1, -1, true, mark{}
	if r.alone != nil {
		r.alone.begin(at, above)
		return
	}
	if r.full = !take(&r.room.operations); r.full {
		return
	}
	r.waits, r.pending = append(r.waits, newOperation(at)), nil
	for i := range r.seen {
		r.seen[i].from = 0
	}
}

func newOperation(at mark) *operation { return &operation{mark: at} }

// apart turns what has begun into a sequence that each host goes through by itself.
func (r *recorder) apart() *sequence {
	s := &sequence{ops: r.waits, done: map[int]int{}, waits: true}
	for _, op := range s.ops {
		for _, c := range op.cells {
			s.done[int(c.host)]++
		}
	}
	r.waits = nil
	return s
}

// maxPending is how many operations within others may be without a result.
const maxPending = maxHosts

// beginInner notes that one begins within another. pyinfra does not say on which host.
func (r *recorder) beginInner(at mark) {
	within := r.within
	r.above, r.within, r.adjoin = -1, -1, false
	if within >= 0 {
		s := r.innerOf(within)
		s.name(s.done[within], at)
	}
	if len(r.pending) < maxPending {
		r.pending = append(r.pending, at)
	}
}

// innerOf is what hosts run within the operation that a host is at.
func (r *recorder) innerOf(h int) *sequence {
	i := len(r.waits) - 1
	if r.alone != nil {
		i = r.alone.done[h]
	}
	s := r.inner[i]
	if s == nil {
		s = &sequence{done: map[int]int{}, nested: true}
		r.inner[i] = s
	}
	return s
}

// endInner returns that within another which a host has come to the end of; nil: it cannot be told.
func (r *recorder) endInner(h int) *operation {
	s := r.innerOf(h)
	i := s.done[h]
	if i >= len(s.ops) {
		if len(r.pending) == 0 || slices.ContainsFunc(r.pending, func(m mark) bool { return m.name != r.pending[0].name }) {
			s.lose()
			return nil
		}
		s.name(i, r.pending[0])
	}
	op := s.end(h)
	if op == nil {
		return nil
	}
	k := slices.IndexFunc(r.pending, func(m mark) bool { return m.name == op.name })
	if k < 0 {
		s.lose()
		return nil
	}
	r.pending = slices.Delete(r.pending, k, k+1)
	return op
}

// other notes that something else is said; host is whose line it is, "" that of none.
func (r *recorder) other(host string, line int) {
	r.said([]byte(host), line)
}

// said is other for what a host says.
func (r *recorder) said(host []byte, line int) {
	r.above, r.within, r.adjoin = -1, -1, false
	if h, ok := r.index[string(host)]; ok && r.seen[h].from == 0 {
		r.seen[h].from = line
	}
}

// host returns the number of a host; -1: there are too many.
func (r *recorder) host(name string) int {
	h, ok := r.index[name]
	if ok {
		return h
	}
	if len(r.hosts) >= maxHosts {
		return -1
	}
	r.index[name] = len(r.hosts)
	r.hosts, r.seen = append(r.hosts, name), append(r.seen, hostState{})
	return len(r.hosts) - 1
}

// result takes in how an operation ended on a host. Whatever looked like that above was what the
// host printed.
func (r *recorder) result(name string, d Done, nested bool, when time.Time) {
	h := r.host(name)
	if h < 0 || r.full || r.alone == nil && len(r.waits) == 0 {
		r.more++
		return
	}
	if d.FirstLine = r.seen[h].from; d.FirstLine == 0 {
		d.FirstLine = d.LastLine
	}
	op := r.operation(h, nested)
	if op == nil || !r.put(op, h, d, when) {
		return
	}
	r.above, r.within, r.adjoin = -1, -1, false
	if nested {
		r.within = h
		return
	}
	r.seen[h].from, r.seen[h].prior = 0, when
	if d.Result != Error || d.Ignored { // else it begins no other
		r.above = h
	}
}

// operation is that which a host has come to the end of; nil: it cannot be told.
func (r *recorder) operation(h int, nested bool) *operation {
	if r.alone == nil && r.isSerial(h) {
		last := r.waits[len(r.waits)-1]
		r.waits = r.waits[:len(r.waits)-1]
		r.alone = r.apart()
		r.alone.begin(last.mark, -1)
	}
	switch {
	case nested:
		return r.endInner(h)
	case r.alone != nil:
		return r.alone.end(h)
	}
	return r.waits[len(r.waits)-1]
}

// isSerial reports whether a host begins what another one has been through alone: the first
// operation once more.
func (r *recorder) isSerial(h int) bool {
	last := len(r.waits) - 1
	if last == 0 || r.seen[h].began || len(r.waits[last].cells) > 0 || r.waits[last].name != r.waits[0].name {
		return false
	}
	for _, op := range r.waits[:last] {
		if len(op.cells) != 1 || op.cells[0].host != r.waits[0].cells[0].host {
			return false
		}
	}
	return true
}

// put enters a result, and reports whether there was room for it.
func (r *recorder) put(op *operation, h int, d Done, when time.Time) bool {
	began := op.when
	if prior := r.seen[h].prior; r.alone != nil && !op.nested && !prior.IsZero() {
		began = prior
	}
	c := newCell(h, d)
	if s := between(began, when); s != nil {
		c.took = float32(*s)
	}
	r.seen[h].began, op.until = true, when
	if h < len(op.of) && op.of[h] > 0 {
		op.cells[op.of[h]-1] = c
		return true
	}
	if !take(&r.room.cells) {
		r.more++
		return false
	}
	op.cells = append(op.cells, c)
	op.of = append(op.of, make([]int32, max(0, h+1-len(op.of)))...)
	op.of[h] = int32(len(op.cells))
	return true
}

// record is what was recorded so far.
func (r *recorder) record() *Record {
	out := &Record{Phases: []Phase{}, Operations: []*Operation{}, More: r.more}
	phases := r.phases
	if r.last.name != "" {
		phases = append(slices.Clip(phases), r.last)
	}
	for i, p := range phases {
		phase := Phase{Name: p.name, FirstLine: p.line}
		if i+1 < len(phases) {
			phase.Seconds = between(p.when, phases[i+1].when)
		}
		out.Phases = append(out.Phases, phase)
	}
	all := slices.Clone(r.waits)
	for s := range r.sequences {
		all = append(all, s.begun()...)
		out.Unclear = out.Unclear || s.unclear
	}
	slices.SortStableFunc(all, func(a, b *operation) int { return a.line - b.line })
	for _, op := range all {
		out.Operations = append(out.Operations, r.shown(op))
	}
	return out
}

// sequences yields those that there are.
func (r *recorder) sequences(yield func(*sequence) bool) {
	if r.alone != nil && !yield(r.alone) {
		return
	}
	for _, s := range r.inner {
		if !yield(s) {
			return
		}
	}
}

func (r *recorder) shown(op *operation) *Operation {
	out := &Operation{Name: op.name, FirstLine: op.line, Nested: op.nested, Hosts: map[string]*Done{}, Seconds: between(op.when, op.until)}
	for i := range op.cells {
		out.Hosts[r.hosts[op.cells[i].host]] = op.cells[i].done()
	}
	return out
}
