package diagnose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// The reports that are kept of runs, in the state folder.
const (
	LastReport   = "last-report.json"
	BeforeReport = "before-report.json" // the last one that had something to upgrade away
)

const reportSchema = "orbfilter.report/v1"

// StateDir returns the folder in which orbfilter keeps reports, or "" when
// there is no place: $XDG_STATE_HOME, or what the platform has for it.
func StateDir(h *host.Host) string {
	local := h.Getenv("LOCALAPPDATA")
	switch dir := h.Getenv("XDG_STATE_HOME"); {
	case filepath.IsAbs(dir):
		return filepath.Join(dir, "orbfilter")
	case h.GOOS == "windows" && local != "":
		return filepath.Join(local, "orbfilter", "state")
	case h.Home == "" || !filepath.IsAbs(h.Home):
		return ""
	case h.GOOS == "darwin":
		return filepath.Join(h.Home, "Library", "Application Support", "orbfilter")
	}
	return filepath.Join(h.Home, ".local", "state", "orbfilter")
}

// A Report is what the doctor wants of a run's report; filter/report/json.go
// writes it.
type Report struct {
	Schema        string
	Input, Folded struct{ Bytes, Lines int64 }
	Issues        []ReportIssue
	Command       *struct{ Argv []string } // nil: it came through a pipe
	Run           *ReportRun               // nil: nothing that pyinfra does was in it
	When          time.Time                `json:"-"` // the time of the file
	File          string                   `json:"-"`
}

// A ReportRun is what a run did.
type ReportRun struct {
	Phases     []struct{ Name string }
	Operations []struct {
		Name  string
		Hosts map[string]any
	}
}

// A ReportIssue is an issue that was seen.
type ReportIssue struct {
	ID    string
	Count int
	Lines int64
	Fix   []string
	// In which it was seen; a phase has its name in Operations, too.
	Hosts, Operations map[string]int
	Installed         []struct {
		Package, Version, Site string
		Later                  bool // that version may have come after the issue was seen
	}
}

// ReadReport reads a report of the state folder. Nil without an error: there is none.
func ReadReport(h *host.Host, name string) (*Report, error) {
	dir := StateDir(h)
	if dir == "" {
		return nil, nil
	}
	file := filepath.Join(dir, name)
	info, err := h.Files.Stat(file)
	if err != nil {
		return nil, nil
	}
	data, err := h.Read(file, host.MaxText)
	if err != nil {
		return nil, err
	}
	r := &Report{When: info.ModTime(), File: file}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("%s is no report: %w", file, err)
	}
	if r.Schema != reportSchema {
		return nil, errors.New(file + " is a report of another version of orbfilter; the next run writes it anew")
	}
	return r, nil
}

// Fixable reports whether the report has an issue that an upgrade ends.
func (r *Report) Fixable() bool {
	return slices.ContainsFunc(r.Issues, func(i ReportIssue) bool { return len(i.Fix) > 0 })
}

// issue returns an issue of the report, or nil; it is nil as well when the
// report names another environment.
func (r *Report) issue(id string, e *environ.Environment) *ReportIssue {
	if r == nil {
		return nil
	}
	for i := range r.Issues {
		if issue := &r.Issues[i]; issue.ID == id && issue.of(e) {
			return issue
		}
	}
	return nil
}

func (i *ReportIssue) of(e *environ.Environment) bool {
	named := false
	for _, inst := range i.Installed {
		if inst.Site != "" && slices.ContainsFunc(e.Sites, func(s string) bool { return e.Host.Real(s) == e.Host.Real(inst.Site) }) {
			return true
		}
		named = named || inst.Site != ""
	}
	return !named
}

// seen joins the last run in: what the upgrade of an issue's package would
// have taken out of it.
func (x *exam) seen(r *rules.Rule) string {
	e, _ := x.environment()
	last := x.doctor.Last
	issue := last.issue(r.ID, e)
	if issue == nil {
		return ""
	}
	text := fmt.Sprintf("Seen %s in your last run", times(issue.Count))
	if issue.Lines > 0 {
		text += fmt.Sprintf("; upgrading %s would have removed %d of %d lines", x.remedy(r).Upgrade, issue.Lines, last.Input.Lines)
	}
	return text + "."
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// lastRun is the check that says what came of an upgrade: whether the lines
// that it was to remove are gone.
func lastRun(_ context.Context, x *exam) Result {
	e, err := x.environment()
	last, before := x.doctor.Last, x.doctor.Before
	switch {
	case last != nil && err != nil:
		return Result{Status: Skip, Evidence: []string{last.File}, Found: "not compared: the Python of pyinfra is not known", Detail: []string{"The run of " + last.When.Format("2006-01-02 15:04") + " is remembered. Name the environment: orbfilter doctor --venv DIR."}}
	case last == nil:
		return Result{Status: Skip, Found: "no run is remembered", Detail: []string{"Filter one (orbfilter run -- pyinfra …), and the doctor says what an upgrade would take out of it."}}
	}
	out := Result{Status: OK, Evidence: []string{last.File}, Found: fmt.Sprintf("%d lines, %d of them folded, on %s", last.Input.Lines, last.Folded.Lines, last.When.Format("2006-01-02 15:04"))}
	for r := range x.doctor.Rules.All() {
		if !versioned(r) || x.remedy(r) == nil {
			continue
		}
		x.outcome(&out, r, x.judge(r), last.issue(r.ID, e), before.issue(r.ID, e))
	}
	return out
}

// outcome compares what was predicted for an issue with what came.
func (x *exam) outcome(out *Result, r *rules.Rule, j judgement, now, then *ReportIssue) {
	switch {
	case j.verdict == inside && now != nil:
		out.Status, out.Rules = worse(out.Status, Info), append(out.Rules, r.ID)
		out.Detail = append(out.Detail, r.ID+": "+x.seen(r))
	case j.verdict != outside || now == nil && then == nil:
	case now == nil:
		out.Rules = append(out.Rules, r.ID)
		if why := x.untested(j, then); why != "" {
			out.Detail = append(out.Detail, fmt.Sprintf("Not tested yet: whether %s ends %s, which was seen %s before (%d lines). %s", j.found, r.ID, times(then.Count), then.Lines, why))
			return
		}
		text := fmt.Sprintf("The prediction held: with %s, %s is gone from your last run, which did what it was seen in before (it was seen %s before, %d lines).", j.found, r.ID, times(then.Count), then.Lines)
		out.Detail = append(out.Detail, text)
	case now.was(j.dists):
		out.Status, out.Rules = worse(out.Status, Warn), append(out.Rules, r.ID)
		out.Detail = append(out.Detail, fmt.Sprintf("The prediction did not hold: %s was seen %s in your last run, with %s. Is there a second copy?", r.ID, times(now.Count), j.found))
	default:
		out.Status, out.Rules = worse(out.Status, Info), append(out.Rules, r.ID)
		out.Detail = append(out.Detail, fmt.Sprintf("%s is installed now, and should remove %d of %d lines. Run pyinfra through orbfilter once more, and the doctor says whether it did.", j.found, now.Lines, x.doctor.Last.Input.Lines))
	}
}

// was reports whether an issue is known to have been seen with the versions that are
// installed.
func (i *ReportIssue) was(dists []*environ.Dist) bool {
	for _, d := range dists {
		for _, inst := range i.Installed {
			if !inst.Later && versions.NormalName(inst.Package) == versions.NormalName(d.Name) && inst.Version == d.Version {
				return true
			}
		}
	}
	return false
}

// worse returns the status that matters more.
func worse(a, b Status) Status {
	order := []Status{OK, Info, Warn, Fail}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}
