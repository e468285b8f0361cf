package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// A gate is what --fail-on looks for.
type gate struct {
	severities []rules.Severity // and those above; none: an issue is no reason
	unknown    bool             // what no rule knows is a reason
	known      *baseline        // besides what is in here; nil: nothing is
}

// gate reads what --fail-on and --baseline say. bad: the baseline is wrong,
// which was said; then everything is new.
func (o *options) gate(says IO) (g gate, bad bool) {
	for value := range strings.SplitSeq(o.failOn, ",") {
		switch value {
		case "":
		case newUnknown:
			g.unknown = true
		default:
			g.severities = append(g.severities, rules.Severity(value))
		}
	}
	if o.baseline == "" {
		return g, false
	}
	known, err := readBaseline(o.baseline)
	if err != nil {
		complain(says, err)
		return g, true
	}
	g.known = known
	return g, false
}

// fresh returns what is new of the unknown texts; none if that is no reason.
func (g gate) fresh(unknown []*filter.Unknown) (out []*filter.Unknown) {
	if !g.unknown {
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
func (g gate) withNew(r *report.Report) *report.Report {
	fresh := g.fresh(r.Unknown)
	if len(fresh) == 0 {
		return r
	}
	with := *r
	with.Issues = slices.Clone(r.Issues)
	for _, u := range fresh {
		about := report.About{ID: u.Fingerprint, Severity: rules.Error, Title: "No rule knows this: " + u.Sample, Advice: "To fold it, make a rule: orbfilter rules learn LOG."}
		with.Issues = append(with.Issues, &report.Issue{About: about, Count: u.Count, Lines: u.Lines, FirstLine: u.FirstLine, LastLine: u.FirstLine})
	}
	return &with
}

// metBy reports whether an issue of this severity is a reason to fail.
func (g gate) metBy(s rules.Severity) bool {
	return slices.ContainsFunc(g.severities, s.AtLeast)
}

// blind reports whether there may be texts that no rule knows and that the report
// has no place for. Who does not see all cannot say that all is well.
func (g gate) blind(r *report.Report) bool {
	exceptions := map[string]bool{}
	for _, u := range r.Unknown {
		exceptions[u.Fingerprint] = u.Kind == filter.Exception
	}
	full := func(l *report.Log) bool {
		n := 0
		for _, fingerprint := range l.Unknown {
			if exceptions[fingerprint] {
				n++
			}
		}
		return n >= filter.MaxUnknown
	}
	return g.unknown && (len(r.Unknown) >= report.MaxUnknown || slices.ContainsFunc(r.Logs, full))
}

// sayBlind says that it is so.
func (g gate) sayBlind(w io.Writer, r *report.Report) {
	if g.blind(r) {
		fmt.Fprintf(w, "orbfilter: there are more different texts that no rule knows than are told apart (%d in a log, %d in all): --fail-on %s cannot see the rest\n", filter.MaxUnknown, report.MaxUnknown, newUnknown)
	}
}

// sayBaseline says what was written.
func sayBaseline(w io.Writer, file string, texts int) {
	many := "1 text"
	if texts != 1 {
		many = fmt.Sprintf("%d texts", texts)
	}
	fmt.Fprintf(w, "orbfilter: the baseline %s has %s that no rule knows; look at it before you commit it\n", printable(file), many)
}

// sayKnown says how many of the unknown texts are in the baseline, and how new
// ones get there.
func (g gate) sayKnown(w io.Writer, unknown []*filter.Unknown) {
	if !g.unknown || g.known == nil {
		return
	}
	fresh := len(g.fresh(unknown))
	if n := len(unknown) - fresh; n > 0 {
		fmt.Fprintf(w, "orbfilter: passed over, since the baseline %s has it: %d\n", printable(g.known.file), n)
	}
	if fresh > 0 {
		fmt.Fprintf(w, "orbfilter: to live with what is new, write the baseline anew: %s\n", printable(writeAnew(g.known.file)))
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
