package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/save"
)

// finish says and writes what there is at the end, and returns the exit code. What
// could not be read is said last.
func (s *scan) finish() int {
	sum := s.batch.Total()
	sum.Gate = s.gate.Verdict(sum, sum.Input.Bytes == 0)
	failed := len(s.batch.Failures()) > 0
	switch {
	case failed:
		sum.ExitCode = cli.ExitOwn
	case sum.Gate != nil && len(sum.Gate.Reasons) > 0:
		sum.ExitCode = cli.ExitFound
	}
	failed = s.say(sum) || failed
	failed = s.write(sum) || failed
	s.sayInCI(sum)
	s.sayFailures()
	if failed {
		return cli.ExitOwn
	}
	s.sayMet(sum)
	return sum.ExitCode
}

// sayMet says why --fail-on makes the exit code 1, or what it has passed over.
func (s *scan) sayMet(sum *report.Report) {
	var w bytes.Buffer
	if sum.ExitCode == cli.ExitFound {
		summary.SayMet(&w, sum.Gate, cli.ExitFound)
	} else {
		summary.SayPassed(&w, s.gate, sum)
	}
	_, _ = s.io.Stderr().Write(w.Bytes())
}

// say shows the table, and says on stderr what is not a part of it.
func (s *scan) say(sum *report.Report) (failed bool) {
	o := s.options
	view := summary.Scan{Report: sum, Top: s.top, Sort: s.sort, Width: s.io.Width(s.io.Out), Color: o.ColorOn(s.io, s.io.Out), Repeats: s.batch.Repeats()}
	var table, said bytes.Buffer
	switch {
	case o.Quiet:
		summary.Scan{Report: sum, Color: o.ColorOn(s.io, s.io.Err)}.Errors(&said)
	case o.Summary == "never", s.nothing(sum):
	default:
		view.Text(&table)
		s.sayWritten(&table)
		if o.Summary == "always" && len(sum.Issues) > 0 {
			table.WriteByte('\n')
			known := *sum
			known.Unknown, known.UnknownMore = nil, 0 // they are in the table
			_ = summary.ReportText{Report: &known, Home: s.io.Getenv("HOME"), Color: view.Color, Width: view.Width, Told: true}.Write(&table)
		}
	}
	if _, err := s.io.Stdout().Write(s.io.Fit(s.io.Out, table.Bytes())); err != nil && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintf(&said, "orbfilter: cannot write the table: %v\n", err)
		failed = true
	}
	if s.nothing(sum) {
		fmt.Fprintf(&said, "orbfilter: %s\n", summary.Nothing(sum))
	}
	s.sayFound(&said, sum)
	_, _ = s.io.Stderr().Write(s.io.Fit(s.io.Err, said.Bytes()))
	return failed
}

// nothing reports whether all logs could be read, and there is nothing in them.
func (s *scan) nothing(sum *report.Report) bool {
	return sum.Input.Bytes == 0 && len(s.batch.Failures()) == 0
}

// sayWritten says where the clean copies are.
func (s *scan) sayWritten(w *bytes.Buffer) {
	n, archives := s.batch.Written()
	switch {
	case s.inPlace && n == 0:
		fmt.Fprint(w, "\nno file replaced: nothing was taken out\n")
	case s.inPlace:
		fmt.Fprintf(w, "\n%s replaced; what was taken out is in %s, and comes back with: %s\n", files(n), printable.Line(s.options.Audit), back(n, archives))
	case s.output != "":
		fmt.Fprintf(w, "\n%s in %s\n", files(n), printable.Line(s.output))
	}
}

// sayInterrupted says what there is of what was to be written.
func (s *scan) sayInterrupted(sig os.Signal) {
	n, archives := s.batch.Written()
	said := "nothing was written"
	switch {
	case s.inPlace && n == 0:
		said = "no file was replaced: the logs are as they were"
	case s.inPlace:
		said = fmt.Sprintf("%s replaced, and whole; what was taken out is in %s, and comes back with: %s\n  the other logs are as they were, and have no audit there", files(n), printable.Line(s.options.Audit), back(n, archives))
	case s.output != "" && n > 0:
		said = fmt.Sprintf("%s in %s, and whole; no others were begun", files(n), printable.Line(s.output))
	}
	fmt.Fprintf(s.io.Stderr(), "orbfilter: %v; %s\n", sig, said)
}

// back is the command that gives back what was taken out of so many copies.
func back(copies, archives int) string {
	const log, member = "orbfilter restore AUDIT LOG", "unzip -p ZIP LOG | orbfilter restore AUDIT"
	switch archives {
	case 0:
		return log
	case copies:
		return member
	}
	return log + ", of a log in an archive: " + member
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// sayFound says what --fail-on new-unknown has found, and what was out of the ordinary.
func (s *scan) sayFound(w *bytes.Buffer, sum *report.Report) {
	limits := summary.Summary{Summary: &filter.Summary{
		Limits: filter.Limits{RegexTimeouts: sum.Limits.RegexTimeouts, RulesSkipped: sum.Limits.RulesSkipped},
	}}
	limits.Limits(w)
	summary.Undecided(w, sum.Limits.Undecided)
	summary.Unknown(w, sum.Logs, s.gate.Fresh(sum.Unknown), 0, s.top)
	known := s.gate
	if s.comparesAndWrites() {
		known.Anew = "" // it is said why it was not written
	}
	summary.SayKnown(w, known, sum.Unknown)
	if !s.options.Quiet {
		summary.SayUnseen(w, s.gate, sum.Unknown, s.top)
	}
	summary.SayBlind(w, s.gate, sum)
}

// write writes the reports and the baseline.
func (s *scan) write(sum *report.Report) (failed bool) {
	if err := s.options.WriteReports(sum); err != nil {
		fmt.Fprintf(s.io.Stderr(), "orbfilter: --report: %v\n", err)
		failed = true
	}
	_, _ = s.io.Err.Seek(0, io.SeekEnd) // a report may have gone there
	switch {
	case s.writeBaseline == "":
	case len(s.batch.Failures()) > 0: // it would lose what is in them
		fmt.Fprintf(s.io.Stderr(), "orbfilter: --write-baseline %s: it is not written, since not all logs could be read\n", printable.Line(s.writeBaseline))
	case sum.ExitCode == cli.ExitFound && s.comparesAndWrites(): // else the gate would pass the next time
		fmt.Fprintf(s.io.Stderr(), "orbfilter: the baseline %s is not written, since --fail-on was met; to write it all the same: %s\n", printable.Line(s.writeBaseline), printable.Line(s.gate.Anew))
	default:
		change, err := report.WriteBaseline(s.writeBaseline, sum)
		if err != nil {
			fmt.Fprintf(s.io.Stderr(), "orbfilter: %v\n", err)
			failed = true
		} else if !s.options.Quiet || len(change.Removed) > 0 || change.Old {
			summary.SayChange(s.io.Stderr(), change, s.writeBaseline)
		}
	}
	return failed
}

// comparesAndWrites reports whether the baseline that is written is the one that the
// logs are compared with.
func (s *scan) comparesAndWrites() bool {
	return s.writeBaseline != "" && s.options.Baseline != "" && save.SamePath(s.writeBaseline, s.options.Baseline)
}

// sayFailures names what could not be read or written.
func (s *scan) sayFailures() {
	all := s.batch.Failures()
	if len(all) == 0 {
		return
	}
	var w bytes.Buffer
	fmt.Fprintf(&w, "orbfilter: exit code %d because of %s:\n", cli.ExitOwn, files(len(all)))
	for _, line := range alike(all) {
		fmt.Fprintf(&w, "  %s\n", line)
	}
	_, _ = s.io.Stderr().Write(w.Bytes())
}

// sayInCI says what was found in the CI system's own way, as a run does, and adds
// it to the page of the job.
func (s *scan) sayInCI(sum *report.Report) {
	s.options.Output(s.io).Announce(s.io, s.options.Quiet, s.options.Results, ci.WithNew(s.gate, sum), sum)
}
