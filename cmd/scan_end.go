package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"syscall"

	"github.com/orbfilter/orbfilter/cmd/render"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/report"
)

// finish says and writes what there is at the end, and returns the exit code. What
// could not be read is said last.
func (s *scan) finish() int {
	sum := s.total()
	failed := len(s.tally.failures) > 0
	code := exitOK
	switch {
	case failed:
		code = exitOwn
	case s.found(sum):
		code = exitFound
	}
	sum.ExitCode = code
	failed = s.say(sum) || failed
	failed = s.write(sum) || failed
	s.sayInCI(sum)
	s.sayFailures()
	if failed {
		return exitOwn
	}
	return code
}

// total is the report of all logs.
func (s *scan) total() *report.Report {
	sum := s.tally.reports.total()
	for r := range s.set.All() {
		sum.Limits.RegexTimeouts += r.Timeouts()
		if r.Exhausted() {
			sum.Limits.RulesSkipped = append(sum.Limits.RulesSkipped, r.ID+": a pattern took too long, and was not used any more")
		}
	}
	slices.Sort(sum.Limits.RulesSkipped)
	return sum
}

// found reports whether --fail-on met what it looks for.
func (s *scan) found(sum *report.Report) bool {
	return len(s.gate.fresh(sum.Unknown)) > 0 || s.gate.blind(sum) ||
		slices.ContainsFunc(sum.Issues, func(i *report.Issue) bool { return s.gate.metBy(i.Severity) })
}

// say shows the table, and says on stderr what is not a part of it.
func (s *scan) say(sum *report.Report) (failed bool) {
	o := s.options
	d := o.dressed(s.io)
	view := render.Scan{Report: sum, Top: s.top, Width: width(s.io.Out), Color: o.colorOn(s.io, s.io.Out), Repeats: s.tally.repeats}
	var table, said bytes.Buffer
	switch {
	case o.quiet:
		render.Scan{Report: sum, Color: o.colorOn(s.io, s.io.Err)}.Errors(&said)
	case o.summary == "never":
	default:
		view.Text(&table)
		s.sayWritten(&table)
		if o.summary == "always" && len(sum.Issues) > 0 {
			table.WriteByte('\n')
			_ = render.ReportText{Report: sum, Home: s.io.Getenv("HOME"), Color: view.Color, Width: view.Width}.Write(&table)
		}
	}
	if _, err := (wrap.Writer{File: s.io.Out}).Write(d.safe(s.io.Out, table.Bytes())); err != nil && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintf(&said, "orbfilter: cannot write the table: %v\n", err)
		failed = true
	}
	s.sayFound(&said, sum)
	_, _ = wrap.Writer{File: s.io.Err}.Write(d.safe(s.io.Err, said.Bytes()))
	return failed
}

// sayWritten says where the clean copies are.
func (s *scan) sayWritten(w *bytes.Buffer) {
	n := s.tally.copies
	switch {
	case s.inPlace:
		fmt.Fprintf(w, "\n%s replaced; what was taken out is in %s, and comes back with: orbfilter restore AUDIT LOG\n", files(n), printable(s.options.audit))
	case s.output != "":
		fmt.Fprintf(w, "\n%s in %s\n", files(n), printable(s.output))
	}
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// sayFound says why --fail-on makes the exit code 1.
func (s *scan) sayFound(w *bytes.Buffer, sum *report.Report) {
	limits := render.Summary{Summary: &filter.Summary{
		Unknown: s.gate.fresh(sum.Unknown),
		Limits:  filter.Limits{RegexTimeouts: sum.Limits.RegexTimeouts, RulesSkipped: sum.Limits.RulesSkipped},
	}}
	limits.Limits(w)
	limits.NewUnknown(w)
	s.gate.sayKnown(w, sum.Unknown)
	s.gate.sayBlind(w, sum)
	if sum.ExitCode == exitFound {
		fmt.Fprintf(w, "orbfilter: exit code 1 because of --fail-on %s\n", s.options.failOn)
	}
}

// write writes the reports and the baseline.
func (s *scan) write(sum *report.Report) (failed bool) {
	if err := s.options.writeReports(sum); err != nil {
		fmt.Fprintf(s.io.Err, "orbfilter: --report: %v\n", err)
		failed = true
	}
	switch {
	case s.writeBaseline == "":
	case len(s.tally.failures) > 0: // it would lose what is in them
		fmt.Fprintf(s.io.Err, "orbfilter: --write-baseline %s: it is not written, since not all logs could be read\n", printable(s.writeBaseline))
	default:
		if err := writeBaseline(s.writeBaseline, sum); err != nil {
			fmt.Fprintf(s.io.Err, "orbfilter: %v\n", err)
			failed = true
		} else if !s.options.quiet {
			sayBaseline(s.io.Err, s.writeBaseline, len(sum.Unknown))
		}
	}
	return failed
}

// sayFailures names what could not be read or written.
func (s *scan) sayFailures() {
	all := s.tally.sorted()
	if len(all) == 0 {
		return
	}
	var w bytes.Buffer
	fmt.Fprintf(&w, "orbfilter: exit code %d because of %s:\n", exitOwn, files(len(all)))
	for _, f := range all {
		fmt.Fprintf(&w, "  %s: %s\n", printable(f.Name), printable(f.Err.Error()))
	}
	_, _ = wrap.Writer{File: s.io.Err}.Write(w.Bytes())
}
