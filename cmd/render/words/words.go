// Package words puts words on lines: what every text for people needs, whatever it is about.
package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/internal/cells"
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

// FitSaid is Fit for what is said at the end of a run: commands and addresses, which are to be copied, are left whole. A command
// that stands at the end of a line has one of its own where there is no room.
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
		if said, command, ok := commandBehind(line); ok && cells.Width(strings.TrimRight(line, "\n")) > width {
			b.WriteString(Fit(said+"\n", width) + Indent + command)
			continue
		}
		b.WriteString(Fit(line, width))
	}
	return b.String()
}

// commandBehind parts a line that ends with a command of ours: "to see it type: orbfilter rules show ID".
func commandBehind(line string) (said, command string, ok bool) {
	const before = ": orbfilter "
	at := strings.LastIndex(line, before)
	if at < 0 {
		return "", "", false
	}
	said, command = line[:at+1], line[at+2:]
	prose := strings.Contains(command, ", ") || strings.Contains(command, "; ") || strings.Contains(command, ". ")
	return said, command, !prose
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

// Counted lists names, each with how often it came, which is not said where it goes without saying: "vm-1" has all of the
// total, or each came once; "vm-1, vm-2 (3 × each)"; "vm-1 (3 ×), vm-2 (1 ×) and 2 others". MaxWhere of the names stand
// there. more: so often came others than these.
func Counted(names []string, counts []int, total, more int) string {
	shown := slices.Clone(Top(MaxWhere, names))
	each := ""
	switch alike := more == 0 && allAre(counts, counts[:min(len(counts), 1)]); {
	case alike && (len(names) == 1 || counts[0] == 1) && len(names)*counts[0] == total:
	case alike && len(names) > 1:
		each = fmt.Sprintf(" (%d × each)", counts[0])
	default:
		for i := range shown {
			shown[i] += fmt.Sprintf(" (%d ×)", counts[i])
		}
	}
	return strings.Join(shown, ", ") + others(len(names)-len(shown), more > 0, len(shown) > 0) + each
}

// allAre reports whether all counts are the first; of none, they are not.
func allAre(counts, first []int) bool {
	return len(first) > 0 && !slices.ContainsFunc(counts, func(n int) bool { return n != first[0] })
}

// others says how many names there are beside those that are named. open: there are more than were counted.
func others(n int, open, behind bool) string {
	text := ""
	switch {
	case n == 0 && open:
		text = "others"
	case n == 1 && !open:
		text = "1 other"
	case n > 0:
		text = AtLeast(n, open) + " others"
	}
	if behind && text != "" {
		return " and " + text
	}
	return text
}
