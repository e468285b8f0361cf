package report

import (
	"cmp"
	"slices"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// A Text is what a log says, as it was kept to be looked at. It can be gone through several times.
type Text interface {
	// Lines goes through the lines in their order, until yield returns false. What was shown of a line
	// that something was folded in stands behind that. The error says why the text is not known, or not
	// to its end.
	Lines(yield func(Line) bool) error
	// Close lets go of it.
	Close()
}

// A Line is one of a text.
type Line struct {
	Number int    // of the line that it begins in, from 1
	Text   string // as it is to be seen, without colours and without its end
	Cut    int    // so many bytes of it are missing at its end
	Rule   string // the id of the rule that has folded it; empty: it was shown
	Left   int    // so many lines are left out here, from Number on, and this is none; 0: it is a line
}

// A Stream is the text of a log, or of one of the two streams of a command.
type Stream struct {
	Name string // stdout or stderr; empty: there is one
	Text Text
	// Leads: it is what the lines of the report are those of.
	Leads bool
}

// An Excerpt is lines of a log that follow each other.
type Excerpt []Line

const (
	// maxAround is how many lines of a log are shown with what is around them.
	maxAround = 20
	// maxExcerpts is how many lines of excerpts a sum has: those of the logs in which most went wrong.
	maxExcerpts = 100_000
)

// WrongLines are the lines of a log in which something went wrong, in order: that which says that the run
// failed, those of errors, those in which an operation failed. They are the first of each.
func (l *Log) WrongLines(issues []*Issue) []int {
	var first, all []int
	if l.Verdict.Line > 0 {
		first = append(first, l.Verdict.Line)
	}
	for _, i := range issues {
		if i.Severity != rules.Error {
			continue
		}
		for n := range i.Places {
			if i.Places[n].Log == l.Name && i.Places[n].Line > 0 {
				all = append(all, i.Places[n].Line)
			}
		}
	}
	all = append(all, failedLines(l.Run)...)
	slices.Sort(all)
	all = append(first, all...)
	all = distinct(all)[:min(len(distinct(all)), maxAround)]
	slices.Sort(all)
	return all
}

// distinct leaves each number where it is first.
func distinct(all []int) (out []int) {
	seen := map[int]bool{}
	for _, n := range all {
		if !seen[n] {
			out = append(out, n)
		}
		seen[n] = true
	}
	return out
}

func failedLines(run *outcome.Record) (out []int) {
	if run == nil {
		return nil
	}
	for _, op := range run.Operations {
		for _, d := range op.Hosts {
			if d.Result == outcome.Error && !d.Ignored && d.LastLine > 0 {
				out = append(out, d.LastLine)
			}
		}
	}
	return out
}

// Around are the lines around some, so many before and behind each that were shown. What was folded in
// between is among them.
func Around(text Text, lines []int, most int) (out []Excerpt, err error) {
	if len(lines) == 0 {
		return nil, nil
	}
	a := around{lines: lines, most: most}
	err = text.Lines(a.take)
	a.end()
	return a.out, err
}

// An around looks for lines, in order.
type around struct {
	lines  []int
	most   int
	out    []Excerpt
	before []Line // what was not wanted so far
	shown  int    // of these
	now    Excerpt
	behind int // how many more are wanted
}

func (a *around) take(l Line) bool {
	if l.Rule == "" && l.Left == 0 && len(a.lines) > 0 && l.Number >= a.lines[0] {
		for len(a.lines) > 0 && l.Number >= a.lines[0] {
			a.lines = a.lines[1:]
		}
		a.now = append(append(a.now, a.before...), l)
		a.before, a.shown, a.behind = nil, 0, a.most
		return true
	}
	if a.behind > 0 && l.Left == 0 {
		a.now = append(a.now, l)
		if l.Rule == "" {
			a.behind--
		}
		return true
	}
	a.wait(l)
	return a.behind > 0 || len(a.lines) > 0
}

// maxFoldedBefore is how many lines that were folded are kept in front of one that is wanted.
const maxFoldedBefore = 400

// wait keeps what may stand in front of a line that is wanted. When so much of it comes that nothing is in
// between, an excerpt ends.
func (a *around) wait(l Line) {
	if l.Left > 0 {
		a.end()
		a.before, a.shown = nil, 0
		return
	}
	a.before = append(a.before, l)
	if l.Rule == "" {
		a.shown++
	}
	for a.shown > a.most || len(a.before) > maxFoldedBefore {
		a.end()
		if a.before[0].Rule == "" {
			a.shown--
		}
		a.before = a.before[1:]
	}
}

// end ends an excerpt.
func (a *around) end() {
	if len(a.now) > 0 {
		a.out = append(a.out, a.now)
	}
	a.now, a.behind = nil, 0
}

// keepExcerpts leaves a sum as many lines as it has room for: those of runs that failed, and of these of the
// newest. How many the others had stays known, so that the order in which reports are added up makes no difference.
func (r *Report) keepExcerpts() {
	sum := 0
	for _, l := range r.Logs {
		sum += l.excerptLines()
	}
	if sum <= maxExcerpts {
		return
	}
	order := make([]int, len(r.Logs))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(x, y int) int {
		a, b := r.Logs[x], r.Logs[y]
		return cmp.Or(compareBool(b.Verdict.Failed == outcome.Yes, a.Verdict.Failed == outcome.Yes), cmp.Compare(b.Date, a.Date), logOrder(a, b))
	})
	room := maxExcerpts
	for _, n := range order {
		l := r.Logs[n]
		if room -= l.excerptLines(); room < 0 && len(l.Excerpts) > 0 {
			without := *l
			without.Excerpts, without.hadLines = nil, l.excerptLines()
			r.Logs[n] = &without
		}
	}
}

// excerptLines is how many lines there are in excerpts, or were.
func (l *Log) excerptLines() int {
	n := l.hadLines
	for _, e := range l.Excerpts {
		n += len(e)
	}
	return n
}

// CloseTexts lets go of the texts of the logs, once all that shows them is written.
func (r *Report) CloseTexts() {
	for _, l := range r.Logs {
		for _, s := range l.Streams {
			s.Text.Close()
		}
	}
}
