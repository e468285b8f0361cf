package filtertest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// An Answer is what pyinfra --json says of the operations of a run that came to its end.
type Answer struct {
	Operations []struct {
		Name     string // with its arguments
		Names    []string
		Error    []string // hosts, also those that did not come to it
		Success  []string
		NoChange []string `json:"no_change"`
	}
	FailedHosts []string `json:"failed_hosts"`
}

// Failed reports whether a "HOST: OPERATION" did.
func (a *Answer) Failed(at string) bool {
	for _, o := range a.Operations {
		for _, host := range o.Error {
			if at == host+": "+o.Name {
				return true
			}
		}
	}
	return false
}

// Lines has a line for each operation: its name, and the hosts with each result. What did not come to its end on a
// host, or on any, is left out, as it is of the record.
func (a *Answer) Lines(r *outcome.Record) (out []string) {
	ended := map[string]map[string]*outcome.Done{}
	for _, op := range r.Operations {
		if ended[op.Name] == nil {
			ended[op.Name] = map[string]*outcome.Done{}
		}
		maps.Copy(ended[op.Name], op.Hosts)
	}
	for _, op := range a.Operations {
		name := op.Names[0]
		failed := slices.DeleteFunc(slices.Clone(op.Error), func(host string) bool { return ended[name][host] == nil })
		if len(ended[name]) > 0 {
			out = append(out, operationLine(name, op.Success, op.NoChange, failed))
		}
	}
	slices.Sort(out)
	return out
}

func operationLine(name string, success, noChange, failed []string) string {
	for _, list := range [][]string{success, noChange, failed} {
		slices.Sort(list)
	}
	return fmt.Sprintf("%s: success %s; no change %s; error %s", name, success, noChange, failed)
}

// Lines does the same of what was recorded.
func Lines(r *outcome.Record) (out []string) {
	for _, op := range r.Operations {
		by := map[outcome.Result][]string{}
		for host, d := range op.Hosts {
			by[d.Result] = append(by[d.Result], host)
		}
		if len(op.Hosts) > 0 {
			out = append(out, operationLine(op.Name, by[outcome.Success], by[outcome.NoChange], by[outcome.Error]))
		}
	}
	slices.Sort(out)
	return out
}
