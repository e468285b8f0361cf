package render

import (
	"encoding/json"
	"io"
	"runtime"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// Schema names the format of the JSON report.
const Schema = "orbfilter.report/v1"

// A Run is what a report says besides the summary.
type Run struct {
	Version  string // orbfilter's
	ExitCode int
	Fix      func(site, requirement string) string
}

type report struct {
	Schema      string            `json:"schema"`
	Tool        tool              `json:"tool"`
	Input       filter.Size       `json:"input"`
	Output      filter.Size       `json:"output"`
	Folded      filter.Size       `json:"folded"`
	Issues      []issue           `json:"issues"`
	Unknown     []*filter.Unknown `json:"unknown"`
	Limits      limits            `json:"limits"`
	Environment environment       `json:"environment"`
	ExitCode    int               `json:"exit_code"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type issue struct {
	ID         string         `json:"id"`
	Title      string         `json:"title"`
	Severity   rules.Severity `json:"severity"`
	Count      int            `json:"count"`
	Unfolded   int            `json:"unfolded"` // of count, not folded because of the version
	Lines      int64          `json:"lines"`
	FirstLine  int            `json:"first_line"`
	LastLine   int            `json:"last_line"`
	Hosts      map[string]int `json:"hosts"`
	Operations map[string]int `json:"operations"`
	Affected   []affected     `json:"affected"`
	Installed  []installation `json:"installed"`
	Fix        []string       `json:"fix"`
	References []string       `json:"references"`
	Cause      *cause         `json:"cause"` // null: the rule names none, or none was seen above
}

// cause is the first occurrence of the issue that another one comes of.
type cause struct {
	ID   string `json:"id"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

type affected struct {
	Package string       `json:"package"`
	Ranges  []eventsList `json:"ranges"`
}

type eventsList struct {
	Events []map[string]string `json:"events"`
}

type installation struct {
	Package  string `json:"package"`
	Version  string `json:"version"` // empty: not found on this machine
	Site     string `json:"site"`
	Affected bool   `json:"affected"`
}

type limits struct {
	HeldBytesMax  int      `json:"held_bytes_max"`
	HeldMsMax     int64    `json:"held_ms_max"`
	RegexTimeouts int      `json:"regex_timeouts"`
	RulesSkipped  []string `json:"rules_skipped"`
}

type environment struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
}

// JSON writes the report of a run.
func JSON(w io.Writer, s *filter.Summary, run Run) error {
	r := report{
		Schema: Schema, Tool: tool{"orbfilter", run.Version},
		Input: s.Input, Output: s.Output, Folded: s.Folded,
		Issues: []issue{}, Unknown: append([]*filter.Unknown{}, s.Unknown...),
		Limits:      limits{s.Limits.HeldBytesMax, s.Limits.HeldMax.Milliseconds(), s.Limits.RegexTimeouts, append([]string{}, s.Limits.RulesSkipped...)},
		Environment: environment{runtime.GOOS, runtime.GOARCH},
		ExitCode:    run.ExitCode,
	}
	for _, i := range s.Issues {
		out := jsonIssue(i, run.Fix)
		if c := causeOf(s.Issues, i); c != nil {
			out.Cause = &cause{c.Rule.ID, c.FirstLine, firstText(c)}
		}
		r.Issues = append(r.Issues, out)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

func jsonIssue(i *filter.Issue, fix func(site, requirement string) string) issue {
	out := issue{
		ID: i.Rule.ID, Title: i.Rule.Title, Severity: i.Rule.Severity,
		Count: i.Count, Unfolded: i.Unfolded, Lines: i.Lines, FirstLine: i.FirstLine, LastLine: i.LastLine,
		Hosts: i.Hosts, Operations: i.Operations,
		Affected: []affected{}, Installed: []installation{},
		Fix: append([]string{}, commands(i, fix)...), References: append([]string{}, i.Rule.References...),
	}
	for _, a := range i.Rule.Affected {
		out.Affected = append(out.Affected, jsonAffected(a))
	}
	for _, n := range i.Installed {
		out.Installed = append(out.Installed, installation{n.Package, n.Version, n.Site, n.Affected})
	}
	return out
}

func jsonAffected(a rules.Affected) affected {
	out := affected{Package: a.Package.Name, Ranges: []eventsList{}}
	for _, r := range a.Ranges {
		var list eventsList
		for _, e := range r.Events {
			event := map[string]string{}
			for k, v := range map[string]string{"introduced": e.Introduced, "fixed": e.Fixed, "last_affected": e.LastAffected} {
				if v != "" {
					event[k] = v
				}
			}
			list.Events = append(list.Events, event)
		}
		out.Ranges = append(out.Ranges, list)
	}
	return out
}
