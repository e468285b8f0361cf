package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/save"
)

// SplitReport takes a value of --report apart.
func SplitReport(value string) (kind *reports.ReportKind, file string, err error) {
	name, file, named := strings.Cut(value, "=")
	kind = KindOf(name)
	if kind != nil && file != "" && file != "-" {
		return kind, file, nil
	}
	why := ""
	if named && (file == "" || file == "-") {
		why = "; standard output is taken by the run"
	}
	return nil, "", fmt.Errorf("--report %q: write --report KIND=FILE, where KIND is one of %s%s", value, strings.Join(reports.ReportKinds(), ", "), why)
}

// KindOf returns a kind of report by its name, or by one that people call it by; nil:
// there is none.
func KindOf(name string) *reports.ReportKind {
	if name == "markdown" {
		name = "md"
	}
	return reports.ReportKindOf(name)
}

// reportPrefixes is what shells offer for --report.
func reportPrefixes() (out []string) {
	for _, k := range reports.ReportKinds() {
		out = append(out, k+"=")
	}
	return out
}

// Records reports whether somebody wants to know what the run does, operation by operation.
func (o *Results) Records(streams IO) bool {
	return len(o.Reports) > 0 || streams.Getenv("GITHUB_STEP_SUMMARY") != ""
}

// KeepsText reports whether a report shows what the run says, so that it has to be kept.
func (o *Results) KeepsText() bool {
	return slices.ContainsFunc(o.Reports, func(value string) bool {
		kind, _, err := SplitReport(value)
		return err == nil && kind.Name == "html"
	})
}

// TryReports finds reports that cannot be written, or are not to be, before anything
// has begun.
func (o *Results) TryReports(streams IO) error {
	if err := o.wrongReports(streams); err != nil {
		return err
	}
	for _, r := range o.Reports {
		_, file, err := SplitReport(r)
		if err != nil {
			return err
		}
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return fmt.Errorf("--report %s: it is a folder; name a file in it", file)
		}
		if !save.IsPlain(file) {
			continue // who opens a pipe and closes it again has ended it
		}
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666) // what is in it stays until there is a new one
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			return fmt.Errorf("--report %s: %w", file, save.Because(err))
		}
	}
	return nil
}

// WriteReports writes all reports that were asked for, also when one cannot be. The texts of logs are gone then.
func (o *Results) WriteReports(r *report.Report) error {
	defer r.CloseTexts()
	var errs []error
	for _, value := range o.Reports {
		kind, file, err := SplitReport(value)
		if err == nil {
			err = writeReport(file, kind, r)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// writeReport writes a report to a file, or to what has the name of one. What has come
// to be there meanwhile may be a log.
func writeReport(file string, kind *reports.ReportKind, r *report.Report) error {
	if err := save.Overwrites(kind.Name, file); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return save.WriteOut(file, func(w io.Writer) error {
		buffer := bufio.NewWriterSize(w, 64<<10)
		if err := kind.Write(buffer, r); err != nil {
			return err
		}
		return buffer.Flush()
	})
}
