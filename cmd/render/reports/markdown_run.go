package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// mdHead says first what became of the run, or of how many runs, and then how many lines there were. It is
// known by its first word where a report may be written over an old one.
func mdHead(r *report.Report) string {
	totals := facts.ReportTotals(r)
	below := strings.TrimPrefix(totals, "orbfilter: ")
	if len(r.Logs) == 1 && facts.IsRun(r.Logs[0]) {
		return mdVerdict(r.Logs[0]) + "\n" + below + ".\n"
	}
	if became := mdBecame(r); became != "" {
		return fmt.Sprintf("### orbfilter: %s\n\n%s.\n", became, below)
	}
	return "### " + totals + "\n"
}

// mdVerdict is what became of one run.
func mdVerdict(l *report.Log) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### orbfilter: %s\n", mdProse(facts.Became(l)))
	if how := facts.CommandText(l, mdCode); how != "" {
		fmt.Fprintf(&b, "\n%s.\n", how)
	}
	if tail := facts.Tail(l); len(tail) > 0 {
		fmt.Fprintf(&b, "\nThe last lines that were shown:\n\n%s", mdBlock("text", tail))
	}
	return b.String()
}

// maxMdOperations is how many operations a table has: those that failed, then the first ones.
const maxMdOperations = 100

// runs writes what the deploy did: of one run a table of its operations, of several which failed.
func (p *mdPage) runs(r *report.Report) {
	if len(r.Logs) == 1 {
		if run := r.Logs[0].Run; run != nil {
			p.operations(run)
		}
		return
	}
	failed := facts.LogsThat(r, facts.Failed)
	p.table("failed run", "\n| Log that failed | Where and why |\n|---|---|\n", len(failed), func(n int) string {
		text := strings.TrimPrefix(facts.VerdictText(&failed[n].Verdict), "the run failed")
		return fmt.Sprintf("| %s | %s |\n", mdCode(facts.LogName(failed[n])), mdProse(strings.TrimLeft(text, ": ")))
	})
	unsure := facts.LogsThat(r, facts.NotKnown)
	p.table("unsure run", "\n| Log of which it is not known | Why |\n|---|---|\n", len(unsure), func(n int) string {
		return fmt.Sprintf("| %s | %s |\n", mdCode(facts.LogName(unsure[n])), mdProse(unsure[n].Verdict.Reason))
	})
}

func (p *mdPage) operations(run *outcome.Record) {
	ops := slices.Clone(run.Operations)
	if len(ops) > maxMdOperations {
		slices.SortStableFunc(ops, func(a, b *outcome.Operation) int { return order(b.Failed()) - order(a.Failed()) })
		ops = ops[:maxMdOperations]
	}
	p.table("operation", "\n| Operation | Success | No change | Error | Skipped | Time | Failed on |\n|---|---:|---:|---:|---:|---:|---|\n", len(ops), func(n int) string {
		op := ops[n]
		time := ""
		if op.Seconds != nil {
			time = facts.Seconds(*op.Seconds)
		}
		mark := ""
		if op.Within > 0 { // of a run within another one
			mark = "↳ "
		}
		return fmt.Sprintf("| %s%s | %d | %d | %d | %d | %s | %s |\n", mark, mdCode(cmp.Or(words.CutText(op.Name), "(no name)")), op.Count(outcome.Success), op.Count(outcome.NoChange), op.Count(outcome.Error), op.Count(outcome.Skipped), time, mdFailures(op))
	})
	if left := len(run.Operations) - len(ops); left > 0 {
		p.add("note", fmt.Sprintf("\n%s more are not in the table.\n", words.Plural(int64(left), "operation")))
	}
}

func order(b bool) int {
	if b {
		return 1
	}
	return 0
}

// mdFailures names the hosts on which an operation failed, and what each said of why.
func mdFailures(op *outcome.Operation) string {
	const most = 3
	var parts []string
	failed := 0
	for _, host := range slices.Sorted(maps.Keys(op.Hosts)) {
		d := op.Hosts[host]
		if d.Result != outcome.Error {
			continue
		}
		if failed++; failed > most {
			continue
		}
		text := mdCode(words.CutText(printable.Line(host)))
		if d.Ignored {
			text += " (ignored)"
		}
		if why := d.Why(); why != "" {
			text += ": " + mdCode(words.CutText(printable.Line(why)))
		}
		parts = append(parts, text)
	}
	if failed > most {
		parts = append(parts, fmt.Sprintf("and %d more", failed-most))
	}
	return strings.Join(parts, "; ")
}
