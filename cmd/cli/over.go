package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/orbfilter/orbfilter/internal/save"
)

// Spoils says why nothing is to be written to a file: a stream of the process has its
// place there. nil: none has.
func Spoils(io IO, file string) error {
	there, err := os.Stat(file)
	if err != nil || !save.IsPlain(file) {
		return nil
	}
	for _, s := range []struct {
		stream *os.File
		why    string
	}{
		{io.In, "standard input comes from there"},
		{io.Out, "standard output goes there"},
		{io.Err, "standard error goes there"},
	} {
		if other, err := s.stream.Stat(); err == nil && os.SameFile(there, other) {
			return errors.New(s.why + "; take another name")
		}
	}
	return nil
}

// wrongReport says why a report is not to be written where it was asked for.
func wrongReport(io IO, value string) error {
	kind, file, err := SplitReport(value)
	if err == nil {
		err = save.FirstError(Spoils(io, file), save.Overwrites(kind.Name, file))
	}
	if err != nil {
		return fmt.Errorf("--report %s: %w", file, err)
	}
	return nil
}

// wrongReports says it of all of them; nil: nothing is in the way.
func (o *Results) wrongReports(io IO) error {
	var errs []error
	for _, value := range o.Reports {
		errs = append(errs, wrongReport(io, value))
	}
	return errors.Join(errs...)
}

// DropReports leaves out reports that are not to be written where they were asked for,
// which it says.
func (o *Results) DropReports(io IO) (bad bool) {
	var kept []string
	for _, value := range o.Reports {
		if err := wrongReport(io, value); err != nil {
			o.origin.Complain(io, err)
			bad = true
			continue
		}
		kept = append(kept, value)
	}
	o.Reports = kept
	return bad
}

// twoInOne finds two reports that would be one file: only the last would be there.
func (o *Results) twoInOne() error {
	for n, value := range o.Reports {
		_, file, _ := SplitReport(value)
		for _, other := range o.Reports[:n] {
			if _, before, _ := SplitReport(other); save.IsPlain(file) && save.SamePath(file, before) {
				return Usage(fmt.Errorf("--report %s: another report is written there; take another name", value))
			}
		}
	}
	return nil
}

// Writes reports whether a report is to be written to a file.
func (o *Results) Writes(file string) bool {
	return slices.ContainsFunc(o.Reports, func(value string) bool {
		_, other, _ := SplitReport(value)
		return save.SamePath(file, other)
	})
}
