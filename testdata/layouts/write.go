//go:build unix

package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/testdata/marked"
)

const (
	begin = "<!-- layouts: make layouts writes them -->"
	end   = "<!-- end of layouts -->"
)

// rowLine is what the table says of a layout: its name, how many ways were read right, which, how many are not known,
// which, and what mends it.
var rowLine = regexp.MustCompile(`(?m)^\| ([a-z0-9-]+) \| (\d+) \| .* \| (\d+) \| .* \| (.*) \|$`)

// writeTable writes a row for each layout between the markers of a file. Rows of layouts that were not looked at this time
// stay as they are.
func writeTable(name string, results []*result, times map[string]time.Duration, now time.Time) error {
	return marked.Change(name, begin, end, func(old string) string { return newTable(old, results, times, now) })
}

func newTable(old string, results []*result, times map[string]time.Duration, now time.Time) string {
	rows := map[string]string{}
	for _, m := range rowLine.FindAllStringSubmatch(old, -1) {
		rows[m[1]] = m[0]
	}
	for _, r := range results {
		if r.passed == "" {
			rows[r.layout.Name] = r.row()
		}
	}
	took := takes.FindString(old)
	if len(times) > 0 {
		took = timesText(times)
	}
	return "\n\n" + render(rows, took, now) + "\n"
}

// takes is the line about time.
var takes = regexp.MustCompile(`(?m)^Of the processor .*$`)

func timesText(times map[string]time.Duration) string {
	ms := func(name string) int64 { return times[name].Milliseconds() }
	return fmt.Sprintf("Of the processor it takes, for one of them and as the least of %d: doctor %d ms, `uv pip check` %d ms, importlib.metadata for four packages %d ms, `pyinfra --version` %d ms.", rounds, ms("doctor"), ms("uv pip check"), ms("importlib"), ms("pyinfra itself"))
}

func (r *result) row() string {
	fix := r.fix
	if r.layout.Mend.Commands != "" {
		fix = "`" + tidy(fix) + "`"
	}
	if r.layout.Mend.Look {
		fix = "not run: " + fix
	}
	return fmt.Sprintf("| %s | %d | %s | %d | %s | %s |", r.layout.Name, r.right, ways(r.layout, false), r.unknown, ways(r.layout, true), fix)
}

// render has the table, with its sums in front.
func render(rows map[string]string, took string, now time.Time) string {
	right, unknown, fixed := 0, 0, 0
	var table strings.Builder
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		m := rowLine.FindStringSubmatch(rows[name])
		r, _ := strconv.Atoi(m[2])
		u, _ := strconv.Atoi(m[3])
		right, unknown = right+r, unknown+u
		if strings.HasPrefix(m[4], "`") {
			fixed++
		}
		table.WriteString(rows[name] + "\n")
	}
	return fmt.Sprintf("%s: %d layouts. %d ways to call pyinfra were read, each as importlib.metadata says in it; of %d more it is said that they are not known, and what to type; 0 were wrong.\n"+
		"%d fixes were run, and each environment was in order afterwards, with all its packages, also after what its tool does next; 0 did harm.\n%s\n\n"+
		"| layout | right | as importlib.metadata says | not known | with what to type | what mends it |\n|---|---|---|---|---|---|\n%s", now.Format(time.DateOnly), len(rows), right, unknown, fixed, took, table.String())
}

// ways are the commands of a layout, those of which the environment is known, or not.
func ways(l *layout, unknown bool) string {
	var texts []string
	for _, w := range l.Ways {
		if (w.Unknown != "") == unknown {
			text := w.Type
			if w.Before != "" && w.Asks == "" {
				text = strings.ReplaceAll(strings.TrimSpace(w.Before), "\n", "; ") + "; " + text
			}
			texts = append(texts, "`"+strings.ReplaceAll(strings.TrimSpace(strings.ReplaceAll(text, "{}", "…")), "|", `\|`)+"`")
		}
	}
	return strings.Join(texts, ", ")
}

var folders = regexp.MustCompile(`(?:/[^ '"/]+(?: [^ '"/-]+)*)+/`)

// tidy takes the folders of this machine out of a command.
func tidy(command string) string { return folders.ReplaceAllString(command, "…/") }
