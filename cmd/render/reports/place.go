package reports

import (
	"net/url"
	"path"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// liveLog is the file that is named where a format wants one, and the run was
// live: there is none, but a result without a file is refused, and one whose file
// is always the same is known again.
const liveLog = "pyinfra.log"

// location returns a line of a log, and enters the log as an artifact. snippet is the line; empty: it is
// not known.
func (b *sarifRun) location(l *report.Log, line int, snippet string) *sarif.Location {
	uri := logURI(l)
	n, ok := b.artifacts[uri]
	if !ok {
		n = len(b.run.Artifacts)
		b.artifacts[uri] = n
		a := sarif.NewArtifact().WithLocation(sarif.NewSimpleArtifactLocation(uri)).WithLength(int(l.Input.Bytes)).WithMimeType("text/plain").AddRole("analysisTarget")
		if l.Name == "" {
			a.WithDescription(sarif.NewTextMessage("What the run printed. It was not recorded."))
		}
		b.run.Artifacts = append(b.run.Artifacts, a)
	}
	at := sarif.NewSimpleArtifactLocation(uri).WithIndex(n)
	region := sarif.NewRegion().WithStartLine(max(line, 1))
	if snippet != "" {
		region.WithSnippet(sarif.NewArtifactContent().WithText(sarifText(snippet)))
	}
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(at).WithRegion(region))
}

// drive is how an absolute path begins on Windows.
var drive = lazyregexp.New(`^[A-Za-z]:/`)

// logURI returns a log as a URI: relative to the folder that orbfilter was
// started in, as GitHub wants it, unless the log's name is absolute.
func logURI(l *report.Log) string {
	name := logPath(l)
	switch {
	case drive.MatchString(name):
		return (&url.URL{Scheme: "file", Path: "/" + name}).String()
	case path.IsAbs(name):
		return (&url.URL{Scheme: "file", Path: name}).String()
	}
	return (&url.URL{Path: name}).String()
}

// logPath returns the name of a log with slashes, and without "./" in front.
func logPath(l *report.Log) string {
	name := strings.TrimSpace(printable.Line(l.Name))
	if !strings.Contains(name, "/") { // of Windows
		name = strings.ReplaceAll(name, `\`, "/")
	}
	if name == "" || name == "-" {
		return liveLog
	}
	return path.Clean(name)
}
