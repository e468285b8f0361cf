package catalog

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// A Rule shows all of one rule.
type Rule struct {
	*Known
	Color bool
	Width int // of the terminal; 0: not known
	// Fix returns the command that installs a requirement for a site-packages
	// folder; "" stands for one that is not known.
	Fix func(site, requirement string) string
}

// meanings say what a severity stands for.
var meanings = map[rules.Severity]string{
	rules.Noise: "harmless", rules.Notice: "good to know", rules.Warning: "may do harm", rules.Error: "the run did not do what it was to do",
}

// states say what a status stands for.
var states = map[rules.Status]string{
	rules.Stable: "seen on real runs", rules.Experimental: "its text is taken from reports. " + rules.Reported, rules.Draft: "proposed by a program: counted, never folded until a person makes it stable",
}

// kinds say what a kind of match stands for.
var kinds = map[string]string{
	"line": "a line that holds", "repeat": "a line that comes again, and holds", "block": "these lines, in this order; others may stand between them",
	"python-unraisable": "an exception that Python ignores, with these frames and no others",
	"python-traceback":  "the traceback of an exception that was not caught",
	"python-warning":    "a warning of Python",
}

// Text writes it.
func (v *Rule) Text(w io.Writer) {
	r := v.Described()
	fmt.Fprintln(w, words.Paint(v.Color, color.Bold).Sprint(v.Rule.ID))
	if r == nil {
		fmt.Fprintf(w, "There is no rule of this id; %s takes it out.\n", printable.Line(v.Rule.File))
		return
	}
	v.prose(w, words.Sentence(r.Title), "")
	fmt.Fprintln(w)
	v.facts(w, r)
	v.match(w, r)
	v.sample(w, r)
	if r.Folds() {
		v.guards(w)
	}
}

// facts are what can be said in a line or two each.
func (v *Rule) facts(w io.Writer, r *rules.Rule) {
	v.fact(w, "severity", fmt.Sprintf("%s: %s", r.Severity, meanings[r.Severity]))
	v.fact(w, "in a run", inRun(r))
	v.fact(w, "status", fmt.Sprintf("%s: %s", state(r), states[state(r)]))
	if v.Off != "" {
		v.fact(w, "off", "not used: "+v.Off)
	}
	v.fact(w, "from", v.from())
	v.fact(w, "tested by", words.Plural(int64(len(r.Samples)), "sample")+", "+words.Plural(int64(len(r.Counterexamples)), "counterexample"))
	v.fact(w, "affects", affects(r))
	v.fact(w, "here", v.here())
	if len(r.Cause) > 0 {
		v.fact(w, "cause", "comes of "+strings.Join(r.Cause, " or ")+", if that was seen above")
	}
	if r.Advice != "" {
		v.fact(w, "advice", r.Advice)
	}
	if r.Fix != nil {
		v.fact(w, "fix", v.Fix("", r.Fix.Requirement()))
	}
	for _, u := range r.References {
		v.fact(w, "see", u)
	}
}

func inRun(r *rules.Rule) string {
	switch {
	case r.Folds() && r.Match.Repeat != nil:
		return "the first one stays, those that are the same but for host, numbers and addresses are folded"
	case r.Folds():
		return "folded into the summary"
	case r.Status == rules.Draft:
		return "stays where it is, and is counted; a draft folds nothing"
	}
	return "stays where it is; counted and explained in the summary"
}

// from says where the rule comes from.
func (v *Rule) from() string {
	from := v.From()
	if v.Layer != rules.LayerBuiltin {
		from += " (" + v.Layer + ")"
	}
	return from
}

func (v *Rule) here() string {
	if v.Here.Applies == "unknown" {
		return "not known whether it can occur; name an environment: --venv .venv"
	}
	return map[string]string{"yes": "can occur", "no": "cannot occur"}[v.Here.Applies] + strings.TrimPrefix(here(v.Here), v.Here.Applies)
}

const (
	factIndent = "             "
	textIndent = "    "
)

// fact writes a name and a text, wrapped.
func (v *Rule) fact(w io.Writer, name, text string) {
	v.prose(w, text, fmt.Sprintf("  %-11s", name))
}

// prose writes text behind a head, wrapped, with what follows below its beginning.
func (v *Rule) prose(w io.Writer, text, head string) {
	width := words.MaxWidth
	if v.Width > 0 {
		width = min(v.Width, words.MaxWidth)
	}
	for _, l := range words.Wrap(printable.Line(text), max(width-len(head), 20)) {
		fmt.Fprintln(w, head+l)
		head = factIndent[:len(head)]
	}
}

// match writes the patterns as they are: who checks a rule reads them.
func (v *Rule) match(w io.Writer, r *rules.Rule) {
	fmt.Fprintln(w)
	v.prose(w, fmt.Sprintf("It claims %s (%s):", kinds[r.Match.Kind()], r.Match.Kind()), "")
	Patterns(w, r)
}

// Patterns writes the patterns of a rule, each on a line.
func Patterns(w io.Writer, r *rules.Rule) {
	parts := r.Match.Parts()
	width := 0
	for _, p := range parts {
		width = max(width, len(p.Name))
	}
	for _, p := range parts {
		head := textIndent
		if width > 0 {
			head += fmt.Sprintf("%-*s  ", width, p.Name)
		}
		fmt.Fprintln(w, head+rules.Visible(p.Pattern.String()))
	}
}

// sample writes a sample as it is printed, and as it is shown.
func (v *Rule) sample(w io.Writer, r *rules.Rule) {
	text := r.Samples[0].Text
	if r.Match.Repeat != nil && r.Folds() {
		text += text // the first one stays
	}
	fmt.Fprintln(w, "\nA sample, as it is printed:")
	quoted(w, text)
	shown := folded(r, text)
	if shown == text {
		fmt.Fprintln(w, "\nIt is shown as it is.")
		return
	}
	fmt.Fprintln(w, "\nand as it is shown on a terminal:")
	quoted(w, shown)
}

// folded returns a text as a run would show it with this rule alone.
func folded(r *rules.Rule, text string) string {
	var b bytes.Buffer
	stream := &ci.Stream{W: &b, Marks: ci.NewMarks()}
	f := filter.New(rules.NewSet(r), stream, filter.Options{})
	_, _ = f.Write([]byte(text)) // a buffer takes everything
	_ = f.Close()
	stream.Close()
	return b.String()
}

// quoted writes text from the run, indented.
func quoted(w io.Writer, text string) {
	for line := range strings.Lines(string(words.Clean([]byte(text)))) {
		fmt.Fprintln(w, strings.TrimRight(textIndent+line, " \n"))
	}
}

// guards are what no rule folds.
func (v *Rule) guards(w io.Writer) {
	fmt.Fprintln(w, "\nNo rule folds text that holds one of these, whatever it claims:")
	all := rules.NeverFold()
	width := 0
	for _, g := range all {
		width = max(width, len(g.Line.String()))
	}
	for _, g := range all {
		fmt.Fprintf(w, "%s%-*s  %s\n", textIndent, width, g.Line, g.Because)
	}
}
