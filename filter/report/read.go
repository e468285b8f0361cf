package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
)

// maxReport is how many bytes a report may have that is read: a folder of
// 100,000 logs stays below it.
const maxReport = 256 << 20

// ErrNoReport is the error of Read for JSON that is something else.
var ErrNoReport = errors.New("it is no report")

// Read reads a report that JSON has written. It takes reports of version 1 only,
// and none that Check refuses: a report is read on other machines than it was
// written on, and shown to people. Fields that it does not know are left out, so
// that one of a later orbfilter can be read.
func Read(from io.Reader) (*Report, error) { return readAtMost(from, maxReport) }

func readAtMost(from io.Reader, limit int64) (*Report, error) {
	limited := &io.LimitedReader{R: from, N: limit + 1}
	dec := json.NewDecoder(withoutMark(limited))
	var r Report
	err := dec.Decode(&r)
	kind := (*json.UnmarshalTypeError)(nil)
	switch {
	case err != nil && !errors.As(err, &kind):
		return nil, unreadable(err, limited.N <= 0, limit)
	case r.Schema != Schema: // also where a field of it is something else
		return nil, fmt.Errorf("%w: its schema is %s, and not %q", ErrNoReport, quote(r.Schema), Schema)
	case err != nil:
		return nil, fmt.Errorf("%s is %s", kind.Field, quote(kind.Value))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, unreadable(errors.New("there is something behind the report"), limited.N <= 0, limit)
	}
	r.fill()
	if err := r.Check(); err != nil {
		return nil, err
	}
	return &r, nil
}

// withoutMark leaves out a byte order mark, which some editors and shells write.
func withoutMark(from io.Reader) io.Reader {
	b := bufio.NewReader(from)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	return b
}

// unreadable says in plain words why something is no report.
func unreadable(err error, tooLong bool, limit int64) error {
	var syntax *json.SyntaxError
	switch {
	case tooLong:
		return fmt.Errorf("it has more than %d MiB", limit>>20)
	case errors.Is(err, io.EOF):
		return errors.New("it is empty; a run that was not over has written nothing yet")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends in the middle: the report was not written whole, or cut")
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON: %w (byte %d); name the file that --report json=FILE has written", err, syntax.Offset)
	}
	return err
}

// quote shows a text that somebody else has written, and not too much of it.
func quote(text string) string {
	const most = 60
	if len(text) > most {
		return strconv.Quote(strings.ToValidUTF8(text[:most], "")) + "…"
	}
	return strconv.Quote(text)
}

// fill puts empty lists and maps where there are none, and what reports of
// earlier versions lack.
func (r *Report) fill() {
	for _, u := range r.Unknown {
		if u != nil && u.Kind == "" {
			u.Kind = filter.Exception
		}
	}
	if len(r.Logs) == 0 && r.Input.Lines > 0 {
		r.Logs = []*Log{r.asLog()}
	}
	empty(&r.Issues)
	empty(&r.Unknown)
	empty(&r.Logs)
	empty(&r.Limits.RulesSkipped)
	for _, i := range r.Issues {
		if i != nil {
			i.fill()
		}
	}
	fillVerdict(&r.Verdict)
	r.take()
	for _, l := range r.Logs {
		if l == nil {
			continue
		}
		fillVerdict(&l.Verdict)
		fillRun(l.Run)
		empty(&l.Issues)
		empty(&l.Unknown)
		for n := range l.Issues {
			empty(&l.Issues[n].Installed)
			empty(&l.Issues[n].Timeline.Counts)
		}
	}
}

// asLog returns what is known of the run of a report that has no logs.
func (r *Report) asLog() *Log {
	l := &Log{Input: r.Input, Output: r.Output, Folded: r.Folded}
	for _, i := range r.Issues {
		if i != nil {
			l.Issues = append(l.Issues, LogIssue{ID: i.ID, Count: i.Count, Lines: i.Lines, FirstLine: i.FirstLine, LastLine: i.LastLine, Installed: i.Installed})
		}
	}
	slices.SortFunc(l.Issues, func(a, b LogIssue) int { return cmp.Compare(a.ID, b.ID) })
	for _, u := range r.Unknown {
		if u != nil {
			l.Unknown = append(l.Unknown, u.Fingerprint)
		}
	}
	slices.Sort(l.Unknown)
	return l
}

// take gives a single log what stands with the report.
func (r *Report) take() {
	if len(r.Logs) == 1 && r.Logs[0] != nil {
		l := r.Logs[0]
		l.Run, l.Command = cmp.Or(l.Run, r.Run), cmp.Or(l.Command, r.Command)
		if len(l.Tail) == 0 {
			l.Tail = r.Tail
		}
	}
	r.Command, r.Tail, r.Run = nil, nil, nil
}

// fillVerdict is for reports of versions that had none.
func fillVerdict(v *outcome.Verdict) {
	if v.Failed == "" {
		v.Failed = outcome.Unknown
	}
}

func (i *Issue) fill() {
	empty(&i.Affected)
	empty(&i.References)
	empty(&i.Installed)
	empty(&i.Fix)
	empty(&i.Places)
	for n := range i.Places {
		empty(&i.Places[n].Text)
	}
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
