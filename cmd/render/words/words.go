// Package words puts words on lines: what every text for people needs, whatever it is about.
package words

import (
	"fmt"
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
	return fmt.Sprintf("%d times", n)
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
