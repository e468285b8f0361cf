//go:build unix

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

const orbfilterName = "orbfilter"

// A program is one that people might clean a log with.
type program struct {
	name    string
	needs   string   // on PATH
	version []string // what says which it is
	// args are its arguments; FILE, LITERALS are the log and the file with the literals of the rules.
	args     []string
	prefixed []string // in place of args, where lines have something in front; nil: the same
	stdin    bool     // the log is its standard input
	blocks   bool     // it takes out whole blocks: only where there is noise
	of       *logKind
}

// about reports whether it is of use on a log.
func (p *program) about(l *logKind) bool {
	p.of = l
	return !p.blocks || l.noise > 0
}

// rivals are what people write themselves. In sed and perl it is the block of this one issue; grep and rg take any line with one of as many literals
// as there are rules.
var rivals = []program{
	{name: "cat", needs: "cat", args: []string{"cat", "FILE"}},
	{name: "rg -vFf", needs: "rg", version: []string{"rg", "--version"}, args: []string{"rg", "--no-config", "-vFf", "LITERALS", "FILE"}},
	{name: "grep -vFf", needs: "grep", version: []string{"grep", "--version"}, args: []string{"env", "LC_ALL=C", "grep", "-vFf", "LITERALS", "FILE"}},
	{name: "sed, a range", needs: "sed", version: []string{"sed", "--version"}, blocks: true,
		args:     []string{"sed", "-e", `/Exception ignored in: <bound/,/^AssertionError:/d`, "FILE"},
		prefixed: []string{"sed", "-e", `/Exception ignored in: <bound/,/AssertionError: /d`, "FILE"}},
	{name: "perl -0777", needs: "perl", version: []string{"perl", "-e", "print \"perl $^V\""}, blocks: true,
		args:     []string{"perl", "-0777", "-pe", `s/Exception ignored in: <bound.*?\nAssertionError: \n//sg`, "FILE"},
		prefixed: []string{"perl", "-0777", "-pe", `s/[^\n]*Exception ignored in: <bound.*?AssertionError: \r?\n//sg`, "FILE"}},
}

// findPrograms finds those that are there.
func (b *bench) findPrograms() error {
	if err := os.WriteFile(b.literals(), literals(), 0o644); err != nil {
		return err
	}
	for _, p := range rivals {
		if _, err := exec.LookPath(p.needs); err == nil {
			b.programs = append(b.programs, p.in(b))
		}
	}
	b.programs = append(b.programs, program{name: orbfilterName, stdin: true, args: []string{b.orbfilter, "--no-history", "--summary", "never"}})
	return nil
}

// in is the program with the files of a bench.
func (p program) in(b *bench) program {
	fill := func(args []string) (out []string) {
		for _, a := range args {
			out = append(out, strings.Replace(a, "LITERALS", b.literals(), 1))
		}
		return out
	}
	p.args, p.prefixed = fill(p.args), fill(p.prefixed)
	return p
}

func (b *bench) literals() string { return filepath.Join(b.dir, "literals") }

// literals are those of the built-in rules, one a line.
func literals() []byte {
	var all []string
	for r := range rules.Builtin().All() {
		all = append(all, filter.Literals(r)...)
	}
	slices.Sort(all)
	return []byte(strings.Join(slices.Compact(all), "\n") + "\n")
}

// command is what cleans a log.
func (p *program) command(file string, l *logKind) *command {
	args := p.args
	if p.prefixed != nil && l.prefixed() {
		args = p.prefixed
	}
	c := &command{args: slices.Clone(args), exits: 1} // grep and rg, where nothing is left
	for i, a := range c.args {
		c.args[i] = strings.Replace(a, "FILE", file, 1)
	}
	if p.stdin {
		c.stdin, c.exits = file, 0
	}
	return c
}

// missing are the rivals that are not there.
func (b *bench) missing() (names []string) {
	for _, p := range rivals {
		if !slices.ContainsFunc(b.programs, func(q program) bool { return q.name == p.name }) {
			names = append(names, p.needs)
		}
	}
	return names
}

// about says what is measured, with what, and where.
func (b *bench) about() string {
	var with []string
	for _, p := range b.programs {
		if p.version != nil {
			with = append(with, firstLine(p.version))
		}
	}
	said := fmt.Sprintf("Measured %s on %d processors (%s), %s/%s, load %s before it began: logs of %d MB, seed %d, %d rounds; %d literals for rg and grep; with %s.",
		today(), runtime.NumCPU(), processor(), runtime.GOOS, runtime.GOARCH, load(), *mb, *seed, *rounds, bytes.Count(literals(), []byte("\n")), strings.Join(with, ", "))
	if m := b.missing(); m != nil {
		said += " Missing here, and not measured: " + strings.Join(m, ", ") + "."
	}
	return said + "\n"
}

// firstLine is what a program says of itself.
func firstLine(args []string) string {
	out, _ := exec.Command(args[0], args[1:]...).Output()
	line, _, _ := strings.Cut(string(out), "\n")
	return cmp.Or(line, args[0])
}

// processor is its name, as far as the system tells.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, _ := strings.Cut(string(data), "model name\t: ")
	name, _, _ := strings.Cut(rest, "\n")
	return cmp.Or(name, "its name is not known")
}

// load is how busy the machine is, in processes.
func load() string {
	data, _ := os.ReadFile("/proc/loadavg")
	one, _, _ := strings.Cut(string(data), " ")
	return cmp.Or(one, "not known")
}
