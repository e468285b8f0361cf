package tally

import (
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
