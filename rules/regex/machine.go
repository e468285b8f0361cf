package regex

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A machine matches what Go's own matcher cannot: it goes through Go's program of the
// translation, and takes an empty group of a special for what it stands for. It tries one
// way after the other, and remembers from where it went in vain, so that it takes no more
// steps than the text is long times the length of the program; unless there are references:
// then where it stands does not say all. Steps are counted, and there is a limit to them,
// which depends on the text alone: what is decided on one machine is on each.

// A program is a translated expression made ready for the machine.
type program struct {
	*syntax.Prog
	does []deed // by instruction
	base int    // of what is remembered of it
}

// A deed is what an instruction for a group does.
type deed struct {
	*special
	sub   *program
	group int // 2n: its beginning, 2n+1: its end; -1: none
}

// plan makes an expression ready. size counts the instructions of all programs.
func (t *translated) plan(size *int) (*program, error) {
	re, err := syntax.Parse(t.source, syntax.Perl)
	if err != nil {
		return nil, tooLarge(err)
	}
	names := re.CapNames()
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, tooLarge(err)
	}
	p := &program{Prog: prog, does: make([]deed, len(prog.Inst)), base: *size}
	*size += len(prog.Inst)
	for i := range prog.Inst {
		if prog.Inst[i].Op != syntax.InstCapture {
			continue
		}
		if p.does[i], err = t.deed(names[prog.Inst[i].Arg/2], int(prog.Inst[i].Arg%2), size); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// deed reads the name of a group.
func (t *translated) deed(name string, end int, size *int) (d deed, err error) {
	kind, number := readGroup(name)
	d.group = -1
	switch {
	case kind == 'g':
		d.group = 2*number + end
	case kind == 's' && end == 0:
		d.special = &t.specials[number]
		d.sub, err = d.plan(size)
	}
	return d, err
}

// readGroup reads what translator.group writes. The whole match has no name.
func readGroup(name string) (kind byte, number int) {
	if name == "" {
		return 0, 0
	}
	text, _, _ := strings.Cut(name[1:], "_")
	number, _ = strconv.Atoi(text)
	return name[0], number
}

func (s *special) plan(size *int) (*program, error) {
	if s.sub == nil {
		return nil, nil
	}
	return s.sub.plan(size)
}

func tooLarge(err error) error {
	return fmt.Errorf("this pattern repeats too much, or is nested too deep; write * or + in place of a number (%w)", err)
}

// A machine is an expression made ready.
type machine struct {
	*program
	size   int  // instructions of all programs
	groups int  // highest number of a group, and one
	refers bool // to what a group has matched, so that nothing can be remembered
}

func newMachine(t *translated) (*machine, error) {
	m := &machine{}
	var err error
	m.program, err = t.plan(&m.size)
	if err != nil {
		return nil, err
	}
	m.look(m.program)
	return m, nil
}

// look finds out what there is in a program.
func (m *machine) look(p *program) {
	for i := range p.does {
		d := &p.does[i]
		m.groups = max(m.groups, d.group/2+1)
		if d.special != nil {
			m.refers = m.refers || d.kind == reference || d.kind == hasGroup
			m.groups = max(m.groups, d.special.group+1)
		}
		if d.sub != nil {
			m.look(d.sub)
		}
	}
}

const (
	// stepsAtLeast is how many steps a match may take in any case, and stepsPerByte how
	// many more for each byte of the text, besides what the machine takes at most if it
	// can remember.
	stepsAtLeast = 100_000
	stepsPerByte = 50
	// maxDeep is how many choices may be open at a time: each takes memory.
	maxDeep = 50_000
	// maxVain bounds the bits of what is remembered: 8 MiB.
	maxVain = 64 << 20
)

// A matching is one text that is matched.
type matching struct {
	*machine
	text    string
	caps    []int       // where groups begin and end; -1: nowhere
	vain    []uint64    // a bit for each instruction and place from which it went in vain; nil: that is not remembered
	trail   []int       // bits that were set within subs
	open    map[int]int // by instruction, where it has gone without getting on
	inside  int         // how many subs it is in
	steps   int         // that are left
	deep    int
	stopped bool // it had to end before all was tried
	room    []uint64
}

// matchings are those that are over, to be used again.
var matchings = sync.Pool{New: func() any { return &matching{} }}

// maxRoom is how much room is kept of one, in words: 64 KiB.
const maxRoom = 8 << 10

func (m *matching) free() {
	*m = matching{room: m.room}
	matchings.Put(m)
}

// zeroes returns so many, in the room that there is if they are not too many.
func (m *matching) zeroes(n int) []uint64 {
	if n > maxRoom {
		return make([]uint64, n)
	}
	if n > len(m.room) {
		m.room = make([]uint64, n)
	} else {
		clear(m.room[:n])
	}
	return m.room[:n]
}

// match looks for the expression in a text, and returns where its groups are. decided
// is false when that took more than the limits allow.
func (m *machine) match(text string) (caps []int, ok, decided bool) {
	if !m.refers && m.size*(len(text)+1) > maxVain {
		return nil, false, false
	}
	run := matchings.Get().(*matching)
	defer run.free()
	*run = matching{machine: m, text: text, caps: make([]int, 2*m.groups), steps: stepsAtLeast + stepsPerByte*len(text), room: run.room}
	for i := range run.caps {
		run.caps[i] = -1
	}
	if m.refers {
		run.open = map[int]int{}
	} else {
		run.vain = run.zeroes(m.size*(len(text)+1)/64 + 1)
		run.steps += 2 * m.size * (len(text) + 1)
	}
	for at := 0; at <= len(text) && !run.stopped; at += width(text, at) {
		if _, ok := run.from(m.program, m.Start, at, -1); ok && !run.stopped {
			return run.caps, true, true
		}
	}
	return nil, false, !run.stopped
}

// width is how long the character at a place is; 1 at the end.
func width(text string, at int) int {
	_, n := utf8.DecodeRuneInString(text[at:])
	return max(1, n)
}

// from goes on from an instruction at a place. It returns where the match ends, which must
// be at to unless that is negative.
func (m *matching) from(p *program, pc, at, to int) (end int, ok bool) {
	m.deep++
	defer func() { m.deep-- }()
	for m.goesOn() {
		i := &p.Inst[pc]
		switch i.Op {
		case syntax.InstMatch:
			return at, to < 0 || at == to
		case syntax.InstAlt, syntax.InstAltMatch:
			if m.refers {
				return m.either(p, pc, at, to)
			}
			if p.repeats(pc) {
				return m.greedy(p, pc, at, to)
			}
			if to < 0 && m.wasVain((p.base+pc)*(len(m.text)+1)+at) {
				return 0, false
			}
			if end, ok := m.from(p, int(i.Out), at, to); ok {
				return end, true
			}
			pc = int(i.Arg)
			continue
		case syntax.InstEmptyWidth:
			if !m.empty(i, at) {
				return 0, false
			}
		case syntax.InstCapture:
			if d := &p.does[pc]; d.special != nil || d.group >= 0 {
				return m.do(p, d, int(i.Out), at, to)
			}
		case syntax.InstNop:
		default: // a character
			r, n := utf8.DecodeRuneInString(m.text[at:])
			if n == 0 || i.Op == syntax.InstFail || !i.MatchRune(r) {
				return 0, false
			}
			at += n
		}
		pc = int(i.Out)
	}
	return 0, false
}

// repeats reports whether an instruction repeats a character, as often as it can.
func (p *program) repeats(pc int) bool {
	body := &p.Inst[p.Inst[pc].Out]
	return isCharacter(body) && int(body.Out) == pc
}

func isCharacter(i *syntax.Inst) bool {
	return i.Op == syntax.InstRune || i.Op == syntax.InstRune1 || i.Op == syntax.InstRuneAny || i.Op == syntax.InstRuneAnyNotNL
}

// greedy goes as far as a repetition of a character goes, and on from there; then from a
// character less, and so on. It does what from would, without calling itself for each.
func (m *matching) greedy(p *program, pc, at, to int) (end int, ok bool) {
	body, next := &p.Inst[p.Inst[pc].Out], int(p.Inst[pc].Arg)
	seen := func(at int) bool { return to < 0 && m.wasVain((p.base+pc)*(len(m.text)+1)+at) }
	if seen(at) {
		return 0, false
	}
	last := at
	for m.goesOn() {
		r, n := utf8.DecodeRuneInString(m.text[last:])
		if n == 0 || !body.MatchRune(r) || seen(last+n) {
			break
		}
		last += n
	}
	for {
		if end, ok = m.from(p, next, last, to); ok || last == at || m.stopped {
			return end, ok
		}
		_, n := utf8.DecodeLastRuneInString(m.text[:last])
		last -= n
	}
}

// goesOn counts a step.
func (m *matching) goesOn() bool {
	m.steps--
	m.stopped = m.stopped || m.steps < 0 || m.deep > maxDeep
	return !m.stopped
}

// wasVain reports whether it was here already, and remembers that it is.
func (m *matching) wasVain(bit int) bool {
	if m.vain[bit/64]>>(bit%64)&1 > 0 {
		return true
	}
	m.vain[bit/64] |= 1 << (bit % 64)
	if m.inside > 0 {
		m.trail = append(m.trail, bit)
	}
	return false
}

// either tries one way after the other where nothing can be remembered. Who comes back to
// the same place has got nowhere.
func (m *matching) either(p *program, pc, at, to int) (end int, ok bool) {
	before, was := m.open[p.base+pc]
	if was && before == at {
		return 0, false
	}
	m.open[p.base+pc] = at
	end, ok = m.from(p, int(p.Inst[pc].Out), at, to)
	if !ok {
		end, ok = m.from(p, int(p.Inst[pc].Arg), at, to)
	}
	if delete(m.open, p.base+pc); was {
		m.open[p.base+pc] = before
	}
	return end, ok
}

func (m *matching) empty(i *syntax.Inst, at int) bool {
	before, after := rune(-1), rune(-1)
	if at > 0 {
		before, _ = utf8.DecodeLastRuneInString(m.text[:at])
	}
	if at < len(m.text) {
		after, _ = utf8.DecodeRuneInString(m.text[at:])
	}
	return i.MatchEmptyWidth(before, after)
}
