package diagnose

import (
	"testing"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

// FuzzDoctor: whatever versions and requirements say, judging them ends, and breaks nothing.
func FuzzDoctor(f *testing.F) {
	for _, s := range []string{"greenlet (>=3.2) ; python_version >= '3.9' and extra == 'x'", "gevent~=25.5", "^0.0.0,<1||*", "3.12:system", "~."} {
		f.Add(s)
	}
	e := &environ.Environment{Host: host.This(func(string) string { return "" }), Full: "3.12.1", Minor: "3.12"}
	f.Fuzz(func(_ *testing.T, text string) {
		if m := requires.FindStringSubmatch(text); m != nil {
			_ = marker(e, m[3])
		}
		_, _ = allows(text, "3.12.1"), ahead(&knownVersions[0].Affected[0], text)
	})
}
