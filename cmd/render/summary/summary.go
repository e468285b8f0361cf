// Package summary says to a person what was seen, at the end of a run and of a scan.
package summary

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A Summary is what is said to a person at the end.
type Summary struct {
	*filter.Summary
	Color bool
	Width int    // of the terminal, in columns; 0: not known
	Home  string // shown as ~; may be empty
	// Fix returns the command that installs a requirement for a site-packages folder.
	Fix func(site, requirement string) string
	// Severities are how much the issues matter in this run, by their ids; what is missing is as severe as its rule says.
	Severities map[string]rules.Severity
}

// severity is how much an issue matters here.
func (s *Summary) severity(i *filter.Issue) rules.Severity {
	return cmp.Or(s.Severities[i.Rule.ID], i.Rule.Severity)
}

// Says reports whether there is something to say: an issue, a text that no rule knows,
// or a run of pyinfra that failed.
func (s *Summary) Says() bool {
	return len(s.Issues)+len(s.Unknown) > 0 || s.Outcome.Verdict.Line > 0
}

// Text writes all of it: whether the run failed, a line of totals, a paragraph for each
// issue, the worst first, the first of what no rule knows, and what was out of the
// ordinary.
func (s *Summary) Text(w io.Writer) {
	s.verdict(w)
	fmt.Fprintln(w, s.totals())
	for _, i := range s.sorted() {
		s.issue(w, i)
	}
	Unknown(w, nil, s.Unknown, s.UnknownMore, facts.MaxFew)
	s.Limits(w)
}

func (s *Summary) totals() string {
	percent := int64(0)
	if s.Input.Lines > 0 {
		percent = (100*s.Folded.Lines + s.Input.Lines/2) / s.Input.Lines
	}
	return words.Paint(s.Color, color.Bold).Sprintf("orbfilter: %s in, %d shown, %d folded (%d %%)", words.Plural(s.Input.Lines, "line"), s.Output.Lines, s.Folded.Lines, percent)
}

// sorted returns the issues, the worst first, as a scan's table and a page have them.
func (s *Summary) sorted() (out []*filter.Issue) {
	byID, all := map[string]*filter.Issue{}, make([]*report.Issue, 0, len(s.Issues))
	for _, i := range s.Issues {
		one := &report.Issue{About: report.About{ID: i.Rule.ID, Severity: s.severity(i)}, Count: i.Count, FirstLine: i.FirstLine, Cause: report.CauseOf(s.Summary, i, "")}
		byID[i.Rule.ID], all = i, append(all, one)
	}
	for _, i := range report.WorstFirst(all) {
		out = append(out, byID[i.ID])
	}
	return out
}

func (s *Summary) issue(w io.Writer, i *filter.Issue) {
	r := i.Rule
	head := fmt.Sprintf("%4d ×  %s   %s", i.Count, words.Paint(s.Color, color.Bold).Sprint(r.ID), words.SeverityAt(s.Color, s.severity(i), fmt.Sprintf("line %d", i.FirstLine)))
	if r.Status == rules.Draft { // it looks like one that is folded
		head += ", draft: shown"
	}
	if where := where(i); where != "" {
		head += "   " + where
	}
	fmt.Fprintln(w, head)
	s.Prose(w, words.Sentence(r.Title)+" "+r.Counsel())
	if cause := s.cause(i); cause != "" {
		s.Prose(w, cause)
	}
	if i.Guarded > 0 {
		s.Prose(w, fmt.Sprintf("%d of them shown, which no rule may fold: %s.", i.Guarded, i.Because))
	}
	for _, l := range s.versions(i) {
		s.Prose(w, l)
	}
	s.commands(w, i.Commands(s.Fix), i.Installed.More())
	for _, u := range r.References {
		fmt.Fprintln(w, words.Indent+printable.Line(u))
	}
}

// Prose writes text in lines that fit the terminal.
func (s *Summary) Prose(w io.Writer, text string) {
	width := words.MaxWidth
	if s.Width > 0 {
		width = min(s.Width, words.MaxWidth)
	}
	for _, l := range words.Wrap(printable.Line(text), width-len(words.Indent)) {
		fmt.Fprintln(w, words.Indent+l)
	}
}

// where says which operations and which hosts an issue was seen with, the operations in the order in which they came.
func where(i *filter.Issue) string {
	return facts.Where{
		Total: i.Count, Operations: i.Operations.Names(), Hosts: slices.Sorted(slices.Values(i.Hosts.Names())), OperationsMore: i.Operations.More(), HostsMore: i.Hosts.More(),
		OfOperation: i.Operations.Of, OfHost: i.Hosts.Of,
	}.Text(printable.Line, facts.Quoted)
}

// versions says which version fixes an issue and which is installed.
func (s *Summary) versions(i *filter.Issue) (out []string) {
	for n := range i.Rule.Affected {
		out = append(out, s.version(i, &i.Rule.Affected[n]))
	}
	named, others := facts.FoldersOf(pythons(i), func(filter.Installation) bool { return false })
	for _, inst := range named {
		out = append(out, fmt.Sprintf("Not folded (%d ×): Python %s in %s should not print this, only Python %s.", i.Unfolded, inst.Version, s.folder(inst.Site), i.Rule.Python))
	}
	if others > 0 {
		out = append(out, facts.AndFolders(others, i.Installed.More()))
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
func (s *Summary) version(i *filter.Issue, a *versions.Affected) string {
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
	named, others := facts.FoldersOf(all, func(inst filter.Installation) bool { return !inst.Affected && !inst.Later })
	for _, inst := range named {
		out = append(out, s.installation(i, a, inst))
	}
	if more := facts.AndFolders(others, others > 0 && i.Installed.More()); more != "" {
		out = append(out, more)
	}
	return strings.Join(out, " ")
}

func (s *Summary) installation(i *filter.Issue, a *versions.Affected, inst filter.Installation) string {
	env := s.folder(inst.Site)
	switch {
	case (inst.Site == "" || inst.Version == "") && a.Fixed() == "":
		return "" // there is nothing to decide
	case inst.Site == "":
		return fmt.Sprintf("Which %s is installed is not known: the text names no folder.", inst.Package)
	case inst.Unanswered:
		return facts.NoAnswer(inst.Package, env)
	case inst.Version == "":
		return fmt.Sprintf("%s was not found in %s on this machine, so its version is not known.", inst.Package, env)
	case inst.Later:
		return facts.ThenUnknown(inst.Package, printable.Line(inst.Version), env)
	case !inst.Affected && i.Rule.Folds():
		return fmt.Sprintf("Not folded (%d ×): %s %s in %s should not print this: a regression, or a second copy.", i.Unfolded, inst.Package, printable.Line(inst.Version), env)
	}
	return fmt.Sprintf("Installed: %s in %s", printable.Line(inst.Version), env)
}

// folder returns the environment of a site-packages folder as it is shown.
func (s *Summary) folder(packages string) string {
	return s.short(printable.Line(site.Prefix(packages)))
}

// commands writes the commands that fix an issue, one for each environment. What is copied
// is in one piece. open: there are more environments than are known.
func (s *Summary) commands(w io.Writer, all []string, open bool) {
	named, others := facts.FewCommands(all, open)
	for _, c := range named {
		fmt.Fprintln(w, words.Indent+"→ "+words.Paint(s.Color, color.FgGreen).Sprint(s.short(printable.Line(c))))
	}
	if others != "" {
		s.Prose(w, others+".")
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

// Errors says that the run failed, and names the issues of severity error, in red. ended: that its command ended badly is to be said as well.
func (s *Summary) Errors(w io.Writer, ended bool) {
	if s.Outcome.Verdict.Line > 0 || ended {
		s.Failed(w)
	}
	for _, i := range s.sorted() {
		if s.severity(i) == rules.Error {
			fmt.Fprintln(w, words.Paint(s.Color, color.FgRed, color.Bold).Sprintf("orbfilter: error: %s (%s, %d ×, line %d)", words.Sentence(i.Rule.Title), i.Rule.ID, i.Count, i.FirstLine))
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
			fmt.Fprintf(w, "orbfilter: not decided, and shown (%d ×): %s\n", u.Count, report.UndecidedText(u))
		}
	}
}
