// Package copyon makes the program one that passes on what others write, and nothing else, if it is called as such (see Args).
//
// That is what a run leaves behind for what the run has left running. It may stay for weeks, and be one of many. So it is
// done while the program is initialized, before all that the rest of it needs is there: its memory is a tenth then.
package copyon

import (
	"os"
	"strconv"
)

// name is the argument that says what the program is to be.
const name = "__copy-on"

var called bool

func init() {
	if len(os.Args) != 3 || os.Args[1] != name {
		return
	}
	called = true
	if n, err := strconv.Atoi(os.Args[2]); err == nil && n > 0 {
		copyAll(n)
	}
}

// Args are the arguments for the program to be a copier of n ends: descriptor 3 is passed on to 4, 5 to 6 and so on. An
// end is over when nobody writes to it any more, or when what is passed on cannot be written; the program ends with the last.
func Args(n int) []string { return []string{name, strconv.Itoa(n)} }

// Called tells whether the program was called as a copier, and so has nothing left to do.
func Called() bool { return called }
