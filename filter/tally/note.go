package tally

import (
	"bytes"

	"github.com/orbfilter/orbfilter/rules"
)

// A Note is one thing that was entered in a tally, so that it can be entered in another one, or be held against what
// another one was told.
type Note struct {
	kind        noteKind
	rule        *rules.Rule // nil: of no rule, or of all
	occurrence  Occurrence  // that was counted; of what was asked, where and when
	lines       int         // that an occurrence has grown by
	line        int         // in which something was doubted, or raised
	text, where string      // why; or what was raised, and where
}

// A noteKind is what was entered.
type noteKind uint8

const (
	counted noteKind = iota
	grown
	guarded
	asked
	doubted
	undecided
	raised
	begun
)

// Tell has each thing that is entered from here on told, but for sizes: so it can be entered in the tally of the
// whole that the input is a part of.
func (t *Tally) Tell(told func(Note)) { t.told = told }

func (t *Tally) tell(n *Note) {
	if t.told == nil {
		return
	}
	n.occurrence.Stamp = bytes.Clone(n.occurrence.Stamp) // it is written over
	t.told(*n)
}

// Enter enters the same in another tally.
func (n *Note) Enter(to *Tally) {
	switch n.kind {
	case counted:
		to.Count(n.rule, n.occurrence)
	case grown:
		to.Grow(n.rule, n.lines)
	case guarded:
		to.Guard(n.rule, n.text)
	case asked:
		to.Has(n.rule, n.occurrence.Site, n.occurrence.Stamp)
	case doubted:
		to.Doubt(n.rule, n.line)
	case undecided:
		to.Undecided(n.rule, n.text)
	case begun:
		to.BeginRun(n.text)
	case raised:
		to.raise(n.text, n.where, n.line)
	}
}

// A Sum is what notes add up in: those of two tallies that have counted the same, whatever the numbers of the lines were, add up
// to the same.
type Sum struct {
	kind                                    noteKind
	rule                                    *rules.Rule
	context, host, site, stamp, text, where string
}

// AddTo adds what the note counts, so many times, to sums. Those that are zero are left out.
func (n *Note) AddTo(sums map[Sum]int, times int) {
	add := func(s Sum, much int) {
		if sums[s] += much * times; sums[s] == 0 {
			delete(sums, s)
		}
	}
	switch o := &n.occurrence; n.kind {
	case counted:
		add(Sum{kind: counted, rule: n.rule, context: o.Context, host: o.Host, site: o.Site, stamp: string(o.Stamp)}, 1)
		add(Sum{kind: grown, rule: n.rule}, o.Lines)
	case grown:
		add(Sum{kind: grown, rule: n.rule}, n.lines)
	case asked: // it counts nothing
	default:
		add(Sum{kind: n.kind, rule: n.rule, text: n.text, where: n.where}, 1)
	}
}
