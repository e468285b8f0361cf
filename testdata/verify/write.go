//go:build unix

package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/testdata/marked"
)

const (
	begin = "<!-- verify: make verify writes them -->"
	end   = "<!-- end of verify -->"
)

// A row says of a rule where it was seen.
type row struct{ seen, not, when string }

// writeTable writes a row for each rule between the markers of a file. Rows of rules
// that were not run stay as they are.
func writeTable(name string, runs []*run, t *table, now time.Time) error {
	return marked.Change(name, begin, end, func(old string) string {
		rows := oldRows(old)
		maps.Copy(rows, newRows(runs, now.Format(time.DateOnly)))
		return "\n\n" + render(rows) + "\n" + unseen(t) + "\n"
	})
}

var rowLine = regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\| (.*) \\| (.*) \\| (\\d{4}-\\d\\d-\\d\\d) \\|$")

func oldRows(text string) map[string]row {
	rows := map[string]row{}
	for _, m := range rowLine.FindAllStringSubmatch(text, -1) {
		rows[m[1]] = row{m[2], m[3], m[4]}
	}
	return rows
}

func newRows(runs []*run, when string) map[string]row {
	rows := map[string]row{}
	for _, rule := range ruleNames(runs) {
		rows[rule] = row{places(runs, rule, true), places(runs, rule, false), when}
	}
	return rows
}

// ruleNames are the rules that were asked for in what was run.
func ruleNames(runs []*run) (names []string) {
	for _, r := range runs {
		if r.seen == nil {
			continue
		}
		for _, rule := range r.Rules {
			if !slices.Contains(names, rule) {
				names = append(names, rule)
			}
		}
	}
	return names
}

// places are the environments in which a rule was seen, or not: the versions of the
// packages that were installed by name, and the Pythons.
func places(runs []*run, rule string, seen bool) string {
	var order []string
	pythons := map[string][]string{}
	for _, r := range runs {
		if r.seen == nil || !slices.Contains(r.Rules, rule) || r.seen[rule] != seen {
			continue
		}
		what := r.resolved()
		if pythons[what] == nil {
			order = append(order, what)
		}
		if !slices.Contains(pythons[what], r.python.version) {
			pythons[what] = append(pythons[what], r.python.version)
		}
	}
	var out []string
	for _, what := range order {
		on := "Python " + strings.Join(pythons[what], ", ")
		if what != "" {
			on = what + " (" + on + ")"
		}
		out = append(out, on)
	}
	if out == nil {
		return "–"
	}
	return strings.Join(out, "; ")
}

// resolved are the packages that were asked for, in the versions that are there.
func (r *run) resolved() string {
	var out []string
	for _, word := range strings.Fields(r.install) {
		name, version, _ := strings.Cut(word, "==")
		if word == "then" || name == "six" {
			continue
		}
		if was := r.packages[name]; was != "" {
			version = was
		}
		out = append(out, strings.TrimSpace(name+" "+version))
	}
	return strings.Join(out, ", ")
}

func render(rows map[string]row) string {
	var names []string
	for name := range rows {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("| rule | seen on | not seen on | on |\n|---|---|---|---|\n")
	for _, name := range names {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, rows[name].seen, rows[name].not, rows[name].when)
	}
	return b.String()
}

// unseen says what is not run, and why.
func unseen(t *table) string {
	var b strings.Builder
	b.WriteString("Not run, and why:\n\n")
	for _, n := range t.NotRun {
		fmt.Fprintf(&b, "- `%s`: %s.\n", strings.Join(n.Rules, "`, `"), n.Because)
	}
	return b.String()
}
