package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// maxNamed is how many texts that are new are named.
const maxNamed = 20

// A gate is what --fail-on looks for.
type gate struct {
	failOn     string           // as it was typed; empty: there is no gate
	severities []rules.Severity // and those above; none: an issue is no reason
	unknown    bool             // what no rule knows is a reason
	known      *baseline        // besides what is in here; nil: nothing is
	broken     bool             // there should be a baseline, and it cannot be read
	anew       string           // the command that writes the baseline
	// builtin reports whether the rule of an id came with the program.
	builtin func(id string) bool
}

// gate reads what --fail-on and --baseline say. bad: the baseline is wrong, which was
// said; then nobody knows what is new. anew is the command that writes the baseline.
func (o *options) gate(says IO, set *rules.Set, anew string) (g gate, bad bool) {
	g, err := newGate(o.failOn, o.baseline, anew, set)
	if err != nil {
		o.complain(says, err)
	}
	return g, err != nil
}

// newGate returns the gate of what was typed for --fail-on, with the baseline in a file;
// empty: there is none. The error is that of a baseline which cannot be read: the gate is
// one that nothing new passes. anew is the command that writes the baseline.
func newGate(values, file, anew string, set *rules.Set) (g gate, err error) {
	g.failOn, g.anew = values, anew
	g.builtin = func(id string) bool {
		r := set.Get(id)
		return r != nil && r.Builtin()
	}
	for value := range strings.SplitSeq(values, ",") {
		switch value {
		case "":
		case newUnknown:
			g.unknown = true
		default:
			g.severities = append(g.severities, rules.Severity(value))
		}
	}
	if file == "" {
		return g, nil
	}
	if g.known, err = readBaseline(file, anew); err != nil {
		g.known, g.broken = &baseline{file: file}, true
	}
	return g, err
}

// verdict says what became of the gate; nil: there is none. nothing: nothing came in,
// and who saw nothing cannot say that all is well.
func (g gate) verdict(r *report.Report, nothing bool) *report.Gate {
	if g.failOn == "" {
		return nil
	}
	out := &report.Gate{FailOn: g.failOn, Broken: g.broken}
	for _, u := range report.UnknownFirst(g.fresh(r.Unknown)) {
		out.New = append(out.New, u.Fingerprint)
	}
	if g.unknown && g.known != nil {
		out.Baseline = g.known.file
	}
	if out.Baseline != "" && !g.broken {
		out.Known = len(r.Unknown) - len(out.New)
	}
	if nothing {
		out.Reasons = append(out.Reasons, report.Reason{Value: g.failOn, Because: "nothing came in"})
		return out
	}
	for _, s := range g.severities {
		ids, undecided := g.issuesOf(r, s), g.undecided(r, s)
		switch {
		case len(ids) > 0 || r.Verdict.Failed == outcome.Yes:
			out.Reasons = append(out.Reasons, report.Reason{Value: string(s), Names: ids, Because: "the run failed"})
		case undecided != "":
			out.Reasons = append(out.Reasons, report.Reason{Value: string(s), Because: undecided})
		}
	}
	switch {
	case len(out.New) > 0 || g.broken:
		out.Reasons = append(out.Reasons, report.Reason{Value: newUnknown, Names: out.New})
	case g.blind(r):
		out.Reasons = append(out.Reasons, report.Reason{Value: newUnknown, Because: "there are more different texts that no rule knows than are told apart"})
	}
	return out
}

// issuesOf returns the ids of the issues of a severity and above, the worst first.
// Where pyinfra's output says that a run did not fail, an error that a built-in rule has
// found there did not make it fail: the deploy has ignored it, or got over it. A rule
// of the user's own is asked for, and counts.
func (g gate) issuesOf(r *report.Report, s rules.Severity) (ids []string) {
	harmless := map[string]bool{}
	if s == rules.Error {
		harmless = g.harmless(r)
	}
	for _, i := range report.WorstFirst(r.Issues) {
		if i.Severity.AtLeast(s) && !harmless[i.ID] {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// undecided says what of a severity and above a limit has kept a rule from deciding; empty:
// nothing that counts. Who has not seen all cannot say that all is well, but that a run did
// not fail, which outweighs an error of a built-in rule, outweighs that it may be there.
func (g gate) undecided(r *report.Report, s rules.Severity) string {
	for _, u := range r.Limits.Undecided {
		passed := s == rules.Error && r.Verdict.Failed == outcome.No && g.builtin(u.Rule)
		if u.Severity.AtLeast(s) && !passed {
			return "not decided: " + facts.UndecidedText(u)
		}
	}
	return ""
}

// harmless returns the issues of built-in rules that are in no log but such as did not
// fail.
func (g gate) harmless(r *report.Report) map[string]bool {
	harmless := map[string]bool{}
	for _, l := range r.Logs {
		for _, i := range l.Issues {
			before, seen := harmless[i.ID]
			harmless[i.ID] = (before || !seen) && l.Verdict.Failed == outcome.No && g.builtin(i.ID)
		}
	}
	return harmless
}

// sayPassed says which errors --fail-on error has passed over, since the run did not fail.
func sayPassed(w io.Writer, g gate, r *report.Report) {
	if passed := g.passed(r); len(passed) > 0 {
		fmt.Fprintf(w, "orbfilter: --fail-on error passes over what did not make the run fail: %s\n", facts.Few(passed))
	}
}

// passed returns the errors that --fail-on error passes over, the most frequent first.
func (g gate) passed(r *report.Report) (ids []string) {
	if !slices.Contains(g.severities, rules.Error) {
		return nil
	}
	counted := g.issuesOf(r, rules.Error)
	for _, i := range report.WorstFirst(r.Issues) {
		if i.Severity == rules.Error && !slices.Contains(counted, i.ID) {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// fresh returns what is new of the unknown texts; none if that is no reason, or if
// nobody knows.
func (g gate) fresh(unknown []*filter.Unknown) (out []*filter.Unknown) {
	if !g.unknown || g.broken {
		return nil
	}
	for _, u := range unknown {
		if g.known.isNew(u) {
			out = append(out, u)
		}
	}
	return out
}

// withNew returns a report in which what is new is an issue of severity error: a
// CI system then shows it where people look. The report stays as it is.
func withNew(g gate, r *report.Report) *report.Report {
	fresh := g.fresh(r.Unknown)
	if len(fresh) == 0 {
		return r
	}
	with := *r
	with.Issues = slices.Clone(r.Issues)
	for _, u := range fresh {
		about := report.About{ID: u.Fingerprint, Severity: rules.Error, Title: "No rule knows this: " + u.Text(), Advice: "Noise of yours? Type " + facts.NewRuleOf(r, u) + " for a rule of it."}
		with.Issues = append(with.Issues, &report.Issue{About: about, Count: u.Count, Lines: u.Lines, FirstLine: u.FirstLine, LastLine: u.FirstLine})
	}
	return &with
}

// blind reports whether there are texts that no rule knows and that the report has no
// place for. Who does not see all cannot say that all is well.
func (g gate) blind(r *report.Report) bool { return g.unknown && r.UnknownMore > 0 }

// sayBlind says that it is so.
func sayBlind(w io.Writer, g gate, r *report.Report) {
	if g.blind(r) {
		fmt.Fprintf(w, "orbfilter: there are more different texts that no rule knows than are told apart (%d in a log, %d in all): --fail-on %s cannot see the rest\n", filter.MaxUnknown, report.MaxUnknown, newUnknown)
	}
}

// sayKnown says how many of the unknown texts are in the baseline, or that it could
// not be compared with, and how new ones get there.
func sayKnown(w io.Writer, g gate, unknown []*filter.Unknown) {
	if !g.unknown || g.known == nil || len(unknown) == 0 {
		return
	}
	file := printable.Line(g.known.file)
	if g.broken {
		fmt.Fprintf(w, "orbfilter: %s (%s) could not be compared with the baseline %s\n", facts.Texts(int64(len(unknown))), facts.Few(fingerprints(unknown)), file)
		return
	}
	fresh := len(g.fresh(unknown))
	if n := len(unknown) - fresh; n > 0 {
		fmt.Fprintf(w, "orbfilter: passed over, since the baseline %s has it: %d\n", file, n)
	}
	if fresh > 0 && g.anew != "" {
		fmt.Fprintf(w, "orbfilter: to live with what is new, write the baseline anew: %s\n", printable.Line(g.anew))
	}
}

// sayUnseen says how many texts of the baseline were not there: it may be that they are
// gone for good, or that something else was looked through. One live run sees few of
// them, and no recurring lines, so that it is said of recorded logs only.
func sayUnseen(w io.Writer, g gate, unknown []*filter.Unknown) {
	if n := g.unseen(unknown); n > 0 {
		were := "were"
		if n == 1 {
			were = "was"
		}
		fmt.Fprintf(w, "orbfilter: %d in the baseline %s %s not seen\n", n, printable.Line(g.known.file), were)
	}
}

// unseen counts the texts of the baseline that were not there.
func (g gate) unseen(unknown []*filter.Unknown) int {
	if !g.unknown || g.known == nil || g.broken {
		return 0
	}
	seen := map[string]bool{}
	for _, u := range unknown {
		seen[u.Fingerprint] = true
	}
	unseen := map[string]bool{}
	for _, e := range g.known.entries {
		if !seen[e.fingerprint] {
			unseen[e.fingerprint] = true
		}
	}
	return len(unseen)
}

// fingerprints are those of texts that no rule knows, the most frequent first.
func fingerprints(unknown []*filter.Unknown) (out []string) {
	for _, u := range report.UnknownFirst(unknown) {
		out = append(out, u.Fingerprint)
	}
	return out
}

// sayMet says why the exit code is that of a gate that was met.
func sayMet(w io.Writer, g *report.Gate, code int) {
	fmt.Fprintf(w, "orbfilter: exit code %d because of %s\n", code, facts.Because(g))
}

// maxWrong is how many mistakes are said again.
const maxWrong = 5

// sayWrong says why the exit code is that of what is wrong, at the end of a run at whose
// beginning it was said: that may be far above.
func sayWrong(w io.Writer, wrong []string, code int) {
	if len(wrong) == 1 {
		fmt.Fprintf(w, "orbfilter: exit code %d because of %s\n", code, printable.Line(wrong[0]))
		return
	}
	fmt.Fprintf(w, "orbfilter: exit code %d because of %d mistakes:\n", code, len(wrong))
	for _, line := range wrong[:min(len(wrong), maxWrong)] {
		fmt.Fprintf(w, "  %s\n", printable.Line(line))
	}
	if more := len(wrong) - maxWrong; more > 0 {
		fmt.Fprintf(w, "  and %d more, at the beginning\n", more)
	}
}

// checkFailOn finds values of --fail-on and --baseline that are none, or that do
// nothing. given: --fail-on was typed.
func (o *options) checkFailOn(given bool) error {
	values := strings.Split(o.failOn, ",")
	for _, v := range values {
		if given && !slices.Contains(failOns, v) {
			return usageError{fmt.Errorf("--fail-on %q: write %s, or several with commas between them", v, strings.Join(failOns, ", "))}
		}
	}
	if o.baseline != "" && !slices.Contains(values, newUnknown) {
		return usageError{fmt.Errorf("--baseline says what --fail-on %s passes over, and does nothing without it; add --fail-on %s", newUnknown, newUnknown)}
	}
	return nil
}
