// Package catalog shows rules to who reads or writes them: lists, one rule, why a line is folded,
// what lint and tests have found, drafts, trust.
package catalog

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/occurs"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// here says whether an issue can occur on this machine, and why.
func here(h occurs.Answer) string {
	switch {
	case h.Applies == "":
		return "-"
	case h.Applies == "unknown":
		return "?"
	case h.Why == "":
		return h.Applies
	}
	return h.Applies + ": " + printable.Line(h.Why)
}

// A Known rule is one that a layer has, with what is known about it.
type Known struct {
	*rules.Entry
	Off  string // why it is not used; "": it is
	Here occurs.Answer
}

// status is what the column of that name shows.
func (k *Known) status() string {
	if k.Off != "" {
		return "off"
	}
	return string(state(k.Described()))
}

// state is a rule's status, also where none is written.
func state(r *rules.Rule) rules.Status {
	if r.Status == "" {
		return rules.Stable
	}
	return r.Status
}

// From says where a rule comes from, and what it stands for.
func (k *Known) From() string {
	from := k.Layer
	if k.Layer != rules.LayerBuiltin {
		from = printable.Line(k.Rule.File)
	}
	if k.Earlier == nil {
		return from
	}
	return from + ", instead of " + k.Earlier.Layer
}

// A List shows rules in a table.
type List struct {
	Rules []*Known
	Color bool
	Width int // of the terminal; 0: not known
}

// Text writes a line for each rule.
func (l *List) Text(w io.Writer) {
	rows := [][]string{{"ID", "SEVERITY", "STATUS", "HERE", "FROM", "AFFECTS"}}
	for _, k := range l.Rules {
		r := k.Described()
		rows = append(rows, []string{k.Rule.ID, severity(r), k.status(), here(k.Here), k.From(), affects(r)})
	}
	words.Table(w, rows, l.Width, l.paint)
	fmt.Fprintf(w, "\n%s\n", l.total())
}

func severity(r *rules.Rule) string {
	if r == nil {
		return "-"
	}
	return string(r.Severity)
}

func affects(r *rules.Rule) string {
	if r == nil {
		return "there is no rule of this id"
	}
	if ranges := r.AffectsWords(); len(ranges) > 0 {
		return printable.Line(strings.Join(ranges, "; "))
	}
	return "any"
}

// paint colours a cell: severities, and rows that do not count.
func (l *List) paint(row, column int) *color.Color {
	switch {
	case row == 0:
		return words.Paint(l.Color, color.Bold)
	case l.Rules[row-1].Off != "" || l.Rules[row-1].Here.Applies == "no":
		return words.Paint(l.Color, color.Faint)
	case column == 1:
		return words.Paint(l.Color, words.Colors[l.Rules[row-1].Described().Severity]...)
	}
	return words.Paint(false)
}

// total counts the rules.
func (l *List) total() string {
	n := map[string]int64{}
	for _, k := range l.Rules {
		if k.Off != "" {
			n["off"]++
		} else {
			n[k.Here.Applies]++
		}
	}
	out := []string{words.Plural(int64(len(l.Rules)), "rule")}
	for _, c := range []struct{ key, text string }{{"yes", "%d can occur here"}, {"no", "%d cannot"}, {"off", "%d off"}, {"unknown", "%d depend on what is installed, which is not known (?); name an environment: --venv .venv"}} {
		if n[c.key] > 0 {
			out = append(out, fmt.Sprintf(c.text, n[c.key]))
		}
	}
	return strings.Join(out, ", ")
}

// knownRule is a rule in the JSON of rules list.
type knownRule struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Severity rules.Severity    `json:"severity"`
	Status   rules.Status      `json:"status"`
	Kind     string            `json:"kind"` // of match
	Folds    bool              `json:"folds"`
	Used     bool              `json:"used"`
	Off      string            `json:"off,omitempty"` // why it is not used
	Layer    string            `json:"layer"`
	File     string            `json:"file"`
	Replaces []string          `json:"replaces"` // layers that have a rule of this id as well
	Affected []report.Affected `json:"affected"`
	Python   string            `json:"python"`
	OS       []string          `json:"os"`
	Applies  string            `json:"applies"` // yes, no, unknown
	Why      string            `json:"why"`
}

// JSON writes a list of rules.
func (l *List) JSON(w io.Writer) error {
	out := []knownRule{}
	for _, k := range l.Rules {
		out = append(out, k.json())
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func (k *Known) json() knownRule {
	out := knownRule{
		ID: k.Rule.ID, Used: k.Off == "", Off: k.Off, Layer: k.Layer, File: k.Rule.File,
		Replaces: []string{}, Affected: []report.Affected{}, OS: []string{}, Applies: k.Here.Applies, Why: k.Here.Why,
	}
	for e := k.Earlier; e != nil; e = e.Earlier {
		out.Replaces = append(out.Replaces, e.Layer)
	}
	r := k.Described()
	if r == nil {
		return out
	}
	out.Title, out.Severity, out.Status, out.Kind, out.Folds = r.Title, r.Severity, state(r), r.Match.Kind(), r.Folds() && out.Used
	out.Python, out.OS = r.Python, append(out.OS, r.OS...)
	out.Affected = report.AffectedOf(r)
	return out
}
