//go:build unix

// Command verify holds the rules against reality: it makes environments with
// packages of the index on both sides of where an issue begins and ends, makes
// the real programs print what they print, and compares what orbfilter finds in
// that with what it says of the environment. Then it holds the advice against the
// programs that it names. experiments.yaml has what is run.
//
// usage: go run ./testdata/verify [-quick] [-run REGEXP] [-write FILE] [-cache DIR] ORBFILTER
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

var (
	quick   = flag.Bool("quick", false, "run the part that takes a minute")
	only    = flag.String("run", "", "run the experiments of rules that match, and no check of advice")
	write   = flag.String("write", "", "write the table between the markers of this file")
	cache   = flag.String("cache", ".venvs/verify", "the folder of the environments")
	workers = flag.Int("workers", 2, "how many at once")
)

func main() {
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testdata/verify [-quick] [-run REGEXP] [-write FILE] [-cache DIR] ORBFILTER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	wrong, err := verify(ctx, flag.Arg(0))
	if err != nil {
		fmt.Fprintf(os.Stderr, "verify: %v\n", err)
		os.Exit(3)
	}
	if wrong > 0 {
		fmt.Fprintf(os.Stderr, "verify: %d things are not as the rules say\n", wrong)
		os.Exit(1)
	}
}

// verify returns how many things are not as the rules say.
func verify(ctx context.Context, program string) (wrong int, err error) {
	wanted, err := regexp.Compile(cmp.Or(*only, "."))
	if err != nil {
		return 0, err
	}
	l, err := newLab(program)
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(l.temp)
	table, err := readTable(filepath.Join(l.here, "experiments.yaml"))
	if err != nil {
		return 0, err
	}
	runs := table.runs(l, wanted, *quick)
	l.do(ctx, runs)
	for _, r := range runs {
		if r.wrong() {
			wrong++
		}
		fmt.Println(r)
	}
	if *only == "" {
		wrong += l.checkAdvice(ctx)
	}
	if *write != "" && wrong == 0 {
		err = writeTable(*write, runs, table, time.Now())
	}
	return wrong, err
}
