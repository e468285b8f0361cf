package regex

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	regexp2 "github.com/dlclark/regexp2/v2/syntax"
)

// Patterns are written in the syntax of .NET and Perl, which regexp2 reads. Almost all
// of them can be said in Go's own as well, whose matcher takes time that grows with the
// length of the text and no faster. They are translated from the tree that regexp2 makes
// of them, node by node, and not compared as text: the two read the same text in different
// ways ([a-z-[x]], \b, (?i)ſ, $).
//
// What Go does not have is left as an empty group in the translation, and known by
// number: see special. Then Go's own matcher does not do, and machine.go has one.

// A special is something that Go's regular expressions do not have.
type special struct {
	kind  specialKind
	not   bool        // for looks, boundaries and groups: if it is not so
	fold  bool        // for references: in any case
	group int         // for references, and groups that are asked for
	sub   *translated // for looks, and what gives nothing back
}

// source is what stands in it; empty: nothing.
func (s *special) source() string {
	if s.sub == nil {
		return ""
	}
	return "(?:" + s.sub.source + ")"
}

type specialKind int

const (
	lookAhead specialKind = iota
	lookBehind
	atomic    // gives nothing back
	reference // to what a group has matched
	hasGroup  // whether a group has matched
	boundary  // of words, in the sense of Unicode
)

// constructs are what people call them.
var constructs = [...]string{lookAhead: "(?=…) or (?!…)", lookBehind: "(?<=…) or (?<!…)", atomic: "(?>…), or a + behind a repetition", reference: `a reference such as \1`, hasGroup: "(?(…)…)"}

// A translated expression.
type translated struct {
	source   string // of Go
	specials []special
}

// A translator turns a tree into an expression of Go.
type translator struct {
	reading
	atomics  bool         // something in the expression gives nothing back
	keep     map[int]bool // groups that are named, or referred to
	groups   int          // that were written
	sets     map[string]string
	specials *[]special
	why      error // what cannot be said at all
}

// A reading is for what a translation is.
type reading int

const (
	exact   reading = iota
	inASCII         // exact for texts of ASCII, where \b is the same for Go
	relaxed         // without specials: it matches what the expression matches, and more
)

// maxSets bounds the time that sets with categories of Unicode take.
const maxSets = 16

// translate returns the translation of a tree. An error says what cannot be matched at all.
func translate(tree *regexp2.RegexTree, source string, as reading) (*translated, error) {
	t := &translator{reading: as, atomics: possessive(source), keep: map[int]bool{}, sets: map[string]string{}}
	for name, number := range tree.Capnames {
		t.keep[number] = name[0] < '0' || name[0] > '9'
	}
	t.refers(tree.Root)
	out := t.whole(tree.Root)
	return out, t.why
}

// possessive reports whether an expression may have something that gives nothing back:
// the tree has such nodes as well where it makes no difference.
func possessive(source string) bool {
	for _, s := range []string{"(?>", "++", "*+", "?+", "}+"} {
		if strings.Contains(source, s) {
			return true
		}
	}
	return false
}

// refers notes which groups are referred to.
func (t *translator) refers(n *regexp2.RegexNode) {
	if n.T == regexp2.NtRef || n.T == regexp2.NtBackRefCond {
		t.keep[n.M] = true
	}
	for _, c := range n.Children {
		t.refers(c)
	}
}

// whole translates an expression that is matched on its own.
func (t *translator) whole(n *regexp2.RegexNode) *translated {
	outer := t.specials
	out := &translated{}
	t.specials = &out.specials
	out.source = t.node(n)
	t.specials = outer
	return out
}

// group writes a group by a name that says what it is.
func (t *translator) group(kind byte, number int, text string) string {
	t.groups++
	return fmt.Sprintf("(?P<%c%d_%d>%s)", kind, number, t.groups, text)
}

func (t *translator) special(s special) string {
	if t.reading == relaxed {
		return map[specialKind]string{reference: `(?s:.*)`, atomic: s.source()}[s.kind]
	}
	*t.specials = append(*t.specials, s)
	return t.group('s', len(*t.specials)-1, "")
}

func (t *translator) refuse(format string, args ...any) string {
	if t.why == nil {
		t.why = fmt.Errorf(format, args...)
	}
	return nothing
}

// nothing matches no text.
const nothing = `[^\x00-\x{10FFFF}]`

// node translates a node and what is below it.
func (t *translator) node(n *regexp2.RegexNode) string {
	if s, ok := t.character(n); ok {
		return s
	}
	switch n.T {
	case regexp2.NtMulti:
		var w strings.Builder
		for _, r := range n.Str {
			w.WriteString(literalRune(r))
		}
		return "(?:" + w.String() + ")"
	case regexp2.NtEmpty, regexp2.NtUpdateBumpalong:
		return "(?:)"
	case regexp2.NtNothing:
		return nothing
	case regexp2.NtBol:
		return "(?m:^)"
	case regexp2.NtEol:
		return "(?m:$)"
	case regexp2.NtBeginning, regexp2.NtStart:
		return `\A`
	case regexp2.NtEnd, regexp2.NtEndZ:
		return `\z`
	case regexp2.NtBoundary, regexp2.NtNonboundary:
		return t.boundary(n.T == regexp2.NtNonboundary)
	case regexp2.NtConcatenate:
		return t.concatenation(n)
	case regexp2.NtAlternate:
		return "(?:" + strings.Join(t.all(n.Children), "|") + ")"
	case regexp2.NtLoop, regexp2.NtLazyloop:
		return t.loop(t.node(n.Children[0]), n.M, n.N, n.T == regexp2.NtLazyloop)
	case regexp2.NtCapture:
		return t.capture(n)
	case regexp2.NtGroup:
		return "(?:" + t.node(n.Children[0]) + ")"
	}
	return t.other(n)
}

// other translates what Go does not have.
func (t *translator) other(n *regexp2.RegexNode) string {
	switch n.T {
	case regexp2.NtPosLook, regexp2.NtNegLook:
		kind := lookAhead
		if n.Options&regexp2.RightToLeft != 0 {
			kind = lookBehind
		}
		return t.special(special{kind: kind, not: n.T == regexp2.NtNegLook, sub: t.whole(n.Children[0])})
	case regexp2.NtAtomic:
		if !t.givesNothing(n) {
			return "(?:" + t.node(n.Children[0]) + ")"
		}
		return t.special(special{kind: atomic, sub: t.whole(n.Children[0])})
	case regexp2.NtRef:
		return t.special(special{kind: reference, group: n.M, fold: n.Options&regexp2.IgnoreCase != 0})
	case regexp2.NtBackRefCond:
		yes, no := t.branches(n.Children)
		return "(?:" + t.special(special{kind: hasGroup, group: n.M}) + yes + "|" + t.special(special{kind: hasGroup, group: n.M, not: true}) + no + ")"
	case regexp2.NtExprCond:
		yes, no := t.branches(n.Children[1:])
		look := n.Children[0]
		return "(?:" + t.special(special{kind: lookAhead, sub: t.whole(look)}) + yes + "|" + t.special(special{kind: lookAhead, not: true, sub: t.whole(look)}) + no + ")"
	}
	return t.refuse("this pattern has something that is not matched here (node %d); write it in another way", n.T)
}

// givesNothing reports whether it counts that a node gives nothing back. In what looks
// behind it does not: the tree reads that from right to left, and the machine does not.
func (t *translator) givesNothing(n *regexp2.RegexNode) bool {
	return t.atomics && n.Options&regexp2.RightToLeft == 0
}

// branches are those of a condition; the second may be missing.
func (t *translator) branches(n []*regexp2.RegexNode) (yes, no string) {
	all := t.all(n)
	if len(all) < 2 {
		all = append(all, "(?:)")
	}
	return all[0], all[1]
}

func (t *translator) all(nodes []*regexp2.RegexNode) (out []string) {
	for _, n := range nodes {
		out = append(out, t.node(n))
	}
	return out
}

// concatenation is written from left to right. In a look behind, the tree has it from
// right to left.
func (t *translator) concatenation(n *regexp2.RegexNode) string {
	all := t.all(n.Children)
	if n.Options&regexp2.RightToLeft != 0 {
		for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
			all[i], all[j] = all[j], all[i]
		}
	}
	return "(?:" + strings.Join(all, "") + ")"
}

func (t *translator) capture(n *regexp2.RegexNode) string {
	inner := t.node(n.Children[0])
	switch {
	case n.N > 0 || n.M < 0:
		return t.refuse("a group that takes another one away, (?<a-b>…), is not matched here")
	case t.keep[n.M]:
		return t.group('g', n.M, inner)
	}
	return "(?:" + inner + ")"
}

func (t *translator) boundary(not bool) string {
	switch {
	case t.reading != inASCII:
		return t.special(special{kind: boundary, not: not})
	case not:
		return `\B`
	}
	return `\b`
}

// character translates a node of one character, and those that repeat it.
func (t *translator) character(n *regexp2.RegexNode) (string, bool) {
	var one string
	switch n.T {
	case regexp2.NtOne, regexp2.NtOneloop, regexp2.NtOnelazy, regexp2.NtOneloopatomic:
		one = literalRune(n.Ch)
	case regexp2.NtNotone, regexp2.NtNotoneloop, regexp2.NtNotonelazy, regexp2.NtNotoneloopatomic:
		one = "[^" + literalRune(n.Ch) + "]"
	case regexp2.NtSet, regexp2.NtSetloop, regexp2.NtSetlazy, regexp2.NtSetloopatomic:
		one = t.set(n.Set)
	default:
		return "", false
	}
	switch n.T {
	case regexp2.NtOne, regexp2.NtNotone, regexp2.NtSet:
		return one, true
	case regexp2.NtOneloopatomic, regexp2.NtNotoneloopatomic, regexp2.NtSetloopatomic:
		if t.givesNothing(n) {
			return t.special(special{kind: atomic, sub: &translated{source: t.loop(one, n.M, n.N, false)}}), true
		}
	}
	return t.loop(one, n.M, n.N, n.T == regexp2.NtOnelazy || n.T == regexp2.NtNotonelazy || n.T == regexp2.NtSetlazy), true
}

// maxRepeat is how often Go repeats at most.
const maxRepeat = 1000

// loop repeats an expression.
func (t *translator) loop(one string, least, most int, lazy bool) string {
	end := ""
	if lazy {
		end = "?"
	}
	many := most == math.MaxInt32
	if least > 4*maxRepeat || !many && most > 4*maxRepeat {
		return t.refuse("a repetition of more than %d times is not matched here; write * or +", 4*maxRepeat)
	}
	var w strings.Builder
	for ; least > maxRepeat; least, most = least-maxRepeat, most-maxRepeat {
		fmt.Fprintf(&w, "(?:%s){%d}", one, maxRepeat)
	}
	if many {
		fmt.Fprintf(&w, "(?:%s){%d,}%s", one, least, end)
		return "(?:" + w.String() + ")"
	}
	for ; most > maxRepeat; most -= maxRepeat {
		fmt.Fprintf(&w, "(?:%s){%d,%d}%s", one, least, maxRepeat, end)
		least = 0
	}
	fmt.Fprintf(&w, "(?:%s){%d,%d}%s", one, least, most, end)
	return "(?:" + w.String() + ")"
}

// literalRune is a character that stands for itself, in a set as well. What no text has
// is no character.
func literalRune(r rune) string {
	if r < utf8.RuneSelf && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
		return string(r)
	}
	return `\x{` + strconv.FormatInt(int64(r), 16) + `}`
}

// set is written as its ranges. With categories of Unicode in it, each character is asked.
func (t *translator) set(s *regexp2.CharSet) string {
	key := string(s.Hash())
	if t.sets[key] == "" {
		t.sets[key] = t.ranges(s)
	}
	return t.sets[key]
}

func (t *translator) ranges(s *regexp2.CharSet) string {
	var w strings.Builder
	write := func(from, to rune) { fmt.Fprintf(&w, `\x{%x}-\x{%x}`, from, to) }
	if plain := plainRanges(s); len(plain) > 0 {
		for _, r := range plain {
			write(r.First, r.Last)
		}
		if s.IsNegated() {
			return "[^" + w.String() + "]"
		}
		return "[" + w.String() + "]"
	}
	if len(t.sets) > maxSets {
		return t.refuse("these are more than %d different sets with categories of Unicode", maxSets)
	}
	from := rune(-1)
	for r := rune(0); r <= utf8.MaxRune+1; r++ {
		switch in := r <= utf8.MaxRune && s.CharIn(r); {
		case in && from < 0:
			from = r
		case !in && from >= 0:
			write(from, r-1)
			from = -1
		}
	}
	if w.Len() == 0 {
		return nothing
	}
	return "[" + w.String() + "]"
}

// plainRanges returns the ranges of a set that consists of them alone; none otherwise.
func plainRanges(s *regexp2.CharSet) []regexp2.SingleRange {
	const most = 64
	for n := 1; n <= most; n++ {
		if r := s.GetIfNRanges(n); len(r) > 0 {
			return r
		}
	}
	return nil
}
