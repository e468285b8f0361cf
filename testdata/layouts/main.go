//go:build unix

// Layouts makes pyinfra installations of every layout from PyPI and Debian, and compares what the doctor says of each
// with what importlib.metadata says in it; then it lets the doctor mend each, and looks again.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"time"
)

func main() {
	only := flag.String("only", "", "a pattern that the names of layouts are to fit")
	write := flag.String("write", "", "the file to write the table into")
	at := flag.Int("at-once", 2, "how many are looked at side by side")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := work(ctx, *only, *write, *at, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "layouts:", err)
		os.Exit(1)
	}
}

func work(ctx context.Context, only, write string, at int, program string) error {
	const here = "testdata/layouts"
	all, err := readTable(here)
	if err != nil {
		return err
	}
	fits, err := regexp.Compile("^(?:" + only + ")$")
	if err != nil {
		return err
	}
	var some []*layout
	for _, l := range all {
		if only == "" || fits.MatchString(l.Name) {
			some = append(some, l)
		}
	}
	b, err := newLab(here, program)
	if err != nil {
		return err
	}
	results, err := b.all(ctx, some, at)
	wrong := 0
	for _, r := range results {
		wrong += len(r.wrong)
		fmt.Println(r)
	}
	switch {
	case err != nil:
		return err
	case wrong > 0:
		return fmt.Errorf("%d are wrong, and nothing was written", wrong)
	case write == "":
		return nil
	}
	times := map[string]time.Duration{}
	for _, l := range some {
		if l.Name == "uv" {
			if times, err = b.times(ctx, l); err != nil {
				return err
			}
		}
	}
	return writeTable(write, results, times, time.Now())
}

// all checks layouts, some at once, and has the results in their order.
func (b *lab) all(ctx context.Context, some []*layout, at int) ([]*result, error) {
	if err := b.tools(ctx); err != nil {
		return nil, err
	}
	results := make([]*result, len(some))
	turn := make(chan bool, at)
	var wait sync.WaitGroup
	for i, l := range some {
		wait.Go(func() {
			turn <- true
			defer func() { <-turn }()
			began := time.Now()
			r, err := b.check(ctx, l)
			if err != nil {
				r = &result{layout: l, wrong: []string{err.Error()}}
			}
			r.took, results[i] = time.Since(began), r
			fmt.Fprintf(os.Stderr, "%s: %d right, %d unknown, %d wrong, %s\n", l.Name, r.right, r.unknown, len(r.wrong), r.took.Round(time.Second))
		})
	}
	wait.Wait()
	return results, nil
}

// String is a result for people.
func (r *result) String() string {
	text := fmt.Sprintf("%-18s %d right, %d unknown, %d wrong; %s", r.layout.Name, r.right, r.unknown, len(r.wrong), r.fix)
	if r.passed != "" {
		text = fmt.Sprintf("%-18s passed over: %s", r.layout.Name, r.passed)
	}
	for _, w := range r.wrong {
		text += "\n    " + strings.ReplaceAll(w, "\n", "\n    ")
	}
	return text
}
