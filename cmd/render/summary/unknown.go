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
		fmt.Fprintf(w, "orbfilter: no rule knows more than %s; --report json=FILE names those that are told apart (%d)\n", words.Plural(int64(others), "more text"), len(all))
	case others > 0:
		fmt.Fprintf(w, "orbfilter: no rule knows %s; --report json=FILE names all\n", words.Plural(int64(others), "more text"))
	}
}
