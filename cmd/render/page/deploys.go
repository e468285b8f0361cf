package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

// Of several logs, so much of what their runs did is on the page.
const (
	maxDeploys       = 60     // runs, the newest
	openDeploys      = 1      // of these
	maxDeployRows    = 60     // operations of each
	maxDeployCells   = 20_000 // results of all of them
	maxFailedRows    = 40     // operations that failed
	maxFailedOnHosts = 4      // hosts that are named of each
)

// deploys are what the runs of several logs did: which operations failed in how many of them, and the matrix of each
// run in which one did. Nothing in it is of two logs: hosts and lines are those of one.
type deploys struct {
	All, Failed int // logs in which operations ran, and in which one failed
	Rows        []*failedOperation
	RowsLeft    int
	Runs        []*deployOf
	Left        int // runs in which an operation failed
	ids         map[*report.Log]string
}

// A failedOperation is one that failed in a log at least.
type failedOperation struct {
	Name        string
	Failed, Ran int // logs
	Hosts       []string
	HostsLeft   int
	First, Last string // days; empty: not known
	Newest      part   // log in which it failed
	onHosts     map[string]int
}

// A deployOf is the run of one log.
type deployOf struct {
	ID, Name, Date, Reason string
	Where                  []part
	Open                   bool
	Matrix                 *matrix
}

// newDeploys is nil of a single log, and where no operation is known to have failed.
func (p *page) newDeploys() *deploys {
	if len(p.Report.Logs) < 2 {
		return nil
	}
	d := &deploys{ids: map[*report.Log]string{}}
	var failed []*report.Log
	for _, l := range p.Report.Logs {
		if l.Run == nil || len(l.Run.Operations) == 0 {
			continue
		}
		d.All++
		if slices.ContainsFunc(l.Run.Operations, (*outcome.Operation).Failed) {
			failed = append(failed, l)
		}
	}
	if d.Failed = len(failed); d.Failed == 0 {
		return nil
	}
	slices.SortStableFunc(failed, newest)
	d.runs(p, failed)
	d.rows(p.Report.Logs, failed)
	return d
}

// runs fills in those of the first logs that there is room for.
func (d *deploys) runs(p *page, failed []*report.Log) {
	room := maxDeployCells
	for _, l := range failed {
		room -= min(len(l.Run.Operations), maxDeployRows) * len(hostsOf(l.Run))
		if len(d.Runs) == maxDeploys || room < 0 && len(d.Runs) > 0 {
			d.Left = len(failed) - len(d.Runs)
			return
		}
		id := fmt.Sprintf("run-%d", len(d.Runs)+1)
		m := p.newMatrix(l, maxDeployRows)
		m.ID, m.FailuresID = id+"-table", id+"-failures"
		m.Of = logName(l)
		d.ids[l] = id
		d.Runs = append(d.Runs, &deployOf{
			ID: id, Name: logName(l), Date: dayOf(l), Reason: fit.Prose(l.Verdict.Reason), Where: p.where(l, &l.Verdict),
			Open: len(d.Runs) < openDeploys, Matrix: m,
		})
	}
}

// rows are the operations that failed in most logs, first. failed are the logs in which one did, the newest first.
func (d *deploys) rows(all, failed []*report.Log) {
	byName := map[string]*failedOperation{}
	for _, l := range failed {
		for op, hosts := range failedOn(l.Run) {
			row := byName[op]
			if row == nil {
				row = &failedOperation{Name: cmp.Or(fit.Name(op), "without a name"), Newest: part{logName(l), d.href(l)}, Last: dayOf(l), onHosts: map[string]int{}}
				byName[op] = row
			}
			row.Failed++
			row.First = cmp.Or(dayOf(l), row.First)
			for _, h := range hosts {
				row.onHosts[h]++
			}
		}
	}
	for _, l := range all {
		for op := range namesOf(l.Run) {
			if row := byName[op]; row != nil {
				row.Ran++
			}
		}
	}
	d.Rows = slices.SortedFunc(maps.Values(byName), func(a, b *failedOperation) int {
		return cmp.Or(cmp.Compare(b.Failed, a.Failed), cmp.Compare(b.Last, a.Last), cmp.Compare(a.Name, b.Name))
	})
	d.RowsLeft = max(0, len(d.Rows)-maxFailedRows)
	d.Rows = d.Rows[:len(d.Rows)-d.RowsLeft]
	for _, row := range d.Rows {
		row.name()
	}
}

// name names the hosts on which it failed most often.
func (r *failedOperation) name() {
	hosts := slices.SortedFunc(maps.Keys(r.onHosts), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.onHosts[b], r.onHosts[a]), cmp.Compare(a, b))
	})
	r.HostsLeft = max(0, len(hosts)-maxFailedOnHosts)
	for _, h := range hosts[:len(hosts)-r.HostsLeft] {
		r.Hosts = append(r.Hosts, fit.Name(h))
	}
}

// failedOn are the operations of a run that failed, and on which hosts.
func failedOn(run *outcome.Record) map[string][]string {
	out := map[string][]string{}
	for _, op := range run.Operations {
		for host, d := range op.Hosts {
			if d.Result == outcome.Error && !d.Ignored {
				out[op.Name] = append(out[op.Name], host)
			}
		}
	}
	return out
}

// namesOf are the operations that came to their end on a host.
func namesOf(run *outcome.Record) map[string]bool {
	names := map[string]bool{}
	if run == nil {
		return names
	}
	for _, op := range run.Operations {
		if len(op.Hosts) > 0 {
			names[op.Name] = true
		}
	}
	return names
}

// href leads to what the run of a log did; empty: the page does not have it.
func (d *deploys) href(l *report.Log) string {
	if d == nil || d.ids[l] == "" {
		return ""
	}
	return "#" + d.ids[l]
}
