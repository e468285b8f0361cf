package summary

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/cells"
)

// A column of a scanTable.
type column struct {
	head string
	left bool // it is text; else a number, and stands on the right
	wide bool // it is left out where there is little room
	// end: what does not fit is cut off at its end; else in the middle, since of
	// the name of a log both ends tell it from others.
	end   bool
	whole bool // it is never cut: a person copies it
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
func (t *scanTable) row(paint []color.Attribute, row ...string) {
	t.rows, t.paints = append(t.rows, row), append(t.paints, paint)
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
			widths[c] = max(widths[c], cells.Width(r[c]))
		}
		used += widths[c] + 2
	}
	for n, r := range t.rows {
		fmt.Fprintln(t.w, t.colored(n, t.cells(r, widths), t.cut(r[last], used)))
	}
}

// colored colours a row: all of the first and of the total, the numbers of others.
func (t *scanTable) colored(n int, numbers, text string) string {
	switch p := t.paints[n]; {
	case len(p) == 0:
		return strings.TrimRight(numbers+text, " ")
	case p[0] == color.Bold:
		return words.Paint(t.color, p...).Sprint(strings.TrimRight(numbers+text, " "))
	default:
		return words.Paint(t.color, p...).Sprint(numbers) + text
	}
}

// cells returns all cells of a row but the last.
func (t *scanTable) cells(row []string, widths []int) string {
	var b strings.Builder
	for c, width := range widths {
		if width == 0 {
			continue
		}
		pad := strings.Repeat(" ", width-cells.Width(row[c]))
		if t.columns[c].left {
			b.WriteString(row[c] + pad + "  ")
		} else {
			b.WriteString(pad + row[c] + "  ")
		}
	}
	return b.String()
}

// cut shortens the last cell.
func (t *scanTable) cut(text string, used int) string {
	const least = 16
	room := max(t.width-used, least)
	width := cells.Width(text)
	if t.width == 0 || width <= room || t.columns[len(t.columns)-1].whole {
		return text
	}
	if t.columns[len(t.columns)-1].end {
		return cells.Truncate(text, room, "…")
	}
	return middle(text, room)
}

// middle takes out of the middle of a text what there is no room for.
func middle(text string, room int) string {
	width := cells.Width(text)
	if width <= room {
		return text
	}
	begin := (room - 1) / 3
	return cells.Truncate(text, begin, "") + "…" + cells.Skip(text, width-(room-1-begin))
}
