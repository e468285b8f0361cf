// Command orbfilter folds what is a known issue out of a pyinfra run's
// output, and leaves everything else alone.
package main

import (
	"os"

	"github.com/orbfilter/orbfilter/cmd"
)

func main() {
	end := cmd.Main(os.Args[1:], cmd.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv})
	end.Raise()
	os.Exit(end.Code)
}
