package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// autoFormat is the format of the CI system that the environment is of.
const autoFormat = "auto"

// foldeds say what becomes of folded text.
var foldeds = []string{"hide", "group"}

func formatNames() []string { return append([]string{autoFormat}, ci.FormatNames()...) }

// An Output is the output format of what orbfilter writes, and where it goes.
type Output struct {
	*ci.Format
	Auto  bool   // nobody asked for it
	token string // that the run cannot guess
	// alone is the one stream of the run in which commands may be stopped; nil: none.
	alone *os.File
	Lines *lines // takes the events of all streams; nil: the format has none
	run   bool   // the streams are those of a command, and not standard input
}

// Output returns that of a run that has its output on out alone.
func (o *Formatting) Output(io IO) *Output {
	d := &Output{Format: ci.FormatOf(o.Format), token: "orbfilter-" + rand.Text(), alone: io.Out}
	if d.Format == nil {
		d.Format, d.Auto = ci.FormatIn(io.Getenv), true
	}
	if d.Events {
		d.Lines = &lines{w: wrap.Writer{File: io.Out}}
	}
	return d
}

// Read reports whether what is written to a file is read by the CI system, as
// far as can be known: what is kept in a file, and what a person sees on a
// terminal, is not. Who asks for a format knows better.
func (d *Output) Read(f *os.File) bool {
	if d.Plain() || d.Events {
		return false
	}
	if !d.Auto {
		return true
	}
	info, err := f.Stat()
	return err == nil && !info.Mode().IsRegular() && (d.Terminal || !term.IsTerminal(int(f.Fd())))
}

// OfCommand is told that the run is one of a command, and whether its streams
// are apart.
func (d *Output) OfCommand(err *os.File, apart bool) {
	d.run = true
	if apart && d.Read(err) {
		d.alone = err
	}
}

// StreamName names a stream for programs.
func (d *Output) StreamName(stderr bool) string {
	switch {
	case !d.run:
		return "stdin"
	case stderr:
		return "stderr"
	}
	return "stdout"
}

// Live returns the format of a stream, as it goes on; nil: it holds the run's own bytes, and
// nothing else.
func (d *Output) Live(out *os.File, name string, groups bool) *ci.Live {
	if !d.Read(out) {
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

// WordsOn puts what is said at the end on f into the output format. What it quotes cannot give orders.
// open: a person should see it.
func (d *Output) WordsOn(f *os.File, said []byte, open bool) []byte {
	if len(said) == 0 || !d.Read(f) {
		return said
	}
	return []byte(d.Words(string(printable.Text.Bytes(said)), open, time.Now()))
}

// Announce says in the CI system's own way what there is to say where no run is
// shown, and adds the report to the page of the job.
func (d *Output) Announce(io IO, quiet bool, o *Results, issues, r *report.Report) {
	var b bytes.Buffer
	d.Issues(&b, issues, ci.IssueOptions{ErrorsOnly: quiet, Markdown: o.Markdown()})
	to := io.Err
	if d.Stdout && d.Read(io.Out) {
		to = io.Out
	}
	if d.Read(to) {
		_, _ = wrap.Writer{File: to}.Write(b.Bytes())
	}
	d.AddPage(io, quiet, o, r)
}

// AddPage adds the report to the page of the job, where the CI system has such a
// thing. If it cannot, it says so; that is worth no exit code.
func (d *Output) AddPage(io IO, quiet bool, o *Results, r *report.Report) {
	file := io.Getenv("GITHUB_STEP_SUMMARY")
	if d.Name != "github" || file == "" || quiet || o.Summary == "never" || o.Summary == "auto" && nothingSeen(r) {
		return
	}
	if err := addJobSummary(file, r); err != nil {
		fmt.Fprintf(io.Stderr(), "orbfilter: GITHUB_STEP_SUMMARY: %v\n", err)
	}
}

// nothingSeen reports whether there is nothing in a report that a page is worth.
func nothingSeen(r *report.Report) bool {
	return !facts.NotWell(r) && len(r.Issues) == 0 && len(r.Unknown) == 0 && (r.Gate == nil || len(r.Gate.Reasons) == 0)
}

// Markdown returns the file of the first report in Markdown; "": none was asked for.
func (o *Results) Markdown() string {
	for _, r := range o.Reports {
		if kind, file, err := SplitReport(r); err == nil && kind.Name == "md" {
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
