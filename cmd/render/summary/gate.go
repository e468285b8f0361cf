package summary

import (
	"fmt"
	"io"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// SayChange says what was written. What was removed is named: it may be that too little was
// scanned.
func SayChange(w io.Writer, c *report.BaselineChange, file string) {
	fmt.Fprintf(w, "orbfilter: the baseline %s has %s", printable.Line(file), facts.Texts(int64(c.Texts)))
	switch {
	case c.Unwritten:
	case c.Old:
		fmt.Fprintf(w, ": it was of an earlier version, %d of its texts are carried over, %d not found again", c.CarriedOver, len(c.Removed))
	case len(c.Added)+len(c.Removed) == 0:
		fmt.Fprintln(w, ", as before")
		return
	default:
		fmt.Fprintf(w, ": %d added, %d removed", len(c.Added), len(c.Removed))
	}
	if len(c.Removed) > 0 {
		fmt.Fprintf(w, " (%s)", facts.Few(c.Removed))
	}
	fmt.Fprintln(w, "; look at it before you commit it")
}

// SayPassed says which errors --fail-on error has passed over, since the run did not fail.
func SayPassed(w io.Writer, g report.FailOn, r *report.Report) {
	if passed := g.Passed(r); len(passed) > 0 {
		fmt.Fprintf(w, "orbfilter: --fail-on error passes over what did not make the run fail: %s\n", facts.Few(passed))
	}
}

// SayBlind says that it is so.
func SayBlind(w io.Writer, g report.FailOn, r *report.Report) {
	if g.Blind(r) {
		fmt.Fprintf(w, "orbfilter: there are more different texts that no rule knows than are told apart (%d in a log, %d in all): --fail-on %s cannot see the rest\n", filter.MaxUnknown, report.MaxUnknown, report.NewUnknown)
	}
}

// SayKnown says how many of the unknown texts are in the baseline, or that it could
// not be compared with, and how new ones get there.
func SayKnown(w io.Writer, g report.FailOn, unknown []*filter.Unknown) {
	if !g.Unknown || g.Known == nil {
		return
	}
	file := printable.Line(g.Known.File)
	defer sayOld(w, g, file)
	if len(unknown) == 0 {
		return
	}
	if g.Broken {
		fmt.Fprintf(w, "orbfilter: %s (%s) could not be compared with the baseline %s\n", facts.Texts(int64(len(unknown))), facts.Few(fingerprints(unknown)), file)
		return
	}
	fresh := len(g.Fresh(unknown))
	if n := len(unknown) - fresh; n > 0 {
		is, it := "are", "them"
		if n == 1 {
			is, it = "is", "it"
		}
		fmt.Fprintf(w, "orbfilter: %s %s passed over, since the baseline %s has %s\n", words.Plural(int64(n), "text"), is, file, it)
	}
	if fresh > 0 && g.Anew != "" && !g.Known.Old() {
		fmt.Fprintf(w, "orbfilter: to live with what is new, write the baseline anew: %s\n", printable.Line(g.Anew))
	}
}

// sayOld says that a baseline is of an earlier version, and how it becomes one of this.
func sayOld(w io.Writer, g report.FailOn, file string) {
	if g.Known.Old() && g.Anew != "" {
		fmt.Fprintf(w, "orbfilter: the baseline %s has fingerprints of an earlier version; to carry it over, with its comments: %s\n", file, printable.Line(g.Anew))
	}
}

// SayUnseen names the texts of the baseline that were not there, no more than most; 0: all. It may be that they are
// gone for good, or that something else was looked through. One live run sees few of
// them, and no recurring lines, so that it is said of recorded logs only.
func SayUnseen(w io.Writer, g report.FailOn, unknown []*filter.Unknown, most int) {
	all := g.Unseen(unknown)
	if len(all) == 0 {
		return
	}
	were := "were"
	if len(all) == 1 {
		were = "was"
	}
	fmt.Fprintf(w, "orbfilter: %s in the baseline %s %s not seen\n", words.Plural(int64(len(all)), "text"), printable.Line(g.Known.File), were)
	named := words.Top(most, all)
	for _, k := range named {
		fmt.Fprintf(w, "   %s  %s\n", printable.Line(k.Fingerprint), words.CutText(printable.Line(k.Text)))
	}
	if more := len(all) - len(named); more > 0 {
		fmt.Fprintf(w, "   and %d more; --top 0 names all\n", more)
	}
}

// fingerprints are those of texts that no rule knows, the most frequent first.
func fingerprints(unknown []*filter.Unknown) (out []string) {
	for _, u := range report.UnknownFirst(unknown) {
		out = append(out, u.Fingerprint)
	}
	return out
}

// SayMet says why the exit code is that of a gate that was met.
func SayMet(w io.Writer, g *report.Gate, code int) {
	fmt.Fprintf(w, "orbfilter: exit code %d because of %s\n", code, facts.Because(g))
}

// maxWrong is how many mistakes are said again.
const maxWrong = 5

// SayWrong says why the exit code is that of what is wrong, at the end of a run at whose
// beginning it was said: that may be far above.
func SayWrong(w io.Writer, wrong []string, code int) {
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
