package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// JUnit writes a report as the results of tests, which every CI system can show,
// as Jenkins describes them:
// https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
//
// A log is a suite. Its first tests are that it could be read, and that the run did not
// fail. Each operation on each host is a test, as the callback plugin of Ansible has it, so
// that a CI system shows which one fails where, and since when. An issue is a test as
// well: it fails if the issue is an error, unless the run did not fail all the same, and else passes, with what there is to
// know as its output. What no rule knows is a test that was skipped: whether it does harm
// nobody can say, and to fail because of it is asked for with --fail-on new-unknown.
func JUnit(w io.Writer, r *report.Report) error {
	all := junitSuites{Name: "orbfilter"}
	about, unknown, names := issuesByID(r), unknownByName(r), map[string]int{}
	for _, l := range reportLogs(r) {
		s := newSuite(r, l)
		if names[s.Name]++; names[s.Name] > 1 {
			s.Name = fmt.Sprintf("%s (%d)", s.Name, names[s.Name])
		}
		s.add(readable(l))
		s.addRun(l)
		for _, seen := range sightings(r, l, about) {
			s.add(seen.test())
		}
		for _, name := range l.Unknown {
			if u := unknown[name]; u != nil {
				s.add(unknownTest(u, l, r))
			}
		}
		all.add(s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(&all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Time     junitTime     `xml:"time,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

func (all *junitSuites) add(s *junitSuite) {
	all.Tests, all.Failures, all.Errors, all.Time = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Time+s.Time
	all.Suites = append(all.Suites, s)
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       junitTime       `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	// Class and Name together are what GitLab tells tests apart by.
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Time    junitTime    `xml:"time,attr"`
	Failure *junitResult `xml:"failure"`
	Error   *junitResult `xml:"error"`
	Skipped *junitResult `xml:"skipped"`
	Output  *junitOutput `xml:"system-out"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",cdata"`
}

// A junitTime is in seconds. What is not known is 0: without one, readers show "NaN".
type junitTime float64

func (t junitTime) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(t), 'f', 3, 64), nil
}

type junitOutput struct {
	Text string `xml:",cdata"`
}

func newSuite(r *report.Report, l *report.Log) *junitSuite {
	s := &junitSuite{Name: xmlText(cmp.Or(printable.Line(l.Name), "orbfilter"))}
	if t, err := time.Parse(time.RFC3339, l.Date); err == nil {
		s.Timestamp = t.UTC().Format("2006-01-02T15:04:05") // Ant's has no zone
	}
	s.Properties = []junitProperty{
		{"orbfilter.version", xmlText(printable.Line(r.Tool.Version))},
		{"lines.in", strconv.FormatInt(l.Input.Lines, 10)},
		{"lines.shown", strconv.FormatInt(l.Output.Lines, 10)},
		{"lines.folded", strconv.FormatInt(l.Folded.Lines, 10)},
	}
	if c := l.Command; c != nil {
		s.Properties = append(s.Properties, junitProperty{"command", xmlText(words.CutText(facts.CommandLine(c)))}, junitProperty{"exit_code", strconv.Itoa(c.ExitCode)})
	}
	took, _ := facts.Took(l)
	s.Time = junitTime(took)
	if text := facts.Untold(r); text != "" {
		s.Properties = append(s.Properties, junitProperty{"unknown.more", text})
	}
	return s
}

func (s *junitSuite) add(c junitCase) {
	c.Class = s.Name
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// readable is the test that a log can be read to its end.
func readable(l *report.Log) junitCase {
	c := junitCase{Name: "the log can be read to its end"}
	if l.Error != "" {
		c.Error = &junitResult{Message: xmlText(words.CutText(printable.Line(l.Error))), Type: "unreadable", Text: xmlText(printable.Line(l.Error))}
	}
	return c
}

func unknownTest(u *report.Unknown, l *report.Log, r *report.Report) junitCase {
	text := printable.Line(u.Text())
	return junitCase{
		Name: xmlText("no rule knows " + printable.Line(u.Fingerprint)),
		Skipped: &junitResult{
			Message: xmlText("no rule knows: " + words.CutText(text)), Type: xmlText(printable.Line(u.Kind)),
			Text: xmlText(fmt.Sprintf("%s: %s\n", seenText(u, l, r), text)),
		},
	}
}

// xmlText takes out of text what XML 1.0 has no way to write, not even as a
// reference (https://www.w3.org/TR/xml/#charsets); encoding/xml looks at it in
// attributes, but not in CDATA.
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r >= 0x20 && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000 && r <= utf8.MaxRune:
			return r
		}
		return -1
	}, text)
}

// seenText says how often a text was seen in a log, and where, as far as that is known.
func seenText(u *report.Unknown, l *report.Log, r *report.Report) string {
	if seen, ok := r.In(l, u); ok {
		return fmt.Sprintf("%s, first in line %d", words.Times(seen.Count), seen.FirstLine)
	}
	return words.Times(u.Count) + " in all logs"
}
