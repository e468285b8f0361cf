package diagnosis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/diagnose"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// DoctorSchema names the format of the JSON diagnosis.
const DoctorSchema = "orbfilter.doctor/v1"

type diagnosis struct {
	Schema      string            `json:"schema"`
	Tool        report.Tool       `json:"tool"`
	Environment doctorEnvironment `json:"environment"`
	Chain       []doctorLink      `json:"chain"`
	Counts      map[string]int    `json:"counts"`   // of checks, by their status
	Problems    []doctorProblem   `json:"problems"` // what is wrong, each cause once
	Checks      []doctorCheck     `json:"checks"`
	First       []doctorFix       `json:"first"`
	ExitCode    int               `json:"exit_code"`
}

type doctorEnvironment struct {
	OS       string            `json:"os"`
	Arch     string            `json:"arch"`
	Pyinfra  string            `json:"pyinfra"` // the script; empty: not known
	Others   []string          `json:"others"`
	Python   string            `json:"python"`
	Version  string            `json:"python_version"`
	Prefix   string            `json:"prefix"`
	Kind     string            `json:"kind"`
	Sites    []string          `json:"sites"`
	Packages map[string]string `json:"packages"`
}

// A doctorProblem is one cause, with the checks that show it.
type doctorProblem struct {
	Status string   `json:"status"`
	Cause  string   `json:"cause"` // the package; may be empty
	Checks []string `json:"checks"`
}

// A doctorLink is a step from what was typed to the folders with packages.
type doctorLink struct {
	Stage    string `json:"stage"` // wrapper, runner, launcher, interpreter, paths
	Name     string `json:"name"`
	Leads    string `json:"leads"`
	Evidence string `json:"evidence"`
}

type doctorCheck struct {
	ID       string      `json:"id"`
	Section  string      `json:"section"`
	Title    string      `json:"title"`
	Needs    string      `json:"needs"`
	Status   string      `json:"status"`
	Found    string      `json:"found"`
	Wanted   string      `json:"wanted"`
	Detail   []string    `json:"detail"`
	Evidence []string    `json:"evidence"`
	Fix      []doctorFix `json:"fix"`
	Gain     string      `json:"gain"` // what the fix would have taken out of the last run
	Rules    []string    `json:"rules"`
	Links    []string    `json:"links"`
}

type doctorFix struct {
	Text     string       `json:"text"`
	Commands []string     `json:"commands"` // as they are typed into a shell
	Argv     [][]string   `json:"argv"`
	Writes   []doctorFile `json:"writes,omitempty"` // before the commands
	File     string       `json:"file,omitempty"`
	Line     int          `json:"line,omitempty"`
}

type doctorFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// JSON writes the diagnosis for a program, all of it whatever is left out of
// the text.
func (d *Doctor) JSON(w io.Writer, found *diagnose.Diagnosis, version string, code int) error {
	out := diagnosis{Schema: DoctorSchema, Tool: report.Tool{Name: "orbfilter", Version: version}, ExitCode: code,
		Environment: doctorPlace(found.Environment), Chain: doctorChain(found.Environment), Counts: map[string]int{}, Problems: doctorProblems(found), Checks: []doctorCheck{}, First: []doctorFix{}}
	for _, s := range diagnose.Statuses {
		out.Counts[string(s)] = found.Count(s)
	}
	for _, r := range found.Results {
		if !d.OnlyProblems || d.problem(r) {
			out.Checks = append(out.Checks, jsonCheck(r))
		}
	}
	for _, s := range d.Steps(found) {
		out.First = append(out.First, jsonFix(s.Fix))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func doctorProblems(found *diagnose.Diagnosis) []doctorProblem {
	out := []doctorProblem{}
	for _, p := range found.Problems() {
		one := doctorProblem{Status: string(p.Status)}
		for _, r := range p.Results {
			one.Checks, one.Cause = append(one.Checks, r.Check.ID), cmp.Or(one.Cause, r.Cause)
		}
		out = append(out, one)
	}
	return out
}

func doctorChain(e *environ.Environment) []doctorLink {
	out := []doctorLink{}
	if e == nil {
		return out
	}
	for _, l := range e.Chain {
		out = append(out, doctorLink{string(l.Stage), l.Name, l.Leads, l.Evidence})
	}
	return out
}

// packages are those that the doctor is about.
var packages = []string{"pyinfra", "pyinfra-orbstack", "gevent", "greenlet", "paramiko", "cryptography", "setuptools"}

func doctorPlace(e *environ.Environment) doctorEnvironment {
	out := doctorEnvironment{OS: runtime.GOOS, Arch: runtime.GOARCH, Others: []string{}, Sites: []string{}, Packages: map[string]string{}}
	if e == nil {
		return out
	}
	out.Pyinfra, out.Python, out.Version, out.Prefix, out.Kind = e.Script, e.Python, e.Full, e.Prefix, string(e.Kind)
	out.Others, out.Sites = append(out.Others, e.Others...), append(out.Sites, e.Sites...)
	for _, name := range packages {
		if v := e.Version(name); v != "" {
			out.Packages[name] = v
		}
	}
	return out
}

func jsonCheck(r diagnose.Result) doctorCheck {
	out := doctorCheck{
		ID: r.Check.ID, Section: r.Check.Section, Title: r.Check.Title, Needs: string(r.Check.Needs),
		Status: string(r.Status), Found: r.Found, Wanted: r.Wanted,
		Detail: append([]string{}, r.Detail...), Evidence: append([]string{}, r.Evidence...), Fix: []doctorFix{}, Gain: r.Gain,
		Rules: append([]string{}, r.Rules...), Links: append([]string{}, r.Links...),
	}
	for _, f := range r.Fixes {
		out.Fix = append(out.Fix, jsonFix(f))
	}
	return out
}

func jsonFix(f fix.Fix) doctorFix {
	out := doctorFix{Text: f.Text, Commands: []string{}, Argv: [][]string{}, File: f.File, Line: f.Line}
	for _, w := range f.Writes {
		out.Writes = append(out.Writes, doctorFile(w))
	}
	for _, c := range f.Commands {
		out.Commands, out.Argv = append(out.Commands, c.String()), append(out.Argv, c)
	}
	return out
}

// GitHub writes the problems as workflow commands, one for each cause, which GitHub shows beside
// the lines they are about:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
func (d *Doctor) GitHub(w io.Writer, found *diagnose.Diagnosis) error {
	var b strings.Builder
	for _, p := range found.Problems() {
		level := map[diagnose.Status]string{diagnose.Fail: "error", diagnose.Warn: "warning", diagnose.Unknown: "notice"}[p.Status]
		worst := p.Results[slices.IndexFunc(p.Results, func(r diagnose.Result) bool { return r.Status == p.Status })]
		place, others := atLine(worst), []string(nil)
		for _, r := range p.Results {
			if r.Check.ID != worst.Check.ID {
				others, place = append(others, r.Check.ID), cmp.Or(place, atLine(r))
			}
		}
		text := d.words(worst)
		if len(others) > 0 {
			text += "\nThe same cause: " + strings.Join(others, ", ")
		}
		fmt.Fprintf(&b, "::%s title=%s%s::%s\n", level, ci.EscapeProperty("orbfilter doctor: "+worst.Check.ID), place, ci.EscapeData(text))
	}
	fmt.Fprintln(&b, "orbfilter doctor: "+d.verdict(found))
	_, err := io.WriteString(w, b.String())
	return err
}

// atLine names the line that a result is about, if there is one.
func atLine(r diagnose.Result) string {
	i := slices.IndexFunc(r.Fixes, func(f fix.Fix) bool { return f.File != "" })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf(",file=%s,line=%d", ci.EscapeProperty(r.Fixes[i].File), r.Fixes[i].Line)
}

// words are all of a result in a few lines.
func (d *Doctor) words(r diagnose.Result) string {
	lines := []string{d.tilde(printable.Line(r.Found))}
	for _, t := range r.Detail {
		lines = append(lines, d.tilde(printable.Line(t)))
	}
	if r.Gain != "" {
		lines = append(lines, r.Gain)
	}
	for _, f := range r.Fixes {
		for _, c := range f.Commands {
			lines = append(lines, "→ "+d.command(c))
		}
	}
	return strings.Join(lines, "\n")
}
