package diagnosis

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A Step is something to do, for one or more results.
type Step struct {
	Fix     fix.Fix
	Reasons []string // the ids of the checks that it is for
	status  diagnose.Status
	gains   []string
}

// Runs reports whether the step has commands, and all of them can be run: what a shell alone can
// do to itself is typed by hand.
func (s *Step) Runs() bool {
	return len(s.Fix.Commands) > 0 && !slices.ContainsFunc(s.Fix.Commands, func(c shell.Command) bool { return c[0] == "unset" })
}

// Steps are what to do, the worst first, each once.
func (d *Doctor) Steps(found *diagnose.Diagnosis) (steps []*Step) {
	for _, r := range found.Results {
		if !d.problem(r) {
			continue
		}
		for _, f := range r.Fixes {
			i := slices.IndexFunc(steps, func(s *Step) bool { return same(s.Fix, f) })
			if i < 0 {
				steps = append(steps, &Step{Fix: f, status: r.Status})
				i = len(steps) - 1
			}
			steps[i].add(r)
		}
	}
	slices.SortStableFunc(steps, func(a, b *Step) int {
		return cmp.Compare(slices.Index(diagnose.Statuses, a.status), slices.Index(diagnose.Statuses, b.status))
	})
	return steps
}

// same steps have the same commands, or are about the same line of a file.
func same(a, b fix.Fix) bool {
	if a.File != "" || b.File != "" {
		return a.File == b.File && a.Line == b.Line
	}
	return a.Text == b.Text && slices.EqualFunc(a.Commands, b.Commands, slices.Equal[shell.Command])
}

func (s *Step) add(r diagnose.Result) {
	if r.Status == diagnose.Fail {
		s.status = r.Status
	}
	if !slices.Contains(s.Reasons, r.Check.ID) {
		s.Reasons = append(s.Reasons, r.Check.ID)
	}
	if r.Gain != "" && len(s.Fix.Commands) > 0 && !slices.Contains(s.gains, r.Gain) {
		s.gains = append(s.gains, r.Gain)
	}
}

// commands are those of all steps that can be run, in order.
func (d *Doctor) commands(found *diagnose.Diagnosis) (out []shell.Command) {
	for _, s := range d.Steps(found) {
		if s.Runs() {
			out = append(out, s.Fix.Commands...)
		}
	}
	return out
}

// Ask shows a step that is about to be run, where a person is asked.
func (d *Doctor) Ask(w io.Writer, s *Step) {
	fmt.Fprintln(w)
	d.hang(w, "", capital(s.Fix.Text)+" ("+strings.Join(s.Reasons, ", ")+")")
	d.does(w, "  ", s)
}

// does shows what a step writes and runs. What is copied is in one piece.
func (d *Doctor) does(w io.Writer, indent string, s *Step) {
	for _, f := range s.Fix.Writes {
		d.hang(w, indent+"→ ", "write "+f.Name+": "+strings.Join(strings.Fields(f.Text), ", "))
	}
	for _, c := range s.Fix.Commands {
		fmt.Fprintln(w, d.plain(indent+"→ "+words.Paint(d.Color, color.FgGreen).Sprint(d.command(c))))
	}
}

// first says what to do, before everything else.
func (d *Doctor) first(w io.Writer, found *diagnose.Diagnosis) {
	steps := d.Steps(found)
	if len(steps) == 0 {
		return
	}
	fmt.Fprintln(w, "\n"+words.Paint(d.Color, color.Bold).Sprint("What to do first"))
	for i, s := range steps {
		text := capital(s.Fix.Text)
		if s.Fix.File != "" {
			text = fmt.Sprintf("%s:%d %s", s.Fix.File, s.Fix.Line, s.Fix.Text)
		}
		d.hang(w, fmt.Sprintf("  %d. ", i+1), text+" ("+strings.Join(s.Reasons, ", ")+")")
		for _, g := range s.gains {
			d.hang(w, "     ", g)
		}
		d.does(w, "     ", s)
	}
	if n := len(d.commands(found)); n > 0 && !d.Fixing {
		fmt.Fprintln(w, words.Paint(d.Color, color.Faint).Sprint(d.fit("  orbfilter doctor --fix runs "+commandWord(n)+" after a yes; nothing was changed.")))
	}
}

// last says once more, at the end of a long text, what is at its beginning.
func (d *Doctor) last(w io.Writer, found *diagnose.Diagnosis) {
	if commands := d.commands(found); len(commands) > 0 && !d.Fixing {
		fmt.Fprintf(w, "\n%s\n  → %s\n", d.fit(d.verdict(found)+". First of all:"), words.Paint(d.Color, color.FgGreen).Sprint(d.command(commands[0])))
	}
}

func commandWord(n int) string {
	if n == 1 {
		return "the command"
	}
	return fmt.Sprintf("the %d commands", n)
}

func capital(text string) string {
	for i, r := range text {
		return string(unicode.ToUpper(r)) + text[i+len(string(r)):]
	}
	return text
}
