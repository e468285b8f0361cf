// Package fit makes texts of logs and rules fit for a page: not too long, and such that nothing in them is hidden. Markup
// is the business of html/template.
package fit

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// So much of a text is on the page. A log can hold a host's name of a megabyte.
const (
	maxName   = 120  // characters of a host, an operation, a file
	maxProse  = 2000 // of advice, of a command
	maxSample = 4000
	MaxLine   = 2000 // of a line of a log
)

// Visible returns text that comes from a log or a rule as a page can show it,
// in one line: control characters, and those that turn the direction of writing
// or cannot be seen, are written as Go and Python write them, \x1b or \u202e, so
// that nothing is hidden and nothing is missing.
func Visible(text string) string { return printable.Shown(text, "") }

// visibleLines is Visible for a text of several lines.
func visibleLines(text string) string {
	return printable.Shown(strings.ReplaceAll(text, "\r\n", "\n"), "\n\t")
}

// Cut shortens a text and says by how much.
func Cut(text string, most int) string {
	n := 0
	for at := range text {
		if n == most {
			left := utf8.RuneCountInString(text[at:])
			return fmt.Sprintf("%s… (%s)", text[:at], Counted(int64(left), "more character"))
		}
		n++
	}
	return text
}

// Name is a text that is a name: of a host, an operation, a file.
func Name(text string) string { return Visible(Cut(text, maxName)) }

// Prose is a text of some sentences, or a command.
func Prose(text string) string { return Visible(Cut(text, maxProse)) }

// Sample is what stood in a log, in as many lines as there.
func Sample(text string) string {
	return visibleLines(Cut(strings.TrimRight(text, "\n"), maxSample))
}

// Counted is a number with its noun.
func Counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return words.Grouped(n) + " " + noun + "s"
}

// Bytes writes a number of bytes in the unit that suits it.
func Bytes(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	if n < 1<<10 {
		return Counted(n, "byte")
	}
	value, unit := float64(n)/(1<<10), 0
	for value >= 1<<10 && unit < len(units)-1 {
		value, unit = value/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// Percent is a share as it is said in the summary.
func Percent(part, whole int64) string {
	switch {
	case whole <= 0:
		return "0 %"
	case part > 0 && 200*part < whole:
		return "<1 %"
	}
	return fmt.Sprintf("%d %%", (100*part+whole/2)/whole)
}

// A Link is a reference of a rule.
type Link struct {
	Text string
	URL  string // empty: it is no address of the web, and is shown only
}

// NewLink makes a link of what leads to the web. Anything else stays text: a
// javascript: address would run in the page.
func NewLink(address string) Link {
	l := Link{Text: Prose(address)}
	u, err := url.Parse(address)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && l.Text == address {
		l.URL = u.String()
	}
	return l
}

// Anchors gives each id a name that can stand behind # in an address.
type Anchors map[string]string

// Of returns the anchor of an id; of one that is not a rule's id as rules have
// them, one that no other has.
func (a Anchors) Of(id string) string {
	if have, ok := a[id]; ok {
		return have
	}
	clean := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' || r == '.') {
			return r
		}
		return '-'
	}, Cut(id, maxName))
	if clean != id {
		clean += "~" + strconv.Itoa(len(a)+1)
	}
	a[id] = clean
	return a[id]
}
