//go:build unix

// Command mutants tells whether the tests of a package would notice a fault in it: it changes an operator at a time (a "mutant"), and runs the package's
// own tests. What the mutants are, and which of them no test reaches, is found by gremlins (https://gremlins.dev). What that takes for not reached since Go's
// coverage knows no place there (the conditions of a case, and constants) is tried as the others are.
//
// usage: go run ./testdata/mutants [-gremlins FILE] [-list FILE] [-sample N] [-again FILE] [-write FILE] PACKAGE…
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

var (
	gremlins = flag.String("gremlins", "gremlins", "the program")
	list     = flag.String("list", "testdata/mutants/harmless.txt", "the mutants that may live, with the reason")
	most     = flag.Int("sample", 0, "try this many of a package, spread over it; 0: all")
	again    = flag.String("again", "", "try only those that stand in this file, as an earlier run has printed them: quick, while tests are written for them")
	page     = flag.String("write", "", "write the table into this file")
)

func main() {
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testdata/mutants [-gremlins FILE] [-list FILE] [-sample N] [-again FILE] [-write FILE] PACKAGE…")
		os.Exit(2)
	}
	if err := run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run tries the packages, one after the other: each line of the table is written when it is known. The tests run in a copy, since gremlins takes along
// all that lies in the folder of the module, and that may be much.
func run(packages []string) error {
	harmless, err := readHarmless(*list)
	if err != nil {
		return err
	}
	program, err := filepath.Abs(*gremlins)
	if err != nil {
		return err
	}
	dir, err := copyOfTheProject()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, pkg := range packages {
		t := &trial{gremlins: program, dir: dir, pkg: filepath.Clean(pkg), harmless: harmless}
		if err := t.run(); err != nil {
			return fmt.Errorf("%s: %w", pkg, err)
		}
		fmt.Print(t.row())
		if err := putRow(*page, t); err != nil {
			return err
		}
	}
	return nil
}
