package cmd

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// autoFormat is the format of the CI system that the environment is of.
const autoFormat = "auto"

// foldeds say what becomes of folded text.
var foldeds = []string{"hide", "group"}

func formatNames() []string { return append([]string{autoFormat}, ci.FormatNames()...) }

func (o *options) registerFormat(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", autoFormat, "`how` to dress the output: "+strings.Join(formatNames(), ", "))
	f.StringVar(&o.folded, "folded", foldeds[0], "what becomes of folded `text`: hide, or group (it stays, collapsed, where the CI system has such)")
}

func (o *options) checkFormat() error {
	if !slices.Contains(formatNames(), o.format) {
		return usageError{fmt.Errorf("--format %q: write %s", o.format, strings.Join(formatNames(), ", "))}
	}
	if !slices.Contains(foldeds, o.folded) {
		return usageError{fmt.Errorf("--folded %q: write %s", o.folded, strings.Join(foldeds, ", "))}
	}
	return nil
}

// A dress is how what orbfilter writes is dressed, and where.
type dress struct {
	*ci.Format
	auto  bool   // nobody asked for it
	token string // that the run cannot guess
	// alone is the one stream of the run in which commands may be stopped; nil: none.
	alone *os.File
	lines *lines // takes the events of all streams; nil: the format has none
	run   bool   // the streams are those of a command, and not standard input
}

// dressed returns the dress of a run that has its output on out alone.
func (o *options) dressed(io IO) *dress {
	d := &dress{Format: ci.FormatOf(o.format), token: "orbfilter-" + rand.Text(), alone: io.Out}
	if d.Format == nil {
		d.Format, d.auto = ci.FormatIn(io.Getenv), true
	}
	if d.Events {
		d.lines = &lines{w: wrap.Writer{File: io.Out}}
	}
	return d
}

// read reports whether what is written to a file is read by the CI system, as
// far as can be known: what is kept in a file, and what a person sees on a
// terminal, is not. Who asks for a format knows better.
func (d *dress) read(f *os.File) bool {
	if d.Plain() || d.Events {
		return false
	}
	if !d.auto {
		return true
	}
	info, err := f.Stat()
	return err == nil && !info.Mode().IsRegular() && (d.Terminal || !term.IsTerminal(int(f.Fd())))
}

// command is told that the run is one of a command, and whether its streams
// are apart.
func (d *dress) command(err *os.File, apart bool) {
	d.run = true
	if apart && d.read(err) {
		d.alone = err
	}
}

// name names a stream for programs.
func (d *dress) name(stderr bool) string {
	switch {
	case !d.run:
		return "stdin"
	case stderr:
		return "stderr"
	}
	return "stdout"
}

// live returns the dress of a stream; nil: it holds the run's own bytes, and
// nothing else.
func (d *dress) live(out *os.File, name string, groups bool) *ci.Live {
	if !d.read(out) {
		return nil
	}
	return &ci.Live{Format: d.Format, Alone: out == d.alone, Groups: groups, Name: name, Token: d.token, Now: time.Now}
}

// lines are what two streams write lines to that must not be torn.
type lines struct {
	mu sync.Mutex
	w  wrap.Writer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// stream returns what shows a stream of the run that has its place on out.
func (s *session) stream(out *os.File) *ci.Stream {
	name := s.dress.name(out == s.io.Err)
	if s.dress.lines != nil {
		if len(s.streams) == 0 {
			_ = ci.WriteStart(s.dress.lines, s.io.Version) // what cannot be written is found out by the next line
		}
		return &ci.Stream{W: s.dress.lines, Name: name}
	}
	tty := term.IsTerminal(int(out.Fd()))
	o := s.options
	stream := &ci.Stream{W: wrap.Writer{File: out}, Color: s.color(out), Live: s.dress.live(out, name, o.folded == "group")}
	if o.markers == "always" || o.markers == "auto" && tty && !o.quiet {
		stream.Marks = s.marks
	}
	return stream
}

// close lets go of what the streams have kept back.
func (s *session) close() {
	for _, st := range s.streams {
		st.Close()
	}
}

// sayIssues says in the CI system's own way what there is to say, or returns it
// for stderr. There it goes, as all that orbfilter says, if the system looks
// for commands there, and if none were stopped in stdout: the two are read one
// beside the other, and there they might still be.
func (s *session) sayIssues(r *report.Report) []byte {
	var b strings.Builder
	s.dress.Issues(&b, r, ci.IssueOptions{ErrorsOnly: s.options.quiet, Markdown: s.options.markdown()})
	if b.Len() == 0 {
		return nil
	}
	if st := s.own(s.io.Out); st != nil && s.dress.read(s.io.Out) && (s.dress.Stdout || st.Stopped()) {
		st.Own(b.String())
		return nil
	}
	if s.dress.read(s.io.Err) {
		return []byte(b.String())
	}
	return nil
}

// together reports whether a stream of the run is seen in one place with stderr.
func (s *session) together(f *os.File) bool {
	if term.IsTerminal(int(f.Fd())) || !s.dress.read(s.io.Err) {
		return term.IsTerminal(int(f.Fd())) && term.IsTerminal(int(s.io.Err.Fd()))
	}
	out, err1 := f.Stat()
	err, err2 := s.io.Err.Stat()
	return err1 == nil && err2 == nil && os.SameFile(out, err)
}

// sayElsewhere says what has a place of its own: the page of the job, and the
// last line for programs.
func (s *session) sayElsewhere(r *report.Report) {
	s.dress.page(s.io, s.options, r)
	if s.dress.lines != nil {
		if err := ci.WriteEnd(s.dress.lines, r); err != nil && !errors.Is(err, syscall.EPIPE) {
			fmt.Fprintf(s.io.stderr(), "orbfilter: cannot write: %v\n", err)
		}
	}
}

// own returns the stream of the run that has its place on out; nil: there is none.
func (s *session) own(out *os.File) *ci.Stream {
	for _, st := range s.streams {
		if f, ok := st.W.(wrap.Writer); ok && f.File == out {
			return st
		}
	}
	return nil
}

// words dresses what is said at the end on f. What it quotes cannot give orders.
// open: a person should see it.
func (d *dress) words(f *os.File, said []byte, open bool) []byte {
	if len(said) == 0 || !d.read(f) {
		return said
	}
	return []byte(d.Words(string(printable.Text.Bytes(said)), open, time.Now()))
}

// worthOpening reports whether a report has something that a person should see.
func worthOpening(r *report.Report) bool {
	return slices.ContainsFunc(r.Issues, func(i *report.Issue) bool { return i.Severity.AtLeast(rules.Warning) })
}

// announce says in the CI system's own way what there is to say where no run is
// shown, and adds the report to the page of the job.
func (d *dress) announce(io IO, o *options, issues, r *report.Report) {
	var b bytes.Buffer
	d.Issues(&b, issues, ci.IssueOptions{ErrorsOnly: o.quiet, Markdown: o.markdown()})
	to := io.Err
	if d.Stdout && d.read(io.Out) {
		to = io.Out
	}
	if d.read(to) {
		_, _ = wrap.Writer{File: to}.Write(b.Bytes())
	}
	d.page(io, o, r)
}

// page adds the report to the page of the job, where the CI system has such a
// thing. If it cannot, it says so; that is worth no exit code.
func (d *dress) page(io IO, o *options, r *report.Report) {
	file := io.Getenv("GITHUB_STEP_SUMMARY")
	if d.Name != "github" || file == "" || o.quiet || o.summary == "never" || o.summary == "auto" && nothingSeen(r) {
		return
	}
	if err := addJobSummary(file, r); err != nil {
		fmt.Fprintf(io.stderr(), "orbfilter: GITHUB_STEP_SUMMARY: %v\n", err)
	}
}

// nothingSeen reports whether there is nothing in a report that a page is worth.
func nothingSeen(r *report.Report) bool {
	return len(r.Issues) == 0 && len(r.Unknown) == 0 && (r.Gate == nil || len(r.Gate.Reasons) == 0)
}

// markdown returns the file of the first report in Markdown; "": none was asked for.
func (o *options) markdown() string {
	for _, r := range o.reports {
		if kind, file, err := splitReport(r); err == nil && kind.Name == "md" {
			return file
		}
	}
	return ""
}

// GitHub refuses the whole summary of a step when it is larger than 1 MiB
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits),
// and what is there already counts. Something is left for who comes after us.
const (
	maxJobSummary  = 1 << 20
	jobSummaryLeft = 64 << 10
)

// addJobSummary adds the report to a file that others have written to, and cuts it so
// that it stays below what GitHub takes.
func addJobSummary(file string, r *report.Report) (err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var b strings.Builder
	if info.Size() > 0 {
		b.WriteString("\n\n") // it may end in the middle of a line
	}
	before := b.Len()
	if err := reports.MarkdownWithin(&b, r, maxJobSummary-jobSummaryLeft-before-int(info.Size())); err != nil {
		return err
	}
	if b.Len() == before {
		return fmt.Errorf("%s has %d bytes already, and GitHub takes %d; look at the report of the job instead", file, info.Size(), maxJobSummary)
	}
	_, err = f.WriteString(b.String())
	return err
}
