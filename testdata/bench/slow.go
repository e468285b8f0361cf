//go:build unix

package main

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules"
)

// A slowKind is a kind of input that costs much for its size. unit returns a part of it, a different one for each n.
type slowKind struct {
	name string
	unit func(r *rand.Rand, n int) string
}

const (
	head   = "Exception ignored in: "
	object = "<bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x%012x>>"
	trace  = "Traceback (most recent call last):\n"
)

// always is a unit that is always the same.
func always(text string) func(*rand.Rand, int) string {
	return func(*rand.Rand, int) string { return text }
}

var slowKinds = []slowKind{
	{"1,000 open heads, and a line of `E<`", always(strings.Repeat(head+"\n", 1000) + "x" + strings.Repeat("E<", 32_000) + "\n")},
	{"… of a host", always(strings.Repeat(head+"\n", 1000) + "    [web] " + strings.Repeat("E<", 32_000) + "\n")},
	{"40 heads in a line, overwritten", always(strings.Repeat(head+"\r", 40) + "\n")},
	{"heads in one line, one behind the other", always(strings.Repeat(head, 200) + "\n")},
	{"heads whose blocks never end", func(_ *rand.Rand, n int) string {
		return head + fmt.Sprintf(object, n) + "\n" + trace
	}},
	{"lines of samples of the rules, in any order", func(r *rand.Rand, _ int) string { return sampleLines[r.IntN(len(sampleLines))] + "\n" }},
	{"… each as what a host says", func(r *rand.Rand, _ int) string {
		return "    [web] " + strings.TrimLeft(sampleLines[r.IntN(len(sampleLines))], " ") + "\n"
	}},
	{"… all in one line", func(r *rand.Rand, _ int) string {
		return strings.Repeat(sampleLines[r.IntN(len(sampleLines))]+" ", 50) + "\n"
	}},
	{"80,000 writers", func(_ *rand.Rand, n int) string {
		return fmt.Sprintf("job-%d  | %s%s\n", n%80_000, head, fmt.Sprintf(object, 1))
	}},
	{"tracebacks that never end", func(_ *rand.Rand, n int) string {
		return trace + fmt.Sprintf("  File \"/srv/app-%d.py\", line %d, in run\n    run()\n", n, n)
	}},
	{"tracebacks in as many environments", func(_ *rand.Rand, n int) string {
		return head + fmt.Sprintf(object, 1) + "\n" + trace +
			fmt.Sprintf("  File \"/srv/%d/lib/python3.12/site-packages/gevent/threading.py\", line 398, in after_fork_in_child\n    assert not thread.is_alive()\n", n) +
			"  File \"/usr/lib/python3.12/threading.py\", line 1475, in is_alive\n    assert not self._is_stopped and self._started.is_set()\nAssertionError: \n"
	}},
	{"errors of as many hosts", func(_ *rand.Rand, n int) string { return fmt.Sprintf("    [host-%d] Error: executed 0 commands\n", n) }},
	{"as many operations with an error each", func(_ *rand.Rand, n int) string {
		return fmt.Sprintf("--> Starting operation: operation %d \n    [web] Error: executed 0 commands\n", n)
	}},
	{"a greenlet that looks like an error, 1,400 times in a line", always("<Greenlet at 0x7fb935808d60: " + strings.Repeat("<bound method Host.connect of Host(vm-01)>> f", 1400) + "\n")},
	{"as many open blocks as there may be, and lines of spaces", func(_ *rand.Rand, n int) string {
		return head + fmt.Sprintf(object, n) + "\n" + strings.Repeat(" ", 2000) + "\n"
	}},
	{"… and lines of carets", func(_ *rand.Rand, n int) string {
		return head + fmt.Sprintf(object, n) + "\n" + strings.Repeat("^ ", 1000) + "\n"
	}},
	{"colours, and no text", always(strings.Repeat("\x1b[31m\x1b[0m", 500) + "\n")},
	{"strings of a terminal that never end", always(strings.Repeat("\x1b]0;", 1000) + "\n")},
	{"carriage returns", always(strings.Repeat("\r", 2000) + "x\n")},
	{"empty lines behind an open head", func(_ *rand.Rand, n int) string { return head + "\n" + strings.Repeat("\n", 2000) }},
	{"prefixes of prefixes", always(strings.Repeat("2026-11-24T03:59:21.1234567Z [03:59:21] a | ", 20) + "\n")},
	{"heads in one line, and empty lines behind it", always(strings.Repeat(head, 10) + strings.Repeat("\n", 200))}, // -search found this one
	{"no line end at all", always(strings.Repeat(head+"x", 100))},
}

// found are inputs that -search has found, each a part of one that has it again and again.
//
//go:embed found
var found embed.FS

func foundKinds() (kinds []slowKind) {
	files, _ := found.ReadDir("found")
	for _, f := range files {
		data, _ := found.ReadFile("found/" + f.Name())
		kinds = append(kinds, slowKind{"found: " + f.Name(), always(string(data))})
	}
	return kinds
}

// sampleLines are all lines of the samples of the built-in rules.
var sampleLines = func() (all []string) {
	for r := range rules.Builtin().All() {
		for _, s := range r.Samples {
			all = append(all, strings.Split(s.Text, "\n")...)
		}
	}
	return all
}()

// slowKinds measures them, each in a size that takes long enough to be measured.
func (b *bench) slowKinds() error {
	empty, err := b.cpuOf(nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(b.out, "### Inputs that cost much for their size\n\n| | MB | MB/s of CPU | peak MiB | four times the size takes × as long |\n|---|---|---|---|---|")
	for _, k := range slices.Concat(slowKinds, foundKinds()) {
		if wanted(k.name) {
			if err := b.slow(&k, empty.cpu); err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
		}
	}
	fmt.Fprintln(b.out)
	return nil
}

// slow measures one. empty is what an empty input takes, which does not count.
func (b *bench) slow(k *slowKind, empty float64) error {
	const enough, tooLong, first = 0.4, 10, 64 << 10
	var before float64
	for size := first; ; size *= 4 {
		took, n, err := b.slowOf(k, size)
		if err != nil {
			return err
		}
		cpu := took.cpu - empty
		if cpu < enough && size*4 <= *mb*1_000_000 || before == 0 && cpu < tooLong {
			before = cpu
			continue
		}
		growth := "–"
		if before > 0.01 {
			growth = fmt.Sprintf("%.1f", cpu/before)
		}
		fmt.Fprintf(b.out, "| %s | %.1f | %s | %s | %s |\n", k.name, float64(n)/1e6, perSecond(n, cpu), memory(took.peak), growth)
		return nil
	}
}

// perSecond is how fast so many bytes were, in MB/s. What takes next to nothing cannot be told from what it takes to start.
func perSecond(n int, cpu float64) string {
	const least = 0.05
	if cpu < least {
		return fmt.Sprintf("> %.0f", float64(n)/1e6/least)
	}
	return fmt.Sprintf("%.3g", float64(n)/1e6/cpu)
}

// slowOf measures one in a size.
func (b *bench) slowOf(k *slowKind, size int) (t took, n int, err error) {
	file := filepath.Join(b.dir, "slow")
	f, err := os.Create(file)
	if err != nil {
		return t, 0, err
	}
	defer os.Remove(file)
	out, random := bufio.NewWriter(f), rand.New(rand.NewPCG(*seed, 1))
	for i := 0; n < size; i++ {
		text := k.unit(random, i)
		n += len(text)
		_, _ = out.WriteString(text)
	}
	if err := out.Flush(); err != nil {
		return t, 0, err
	}
	f.Close()
	t, err = measure(&command{args: []string{b.orbfilter, "--no-history", "--summary", "never"}, stdin: file})
	return t, n, err
}

// cpuOf is what an input takes.
func (b *bench) cpuOf(input []byte) (took, error) {
	file := filepath.Join(b.dir, "input")
	if err := os.WriteFile(file, input, 0o644); err != nil {
		return took{}, err
	}
	return measure(&command{args: []string{b.orbfilter, "--no-history", "--summary", "never"}, stdin: file})
}

// starts measures what costs even where there is nothing to do.
func (b *bench) starts() error {
	const times = 11
	all := []command{
		{args: []string{b.orbfilter, "version"}},
		{args: []string{b.orbfilter, "--no-history"}, stdin: os.DevNull},
	}
	for _, p := range b.programs {
		if p.needs == "cat" || p.needs == "rg" {
			all = append(all, command{args: []string{p.needs, "--version"}})
		}
	}
	fmt.Fprintf(b.out, "### To start\n\n| | CPU, ms (min, median, max of %d) | peak MiB |\n|---|---|---|\n", times)
	for i := range all {
		var w row
		for range times {
			t, err := measure(&all[i])
			if err != nil {
				return err
			}
			w.runs = append(w.runs, t)
		}
		s := spreadOf(w.of(cpu))
		fmt.Fprintf(b.out, "| `%s` | %.1f, %.1f, %.1f | %s |\n", all[i].said(), 1000*s.least, 1000*s.median, 1000*s.most, memory(spreadOf(w.of(mem)).most))
	}
	fmt.Fprintln(b.out)
	return nil
}

// said is the command as a person types it.
func (c *command) said() string {
	args := append([]string{filepath.Base(c.args[0])}, c.args[1:]...)
	if c.stdin != "" {
		args = append(args, "<"+c.stdin)
	}
	return strings.Join(args, " ")
}

// audited are the logs that are measured with audits.
var audited = []int{0, 2, 3}

// audits measures what an audit costs, plain and packed.
func (b *bench) audits() error {
	if !wanted("audit") {
		return nil
	}
	fmt.Fprintln(b.out, "### With an audit\n\n| | CPU, s per GB: without | with `.orb` | `.orb.gz` | `.orb.zst` | its bytes per folded byte: `.orb` | `.orb.gz` | `.orb.zst` |\n|---|---|---|---|---|---|---|---|")
	for _, i := range audited {
		if err := b.auditsOf(&logs[i]); err != nil {
			return err
		}
	}
	fmt.Fprintln(b.out)
	return nil
}

func (b *bench) auditsOf(l *logKind) error {
	file, made, stays, err := b.make(l)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	var cpu, size bytes.Buffer
	for _, end := range []string{"", ".orb", ".orb.gz", ".orb.zst"} {
		args := []string{b.orbfilter, "--no-history", "--summary", "never"}
		audit := filepath.Join(b.dir, "audit"+end)
		if end != "" {
			args = append(args, "--audit", audit)
		}
		var all []float64
		for range min(3, *rounds) {
			_ = os.Remove(audit)
			t, err := measure(&command{args: args, stdin: file})
			if err != nil {
				return err
			}
			all = append(all, t.cpu)
		}
		fmt.Fprintf(&cpu, " %.1f |", spreadOf(all).median*1e9/float64(made))
		if info, err := os.Stat(audit); err == nil && end != "" {
			fmt.Fprintf(&size, " %.3g |", float64(info.Size())/max(1, float64(made)-float64(stays.bytes)))
			_ = os.Remove(audit)
		}
	}
	if l.noise == 0 {
		size.Reset()
		size.WriteString(" – | – | – |")
	}
	fmt.Fprintf(b.out, "| %s |%s%s\n", l.name, cpu.String(), size.String())
	return nil
}
