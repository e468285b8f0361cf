// Command loghub measures `rules learn`, the fingerprints of `scan` and the gate on the logs of LogHub, of which
// people have found out which line is what (https://github.com/logpai/loghub; its logs may not be in this
// repository). Beside them it measures drain3, in the same run, if there is a Python that has it.
//
// usage: go run ./testdata/loghub [-only LOG] [-python PYTHON] [-write FILE] [-v] DIR ORBFILTER
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

var (
	only   = flag.String("only", "", "measure this log alone")
	python = flag.String("python", "", "a Python that has drain3")
	page   = flag.String("write", "", "write the tables into this file")
	said   = flag.Bool("v", false, "show examples")
)

func main() {
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testdata/loghub [-only LOG] [-python PYTHON] [-write FILE] [-v] DIR ORBFILTER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "loghub:", err)
		os.Exit(1)
	}
}

func run(dir, orbfilter string) error {
	logs, err := readLogs(dir)
	if err != nil {
		return err
	}
	var all []*measured
	for _, l := range logs {
		if *only != "" && !strings.EqualFold(*only, l.name) {
			continue
		}
		m, err := measure(l, orbfilter)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		fmt.Println(m.line())
		if *said {
			for _, e := range append(m.half.examples, m.gate.examples...) {
				fmt.Println("    ", e)
			}
		}
		all = append(all, m)
	}
	text := tables(all)
	fmt.Println(text)
	if *page == "" {
		return nil
	}
	return write(*page, text)
}
