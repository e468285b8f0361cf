package match

import (
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

// Older versions of Jenkins write the name of a branch in front of the lines of a
// parallel pipeline: "[web] --> Connecting to hosts..." (JENKINS-48344). So does
// pyinfra with the name of a host in front of what that prints. The second is
// never taken for the first: a name is a branch only if a header of pyinfra stands
// behind it while no run is going on that has written its headers without it.

// branchMark stands in the prefix of a branch.
const branchMark = "branch "

// branch takes the name of a branch off the text, if there is one, and returns whose line it is.
func (w *writer) branch(v *view.Line) *writer {
	if len(v.Text) == 0 || v.Text[0] != '[' {
		return w
	}
	n := pyinfra.BranchLen(v.Text)
	if n == 0 || w.running() {
		return w
	}
	prefix := v.Dress + branchMark + string(v.Text[1:n-2]) + "\n"
	l := w.writers.byPrefix[prefix]
	if l == nil {
		if pyinfra.Phase(v.Text[n:]) == "" {
			return w
		}
		l = w.writer(prefix)
	}
	v.Dress = prefix
	v.Prefix = v.After(n - 1)
	v.Cut(n)
	return l
}

// running reports whether a run of the writer's is going on.
func (w *writer) running() bool { return w.context != "" && w.context != pyinfra.LastPhase }
