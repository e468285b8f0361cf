//go:build linux

// Command faults breaks things on purpose while orbfilter filters a run of numbered lines, mixed with blocks of noise: signals
// at random moments from the first millisecond, full disks, readers that go away, commands that die, flood or leave something
// behind. Each schedule is run twice, with orbfilter and without (cat, or the bare command), and compared: no line is lost, what a
// shell sees is the same, nothing hangs, no process is left.
//
// What happens is decided by the seed, which is printed: -seed S -only K runs one schedule again, and says all about it.
//
// With -write the table takes the place of the last one in a page.
//
// usage: go run ./testdata/faults [-n N] [-seed S] [-only K] [-kind WORDS] [-write FILE] ORBFILTER
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/orbfilter/orbfilter/testdata/marked"
)

var (
	count = flag.Int("n", 200, "how many schedules")
	seed  = flag.Uint64("seed", 0, "what decides all; 0: by chance")
	only  = flag.Int("only", -1, "run this one alone, and say what it is")
	kind  = flag.String("kind", "", "only those of a kind whose name has these words")
	page  = flag.String("write", "", "write the table into this file")
	side  = flag.Int("j", 3, "how many side by side: orbfilter is to be late now and then")
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == emitCommand {
		os.Exit(emit(os.Args[2]))
	}
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testdata/faults [-n N] [-seed S] [-only K] [-kind WORDS] [-write FILE] ORBFILTER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run(orbfilter string) error {
	orbfilter, err := filepath.Abs(orbfilter)
	if err != nil {
		return err
	}
	if *seed == 0 {
		*seed = rand.Uint64N(1e9) + 1
	}
	fmt.Printf("seed %d, %d schedules\n", *seed, *count)
	began := time.Now()
	results := all(&bench{orbfilter: orbfilter}, schedules())
	var said bytes.Buffer
	table(&said, results)
	if n := early(results); n > 0 {
		fmt.Fprintf(&said, "\n%d of the signals came while the Go runtime started, and ended orbfilter before it had begun.\n", n)
	}
	fmt.Printf("%s%d schedules in %v\n", said.String(), len(results), time.Since(began).Round(time.Second))
	return errors.Join(verdict(results), write(said.String()))
}

// write writes the table into the page that was asked for, with what it takes to have it again.
func write(table string) error {
	return marked.Put(*page, "faults", "faults", fmt.Sprintf("%s, `make faults FAULTS=%d SEED=%d`:\n\n%s", time.Now().UTC().Format(time.DateOnly), *count, *seed, table))
}

// schedules are those that were asked for.
func schedules() (out []*schedule) {
	for k := range *count {
		if s := newSchedule(*seed, k); (*only < 0 || *only == k) && strings.Contains(s.kind.name, *kind) {
			out = append(out, s)
		}
	}
	if *only >= *count {
		out = append(out, newSchedule(*seed, *only))
	}
	return out
}

// all runs schedules, some at a time.
func all(b *bench, schedules []*schedule) []*result {
	results := make([]*result, len(schedules))
	var wait sync.WaitGroup
	next := make(chan int)
	for range *side {
		wait.Go(func() {
			for i := range next {
				results[i] = b.try(schedules[i])
				if r := results[i]; len(r.wrong) > 0 || *only >= 0 {
					fmt.Printf("schedule %d: %v\n  %s\n", r.of.number, r.of, strings.Join(r.wrong, "\n  "))
				}
			}
		})
	}
	for i := range schedules {
		next <- i
	}
	close(next)
	wait.Wait()
	return results
}

// verdict is an error if anything went wrong.
func verdict(results []*result) error {
	bad := slices.DeleteFunc(slices.Clone(results), func(r *result) bool { return len(r.wrong) == 0 })
	if len(bad) == 0 {
		return nil
	}
	var names []string
	for _, r := range bad[:min(10, len(bad))] {
		names = append(names, fmt.Sprint(r.of.number))
	}
	return fmt.Errorf("%d of %d schedules went wrong (%s); to see one: -seed %d -only K", len(bad), len(results), strings.Join(names, ", "), *seed)
}

// early is how often orbfilter was ended before it had begun.
func early(results []*result) (n int) {
	for _, r := range results {
		if r.early {
			n++
		}
	}
	return n
}
