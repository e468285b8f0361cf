package ci

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// Commands of Azure Pipelines, ##vso[area.action …], anywhere in a line:
// https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
// and https://github.com/microsoft/azure-pipelines-agent/blob/master/docs/design/percentEncoding.md.

// azureIssues writes issues. There are errors and warnings, and no notices. A command
// that a text quotes is broken: the agent looks for the first one of a line, and others
// may look for any.
func azureIssues(w io.Writer, r *report.Report, o IssueOptions) {
	for _, s := range sayings(r, o) {
		if s.severity != rules.Notice {
			data := azureGuard(nil).add(nil, []byte(cut(s.title+": "+strings.Join(s.lines, " "), maxAnnotation)))
			fmt.Fprintf(w, "##vso[task.logissue type=%s]%s\n", s.severity, azureData.Replace(string(data)))
		}
	}
}

// azureData escapes what follows the brackets; nothing of a log is in them.
var azureData = strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A")

func azureGroup(title, _ string, _ time.Time) (begin, end string) {
	return "##[group]" + title + "\n", "##[endgroup]\n"
}

// azureGuard: there is no way to stop commands, so they are broken. Without the
// v nothing is left that the agent would warn of.
func azureGuard(*Live) guard { return &breakGuard{patterns: []string{"##v"}, rare: "#"} }
