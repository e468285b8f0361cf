package ci

import (
	"fmt"
	"time"
)

// Sections of a job log:
// https://docs.gitlab.com/ci/jobs/job_logs/#create-custom-collapsible-sections.

// gitlabSectionText is a section. Its name is letters, digits, _, . and -, and
// no other section of the job has it.
func gitlabSectionText(name, title string, collapsed bool, now time.Time) (begin, end string) {
	option := ""
	if collapsed {
		option = "[collapsed=true]"
	}
	name = fmt.Sprintf("orbfilter_%d_%s", now.UnixNano(), name)
	begin = fmt.Sprintf("\x1b[0Ksection_start:%d:%s%s\r\x1b[0K%s\n", now.Unix(), name, option, title)
	return begin, fmt.Sprintf("\x1b[0Ksection_end:%d:%s\r\x1b[0K\n", now.Unix(), name)
}

func gitlabGroup(title, id string, now time.Time) (begin, end string) {
	return gitlabSectionText(id, title, true, now)
}

func gitlabSection(title, text string, open bool, now time.Time) string {
	begin, end := gitlabSectionText("summary", title, !open, now)
	return begin + text + end
}

// gitlabGuard: a run that prints the marks of sections could hide its own lines,
// and the end of ours.
func gitlabGuard(*Live) guard {
	return &breakGuard{patterns: []string{"section_start:", "section_end:"}, rare: "section_"}
}
