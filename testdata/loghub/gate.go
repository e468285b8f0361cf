package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A gated is what became of the gate on the second half of a log whose first half wrote the baseline.
type gated struct {
	red        bool
	fresh      int // lines of texts that are new to the gate
	reallyNew  int // those of events which the first half does not have
	same, both int // fingerprints that recur in both halves, and events that do so
	examples   []string
}

// A scanned is what is read of a report.
type scanned struct {
	Unknown []struct {
		Fingerprint string   `json:"fingerprint"`
		Keys        []string `json:"keys"`
		FirstLine   int      `json:"first_line"`
		Sample      string   `json:"sample"`
	} `json:"unknown"`
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
	first, _, err := scan(orbfilter, file("first.json"), "--write-baseline", file("baseline"), file("first.log"))
	if err != nil {
		return out, err
	}
	second, exit, err := scan(orbfilter, file("second.json"), "--fail-on", "new-unknown", "--baseline", file("baseline"), file("second.log"))
	if err != nil {
		return out, err
	}
	out.red = exit == 1
	known := map[string]bool{}
	base, err := os.ReadFile(file("baseline"))
	for line := range strings.Lines(string(base)) {
		name, _, _ := strings.Cut(line, " ")
		known[name] = true
	}
	seen := map[string]bool{}
	for _, e := range l.events[:n] {
		seen[e] = true
	}
	for _, u := range second.Unknown {
		keys := u.Keys
		if len(keys) == 0 {
			keys = []string{u.Fingerprint}
		}
		for i, k := range keys {
			if known[k] {
				continue
			}
			out.fresh++
			sample := strings.Split(u.Sample, "\n")
			at := n + u.FirstLine - 1 + i
			if at < len(l.events) && !seen[l.events[at]] {
				out.reallyNew++
			} else if i < len(sample) {
				out.examples = append(out.examples, sample[i])
			}
		}
	}
	out.same, out.both = agreed(first, second)
	return out, err
}

// agreed counts the fingerprints of the second report that the first has, and all of those of texts that recur in
// both, as far as is known: those of the first that the second does not have, and the other way round, are not.
func agreed(first, second *scanned) (same, all int) {
	in := map[string]bool{}
	for _, u := range first.Unknown {
		for _, k := range append(u.Keys, u.Fingerprint) {
			in[k] = true
		}
	}
	for _, u := range second.Unknown {
		for _, k := range append(u.Keys, u.Fingerprint) {
			if all++; in[k] {
				same++
			}
		}
	}
	return same, all
}

func scan(orbfilter, report string, args ...string) (*scanned, int, error) {
	c := exec.Command(orbfilter, append([]string{"scan", "--no-builtin", "-q", "--report", "json=" + report}, args...)...)
	c.Stderr = os.Stderr
	if os.Getenv("VERBOSE") == "" {
		c.Stderr = nil
	}
	err := c.Run()
	exit := c.ProcessState.ExitCode()
	if exit != 0 && exit != 1 {
		return nil, exit, err
	}
	data, err := os.ReadFile(report)
	if err != nil {
		return nil, exit, err
	}
	out := &scanned{}
	return out, exit, json.Unmarshal(data, out)
}
