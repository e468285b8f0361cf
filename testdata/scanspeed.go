//go:build unix

// Command scanspeed says what orbfilter scan costs beside the least that reading the same logs takes: the CPU time of both on 300 packed
// logs of 134 MB, by turns and several times, so that what else the machine does counts for both. Half of the logs are the
// recorded runs, one behind the other; half are lines of hosts that all differ. Or they are logs of yours, packed with gzip.
//
// usage: go run testdata/scanspeed.go [-files N] [-mb N] [-times N] [-logs DIR] ORBFILTER CAPTURES
package main

import (
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

var (
	files = flag.Int("files", 300, "how many logs there are")
	mb    = flag.Int("mb", 134, "how many MB they unpack to")
	times = flag.Int("times", 3, "how often both are run")
	own   = flag.String("logs", "", "a folder of logs that are packed with gzip, in place of those that are made")
)

func main() {
	flag.Parse()
	if flag.NArg() != 2 || *files < 1 || *mb < 1 || *times < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run testdata/scanspeed.go [-files N] [-mb N] [-times N] [-logs DIR] ORBFILTER CAPTURES")
		os.Exit(2)
	}
	if err := measure(flag.Arg(0), flag.Arg(1), *own); err != nil {
		fmt.Fprintln(os.Stderr, "scanspeed:", err)
		os.Exit(1)
	}
}

func measure(program, captures, logs string) error {
	if logs == "" {
		dir, err := os.MkdirTemp("", "orbfilter-speed-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := generate(dir, captures); err != nil {
			return err
		}
		logs = dir
	}
	packed, err := filepath.Glob(filepath.Join(logs, "*.gz"))
	if err != nil || len(packed) == 0 {
		return errors.Join(err, fmt.Errorf("there is no log packed with gzip in %s", logs))
	}
	fmt.Printf("%d logs\n%10s %10s %8s\n", len(packed), "gzip -dc", "scan", "ratio")
	for range *times {
		before, err := cpu("gzip", append([]string{"-dc"}, packed...)...)
		scan, serr := cpu(program, "scan", "--summary", "always", logs)
		after, aerr := cpu("gzip", append([]string{"-dc"}, packed...)...)
		if err := errors.Join(err, serr, aerr); err != nil {
			return err
		}
		both := (before + after) / 2
		fmt.Printf("%8.2f s %8.2f s %8.1f\n", both.Seconds(), scan.Seconds(), float64(scan)/float64(both))
	}
	return nil
}

// cpu runs a program, and returns how much time of a core that took.
func cpu(program string, args ...string) (time.Duration, error) {
	c := exec.Command(program, args...)
	c.Stdout = io.Discard
	if err := c.Run(); err != nil {
		return 0, fmt.Errorf("%s: %w", program, err)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
}

// generate makes the logs.
func generate(to, captures string) error {
	var texts []string
	err := filepath.WalkDir(captures, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) == ".md" {
			return err
		}
		text, err := os.ReadFile(name)
		texts = append(texts, string(text))
		return err
	})
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range *files {
		f, err := os.Create(filepath.Join(to, fmt.Sprintf("deploy-%04d.log.gz", n)))
		if err != nil {
			return err
		}
		z := gzip.NewWriter(f)
		for left := *mb * 1_000_000 / *files; left > 0; {
			text := texts[random.IntN(len(texts))]
			if n%2 == 1 {
				text = differing(random)
			}
			text = text[:min(len(text), left)]
			left -= len(text)
			if _, err = io.WriteString(z, text); err != nil {
				break
			}
		}
		if err := errors.Join(err, z.Close(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

const words = "Reading package lists Building dependency tree The following packages will be installed upgraded Fetched kB in Selecting previously unselected Preparing to unpack Setting up Processing triggers for"

// differing is what an operation prints on some hosts: no two lines of it are the same.
func differing(random *rand.Rand) string {
	all := strings.Fields(words)
	var b strings.Builder
	fmt.Fprintf(&b, "--> Starting operation: Install packages %d \n", random.IntN(1000))
	for host := range 24 {
		for range random.IntN(6) {
			fmt.Fprintf(&b, "    [web-%02d]", host)
			for range 3 + random.IntN(11) {
				b.WriteString(" " + all[random.IntN(len(all))])
			}
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "    [web-%02d] %s\n", host, []string{"Success", "No changes"}[random.IntN(2)])
	}
	return b.String() + "\n"
}
