//go:build unix

package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"
)

const (
	begin = "<!-- layouts: make layouts writes them -->"
	end   = "<!-- end of layouts -->"
)

// writeTable writes a row for each layout between the markers of a file.
func writeTable(name string, results []*result, times map[string]time.Duration, now time.Time) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no %s … %s", name, begin, end)
	}
	return os.WriteFile(name, []byte(before+begin+"\n\n"+render(results, times, now)+"\n"+end+after), 0o644)
}

func render(results []*result, times map[string]time.Duration, now time.Time) string {
	right, unknown, fixed, passed := 0, 0, 0, 0
	var rows strings.Builder
	for _, r := range results {
		if r.passed != "" {
			passed++
			continue
		}
		right, unknown = right+r.right, unknown+r.unknown
		fix := r.fix
		if r.layout.Mend.Commands != "" {
			fixed++
			fix = "`" + tidy(fix) + "`"
		}
		fmt.Fprintf(&rows, "| %s | %s | %s | %s |\n", r.layout.Name, ways(r.layout, false), ways(r.layout, true), fix)
	}
	text := fmt.Sprintf("%s: %d layouts. %d ways to call pyinfra were read, each as importlib.metadata says in it; of %d more it is said that they are not known, and what to type; 0 were wrong.\n"+
		"%d fixes were run, and each environment was in order afterwards, with all its packages, also after what its tool does next; 0 did harm.\n", now.Format(time.DateOnly), len(results)-passed, right, unknown, fixed)
	if len(times) > 0 {
		ms := func(name string) int64 { return times[name].Milliseconds() }
		text += fmt.Sprintf("What it takes of the processor for one of them, the least of %d: doctor %d ms, `uv pip check` %d ms, importlib.metadata for four packages %d ms, `pyinfra --version` %d ms.\n", rounds, ms("doctor"), ms("uv pip check"), ms("importlib"), ms("pyinfra itself"))
	}
	return text + "\n| layout | read right | not known | what mends it |\n|---|---|---|---|\n" + rows.String()
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

var folders = regexp.MustCompile(`/[^ ']*/\.venvs/layouts/[a-z0-9-]+/(?:home/)?`)

// tidy takes the folders of this machine out of a command.
func tidy(command string) string { return folders.ReplaceAllString(command, "…/") }
