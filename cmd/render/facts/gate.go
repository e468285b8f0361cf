package facts

import (
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// Because says which values of --fail-on were met, and by what.
func Because(g *report.Gate) string { return reasonsOf(g, printable.Line) }

// reasonsOf is Because; show writes what is typed, a name or a file.
func reasonsOf(g *report.Gate, show func(string) string) string {
	parts := make([]string, 0, len(g.Reasons))
	for _, r := range g.Reasons {
		parts = append(parts, show("--fail-on "+r.Value)+": "+reasonOf(g, &r, show))
	}
	return strings.Join(parts, "; ")
}

func reasonOf(g *report.Gate, r *report.Reason, show func(string) string) string {
	switch n := int64(len(r.Names)); {
	case n == 0 && r.Because == "" && g.Broken:
		return "the baseline " + show(words.CutText(g.Baseline)) + " cannot be read, so that nobody knows what is new"
	case n == 0:
		return r.Because
	case rules.Severity(r.Value).Valid():
		return words.Plural(n, "issue") + " (" + few(r.Names, show) + ")"
	default:
		return Texts(n) + " (" + few(r.Names, show) + ")"
	}
}

// Texts counts what no rule knows.
func Texts(n int64) string { return words.Plural(n, "text") + " that no rule knows" }

// MaxFew is how many names stand in a sentence.
const MaxFew = 3

// Few lists names, as many as fit in a sentence.
func Few(names []string) string { return few(names, printable.Line) }

func few(names []string, show func(string) string) string {
	var out []string
	for _, name := range words.Top(MaxFew, names) {
		out = append(out, show(words.CutText(name)))
	}
	text := strings.Join(out, ", ")
	if more := len(names) - len(out); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// GateWords says what became of a gate, in sentences. show writes what is typed, a
// name or a file, and strong the verdict.
func GateWords(r *report.Report, show, strong func(string) string) string {
	g := r.Gate
	out, of, ours := strong("The gate passed"), show("--fail-on "+g.FailOn), r.ExitCode == 0
	if len(g.Reasons) > 0 {
		out, of, ours = strong("The gate failed"), reasonsOf(g, show), r.ExitCode == 1 || r.ExitCode == 2 && g.Broken
	}
	if ours {
		out += fmt.Sprintf(" with exit code %d", r.ExitCode)
	}
	out += ": " + of + "."
	if g.Baseline != "" && !g.Broken {
		out += fmt.Sprintf(" Of what no rule knows, %s new and %s in the baseline %s.", are(len(g.New)), are(g.Known), show(words.CutText(g.Baseline)))
	}
	if !ours {
		out += fmt.Sprintf(" The exit code is %d for another reason.", r.ExitCode)
	}
	return out
}

func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}
