// Package issue has an issue as it stands in a log, for people who have not got that log: its text without names and
// secrets, and a draft of a rule for it.
package issue

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
	"github.com/orbfilter/orbfilter/rules/mask"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// An Issue is what is known of one.
type Issue struct {
	Text  string   // of one occurrence, without colours and prefixes, a line each
	IDs   []string // of the rules that know it; none: it is not known
	Count int      // how often it is in the log; 0: that is not known
	Hosts []string // all of the log, up to a thousand
}

// A Source is a log that can be read again.
type Source interface{ CopyTo(w io.Writer) error }

// Known returns the issue of rules that a line of a log is of, from 1.
func Known(set *rules.Set, data []byte, ids []string, line int) *Issue {
	return &Issue{Text: occurrence(set, data, line), IDs: ids, Count: counted(set, data, ids), Hosts: hosts(data)}
}

// Unknown returns the issue that some text of a log is, of which no rule knows.
func Unknown(data, text []byte) *Issue { return &Issue{Text: undressed(text), Hosts: hosts(data)} }

// maxHosts is how many hosts of a log are known by name.
const maxHosts = 1000

// hosts are those that are in a log.
func hosts(data []byte) (all []string) {
	for line := range strings.Lines(undressed(data)) {
		if name, _ := mask.Host(strings.TrimRight(line, "\n")); name != "" && len(all) < maxHosts && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// undressed is text without colours, and without what CI systems and log collectors put in front of lines.
func undressed(text []byte) string {
	var b strings.Builder
	var v view.Line
	for line := range bytes.Lines(text) {
		v.Look(line)
		b.Write(v.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

// occurrence is the text of the block of a rule that a line is in, or of the line alone.
func occurrence(set *rules.Set, data []byte, line int) string {
	blocks := map[int][]int{} // the lines of each
	block := 0
	lines, err := ruletest.Outcomes(set, data, filter.Options{Recorded: true, Claims: true, Trace: func(t filter.Trace) {
		if t.What != filter.Took {
			return
		}
		if !slices.Contains(blocks[t.Block], t.Line) {
			blocks[t.Block] = append(blocks[t.Block], t.Line)
		}
		if t.Line == line {
			block = t.Block
		}
	}})
	if err != nil || line > len(lines) {
		return ""
	}
	var b bytes.Buffer
	own := blocks[block]
	if block == 0 {
		own = []int{line}
	}
	for _, n := range slices.Sorted(slices.Values(own)) {
		b.WriteString(lines[n-1].Text + "\n")
	}
	return undressed(b.Bytes())
}

// counted is how often one of some issues is in a log.
func counted(set *rules.Set, data []byte, ids []string) int {
	f := filter.New(set, filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{Recorded: true})
	_, _ = f.Write(data)
	_ = f.Close()
	for _, i := range f.Summary().Issues {
		if slices.Contains(ids, i.Rule.ID) {
			return i.Count
		}
	}
	return 0
}

// Find looks for an issue in a log, by the id of its rule or by the beginning of its fingerprint, and returns the line that
// it is in first; 0: it is not there. count is how often it is there, if no rule knows it.
func Find(set *rules.Set, log Source, what string) (line, count int, err error) {
	again := recurring.New(recurring.Options{})
	f := filter.New(set, again, filter.Options{Recorded: true, Claims: true})
	if err := errors.Join(log.CopyTo(f), f.Close()); err != nil {
		return 0, 0, err
	}
	for _, i := range f.Summary().Issues {
		if i.Rule.ID == what {
			return i.FirstLine, 0, nil
		}
	}
	for _, u := range slices.Concat(f.Summary().Unknown, again.Unknown()) {
		if isFingerprint(u.Fingerprint, what) {
			return u.FirstLine, u.Count, nil
		}
	}
	return 0, 0, nil
}

// isFingerprint reports whether a fingerprint is meant by what was typed, which may be the beginning of it.
func isFingerprint(full, typed string) bool {
	return len(typed) >= len("U-0000") && strings.HasPrefix(strings.ToLower(full), strings.ToLower(typed))
}

// InReport returns what a report has of an issue, which is named as for Find; nil: nothing, or no text of it.
func InReport(r *report.Report, set *rules.Set, what string) *Issue {
	i := inReport(r, what)
	if i == nil || strings.TrimSpace(i.Text) == "" {
		return nil
	}
	if set.Get(what) != nil {
		i.IDs = []string{what}
	}
	return i
}

func inReport(r *report.Report, issue string) *Issue {
	for _, i := range r.Issues {
		if i.ID != issue || len(i.Places) == 0 || len(i.Places[0].Text) == 0 {
			continue
		}
		f := &Issue{Text: undressed([]byte(i.Places[0].Text[0] + "\n")), Count: i.Count}
		for name := range i.Hosts {
			f.Hosts = append(f.Hosts, name)
		}
		slices.Sort(f.Hosts)
		return f
	}
	for _, u := range r.Unknown {
		if isFingerprint(u.Fingerprint, issue) {
			return &Issue{Text: undressed([]byte(u.Sample + "\n")), Count: u.Count}
		}
	}
	return nil
}
