// Package words puts words on lines: what every text for people needs, whatever it is about.
package words

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// AtLeast writes how many others there are; open: of which only so many were counted.
func AtLeast(n int, open bool) string {
	if open {
		return fmt.Sprintf("more than %d", n)
	}
	return fmt.Sprint(n)
}

// Times says how often something was seen.
func Times(n int) string {
	if n == 1 {
		return "once"
	}
	return Grouped(int64(n)) + " times"
}

// Grouped writes a number as people read it: 12,345.
func Grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// Indent stands in front of what is said of an issue, below its first line.
const Indent = "        "

// Plural counts things.
func Plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// MaxWidth is as wide as prose can be read.
const MaxWidth = 100

// Wrap breaks text between words; one that is longer than width stands alone.
func Wrap(text string, width int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case cells.Width(line)+1+cells.Width(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// Fit breaks the lines of a text that are wider than width, between words. What is behind a break begins where the last
// column of the line did, behind two spaces, or else where the line did. 0: none is too wide.
func Fit(text string, width int) string {
	if width <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\n")
		if cells.Width(body) <= width {
			b.WriteString(line)
			continue
		}
		hang := hanging(body, width)
		rest := strings.Fields(body[hang:])
		for i, part := range Wrap(strings.Join(rest, " "), max(width-hang, 10)) {
			if i == 0 {
				b.WriteString(body[:hang] + part + "\n")
			} else {
				b.WriteString(strings.Repeat(" ", cells.Width(body[:hang])) + part + "\n")
			}
		}
	}
	return b.String()
}

// Reflow fills the paragraphs of a text anew that have a line which is wider than width. One with lines that are indented was laid
// out by hand: its lines are broken by themselves.
func Reflow(text string, width int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		switch {
		case Fit(p, width) == p:
		case strings.Contains("\n"+p, "\n "):
			paragraphs[i] = Fit(p, width)
		default:
			paragraphs[i] = strings.Join(Wrap(p, width), "\n")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// hanging is where the last column of a line begins that leaves half of the width; else where its text begins.
func hanging(line string, width int) int {
	text := len(line) - len(strings.TrimLeft(line, " "))
	hang := min(text, width/2)
	for at := text + 1; at < len(line); at++ {
		if at >= 2 && line[at-2] == ' ' && line[at-1] == ' ' && line[at] != ' ' && cells.Width(line[:at]) <= width/2 {
			hang = at
		}
	}
	return hang
}

// FitSaid is Fit for what is said at the end of a run: commands and addresses, which are to be copied, are left whole.
func FitSaid(text string, width int) string {
	if width <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		bare := strings.TrimLeft(cells.Strip(line), " ")
		if strings.HasPrefix(bare, "→ ") || strings.HasPrefix(bare, "-> ") || strings.HasPrefix(bare, "https://") {
			b.WriteString(line)
			continue
		}
		b.WriteString(Fit(line, width))
	}
	return b.String()
}

// Sentence returns a text with a full stop.
func Sentence(text string) string {
	if strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return strings.TrimSuffix(text, ".") + "."
}

// MaxWhere is how many hosts or operations a summary names.
const MaxWhere = 8

// List names the first of some names with how often each came. more: so often came others
// than these.
func List(names []string, count func(string) int, more int) string {
	var out []string
	for _, name := range names[:min(len(names), MaxWhere)] {
		out = append(out, fmt.Sprintf("%s %d", printable.Line(name), count(name)))
	}
	return strings.Join(append(out, AndMoreNames(len(names)-len(out), more)...), ", ")
}

// AndMoreNames says how many names there are beside those that are named, if there are any.
func AndMoreNames(others, more int) []string {
	if others == 0 && more == 0 {
		return nil
	}
	return []string{AtLeast(others, more > 0) + " more"}
}
