package filter

import (
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

// Older versions of Jenkins write the name of a branch in front of the lines of a
// parallel pipeline: "[web] --> Connecting to hosts..." (JENKINS-48344). So does
// pyinfra with the name of a host in front of what that prints. The second is
// never taken for the first: a name is a branch only if a header of pyinfra stands
// behind it while no run is going on that has written its headers without it.

// branch takes the name of a branch off the text, if there is one.
func (f *Filter) branch(v *view.Line) {
	if len(v.Text) == 0 || v.Text[0] != '[' {
		return
	}
	n := pyinfra.BranchLen(v.Text)
	if n == 0 || f.running() {
		return
	}
	dress := v.Dress + "branch " + string(v.Text[1:n-2]) + "\n"
	l := f.byDress[dress]
	if l == nil {
		if pyinfra.Phase(v.Text[n:]) == "" {
			return
		}
		l = f.voiceOf(dress)
	}
	v.Dress = dress
	v.Prefix = v.At(n-1) + 1
	v.Cut(n)
	f.voice = l
}

// Phased reports whether pyinfra has begun a phase ("--> …") in what was written so far.
func (f *Filter) Phased() bool { return f.phased }

// running reports whether a run is going on in the current voice.
func (f *Filter) running() bool { return f.context != "" && f.context != pyinfra.LastPhase }
