package render

import (
	"io"

	"github.com/orbfilter/orbfilter/report"
)

// A ReportKind is a format that a report is written in.
type ReportKind struct {
	Name string // as in --report NAME=FILE
	// Write writes the whole report; what is in it comes from logs and is not trusted.
	Write func(w io.Writer, r *report.Report) error
}

var reportKinds = []ReportKind{
	{"json", func(w io.Writer, r *report.Report) error { return r.JSON(w) }},
	{"junit", JUnit},
	{"sarif", SARIF},
	{"md", Markdown},
	{"html", HTML},
	{"codequality", CodeQuality},
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
