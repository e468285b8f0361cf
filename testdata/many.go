//go:build ignore

// Command many writes an input with many different things of a kind.
//
// usage: go run testdata/many.go KIND NUMBER
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/orbfilter/orbfilter/filter/filtertest"
)

func main() {
	if len(os.Args) != 3 || filtertest.Many[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: go run testdata/many.go KIND NUMBER, of", filtertest.ManyKinds())
		os.Exit(2)
	}
	n, err := strconv.Atoi(os.Args[2])
	if err == nil {
		err = filtertest.WriteMany(os.Stdout, os.Args[1], n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "many:", err)
		os.Exit(1)
	}
}
