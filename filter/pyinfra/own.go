package pyinfra

import (
	"bytes"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// What pyinfra says of its own work is what a person runs it for. No rule is
// proposed for it.

var (
	// result is what pyinfra says of a host; see api/operations.py, api/host.py,
	// api/facts.py and api/util.py of pyinfra 3.
	result = lazyregexp.New(`^(?:Connected(?: \(.*\))?|Success|No changes|Skipped|N/A|Ready: .*|Loaded fact .*|noop: .*|[Ee]rror: executed .*|Error(?: \(.*)?)$`)
	// heading is what it says of the run: headers, and files that it loads.
	heading = lazyregexp.New(`^(?:--> .*| *Loading: .*| *Detected changes may not include .*)$`)
	// tableHead begins a table: of changes, or of results.
	tableHead = lazyregexp.New(`^ +(?:Operation|Ref) +(?:Hosts|Change|Conditional)`)
)

// IsResult reports whether a text, behind "[host] ", is what pyinfra says of the host.
func IsResult(text []byte) bool { return result.Match(text) }

// IsHeading reports whether a line is what pyinfra says of the run.
func IsHeading(line []byte) bool {
	word := bytes.TrimLeft(line, " ")
	return len(word) > 0 && (word[0] == '-' || word[0] == 'L' || word[0] == 'D') && heading.Match(line)
}

// IsTableHead reports whether a line is the head of a table.
func IsTableHead(line []byte) bool {
	word := bytes.TrimLeft(line, " ")
	return len(word) > 0 && len(word) < len(line) && (word[0] == 'O' || word[0] == 'R') && tableHead.Match(line)
}

// An Own finds the lines of pyinfra itself, one after the other. The rows of a
// table are found by its head.
type Own struct{ table bool }

// Is reports whether the next line is one.
func (o *Own) Is(text []byte) bool {
	rest := bytes.TrimLeft(text, " ")
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case '[':
		o.table = false
		return IsResult(text[HostLen(text):])
	case 'O', 'R':
		o.table = o.table || IsTableHead(text)
	case '-', 'L', 'D':
		if IsHeading(text) {
			o.table = false
			return true
		}
	}
	o.table = o.table && text[0] == ' '
	return o.table
}
