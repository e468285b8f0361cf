package facts

import (
	"fmt"
	"slices"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
)

// maxFolders is how many environments are named of an issue, and how many commands: a log
// of many machines has hundreds, and a person reads some.
const maxFolders = 8

// FoldersOf returns the first of a list that are named, of what counts those in front, and how
// many others there are.
func FoldersOf[T any](list []T, counts func(T) bool) (named []T, others int) {
	if len(list) <= maxFolders {
		return list, 0
	}
	named = slices.Clone(list)
	slices.SortStableFunc(named, func(a, b T) int {
		switch x, y := counts(a), counts(b); {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return named[:maxFolders], len(list) - maxFolders
}

// Untold says that there are texts which no rule knows beside those that are told of; empty: there are none.
func Untold(r *report.Report) string {
	if !r.MoreUnknown() {
		return ""
	}
	text := fmt.Sprintf("There are %s that no rule knows.", MoreThan(len(r.Unknown), "text"))
	if r.UnknownMore > 0 {
		text += fmt.Sprintf(" Others than these were seen %s.", words.Times(r.UnknownMore))
	}
	logs := 0
	for _, l := range r.Logs {
		if l.RecurringMore > 0 {
			logs++
		}
	}
	switch {
	case logs == 1 && len(r.Logs) == 1:
		text += " Of those that recur, these have the most lines."
	case logs > 0:
		text += fmt.Sprintf(" Of %s, not all that recur are among them, but those of the most lines.", words.Plural(int64(logs), "log"))
	}
	return text
}

// MoreThan is how many things there are of which only so many are known: "more than 1,000 texts".
func MoreThan(n int, noun string) string {
	if n == 1 {
		return "more than 1 " + noun
	}
	return fmt.Sprintf("more than %s %ss", words.Grouped(int64(n)), noun)
}

// AndFolders says how many environments are not named; empty: all are. open: there are more
// than were counted.
func AndFolders(others int, open bool) string {
	switch {
	case others == 1 && !open:
		return "It was seen in 1 more environment, which is not named here."
	case others > 0 || open:
		return fmt.Sprintf("It was seen in %s more environments, which are not named here.", words.AtLeast(others, open))
	}
	return ""
}

// FewCommands returns the first commands of an issue and, in words, that there are others.
// open: there are more than are known.
func FewCommands(all []string, open bool) (named []string, others string) {
	named = all[:min(len(all), maxFolders)]
	switch n := len(all) - len(named); {
	case n == 1 && !open:
		others = "and 1 more command like these, for another environment"
	case n > 0 || open && len(all) > 0:
		others = fmt.Sprintf("and %s more commands like these, for other environments", words.AtLeast(n, open))
	}
	return named, others
}
