package regex

import (
	"unicode"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2/syntax"
)

// LiteralOf reads the tree that regexp2 makes of a pattern, so that it knows
// what the matcher knows. It returns the longest text that every match holds,
// and whether every match is at the start of the text and begins with it.
func LiteralOf(root *syntax.RegexNode) (lit string, prefix bool) {
	var f literalFinder
	f.read(root)
	f.cut()
	return string(f.best), f.prefix
}

// A literalFinder collects the runs of plain characters that every match has.
type literalFinder struct {
	run      []byte
	best     []byte
	prefix   bool // best begins the text
	anchored bool // \A stands in front of everything
	moved    bool // something other than \A was read
	behind   bool // something other than plain text was read
}

// cut ends a run: what follows need not be next to it.
func (f *literalFinder) cut() {
	if len(f.run) > len(f.best) {
		f.best, f.prefix = f.run, f.anchored && !f.behind
	}
	f.run, f.moved, f.behind = nil, true, true
}

// read takes in a node. Only what is known to be in every match adds to a run;
// what is not known cuts it.
func (f *literalFinder) read(n *syntax.RegexNode) {
	switch n.T {
	case syntax.NtBeginning:
		f.anchored = f.anchored || !f.moved
	case syntax.NtEmpty, syntax.NtBol, syntax.NtEol, syntax.NtBoundary, syntax.NtNonboundary, syntax.NtEnd, syntax.NtEndZ,
		syntax.NtPosLook, syntax.NtNegLook, syntax.NtUpdateBumpalong:
		// These have no width, so that what stands before and behind is adjacent.
	case syntax.NtConcatenate, syntax.NtCapture, syntax.NtGroup, syntax.NtAtomic:
		for _, c := range n.Children {
			f.read(c)
		}
	case syntax.NtOne:
		f.add(n, n.Ch, 1)
	case syntax.NtMulti:
		for _, r := range n.Str {
			f.add(n, r, 1)
		}
	case syntax.NtOneloop, syntax.NtOnelazy, syntax.NtOneloopatomic:
		f.add(n, n.Ch, n.M)
		if n.M != n.N {
			f.cut()
			f.add(n, n.Ch, n.M) // of more than that many, the last ones are next to what follows
		}
	case syntax.NtLoop, syntax.NtLazyloop:
		if n.M > 0 {
			f.read(n.Children[0])
		}
		f.cutUnless(n.M == 1 && n.N == 1)
	default:
		f.cut()
	}
}

func (f *literalFinder) cutUnless(exact bool) {
	if !exact {
		f.cut()
	}
}

// maxRun keeps x{1000000} short.
const maxRun = 256

// add puts a character at the end of the run, so many times. Characters that
// match others as well, and those that bytes which are not UTF-8 are read as,
// are not certain to be in the text.
func (f *literalFinder) add(n *syntax.RegexNode, r rune, times int) {
	folds := n.Options&syntax.IgnoreCase != 0 && unicode.SimpleFold(r) != r
	if folds || n.Options&syntax.RightToLeft != 0 || r == utf8.RuneError || !utf8.ValidRune(r) || times > maxRun {
		f.cut()
		return
	}
	for range times {
		f.run, f.moved = utf8.AppendRune(f.run, r), true
	}
}

// FixedOf counts the characters that every match has at least, and that the pattern names
// one by one: 3 for "ab.*c", 1 for "abc|d".
func FixedOf(n *syntax.RegexNode) (count int) {
	switch n.T {
	case syntax.NtOne:
		return 1
	case syntax.NtMulti:
		return len(n.Str)
	case syntax.NtOneloop, syntax.NtOnelazy, syntax.NtOneloopatomic:
		return min(n.M, maxRun)
	case syntax.NtLoop, syntax.NtLazyloop:
		return min(n.M, maxRun) * FixedOf(n.Children[0])
	case syntax.NtAlternate:
		count = FixedOf(n.Children[0])
		for _, c := range n.Children[1:] {
			count = min(count, FixedOf(c))
		}
		return count
	case syntax.NtConcatenate, syntax.NtCapture, syntax.NtGroup, syntax.NtAtomic:
		for _, c := range n.Children {
			count += FixedOf(c)
		}
	}
	return count
}
