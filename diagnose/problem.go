package diagnose

import (
	"slices"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A Problem is what is wrong, once: one cause shows in several checks, as a package does in each
// rule that is about it and in the file that pins it.
type Problem struct {
	Status  Status // of the worst result: Fail, Warn or Unknown
	Results []Result
}

// Problems returns what is wrong, in the order of the checks.
func (d *Diagnosis) Problems() (out []*Problem) {
	for _, r := range d.Results {
		if r.Status != Fail && r.Status != Warn && r.Status != Unknown {
			continue
		}
		same := &Problem{r.Status, []Result{r}}
		rest := out[:0:0]
		for _, p := range out { // it may be what two that are known have in common
			if !slices.ContainsFunc(p.Results, func(other Result) bool { return oneCause(r, other) }) {
				rest = append(rest, p)
				continue
			}
			same.Results = slices.Concat(p.Results, same.Results)
			if slices.Index(Statuses, p.Status) < slices.Index(Statuses, same.Status) {
				same.Status = p.Status
			}
		}
		rest = append(rest, same)
		out = rest
	}
	return out
}

// oneCause reports whether two results say the same: they are about the same thing, or the same
// step mends both, or neither had time.
func oneCause(a, b Result) bool {
	if a.file != b.file {
		return false
	}
	if a.Cause != "" && a.Cause == b.Cause || a.broken && b.broken && a.Found == b.Found {
		return true
	}
	return slices.ContainsFunc(a.Fixes, func(f fix.Fix) bool {
		return slices.ContainsFunc(b.Fixes, func(g fix.Fix) bool { return sameStep(f, g) })
	})
}

func sameStep(a, b fix.Fix) bool {
	if a.File != "" || b.File != "" {
		return a.File == b.File && a.Line == b.Line
	}
	return len(a.Commands) > 0 && slices.EqualFunc(a.Commands, b.Commands, slices.Equal[shell.Command])
}
