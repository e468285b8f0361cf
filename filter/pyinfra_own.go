package filter

import (
	"bytes"
	"regexp"
)

// What pyinfra says of its own work is what a person runs it for. No rule is
// proposed for it.

var (
	// ofHost is what pyinfra says of a host; see api/operations.py, api/host.py,
	// api/facts.py and api/util.py of pyinfra 3.
	ofHost = regexp.MustCompile(`^(?:Connected(?: \(.*\))?|Success|No changes|Skipped|N/A|Ready: .*|Loaded fact .*|noop: .*|[Ee]rror: executed .*|Error(?: \(.*)?)$`)
	// ofRun is what it says of the run: headers, and files that it loads.
	ofRun = regexp.MustCompile(`^(?:--> .*| *Loading: .*| *Detected changes may not include .*)$`)
	// table begins a table: of changes, or of results.
	table = regexp.MustCompile(`^ +(?:Operation|Ref) +(?:Hosts|Change|Conditional)`)
)

// An ownLines finds the lines of pyinfra itself. The rows of a table are found by
// its head.
type ownLines struct{ table bool }

func (o *ownLines) is(text []byte) bool {
	rest := bytes.TrimLeft(text, " ")
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case '[':
		o.table = false
		m := hostPrefix.FindIndex(text)
		return m != nil && ofHost.Match(text[m[1]:])
	case 'O', 'R':
		o.table = o.table || table.Match(text)
	case '-', 'L', 'D':
		if ofRun.Match(text) {
			o.table = false
			return true
		}
	}
	o.table = o.table && text[0] == ' '
	return o.table
}
