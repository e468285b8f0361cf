package ci

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// A Format is how what a run prints, and what is said about it, is written for
// who reads it: a person, a program, or a CI system, which takes some lines for
// commands.
type Format struct {
	Name string // as in --format NAME
	// Events: what is written is a JSON object a line, see Events.
	Events bool
	// Terminal: the system's jobs have one, so that a terminal is no sign of a person.
	Terminal bool
	// Stdout: the system is said to look for commands in stdout, and not in stderr.
	Stdout bool

	variable string // is set in the system's jobs; empty: the format must be asked for
	// newGuard returns what keeps the run from giving orders; nil: the system takes none.
	newGuard func(l *Live) guard
	// group returns what stands around text that is not unfolded at first; nil: there is no such thing.
	group func(title, id string, now time.Time) (begin, end string)
	// section is group for what is said at the end; nil: it stands as it is.
	section func(title, text string, open bool, now time.Time) string
	// issues writes what is said of a report in the system's own way; nil: there is none.
	issues func(w io.Writer, r *report.Report, o IssueOptions)
}

// formats are all, in the order in which auto looks for them.
var formats = []*Format{
	{Name: "text"},
	{Name: "jsonl", Events: true},
	{Name: "github", variable: "GITHUB_ACTIONS", newGuard: githubGuard, group: githubGroup, issues: githubIssues},
	{Name: "gitlab", variable: "GITLAB_CI", newGuard: gitlabGuard, group: gitlabGroup, section: gitlabSection},
	{Name: "azure", variable: "TF_BUILD", Stdout: true, newGuard: azureGuard, group: azureGroup, issues: azureIssues},
	{Name: "teamcity", variable: "TEAMCITY_VERSION", Stdout: true, newGuard: teamcityGuard, group: teamcityGroup, issues: teamcityIssues},
	{Name: "buildkite", variable: "BUILDKITE", Terminal: true, group: buildkiteGroup, section: buildkiteSection, issues: buildkiteIssues},
}

// FormatNames are the names of all formats.
func FormatNames() (names []string) {
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return names
}

// FormatOf returns the format of a name; nil: there is none.
func FormatOf(name string) *Format {
	i := slices.IndexFunc(formats, func(f *Format) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return formats[i]
}

// FormatIn returns the format of the CI system that the environment is of, else
// text. The variables:
//
//	https://docs.github.com/actions/reference/variables-reference#default-environment-variables
//	https://docs.gitlab.com/ci/variables/predefined_variables/
//	https://learn.microsoft.com/azure/devops/pipelines/build/variables
//	https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html
//	https://buildkite.com/docs/pipelines/configure/environment-variables
func FormatIn(getenv func(string) string) *Format {
	for _, f := range formats {
		if f.variable == "" {
			continue
		}
		if v := strings.ToLower(getenv(f.variable)); v != "" && v != "false" && v != "0" {
			return f
		}
	}
	return FormatOf("text")
}

// Plain reports whether the format is text: nothing is added to anything.
func (f *Format) Plain() bool { return f.newGuard == nil && f.group == nil && !f.Events }

// IssueOptions say what of a report is said.
type IssueOptions struct {
	ErrorsOnly bool
	Markdown   string // the file that has the report in Markdown; empty: none was written
}

// Issues writes what is said of a report in the system's own way, if it has one.
func (f *Format) Issues(w io.Writer, r *report.Report, o IssueOptions) {
	if f.issues != nil {
		last := printable.NewWriter(w, printable.Text)
		f.issues(last, facts.Weighed(r), o)
		_ = last.Flush() // who writes it knows of errors
	}
}

// Words puts what is said at the end into the format: its first line is the title of the
// rest. open: a person should see it.
func (f *Format) Words(text string, open bool, now time.Time) string {
	text = f.Safe(text)
	if title, rest, _ := strings.Cut(text, "\n"); f.section != nil && rest != "" {
		return f.section(title, rest, open, now)
	}
	return text
}

// Safe returns text so that what it quotes cannot give orders. Commands are not
// stopped for that: the run's text does so, in a stream of its own.
func (f *Format) Safe(text string) string {
	if f.newGuard == nil || text == "" {
		return text
	}
	return string(f.newGuard(&Live{}).add(nil, []byte(text)))
}

// A guard keeps the run's text from giving orders. Its methods append to out.
type guard interface {
	// add appends what may be written now of the run's text.
	add(out, text []byte) []byte
	// own appends lines of ours. They begin a line, and are obeyed.
	own(out []byte, lines string) []byte
	// close appends what was kept back, and what is still to be ended.
	close(out []byte) []byte
}

// A Live puts one stream of a run into the format.
type Live struct {
	Format *Format
	// Alone: no other stream of the run can hold text that is taken for commands
	// while this one has stopped them.
	Alone bool
	// Groups: what is folded stays, in groups that are not unfolded at first.
	Groups bool
	Name   string // the stream's, where groups have names
	Token  string // that nobody can guess, to stop and resume commands with; empty: they are not stopped
	Now    func() time.Time

	guard  guard
	mid    bool // the run's last line has not ended
	folded []byte
	by     []string // ids of the rules that have folded it
	groups int      // that were written
	out    []byte   // to be used again
}

const (
	groupFull = 64 << 10 // bytes that are folded, and that a group is written for though more follow
	groupMost = 1 << 20  // that wait at most for the end of a line
)

func (l *Live) guarding() guard {
	switch {
	case l.guard != nil:
	case l.Format.newGuard != nil:
		l.guard = l.Format.newGuard(l)
	default:
		l.guard = &breakGuard{}
	}
	return l.guard
}

// text returns what is written for text that is shown. It is valid until the next call.
func (l *Live) text(p []byte) []byte {
	l.out = l.texts(l.out[:0], p)
	return l.out
}

func (l *Live) texts(out, p []byte) []byte {
	if len(l.folded) > 0 && l.mid { // a group stands between lines
		n := bytes.IndexByte(p, '\n') + 1
		out, p = l.shown(out, p[:n]), p[n:]
	}
	if len(l.folded) > 0 && !l.mid && len(p) > 0 {
		out = l.group(out)
	}
	return l.shown(out, p)
}

func (l *Live) shown(out, p []byte) []byte {
	if len(p) > 0 {
		out = l.guarding().add(out, p)
		l.mid = p[len(p)-1] != '\n'
	}
	return out
}

// fold returns what is written for text that is folded.
func (l *Live) fold(e filter.Event) (out []byte) {
	if !l.Groups || l.Format.group == nil {
		return nil
	}
	l.folded = append(l.folded, e.Raw...)
	if !slices.Contains(l.by, e.Rule.ID) {
		l.by = append(l.by, e.Rule.ID)
	}
	if len(l.folded) >= groupMost || len(l.folded) >= groupFull && !l.mid {
		out = l.group(nil)
	}
	return out
}

// group writes what was folded.
func (l *Live) group(out []byte) []byte {
	l.groups++
	begin, end := l.Format.group(printable.Line(l.title()), fmt.Sprintf("%s_%d", l.Name, l.groups), l.Now())
	if !bytes.HasSuffix(l.folded, []byte("\n")) {
		l.folded = append(l.folded, '\n')
	}
	out = l.guarding().own(out, begin)
	out = l.guard.add(out, l.folded)
	out = l.guard.own(out, end)
	l.folded, l.by, l.mid = l.folded[:0], l.by[:0], false
	return out
}

// title names the rules, up to three.
func (l *Live) title() string {
	by := l.by
	more := ""
	if len(by) > 3 {
		by, more = by[:3], fmt.Sprintf(" and %d more", len(by)-3)
	}
	return fmt.Sprintf("orbfilter: folded %s: %s%s", words.Plural(int64(max(bytes.Count(l.folded, []byte("\n")), 1)), "line"), strings.Join(by, ", "), more)
}

// own returns what is written for lines of ours.
func (l *Live) own(lines string) []byte {
	l.mid = false
	return l.guarding().own(nil, lines)
}

// close returns what is written at the end.
func (l *Live) close() (out []byte) {
	out = l.guarding().close(out)
	if len(l.folded) > 0 {
		out = l.guard.close(l.group(out))
	}
	return out
}
