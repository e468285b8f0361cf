package report

import (
	"cmp"
	"slices"
	"strings"
)

// NameLogs gives a name to the logs that have none, so that live runs can be told
// apart when their reports are added up.
func (r *Report) NameLogs(name string) {
	r.renameLogs(func(old string) string { return cmp.Or(old, name) })
}

// TellApart gives the logs of a report that are called as logs of another one another name, so that what was seen
// in one of them is not taken for the other's: "deploy.log" of "job-1.json" becomes "deploy.log (job-1.json)".
// So it is if the others have their names from here already: that the reports were added up before makes no
// difference. names are those of the reports, in their order, no two the same.
func TellApart(reports []*Report, names []string) {
	in := map[string]int{} // of how many reports a log has the name
	for _, r := range reports {
		for _, name := range r.plainNames() {
			in[name]++
		}
	}
	had := map[string]int{}
	for _, r := range reports {
		for _, name := range r.logNames() {
			had[name]++
		}
	}
	for n, r := range reports {
		r.renameLogs(func(old string) string {
			if had[old] < 2 && (in[plainName(old)] < 2 || plainName(old) != old) {
				return old
			}
			if old == "-" { // which says nothing
				return names[n]
			}
			return old + " (" + names[n] + ")"
		})
	}
}

// plainName is the name of a log without what TellApart puts behind it.
func plainName(name string) string {
	if at := strings.Index(name, " ("); at > 0 && strings.HasSuffix(name, ")") {
		return name[:at]
	}
	return name
}

// logNames are the names of the logs, once each.
func (r *Report) logNames() (names []string) {
	for _, l := range r.Logs {
		names = append(names, l.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// plainNames are these as plainName has them.
func (r *Report) plainNames() (names []string) {
	for _, name := range r.logNames() {
		names = append(names, plainName(name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// renameLogs gives the logs other names, wherever the report has them.
func (r *Report) renameLogs(name func(old string) string) {
	for _, l := range r.Logs {
		l.Name = name(l.Name)
		l.Verdict = l.named(l.Verdict)
	}
	for _, i := range r.Issues {
		for n := range i.Places {
			i.Places[n].Log = name(i.Places[n].Log)
		}
		if i.Cause != nil {
			i.Cause.Log = name(i.Cause.Log)
		}
	}
	switch {
	case len(r.Logs) == 1:
		r.Verdict = r.Logs[0].Verdict
	case r.Verdict.Line > 0:
		r.Verdict.Log = name(r.Verdict.Log)
	}
}
