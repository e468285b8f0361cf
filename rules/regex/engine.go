// Package regex matches the expressions of rules, in the syntax of regexp2, in a time that is
// bounded by the text: Go's matcher where it can, a machine of its own with a limit elsewhere.
package regex

import (
	"slices"
	"strings"
	"sync"

	regexp2 "github.com/dlclark/regexp2/v2/syntax"
)

// An Engine is what matches an expression: Go's matcher, whose time grows with the length
// of the text and no faster; or, for what Go does not have, the machine, behind a matcher
// of Go's that finds more than the expression does.
type Engine struct {
	plain  *quick
	groups []int // of plain: the number of each; 0: it has none
	// all: plain says all that there is to say. ascii: of texts of ASCII.
	all, ascii bool
	numbers    map[string]int // of named groups
	rest       func() (*rest, error)
	slow       []specialKind // what Go does not have
}

// A rest is what is needed where plain does not say all.
type rest struct {
	relaxed *quick
	*machine
}

// New makes an engine of an expression.
func New(source string) (*Engine, error) {
	tree, err := regexp2.Parse(source, regexp2.ParseOptions{RegexOptions: regexp2.RE2})
	if err != nil {
		return nil, err
	}
	e := &Engine{numbers: tree.Capnames}
	in, err := translate(tree, source, inASCII)
	if err != nil {
		return nil, err
	}
	e.ascii = len(in.specials) == 0
	e.slow = in.kinds()
	e.rest = sync.OnceValues(func() (*rest, error) { return newRest(tree, source) })
	if !e.ascii {
		return e, nil
	}
	e.all = !strings.Contains(in.source, `\b`) && !strings.Contains(in.source, `\B`)
	if e.plain, err = newQuick(in.source); err != nil {
		return nil, tooLarge(err)
	}
	for _, name := range e.plain.SubexpNames() {
		_, number := readGroup(name)
		e.groups = append(e.groups, number)
	}
	return e, nil
}

// kinds are those of all specials.
func (t *translated) kinds() (all []specialKind) {
	for _, s := range t.specials {
		if all = append(all, s.kind); s.sub != nil {
			all = append(all, s.sub.kinds()...)
		}
	}
	return all
}

func newRest(tree *regexp2.RegexTree, source string) (*rest, error) {
	wide, err := translate(tree, source, relaxed)
	if err != nil {
		return nil, err
	}
	r := &rest{}
	if r.relaxed, err = newQuick(wide.source); err != nil {
		return nil, tooLarge(err)
	}
	narrow, err := translate(tree, source, exact)
	if err != nil {
		return nil, err
	}
	r.machine, err = newMachine(narrow)
	return r, err
}

// says reports whether plain says all of a text.
func (e *Engine) says(text []byte) bool { return e.all || e.ascii && isASCII(text) }

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// An Answer is what an engine says of a text.
type Answer int

// The answers. Undecided: to find out would have taken more steps than a limit allows.
const (
	No Answer = iota
	Yes
	Undecided
)

// Check finds what cannot be compiled of what is made when it is first needed.
func (e *Engine) Check() error {
	if e.all {
		return nil
	}
	_, err := e.rest()
	return err
}

// Slowly names what Go does not have, each once.
func (e *Engine) Slowly() (what []string) {
	for _, kind := range e.slow {
		if text := constructs[kind]; !slices.Contains(what, text) {
			what = append(what, text)
		}
	}
	return what
}

// Group returns the number of a named group.
func (e *Engine) Group(name string) int { return e.numbers[name] }

// Match answers for a text.
func (e *Engine) Match(text []byte) Answer {
	if e.says(text) {
		return answer(e.plain.Match(text), true)
	}
	r, err := e.rest()
	if err != nil || !r.relaxed.Match(text) {
		return answer(false, err == nil)
	}
	_, ok, decided := r.match(string(text))
	return answer(ok, decided)
}

// MatchGroups is Match and Find in one: what Go does not have is slow.
func (e *Engine) MatchGroups(text []byte) (Answer, map[int][2]int) {
	if e.says(text) {
		if !e.plain.Match(text) {
			return No, nil
		}
		return Yes, e.Find(text)
	}
	r, err := e.rest()
	if err != nil || !r.relaxed.Match(text) {
		return answer(false, err == nil), nil
	}
	caps, ok, decided := r.match(string(text))
	return answer(ok, decided), groupsOf(caps)
}

// groupsOf are where groups are, by their numbers, of what a machine has found.
func groupsOf(caps []int) map[int][2]int {
	out := map[int][2]int{}
	for n := 0; n+1 < len(caps); n += 2 {
		out[n/2] = [2]int{caps[n], caps[n+1]}
	}
	return out
}

func answer(ok, decided bool) Answer {
	switch {
	case !decided:
		return Undecided
	case ok:
		return Yes
	}
	return No
}

// Find returns where the groups are in a text, by their numbers: the beginning and the end
// of each; nil: the expression does not match.
func (e *Engine) Find(text []byte) map[int][2]int {
	if !e.says(text) {
		r, err := e.rest()
		if err != nil {
			return nil
		}
		caps, ok, _ := r.match(string(text))
		if !ok {
			return nil
		}
		return groupsOf(caps)
	}
	at := e.plain.FindSubmatchIndex(text)
	if at == nil {
		return nil
	}
	out := map[int][2]int{}
	for i, number := range e.groups {
		if from, to := at[2*i], at[2*i+1]; number > 0 && from >= 0 && out[number][1] <= to {
			out[number] = [2]int{from, to} // a group of this name may be there twice
		}
	}
	return out
}
