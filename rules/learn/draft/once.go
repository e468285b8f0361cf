package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules/mask"
)

// once takes one occurrence out of lines that hold several: those of hosts that
// work at the same time, or one after the other.
func (d *drafter) once(lines []Line) ([]Line, error) {
	var others []Line
	if hosts, by := byHost(lines); len(hosts) > 1 {
		first := d.ofAll(hosts, by)
		for _, h := range hosts[1:] {
			if len(first) == 0 || !alike(period(by[hosts[0]]), period(by[h])) {
				return nil, fmt.Errorf("these are lines of several hosts (%s), and not the same of each; choose those of one, such as: grep -F '[%s]' LOG | orbfilter rules new", strings.Join(hosts, ", "), hosts[0])
			}
			others = append(others, by[h]...)
		}
		d.note("the lines are those of %d hosts, and the rule is for each of them", len(hosts))
		lines = first
	}
	one := slices.Clone(period(lines))
	if len(one) < len(lines) {
		d.note("the lines are %d occurrences of the same, and the rule is for each of them", len(lines)/len(one))
	}
	for i, l := range append(slices.Clone(lines[len(one):]), others...) {
		one[i%len(one)].Again = append(one[i%len(one)].Again, l)
	}
	return one, nil
}

// ofAll leaves out the lines that not all hosts have. It returns those of the first.
func (d *drafter) ofAll(hosts []string, by map[string][]Line) []Line {
	missing := func(l Line) bool {
		return slices.ContainsFunc(hosts, func(h string) bool {
			return !slices.ContainsFunc(by[h], func(o Line) bool { return o.Pattern == l.Pattern })
		})
	}
	all := map[string][]Line{}
	for _, h := range hosts {
		for _, l := range by[h] {
			if missing(l) {
				d.note("line %d is not of each host, and is not in the rule", d.at(l.Number))
			} else {
				all[h] = append(all[h], l)
			}
		}
	}
	for _, h := range hosts {
		by[h] = all[h]
	}
	return by[hosts[0]]
}

// byHost sorts lines by their host. Lines without one are of the host "", and
// then there is no more than one list.
func byHost(lines []Line) (hosts []string, by map[string][]Line) {
	by = map[string][]Line{}
	for _, l := range lines {
		name, _ := mask.Host(l.Text)
		if name == "" {
			return []string{""}, map[string][]Line{"": lines}
		}
		if by[name] == nil {
			hosts = append(hosts, name)
		}
		by[name] = append(by[name], l)
	}
	return hosts, by
}

// period returns the lines that all of them are repetitions of.
func period(lines []Line) []Line {
	for n := 1; n <= len(lines)/2; n++ {
		if len(lines)%n == 0 && !slices.ContainsFunc(slices.Collect(slices.Chunk(lines, n)), func(c []Line) bool { return !alike(c, lines[:n]) }) {
			return lines[:n]
		}
	}
	return lines
}

func alike(a, b []Line) bool {
	return slices.EqualFunc(a, b, func(x, y Line) bool { return x.Pattern == y.Pattern })
}
