//go:build unix

// Command bench measures orbfilter as a whole process beside the programs that people would take in its place, on logs whose
// lines differ: a log that is one run again and again makes whatever remembers look several times as fast.
//
// The logs are made from a seed. Each round starts every program once, one after the other, so that what slows the machine down
// slows all of them; a ratio is that of one round. Input is a file, output a pipe that cat reads: as in `orbfilter <log | cat`.
// Before the rounds each program runs once, and what it leaves of the log is compared with what should be left.
//
// With -write the tables take the place of those in a file that are between the markers, and a short one that in -readme.
// -search looks for inputs that are slow for their size.
//
// usage: go run ./testdata/bench [-mb N] [-rounds N] [-seed S] [-only WORDS] [-write FILE] [-readme FILE] [-search TIME] ORBFILTER
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/testdata/marked"
)

var (
	mb     = flag.Int("mb", 100, "how many MB each log has")
	rounds = flag.Int("rounds", 5, "how often each program runs on each log")
	seed   = flag.Uint64("seed", 1, "what the logs are made from")
	only   = flag.String("only", "", "measure only what has these words in its name")
	docs   = flag.String("write", "", "write the tables into this file")
	short  = flag.String("readme", "", "write the short table into this file")
	search = flag.Duration("search", 0, "look so long for inputs that are slow for their size, and measure nothing else")
)

func main() {
	debug.SetGCPercent(10) // Linux counts what the parent has taken as the child's, in what it took at most
	flag.Parse()
	if flag.NArg() != 1 || *mb < 1 || *rounds < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testdata/bench [-mb N] [-rounds N] [-seed S] [-only WORDS] [-write FILE] [-readme FILE] [-search TIME] ORBFILTER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(orbfilter string) error {
	if *search > 0 {
		return searchSlow(*search)
	}
	orbfilter, err := filepath.Abs(orbfilter)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "orbfilter-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var page, brief bytes.Buffer
	b := &bench{dir: dir, orbfilter: orbfilter, out: io.MultiWriter(os.Stdout, &page)}
	if err := b.all(&brief); err != nil {
		return err
	}
	return errors.Join(marked.Put(*docs, "bench", "bench", page.String()), marked.Put(*short, "speed", "bench", brief.String()))
}

// A bench is one run of this program.
type bench struct {
	dir       string
	orbfilter string
	programs  []program
	out       io.Writer
}

// all measures all, and writes the table for README to brief.
func (b *bench) all(brief io.Writer) error {
	if err := b.findPrograms(); err != nil {
		return err
	}
	fmt.Fprintln(b.out, b.about())
	results, err := b.logs()
	if err != nil {
		return err
	}
	briefTable(brief, results, b.missing())
	for _, part := range []func() error{b.starts, b.slowKinds, b.audits} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// wanted reports whether something is to be measured.
func wanted(name string) bool { return strings.Contains(name, *only) }

// logs measures all programs on all logs.
func (b *bench) logs() (results []*result, err error) {
	for i := range logs {
		if !wanted(logs[i].name) {
			continue
		}
		r, err := b.log(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", logs[i].name, err)
		}
		results = append(results, r)
		r.table(b.out)
	}
	return results, nil
}

// log measures all programs on one log.
func (b *bench) log(l *logKind) (*result, error) {
	file, made, stays, err := b.make(l)
	if err != nil {
		return nil, err
	}
	defer os.Remove(file)
	r := &result{log: l, made: made, stays: stays}
	for _, p := range b.programs {
		if p.about(l) {
			r.rows = append(r.rows, &row{program: p})
		}
	}
	for _, w := range r.rows {
		if err := b.check(w, file, stays); err != nil {
			return nil, err
		}
	}
	for range *rounds {
		for _, w := range r.rows {
			took, err := measure(w.program.command(file, l))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.program.name, err)
			}
			w.runs = append(w.runs, took)
		}
	}
	return r, nil
}

// check lets a program run once, and looks whether it leaves what should be left. Of orbfilter it is an error if not.
func (b *bench) check(w *row, file string, stays digest) error {
	left, err := output(w.program.command(file, w.program.of))
	if err != nil {
		return fmt.Errorf("%s: %w", w.program.name, err)
	}
	w.right, w.left = left.sum == stays.sum, left.bytes
	if w.program.name == orbfilterName && !w.right {
		return fmt.Errorf("orbfilter leaves %d bytes in %d lines, and should leave %d in %d", left.bytes, left.lines, stays.bytes, stays.lines)
	}
	return nil
}

// today is when the figures are from.
func today() string { return time.Now().UTC().Format(time.DateOnly) }
