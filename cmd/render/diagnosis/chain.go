package diagnosis

import (
	"fmt"
	"io"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/environ"
)

// chain shows link by link what leads to the environment, or as far as it was understood.
func (d *Doctor) chain(w io.Writer, e *environ.Environment) {
	fmt.Fprintln(w, "\n"+words.Paint(d.Color, color.Bold).Sprint("How it was found"))
	if e == nil || len(e.Chain) == 0 {
		fmt.Fprintln(w, "  nothing was found")
		return
	}
	for i, l := range e.Chain {
		d.hang(w, fmt.Sprintf("  %d. ", i+1), fmt.Sprintf("%s: %s → %s (%s)", l.Stage, l.Name, l.Leads, l.Evidence))
	}
}
