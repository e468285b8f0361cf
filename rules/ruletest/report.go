package ruletest

import (
	"bytes"
	"errors"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// A Report is what came of all that a rule is tested with.
type Report struct {
	Rule     *rules.Rule
	Inputs   int // that were tried
	Failed   int // of them
	Failures []Failure
}

// A Failure is an input that the rule does not treat as it should.
type Failure struct {
	Case
	Result
}

// maxFailures is how much of a rule that fails is kept.
const maxFailures = 1000

// Test tries all that a rule is tested with, up to the first input that cannot be decided: nothing more is to be learned
// behind it.
func (t *Tester) Test(r *rules.Rule) Report {
	out := Report{Rule: r}
	for c := range t.Cases(r) {
		out.Inputs++
		res := t.Try(c)
		if res.Problem == "" {
			continue
		}
		out.Failed++
		if len(out.Failures) < maxFailures {
			out.Failures = append(out.Failures, Failure{Case: c, Result: res})
		}
		if res.Undecided {
			break
		}
	}
	return out
}

// A Hit is what a rule finds in a log that is known to be good.
type Hit struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Rule  string `json:"rule"`
	Count int    `json:"count"`
	Text  string `json:"text"` // of the first
}

// Find looks for what rules find in a log of this name, and says how many lines it has. The error is one of the filter.
func Find(set *rules.Set, name string, data []byte) (hits []Hit, lines int64, err error) {
	f := filter.New(set, filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	s := f.Summary()
	for _, i := range s.Issues {
		hits = append(hits, Hit{File: name, Line: i.FirstLine, Rule: i.Rule.ID, Count: i.Count, Text: lineOf(data, i.FirstLine)})
	}
	return hits, s.Input.Lines, err
}

// lineOf returns a line, from 1, without its end.
func lineOf(data []byte, n int) string {
	for l := range bytes.Lines(data) {
		if n--; n == 0 {
			return strings.TrimRight(string(l), "\r\n")
		}
	}
	return ""
}
