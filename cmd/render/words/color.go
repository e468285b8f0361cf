package words

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/rules"
)

// Table writes rows in columns. The last one is broken into lines if it would
// not fit the terminal.
func Table(w io.Writer, rows [][]string, width int, paint func(row, column int) *color.Color) {
	last := len(rows[0]) - 1
	widths := make([]int, last)
	left := 0
	for c := range widths {
		for _, r := range rows {
			widths[c] = max(widths[c], cells.Width(r[c]))
		}
		left += widths[c] + 2
	}
	room := 1 << 20
	if width > 0 {
		room = width - left
	}
	if room < leastRoom {
		stacked(w, rows, width, paint)
		return
	}
	for n, r := range rows {
		for c := range widths {
			fmt.Fprint(w, paint(n, c).Sprint(r[c])+strings.Repeat(" ", widths[c]+2-cells.Width(r[c])))
		}
		for i, line := range Wrap(r[last], room) {
			if i > 0 {
				fmt.Fprint(w, strings.Repeat(" ", left))
			}
			fmt.Fprintln(w, paint(n, last).Sprint(line))
		}
	}
}

// leastRoom is what the last column of a table needs at least. Where it is not there, rows are stacked.
const leastRoom = 20

// stacked writes each row of a table in lines of its own: what it is about, what there is to say of that, and the last column.
func stacked(w io.Writer, rows [][]string, width int, paint func(row, column int) *color.Color) {
	last := len(rows[0]) - 1
	for n, r := range rows[1:] {
		fmt.Fprintln(w, paint(n+1, 0).Sprint(r[0]))
		var facts []string
		for c := 1; c < last; c++ {
			if r[c] != "" {
				facts = append(facts, strings.ToLower(rows[0][c])+" "+r[c])
			}
		}
		for _, text := range []string{strings.Join(facts, ", "), r[last]} {
			for _, line := range Wrap(text, max(width-4, leastRoom-4)) {
				fmt.Fprintln(w, "    "+line)
			}
		}
	}
}

// Paint returns a colour that is switched by on alone, and not by what
// package color finds out about stdout.
func Paint(on bool, attributes ...color.Attribute) *color.Color {
	c := color.New(attributes...)
	if on {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c
}

// Colors are those of severities.
var Colors = map[rules.Severity][]color.Attribute{
	rules.Noise: {color.Faint}, rules.Notice: {color.FgCyan}, rules.Warning: {color.FgYellow}, rules.Error: {color.FgRed},
}

// SeverityAt is a severity as it is shown. What is an error is in red, with its place:
// there people look first.
func SeverityAt(colored bool, s rules.Severity, place string) string {
	if s == rules.Error {
		return Paint(colored, color.FgRed, color.Bold).Sprint(string(s) + ", " + place)
	}
	return Paint(colored, Colors[s]...).Sprint(s)
}
