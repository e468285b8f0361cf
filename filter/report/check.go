package report

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// MaxNumber is the highest number that a report may have: the highest that every
// reader of JSON takes as it is (https://www.rfc-editor.org/rfc/rfc8259#section-6).
const MaxNumber = 1<<53 - 1

var (
	issueID     = lazyregexp.New(`^[a-z0-9][a-z0-9-]*$`)
	fingerprint = lazyregexp.New(`^U-[0-9a-f]{4,64}$`)
)

// kinds are the kinds of unknown texts.
var kinds = []string{filter.Exception, filter.Recurring}

// Check finds what orbfilter cannot have written: numbers that are none or do not
// add up, ids that are none or stand there twice. nil: nothing was found.
func (r *Report) Check() error {
	switch {
	case !addsUp(r.Input, r.Output, r.Folded):
		return errors.New("it does not add up: input is not output and folded together")
	case !counts(int64(r.Limits.HeldBytesMax), r.Limits.HeldMsMax, int64(r.Limits.RegexTimeouts), int64(r.ExitCode), int64(r.UnknownMore)):
		return errors.New("a limit, the exit code or the number of more unknown texts is below zero or too high")
	}
	for _, u := range r.Limits.Undecided {
		if u.Rule != "" && !issueID.MatchString(u.Rule) || !u.Severity.Valid() || !counts(int64(u.Count)) {
			return errors.New("limits.undecided: a rule, a severity or a count is none")
		}
	}
	if err := checkVerdict(&r.Verdict); err != nil {
		return err
	}
	known := map[string]bool{}
	for n, i := range r.Issues {
		if err := i.check(known); err != nil {
			return fmt.Errorf("issues[%d]: %w", n, err)
		}
	}
	seen := map[string]bool{}
	for n, u := range r.Unknown {
		if err := checkUnknown(u, seen); err != nil {
			return fmt.Errorf("unknown[%d]: %w", n, err)
		}
	}
	for n, l := range r.Logs {
		if err := l.check(known); err != nil {
			return fmt.Errorf("logs[%d]: %w", n, err)
		}
	}
	return nil
}

func addsUp(input, output, folded filter.Size) bool {
	return counts(input.Bytes, input.Lines, output.Bytes, output.Lines, folded.Bytes, folded.Lines) &&
		input.Bytes == output.Bytes+folded.Bytes && input.Lines == output.Lines+folded.Lines
}

// counts reports whether numbers are ones that something can be counted with.
func counts(numbers ...int64) bool {
	return slices.Min(numbers) >= 0 && slices.Max(numbers) <= MaxNumber
}

func (i *Issue) check(known map[string]bool) error {
	switch {
	case i == nil || !issueID.MatchString(i.ID):
		return errors.New("its id is none")
	case known[i.ID]:
		return fmt.Errorf("%s is there twice", i.ID)
	case !i.Severity.Valid():
		return fmt.Errorf("%s: severity %s is none", i.ID, quote(string(i.Severity)))
	case !counts(int64(i.Count), int64(i.Unfolded), i.Lines) || i.Unfolded > i.Count:
		return fmt.Errorf("%s: a count is below zero or too high", i.ID)
	case !ordered(i.FirstLine, i.LastLine):
		return fmt.Errorf("%s: its first line is not before its last", i.ID)
	case !within(i.Hosts, i.HostsMore, i.Count) || !within(i.Operations, i.OperationsMore, i.Count):
		return fmt.Errorf("%s: hosts or operations are counted more often than the issue", i.ID)
	case i.Cause != nil && (!issueID.MatchString(i.Cause.ID) || !ordered(i.Cause.Line, i.Cause.Line)):
		return fmt.Errorf("%s: its cause has no id or no line", i.ID)
	case slices.ContainsFunc(i.Places, func(p Place) bool { return !ordered(p.Line, p.Line) }):
		return fmt.Errorf("%s: a place has no line", i.ID)
	}
	known[i.ID] = true
	return i.checkAffected()
}

func (i *Issue) checkAffected() error {
	for _, a := range i.Affected {
		for _, r := range a.Ranges {
			for _, e := range r.Events {
				if len(e) != 1 || e["introduced"]+e["fixed"]+e["last_affected"] == "" {
					return fmt.Errorf("%s: an event of a range is not one of introduced, fixed and last_affected", i.ID)
				}
			}
		}
	}
	return nil
}

func checkVerdict(v *outcome.Verdict) error {
	switch {
	case !slices.Contains(outcome.Answers, v.Failed):
		return fmt.Errorf("the verdict %s is none", quote(string(v.Failed)))
	case !counts(int64(v.Line)):
		return errors.New("the verdict has a line that is none")
	}
	return nil
}

func ordered(first, last int) bool { return 1 <= first && first <= last && int64(last) <= MaxNumber }

// within reports whether all that was counted, and more, is not more than sum.
func within(counts map[string]int, more, sum int) bool {
	if more < 0 || more > sum {
		return false
	}
	sum -= more
	for _, n := range counts {
		if n < 0 || n > sum {
			return false
		}
		sum -= n
	}
	return true
}

func checkUnknown(u *Unknown, seen map[string]bool) error {
	switch {
	case u == nil || !fingerprint.MatchString(u.Fingerprint):
		return errors.New("its fingerprint is none")
	case seen[u.Fingerprint]:
		return fmt.Errorf("%s is there twice", u.Fingerprint)
	case !slices.Contains(kinds, u.Kind):
		return fmt.Errorf("%s: kind %s is none", u.Fingerprint, quote(u.Kind))
	case !counts(int64(u.Count), u.Lines) || !ordered(u.FirstLine, u.FirstLine):
		return fmt.Errorf("%s: a count is below zero or too high", u.Fingerprint)
	}
	seen[u.Fingerprint] = true
	return nil
}

// check looks at a log; known are the issues of the report.
func (l *Log) check(known map[string]bool) error {
	if l == nil {
		return errors.New("it is null")
	}
	if _, err := time.Parse(time.RFC3339, l.Date); l.Date != "" && err != nil {
		return fmt.Errorf("%s: its date is none", quote(l.Name))
	}
	if !addsUp(l.Input, l.Output, l.Folded) {
		return fmt.Errorf("%s: input is not output and folded together", quote(l.Name))
	}
	if !counts(int64(l.RecurringMore)) {
		return fmt.Errorf("%s: the number of other texts that recur is none", quote(l.Name))
	}
	if err := checkVerdict(&l.Verdict); err != nil {
		return fmt.Errorf("%s: %w", quote(l.Name), err)
	}
	if c := l.Command; c != nil && (!counts(int64(c.ExitCode)) || !isTime(&c.Seconds)) {
		return fmt.Errorf("%s: the exit code of its command, or how long that took, is none", quote(l.Name))
	}
	if err := checkRun(l.Run); err != nil {
		return fmt.Errorf("%s: %w", quote(l.Name), err)
	}
	here := map[string]bool{}
	for _, i := range l.Issues {
		if err := i.check(known, here); err != nil {
			return fmt.Errorf("%s: %s %w", quote(l.Name), quote(i.ID), err)
		}
		here[i.ID] = true
	}
	for _, u := range l.Unknown {
		if !fingerprint.MatchString(u) || here[u] {
			return fmt.Errorf("%s: the fingerprint %s is none, or there twice", quote(l.Name), quote(u))
		}
		here[u] = true
	}
	for _, u := range l.UnknownSeen {
		if !slices.Contains(l.Unknown, u.Fingerprint) || !counts(int64(u.Count), u.Lines) || u.FirstLine < 1 {
			return fmt.Errorf("%s: what was seen of %s is none", quote(l.Name), quote(u.Fingerprint))
		}
	}
	return nil
}

func (i *LogIssue) check(known, here map[string]bool) error {
	switch {
	case !known[i.ID]:
		return errors.New("is no issue of the report")
	case here[i.ID]:
		return errors.New("is there twice")
	case !counts(int64(i.Count), i.Lines) || !ordered(i.FirstLine, i.LastLine):
		return errors.New("has a count or a line that is none")
	case !i.Timeline.Valid():
		return errors.New("has a timeline that is none")
	}
	return nil
}
