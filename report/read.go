package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/orbfilter/orbfilter/filter"
)

// maxReport is how many bytes a report may have that is read: a folder of
// 100,000 logs stays below it.
const maxReport = 256 << 20

// Read reads a report that JSON has written. It takes reports of version 1 only,
// and none that does not add up: a report is read on other machines than it was
// written on, and shown to people.
func Read(from io.Reader) (*Report, error) {
	limited := &io.LimitedReader{R: from, N: maxReport + 1}
	dec := json.NewDecoder(limited)
	var r Report
	err := dec.Decode(&r)
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("it has more than %d MiB", maxReport>>20)
	case errors.Is(err, io.EOF):
		return nil, errors.New("it is empty")
	case err != nil:
		return nil, fmt.Errorf("it is not JSON as orbfilter writes it: %w", err)
	case r.Schema != Schema:
		return nil, fmt.Errorf("it is no report: schema is %q, not %q", r.Schema, Schema)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something behind the report")
	}
	r.fill()
	return &r, r.check()
}

// fill puts empty lists and maps where there are none: reports of earlier
// versions lack some.
func (r *Report) fill() {
	empty(&r.Issues)
	empty(&r.Unknown)
	empty(&r.Logs)
	empty(&r.Limits.RulesSkipped)
	for _, i := range r.Issues {
		if i != nil {
			i.fill()
		}
	}
	for _, l := range r.Logs {
		if l != nil {
			empty(&l.Issues)
			empty(&l.Unknown)
			for n := range l.Issues {
				empty(&l.Issues[n].Installed)
				empty(&l.Issues[n].Timeline.Counts)
			}
		}
	}
}

func (i *Issue) fill() {
	empty(&i.Affected)
	empty(&i.References)
	empty(&i.Installed)
	empty(&i.Fix)
	if i.Hosts == nil {
		i.Hosts = map[string]int{}
	}
	if i.Operations == nil {
		i.Operations = map[string]int{}
	}
	for n := range i.Affected {
		empty(&i.Affected[n].Ranges)
		for m := range i.Affected[n].Ranges {
			empty(&i.Affected[n].Ranges[m].Events)
		}
	}
}

func empty[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}

// check finds what JSON cannot have written.
func (r *Report) check() error {
	if !addsUp(r.Input, r.Output, r.Folded) {
		return errors.New("it does not add up: input is not output and folded together")
	}
	for n, i := range r.Issues {
		if err := i.check(); err != nil {
			return fmt.Errorf("issues[%d]: %w", n, err)
		}
	}
	for n, u := range r.Unknown {
		if u == nil || u.Fingerprint == "" || u.Count < 0 || u.Lines < 0 {
			return fmt.Errorf("unknown[%d]: it has no fingerprint or a count below zero", n)
		}
	}
	for n, l := range r.Logs {
		if err := l.check(); err != nil {
			return fmt.Errorf("logs[%d]: %w", n, err)
		}
	}
	return nil
}

func addsUp(input, output, folded filter.Size) bool {
	return min(output.Bytes, output.Lines, folded.Bytes, folded.Lines) >= 0 &&
		input.Bytes == output.Bytes+folded.Bytes && input.Lines == output.Lines+folded.Lines
}

func (i *Issue) check() error {
	switch {
	case i == nil || i.ID == "":
		return errors.New("it has no id")
	case !i.Severity.Valid():
		return fmt.Errorf("%s: severity %q is none", i.ID, i.Severity)
	case i.Count < 0 || i.Lines < 0 || i.Unfolded < 0:
		return fmt.Errorf("%s: a count is below zero", i.ID)
	}
	return nil
}

func (l *Log) check() error {
	switch {
	case l == nil:
		return errors.New("it is null")
	case !addsUp(l.Input, l.Output, l.Folded):
		return fmt.Errorf("%q: input is not output and folded together", l.Name)
	}
	for _, i := range l.Issues {
		if i.ID == "" || i.Count < 0 || i.Lines < 0 || !i.Timeline.Valid() {
			return fmt.Errorf("%q: an issue has no id, a count below zero or a wrong timeline", l.Name)
		}
	}
	return nil
}
