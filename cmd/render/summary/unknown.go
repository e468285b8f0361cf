package summary

import (
	"fmt"
	"io"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// Unknown names what no rule knows, a line each, the most frequent first and not more
// than most; 0: all. logs are those of the report that it is of; more: how often others
// were seen than those that are known.
func Unknown(w io.Writer, logs []*report.Log, unknown []*report.Unknown, more, most int) {
	all := report.UnknownFirst(unknown)
	named := words.Top(most, all)
	for _, u := range named {
		fmt.Fprintf(w, "orbfilter: no rule knows %s (%d ×, %s): %s\n", printable.Line(u.Fingerprint), u.Count, facts.Place(logs, u.Fingerprint, u.FirstLine), words.CutText(printable.Line(u.Text())))
	}
	switch others := len(all) - len(named); {
	case more > 0:
		fmt.Fprintf(w, "orbfilter: there are %s that no rule knows: others than these were seen %s%s\n", facts.MoreThan(len(all), "text"), words.Times(more), inJSON(others))
	case others > 0:
		fmt.Fprintf(w, "orbfilter: no rule knows %s; --report json=FILE names all\n", words.Plural(int64(others), "more text"))
	}
}

// inJSON says where those are that are known and not named.
func inJSON(others int) string {
	if others == 0 {
		return ""
	}
	return "; --report json=FILE names all that are known"
}
