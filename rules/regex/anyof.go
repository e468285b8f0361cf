package regex

import (
	"slices"

	"github.com/dlclark/regexp2/v2/syntax"
)

// maxAnyOf is how many texts AnyOf returns, at most.
const maxAnyOf = 16

// AnyOf returns texts of which every match holds at least one, one for each way through the alternatives of a
// pattern: "su: Sorry" and "su: Permission denied" of "^su: (?:Sorry|Permission denied)$". It is empty
// if one of the ways holds no text, or there are too many.
func AnyOf(root *syntax.RegexNode) (all []string) {
	for _, way := range (ways{{}}).read(root) {
		way.cut()
		if len(way.best) == 0 {
			return nil
		}
		all = append(all, string(way.best))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ways are those through a pattern, up to a place in it, with what each of them holds.
type ways []literalFinder

// read goes on through a node, which parts the ways if it is one of alternatives.
func (w ways) read(n *syntax.RegexNode) ways {
	switch n.T {
	case syntax.NtConcatenate, syntax.NtCapture, syntax.NtGroup, syntax.NtAtomic:
		for _, c := range n.Children {
			w = w.read(c)
		}
		return w
	case syntax.NtAlternate:
		if parted := w.part(n.Children); len(parted) <= maxAnyOf {
			return parted
		}
	}
	for i := range w {
		w[i].read(n)
	}
	return w
}

// part lets each way go on through each of some nodes.
func (w ways) part(nodes []*syntax.RegexNode) (all ways) {
	for _, n := range nodes {
		from := slices.Clone(w)
		for i := range from {
			from[i].run = slices.Clone(from[i].run)
		}
		if all = append(all, from.read(n)...); len(all) > maxAnyOf {
			break
		}
	}
	return all
}
