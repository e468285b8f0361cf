package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/cells"
	"github.com/orbfilter/orbfilter/cmd/render/printable"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// A Summary is what is said to a person at the end.
type Summary struct {
	*filter.Summary
	Color bool
	Width int    // of the terminal, in columns; 0: not known
	Home  string // shown as ~; may be empty
	// Fix returns the command that installs a requirement for a site-packages folder.
	Fix func(site, requirement string) string
}

const indent = "        "

// Says reports whether there is something to say: an issue, a text that no rule knows,
// or a run of pyinfra that failed.
func (s *Summary) Says() bool {
	return len(s.Issues)+len(s.Unknown) > 0 || s.Outcome.Verdict.Line > 0
}

// Text writes all of it: whether the run failed, a line of totals, a paragraph for each
// issue, the worst last, the first of what no rule knows, and what was out of the
// ordinary.
func (s *Summary) Text(w io.Writer) {
	s.verdict(w)
	fmt.Fprintln(w, s.totals())
	for _, i := range s.sorted() {
		s.issue(w, i)
	}
	Unknown(w, nil, s.Unknown, s.UnknownMore, maxFew)
	s.Limits(w)
}

func (s *Summary) totals() string {
	percent := int64(0)
	if s.Input.Lines > 0 {
		percent = (100*s.Folded.Lines + s.Input.Lines/2) / s.Input.Lines
	}
	return paint(s.Color, color.Bold).Sprintf("orbfilter: %s in, %d shown, %d folded (%d %%)", plural(s.Input.Lines, "line"), s.Output.Lines, s.Folded.Lines, percent)
}

func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// sorted returns the issues, the worst last, since the end is what a person sees: the
// order of WorstFirst, from its end.
func (s *Summary) sorted() []*filter.Issue {
	return slices.SortedFunc(slices.Values(s.Issues), func(a, b *filter.Issue) int {
		return cmp.Or(cmp.Compare(rank(a.Rule.Severity), rank(b.Rule.Severity)), cmp.Compare(a.Count, b.Count), cmp.Compare(b.Rule.ID, a.Rule.ID))
	})
}

var colors = map[rules.Severity][]color.Attribute{
	rules.Noise: {color.Faint}, rules.Notice: {color.FgCyan}, rules.Warning: {color.FgYellow}, rules.Error: {color.FgRed},
}

// severityAt is a severity as it is shown. What is an error is in red, with its place:
// there people look first.
func severityAt(colored bool, s rules.Severity, place string) string {
	if s == rules.Error {
		return paint(colored, color.FgRed, color.Bold).Sprint(string(s) + ", " + place)
	}
	return paint(colored, colors[s]...).Sprint(s)
}

func (s *Summary) issue(w io.Writer, i *filter.Issue) {
	r := i.Rule
	head := fmt.Sprintf("%4d ×  %s   %s", i.Count, paint(s.Color, color.Bold).Sprint(r.ID), severityAt(s.Color, r.Severity, fmt.Sprintf("line %d", i.FirstLine)))
	if r.Status == rules.Draft { // it looks like one that is folded
		head += ", draft: shown"
	}
	if where := where(i); where != "" {
		head += "   " + where
	}
	fmt.Fprintln(w, head)
	s.prose(w, sentence(r.Title)+" "+r.Counsel())
	if cause := s.cause(i); cause != "" {
		s.prose(w, cause)
	}
	if i.Guarded > 0 {
		s.prose(w, fmt.Sprintf("%d of them shown, which no rule may fold: %s.", i.Guarded, i.Because))
	}
	for _, l := range s.versions(i) {
		s.prose(w, l)
	}
	s.commands(w, i.Commands(s.Fix), i.Installed.More())
	for _, u := range r.References {
		fmt.Fprintln(w, indent+printable.Line(u))
	}
}

// maxWidth is as wide as prose can be read.
const maxWidth = 100

// prose writes text in lines that fit the terminal.
func (s *Summary) prose(w io.Writer, text string) {
	width := maxWidth
	if s.Width > 0 {
		width = min(s.Width, maxWidth)
	}
	for _, l := range wrap(printable.Line(text), width-len(indent)) {
		fmt.Fprintln(w, indent+l)
	}
}

// wrap breaks text between words; one that is longer than width stands alone.
func wrap(text string, width int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case cells.Width(line)+1+cells.Width(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

func sentence(text string) string { return strings.TrimSuffix(text, ".") + "." }

// maxWhere is how many hosts or operations a summary names.
const maxWhere = 8

// where says which hosts and which operations an issue was seen with.
func where(i *filter.Issue) string {
	var parts []string
	if i.Operations.Len()+i.Operations.More() > 0 {
		parts = append(parts, "while "+list(i.Operations.Names(), i.Operations.Of, i.Operations.More()))
	}
	if i.Hosts.Len()+i.Hosts.More() > 0 {
		parts = append(parts, "on "+list(slices.Sorted(slices.Values(i.Hosts.Names())), i.Hosts.Of, i.Hosts.More()))
	}
	return strings.Join(parts, "; ")
}

// list names the first of some names with how often each came. more: so often came others
// than these.
func list(names []string, count func(string) int, more int) string {
	var out []string
	for _, name := range names[:min(len(names), maxWhere)] {
		out = append(out, fmt.Sprintf("%s %d", printable.Line(name), count(name)))
	}
	return strings.Join(append(out, andMoreNames(len(names)-len(out), more)...), ", ")
}

// andMoreNames says how many names there are beside those that are named, if there are any.
func andMoreNames(others, more int) []string {
	if others == 0 && more == 0 {
		return nil
	}
	return []string{atLeast(others, more > 0) + " more"}
}

// versions says which version fixes an issue and which is installed.
func (s *Summary) versions(i *filter.Issue) (out []string) {
	for n := range i.Rule.Affected {
		out = append(out, s.version(i, &i.Rule.Affected[n]))
	}
	named, others := foldersOf(pythons(i), func(filter.Installation) bool { return false })
	for _, inst := range named {
		out = append(out, fmt.Sprintf("Not folded (%d ×): Python %s in %s should not print this, only Python %s.", i.Unfolded, inst.Version, s.folder(inst.Site), i.Rule.Python))
	}
	if others > 0 {
		out = append(out, andFolders(others, i.Installed.More()))
	}
	return out
}

// pythons are the Pythons that should not print an issue.
func pythons(i *filter.Issue) (out []filter.Installation) {
	for _, inst := range i.Installed.List() {
		if inst.Package == filter.Python && !inst.Affected {
			out = append(out, inst)
		}
	}
	return out
}

// version says it of one package.
func (s *Summary) version(i *filter.Issue, a *rules.Affected) string {
	var out []string
	if fixed := a.Fixed(); fixed != "" {
		out = append(out, fmt.Sprintf("Fixed in %s %s.", a.Package.Name, fixed))
	}
	var all []filter.Installation
	for _, inst := range i.Installed.List() {
		if inst.Package == a.Package.Name && s.installation(i, a, inst) != "" {
			all = append(all, inst)
		}
	}
	named, others := foldersOf(all, func(inst filter.Installation) bool { return !inst.Affected && !inst.Later })
	for _, inst := range named {
		out = append(out, s.installation(i, a, inst))
	}
	if more := andFolders(others, others > 0 && i.Installed.More()); more != "" {
		out = append(out, more)
	}
	return strings.Join(out, " ")
}

func (s *Summary) installation(i *filter.Issue, a *rules.Affected, inst filter.Installation) string {
	env := s.folder(inst.Site)
	switch {
	case (inst.Site == "" || inst.Version == "") && a.Fixed() == "":
		return "" // there is nothing to decide
	case inst.Site == "":
		return fmt.Sprintf("Which %s is installed is not known: the text names no folder.", inst.Package)
	case inst.Unanswered:
		return noAnswer(inst.Package, env)
	case inst.Version == "":
		return fmt.Sprintf("%s was not found in %s on this machine, so its version is not known.", inst.Package, env)
	case inst.Later:
		return thenUnknown(inst.Package, printable.Line(inst.Version), env)
	case !inst.Affected && i.Rule.Folds():
		return fmt.Sprintf("Not folded (%d ×): %s %s in %s should not print this: a regression, or a second copy.", i.Unfolded, inst.Package, printable.Line(inst.Version), env)
	}
	return fmt.Sprintf("Installed: %s in %s", printable.Line(inst.Version), env)
}

// noAnswer says why a version is not known.
func noAnswer(pkg, env string) string {
	return fmt.Sprintf("The version of %s is not known: %s did not answer in time.", pkg, env)
}

// thenUnknown says that the version which is installed speaks for nothing in a log
// that may be older.
func thenUnknown(pkg, version, env string) string {
	return fmt.Sprintf("In %s, which %s it was then is not known; %s is installed now.", env, pkg, version)
}

// folder returns the environment of a site-packages folder as it is shown.
func (s *Summary) folder(packages string) string {
	return s.short(printable.Line(site.Prefix(packages)))
}

// commands writes the commands that fix an issue, one for each environment. What is copied
// is in one piece. open: there are more environments than are known.
func (s *Summary) commands(w io.Writer, all []string, open bool) {
	named, others := fewCommands(all, open)
	for _, c := range named {
		fmt.Fprintln(w, indent+"→ "+paint(s.Color, color.FgGreen).Sprint(s.short(printable.Line(c))))
	}
	if others != "" {
		s.prose(w, others+".")
	}
}

// short writes the home folder as ~.
func (s *Summary) short(text string) string {
	if len(s.Home) < 2 {
		return text
	}
	if text == s.Home {
		return "~"
	}
	if strings.HasPrefix(text, s.Home+"/") {
		return "~" + text[len(s.Home):]
	}
	return strings.ReplaceAll(text, " "+s.Home+"/", " ~/")
}

// Errors says that the run failed, and names the issues of severity error, in red.
func (s *Summary) Errors(w io.Writer) {
	if s.Outcome.Verdict.Failed == outcome.Yes && s.Outcome.Verdict.Line > 0 {
		s.verdict(w)
	}
	for _, i := range s.sorted() {
		if i.Rule.Severity == rules.Error {
			fmt.Fprintln(w, paint(s.Color, color.FgRed, color.Bold).Sprintf("orbfilter: error: %s (%s, %d ×, line %d)", sentence(i.Rule.Title), i.Rule.ID, i.Count, i.FirstLine))
		}
	}
}

// Limits says what was out of the ordinary.
func (s *Summary) Limits(w io.Writer) {
	for _, r := range s.Summary.Limits.RulesSkipped {
		fmt.Fprintf(w, "orbfilter: %s\n", printable.Line(r))
	}
	Undecided(w, report.LimitsOf(s.Summary).Undecided)
}

// Undecided says what limits have kept rules from deciding. Of noise, that is seen.
func Undecided(w io.Writer, all []report.Undecided) {
	for _, u := range all {
		if u.Severity != rules.Noise || u.Why == filter.TooManySteps {
			fmt.Fprintf(w, "orbfilter: not decided, and shown (%d ×): %s\n", u.Count, UndecidedText(u))
		}
	}
}

// UndecidedText is which rule was kept from deciding, and by what.
func UndecidedText(u report.Undecided) string {
	of := u.Rule
	if of == "" {
		of = "whether the run failed"
	}
	return printable.Line(of + ": " + u.Why)
}
