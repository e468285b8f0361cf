package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// UnknownFirst returns what no rule knows, the most frequent first.
func UnknownFirst(unknown []*report.Unknown) []*report.Unknown {
	return slices.SortedFunc(slices.Values(unknown), func(a, b *report.Unknown) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
}

// Unknown names what no rule knows, a line each, the most frequent first and not more
// than most; 0: all. logs are those of the report that it is of; more: how often others
// were seen than those that are known.
func Unknown(w io.Writer, logs []*report.Log, unknown []*report.Unknown, more, most int) {
	all := UnknownFirst(unknown)
	named := top(most, all)
	for _, u := range named {
		fmt.Fprintf(w, "orbfilter: no rule knows %s (%d ×, %s): %s\n", printable.Line(u.Fingerprint), u.Count, place(logs, u.Fingerprint, u.FirstLine), cutText(printable.Line(u.Text())))
	}
	switch others := len(all) - len(named); {
	case more > 0:
		fmt.Fprintf(w, "orbfilter: no rule knows more than %s; --report json=FILE names those that are told apart (%d)\n", plural(int64(others), "more text"), len(all))
	case others > 0:
		fmt.Fprintf(w, "orbfilter: no rule knows %s; --report json=FILE names all\n", plural(int64(others), "more text"))
	}
}

// place says where the first occurrence of something stands: an issue by its id, or
// a text that no rule knows by its fingerprint. Of several logs, a line says nothing
// without the name of its log.
func place(logs []*report.Log, name string, line int) string {
	switch in := logsWithName(logs, name); {
	case len(logs) < 2 || len(in) == 0:
		return fmt.Sprintf("line %d", line)
	case len(in) == 1:
		return fmt.Sprintf("%s, line %d", logName(in[0]), line)
	default:
		return logName(in[0]) + andMore(in)
	}
}

// andMore counts the logs behind the first one.
func andMore(in []*report.Log) string {
	if len(in) < 2 {
		return ""
	}
	return " and " + plural(int64(len(in)-1), "more log")
}

// logsWithName returns the logs that have an issue, or a text that no rule knows.
func logsWithName(logs []*report.Log, name string) (in []*report.Log) {
	for _, l := range logs {
		if slices.Contains(l.Unknown, name) || slices.ContainsFunc(l.Issues, func(s report.LogIssue) bool { return s.ID == name }) {
			in = append(in, l)
		}
	}
	return in
}
