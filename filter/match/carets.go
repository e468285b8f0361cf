package match

import (
	"bytes"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/match/traceback"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

// Carets are structure: they stand below a source line, under its text, and which
// Python draws how many of them is nothing that samples could show. So a block that
// has taken a source line takes a line of carets that fits under it. Where lines are
// torn, columns say nothing, and carets are counted: no more are taken than the source
// lines of open blocks are wide.

// underline notes that carets may come below a source line that a block has taken. One
// whose Python draws none may get those of another, which has got its next piece, and
// the source line of another.
func (w *writer) underline(b *block, from int, text []byte) {
	w.under(b, view.Span{From: from, To: from + cpython.Columns(text)})
	if w.draws = w.draws || !b.caretless; w.draws {
		w.marks += b.under.To - b.under.From
	}
}

// passBy notes that a block has got a piece from behind the carets. Whose pieces are
// whose is not known, but as many blocks as have drawn no more carets than they
// may wait for some: theirs are all that can come.
func (w *writer) passBy(b *block) {
	w.under(b, view.Span{})
	w.marks = min(w.marks, w.room)
}

// fits reports whether carets, the first n bytes of the text, may be the block's.
func (w *writer) fits(b *block, s *plan.Step, at *candidate, n int) bool {
	switch {
	case b.under.To == 0, countMarks(at.text[:n]) > w.marks:
		return false
	case !at.whole(n), shows(s, at.lead, at.text[:n]):
		return true
	case w.failing != nil && len(s.Drawn) > 0: // they may be those of the traceback that passes, which stays
		return false
	case w.underlined(at.lead, n):
		return false
	}
	return b.covers(at.lead, n) || b.directlyUnder(at, n) || w.tornSpaces(b, cpython.SourceIndent-at.lead)
}

func countMarks(run []byte) int { return len(run) - bytes.Count(run, []byte(" ")) }

// covers reports whether n columns, from lead on, are all below the source line.
func (b *block) covers(lead, n int) bool { return lead >= b.under.From && lead+n <= b.under.To }

// directlyUnder reports whether n columns begin below the source line, in the line
// after it, and are not more than it has. That is enough there: texts that people
// have passed on are not always true to the column, as that of the founding issue.
func (b *block) directlyUnder(at *candidate, n int) bool {
	return b.walk.At() == traceback.Source && b.row == at.row-1 && at.lead >= b.under.From && at.lead < b.under.To && n <= b.under.To-b.under.From
}

// shows reports whether a sample has these carets, in these columns.
func shows(s *plan.Step, lead int, run []byte) bool {
	return slices.ContainsFunc(s.Drawn, func(line string) bool {
		return len(line) == lead+len(run) && strings.HasSuffix(line, string(run))
	})
}

// leadOf is the number of spaces that samples show in front of carets that begin so;
// -1: it is not known.
func leadOf(s *plan.Step, run []byte) int {
	lead := -1
	for _, line := range s.Drawn {
		text := strings.TrimLeft(line, " ")
		switch n := len(line) - len(text); {
		case !strings.HasPrefix(text, string(run)):
		case lead >= 0 && lead != n:
			return -1
		default:
			lead = n
		}
	}
	return lead
}

// underlined reports whether the line before is the run's own, and such that carets
// in n columns, from lead on, point out a word or more of it, as compilers do below
// a line of source. What pyinfra says of a run or of a host is none.
func (w *writer) underlined(lead, n int) bool {
	text, to := w.above, lead+n
	return w.aboveRow == w.row-1 && to <= len(text) && text[lead] != ' ' && text[to-1] != ' ' &&
		(lead == 0 || !inWord(text[lead-1:lead+1])) && (n == 1 || to == len(text) || !inWord(text[to-1:to+1]))
}

// inWord reports whether two characters are of one word.
func inWord(two []byte) bool { return isWord(two[0]) && isWord(two[1]) }

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// keepAbove remembers a line of the run's own for what may come below it.
func (w *writer) keepAbove(text []byte) {
	const longest = 400
	word := bytes.TrimLeft(text, " ")
	switch {
	case len(w.open) == 0, len(word) == 0, len(text) > longest,
		pyinfra.NamesHost(word), pyinfra.IsHeading(word), pyinfra.IsTableHead(text),
		cpython.IsHead(text), cpython.IsError(text), cpython.IsBareFrame(word):
		return
	}
	w.above, w.aboveRow = append(w.above[:0], text...), w.row
}

// tornSpaces reports whether lines are torn, so that carets may stand elsewhere than
// they were drawn: something shows it already, another block has the line before, so
// that there is nothing of the run's that they could be below, or need spaces that are
// missing in front of them stand in front of other lines.
func (w *writer) tornSpaces(b *block, need int) bool {
	return w.account.Torn() || w.taker != b && w.taker.row == w.row-1 && b.row < w.row-1 || w.queue.HasStray(&w.account, b.last, need)
}

// placeCarets keeps account of the spaces in front of carets that a block takes
// first. Those of a line that fits are its own, unless some stand elsewhere.
func (w *writer) placeCarets(b *block, s *plan.Step, before int, at *candidate, n int) {
	run := at.text[:n]
	stray := w.queue.Stray(&w.account, before, max(1, cpython.SourceIndent-at.lead))
	if stray < 0 && !w.account.Torn() && at.whole(n) && b.covers(at.lead, n) {
		return
	}
	known := *s
	if known.Lead = leadOf(s, run); known.Lead >= 0 {
		w.indent(b, &known, before, at.lead)
	} else if stray >= 0 {
		w.queue.TakeStray(&b.Claim, stray)
	}
}
