package catalog

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules/lint"
)

// SarifHome is where people read about the tool that a SARIF log is of.
const SarifHome = "https://github.com/orbfilter/orbfilter"

// SARIF writes the findings as a log of SARIF 2.1.0, which code hosts show at
// the lines that they are about:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func (f *Findings) SARIF(w io.Writer) error {
	run := sarif.NewRunWithInformationURI("orbfilter", SarifHome)
	run.Tool.Driver.WithVersion(f.Version)
	run.WithColumnKind("unicodeCodePoints")
	for _, c := range lint.Checks() {
		run.AddRule(c.ID).WithDescription(c.Title + ".").WithHelp(sarif.NewMultiformatMessageString().WithText(c.Do)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(string(c.Level)))
	}
	for i := range f.All {
		addResult(run, &f.All[i])
	}
	return words.WriteJSON(w, sarif.NewReport().AddRun(run))
}

func addResult(run *sarif.Run, f *lint.Finding) {
	uri := (&url.URL{Path: filepath.ToSlash(f.File)}).String()
	where := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri))
	if f.Line > 0 {
		where.WithRegion(sarif.NewRegion().WithStartLine(f.Line).WithStartColumn(f.Column))
	}
	run.AddDistinctArtifact(uri)
	run.CreateResultForRule(f.Check.ID).WithLevel(string(f.Check.Level)).
		WithMessage(sarif.NewTextMessage(strings.TrimRight(printable.Line(f.Message), ".?") + ". " + f.Check.Do)).
		AddLocation(sarif.NewLocationWithPhysicalLocation(where))
}
