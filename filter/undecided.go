package filter

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// What a limit has kept a rule from deciding is shown. So that nobody takes what was not found
// for what is not there, it is counted as well.

// An Undecided is what was not decided because of a limit.
type Undecided struct {
	Rule  *rules.Rule // nil: all rules, or the run as a whole
	Why   string      // in words
	Count int
}

// ID is the rule's; empty: there is none.
func (u *Undecided) ID() string {
	if u.Rule == nil {
		return ""
	}
	return u.Rule.ID
}

// Severity is the rule's; what is about all rules may be an error.
func (u *Undecided) Severity() rules.Severity {
	if u.Rule == nil {
		return rules.Error
	}
	return u.Rule.Severity
}

// TooManySteps is why a rule could not decide about a line.
const TooManySteps = "its pattern would take too many steps on a line"

// Why blocks are given up that may go on.
const (
	tooMuchWaits = "too much waits behind it"
	tooManyWrite = "too many others write"
	pausedLong   = "it has paused for longer than --hold allows"
	tooLongLine  = "a line is longer than what is looked at (64 KiB)"
)

// leave counts what was not decided of a rule.
func (s *Summary) leave(r *rules.Rule, why string, n int) {
	for _, u := range s.Undecided {
		if u.Rule == r && u.Why == why {
			u.Count += n
			return
		}
	}
	s.Undecided = append(s.Undecided, &Undecided{r, why, n})
}

// giveUp counts a block that a limit ends, for each rule that it may be of. That noise has
// paused is seen.
func (f *Filter) giveUp(b *block, why string) {
	if !slices.Contains([]string{tooMuchWaits, tooManyWrite, pausedLong}, why) {
		return
	}
	for _, p := range b.places {
		if why != pausedLong || !p.prog.fold {
			f.left.leave(p.prog.rule, why, 1)
		}
	}
}

// tooLong counts what a line that is too long, or a part of it, may be of: the rules of which
// it holds what each of their lines holds.
func (f *Filter) tooLong(text []byte) {
	f.candidates = f.plan.candidates(text, f.candidates[:0])
	for _, i := range f.candidates {
		f.left.leave(f.lineRules[i].rule, tooLongLine, 1)
	}
	if f.plan.opens.missing(text) {
		return
	}
	for _, p := range f.programs {
		if slices.ContainsFunc(p.literals, func(l []byte) bool { return bytes.Contains(text, l) }) {
			f.left.leave(p.rule, tooLongLine, 1)
		}
	}
}
