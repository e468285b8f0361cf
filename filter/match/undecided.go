package match

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
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

// A tooLong is a line that is too long to be matched. It is looked at in stretches of the same length, however it comes in.
type tooLong struct {
	text    []byte // of it that was not looked at
	counted map[*rules.Rule]bool
}

// longStretch is how long they are.
const longStretch = 64 << 10

// TooLong counts what a line that is too long to be matched, or a part of it, may be of: the rules of which
// it holds what each of their lines holds, each once for the line. It is shown.
func (m *Matcher) TooLong(text []byte) {
	m.shown = true
	for len(text) > 0 {
		n := min(len(text), longStretch-len(m.long.text))
		m.long.text, text = append(m.long.text, text[:n]...), text[n:]
		if len(m.long.text) == longStretch {
			m.lookLong()
		}
	}
}

// EndLong comes behind a line that is too long to be matched.
func (m *Matcher) EndLong() {
	m.lookLong()
	m.long = tooLong{}
	m.last.row++
	m.Fresh()
}

// lookLong looks at a stretch of such a line.
func (m *Matcher) lookLong() {
	text := m.long.text
	for _, i := range m.singles.mayBe(m.plan, text) {
		m.countLong(m.plan.Lines[i].Rule)
	}
	if m.plan.MayOpen(text) {
		for _, p := range m.plan.Programs {
			if slices.ContainsFunc(p.Literals, func(l []byte) bool { return bytes.Contains(text, l) }) {
				m.countLong(p.Rule)
			}
		}
	}
	m.long.text = text[:0]
}

// countLong counts a rule, once for the line.
func (m *Matcher) countLong(r *rules.Rule) {
	if m.long.counted[r] {
		return
	}
	if m.long.counted == nil {
		m.long.counted = map[*rules.Rule]bool{}
	}
	m.long.counted[r] = true
	m.tally.Undecided(r, tooLongLine)
}
