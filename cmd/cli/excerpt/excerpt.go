// Package excerpt takes a text out of a log that is named with a line, LOG:LINE or LOG:LINE-LAST.
package excerpt

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
)

// Max is how much of a text is read, in bytes: no rule is made of more.
const Max = 1 << 20

// An Excerpt is a text of a log.
type Excerpt struct {
	Text  []byte
	Lines []int  // the number of each of its lines; nil: from 1
	Where string // it is from, without the folder on this machine; empty: standard input
}

var place = lazyregexp.New(`(?s)^(.+):(\d+)(?:-(\d+))?$`)

// Of returns lines of a log: "deploy.log:120-127". One number alone stands for all of the traceback that the line is in. flag is
// how a person has named the place, for messages. The error is a *draft.KnownError if rules claim all of it.
func Of(std cli.IO, flag, from string, known *rules.Set) (*Excerpt, error) {
	name, _, _, _, err := parsePlace(flag, from)
	if err != nil {
		return nil, err
	}
	log, err := Open(std.In, name)
	if err != nil {
		return nil, err
	}
	defer log.Remove()
	return From(std, flag, from, log, known)
}

// From is Of for a log that is open already. Without a flag it does not say what more than the line there is.
func From(std cli.IO, flag, from string, log *cli.LogFile, known *rules.Set) (*Excerpt, error) {
	name, first, last, exact, err := parsePlace(flag, from)
	if err != nil {
		return nil, err
	}
	var s *Excerpt
	read := 0
	if !exact {
		s, read, err = passageIn(std, log, first, known, flag != "")
	} else {
		s, read, err = rangeIn(log, first, last)
	}
	if err == nil && read < last {
		err = cli.Usage(fmt.Errorf("%s%q: %s", flag, from, length(read)))
	}
	if err != nil {
		return nil, err
	}
	s.Where = filepath.Base(name) + placeOf(s.Lines)
	return s, nil
}

// placeOf is ":LINE" or ":LINE-LINE".
func placeOf(lines []int) string {
	if len(lines) == 1 {
		return fmt.Sprintf(":%d", lines[0])
	}
	return fmt.Sprintf(":%d-%d", lines[0], lines[len(lines)-1])
}

// passageIn returns what a line of a log is part of, and how many lines were read.
func passageIn(std cli.IO, log *cli.LogFile, line int, known *rules.Set, notes bool) (*Excerpt, int, error) {
	p := draft.NewPassage(line, known)
	if err := log.CopyTo(untilDone{p}); err != nil && !errors.Is(err, errEnough) {
		return nil, 0, err
	}
	if err := p.Close(); err != nil {
		return nil, 0, err
	}
	text, lines := p.Text()
	if err := p.Known(); err != nil {
		return nil, 0, err
	}
	what := "a traceback, and the rule is made of all of it"
	if p.Chained() {
		what = "a chain of tracebacks, which a rule knows by the last"
	}
	if len(lines) > 1 && notes {
		catalog.Notes(std.Stderr(), []string{fmt.Sprintf("line %d is part of %s: lines %d to %d", line, what, lines[0], lines[len(lines)-1])})
	}
	return &Excerpt{Text: text, Lines: lines}, p.Read(), nil
}

// untilDone ends the reading of a log when a passage has been found.
type untilDone struct{ p *draft.Passage }

func (u untilDone) Write(b []byte) (int, error) {
	if u.p.Done() {
		return 0, errEnough
	}
	return u.p.Write(b)
}

// rangeIn returns lines of a log, and how many lines were read.
func rangeIn(log *cli.LogFile, first, last int) (*Excerpt, int, error) {
	lines := lineRange{first: first, last: last}
	if err := log.CopyTo(&lines); err != nil && !errors.Is(err, errEnough) {
		return nil, 0, err
	}
	s := &Excerpt{Text: lines.text}
	for n := first; n <= last && len(s.Lines) < len(lines.text); n++ {
		s.Lines = append(s.Lines, n)
	}
	return s, lines.at, nil
}

// parsePlace reads "deploy.log:120-127". exact: both lines are named.
func parsePlace(flag, from string) (name string, first, last int, exact bool, err error) {
	m := place.FindStringSubmatch(from)
	if m == nil {
		return "", 0, 0, false, cli.Usage(fmt.Errorf("%s%q: write FILE:LINE or FILE:LINE-LAST, such as deploy.log:88 or deploy.log:120-127", flag, from))
	}
	first, err = strconv.Atoi(m[2])
	last = first
	if m[3] != "" && err == nil {
		last, err = strconv.Atoi(m[3])
	}
	if err != nil || first < 1 || last < first {
		return "", 0, 0, false, cli.Usage(fmt.Errorf("%s%q: lines are counted from 1, and the smaller number comes first", flag, from))
	}
	return m[1], first, last, m[3] != "", nil
}

// errEnough ends the reading of a log.
var errEnough = errors.New("enough")

// A lineRange is a writer that keeps lines from first to last.
type lineRange struct {
	first, last int
	at          int // lines that have begun
	middle      bool
	text        []byte
}

func (l *lineRange) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if !l.middle {
			l.at++
		}
		l.middle = !bytes.HasSuffix(line, []byte("\n"))
		if l.at > l.last || len(l.text) > Max {
			return 0, errEnough
		}
		if l.at >= l.first {
			l.text = append(l.text, line...)
		}
	}
	return len(p), nil
}

// length says how many lines a file has, of which one was asked for that is not there.
func length(lines int) string {
	switch lines {
	case 0:
		return "the file is empty"
	case 1:
		return "the file has 1 line"
	}
	return fmt.Sprintf("the file has %d lines", lines)
}
