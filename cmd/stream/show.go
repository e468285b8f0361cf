package stream

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/rules"
)

// stream returns what shows a stream of the run that has its place on out.
func (s *session) stream(out *os.File) *ci.Stream {
	name := s.output.StreamName(out == s.io.Err)
	if s.output.Lines != nil {
		if len(s.streams) == 0 {
			_ = ci.WriteStart(s.output.Lines, s.io.Version) // what cannot be written is found out by the next line
		}
		return &ci.Stream{W: s.output.Lines, Name: name}
	}
	tty := term.IsTerminal(int(out.Fd()))
	o := s.options
	stream := &ci.Stream{W: wrap.Writer{File: out}, Color: s.color(out), ASCII: cli.ASCII(s.io.Getenv), Live: s.output.Live(out, name, o.Folded == "group")}
	if o.Markers == "always" || o.Markers == "auto" && tty && !o.Quiet {
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
	s.output.Issues(&b, r, ci.IssueOptions{ErrorsOnly: s.options.Quiet, Markdown: s.options.Markdown()})
	if b.Len() == 0 {
		return nil
	}
	if st := s.own(s.io.Out); st != nil && s.output.Read(s.io.Out) && (s.output.Stdout || st.Stopped()) {
		st.Own(b.String())
		return nil
	}
	if s.output.Read(s.io.Err) {
		return []byte(b.String())
	}
	return nil
}

// together reports whether a stream of the run is seen in one place with stderr.
func (s *session) together(f *os.File) bool {
	if term.IsTerminal(int(f.Fd())) || !s.output.Read(s.io.Err) {
		return term.IsTerminal(int(f.Fd())) && term.IsTerminal(int(s.io.Err.Fd()))
	}
	out, err1 := f.Stat()
	err, err2 := s.io.Err.Stat()
	return err1 == nil && err2 == nil && os.SameFile(out, err)
}

// sayElsewhere says what has a place of its own: the page of the job, and the
// last line for programs.
func (s *session) sayElsewhere(r *report.Report) {
	s.output.AddPage(s.io, s.options.Quiet, s.options.Results, r)
	if s.output.Lines != nil {
		if err := ci.WriteEnd(s.output.Lines, r); err != nil && !errors.Is(err, syscall.EPIPE) {
			fmt.Fprintf(s.io.Stderr(), "orbfilter: cannot write: %v\n", err)
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

// worthOpening reports whether a report has something that a person should see.
func worthOpening(r *report.Report) bool {
	return facts.NotWell(r) || slices.ContainsFunc(facts.Weighed(r).Issues, func(i *report.Issue) bool { return i.Severity.AtLeast(rules.Warning) })
}
