package cli

import (
	"fmt"

	"github.com/orbfilter/orbfilter/filter/wrap"
)

// So many files may have to be open at a time beside the three streams: two that the Go
// runtime waits with, look-ups, an audit, a report and the file that it replaces; in run
// two pseudo-terminals as well, and what starts a program.
const (
	OtherFiles = 4
	PipeFiles  = 8
	RunFiles   = 18
)

// Little reports whether so many files cannot be opened. Where they can, there is room for
// the garbage collector.
func (io IO) Little(files int) bool {
	few := wrap.Spare(files) < files
	if !few {
		wrap.CollectGarbage()
	}
	return few
}

// SayLittle says what is missing, and what becomes of it.
func (io IO) SayLittle(files int, so string) {
	fmt.Fprintf(io.Stderr(), "orbfilter: too few files can be opened here (ulimit -n), %d where it takes %d: %s\n", wrap.Spare(files), files, so)
}
