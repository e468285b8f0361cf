package catalog

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules/compare"
)

// A Diff is what two versions of rules do differently to the lines of logs.
type Diff struct {
	*compare.Difference
	Old, New string
	Most     int // so many lines of each rule are shown; 0: all
	Color    bool
}

func total(changes map[string][]compare.Change) (n int64) {
	for _, c := range changes {
		n += int64(len(c))
	}
	return n
}

// Text writes the lines by rule, those that vanish with -, those that come back
// with +, and a total.
func (d *Diff) Text(w io.Writer) {
	for _, part := range d.parts() {
		for _, rule := range slices.Sorted(maps.Keys(part.changes)) {
			changes := part.changes[rule]
			fmt.Fprintf(w, "%s %s by %s\n", words.Plural(int64(len(changes)), "line"), part.does, words.Paint(d.Color, color.Bold).Sprint(rule))
			for _, c := range d.some(changes) {
				fmt.Fprintf(w, "  %s %s:%d: %s%s\n", words.Paint(d.Color, part.color).Sprint(part.sign), printable.Line(c.File), c.Line, shortText(c.Text), guardNote(c))
			}
			if rest := len(changes) - len(d.some(changes)); rest > 0 {
				fmt.Fprintf(w, "    … %d more\n", rest)
			}
		}
	}
	fmt.Fprintf(w, "%s\n", d.total())
}

// total is the last line.
func (d *Diff) total() string {
	out := fmt.Sprintf("%s in %s: ", words.Plural(int64(d.Lines), "line"), words.Plural(int64(d.Logs), "log"))
	if !d.Any() {
		return out + "no difference"
	}
	out += fmt.Sprintf("%d would vanish, %d would come back", total(d.Vanish), total(d.Back))
	if d.Moved > 0 {
		out += fmt.Sprintf(", %d are folded by another rule", d.Moved)
	}
	return out
}

// A part is one half of a difference, and how it is called.
type part struct {
	changes    map[string][]compare.Change
	does, sign string
	color      color.Attribute
}

func (d *Diff) parts() []part {
	return []part{{d.Vanish, "would vanish, folded", "-", color.FgRed}, {d.Back, "would come back, no longer folded", "+", color.FgGreen}}
}

func (d *Diff) some(changes []compare.Change) []compare.Change {
	if d.Most > 0 && len(changes) > d.Most {
		return changes[:d.Most]
	}
	return changes
}

func guardNote(c compare.Change) string {
	if c.Guard == "" {
		return ""
	}
	return " — no rule may fold this: " + c.Guard
}

// Markdown writes the same for the description of a change.
func (d *Diff) Markdown(w io.Writer) {
	fmt.Fprintf(w, "### What changes from %s to %s\n\n%s.\n", code(d.Old), code(d.New), d.total())
	for _, part := range d.parts() {
		for _, rule := range slices.Sorted(maps.Keys(part.changes)) {
			changes := part.changes[rule]
			fmt.Fprintf(w, "\n#### %s %s by %s\n\n", words.Plural(int64(len(changes)), "line"), part.does, code(rule))
			for _, c := range d.some(changes) {
				fmt.Fprintf(w, "- %s: %s%s\n", code(fmt.Sprintf("%s:%d", c.File, c.Line)), code(shortText(c.Text)), guardNote(c))
			}
			if rest := len(changes) - len(d.some(changes)); rest > 0 {
				fmt.Fprintf(w, "- … %d more\n", rest)
			}
		}
	}
}

// code is text that Markdown is not to read: between more backticks than it has
// in a row, see https://spec.commonmark.org/0.31.2/#code-spans.
func code(text string) string {
	text = printable.Line(text)
	if text == "" {
		text = " "
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}
