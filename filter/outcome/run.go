package outcome

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

const (
	// maxHosts bounds how many hosts are remembered of a run that have not connected yet, or
	// have failed.
	maxHosts = capped.Most
	// maxRemembered bounds what is remembered of the hosts of all runs that are followed, in
	// bytes, and waitCost is what a host that has not connected takes.
	maxRemembered = 2 << 20
	waitCost      = 700
)

// A run is one run of pyinfra, as far as it has come.
type run struct {
	signs       *gate.Gate // see others
	from        int        // its first line that was looked at
	number      int        // counts the runs of a follower, from 1
	began       bool       // it has said something about itself
	whole       bool       // from its beginning
	phase       string     // see pyinfra.Phase; empty: none yet
	where       string     // the operation, or the phase, that it has come to before it disconnects
	connected   int        // hosts that are
	operating   bool       // its operations have begun
	started     bool       // one of them has
	start       int        // the line in which the last of them has; 0: other lines have followed
	mixed       bool       // hosts do not wait for each other
	results     bool       // it has got as far as the results, which 2.9 ends with
	disconnects int        // the line in which it says that it does; 0: it has not
	prepares    bool       // deploy files or a function, of which it says what they would change
	skips       bool       // it does not say what it would change: it is to do it
	asked       bool       // it has asked whether to go on without the hosts that failed
	warning     string     // what may be why nothing is done; empty: nothing was said
	warned      int        // its line
	nothing     int        // the line of a table of results in which nothing is; 0: there is none
	ignored     int        // the last line that says that an exception was ignored; 0: there is none

	room      *capped.Room        // for the hosts; that of all runs. nil: it has no end
	lost      bool                // more hosts have not connected yet than are remembered
	beyond    bool                // more hosts have failed than are remembered
	waiting   map[string]*Failure // hosts that have said something while connecting, and not that they are connected
	failures  []Failure
	failed    map[string]bool  // hosts
	last      *Failure         // pyinfra's last word; nil: it has had none
	doubted   *Failure         // what was its last word, before something seemed to go on; nil: nothing was
	absent    bool             // pyinfra itself was not found
	answered  bool             // it has shown what it was asked for: facts, the inventory
	parting   string           // what stands directly behind its disconnecting; empty: nothing does
	errors    int              // lines that name an error of an operation, ignored or not
	tabled    int              // errors that the table of results counts
	open      openHosts        // at which the operation that goes on has failed
	victims   []victim         // hosts for which greenlets worked that died
	crash     *Failure         // a traceback that nothing of pyinfra's has followed; nil: none
	stopped   int              // line of the interruption; 0: none
	alone     bool             // no other run went on then
	upTo      int              // the line in which another one has begun since; 0: none has
	after     []Failure        // behind it: of these it is said that they come of it
	usage     int              // line of click's usage; 0: none
	trace     *trace           // a traceback is being read; nil: none is
	chain     *trace           // one that has ended, and whose exception may be the cause of another one; nil: none
	goesOn    *Failure         // its text may go on in the next line; nil: none does
	told      told             // of that
	attentive int              // for so many lines more each line is looked at
	newer     bool             // it is of pyinfra 3: its results say how many commands were executed
	margin    margin           // of its lines about hosts
	early     []earlyLine      // until it is known
	rec       *recorder        // nil: what it does is not recorded
	clock     func() time.Time // when the line that is looked at was written; the zero time: that is not known

	step     pyinfra.Step    // that it has taken last
	hosts    map[string]bool // that were connected
	more     bool            // there are others
	resulted map[string]bool // hosts that have come to the end of the operation that goes on, since others lie below or above
	begun    map[string]bool // the operations that have; maxOperations at most
	table    table           // of its results

	below   *run      // that began before it, and has not ended; nil: there is none
	within  within    // what became of those that began within it
	counted attention // by the follower
	since   int       // the turn that it has begun in: they count what is said while there are several
	spoke   int       // its last turn
	covered bool      // another one has begun on it since the operation that goes on has
	beside  []*run    // of those below: of which it is seen that they go on beside it
	behind  []*run    // and those that have taken a step behind the last one of its own
	mixes   []*run    // of which some of its lines may be
	shared  bool      // the line that is looked at may be one of these
	sided   bool      // another one is seen to go on beside it
	trouble *Failure  // the first that looked like a failure, whether it was one or not; nil: nothing has
}

// How many lines are looked at, each of them, from the beginning of a phase on: those
// of hosts that connect may be any, and pyinfra's last word follows its last phase.
var attentions = map[string]int{"loading": 2000, "connecting": 20_000, pyinfra.LastPhase: 200}

// maxText bounds what is kept of a text, in lines; maxWidth in bytes a line.
const (
	maxText  = 5
	maxWidth = 240
)

// lastWords finds what a host said last in the lines above. alone: the run has no other. operating: up to the next header
// above they are of one operation. known: it was looked for as far up as it may be; else there may be more.
type lastWords func(host string, alone, operating bool) (words []string, known bool)

// An attention is which lines of a run have to be looked at.
type attention int

const (
	asleep  attention = iota // those with one of Literals
	listens                  // and those that may be a result: a host has failed, and may not have
	awake                    // each
)

// attention is which of the next lines have to be looked at, for the run or for one below it that is seen to go on.
func (r *run) attention() attention {
	a := r.needs()
	if r.below == nil {
		return a
	}
	for o := range r.below.down {
		if o.spoke > r.since {
			a = max(a, o.needs())
		}
	}
	return max(a, listens)
}

func (r *run) needs() attention {
	switch {
	case r.attentive > 0 || r.trace != nil || r.goesOn != nil || r.usage > 0 || (r.rec != nil || r.below != nil) && r.phase == "operations":
		return awake
	case len(r.open.of) > 0, r.operating && !r.newer && !r.results: // see bareError
		return listens
	}
	return asleep
}

// line takes in a line that may decide. words returns what a host said last, in the
// lines above this one.
func (r *run) line(text []byte, at int, words lastWords) {
	text = r.indented(text, at)
	if r.attentive = max(0, r.attentive-1); r.attentive == 0 {
		r.crash = nil // something else went on
	}
	if at-r.usage > maxUsage {
		r.usage = 0
	}
	if r.rec != nil && r.operating && !r.results {
		r.keep(text, at, words)
	}
	if r.phase == "results" {
		r.table.take(text)
	}
	switch {
	case r.continues(text), r.traceback(text, at):
	case isHeader(text):
		r.header(text, at)
	case bytes.HasPrefix(text, []byte(logged+"[")):
		r.start = 0
		r.host(text, at, words)
	default:
		r.start = 0
		r.other(text, at)
	}
}

// continues takes in a line that another one's text goes on with.
func (r *run) continues(text []byte) bool {
	f := r.goesOn
	if f == nil {
		return false
	}
	ends := len(bytes.TrimSpace(text)) == 0 || isHeader(text) || bytes.HasPrefix(text, []byte(logged)) || stopped.Match(text) || cpython.IsHead(text) || isPasted(text)
	if ends || len(f.Text) >= maxText {
		r.goesOn = nil
		return false
	}
	f.Text = append(f.Text, shorten(text))
	f.Reason = f.Text[0]
	if more := r.told.behind(f); more != "" {
		f.Reason = strings.TrimSuffix(f.Text[0], ":") + ": " + more
	}
	return true
}

// A told is which line of a text tells most, as far as it goes: each line of it is asked once.
type told struct {
	of    *Failure
	lines int    // of its text
	text  string // empty: none tells
	last  string // the last one that says anything: Jinja's errors have dots around what they show
}

// behind is telling for the lines behind the first. There are some.
func (t *told) behind(f *Failure) string {
	if t.of != f {
		*t = told{of: f, lines: 1}
	}
	for ; t.lines < len(f.Text); t.lines++ {
		line := f.Text[t.lines]
		if tellsMuch(line) {
			t.text = line
		}
		if strings.Trim(line, ". ") != "" {
			t.last = line
		}
	}
	return cmp.Or(t.text, t.last)
}

// header takes in a line of pyinfra's about the run.
func (r *run) header(text []byte, at int) {
	if phase := pyinfra.Phase(text); phase != "" {
		r.prepares, r.newer, r.step = r.prepares || prepares.Match(text), r.newer || newer.Match(text), pyinfra.StepOf(text)
		r.skips = r.skips || bytes.HasPrefix(text, []byte("--> Skipping change"))
		r.enter(phase, at, bytes.HasPrefix(text, []byte("--> Starting ")))
		return
	}
	if r.phase == "results" {
		return // a row of the table, whose operation is named like this
	}
	r.began, r.crash = true, nil
	r.answered = r.answered || r.phase != pyinfra.LastPhase
	switch m := lastWord.FindSubmatch(text); {
	case m != nil:
		r.lastWord(string(m[2]), at)
	case exception.Match(text):
		r.lastWord(strings.TrimSuffix(string(text[len("--> "):]), ":"), at)
		r.trace = &trace{of: r.last}
	case r.phase == pyinfra.LastPhase && !hint.Match(text) && r.last == nil:
		r.lastWord(string(text[len("--> "):]), at) // a kind that is not known
	}
}

// lastWord notes what pyinfra says of the error that ends it.
func (r *run) lastWord(text string, at int) {
	if r.margin == unseen && follows.MatchString(text) {
		r.adopt() // hosts have failed, and nothing else says which
	}
	r.settle()
	r.last = &Failure{Line: at, Operation: r.where, Reason: cmp.Or(shorten([]byte(text)), "pyinfra does not say why"), follows: r.asked || text == "" || follows.MatchString(text)}
	r.last.Text = []string{r.last.Reason}
	r.goesOn = r.last
	r.troubled(r.last)
}

// troubled notes what looks like a failure.
func (r *run) troubled(f *Failure) {
	if r.trouble == nil {
		r.trouble = f
	}
}

// enter begins a phase or an operation.
func (r *run) enter(name string, at int, operation bool) {
	r.settle()
	r.note(name, at, operation)
	r.whole = r.whole || !r.began && (name == "loading" || name == "connecting")
	r.began, r.crash = true, nil
	clear(r.open.of)
	r.phase, r.attentive = name, attentions[name]
	switch name {
	case pyinfra.LastPhase:
		r.disconnects = at
		return
	case "operations":
		r.operating = true
		r.wasNotStopped()
	case "gathering facts":
		r.answered = true
	case "results":
		r.results, r.table = true, table{}
		r.wasNotStopped()
		if r.below != nil || r.resulted != nil || len(r.failures) > 0 { // else its rows tell nothing new
			r.attentive = maxOperations
		}
	}
	r.goesOnAfterAll()
	r.where = name
	if operation {
		r.phase, r.operating, r.attentive = "operations", true, 0
		r.noteBegun(name)
		r.results, r.nothing, r.tabled, r.table = false, 0, 0, table{} // pyinfra begins nothing behind its results: an operation has printed such
		r.mixed = r.mixed || r.start > 0 && r.start >= at-1
		r.start = at
		r.started = true
	}
}

// noteBegun remembers that an operation has begun.
func (r *run) noteBegun(name string) {
	if r.begun == nil {
		r.begun = map[string]bool{}
	}
	if len(r.begun) < maxOperations {
		r.begun[name] = true
	}
	clear(r.resulted)
	r.covered = false
}

// settle ends what is only open within a phase: a host that has said something while
// connecting, and is not connected, has failed.
func (r *run) settle() {
	waiting := slices.SortedFunc(maps.Values(r.waiting), func(a, b *Failure) int { return cmp.Or(a.Line-b.Line, cmp.Compare(a.Host, b.Host)) })
	r.forgetWaiting()
	r.goesOn = nil
	for _, f := range waiting {
		r.fail(*f)
	}
}

// fail notes a failure. What comes behind an interruption comes of it.
func (r *run) fail(f Failure) {
	if r.stopped > 0 {
		if len(r.after) < MaxFailures {
			r.after = append(r.after, f)
		}
		return
	}
	if f.Host != "" {
		r.noteFailed(f.Host)
	}
	if len(r.failures) < MaxFailures {
		r.failures = append(r.failures, f)
	}
}

// forget gives back the room that the run takes.
func (r *run) forget() {
	r.forgetWaiting()
	for host := range r.failed {
		r.room.Give(len(host))
	}
	for host := range r.hosts {
		r.room.Give(len(host))
	}
	r.failed, r.hosts = nil, nil
}

// shorten is what is kept of a line.
func shorten(text []byte) string {
	text = bytes.TrimSpace(text)
	return strings.ToValidUTF8(string(text[:min(len(text), maxWidth)]), "\uFFFD")
}
