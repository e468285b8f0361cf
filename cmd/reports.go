package cmd

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render"
	"github.com/orbfilter/orbfilter/report"
)

// splitReport takes a value of --report apart.
func splitReport(value string) (kind *render.ReportKind, file string, err error) {
	name, file, _ := strings.Cut(value, "=")
	kind = render.ReportKindOf(name)
	if kind == nil || file == "" || file == "-" {
		return nil, "", fmt.Errorf("--report %q: write --report KIND=FILE, where KIND is one of %s; standard output is taken by the run", value, strings.Join(render.ReportKinds(), ", "))
	}
	return kind, file, nil
}

// reportPrefixes is what shells offer for --report.
func reportPrefixes() (out []string) {
	for _, k := range render.ReportKinds() {
		out = append(out, k+"=")
	}
	return out
}

// tryReports finds reports that cannot be written, before anything has begun.
func (o *options) tryReports() error {
	for _, r := range o.reports {
		_, file, err := splitReport(r)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666) // what is in it stays until there is a new one
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// writeReports writes all reports that were asked for, also when one cannot be.
func (o *options) writeReports(r *report.Report) error {
	var errs []error
	for _, value := range o.reports {
		kind, file, err := splitReport(value)
		if err == nil {
			err = writeReport(file, kind, r)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func writeReport(file string, kind *render.ReportKind, r *report.Report) (err error) {
	w, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return kind.Write(w, r)
}
