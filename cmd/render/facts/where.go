package facts

import (
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// A Where is with which operations and phases, and on which hosts, an issue was seen: the names in the order in which they are told.
type Where struct {
	Total                     int // so often was it seen
	Operations, Hosts         []string
	OfOperation, OfHost       func(name string) int
	OperationsMore, HostsMore int // so often were others than these
}

// Quoted is the name of an operation in a text.
func Quoted(name string) string { return `"` + printable.Line(name) + `"` }

// WhereIn says where an issue of a report was seen, the most frequent first; host and operation write a name. Empty: it is not known.
func WhereIn(i *report.Issue, host, operation func(string) string) string {
	return Where{
		Total: i.Count, Operations: MostFirst(i.Operations), Hosts: MostFirst(i.Hosts), OperationsMore: i.OperationsMore, HostsMore: i.HostsMore,
		OfOperation: func(name string) int { return i.Operations[name] }, OfHost: func(name string) int { return i.Hosts[name] },
	}.Text(host, operation)
}

// Text says it: `in "Restart nginx" on vm-1, vm-2`; `while connecting (2 ×), in "Restart nginx" (1 ×); on vm-1`. host and operation
// write a name. Empty: it is not known.
func (w Where) Text(host, operation func(string) string) string {
	in, on := w.operations(operation), w.hosts(host)
	switch {
	case in == "" || on == "":
		return in + on
	case len(w.Operations) > 1:
		return in + "; " + on
	}
	return in + " " + on
}

func (w Where) operations(show func(string) string) string {
	if len(w.Operations)+w.OperationsMore == 0 {
		return ""
	}
	return counted(during(w.Operations, show), w.Operations, w.OfOperation, w.Total, w.OperationsMore)
}

func (w Where) hosts(show func(string) string) string {
	if len(w.Hosts)+w.HostsMore == 0 {
		return ""
	}
	shown := make([]string, 0, len(w.Hosts))
	for _, name := range w.Hosts {
		shown = append(shown, show(words.CutText(name)))
	}
	return "on " + counted(shown, w.Hosts, w.OfHost, w.Total, w.HostsMore)
}

// during writes phases and operations as the parts of a sentence: "while connecting", `in "Restart nginx"`, `"Say hi"`.
func during(names []string, operation func(string) string) (out []string) {
	in := "in "
	for _, name := range names {
		if phase := pyinfra.During(name); phase != "" {
			out, in = append(out, phase), "in "
			continue
		}
		out, in = append(out, in+operation(words.CutText(name))), ""
	}
	return out
}

func counted(shown, names []string, of func(string) int, total, more int) string {
	counts := make([]int, 0, len(names))
	for _, name := range names {
		counts = append(counts, of(name))
	}
	return words.Counted(shown, counts, total, more)
}
