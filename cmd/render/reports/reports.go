// Package reports writes a report in each of its formats: JUnit, SARIF, Code Quality, Markdown,
// HTML and the JSON of the model.
package reports

import (
	"io"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// A ReportKind is a format that a report is written in.
type ReportKind struct {
	Name   string // as in --report NAME=FILE
	syntax printable.Syntax
	// write writes the whole report; what is in it comes from logs and is not trusted.
	write func(w io.Writer, r *report.Report) error
}

var reportKinds = []ReportKind{
	{"json", printable.JSON, func(w io.Writer, r *report.Report) error { return r.JSON(w) }},
	{"junit", printable.XML, JUnit},
	{"sarif", printable.JSON, SARIF},
	{"md", printable.Markup, Markdown},
	{"html", printable.Markup, HTML},
	{"codequality", printable.JSON, CodeQuality},
}

// Write writes the whole report. No hidden character leaves, whatever is in it.
func (k *ReportKind) Write(w io.Writer, r *report.Report) error {
	last := printable.NewWriter(w, k.syntax)
	if err := k.write(last, r); err != nil {
		return err
	}
	return last.Flush()
}

// ReportKinds are the names of all kinds.
func ReportKinds() (names []string) {
	for i := range reportKinds {
		names = append(names, reportKinds[i].Name)
	}
	return names
}

// ReportKindOf returns the kind of a name; nil: there is none.
func ReportKindOf(name string) *ReportKind {
	for i := range reportKinds {
		if reportKinds[i].Name == name {
			return &reportKinds[i]
		}
	}
	return nil
}
