package stream

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/diagnose/beside"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/audit"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/spool"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/rules"
)

// A session is one run of the program over one or two streams: their filters,
// what is shown, what is said and written at the end.
type session struct {
	io      cli.IO
	options Shared
	set     *rules.Set
	machine *beside.Beside // what is installed there, and what upgrades it
	// recorded: what comes in may be older than what is installed; written to last then.
	// The zero time: that is not known.
	recorded bool
	written  time.Time
	marks    *ci.Marks
	filters  []*filter.Filter
	streams  []*ci.Stream
	texts    *spool.Streams // nil: nobody looks at what the run says
	gate     report.FailOn
	audit    *audit.Writer // nil: none was asked for, or it could not be made
	auditOf  []string      // the names of its streams
	// byFailOn: the exit code is 1 because of --fail-on.
	byFailOn bool
	// mustSee: a run that says nothing at all does not pass --fail-on.
	mustSee bool
	// ended says that the command of run ended with a code that is not 0; empty: it
	// ended with 0, which saidOK has, or there is none.
	ended  string
	saidOK bool
	// command is what run has run; nil: nothing.
	command *report.Command
	// mistyped says, of what the command said last, that an option of ours was typed behind it; empty: it was not so. nil: there is no command.
	mistyped func(tail []string) string
	began    time.Time
	output   *cli.Output
	often    sync.Once // see sent
}

// What garbage may come to what is in use, in percent, while a run goes on, and while its reports are written: it stands beside a
// deploy, which needs the memory.
const (
	garbage         = 40
	garbageAtTheEnd = 20
)

func newSession(io cli.IO, o Shared, set *rules.Set) *session {
	return &session{io: io, options: o, set: set, machine: beside.NewBeside(beside.LiveLimit), marks: ci.NewMarks(), began: time.Now(), output: o.Output(io), texts: spool.NewStreams(o.KeepsText())}
}

// record says that what comes in may be older than what is installed, and was written to last
// then; the zero time: that is not known.
func (s *session) record(written time.Time) {
	s.recorded, s.written = true, written
	if !written.IsZero() { // it is a file, and nobody watches
		s.machine = beside.NewBeside(beside.RecordedLimit)
	}
}

// filter returns a filter that shows what is left on out.
func (s *session) filter(out *os.File) *filter.Filter {
	stream := s.stream(out)
	f := filter.New(s.set, s.texts.Keep(s.kept(stream)), filter.Options{Hold: max(s.options.Hold, 1), Installed: cli.LookUpOn(s.machine), Recorded: s.recorded, Written: s.written, Record: s.options.Records(s.io) || s.remembers(), Sent: s.sent(stream)})
	s.texts.Of(f)
	s.filters, s.streams = append(s.filters, f), append(s.streams, stream)
	return f
}

// sent returns what is called when a filter has sent something on. What is short is over before garbage counts.
func (s *session) sent(stream *ci.Stream) func() {
	const few = 8
	times := 0
	return func() {
		stream.Flush()
		if times++; times == few {
			s.often.Do(func() { wrap.CollectOften(garbage) })
		}
	}
}

// remembers reports whether what the run does is kept for the doctor, who compares it with the
// run after an upgrade. Of what comes through a pipe it is not: looking at each line of an
// operation would slow a long log down.
func (s *session) remembers() bool { return !s.recorded && !s.options.NoHistory }

// color decides whether what orbfilter says on out is coloured.
func (s *session) color(out *os.File) bool { return s.options.ColorOn(s.io, out) }

func (s *session) summary() *filter.Summary {
	var sum filter.Summary
	for _, f := range s.filters {
		sum.Merge(f.Summary())
	}
	if s.ended != "" && sum.Outcome.Verdict.Failed != outcome.Yes {
		sum.Outcome.Verdict = outcome.Verdict{Failed: outcome.Yes, Reason: s.ended}
	}
	return &sum
}

// openGate reads what --fail-on and --baseline say. bad: the baseline is wrong,
// which was said.
func (s *session) openGate() (bad bool) {
	s.gate, bad = s.options.Gate(s.io, s.set, s.options.WriteAnew(s.options.Baseline, nil, nil))
	return bad
}

// found reports whether --fail-on met what it looks for.
func (s *session) found() bool {
	g := s.report(s.summary(), cli.ExitOK).Gate
	return g != nil && len(g.Reasons) > 0
}

// foundCode is the exit code for what --fail-on has met.
func (s *session) foundCode() int {
	s.byFailOn = true
	return cli.ExitFound
}

// failed reports whether something could not be shown, and says what. That
// the reader went away is no failure.
func (s *session) failed() bool {
	failed := false
	for _, st := range s.streams {
		if err := st.Err(); err != nil && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.EIO) {
			fmt.Fprintf(s.io.Stderr(), "orbfilter: cannot write: %v\n", err)
			failed = true
		}
	}
	return failed
}

// finish says and writes what there is at the end. It returns the exit code:
// code, or broken when a report or an audit could not be written.
func (s *session) finish(code, broken int) int {
	sum := s.summary()
	r := s.report(sum, code)
	said := s.words(sum, r)
	if err := s.closeAudit(); err != nil {
		said = fmt.Appendf(said, "orbfilter: --audit %v; what could not be kept there was shown, and not folded\n", err)
		code, r.ExitCode = broken, broken
	}
	why := s.why(r, code)
	said = s.io.Fit(s.io.Err, append(said, why...))
	said = append(s.output.WordsOn(s.io.Err, said, s.byFailOn || len(s.options.Wrong) > 0 || worthOpening(r)), s.sayIssues(ci.WithNew(s.gate, r))...)
	if len(said) > 0 {
		s.newLine()
		to := s.io.Stderr()
		if s.output.Read(s.io.Err) { // it is in the output format already
			to = wrap.Writer{File: s.io.Err}
		}
		_, _ = to.Write(said)
	}
	s.filters = nil // what they remember is not needed any more
	if len(s.options.Reports) > 0 {
		wrap.CollectOften(garbageAtTheEnd)
	}
	if err := s.options.WriteReports(r); err != nil {
		fmt.Fprintf(s.io.Stderr(), "orbfilter: --report: %v\n", err)
		if code != broken && len(why) > 0 {
			fmt.Fprintf(s.io.Stderr(), "orbfilter: exit code %d because of that\n", broken)
		}
		code = broken
	}
	s.sayElsewhere(r)
	s.remember(sum, code)
	return code
}

// why says where an exit code comes from that is neither the run's nor a failure.
func (s *session) why(r *report.Report, code int) []byte {
	var w bytes.Buffer
	switch {
	case code == cli.ExitFound && s.byFailOn:
		summary.SayMet(&w, r.Gate, cli.ExitFound)
	case code == cli.ExitOK:
		summary.SayPassed(&w, s.gate, r)
	case code == cli.ExitUsage && len(s.options.Wrong) > 0:
		summary.SayWrong(&w, s.options.Wrong, cli.ExitUsage)
	}
	return w.Bytes()
}

// words is what is said to a person at the end. r is the report of it.
func (s *session) words(sum *filter.Summary, r *report.Report) []byte {
	var w bytes.Buffer
	shown := *sum
	if s.gate.Unknown {
		shown.Unknown, shown.UnknownMore = nil, 0 // the gate says which are new
	}
	view := summary.Summary{Summary: &shown, Color: s.color(s.io.Err), Width: s.io.Width(s.io.Err), Home: s.io.Getenv("HOME"), Fix: s.machine.FixCommand, Severities: facts.Severities(r)}
	switch o := s.options; {
	case o.Quiet:
		view.Errors(&w, s.worthSaying(sum))
		view.Unsure(&w)
	case o.Summary == "always", o.Summary == "auto" && (view.Says() || s.failedInCI(sum)):
		view.Text(&w)
		s.sayAllTheSame(&w, sum)
	case o.Summary == "auto" && s.worthSaying(sum):
		view.Failed(&w)
		view.Limits(&w)
	case o.Summary == "auto": // who sees nothing takes it for a yes
		view.Unsure(&w)
		view.Limits(&w)
	default:
		view.Limits(&w)
	}
	if s.options.Summary != "never" {
		s.sayMistyped(&w, sum)
	}
	summary.Unknown(&w, nil, s.gate.Fresh(sum.Unknown), 0, MaxNamed)
	summary.SayKnown(&w, s.gate, sum.Unknown)
	summary.SayBlind(&w, s.gate, r)
	return w.Bytes()
}

// failedInCI reports whether a run failed, of which nothing else is to be said, where a CI system shows what is said at the end: the page of
// a job is long, and nobody may have seen how the command ended.
func (s *session) failedInCI(sum *filter.Summary) bool {
	return !s.output.Events && s.output.Name != "text" && sum.Outcome.Verdict.Failed == outcome.Yes
}

// worthSaying reports whether it is to be said that the command ended badly, where nothing else is known of it. Who has ended it
// with Ctrl-C, or has closed the pipe that it wrote to, knows; and where the last word is that of an orbfilter inside, or the command was not
// started, it was said.
func (s *session) worthSaying(sum *filter.Summary) bool {
	tail := sum.Outcome.Tail()
	if n := len(tail); n > 0 && strings.HasPrefix(tail[n-1], "orbfilter: ") {
		return false
	}
	return s.ended != "" && s.ended != notStarted && s.command != nil && s.command.ExitCode != 128+int(syscall.SIGINT) && s.command.ExitCode != pipeSignal
}

// sayAllTheSame says that the command's exit code does not tell that the run failed, and
// what would. Who has typed that is not told.
func (s *session) sayAllTheSame(w *bytes.Buffer, sum *filter.Summary) {
	if s.saidOK && sum.Outcome.Verdict.Failed == outcome.Yes && s.options.FailOn == "" {
		fmt.Fprintln(w, "orbfilter: the command's exit code is 0 all the same; with --fail-on error it would be 1")
	}
}

// newLine keeps what is said at the end apart from a line that has no end,
// where both are on a terminal, or on one way to a CI system.
func (s *session) newLine() {
	for _, st := range s.streams {
		if f, ok := st.W.(wrap.Writer); ok && st.Middle() && s.together(f.File) {
			fmt.Fprintln(s.io.Err)
			return
		}
	}
}

// report is what the reports of the run are written from.
func (s *session) report(sum *filter.Summary, code int) *report.Report {
	r := report.New(sum, report.Run{Version: s.io.Version, ExitCode: code, Date: s.began.Format(time.RFC3339), Fix: s.machine.FixCommand, Command: s.command})
	s.texts.AddTo(r)
	r.Gate = s.gate.Verdict(r, s.mustSee && sum.Input.Bytes == 0)
	return r
}

// MaxNamed is how many texts that are new are named.
const MaxNamed = 20
