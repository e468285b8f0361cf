package report

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// A FailOn is what --fail-on looks for.
type FailOn struct {
	failOn     string           // as it was typed; empty: there is no gate
	severities []rules.Severity // and those above; none: an issue is no reason
	Unknown    bool             // what no rule knows is a reason
	Known      *Baseline        // besides what is in here; nil: nothing is
	Broken     bool             // there should be a baseline, and it cannot be read
	Anew       string           // the command that writes the baseline
	// builtin reports whether the rule of an id came with the program.
	builtin func(id string) bool
}

// NewFailOn returns the gate of what was typed for --fail-on, with the baseline in a file;
// empty: there is none. The error is that of a baseline which cannot be read: the gate is
// one that nothing new passes. anew is the command that writes the baseline.
func NewFailOn(values, file, anew string, set *rules.Set) (g FailOn, err error) {
	g.failOn, g.Anew = values, anew
	g.builtin = func(id string) bool {
		r := set.Get(id)
		return r != nil && r.Builtin()
	}
	for value := range strings.SplitSeq(values, ",") {
		switch value {
		case "":
		case NewUnknown:
			g.Unknown = true
		default:
			g.severities = append(g.severities, rules.Severity(value))
		}
	}
	if file == "" {
		return g, nil
	}
	if g.Known, err = readBaseline(file, anew); err != nil {
		g.Known, g.Broken = &Baseline{File: file}, true
	}
	return g, err
}

// Verdict says what became of the gate; nil: there is none. nothing: nothing came in,
// and who saw nothing cannot say that all is well.
func (g FailOn) Verdict(r *Report, nothing bool) *Gate {
	if g.failOn == "" {
		return nil
	}
	out := &Gate{FailOn: g.failOn, Broken: g.Broken}
	for _, u := range UnknownFirst(g.Fresh(r.Unknown)) {
		out.New = append(out.New, u.Fingerprint)
	}
	if g.Unknown && g.Known != nil {
		out.Baseline = g.Known.File
	}
	if out.Baseline != "" && !g.Broken {
		out.Known = len(r.Unknown) - len(out.New)
	}
	if nothing {
		out.Reasons = append(out.Reasons, Reason{Value: g.failOn, Because: "nothing came in"})
		return out
	}
	for _, s := range g.severities {
		ids, undecided := g.issuesOf(r, s), g.undecided(r, s)
		switch {
		case len(ids) > 0 || r.Verdict.Failed == outcome.Yes:
			out.Reasons = append(out.Reasons, Reason{Value: string(s), Names: ids, Because: "the run failed"})
		case undecided != "":
			out.Reasons = append(out.Reasons, Reason{Value: string(s), Because: undecided})
		}
	}
	switch {
	case len(out.New) > 0 || g.Broken:
		out.Reasons = append(out.Reasons, Reason{Value: NewUnknown, Names: out.New})
	case g.Blind(r):
		out.Reasons = append(out.Reasons, Reason{Value: NewUnknown, Because: "there are more different texts that no rule knows than are told apart"})
	}
	return out
}

// issuesOf returns the ids of the issues of a severity and above, the worst first.
// Where pyinfra's output says that a run did not fail, an error that a built-in rule has
// found there did not make it fail: the deploy has ignored it, or got over it. A rule
// of the user's own is asked for, and counts.
func (g FailOn) issuesOf(r *Report, s rules.Severity) (ids []string) {
	harmless := map[string]bool{}
	if s == rules.Error {
		harmless = g.harmless(r)
	}
	for _, i := range WorstFirst(r.Issues) {
		if i.Severity.AtLeast(s) && !harmless[i.ID] {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// undecided says what of a severity and above a limit has kept a rule from deciding; empty:
// nothing that counts. Who has not seen all cannot say that all is well, but that a run did
// not fail, which outweighs an error of a built-in rule, outweighs that it may be there.
func (g FailOn) undecided(r *Report, s rules.Severity) string {
	for _, u := range r.Limits.Undecided {
		passed := s == rules.Error && r.Verdict.Failed == outcome.No && g.builtin(u.Rule)
		if u.Severity.AtLeast(s) && !passed {
			return "not decided: " + UndecidedText(u)
		}
	}
	return ""
}

// harmless returns the issues of built-in rules that are in no log but such as did not
// fail.
func (g FailOn) harmless(r *Report) map[string]bool {
	harmless := map[string]bool{}
	for _, l := range r.Logs {
		for _, i := range l.Issues {
			before, seen := harmless[i.ID]
			harmless[i.ID] = (before || !seen) && l.Verdict.Failed == outcome.No && g.builtin(i.ID)
		}
	}
	return harmless
}

// Passed returns the errors that --fail-on error passes over, the most frequent first.
func (g FailOn) Passed(r *Report) (ids []string) {
	if !slices.Contains(g.severities, rules.Error) {
		return nil
	}
	counted := g.issuesOf(r, rules.Error)
	for _, i := range WorstFirst(r.Issues) {
		if i.Severity == rules.Error && !slices.Contains(counted, i.ID) {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// Fresh returns what is new of the unknown texts; none if that is no reason, or if
// nobody knows.
func (g FailOn) Fresh(unknown []*filter.Unknown) (out []*filter.Unknown) {
	if !g.Unknown || g.Broken {
		return nil
	}
	for _, u := range unknown {
		if g.Known.isNew(u) {
			out = append(out, u)
		}
	}
	return out
}

// Blind reports whether there are texts that no rule knows and that the report has no
// place for. Who does not see all cannot say that all is well.
func (g FailOn) Blind(r *Report) bool { return g.Unknown && r.UnknownMore > 0 }

// A Known is a text that a baseline has.
type Known struct{ Fingerprint, Text string }

// Unseen returns the texts of the baseline that were not there, in its order.
func (g FailOn) Unseen(unknown []*filter.Unknown) (unseen []Known) {
	if !g.Unknown || g.Known == nil || g.Broken {
		return nil
	}
	seen := map[string]bool{}
	for _, u := range unknown {
		for _, key := range u.Names() {
			seen[key] = true
		}
		if g.Known.Old() {
			for _, key := range u.Was {
				seen[key] = true
			}
		}
	}
	for _, e := range g.Known.entries {
		if !seen[e.fingerprint] {
			seen[e.fingerprint] = true
			unseen = append(unseen, Known{e.fingerprint, e.sample})
		}
	}
	return unseen
}

// NewUnknown is the value of --fail-on for what no rule knows and no baseline has.
const NewUnknown = "new-unknown"

// UndecidedText is which rule was kept from deciding, and by what.
func UndecidedText(u Undecided) string {
	of := u.Rule
	if of == "" {
		of = "whether the run failed"
	}
	return printable.Line(of + ": " + u.Why)
}
