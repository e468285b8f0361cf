package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// A gated is what became of the gate on the second half of a log whose first half wrote the baseline.
type gated struct {
	red        bool
	fresh      int // fingerprints that recur and are new to the gate
	reallyNew  int // those of events which the first half does not have
	both, same int // fingerprints that recur in the second half, of events that recur in the first; same: they do so there as well
	examples   []string
}

func gateHalf(orbfilter string, l *log) (out gated, err error) {
	dir, err := os.MkdirTemp("", "loghub")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	n := len(l.lines) / 2
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, lines := range map[string][]string{"first.log": l.lines[:n], "second.log": l.lines[n:]} {
		if err := os.WriteFile(file(name), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			return out, err
		}
	}
	if _, err := scan(orbfilter, "--write-baseline", file("first"), file("first.log")); err != nil {
		return out, err
	}
	if _, err := scan(orbfilter, "--write-baseline", file("second"), file("second.log")); err != nil {
		return out, err
	}
	exit, err := scan(orbfilter, "--fail-on", "new-unknown", "--baseline", file("first"), file("second.log"))
	if err != nil {
		return out, err
	}
	out.red = exit == 1
	first, err := readBaseline(file("first"))
	if err != nil {
		return out, err
	}
	second, err := readBaseline(file("second"))
	if err != nil {
		return out, err
	}
	out.compare(l, first, second)
	return out, nil
}

// compare says what is new in the second half, and whether it is.
func (out *gated) compare(l *log, first, second map[string]string) {
	n := len(l.lines) / 2
	before, of := map[string]int{}, map[string]map[string]bool{}
	for _, e := range l.events[:n] {
		before[e]++
	}
	for i, text := range texts(l.lines[n:]) {
		key := recurring.Name(text)
		if of[key] == nil {
			of[key] = map[string]bool{}
		}
		of[key][l.events[n+i]] = true
	}
	for key, told := range second {
		if told == seldom {
			continue
		}
		most := 0
		for e := range of[key] {
			most = max(most, before[e])
		}
		if most >= recurs {
			if out.both++; first[key] != "" && first[key] != seldom {
				out.same++
			}
		}
		switch {
		case first[key] != "":
		case most == 0:
			out.fresh, out.reallyNew = out.fresh+1, out.reallyNew+1
		default:
			out.fresh++
			out.examples = append(out.examples, fmt.Sprintf("new key %s (its event is there %d times): %s", key, most, told))
		}
	}
}

// recurs is how often a text is there that a scan tells of, and seldom stands for one that is not.
const (
	recurs = 5
	seldom = "seldom"
)

// readBaseline returns what stands behind each fingerprint.
func readBaseline(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if keys, ok := strings.CutPrefix(line, seldom+" "); ok {
			for _, k := range strings.Fields(keys) {
				out["U-"+k] = seldom
			}
		} else if strings.HasPrefix(line, "U-") {
			name, text, _ := strings.Cut(line, " ")
			out[name] = text
		}
	}
	return out, err
}

func scan(orbfilter string, args ...string) (exit int, err error) {
	c := exec.Command(orbfilter, append([]string{"scan", "--no-builtin", "-q", "--summary", "never"}, args...)...)
	err = c.Run()
	if exit = c.ProcessState.ExitCode(); exit == 0 || exit == 1 {
		return exit, nil
	}
	return exit, err
}
