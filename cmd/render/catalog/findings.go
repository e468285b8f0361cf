package catalog

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules/lint"
)

// Findings are what lint has to say.
type Findings struct {
	Files   int // that were looked at
	Color   bool
	Width   int // of the terminal, in columns; 0: not known
	Version string
	All     []lint.Finding
}

// Count returns how many findings there are of a level.
func (f *Findings) Count(level lint.Level) (n int) {
	for i := range f.All {
		if f.All[i].Check.Level == level {
			n++
		}
	}
	return n
}

var levelColors = map[lint.Level][]color.Attribute{
	lint.LevelError: {color.FgRed, color.Bold}, lint.LevelWarning: {color.FgYellow}, lint.LevelNote: {color.FgCyan},
}

// Text writes the findings as compilers do: where, what, the line with a mark,
// what to do; then a total.
func (f *Findings) Text(w io.Writer) {
	for i := range f.All {
		f.finding(w, &f.All[i])
	}
	fmt.Fprintf(w, "%s: %s, %s, %s\n", words.Plural(int64(f.Files), "file"), words.Plural(int64(f.Count(lint.LevelError)), "error"),
		words.Plural(int64(f.Count(lint.LevelWarning)), "warning"), words.Plural(int64(f.Count(lint.LevelNote)), "note"))
}

func (f *Findings) finding(w io.Writer, one *lint.Finding) {
	level := words.Paint(f.Color, levelColors[one.Check.Level]...).Sprintf("%s %s", one.Check.Level, one.Check.ID)
	fmt.Fprintf(w, "%s: %s: %s\n", printable.Line(findingAt(one)), level, printable.Line(one.Message))
	for line := range strings.Lines(one.Excerpt) {
		fmt.Fprintln(w, printable.Line(line))
	}
	if one.Check.ID != lint.CheckFile { // its message says what to do
		view := summary.Summary{Width: f.Width}
		view.Prose(w, one.Check.Do)
	}
}

// findingAt is FILE:LINE:COLUMN, as editors and terminals know it.
func findingAt(f *lint.Finding) string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
}

// findingJSON is a finding in JSON. Line and column are from 1; 0: the file as
// a whole.
type findingJSON struct {
	ID      string     `json:"id"`
	Level   lint.Level `json:"level"`
	Title   string     `json:"title"`
	Rule    string     `json:"rule"`
	File    string     `json:"file"`
	Line    int        `json:"line"`
	Column  int        `json:"column"`
	Excerpt string     `json:"excerpt"`
	Message string     `json:"message"`
	Do      string     `json:"do"`
}

// LintSchema names the form of what lint --json writes.
const LintSchema = "orbfilter.lint/v1"

// JSON writes the findings for a program.
func (f *Findings) JSON(w io.Writer) error {
	out := struct {
		Schema   string        `json:"schema"`
		Files    int           `json:"files"`
		Errors   int           `json:"errors"`
		Warnings int           `json:"warnings"`
		Notes    int           `json:"notes"`
		Findings []findingJSON `json:"findings"`
	}{LintSchema, f.Files, f.Count(lint.LevelError), f.Count(lint.LevelWarning), f.Count(lint.LevelNote), []findingJSON{}}
	for i := range f.All {
		o := &f.All[i]
		out.Findings = append(out.Findings, findingJSON{o.Check.ID, o.Check.Level, o.Check.Title, o.Rule, o.File, o.Line, o.Column, o.Excerpt, o.Message, o.Check.Do})
	}
	return words.WriteJSON(w, out)
}
