package page

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
	maxLine   = 2000 // of a line of a log
)

// visible returns text that comes from a log or a rule as a page can show it,
// in one line: control characters, and those that turn the direction of writing
// or cannot be seen, are written as Go and Python write them, \x1b or \u202e, so
// that nothing is hidden and nothing is missing. Markup is the business of html/template.
func visible(text string) string { return printable.Shown(text, "") }

// visibleLines is visible for a text of several lines.
func visibleLines(text string) string {
	return printable.Shown(strings.ReplaceAll(text, "\r\n", "\n"), "\n\t")
}

// cut shortens a text and says by how much.
func cut(text string, most int) string {
	n := 0
	for at := range text {
		if n == most {
			left := utf8.RuneCountInString(text[at:])
			return fmt.Sprintf("%s… (%s)", text[:at], counted(int64(left), "more character"))
		}
		n++
	}
	return text
}

func name(text string) string  { return visible(cut(text, maxName)) }
func prose(text string) string { return visible(cut(text, maxProse)) }

// sample is what stood in a log, in as many lines as there.
func sample(text string) string {
	return visibleLines(cut(strings.TrimRight(text, "\n"), maxSample))
}

func grouped(n int64) string { return words.Grouped(n) }

// counted is a number with its noun.
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// inBytes writes a number of bytes in the unit that suits it.
func inBytes(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	if n < 1<<10 {
		return counted(n, "byte")
	}
	value, unit := float64(n)/(1<<10), 0
	for value >= 1<<10 && unit < len(units)-1 {
		value, unit = value/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// percent is a share as it is said in the summary.
func percent(part, whole int64) string {
	switch {
	case whole <= 0:
		return "0 %"
	case part > 0 && 200*part < whole:
		return "<1 %"
	}
	return fmt.Sprintf("%d %%", (100*part+whole/2)/whole)
}

// A link is a reference of a rule.
type link struct {
	Text string
	URL  string // empty: it is no address of the web, and is shown only
}

// newLink makes a link of what leads to the web. Anything else stays text: a
// javascript: address would run in the page.
func newLink(address string) link {
	l := link{Text: prose(address)}
	u, err := url.Parse(address)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && l.Text == address {
		l.URL = u.String()
	}
	return l
}

// anchors gives each id a name that can stand behind # in an address.
type anchors map[string]string

// of returns the anchor of an id; of one that is not a rule's id as rules have
// them, one that no other has.
func (a anchors) of(id string) string {
	if have, ok := a[id]; ok {
		return have
	}
	clean := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' || r == '.') {
			return r
		}
		return '-'
	}, cut(id, maxName))
	if clean != id {
		clean += "~" + strconv.Itoa(len(a)+1)
	}
	a[id] = clean
	return a[id]
}
