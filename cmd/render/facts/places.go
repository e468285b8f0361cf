package facts

import (
	"cmp"
	"maps"
	"slices"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// failedOperation is the issue that the result of an operation is.
const failedOperation = "pyinfra-operation-failed"

// mostMore is how many places there may be in a log beside those that a report keeps, of all its issues together, so that
// what is written of a run on many thousands of hosts has an end. How many there were is counted still.
const mostMore = 200

// PlacesIn are the places of an issue in a log, each host and operation once. A report keeps those of the first
// occurrences. Of an error the others follow: what the log's run says of operations that failed, and else the hosts that
// the issue was counted on, of which the line is not known: it is 0.
func PlacesIn(i *report.Issue, l *report.Log) (places []*report.Place) {
	seen, kept := map[[2]string]bool{}, 0
	add := func(p *report.Place) {
		if key := [2]string{p.Host, p.Operation}; !seen[key] {
			seen[key] = true
			places = append(places, p)
		}
	}
	for n := range i.Places {
		if p := &i.Places[n]; p.Log == l.Name {
			kept++
			add(p)
		}
	}
	here := countIn(i, l)
	if i.Severity != rules.Error || here <= kept {
		return places
	}
	more := resultsOf(i, l, places)
	if more == nil && here == i.Count {
		more = hostsOf(i, l, places)
	}
	for _, p := range more[:min(len(more), here-kept, mostMore/len(l.Issues))] {
		add(p)
	}
	return places
}

// countIn is how often an issue was seen in a log.
func countIn(i *report.Issue, l *report.Log) int {
	for n := range l.Issues {
		if l.Issues[n].ID == i.ID {
			return l.Issues[n].Count
		}
	}
	return 0
}

// resultsOf are the operations that failed on hosts, without those among the places, in the order of their lines, if an issue is
// about these. nil: it is about something else, or there are no others.
func resultsOf(i *report.Issue, l *report.Log, places []*report.Place) (more []*report.Place) {
	known, lines := map[[2]string]bool{}, map[int]bool{}
	for _, p := range places {
		known[[2]string{p.Host, p.Operation}] = true
	}
	for _, p := range failures(l) {
		lines[p.Line] = true
		if !known[[2]string{p.Host, p.Operation}] && among(i.Hosts, i.HostsMore, p.Host) && among(i.Operations, i.OperationsMore, p.Operation) {
			more = append(more, p)
		}
	}
	if !aboutResults(i, places, lines) {
		return nil
	}
	return more
}

// aboutResults reports whether an issue is about results, which are in these lines: so a place of it shows, and else its id.
func aboutResults(i *report.Issue, places []*report.Place, lines map[int]bool) bool {
	if len(places) == 0 {
		return i.ID == failedOperation
	}
	return slices.ContainsFunc(places, func(p *report.Place) bool { return lines[p.Line] })
}

// failures are the operations that failed on hosts in a log's run, as far as it is known, in the order of their lines.
func failures(l *report.Log) (out []*report.Place) {
	if l.Run == nil {
		return nil
	}
	for _, op := range l.Run.Operations {
		for host, d := range op.Hosts {
			if d.Result == outcome.Error && !d.Ignored {
				out = append(out, resultPlace(l, op, host))
			}
		}
	}
	slices.SortFunc(out, func(a, b *report.Place) int { return cmp.Or(a.Line-b.Line, cmp.Compare(a.Host, b.Host)) })
	return out
}

// among reports whether a name may be among those that were counted.
func among(counts map[string]int, more int, name string) bool { return more > 0 || counts[name] > 0 }

// resultPlace is where an operation has failed on a host.
func resultPlace(l *report.Log, op *outcome.Operation, host string) *report.Place {
	p := &report.Place{Log: l.Name, Line: op.Hosts[host].LastLine, Host: host, Operation: op.Name}
	if said := op.Hosts[host].Text; len(said) > 0 {
		p.Text = append([]string{""}, said...) // the line itself is not known
	}
	return p
}

// hostsOf are the hosts of an issue that none of its places names, in order; with the operation, if all that was seen was in one.
func hostsOf(i *report.Issue, l *report.Log, places []*report.Place) (more []*report.Place) {
	operation := ""
	if len(i.Operations) == 1 && i.OperationsMore == 0 && sum(i.Operations) == i.Count {
		operation = slices.Collect(maps.Keys(i.Operations))[0]
	}
	known := map[string]bool{}
	for _, p := range places {
		known[p.Host] = true
	}
	for _, host := range slices.Sorted(maps.Keys(i.Hosts)) {
		if !known[host] {
			more = append(more, &report.Place{Log: l.Name, Host: host, Operation: operation})
		}
	}
	return more
}

// sum is all that was counted.
func sum(counts map[string]int) (n int) {
	for _, count := range counts {
		n += count
	}
	return n
}
