package ci

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// Service messages of TeamCity: https://www.jetbrains.com/help/teamcity/service-messages.html.

// teamcityIssues writes messages of the build log. They are no build problems,
// which would fail the build though the exit code says that all is well:
// --fail-on decides about that.
func teamcityIssues(w io.Writer, r *report.Report, o IssueOptions) {
	status := map[rules.Severity]string{rules.Error: "ERROR", rules.Warning: "WARNING", rules.Notice: "NORMAL"}
	for _, s := range sayings(r, o) {
		text, details := s.title+": "+s.lines[0], strings.Join(s.lines[1:], "\n")
		switch {
		case details == "":
		case s.severity == rules.Error: // only these have details
			details = fmt.Sprintf(" errorDetails='%s'", teamcityValue(details))
		default:
			text, details = text+"\n"+details, ""
		}
		fmt.Fprintf(w, "##teamcity[message text='%s'%s status='%s']\n", teamcityValue(text), details, status[s.severity])
	}
}

// teamcityValue escapes a value. What is not ASCII is written as UTF-16 units.
func teamcityValue(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString("|n")
		case r == '\r':
			b.WriteString("|r")
		case strings.ContainsRune("|'[]", r):
			b.WriteString("|" + string(r))
		case r < 0x80:
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "|0x%04X", u)
			}
		}
	}
	return b.String()
}

func teamcityGroup(title, _ string, _ time.Time) (begin, end string) {
	title = teamcityValue(title)
	return "##teamcity[blockOpened name='" + title + "']\n", "##teamcity[blockClosed name='" + title + "']\n"
}

// teamcityGuard: messages could be disabled, but by a word that anybody knows,
// and enabled again by another. So they are broken.
func teamcityGuard(*Live) guard { return &breakGuard{patterns: []string{"##t"}, rare: "#"} }
