//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// searchSlow looks for inputs that are slow for their size: it joins what means something to the engine, keeps what takes longest a byte, and
// changes that. What it finds is kept in a file, and measured with the others from then on.
func searchSlow(howLong time.Duration) error {
	plan, random := filter.NewPlan(rules.Builtin()), rand.New(rand.NewPCG(*seed, 2))
	tokens := append([]string{head, fmt.Sprintf(object, 1), "\n", "\n", "\r", "    ", "^^^^", "E<", "<", "[web] ", "    [web] Error: ", "AssertionError", ": ",
		"job-1  | ", "job-2  | ", "\x1b[31m", "\x1b[K", "\x1b]0;", "--> Starting operation: x\n", trace, "  File \"/x.py\", line 1, in y\n", "x"}, sampleLines...)
	best, worst := tokens[:4], 0.0
	for end := time.Now().Add(howLong); time.Now().Before(end); {
		try := mutate(random, best, tokens)
		if cost := costOf(plan, try, worst); cost > worst {
			best, worst = try, cost
			fmt.Printf("%.3f MB/s of CPU: %.300q …\n", 1000/worst, strings.Join(best, ""))
		}
	}
	file := filepath.Join("testdata", "bench", "found", fmt.Sprintf("seed-%d", *seed))
	fmt.Println(file)
	return os.WriteFile(file, []byte(strings.Join(best, "")), 0o644)
}

// mutate changes some of the tokens.
func mutate(r *rand.Rand, from, tokens []string) []string {
	to := append([]string(nil), from...)
	for range 1 + r.IntN(3) {
		token, at := tokens[r.IntN(len(tokens))], r.IntN(len(to))
		switch r.IntN(4) {
		case 0:
			to[at] = token
		case 1:
			to = append(to[:at:at], append([]string{token}, to[at:]...)...)
		case 2: // the same many times
			to[at] = strings.Repeat(to[at], 1+r.IntN(20))
		case 3:
			to = append(to[:at:at], to[min(len(to), at+1+r.IntN(2)):]...)
		}
		if len(to) == 0 {
			to = []string{token}
		}
	}
	return to
}

// costOf is how many nanoseconds a byte takes, where the text comes again and again. Where it is more than some, it is the least of three tries.
func costOf(plan *filter.Plan, tokens []string, than float64) float64 {
	const most = 64 << 10
	text := strings.Join(tokens, "")
	if text == "" || len(text) > most {
		return 0
	}
	data := []byte(strings.Repeat(text, 1+most/len(text)))
	cost := 1e12
	for range 3 {
		f := plan.Filter(filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
		begin := processorTime()
		_, _ = f.Write(data)
		_ = f.Close()
		if cost = min(cost, float64(processorTime()-begin)/float64(len(data))); cost < than {
			break
		}
	}
	return cost
}

// processorTime is what this program has used of it.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
