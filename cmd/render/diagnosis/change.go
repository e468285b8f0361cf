package diagnosis

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose"
)

// Changes says what is otherwise than before: versions, and checks. Where another environment is
// found now, nothing is compared.
func (d *Doctor) Changes(w io.Writer, before, after *diagnose.Diagnosis) {
	fmt.Fprintln(w, words.Paint(d.Color, color.Bold).Sprint("What has changed"))
	a, b := before.Environment, after.Environment
	switch {
	case a == nil || b == nil || after.Lost:
		d.hang(w, "  ", "The environment is not known now, so that nothing can be compared.")
		return
	case a.Prefix != "" && a.Prefix != b.Prefix:
		d.hang(w, "  ", fmt.Sprintf("This is another environment: %s, and it was %s. Nothing is compared.", b.Prefix, a.Prefix))
		return
	}
	n := 0
	for _, name := range packages {
		if old, now := a.Version(name), b.Version(name); old != now {
			d.hang(w, "  ", d.plain(fmt.Sprintf("%s %s → %s", name, orNone(old), orNone(now))))
			n++
		}
	}
	for _, r := range after.Results {
		if old := before.Result(r.Check.ID); old != nil && old.Status != r.Status && (d.problem(*old) || d.problem(r)) {
			d.hang(w, "  ", d.plain(fmt.Sprintf("%s: %s → %s", r.Check.ID, old.Status, r.Status)))
			n++
		}
	}
	if n == 0 {
		d.hang(w, "  ", "Nothing that the doctor looks at.")
	}
}

func orNone(version string) string {
	if version == "" {
		return "(none)"
	}
	return version
}
