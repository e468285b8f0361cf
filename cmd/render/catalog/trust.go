package catalog

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// A Trust shows what rules would fold, to whoever is to allow it.
type Trust struct {
	Others *rules.Set // what the rules may take the place of
	Color  bool
	// Fix returns the command that installs a requirement for a site-packages
	// folder; "" stands for one that is not known.
	Fix func(site, requirement string) string
}

// Text shows a rule: what it claims, in full, and what becomes of it.
func (t *Trust) Text(w io.Writer, r *rules.Rule, trusted, known bool) {
	fmt.Fprintf(w, "%s%s\n", printable.Line(r.File), since(trusted, known))
	old := t.Others.Get(r.ID)
	if r.Disabled {
		fmt.Fprintf(w, "  %s takes out %s\n", t.bold(r.ID), title(old))
		return
	}
	fmt.Fprintf(w, "  %s   %s: %s\n  %s\n", t.bold(r.ID), words.Paint(t.Color, words.Colors[r.Severity]...).Sprint(r.Severity), inRun(r), printable.Line(words.Sentence(r.Title)))
	if old != nil {
		fmt.Fprintf(w, "  instead of %s\n", title(old))
	}
	fmt.Fprintf(w, "  claims %s:\n", kinds[r.Match.Kind()])
	Patterns(w, r)
	t.says(w, r)
}

// says shows what a summary tells people to do and to read: a command that is
// copied from there does as much as a pattern.
func (t *Trust) says(w io.Writer, r *rules.Rule) {
	say := func(name, text string) { fmt.Fprintf(w, "  %-7s %s\n", name, rules.Visible(printable.Line(text))) }
	if advice := r.Counsel(); advice != "" {
		say("advice", advice)
	}
	if r.Fix != nil {
		say("fix", t.Fix("", r.Fix.Requirement()))
	}
	for _, u := range r.References {
		say("see", u)
	}
}

func (t *Trust) bold(id string) string { return words.Paint(t.Color, color.Bold).Sprint(id) }

func since(trusted, known bool) string {
	switch {
	case trusted:
		return " (trusted already)"
	case known:
		return " (changed since it was trusted)"
	}
	return ""
}

// title names a built-in rule.
func title(r *rules.Rule) string {
	if r == nil {
		return "a rule of another layer"
	}
	return fmt.Sprintf("the built-in rule (%s): %s", r.Severity, r.Title)
}

// TrustList shows what is trusted: contents, and where they were.
func TrustList(w io.Writer, t *rules.Trust) {
	if len(t.Trusted) == 0 {
		fmt.Fprintln(w, "nothing is trusted")
		return
	}
	contents(w, t.Trusted)
}

// Revoked shows what is not trusted any more.
func Revoked(w io.Writer, gone []rules.Trusted) {
	fmt.Fprintln(w, "not trusted any more:")
	contents(w, gone)
}

func contents(w io.Writer, all []rules.Trusted) {
	rows := [][]string{{"ID", "SHA-256", "FILE"}}
	for _, a := range all {
		rows = append(rows, []string{printable.Line(a.ID), printable.Line(a.SHA256[:min(12, len(a.SHA256))]), printable.Line(a.File)})
	}
	words.Table(w, rows, 0, func(int, int) *color.Color { return words.Paint(false) })
}
