// Start measures what the program costs before it has read anything: the processor time of whole processes, user and
// system together. Each case is run many times, since a busy machine adds to it and never takes away; the least and the
// middle are shown.
//
//	go run testdata/start.go bin/orbfilter
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// cases are what is started, and with what on its input.
var cases = []struct {
	name  string
	args  []string
	input string
}{
	{"version", []string{"version"}, ""},
	{"an empty pipe, without rules", []string{"--no-builtin"}, ""},
	{"an empty pipe, with all rules", nil, ""},
	{"one line", nil, "--> Starting operation: Install nginx\n"},
	{"one issue that is folded", nil, "2024-09-19T14:10:20Z <callback at 0x769b75efca40 args=([],)> failed with AssertionError\n"},
}

func main() {
	runs := flag.Int("runs", 50, "how often each is run")
	flag.Parse()
	if err := measure(flag.Arg(0), *runs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(program string, runs int) error {
	home, err := os.MkdirTemp("", "start")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	fmt.Printf("%-32s %8s %8s\n", "processor time, ms", "least", "middle")
	for _, c := range cases {
		var took []time.Duration
		for range runs {
			one := exec.Command(program, c.args...)
			one.Stdin, one.Env = bytes.NewReader([]byte(c.input)), append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=")
			if err := one.Run(); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			took = append(took, one.ProcessState.UserTime()+one.ProcessState.SystemTime())
		}
		slices.Sort(took)
		fmt.Printf("%-32s %8.1f %8.1f\n", c.name, ms(took[0]), ms(took[len(took)/2]))
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
