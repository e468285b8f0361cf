package outcome

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// among returns the run of a writer that a line is of; nil: it begins another one.
func (f *Follower) among(writer string, top *run, text []byte, line int) *run {
	switch {
	case top.below == nil && !top.isOver(text):
		if top.resulted != nil && isHeader(text) {
			top.doubt(text)
		}
		return top
	case top.below == nil && top.isEnded():
		f.cutStops(line)
		f.open = !top.results && top.last == nil // its last word may come yet
		f.over(writer)
		return nil
	case top.below == nil:
		return nil
	}
	return f.amongSeveral(writer, top, text, line)
}

func (f *Follower) amongSeveral(writer string, top *run, text []byte, line int) *run {
	s := read(text)
	r := top.whose(&s)
	switch {
	case s.step == pyinfra.Config && (top.began || top.last != nil), r == nil && top.isOver(text):
		if top.isEnded() {
			f.drop(writer, top)
		}
		return nil
	case r == nil:
		if r = top; s.step != pyinfra.NoStep {
			top.confused()
		} else if s.host != "" {
			top.troubled(&Failure{Line: line, Host: s.host, Reason: shorten(s.said)})
		}
	case s.host != "" && r.step > pyinfra.Connects && r.step < pyinfra.Starts && !pyinfra.IsResult(s.said): // it may be of one that connects
		r.troubled(&Failure{Line: line, Host: s.host, Reason: shorten(s.said)})
	case s.tells():
		f.turn++
		r.spoke = f.turn
		f.speaks(writer, r, &s)
	}
	return r
}

// A saying is what a line says that tells whose it is.
type saying struct {
	text   []byte
	step   pyinfra.Step
	header bool
	word   bool   // an error that ends a run
	host   string // empty: it is of none
	said   []byte
	result bool // of an operation
	joins  bool // a host is connected
	table  bool // a row of a table of results that adds up
	other  bool // what only a run that has not ended says
}

func read(text []byte) saying {
	s := saying{text: text, header: isHeader(text)}
	if s.header {
		s.step = pyinfra.StepOf(text)
		s.word = s.step == pyinfra.NoStep && (lastWord.Match(text) || exception.Match(text))
		return s
	}
	if bytes.HasPrefix(text, []byte(hostLine)) {
		name, said, nested := splitHost(text)
		_, ends := done(said, 0)
		s.host, s.said, s.result, s.joins = pyinfra.Name(string(name)), said, ends && !nested, isConnected(said)
		return s
	}
	if pyinfra.NamesHost(text) { // what it prints, with -vvv
		s.other = true
		return s
	}
	s.table = total.Match(text) || row.Match(text)
	s.other = stopped.Match(text) || asked.Match(text) || refused.Match(text) || warning.Match(text) || bytes.HasPrefix(text, []byte(inner))
	return s
}

// tells reports whether the run that a line is of is seen to go on by it. Other lines may not be looked at.
func (s *saying) tells() bool { return s.header || s.result || s.table }

// whose returns whose a line is among a run and those below it: of the last one that may say such, unless one of which it is
// seen that it goes on beside says it rather. nil: of none, as it seems.
func (r *run) whose(s *saying) (best *run) {
	n := 0
	for o := range r.down {
		switch m := o.fits(s); {
		case m == 0:
		case best == nil, m > n && o.spoke > best.since:
			best, n = o, m
		case m >= n && (s.step == pyinfra.Starts || s.result):
			if mix(best, o); s.step == pyinfra.Starts && o.isDone() { // it does not wait for what goes on in it
				best.beside, best.sided, o.sided = append(best.beside, o), true, true
			}
		}
	}
	return best
}

// fits says how well a line fits where a run has come to; 0: it cannot be its.
func (r *run) fits(s *saying) int {
	switch {
	case s.step != pyinfra.NoStep:
		return r.fitsStep(s.step, s.text)
	case s.word:
		return r.fitsWord()
	case s.header:
		return also(!r.isEnded() || hint.Match(s.text), false)
	case s.host != "":
		return r.fitsHost(s)
	case s.table:
		return also(r.results && !r.isEnded(), false)
	case s.other:
		return also(!r.isEnded(), false)
	}
	return also(true, r.trace != nil || r.goesOn != nil)
}

// fitsWord is fits for what pyinfra says last. A row of a table of results may look like it.
func (r *run) fitsWord() int {
	switch {
	case r.results && !r.isEnded():
		return also(true, r.table.read == 0)
	case r.disconnects > 0:
		return also(true, r.last == nil)
	}
	return also(r.last == nil && r.step <= pyinfra.Inventory, false)
}

// also is 0 unless it may be, and 2 if it is likely as well.
func also(may, likely bool) int {
	switch {
	case may && likely:
		return 2
	case may:
		return 1
	}
	return 0
}

// fitsStep is fits for a step. pyinfra takes none twice but that which begins an operation, and leaves out none that
// matters here.
func (r *run) fitsStep(s pyinfra.Step, text []byte) int {
	switch {
	case s == pyinfra.Disconnects && r.disconnects == 0 && r.step > pyinfra.Inventory:
		return also(true, r.results && r.table.read > 0 || r.allFailed() || r.last != nil)
	case r.isEnded(), s == pyinfra.Starts && r.allFailed():
		return 0
	case s == pyinfra.Disconnects:
		return 1
	case s == pyinfra.Starts, s == pyinfra.Results:
		operating := r.step == pyinfra.Begins || r.step == pyinfra.Starts || !r.whole && r.step < s
		return also(operating, r.step == pyinfra.Begins || r.isReady())
	case s == pyinfra.Prepares && r.step == s && bytes.HasPrefix(text, []byte("--> Preparing Operations")): // before 3.2 it says so twice
		return 1
	case s <= r.step:
		return 0
	case !r.whole:
		return 1
	}
	return also(r.step >= before[s], true)
}

// before is the step that a run has taken before one of its own, at the least.
var before = map[pyinfra.Step]pyinfra.Step{
	pyinfra.Inventory: pyinfra.Config, pyinfra.Connects: pyinfra.Inventory, pyinfra.Prepares: pyinfra.Connects, pyinfra.Detects: pyinfra.Connects, pyinfra.Begins: pyinfra.Connects,
}

// fitsHost is fits for what is said of a host.
func (r *run) fitsHost(s *saying) int {
	known := r.hosts[s.host] || r.more
	switch {
	case r.isEnded(), r.whole && r.step < pyinfra.Connects:
		return 0
	case r.step == pyinfra.Connects:
		return also(!s.result, s.joins)
	case s.joins:
		return 0
	case !known && (r.whole || len(r.hosts) > 0):
		return 0
	case isReadySaid(s.said):
		return also(true, r.step == pyinfra.Prepares)
	case s.result:
		return also(r.operating, r.isWaitingFor(s.host))
	}
	return also(true, r.operating)
}

func isConnected(said []byte) bool {
	return bytes.HasPrefix(said, []byte("Connected")) && pyinfra.IsResult(said)
}

func isReadySaid(said []byte) bool { return bytes.HasPrefix(said, []byte("Ready: ")) }

// isReady reports whether each host has come to the end of the operation that goes on, as far as is known.
func (r *run) isReady() bool {
	for host := range r.hosts {
		if !r.failed[host] && !r.resulted[host] {
			return r.mixed
		}
	}
	return true
}

// isDone reports whether the operation that goes on is seen to have come to its end on each host.
func (r *run) isDone() bool {
	return r.step == pyinfra.Starts && !r.mixed && !r.more && len(r.hosts) > 0 && r.isReady()
}

// isWaitingFor reports whether the operation that goes on may have no result on a host yet.
func (r *run) isWaitingFor(host string) bool { return r.mixed || !r.resulted[host] }

// allFailed reports whether each host that was connected has failed.
func (r *run) allFailed() bool {
	for host := range r.hosts {
		if !r.failed[host] {
			return false
		}
	}
	return len(r.hosts) > 0 && !r.more
}

// speaks takes in that a run says something which none of those above it can have said: those of them that have ended are over, and
// those that have not are passed.
func (f *Follower) speaks(writer string, r *run, s *saying) {
	for o := range f.writers[writer].down {
		if o == r {
			break
		}
		if o.isEnded() {
			f.drop(writer, o)
		} else if s.step != pyinfra.NoStep && !(s.step == pyinfra.Starts && r.mixed) && !contains(o.beside, r) && !contains(o.behind, r) {
			o.behind, r.sided = append(o.behind, r), true
			mix(o, r)
		}
	}
	for o := range r.below.down {
		if o.isEnded() && s.step != pyinfra.NoStep {
			f.drop(writer, o)
		}
	}
	if s.step != pyinfra.NoStep && len(r.behind) > 0 {
		r.beside, r.behind, r.sided = append(r.beside, r.behind...), nil, true
	}
	f.goesOn(r)
}

// doubt notes that a run which was not alone says what it cannot say where it has come to: another one goes on beside it.
func (r *run) doubt(text []byte) {
	if s := read(text); (s.word || s.step != pyinfra.NoStep) && r.fits(&s) == 0 {
		r.sided = true
	}
}

// confused notes that a run and those below it have said something that none of them could: whose their lines are is not known.
func (r *run) confused() {
	for o := range r.down {
		o.sided = true
		if o.below != nil {
			o.beside = append(o.beside, o.below)
			mix(o, o.below)
		}
	}
}

// mix notes that a line of one of two runs may as well be one of the other.
func mix(a, b *run) {
	if !contains(a.mixes, b) {
		a.mixes, b.mixes = append(a.mixes, b), append(b.mixes, a)
	}
}
