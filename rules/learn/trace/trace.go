// Package trace knows how the traces of several languages are written: which lines are of one, and where it
// ends.
package trace

import (
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A form is how the traces of a language look.
type form struct {
	language string
	// begins is its first line, or one that makes sure that it is one.
	begins *lazyregexp.Regexp
	// goes is a line that may stand in it.
	goes *lazyregexp.Regexp
	// ends is the last line of all, where there is such a thing; nil: it goes as long as lines are of it.
	ends *lazyregexp.Regexp
}

// forms are those that are known.
var forms = []form{
	{"CPython", lazyregexp.New(`^\s*(?:Traceback \(most recent call last\):|File ".*", line \d+)`), lazyregexp.New(`^(?:\s|$|Traceback |During handling of|The above exception)`), lazyregexp.New(`^\S`)},
	{"Java", lazyregexp.New(`^\s+at [\w$.<>/@-]+\(.*\)\s*(?:~?\[.*\])?$`), lazyregexp.New(`^(?:\s+at |\s*\.\.\. \d+ |\s*Caused by: |\s*Suppressed: |\s*Wrapped by: )`), nil},
	{"Node", lazyregexp.New(`^\s+at .*:\d+:\d+\)?$|^\s+at (?:async )?(?:new )?[\w$.<>]+ \(`), lazyregexp.New(`^(?:\s+at |\s*\[?[Cc]ause\]?: |\s+\w+: |\s*}$|\s*\.\.\. \d+ )`), nil},
	{"Go", lazyregexp.New(`^goroutine \d+ \[|^\s+\S+\.go:\d+`), lazyregexp.New(`^(?:\s|$|goroutine \d+ \[|created by |[\w./*()\[\]{}-]+\(.*\)$|exit status \d)`), nil},
}

// step is a line that stands in a trace and nowhere else, however little it says: where a call came from, or how many of
// these are left out.
var step = lazyregexp.New(`^\s+(?:at \S.*[:(]|\.\.\. \d+ (?:more|common frames omitted|lines matching )|\[Previous line repeated \d+ more times?\])`)

// IsStep reports whether a line can only be one within a trace, or its last.
func IsStep(text string) bool { return step.MatchString(text) }

// A State is where in a trace the lines of a writer are. The zero value is in none.
type State struct {
	form  *form
	ended bool
}

// See looks at the next line of a writer. It reports whether a trace has ended in front of the line, and whether
// the line is of one.
func (s *State) See(text string) (ended, in bool) {
	was := s.form
	if was != nil && !s.ended && was.goes.MatchString(text) {
		return false, true
	}
	if was != nil && !s.ended && was.ends != nil && was.ends.MatchString(text) {
		s.ended = true
		return false, true
	}
	s.form, s.ended = nil, false
	if mayBegin(text) {
		for i := range forms {
			if forms[i].begins.MatchString(text) {
				s.form = &forms[i]
				break
			}
		}
	}
	return was != nil, s.form != nil
}

// mayBegin reports whether there is something of a trace in a line, which is fast to see.
func mayBegin(text string) bool {
	bare := strings.TrimLeft(text, " \t")
	switch {
	case strings.HasPrefix(bare, "at "), strings.HasPrefix(bare, "goroutine "), strings.HasPrefix(bare, "Traceback "), strings.HasPrefix(bare, `File "`):
		return true
	}
	return len(bare) < len(text) && strings.Contains(bare, ".go:")
}
