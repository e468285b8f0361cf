package match

import (
	"bytes"
	"slices"
)

// Why blocks are given up that may go on.
const (
	TooMuchWaits = "too much waits behind it"
	tooManyWrite = "too many others write"
	pausedLong   = "it has paused for longer than --hold allows"
	tooLongLine  = "a line is longer than what is looked at (64 KiB)"
	silent       = "nothing came from its writer for long"
	runEnds      = "the run ends before it is complete"
)

// giveUp counts a block that a limit ends, for each rule that it may be of. That noise has
// paused is seen.
func (m *Matcher) giveUp(b *block, why string) {
	if !slices.Contains([]string{TooMuchWaits, tooManyWrite, pausedLong}, why) {
		return
	}
	for _, p := range b.states {
		if why != pausedLong || !p.Program.Fold {
			m.tally.Undecided(p.Program.Rule, why)
		}
	}
}

// TooLong counts what a line that is too long to be matched, or a part of it, may be of: the rules of which
// it holds what each of their lines holds. It is shown.
func (m *Matcher) TooLong(text []byte) {
	m.shown = true
	for _, i := range m.singles.mayBe(m.plan, text) {
		m.tally.Undecided(m.plan.Lines[i].Rule, tooLongLine)
	}
	if !m.plan.MayOpen(text) {
		return
	}
	for _, p := range m.plan.Programs {
		if slices.ContainsFunc(p.Literals, func(l []byte) bool { return bytes.Contains(text, l) }) {
			m.tally.Undecided(p.Rule, tooLongLine)
		}
	}
}
