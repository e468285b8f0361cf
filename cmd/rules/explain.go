package rules

import (
	"errors"
	"fmt"
	stdio "io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/beside"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

const rulesExplainLong = `Say why a line of a log is folded or shown: which text of a rule it holds, which
block took it and what that waits for next, and why a block was given up.

LINE may be a range, 120-127. Without a LINE, all lines are named that a rule had
to do with. LOG may be -, for standard input. A recorded log has no pauses: that a block waits for too long,
which --hold bounds, cannot happen in it.`

const rulesExplainExample = `  orbfilter rules explain deploy.log:17
  orbfilter rules explain deploy.log:120-127
  orbfilter rules explain --rules mine.yaml deploy.log
  pyinfra … 2>&1 | orbfilter rules explain -`

func newRulesExplain(io cli.IO, o Shared) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "explain LOG[:LINE[-LAST]]", Short: "Say why a line is folded or shown",
		Long: rulesExplainLong, Example: rulesExplainExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usage(errors.New("explain needs one log: orbfilter rules explain deploy.log:17"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := cli.Check(c, o); err != nil {
				return err
			}
			return explain(io, o, args[0], asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	cli.Take(c, o)
	return c
}

func explain(io cli.IO, o Shared, what string, asJSON bool) error {
	name, first, last := splitLine(what)
	if last < first {
		return cli.Usage(fmt.Errorf("%s: the last line is before the first; write %s:%d-%d", what, name, last, first))
	}
	data, written, err := readLog(io, name)
	if err != nil {
		return cli.Usage(err)
	}
	set, bad := o.Load(io)
	t := traced{set: set, byLine: map[int][]filter.Trace{}, ends: map[int]filter.Trace{}}
	if err := t.run(data, written); err != nil {
		return err
	}
	if last > len(t.lines) {
		return cli.Usage(fmt.Errorf("%s has %d lines; there is no line %d", name, len(t.lines), last))
	}
	out := catalog.Explanation{Log: name, Color: o.ColorOn(io, io.Out), Asked: first > 0}
	for n := 1; n <= len(t.lines); n++ {
		switch {
		case first <= n && n <= last:
			e := t.explain(n)
			e.Open = t.waiting(n)
			out.Lines = append(out.Lines, e)
		case first == 0 && len(t.byLine[n]) > 0:
			out.Lines = append(out.Lines, t.explain(n))
		}
	}
	if asJSON {
		err = out.JSON(io.StdoutData(words.JSONText))
	} else {
		out.Text(io.Stdout())
	}
	return cli.Done(err, bad)
}

// atLine is what follows the name of a log.
var atLine = lazyregexp.New(`^(.+):([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$`)

// splitLine takes LOG:LINE and LOG:FIRST-LAST apart; a file that has such a name
// is one. 0: all.
func splitLine(what string) (name string, first, last int) {
	m := atLine.FindStringSubmatch(what)
	if _, err := os.Stat(what); err == nil || m == nil {
		return what, 0, 0
	}
	first, _ = strconv.Atoi(m[2]) // at most nine digits
	last, err := strconv.Atoi(m[3])
	if err != nil {
		last = first
	}
	return m[1], first, last
}

// readLog reads a log. written is when it was written to last; zero: not known.
func readLog(io cli.IO, name string) (data []byte, written time.Time, err error) {
	if name == "-" {
		data, err = stdio.ReadAll(io.In)
		return data, cli.WrittenTo(io.In), err
	}
	data, err = os.ReadFile(name)
	if err != nil {
		return nil, written, fmt.Errorf("%s: %w", name, errors.Unwrap(err))
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		written = info.ModTime()
	}
	return data, written, nil
}

// traced is a log with what was decided of each line.
type traced struct {
	set    *rules.Set
	lines  []ruletest.LineOutcome
	byLine map[int][]filter.Trace
	ends   map[int]filter.Trace // what became of each block
}

// run filters the log, which was written to last then; zero: not known.
func (t *traced) run(data []byte, written time.Time) (err error) {
	t.lines, err = ruletest.Outcomes(t.set, data, filter.Options{Installed: cli.LookUpOn(beside.NewBeside(beside.RecordedLimit)), Recorded: true, Written: written, Claims: true, Trace: t.note})
	return err
}

// note keeps a decision.
func (t *traced) note(d filter.Trace) {
	t.byLine[d.Line] = append(t.byLine[d.Line], d)
	if d.Block > 0 && (d.What == filter.Folded || d.What == filter.Shown || d.What == filter.GivenUp) {
		t.ends[d.Block] = d
	}
}

// explain collects what there is to say of line n.
func (t *traced) explain(n int) catalog.Explained {
	l := &t.lines[n-1]
	e := catalog.Explained{Line: n, Text: l.Text, Rule: l.Rule, Outcome: l.Outcome(), Literals: t.literals(l.Text)}
	var ends []filter.Trace // of blocks that have a part in the line
	mine := map[int]bool{}
	for _, d := range t.byLine[n] {
		if !slices.ContainsFunc(e.Decisions, func(o filter.Trace) bool { return same(o, d) }) {
			e.Decisions = append(e.Decisions, d)
		}
		if d.Block > 0 && !mine[d.Block] {
			mine[d.Block] = true
			if end, ok := t.ends[d.Block]; ok && end.Line > n {
				ends = append(ends, end)
			}
		}
	}
	e.Decisions = append(e.Decisions, ends...)
	return e
}

// waiting are the pieces that blocks took last which are open at line n, and
// have no part in it.
func (t *traced) waiting(n int) (open []filter.Trace) {
	last := map[int]filter.Trace{}
	for line := 1; line < n; line++ {
		for _, d := range t.byLine[line] {
			if d.What == filter.Took && t.ends[d.Block].Line >= n {
				last[d.Block] = d
			}
		}
	}
	for _, d := range t.byLine[n] {
		delete(last, d.Block)
	}
	for _, id := range slices.Sorted(maps.Keys(last)) {
		open = append(open, last[id])
	}
	return open
}

func same(a, b filter.Trace) bool {
	return a.What == b.What && a.Line == b.Line && a.Block == b.Block && a.Text == b.Text && a.Why == b.Why && slices.Equal(a.Rules, b.Rules)
}

// held returns the first of some texts that a line holds; of none it is "", which each line holds.
func held(line string, texts []string) (text string, ok bool) {
	if len(texts) == 0 {
		return "", true
	}
	i := slices.IndexFunc(texts, func(text string) bool { return strings.Contains(line, text) })
	if i < 0 {
		return "", false
	}
	return texts[i], true
}

// literals are the texts of rules that a line holds: those that make the gate
// hold it back.
func (t *traced) literals(line string) (out []catalog.LiteralOf) {
	plain := cells.Strip(line)
	for r := range t.set.All() {
		lit, held := held(plain, filter.Literals(r))
		if !held {
			continue
		}
		at := slices.IndexFunc(out, func(o catalog.LiteralOf) bool { return o.Literal == lit })
		if at < 0 {
			at, out = len(out), append(out, catalog.LiteralOf{Literal: lit})
		}
		out[at].Rules = append(out[at].Rules, r.ID)
	}
	return out
}
