package cmd

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/orbfilter/orbfilter/internal/save"
)

// spoils says why nothing is to be written to a file: a stream of the process has its
// place there. nil: none has.
func spoils(io IO, file string) error {
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
	kind, file, err := splitReport(value)
	if err == nil {
		err = save.FirstError(spoils(io, file), save.Overwrites(kind.Name, file))
	}
	if err != nil {
		return fmt.Errorf("--report %s: %w", file, err)
	}
	return nil
}

// wrongReports says it of all of them; nil: nothing is in the way.
func (o *options) wrongReports(io IO) error {
	var errs []error
	for _, value := range o.reports {
		errs = append(errs, wrongReport(io, value))
	}
	return errors.Join(errs...)
}

// dropReports leaves out reports that are not to be written where they were asked for,
// which it says.
func (o *options) dropReports(io IO) (bad bool) {
	var kept []string
	for _, value := range o.reports {
		if err := wrongReport(io, value); err != nil {
			o.complain(io, err)
			bad = true
			continue
		}
		kept = append(kept, value)
	}
	o.reports = kept
	return bad
}

// twoInOne finds two reports that would be one file: only the last would be there.
func (o *options) twoInOne() error {
	for n, value := range o.reports {
		_, file, _ := splitReport(value)
		for _, other := range o.reports[:n] {
			if _, before, _ := splitReport(other); save.IsPlain(file) && save.SamePath(file, before) {
				return usageError{fmt.Errorf("--report %s: another report is written there; take another name", value)}
			}
		}
	}
	return nil
}

// writes reports whether a report is to be written to a file.
func (o *options) writes(file string) bool {
	return slices.ContainsFunc(o.reports, func(value string) bool {
		_, other, _ := splitReport(value)
		return save.SamePath(file, other)
	})
}
