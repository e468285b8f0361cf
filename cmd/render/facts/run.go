package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// Failed reports whether a run failed: what it printed says so, or its command ended with another
// code than 0.
func Failed(l *report.Log) bool {
	return l.Verdict.Failed == outcome.Yes || l.Command != nil && l.Command.ExitCode != 0
}

// AnyFailed reports whether one of the runs of a report failed.
func AnyFailed(r *report.Report) bool {
	return r.Verdict.Failed == outcome.Yes || slices.ContainsFunc(r.Logs, Failed)
}

// IsRun reports whether there is something to say of a log as of a run: a command was run, or it has
// a run of pyinfra in it.
func IsRun(l *report.Log) bool {
	return l.Command != nil || l.Verdict.Failed != outcome.Unknown || l.Verdict.Reason != ""
}

// CommandText says how a command ended, and how long that took: "pyinfra -y web.py deploy.py ended with exit
// code 1 after 12.3 s"; of one that was not started, that. show writes the command. Empty: there was none.
func CommandText(l *report.Log, show func(string) string) string {
	c := l.Command
	if c == nil {
		return ""
	}
	if NotStarted(l) {
		return show(CommandLine(c)) + " was not started"
	}
	how := fmt.Sprintf("ended with exit code %d", c.ExitCode)
	if c.Signal != "" {
		how = "was ended by " + printable.Line(c.Signal)
	}
	return fmt.Sprintf("%s %s after %s", show(CommandLine(c)), how, Seconds(c.Seconds))
}

// ReasonNotStarted is the reason of a run whose command was not found, or cannot be started.
const ReasonNotStarted = "the command was not started"

// NotStarted reports whether the command of a run was not started; its exit code is orbfilter's then. What a log says has a line.
func NotStarted(l *report.Log) bool {
	v := l.Verdict
	return l.Command != nil && v.Failed == outcome.Yes && v.Line == 0 && v.Host == "" && v.Reason == ReasonNotStarted
}

// Became says in one line what became of a run: its verdict or, of a command that exits with 0 and whose output has no run of
// pyinfra, no more than that.
func Became(l *report.Log) string {
	v := l.Verdict
	if c := l.Command; c != nil && c.ExitCode == 0 && v.Failed != outcome.Yes && v.Failed != outcome.No && v.Reason == "" {
		return "the command ended with exit code 0"
	}
	return VerdictText(&v)
}

// CommandLine is a command as it is typed, in one line.
func CommandLine(c *report.Command) string {
	parts := make([]string, 0, len(c.Argv))
	for _, arg := range c.Argv {
		parts = append(parts, words.ShellWord(printable.Line(arg)))
	}
	return strings.Join(parts, " ")
}

// Seconds is how long something took, as a person reads it: "0.25 s", "12.3 s", "2m 5s".
func Seconds(s float64) string {
	switch d := time.Duration(s * float64(time.Second)); {
	case d < 10*time.Second:
		return fmt.Sprintf("%.2f s", s)
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", s)
	case d < time.Hour:
		return fmt.Sprintf("%dm %ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
	}
}

// Took is how long a run took, in seconds, as far as it is known: its command, or all its phases.
func Took(l *report.Log) (seconds float64, known bool) {
	if l.Command != nil {
		return l.Command.Seconds, true
	}
	if l.Run == nil {
		return 0, false
	}
	for _, p := range l.Run.Phases {
		if p.Seconds != nil && p.Within == 0 { // else they are in those of another run
			seconds, known = seconds+*p.Seconds, true
		}
	}
	return seconds, known
}

// Tail are the last lines that were shown of a run that failed, fit to be told; nil: there are none, or
// they are not wanted, since it is known why it failed.
func Tail(l *report.Log) (lines []string) {
	if !Failed(l) || l.Verdict.Line > 0 {
		return nil
	}
	for _, text := range l.Tail {
		lines = append(lines, printable.Line(text))
	}
	return lines
}

// RunWords says of a run that failed why it did, how its command ended, and what was shown last as far as
// it is not known why.
func RunWords(l *report.Log) (lines []string) {
	if text := CommandText(l, printable.Line); text != "" {
		lines = append(lines, text)
	}
	return append(lines, Tail(l)...)
}

// At says where an occurrence of an issue is: `vm-01, "Restart nginx"`, "vm-01, while connecting"; empty: neither is known.
func At(p *report.Place) string {
	var parts []string
	if p.Host != "" {
		parts = append(parts, printable.Line(p.Host))
	}
	if p.Operation != "" {
		parts = append(parts, cmp.Or(pyinfra.During(p.Operation), Quoted(p.Operation)))
	}
	return strings.Join(parts, ", ")
}

// Words is what was said at a place, in one line: what a host had said, else the line itself. Empty: it is
// not known.
func Words(p *report.Place) string {
	if n := len(p.Text); n > 1 {
		return printable.Line(strings.Join(p.Text[1:], " | "))
	}
	return printable.Line(strings.Join(p.Text, " | "))
}

// PlaceText says where an occurrence is, and what was said there: `vm-01, "Restart nginx" (line 63): nginx:
// configuration file test failed`.
func PlaceText(p *report.Place) string {
	text := At(p)
	if p.Line > 0 {
		text = strings.TrimSpace(fmt.Sprintf("%s (line %d)", text, p.Line))
	}
	if said := Words(p); said != "" {
		text += ": " + words.CutText(said)
	}
	return text
}
