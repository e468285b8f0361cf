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

// A step is something to do, for one or more results.
type step struct {
	fix     fix.Fix
	status  diagnose.Status
	reasons []string
	gains   []string
}

// steps are what to do, the worst first, each once.
func (d *Doctor) steps(found *diagnose.Diagnosis) (steps []*step) {
	for _, r := range found.Results {
		if !d.problem(r) {
			continue
		}
		for _, f := range r.Fixes {
			i := slices.IndexFunc(steps, func(s *step) bool { return same(s.fix, f) })
			if i < 0 {
				steps = append(steps, &step{fix: f, status: r.Status})
				i = len(steps) - 1
			}
			steps[i].add(r)
		}
	}
	slices.SortStableFunc(steps, func(a, b *step) int {
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

func (s *step) add(r diagnose.Result) {
	if r.Status == diagnose.Fail {
		s.status = r.Status
	}
	if !slices.Contains(s.reasons, r.Check.ID) {
		s.reasons = append(s.reasons, r.Check.ID)
	}
	if r.Gain != "" && len(s.fix.Commands) > 0 && !slices.Contains(s.gains, r.Gain) {
		s.gains = append(s.gains, r.Gain)
	}
}

// Commands are the commands of all steps, in order.
func (d *Doctor) Commands(found *diagnose.Diagnosis) (out []shell.Command) {
	for _, s := range d.steps(found) {
		out = append(out, s.fix.Commands...)
	}
	return out
}

// Again shows the commands that are about to be run, where a person is asked.
func (d *Doctor) Again(w io.Writer, commands []shell.Command) {
	fmt.Fprintln(w)
	for _, c := range commands {
		fmt.Fprintln(w, d.plain("  → "+words.Paint(d.Color, color.FgGreen).Sprint(d.command(c))))
	}
}

// first says what to do, before everything else.
func (d *Doctor) first(w io.Writer, found *diagnose.Diagnosis) {
	steps := d.steps(found)
	if len(steps) == 0 {
		return
	}
	fmt.Fprintln(w, "\n"+words.Paint(d.Color, color.Bold).Sprint("What to do first"))
	for i, s := range steps {
		text := capital(s.fix.Text)
		if s.fix.File != "" {
			text = fmt.Sprintf("%s:%d %s", s.fix.File, s.fix.Line, s.fix.Text)
		}
		d.hang(w, fmt.Sprintf("  %d. ", i+1), text+" ("+strings.Join(s.reasons, ", ")+")")
		for _, g := range s.gains {
			d.hang(w, "     ", g)
		}
		for _, c := range s.fix.Commands { // what is copied is in one piece
			fmt.Fprintln(w, "     → "+words.Paint(d.Color, color.FgGreen).Sprint(d.command(c)))
		}
	}
	if n := len(d.Commands(found)); n > 0 && !d.Fixing {
		fmt.Fprintln(w, words.Paint(d.Color, color.Faint).Sprint("  orbfilter doctor --fix runs "+commandWord(n)+" after a yes; nothing was changed."))
	}
}

// last says once more, at the end of a long text, what is at its beginning.
func (d *Doctor) last(w io.Writer, found *diagnose.Diagnosis) {
	if commands := d.Commands(found); len(commands) > 0 && !d.Fixing {
		fmt.Fprintf(w, "\n%s. First of all:\n  → %s\n", d.verdict(found), words.Paint(d.Color, color.FgGreen).Sprint(d.command(commands[0])))
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
