package lint

import (
	"math"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2/v2/syntax"

	"github.com/orbfilter/orbfilter/rules"
)

const (
	// goodLiteral is how long the text in every match ought to be.
	goodLiteral = 8
	// manyTimes is from where on a repetition with a limit is like one without.
	manyTimes = 10
)

func (l *Linted) lintPatterns() {
	for _, p := range l.Rule.Match.Placed() {
		l.lintPattern(p)
	}
	l.lintAround("match.line", l.Rule.Match.Line)
	l.lintAround("match.repeat", l.Rule.Match.Repeat)
}

func (l *Linted) lintPattern(p rules.Placed) {
	lit, _ := p.Pattern.Literal()
	if len(lit) > 1 && len(lit) < goodLiteral && !strings.Contains(p.Path, ".python-") {
		l.Add(CheckLiteral, p.Path, "every match has %q, and no longer text", lit)
	}
	tree, err := syntax.Parse(p.Pattern.String(), syntax.ParseOptions{RegexOptions: syntax.RE2})
	if err != nil {
		return
	}
	if strings.ContainsRune(lit, '\x1b') {
		l.Add(CheckControl, p.Path, "this never matches: a line has no escape sequences when it is compared")
	}
	slow := p.Pattern.Slow()
	if len(slow) > 0 {
		l.Add(CheckSteps, p.Path, "Go's matcher, which takes one pass, does not have %s", strings.Join(slow, ", nor "))
	}
	t := traps{} // for whoever tries one way after the other: the machine, and other programs that rules are exported to

	t.walk(tree.Root, charSet{}, false)
	switch {
	case t.nested != "":
		l.Add(CheckBacktrack, p.Path, "a text with many %s is tried in more ways than can be counted", t.nested)
	case t.beside != "":
		l.Add(CheckPolynomial, p.Path, "a text with many %s takes time that grows with the square of its length", t.beside)
	}
}

// lintAround finds .* where a pattern is searched anyway.
func (l *Linted) lintAround(field string, p *rules.Pattern) {
	if p != nil && (strings.HasPrefix(strings.TrimPrefix(p.String(), "^"), ".*") || strings.HasSuffix(strings.TrimSuffix(p.String(), "$"), ".*")) {
		l.Add(CheckAround, field, "%s is searched in the line", p)
	}
}

// alphabet are the characters that a set is tried with: ASCII, and two that
// stand for all others.
const alphabet = 130

type charSet [alphabet]bool

func character(i int) rune {
	switch i {
	case alphabet - 2:
		return 'é'
	case alphabet - 1:
		return '中'
	}
	return rune(i)
}

func (s *charSet) add(t charSet) {
	for i := range t {
		s[i] = s[i] || t[i]
	}
}

// common returns a character that both sets have, as it is shown, or "".
func (s *charSet) common(t charSet) string {
	const first = 'a' // letters say more than control characters
	for n := range alphabet {
		i := (n + first) % alphabet
		if s[i] && t[i] {
			return strconv.Quote(string(character(i)))
		}
	}
	return ""
}

// single returns the characters that a node of one character matches, and
// false for any other node.
func single(n *syntax.RegexNode) (set charSet, ok bool) {
	for i := range set {
		c := character(i)
		switch n.T {
		case syntax.NtOne, syntax.NtOneloop, syntax.NtOnelazy, syntax.NtOneloopatomic:
			set[i] = c == n.Ch || n.Options&syntax.IgnoreCase != 0 && strings.EqualFold(string(c), string(n.Ch))
		case syntax.NtNotone, syntax.NtNotoneloop, syntax.NtNotonelazy, syntax.NtNotoneloopatomic:
			set[i] = c != n.Ch
		case syntax.NtSet, syntax.NtSetloop, syntax.NtSetlazy, syntax.NtSetloopatomic:
			set[i] = n.Set.CharIn(c)
		default:
			return set, false
		}
	}
	return set, true
}

// many reports whether a node repeats what it matches without much of a limit,
// and may give some of it back.
func many(n *syntax.RegexNode) bool {
	switch n.T {
	case syntax.NtOneloop, syntax.NtOnelazy, syntax.NtNotoneloop, syntax.NtNotonelazy, syntax.NtSetloop, syntax.NtSetlazy, syntax.NtLoop, syntax.NtLazyloop:
		return n.N == math.MaxInt32 || n.N-n.M >= manyTimes
	}
	return false
}

// first returns the characters that a match of a node may begin with, and
// whether it may be empty.
func first(n *syntax.RegexNode) (set charSet, empty bool) {
	if s, ok := single(n); ok {
		switch n.T {
		case syntax.NtOne, syntax.NtNotone, syntax.NtSet:
			return s, false
		}
		return s, n.M == 0
	}
	switch n.T {
	case syntax.NtMulti:
		return initial(n.Str[0]), false
	case syntax.NtConcatenate:
		return firstOf(n.Children)
	case syntax.NtAlternate:
		for _, c := range n.Children {
			s, e := first(c)
			set.add(s)
			empty = empty || e
		}
		return set, empty
	case syntax.NtLoop, syntax.NtLazyloop:
		set, empty = first(n.Children[0])
		return set, empty || n.M == 0
	case syntax.NtCapture, syntax.NtGroup, syntax.NtAtomic:
		return first(n.Children[0])
	}
	return set, true // it has no width, or nothing is known of it
}

// initial is the set of one character.
func initial(c rune) (set charSet) {
	for i := range set {
		set[i] = character(i) == c
	}
	return set
}

// firstOf is first of nodes that follow each other.
func firstOf(nodes []*syntax.RegexNode) (set charSet, empty bool) {
	for _, c := range nodes {
		s, e := first(c)
		set.add(s)
		if !e {
			return set, false
		}
	}
	return set, true
}

// traps are the places of a pattern where a matcher that backtracks may lose
// itself. Each is a character to lose itself with; empty: there is none.
type traps struct {
	nested string // (a+)+: the ways double with each character
	beside string // a*a*: they grow with the square
}

// walk looks for a repetition that may pass characters to what comes next in
// the repetition around it. next is what that may begin with; in: there is one
// around.
func (t *traps) walk(n *syntax.RegexNode, next charSet, in bool) {
	switch n.T {
	case syntax.NtConcatenate:
		t.sequence(n.Children, next, in)
		return
	case syntax.NtPosLook, syntax.NtNegLook, syntax.NtAtomic: // nothing is given back to what is in there
		for _, c := range n.Children {
			t.walk(c, charSet{}, false)
		}
		return
	case syntax.NtLoop, syntax.NtLazyloop:
		if s, _ := first(n.Children[0]); many(n) {
			t.pass(in, s, next)
			s.add(next)
			next, in = s, true
		}
	}
	if s, ok := single(n); ok && many(n) {
		t.pass(in, s, next)
	}
	for _, c := range n.Children {
		t.walk(c, next, in)
	}
}

// pass notes that a repetition may go on with a character, or leave it to what
// comes next in the repetition around it.
func (t *traps) pass(in bool, on, next charSet) {
	if in && t.nested == "" {
		t.nested = on.common(next)
	}
}

// sequence walks through nodes that follow each other.
func (t *traps) sequence(nodes []*syntax.RegexNode, next charSet, in bool) {
	for i, n := range nodes {
		s, empty := firstOf(nodes[i+1:])
		if empty {
			s.add(next)
		}
		if !in {
			s = charSet{} // what is behind all repetitions is tried once for each way
		}
		t.walk(n, s, in)
		if set, ok := single(n); ok && many(n) && t.beside == "" {
			t.beside = besideOf(set, nodes[i+1:])
		}
	}
}

// besideOf returns a character of a repetition that the next one matches as
// well, if nothing need stand between them.
func besideOf(set charSet, after []*syntax.RegexNode) string {
	for _, n := range after {
		if s, ok := single(n); ok && many(n) {
			if c := set.common(s); c != "" {
				return c
			}
		}
		if _, empty := first(n); !empty {
			break
		}
	}
	return ""
}
