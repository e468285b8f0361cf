package summary

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// verdict says whether the run failed, where and why, in one line. Of what was no run of
// pyinfra it says nothing.
func (s *Summary) verdict(w io.Writer) {
	switch v := s.Outcome.Verdict; {
	case v.Failed == outcome.Yes:
		fmt.Fprintln(w, words.Paint(s.Color, color.FgRed, color.Bold).Sprint("orbfilter: "+facts.VerdictText(&v)))
	case v.Failed == outcome.No, v.Reason != "":
		fmt.Fprintln(w, "orbfilter: "+facts.VerdictText(&v))
	}
}

// Failed says that the run failed, if it did, and nothing else.
func (s *Summary) Failed(w io.Writer) {
	if s.Outcome.Verdict.Failed == outcome.Yes {
		s.verdict(w)
	}
}

// Unsure says that whether a run of pyinfra failed is not known, if it is not: nobody must
// take silence for a yes.
func (s *Summary) Unsure(w io.Writer) {
	if s.Outcome.Verdict.Failed == outcome.Unknown {
		s.verdict(w)
	}
}

// cause says what an issue comes of, as far as that is in what was shown: what the host
// said above, the error of another host, an issue that its rule names, a person's
// Ctrl-C. Empty: it is not known.
func (s *Summary) cause(i *filter.Issue) string {
	in := s.Stream(i.Stream)
	at, of, stop := in.At(i.FirstLine), in.Cause(i.FirstLine), in.Interruption(i.FirstLine)
	switch c := i.Cause; {
	case stop > 0 && i.Rule.Severity.AtLeast(rules.Warning):
		return fmt.Sprintf("It comes after the interruption in line %d.", stop)
	case c != nil && (of == nil || c.Line != of.Line):
		return fmt.Sprintf("Cause: line %d: %s", c.Line, c.Text)
	case of != nil && len(of.Text) > 0:
		return fmt.Sprintf("Cause: line %d: %s: %s", of.Line, of.Host, of.Reason)
	case at != nil && at.Host != "" && len(at.Text) > 0 && (at.Line != in.Verdict.Line || in.Verdict != s.Outcome.Verdict): // which has said it
		return fmt.Sprintf("%s said last: %s", at.Host, at.Reason)
	}
	return ""
}
