package original

import (
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/filter/audit"
)

// A Refusal is why nothing is restored, though nothing is wrong with audit and CLEAN.
type Refusal struct {
	Why    Why
	Audit  string // CleanedAgain: the later audit that CLEAN belongs to as well, its path
	Behind int64  // MayBeAlone: bytes
}

// A Why is a reason not to restore.
type Why int

// The reasons.
const (
	CleanedAgain Why = iota // CLEAN was cleaned again since, and a later audit is to be restored first
	Changed                 // CLEAN has changed while it was read
	Exists                  // the output is there already
	MayBeAlone              // the output is there already, and what CLEAN has behind the run may be in it alone
)

var whys = [...]string{"it was cleaned again since", "it has changed while it was read", "the output is there already", "the output is there already"}

// Error says it without names.
func (r *Refusal) Error() string { return whys[r.Why] }

// A CutOff is the error of an audit that has no end.
type CutOff struct {
	Streams []audit.Result // those without one
	Clean   string         // what they were put together with; empty: nothing
	Size    int64          // of that file, as it is; -1: that is not known
}

// Error says up to where the original is known.
func (c *CutOff) Error() string {
	known := make([]string, len(c.Streams))
	for i, one := range c.Streams {
		known[i] = fmt.Sprintf("up to byte %d", one.Known)
		if c.Clean != "" {
			known[i] = fmt.Sprintf("up to byte %d", one.Written)
		}
		if one.Stream != "" {
			known[i] += " of " + one.Stream
		}
	}
	follows := "what follows is not known"
	if c.Clean != "" && c.Streams[0].Written < c.Streams[0].Known {
		follows = c.Clean + " ends there"
	}
	return "it has no end: the run was killed, or the disk was full. The original is known " + strings.Join(known, ", ") + "; " + follows
}
