//go:build unix

// Command bench measures the whole program as a shell would run it: a log,
// repeated until it has 1 GB, goes in through a pipe, and what is left comes
// out through another.
//
// With -audit it is measured with an audit as well, whose name ends so: .orb, or
// .orb.gz and .orb.zst to have it packed.
//
// usage: go run testdata/bench.go [-mb N] [-runs N] [-audit END] ORBFILTER LOG…
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

var (
	mb    = flag.Int("mb", 1000, "how many MB go in")
	runs  = flag.Int("runs", 5, "how often, for each log")
	audit = flag.String("audit", "", "write an audit with a name that ends so")
)

// A result is what one run of the program took.
type result struct {
	out      int64
	duration time.Duration
	rss      int64 // the most memory it held at once, in bytes
	audit    int64 // the size of the audit
}

func main() {
	flag.Parse()
	if flag.NArg() < 2 || *mb < 1 || *runs < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run testdata/bench.go [-mb N] [-runs N] [-audit END] ORBFILTER LOG…")
		os.Exit(2)
	}
	fmt.Printf("%d MB through a pipe, %d runs\n%-36s %5s   %-26s %s\n", *mb, *runs, "", "left", "MB/s (min median max)", "peak MiB (min median max)")
	for _, log := range flag.Args()[1:] {
		if err := bench(flag.Arg(0), log); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", log, err)
			os.Exit(1)
		}
	}
}

func bench(program, log string) error {
	data, err := os.ReadFile(log)
	if err != nil {
		return err
	}
	var speeds, peaks []float64
	var left, kept float64
	for range *runs {
		r, err := run(program, data)
		if err != nil {
			return err
		}
		speeds = append(speeds, float64(*mb)/r.duration.Seconds())
		peaks = append(peaks, float64(r.rss)/(1<<20))
		left = float64(r.out) / 1e4 / float64(*mb)
		kept = float64(r.audit) / max(1, float64(*mb)*1e6-float64(r.out))
	}
	slices.Sort(speeds)
	slices.Sort(peaks)
	fmt.Printf("%-36s %3.0f %%   %6.0f %6.0f %6.0f       %6.1f %6.1f %6.1f\n", filepath.Base(log), left,
		speeds[0], speeds[*runs/2], speeds[*runs-1], peaks[0], peaks[*runs/2], peaks[*runs-1])
	if *audit != "" && kept < 2 { // more is the header, of a log without folds
		fmt.Printf("%-36s %.3f bytes in the audit for each that was folded\n", "", kept)
	}
	return nil
}

func run(program string, data []byte) (r result, err error) {
	var said bytes.Buffer
	c := exec.Command(program)
	file, err := withAudit(c)
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(filepath.Dir(file))
	c.Stderr = &said
	in, err := c.StdinPipe()
	if err != nil {
		return r, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return r, err
	}
	start := time.Now()
	if err := c.Start(); err != nil {
		return r, err
	}
	fed := make(chan error, 1)
	go func() { fed <- feed(in, data) }()
	r.out, err = io.CopyBuffer(io.Discard, struct{ io.Reader }{out}, make([]byte, 1<<20))
	if err != nil {
		return r, err
	}
	if err := <-fed; err != nil {
		return r, fmt.Errorf("it did not read all: %w", err)
	}
	if err := c.Wait(); err != nil {
		return r, fmt.Errorf("%w: %s", err, said.String())
	}
	r.duration = time.Since(start)
	if info, err := os.Stat(file); err == nil {
		r.audit = info.Size()
	}
	r.rss = c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" { // which counts bytes, and others KiB
		r.rss *= 1024
	}
	return r, nil
}

// withAudit has the program write an audit into a folder of its own, if one is asked for.
func withAudit(c *exec.Cmd) (file string, err error) {
	dir, err := os.MkdirTemp("", "orbfilter-bench-")
	if err == nil && *audit != "" {
		c.Args = append(c.Args, "--audit", filepath.Join(dir, "run"+*audit))
	}
	return filepath.Join(dir, "run"+*audit), err
}

// feed writes data again and again, in pieces that do not end where lines do.
func feed(w io.WriteCloser, data []byte) error {
	const piece = 1 << 16
	slab := bytes.Repeat(data, 1+2*piece/len(data))
	for left, at := *mb*1_000_000, 0; left > 0; {
		n := min(piece, left)
		if _, err := w.Write(slab[at : at+n]); err != nil {
			return err
		}
		left, at = left-n, (at+n)%len(data)
	}
	return w.Close()
}
