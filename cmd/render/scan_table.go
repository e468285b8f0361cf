package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/fatih/color"
)

// A column of a scanTable.
type column struct {
	head string
	left bool // it is text; else a number, and stands on the right
	wide bool // it is left out where there is little room
}

// A scanTable is rows of numbers with a text at their end. The text is cut so that
// the row fits the terminal: what a row is about must not be a screen long.
type scanTable struct {
	w       io.Writer
	columns []column
	rows    [][]string
	paints  [][]color.Attribute
	width   int
	color   bool
}

func (s Scan) table(w io.Writer, columns ...column) *scanTable {
	t := &scanTable{w: w, width: s.Width, color: s.Color, columns: columns}
	heads := make([]string, 0, len(columns))
	for _, c := range columns {
		heads = append(heads, c.head)
	}
	t.row([]color.Attribute{color.Bold}, heads...)
	return t
}

// row adds a row; paint is of all of it but the last cell.
func (t *scanTable) row(paint []color.Attribute, cells ...string) {
	t.rows, t.paints = append(t.rows, cells), append(t.paints, paint)
}

// narrow is how wide a terminal is that not all columns are shown on.
const narrow = 72

// flush writes the rows.
func (t *scanTable) flush() {
	last := len(t.columns) - 1
	widths := make([]int, last)
	used := 0
	for c := range widths {
		if t.columns[c].wide && t.width > 0 && t.width < narrow {
			continue
		}
		for _, r := range t.rows {
			widths[c] = max(widths[c], ansi.StringWidth(r[c]))
		}
		used += widths[c] + 2
	}
	for n, r := range t.rows {
		line := paint(t.color, t.paints[n]...).Sprint(t.cells(r, widths))
		fmt.Fprintln(t.w, strings.TrimRight(line+t.cut(r[last], used), " "))
	}
}

// cells returns all cells of a row but the last.
func (t *scanTable) cells(row []string, widths []int) string {
	var b strings.Builder
	for c, width := range widths {
		if width == 0 {
			continue
		}
		pad := strings.Repeat(" ", width-ansi.StringWidth(row[c]))
		if t.columns[c].left {
			b.WriteString(row[c] + pad + "  ")
		} else {
			b.WriteString(pad + row[c] + "  ")
		}
	}
	return b.String()
}

// cut shortens the last cell in its middle: of the name of a log, both ends tell
// it from others.
func (t *scanTable) cut(text string, used int) string {
	const least = 16
	room := max(t.width-used, least)
	width := ansi.StringWidth(text)
	if t.width == 0 || width <= room {
		return text
	}
	begin := (room - 1) / 3
	return ansi.Truncate(text, begin, "") + "…" + ansi.TruncateLeft(text, width-(room-1-begin), "")
}
