package rules

import (
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// plain are the YAML parser's messages in plain words, with what to write
// instead; the first that fits counts.
var plain = []struct {
	message *lazyregexp.Regexp
	text    string
}{
	{lazyregexp.New(`^mapping key "(.*)" already defined at \[(\d+):\d+\]`), `the field "$1" is in line $2 already; keep one of the two`},
	{lazyregexp.New(`^could not find end character of single-quoted text`), `the text has no end: close it with ' (inside it, a ' is written twice)`},
	{lazyregexp.New(`^could not find end character of double-quoted text`), `the text has no end: close it with "`},
	{lazyregexp.New(`^found unknown escape character '(.*)'`), `\$1 is nothing in double quotes; write the text in single quotes, where a backslash is a backslash`},
	{lazyregexp.New(`^('.') is a reserved character`), `a text cannot begin with $1; write it in single quotes`},
	{lazyregexp.New(`^unexpected directive value`), `a text cannot begin with %; write it in single quotes`},
	{lazyregexp.New(`^mapping value is not allowed`), `this cannot be a field here; write a text that has ": " in it in single quotes, and indent the fields of one level alike`},
	{lazyregexp.New(`^value is not allowed in this context`), `nothing can follow here; write the whole text in single quotes, and indent the fields of one level alike`},
	{lazyregexp.New(`^(?:non-map value is specified|unexpected key name)`), `this is no field; write NAME: VALUE, with a space after the colon, and indent the fields of one level alike`},
	{lazyregexp.New(`^(',' or '[\]}]' must be specified)`), `$1; a bracket before it is not closed`},
	{lazyregexp.New(`^sequence end token ']' not found`), `this bracket is not closed: write ] after the last entry`},
	{lazyregexp.New(`^could not find flow (?:map content|mapping end token)`), `this is not closed, or no field: write {NAME: VALUE}`},
	{lazyregexp.New(`^block sequence entries are not allowed`), `a list begins on a line of its own: put the - on the next line`},
}

// inPlainWords says a message of the YAML parser so that it helps.
func inPlainWords(msg string) string {
	for _, p := range plain {
		if m := p.message.FindStringSubmatchIndex(msg); m != nil {
			return string(p.message.ExpandString(nil, p.text, msg, m))
		}
	}
	return msg
}

// otherField says what to write instead of a field that is not there: one of
// a similar name, or the right place, or which fields there are. In is what
// the field stands in, and has are that one's fields.
func otherField(name, in string, has []string) string {
	if near := nearest(name, has); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if at, ok := elsewhere[name]; ok {
		return fmt.Sprintf("it belongs in %s", at)
	}
	if in == "" {
		in = "a rule"
	}
	return fmt.Sprintf("%s has %s", in, strings.Join(has, ", "))
}

// elsewhere says where fields belong that only one part of a rule has.
var elsewhere = map[string]string{
	"line": "match", "block": "match", "python-unraisable": "match", "python-traceback": "match", "python-warning": "match",
	"object": "match: {python-unraisable: {…}}", "category": "match: {python-warning: {…}}", "message": "match: {python-warning: {…}}",
	"frames":  "match: {python-unraisable: {…}} or match: {python-traceback: {…}}",
	"package": "affected", "ranges": "affected", "events": "affected: [{ranges: [{…}]}]", "upgrade": "fix", "to": "fix",
	"introduced": "events", "fixed": "events", "last_affected": "events",
}

// nearest returns the name that is likely to be meant, or "".
func nearest(name string, names []string) string {
	best, dist := "", 3
	for _, n := range names {
		d := distance(spelling(name), spelling(n))
		if d < dist && (d < 2 || len(n) > 4) {
			best, dist = n, d
		}
	}
	return best
}

// spelling leaves out what people mix up.
func spelling(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
