// Package facts says what every writer says of an issue, of a text that no rule knows, of a
// place and of a gate, in the same words.
package facts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// Explanation says of an issue what it is and what to do, in lines of plain text. several: it is of several logs.
func Explanation(i *report.Issue, several bool) (lines []string) {
	add := func(text string) {
		if text = printable.Line(text); text != "" {
			lines = append(lines, text)
		}
	}
	add(words.Sentence(i.Title))
	add(i.Advice)
	for _, f := range VersionFacts(i) {
		add(f)
	}
	if c := i.Cause; c != nil {
		add(CauseText(c, several, printable.Line))
	}
	if where := WhereIn(i, printable.Line, Quoted); where != "" {
		add("Seen " + where)
	}
	named, others := FewCommands(i.Fix, i.InstalledMore)
	for _, c := range named {
		add("→ " + c)
	}
	add(others)
	for _, u := range i.References {
		add(u)
	}
	return lines
}

// MostFirst returns what was counted, the most frequent first.
func MostFirst(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// VersionFacts says which version fixes an issue and which is installed, in
// sentences.
func VersionFacts(i *report.Issue) (out []string) {
	for n := range i.Affected {
		a := &i.Affected[n]
		fixed := fixedIn(a)
		if fixed != "" {
			out = append(out, fmt.Sprintf("Fixed in %s %s.", a.Package, fixed))
		}
		out = append(out, factsOf(i, fixed, func(inst report.Installation) bool { return inst.Package == a.Package })...)
	}
	return append(out, factsOf(i, "", func(inst report.Installation) bool { return inst.Package == filter.Python && !inst.Affected })...)
}

// factsOf says it of some installations: of the first of them, those in front that should
// not have the issue.
func factsOf(i *report.Issue, fixed string, of func(report.Installation) bool) (out []string) {
	var all []report.Installation
	for _, inst := range i.Installed {
		if of(inst) && versionFact(i, fixed, inst) != "" {
			all = append(all, inst)
		}
	}
	named, others := FoldersOf(all, func(inst report.Installation) bool { return !inst.Affected && !inst.Later })
	for _, inst := range named {
		out = append(out, versionFact(i, fixed, inst))
	}
	if others > 0 {
		out = append(out, AndFolders(others, i.InstalledMore))
	}
	return out
}

// versionFact says what is known of the version in an environment; empty, where
// there is nothing to decide.
func versionFact(i *report.Issue, fixed string, inst report.Installation) string {
	env := site.Prefix(inst.Site)
	switch {
	case (inst.Site == "" || inst.Version == "") && fixed == "":
		return ""
	case inst.Site == "":
		return fmt.Sprintf("Which %s is installed is not known.", inst.Package)
	case inst.Unanswered:
		return NoAnswer(inst.Package, env)
	case inst.Version == "":
		return fmt.Sprintf("The version of %s in %s is not known.", inst.Package, env)
	case inst.Later:
		return ThenUnknown(inst.Package, inst.Version, env)
	case inst.Package == filter.Python && !inst.Affected:
		return fmt.Sprintf("Not folded (%s): Python %s in %s should not print this.", words.Times(i.Unfolded), inst.Version, env)
	case !inst.Affected && i.Unfolded > 0:
		return fmt.Sprintf("Not folded (%s): %s %s in %s should not print this: a regression, or a second copy.", words.Times(i.Unfolded), inst.Package, inst.Version, env)
	}
	return fmt.Sprintf("Installed: %s %s in %s.", inst.Package, inst.Version, env)
}

// fixedIn returns the last version that ends a range; empty: there is none.
func fixedIn(a *report.Affected) string {
	var fixed []string
	for _, r := range a.Ranges {
		for _, e := range r.Events {
			if v := e["fixed"]; v != "" {
				fixed = append(fixed, v)
			}
		}
	}
	return strings.Join(fixed, " and ")
}

// NoAnswer says why a version is not known.
func NoAnswer(pkg, env string) string {
	return fmt.Sprintf("The version of %s is not known: %s did not answer in time.", pkg, env)
}

// ThenUnknown says that the version which is installed speaks for nothing in a log
// that may be older.
func ThenUnknown(pkg, version, env string) string {
	return fmt.Sprintf("In %s, which %s it was then is not known; %s is installed now.", env, pkg, version)
}

// VerdictText says in one line what became of a run: "the run failed: web "Restart
// nginx" (line 63): nginx: configuration file test failed".
func VerdictText(v *outcome.Verdict) string {
	switch v.Failed {
	case outcome.Yes:
		text := "the run failed"
		if v.Host != "" {
			text += ":"
		}
		if place := v.Place(); place != "" {
			text += " " + place
		}
		return printable.Line(text + ": " + v.Reason)
	case outcome.No:
		return "the run did not fail"
	}
	if v.Reason == "" {
		return "whether the run failed is not known"
	}
	return printable.Line("whether the run failed is not known: " + v.Reason)
}
