package ruletest

import (
	"bytes"
	"errors"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// A LineOutcome is what becomes of a line of a log.
type LineOutcome struct {
	Text         string
	Folded, Kept int    // bytes
	Rule         string // id of the last that claimed something; empty: none did
}

// Outcomes filters a log, and says what becomes of each line.
func Outcomes(set *rules.Set, data []byte, options filter.Options) ([]LineOutcome, error) {
	var lines []LineOutcome
	for l := range bytes.Lines(data) {
		lines = append(lines, LineOutcome{Text: strings.TrimRight(string(l), "\r\n")})
	}
	line := 0
	f := filter.New(set, filter.SinkFunc(func(e filter.Event) error {
		for part := range bytes.Lines(e.Raw) {
			n := len(bytes.TrimRight(part, "\r\n"))
			if lines[line].Text == "" {
				n = len(part) // an empty line is its end
			}
			lines[line].add(e, n)
			line += bytes.Count(part, []byte("\n"))
		}
		return nil
	}), options)
	_, err := f.Write(data)
	return lines, errors.Join(err, f.Close())
}

func (l *LineOutcome) add(e filter.Event, n int) {
	if e.Fold {
		l.Folded += n
	} else {
		l.Kept += n
	}
	if e.Rule != nil {
		l.Rule = e.Rule.ID
	}
}

// Outcome is that in a word or two.
func (l *LineOutcome) Outcome() string {
	switch {
	case l.Folded > 0 && l.Kept > 0:
		return "partly folded"
	case l.Folded > 0:
		return "folded"
	}
	return "shown"
}
