package facts

import (
	"cmp"
	"strconv"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
)

// NewRule is the command that makes a rule of a line of one of these logs. LOG stands
// for one of several, and LINE for its number.
func NewRule(logs []string) string {
	if len(logs) != 1 {
		return NewRuleAt("", 0)
	}
	return NewRuleAt(logs[0], 0)
}

// NewRuleOf is the command that makes a rule of a text that no rule knows, with its log
// and line as far as the report says them.
func NewRuleOf(r *report.Report, u *report.Unknown) string { return NewRuleAt(r.Place(u)) }

// NewRuleAt is the command that makes a rule of a line. Empty and 0: it is not known
// which log and which line.
func NewRuleAt(log string, line int) string {
	at := "LINE"
	if line > 0 {
		at = strconv.Itoa(line)
	}
	if log == "-" { // which has been read
		log = ""
	}
	return "orbfilter rules new --from " + words.ShellWord(cmp.Or(log, "LOG")+":"+at)
}
