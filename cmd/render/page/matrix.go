package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

const (
	maxOperations  = 200 // rows
	maxCellHosts   = 24  // that have a column each; of more, an operation has a square for each
	maxSquares     = 5000
	maxNamed       = 50 // that are named with what was said
	maxSlowest     = 5
	squareColumns  = 30
	squareDistance = 10 // of squares
	squareSize     = 9
)

// A matrix is what the deploy did: operations × hosts.
type matrix struct {
	ID         string   // of its table
	FailuresID string   // of the list of what failed
	Of         string   // the log, of several
	Hosts      []string // in the columns; empty: there are too many
	HostCount  int
	Rows       []*operationRow
	Left       int // operations that are left out
	Sum        operationCounts
	SquaresOut bool
	Errors     []*operationError
	ErrorsLeft int
	Slow       []timed // operations
	SlowHosts  []timed
	Phases     []timed
	More       int  // results that were not kept
	Unclear    bool // there are operations whose results cannot be told
}

type operationCounts struct{ Success, NoChange, Error, Ignored, Skipped, Retries int }

// All is how many results there are.
func (c *operationCounts) All() int { return c.Success + c.NoChange + c.Error + c.Skipped }

func (c *operationCounts) add(d *outcome.Done) {
	switch d.Result {
	case outcome.Success:
		c.Success++
	case outcome.NoChange:
		c.NoChange++
	case outcome.Skipped:
		c.Skipped++
	default:
		c.Error++
		if d.Ignored {
			c.Ignored++
		}
	}
	c.Retries = plusRetries(c.Retries, d.Retries)
}

func plusRetries(a, b int) int {
	if sum := a + b; sum >= a {
		return sum
	}
	return a
}

type operationRow struct {
	operationCounts

	Name    string
	Nested  bool
	Line    part
	Took    string // empty: not known
	Cells   []*cell
	Squares []squares
	Height  int
	Said    string // of the squares
}

// A cell is an operation on a host.
type cell struct {
	Class, Mark, Word string
	Took              string
	Retries           int
	Href              string
}

// squares are those of one result, as a path of SVG.
type squares struct{ Class, Path string }

type operationError struct {
	Host, Operation string
	Line            part
	Ignored         bool
	Retries         int
	Text            []string
}

// A timed thing, and the share that it takes of the longest.
type timed struct {
	Name, Took, Share string
	Line              part
}

var resultWords = map[outcome.Result]struct{ class, mark, word string }{
	outcome.Success:  {"r-success", "✓", "success"},
	outcome.NoChange: {"r-same", "=", "no change"},
	outcome.Error:    {"r-error", "✕", "error"},
	outcome.Skipped:  {"r-skipped", "–", "skipped"},
}

// newMatrix is that of a run, of so many operations at most; nil: it is not known what it did.
func (p *page) newMatrix(l *report.Log, most int) *matrix {
	run := l.Run
	if run == nil || len(run.Operations) == 0 && run.More == 0 && !run.Unclear {
		return nil
	}
	m := &matrix{ID: "matrix-table", FailuresID: "failures", More: run.More, Unclear: run.Unclear}
	hosts := hostsOf(run)
	m.HostCount = len(hosts)
	if len(hosts) <= maxCellHosts {
		for _, h := range hosts {
			m.Hosts = append(m.Hosts, fit.Name(h))
		}
	}
	shown := shownOperations(run.Operations, most)
	m.Left = len(run.Operations) - len(shown)
	m.SquaresOut = len(shown)*len(hosts) > maxSquares && len(hosts) > maxCellHosts
	for _, op := range shown {
		m.Rows = append(m.Rows, p.operationRow(l, op, hosts, m.SquaresOut))
	}
	for _, op := range run.Operations {
		for _, d := range op.Hosts {
			m.Sum.add(d)
		}
	}
	m.errors(p, l)
	m.slowest(p, l)
	return m
}

// hostsOf are all hosts: those that have failed first, then by their names.
func hostsOf(run *outcome.Record) []string {
	failed := map[string]int{}
	for _, op := range run.Operations {
		for host, d := range op.Hosts {
			failed[host] += 0
			if d.Result == outcome.Error && !d.Ignored {
				failed[host] = 1
			}
		}
	}
	return slices.SortedFunc(maps.Keys(failed), func(a, b string) int {
		return cmp.Or(cmp.Compare(failed[b], failed[a]), cmp.Compare(a, b))
	})
}

// shownOperations are those that have failed, and the first of the others, in their order.
func shownOperations(all []*outcome.Operation, most int) []*outcome.Operation {
	if len(all) <= most {
		return all
	}
	room := most
	for _, op := range all {
		if op.Count(outcome.Error) > 0 {
			room--
		}
	}
	var out []*outcome.Operation
	for _, op := range all {
		failed := op.Count(outcome.Error) > 0
		if failed || room > 0 {
			out = append(out, op)
		}
		if !failed {
			room--
		}
	}
	return out[:min(len(out), most)]
}

func (p *page) operationRow(l *report.Log, op *outcome.Operation, hosts []string, countsOnly bool) *operationRow {
	row := &operationRow{Name: cmp.Or(fit.Name(op.Name), "without a name"), Nested: op.Nested || op.Within > 0, Line: p.linePart(l, op.FirstLine)}
	if op.Seconds != nil {
		row.Took = duration(*op.Seconds)
	}
	for _, d := range op.Hosts {
		row.add(d)
	}
	switch {
	case len(hosts) <= maxCellHosts:
		for _, h := range hosts {
			row.Cells = append(row.Cells, p.cell(l, op.Hosts[h]))
		}
	case !countsOnly:
		row.squares(op, hosts)
	}
	return row
}

func (p *page) linePart(l *report.Log, line int) part {
	return part{words.Grouped(int64(line)), p.href(l, line)}
}

// cell is what became of an operation on a host; nil: nothing is known of it.
func (p *page) cell(l *report.Log, d *outcome.Done) *cell {
	if d == nil {
		return &cell{Class: "r-none"}
	}
	w := resultWords[d.Result]
	c := &cell{Class: w.class, Mark: w.mark, Word: w.word, Retries: d.Retries}
	if d.Ignored {
		c.Class, c.Word = "r-ignored", "error, ignored"
	}
	if d.Seconds != nil {
		c.Took = duration(*d.Seconds)
	}
	if d.Result == outcome.Error || d.Retries > 0 {
		c.Href = p.href(l, d.LastLine)
	}
	return c
}

// squares draws a square for each host, so that three hundred are seen at once.
func (row *operationRow) squares(op *outcome.Operation, hosts []string) {
	paths := map[string]*strings.Builder{}
	for n, h := range hosts {
		class := "r-none"
		if d := op.Hosts[h]; d != nil {
			if class = resultWords[d.Result].class; d.Ignored {
				class = "r-ignored"
			}
		}
		if paths[class] == nil {
			paths[class] = &strings.Builder{}
		}
		fmt.Fprintf(paths[class], "M%d %dh%dv%dh-%dz", n%squareColumns*squareDistance, n/squareColumns*squareDistance, squareSize, squareSize, squareSize)
	}
	for _, class := range slices.Sorted(maps.Keys(paths)) {
		row.Squares = append(row.Squares, squares{class, paths[class].String()})
	}
	row.Height = (len(hosts) + squareColumns - 1) / squareColumns * squareDistance
	row.Said = fmt.Sprintf("of %s: success %d, no change %d, error %d, skipped %d", fit.Counted(int64(len(hosts)), "host"), row.Success, row.NoChange, row.Error, row.Skipped)
}

// SquaresWidth is that of a drawing.
func (row *operationRow) SquaresWidth() int { return squareColumns * squareDistance }

// errors names what failed with what was said: first what was not ignored, in the order of the lines.
func (m *matrix) errors(p *page, l *report.Log) {
	type failure struct {
		op   *outcome.Operation
		host string
		done *outcome.Done
	}
	var all []failure
	for _, op := range l.Run.Operations {
		for host, d := range op.Hosts {
			if d.Result == outcome.Error {
				all = append(all, failure{op, host, d})
			}
		}
	}
	slices.SortFunc(all, func(a, b failure) int {
		return cmp.Or(compareBool(a.done.Ignored, b.done.Ignored), cmp.Compare(a.done.LastLine, b.done.LastLine), cmp.Compare(a.host, b.host))
	})
	for _, f := range all[:min(len(all), maxNamed)] {
		e := &operationError{Host: fit.Name(f.host), Operation: fit.Name(f.op.Name), Line: p.linePart(l, f.done.LastLine), Ignored: f.done.Ignored, Retries: f.done.Retries}
		for _, line := range f.done.Text {
			e.Text = append(e.Text, fit.Visible(fit.Cut(line, fit.MaxLine)))
		}
		m.Errors = append(m.Errors, e)
	}
	m.ErrorsLeft = len(all) - len(m.Errors)
}

// compareBool has false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// slowest are the operations and the hosts that took longest, as far as it is known how long.
func (m *matrix) slowest(p *page, l *report.Log) {
	hosts := map[string]float64{}
	var operations, all, phases []span
	for _, op := range l.Run.Operations {
		if op.Seconds != nil {
			operations = append(operations, span{fit.Name(op.Name), *op.Seconds, p.linePart(l, op.FirstLine)})
		}
		for host, d := range op.Hosts {
			if d.Seconds != nil {
				hosts[host] += *d.Seconds
			}
		}
	}
	for host, s := range hosts {
		all = append(all, span{name: fit.Name(host), seconds: s})
	}
	for _, phase := range l.Run.Phases {
		if phase.Seconds != nil {
			phases = append(phases, span{fit.Name(phase.Name), *phase.Seconds, p.linePart(l, phase.FirstLine)})
		}
	}
	m.Slow, m.SlowHosts, m.Phases = longest(operations), longest(all), longest(phases)
}

// A span is how long something took.
type span struct {
	name    string
	seconds float64
	line    part
}

func longest(all []span) (out []timed) {
	slices.SortStableFunc(all, func(a, b span) int {
		return cmp.Or(cmp.Compare(b.seconds, a.seconds), cmp.Compare(a.name, b.name))
	})
	for _, s := range all[:min(len(all), maxSlowest)] {
		if s.seconds > 0 {
			out = append(out, timed{s.name, duration(s.seconds), fmt.Sprintf("%.2f%%", 100*s.seconds/all[0].seconds), s.line})
		}
	}
	return out
}
