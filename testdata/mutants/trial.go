//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A mutant is a place where an operator was changed. Its fields are those of gremlins' JSON.
type mutant struct {
	Type, Status string
	Line, Column int
	file         string
	text         string // of the line, without what is around it
}

func (m *mutant) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", m.file, m.Line, m.Column, m.Type, m.text)
}

// A trial is what became of the mutants of a package.
type trial struct {
	gremlins, dir, pkg string
	harmless           harmless
	reached            int // by tests, whether they were tried or not
	killed, dead       int // dead: they do not compile
	slow, lived, bare  []mutant
	known              int           // of lived: harmless
	patience           time.Duration // see patient; 0: not known yet
}

func (t *trial) run() error {
	all, err := t.mutants()
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Status == notCovered && t.outside(&all[i]) {
			all[i].Status = runnable
		}
	}
	reached := slices.DeleteFunc(slices.Clone(all), func(m mutant) bool { return m.Status != runnable })
	for _, m := range spread(reached, *most) {
		m.Status = t.try(&m)
		t.count(m)
	}
	t.reached = len(reached)
	for _, m := range all {
		if m.Status == notCovered {
			t.count(m)
		}
	}
	for _, m := range t.lived {
		fmt.Println("lived:", m.String())
	}
	for _, m := range t.bare {
		fmt.Println("not run by a test:", m.String())
	}
	return nil
}

// The statuses of gremlins, before anything is tried.
const (
	runnable   = "RUNNABLE"
	notCovered = "NOT COVERED"
)

// spread returns so many of all, in equal steps; 0: all.
func spread(all []mutant, most int) (out []mutant) {
	if most <= 0 || most >= len(all) {
		return all
	}
	for i := range most {
		out = append(out, all[i*len(all)/most])
	}
	return out
}

func (t *trial) mutants() ([]mutant, error) {
	if *again != "" {
		return t.earlier(*again)
	}
	return t.gremlinsSay()
}

// earlier reads the mutants that an earlier run has printed. One whose line has another text by now is left out.
func (t *trial) earlier(name string) (all []mutant, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		parts := printed.FindStringSubmatch(strings.TrimSpace(line))
		if parts == nil {
			continue
		}
		m := mutant{Type: parts[4], Status: runnable, file: parts[1], text: parts[5]}
		m.Line, _ = strconv.Atoi(parts[2])
		m.Column, _ = strconv.Atoi(parts[3])
		if lines, err := t.lines(m.file); err != nil || m.Line > len(lines) || strings.TrimSpace(lines[m.Line-1]) != m.text {
			fmt.Println("is not there any more:", m.String())
			continue
		}
		all = append(all, m)
	}
	return all, nil
}

// printed is how a mutant is printed.
var printed = regexp.MustCompile(`^(?:lived|not run by a test): (\S+):(\d+):(\d+): (\w+): (.*)$`)

// gremlinsSay has gremlins find the mutants, and which of them no test reaches.
func (t *trial) gremlinsSay() ([]mutant, error) {
	out := filepath.Join(t.dir, "gremlins.json")
	c := exec.Command(t.gremlins, "unleash", "--silent", "--dry-run", "--output", out, "./"+t.pkg)
	c.Dir, c.Stderr = t.dir, os.Stderr
	if err := c.Run(); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var said struct {
		Files []struct {
			Name      string `json:"file_name"`
			Mutations []mutant
		}
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return nil, err
	}
	var all []mutant
	for _, f := range said.Files {
		lines, err := t.lines(f.Name)
		if err != nil {
			return nil, err
		}
		for _, m := range f.Mutations {
			m.file, m.text = f.Name, strings.TrimSpace(lines[m.Line-1])
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b mutant) int { return strings.Compare(a.String(), b.String()) })
	return all, os.Remove(out)
}

func (t *trial) source(file string) string { return filepath.Join(t.dir, t.pkg, file) }

func (t *trial) lines(file string) ([]string, error) {
	data, err := os.ReadFile(t.source(file))
	return strings.Split(string(data), "\n"), err
}

func (t *trial) count(m mutant) {
	switch m.Status {
	case "KILLED":
		t.killed++
	case "TIMED OUT":
		t.slow = append(t.slow, m)
	case "LIVED":
		if t.harmless.has(t.pkg, &m) {
			t.known++
			return
		}
		t.lived = append(t.lived, m)
	case notCovered:
		if t.harmless.has(t.pkg, &m) {
			t.known++
			return
		}
		t.bare = append(t.bare, m)
	default:
		t.dead++
	}
}

// efficacy is the share of the mutants noticed among those that a test runs. One that makes the tests endless is noticed.
func (t *trial) efficacy() float64 { return share(t.noticed(), t.noticed()+len(t.lived)) }

// coverage is the share of the mutants that a test runs.
func (t *trial) coverage() float64 {
	return share(t.reached, t.reached+len(t.bare))
}

func (t *trial) noticed() int { return t.killed + len(t.slow) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}
