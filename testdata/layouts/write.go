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
func writeTable(name string, results []*result, now time.Time) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no %s … %s", name, begin, end)
	}
	return os.WriteFile(name, []byte(before+begin+"\n\n"+render(results, now)+"\n"+end+after), 0o644)
}

func render(results []*result, now time.Time) string {
	right, unknown, fixed := 0, 0, 0
	rows := ""
	for _, r := range results {
		if r.passed != "" {
			continue
		}
		right, unknown = right+r.right, unknown+r.unknown
		fix := r.fix
		if r.layout.Mend.Commands != "" {
			fixed++
			fix = "`" + tidy(fix) + "`"
		}
		rows += fmt.Sprintf("| %s | %s | %s | %s |\n", r.layout.Name, ways(r.layout, false), ways(r.layout, true), fix)
	}
	return fmt.Sprintf("%s: %d layouts; %d ways to call pyinfra were read, all as importlib.metadata says, and %d are not known, and say what to type; 0 wrong.\n"+
		"%d fixes were run, and each environment was clean afterwards, with all its packages, also after the tool's own next step; 0 did harm.\n\n"+
		"| layout | read right | not known | what mends it |\n|---|---|---|---|\n%s", now.Format(time.DateOnly), len(results), right, unknown, fixed, rows)
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
