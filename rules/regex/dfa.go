package regex

import (
	"encoding/binary"
	"regexp"
	"regexp/syntax"
	"slices"
	"sort"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Go's matcher follows all ways through an expression at a time, which takes 30 to 50 ns for each byte of a long text, and a long
// line may hold what a hundred expressions begin with. Whether one matches at all is known sooner: the ways that are open
// together are a state, and where the next character leads from there is found out once. States are made as they are needed (see
// RE2: https://swtch.com/~rsc/regexp/regexp3.html); an expression that has too many is left to Go's.

const (
	// paysFrom is how many bytes were asked before it pays to make states.
	paysFrom = 16 << 10
	// maxStates, maxClasses and maxWays bound what is remembered of an expression: some 40 KiB.
	maxStates  = 128
	maxClasses = 64
	maxWays    = 4096
	// maxAutomata is what those of all expressions take together, in bytes. If it is more, all are forgotten.
	maxAutomata = 1 << 20
	// maxInsts is how large an expression is at most.
	maxInsts = 4000
)

// Where a state leads.
const (
	unknown int32 = iota
	never         // nothing matches any more
	matched
	others // behind these are where the ways begin that lead from each state: its row
)

// A quick is a regular expression of Go's that says quickly whether it matches.
type quick struct {
	*regexp.Regexp
	mutex   sync.Mutex // who does not get it asks Go's
	machine *automaton // nil: it was not needed, or is not to be had
	asked   int        // so many bytes since there was none
	off     bool
}

// automata are those that there are. A log is matched on several cores side by side.
var automata struct {
	sync.Mutex
	of    []*quick
	bytes int
}

func newQuick(source string) (*quick, error) {
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, err
	}
	return &quick{Regexp: re}, nil
}

// Match reports whether the expression matches somewhere in a text.
func (q *quick) Match(text []byte) bool {
	if q.mutex.TryLock() {
		matches, ok := q.atOnce(text)
		q.mutex.Unlock()
		if ok {
			return matches
		}
	}
	return q.Regexp.Match(text)
}

// atOnce asks the automaton if that pays; ok: it has an answer.
func (q *quick) atOnce(text []byte) (matches, ok bool) {
	if q.asked += len(text); q.asked < paysFrom {
		return false, false
	}
	return q.ask(text)
}

// ask asks the automaton; ok: it has an answer.
func (q *quick) ask(text []byte) (matches, ok bool) {
	if q.off {
		return false, false
	}
	before := 0
	if q.machine == nil {
		q.machine = newAutomaton(q.String())
	} else {
		before = q.machine.size()
	}
	if q.machine == nil {
		q.off = true
		return false, false
	}
	if matches, ok = q.machine.match(text); !ok { // it has too many states, and would have again
		q.off = true
	}
	if grown := q.machine.size() - before; grown > 0 {
		q.grow(before == 0, grown)
	}
	if q.off {
		q.machine = nil
	}
	return matches, ok
}

// grow takes the bytes of an automaton into account, which may be a new one. If they are too many, all are forgotten but those that
// others ask right now.
func (q *quick) grow(fresh bool, bytes int) {
	automata.Lock()
	defer automata.Unlock()
	if fresh {
		automata.of = append(automata.of, q)
	}
	if automata.bytes += bytes; automata.bytes <= maxAutomata {
		return
	}
	asked := automata.of[:0]
	for _, other := range automata.of {
		switch {
		case other == q:
			q.machine, q.asked = nil, 0
		case other.mutex.TryLock():
			other.machine, other.asked = nil, 0
			other.mutex.Unlock()
		default:
			asked = append(asked, other)
		}
	}
	clear(automata.of[len(asked):])
	automata.of, automata.bytes = asked, 0
}

// An automaton has the states that were needed so far. Characters that no instruction tells apart are of one class; the last class is the
// end of the text.
type automaton struct {
	prog     *syntax.Prog
	anchored bool
	uses     syntax.EmptyOp // what is asked of what lies between two characters
	bounds   []rune         // where classes begin
	ascii    [utf8.RuneSelf]uint8
	end      int

	states []state
	known  map[string]int32
	next   []int32 // by row and class
	row    int     // how long one is
	ways   int     // of all states
	seen   []uint32
	age    uint32
	out    []uint32
	key    []byte
	hits   bool
}

// A state is which instructions come next, and what stands in front of them.
type state struct {
	insts []uint32
	last  rune // one of its kind; -1: the text begins
}

// newAutomaton returns one of an expression of Go's; nil: it is too large.
func newAutomaton(source string) *automaton {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil || len(prog.Inst) > maxInsts {
		return nil
	}
	a := &automaton{prog: prog, anchored: prog.StartCond()&syntax.EmptyBeginText != 0, known: map[string]int32{}, seen: make([]uint32, len(prog.Inst))}
	if a.classify(); a.end >= maxClasses {
		return nil
	}
	a.row = a.end + 1
	a.states = make([]state, others) // that stand for an answer
	a.next = make([]int32, int(others)*a.row)
	a.add([]uint32{uint32(prog.Start)}, -1)
	return a
}

// size is about how many bytes an automaton takes.
func (a *automaton) size() int {
	const inst, way, each = 40, 8, 120 // of an expression, and of a state
	return inst*len(a.prog.Inst) + way*a.ways + each*len(a.states) + 4*len(a.next)
}

// classify finds the classes.
func (a *automaton) classify() {
	cut := func(from, to rune) { a.bounds = append(a.bounds, from, to+1) }
	a.bounds = []rune{0}
	for i := range a.prog.Inst {
		switch in := &a.prog.Inst[i]; in.Op {
		case syntax.InstRuneAnyNotNL:
			cut('\n', '\n')
		case syntax.InstRune, syntax.InstRune1:
			cutRunes(in, cut)
		case syntax.InstEmptyWidth:
			a.uses |= syntax.EmptyOp(in.Arg)
		}
	}
	if a.uses&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0 {
		cut('0', '9')
		cut('A', 'Z')
		cut('_', '_')
		cut('a', 'z')
	}
	if a.uses&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0 {
		cut('\n', '\n')
	}
	slices.Sort(a.bounds)
	a.bounds = slices.Compact(a.bounds)
	a.end = len(a.bounds)
	for c := range a.ascii {
		a.ascii[c] = uint8(min(a.class(rune(c)), maxClasses))
	}
}

// cutRunes cuts where an instruction tells characters apart.
func cutRunes(in *syntax.Inst, cut func(from, to rune)) {
	if len(in.Rune) == 1 {
		cut(in.Rune[0], in.Rune[0])
		if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			for r := unicode.SimpleFold(in.Rune[0]); r != in.Rune[0]; r = unicode.SimpleFold(r) {
				cut(r, r)
			}
		}
		return
	}
	for i := 0; i+1 < len(in.Rune); i += 2 {
		cut(in.Rune[i], in.Rune[i+1])
	}
}

// class returns the class of a character.
func (a *automaton) class(r rune) int {
	return sort.Search(len(a.bounds), func(i int) bool { return a.bounds[i] > r }) - 1
}

// match reports whether the expression matches somewhere; ok: it is known.
func (a *automaton) match(text []byte) (matches, ok bool) {
	at := others * int32(a.row) // the first row
	for i := 0; i <= len(text); {
		class, n := a.end, 1
		if i < len(text) {
			if c := text[i]; c < utf8.RuneSelf {
				class = int(a.ascii[c])
			} else {
				var r rune
				r, n = utf8.DecodeRune(text[i:])
				class = a.class(r)
			}
		}
		i += n
		to := a.next[int(at)+class]
		if to == unknown {
			to = a.step(at, class)
		}
		if to < others {
			return to == matched, to != unknown
		}
		at = to
	}
	return false, true
}

// step finds out where a class leads from a row; unknown: there are too many states.
func (a *automaton) step(from int32, class int) int32 {
	r := rune(-1)
	if class < a.end {
		r = a.bounds[class]
	}
	s := &a.states[int(from)/a.row]
	a.age++
	a.hits, a.out = false, a.out[:0]
	between := syntax.EmptyOpContext(s.last, r)
	for _, pc := range s.insts {
		a.follow(pc, r, between)
	}
	to := matched
	if !a.hits {
		if !a.anchored && r >= 0 {
			a.out = append(a.out, uint32(a.prog.Start))
		}
		slices.Sort(a.out)
		to = a.add(slices.Compact(a.out), a.kind(r))
	}
	if to != unknown {
		a.next[int(from)+class] = to
	}
	return to
}

// kind is the one that stands for all characters of which the same is asked.
func (a *automaton) kind(r rune) rune {
	switch {
	case r == '\n' && a.uses&syntax.EmptyBeginLine != 0:
		return r
	case syntax.IsWordChar(r) && a.uses&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0:
		return 'a'
	}
	return ' '
}

// follow goes from an instruction to those behind the next character.
func (a *automaton) follow(pc uint32, r rune, between syntax.EmptyOp) {
	if a.seen[pc] == a.age {
		return
	}
	a.seen[pc] = a.age
	switch in := &a.prog.Inst[pc]; in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		a.follow(in.Out, r, between)
		a.follow(in.Arg, r, between)
	case syntax.InstCapture, syntax.InstNop:
		a.follow(in.Out, r, between)
	case syntax.InstEmptyWidth:
		if syntax.EmptyOp(in.Arg)&^between == 0 {
			a.follow(in.Out, r, between)
		}
	case syntax.InstMatch:
		a.hits = true
	case syntax.InstFail:
	default:
		if r >= 0 && takesRune(in, r) {
			a.out = append(a.out, in.Out)
		}
	}
}

func takesRune(in *syntax.Inst, r rune) bool {
	switch in.Op {
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	}
	return in.MatchRune(r)
}

// add returns the row of the state of some instructions, which may be a new one.
func (a *automaton) add(insts []uint32, last rune) int32 {
	if len(insts) == 0 {
		return never
	}
	a.key = binary.LittleEndian.AppendUint32(a.key[:0], uint32(last))
	for _, pc := range insts {
		a.key = binary.LittleEndian.AppendUint32(a.key, pc)
	}
	if to, ok := a.known[string(a.key)]; ok {
		return to
	}
	if len(a.states) == maxStates || a.ways+len(insts) > maxWays {
		return unknown
	}
	to := int32(len(a.next))
	a.ways += len(insts)
	a.known[string(a.key)] = to
	a.states = append(a.states, state{slices.Clone(insts), last})
	a.next = append(a.next, make([]int32, a.row)...)
	return to
}
