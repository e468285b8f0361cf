package regex

import (
	"slices"

	"github.com/dlclark/regexp2/v2/syntax"
)

// maxAnyOf is how many texts AnyOf returns, at most.
const maxAnyOf = 16

// AnyOf returns texts of which every match holds at least one, one for each way through the alternatives of a
// pattern: "su: Sorry" and "su: Permission denied" of "^su: (?:Sorry|Permission denied)$". What may be there or not parts the
// ways as well. Of a pattern of too many ways it is those through a part of it: the part of which the shortest text is the
// longest. It is empty if in each part one of the ways holds no text.
func AnyOf(root *syntax.RegexNode) (all []string) {
	w := ways{on: []literalFinder{{}}}
	w.read(root)
	w.end()
	return w.best
}

// ways are those through a pattern, up to a place in it, with what each of them holds.
type ways struct {
	on   []literalFinder
	best []string // of the parts that are behind
}

// read goes on through a node, which may part the ways.
func (w *ways) read(n *syntax.RegexNode) {
	switch n.T {
	case syntax.NtConcatenate, syntax.NtCapture, syntax.NtGroup, syntax.NtAtomic:
		for _, c := range n.Children {
			w.read(c)
		}
	case syntax.NtAlternate:
		w.part(n, n.Children)
	case syntax.NtLoop, syntax.NtLazyloop:
		if n.M == 0 && n.N == 1 {
			w.part(n, []*syntax.RegexNode{absent, n.Children[0]})
			return
		}
		w.pass(n)
	default:
		w.pass(n)
	}
}

// absent is what stands where something that may be missing is.
var absent = &syntax.RegexNode{T: syntax.NtEmpty}

// pass lets each way go on through a node as a whole.
func (w *ways) pass(n *syntax.RegexNode) {
	for i := range w.on {
		w.on[i].read(n)
	}
}

// part lets each way go on through each of some nodes, which are those of a whole. If they become too many, what
// they hold so far is one answer, and one way begins anew. A whole that is too much alone is passed.
func (w *ways) part(whole *syntax.RegexNode, nodes []*syntax.RegexNode) {
	for range 2 {
		if parted, ok := w.parted(nodes); ok {
			w.on = parted
			return
		}
		w.end()
	}
	w.pass(whole)
}

func (w *ways) parted(nodes []*syntax.RegexNode) (all []literalFinder, ok bool) {
	for _, n := range nodes {
		from := ways{on: slices.Clone(w.on)}
		for i := range from.on {
			from.on[i].run = slices.Clone(from.on[i].run)
		}
		from.read(n)
		if all = append(all, from.on...); len(all) > maxAnyOf || from.best != nil {
			return nil, false
		}
	}
	return all, true
}

// end ends all ways, and keeps what they hold if that is better than what is known. One goes on.
func (w *ways) end() {
	var held []string
	for _, way := range w.on {
		way.cut()
		held = append(held, string(way.best))
	}
	slices.Sort(held)
	if held = slices.Compact(held); Shortest(held) > Shortest(w.best) {
		w.best = held
	}
	w.on = []literalFinder{{}}
}

// Shortest is the length of the shortest of some texts, in bytes; of none it is 0.
func Shortest(texts []string) int {
	if len(texts) == 0 {
		return 0
	}
	return len(slices.MinFunc(texts, func(a, b string) int { return len(a) - len(b) }))
}
