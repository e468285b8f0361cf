package filter

import (
	"bytes"
	"regexp"
)

// What pyinfra says of its own work is what a person runs it for. No rule is
// proposed for it.

var (
	// result is what pyinfra says of a host; see api/operations.py, api/host.py,
	// api/facts.py and api/util.py of pyinfra 3.
	result = regexp.MustCompile(`^(?:Connected(?: \(.*\))?|Success|No changes|Skipped|N/A|Ready: .*|Loaded fact .*|noop: .*|[Ee]rror: executed .*|Error(?: \(.*)?)$`)
	// heading is what it says of the run: headers, and files that it loads.
	heading = regexp.MustCompile(`^(?:--> .*| *Loading: .*| *Detected changes may not include .*)$`)
	// tableHead begins a table: of changes, or of results.
	tableHead = regexp.MustCompile(`^ +(?:Operation|Ref) +(?:Hosts|Change|Conditional)`)
)

// isResult reports whether a text, behind "[host] ", is what pyinfra says of the host.
func isResult(text []byte) bool { return result.Match(text) }

// isHeading reports whether a line is what pyinfra says of the run.
func isHeading(line []byte) bool { return heading.Match(line) }

// isTableHead reports whether a line is the head of a table.
func isTableHead(line []byte) bool { return tableHead.Match(line) }

// An ownLines finds the lines of pyinfra itself, one after the other. The rows of a
// table are found by its head.
type ownLines struct{ table bool }

// is reports whether the next line is one.
func (o *ownLines) is(text []byte) bool {
	rest := bytes.TrimLeft(text, " ")
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case '[':
		o.table = false
		n := hostLen(text)
		return n > 0 && isResult(text[n:])
	case 'O', 'R':
		o.table = o.table || isTableHead(text)
	case '-', 'L', 'D':
		if isHeading(text) {
			o.table = false
			return true
		}
	}
	o.table = o.table && text[0] == ' '
	return o.table
}
