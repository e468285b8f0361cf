// Package page writes a report as one page for a browser: a file that needs nothing
// beside it. files/ has its templates, style and script; written.go is made of the templates.
package page

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io"
	"slices"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/page/logtext"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

//go:embed files/page.css files/page.js
var files embed.FS

//go:generate go test -tags fromfiles . -run ^TestWritten$ -count=1 -update

// Write writes the report as one page that needs nothing else: no file beside
// it, no network, and no script to show all of its content. Of a large report it
// shows what weighs most, and says what is left out. The same report gives the
// same bytes.
func Write(w io.Writer, r *report.Report) error {
	p, err := newPage(r)
	if err != nil {
		return err
	}
	return p.write(w)
}

// What templates call, beside functions of others.

func num(n int) string { return words.Grouped(int64(n)) }

func count(n int, noun string) string { return fit.Counted(int64(n), noun) }

func shareOf(part, whole int) string { return share(int64(part), int64(whole)) }

// share is a length as SVG takes it: part of whole, in percent.
func share(part, whole int64) string {
	if whole <= 0 || part <= 0 {
		return "0%"
	}
	return fmt.Sprintf("%.2f%%", 100*float64(part)/float64(whole))
}

// A page is what the templates show. Every text in it that comes from a log or
// a rule has gone through fit.Visible.
type page struct {
	CSP string
	CSS string
	JS  string

	*report.Report
	Title      string
	Source     string // the logs, or their number
	When       string // from the first day to the last; empty: not known
	Severities []severityCount
	Failed     logList // those that could not be read to their end
	Verdict    *verdict
	Matrix     *matrix  // nil: there are several runs, or it is not known what the run did
	Deploys    *deploys // of several runs; nil: no operation is known to have failed in one of them
	Around     []*aroundLog
	AroundLeft int             // logs
	Texts      []*logtext.View // of the one log; empty: the page does not have it
	Errors     []*issue
	Issues     []*issue
	Left       leftOut // of the issues
	Hosts      []string
	HostsLeft  int
	HostsOpen  bool // there are more than were counted
	Timeline   *timelineTable
	Heats      []*heatTable
	Trend      *trend // nil: it is one run
	Unknown    unknowns
	Logs       logList
	Skipped    []string

	errors map[string]bool // the issues that are errors by their rules
}

// leftOut says how many there are that the page does not show, and what they
// come to.
type leftOut struct {
	N, Count int
	Lines    int64
}

// write writes the page: what is above the text of the log, that, and what is below. What may fail comes first, since
// a page that is half written looks like a whole one.
func (p *page) write(w io.Writer) error {
	var above, below bytes.Buffer
	writeAbove(&above, p)
	writeBelow(&below, p)
	if _, err := above.WriteTo(w); err != nil {
		return err
	}
	for _, v := range p.Texts {
		if err := writeText(w, v); err != nil {
			return err
		}
	}
	_, err := below.WriteTo(w)
	return err
}

func writeText(w io.Writer, v *logtext.View) error {
	var head, foot bytes.Buffer
	writeLogHead(&head, v)
	writeLogFoot(&foot)
	if _, err := head.WriteTo(w); err != nil {
		return err
	}
	if err := v.Write(w); err != nil {
		return err
	}
	_, err := foot.WriteTo(w)
	return err
}

type severityCount struct {
	Severity       rules.Severity
	Issues, Counts int
}

func newPage(r *report.Report) (*page, error) {
	p := &page{Report: facts.Weighed(r), errors: errorsOf(r)}
	r = p.Report
	if err := p.embed(); err != nil {
		return nil, err
	}
	p.head()
	p.issues()
	if len(r.Logs) == 1 {
		p.Texts = logtext.New(r.Logs[0])
	}
	p.around()
	p.fillAround()
	p.placeIssues()
	p.Deploys = p.newDeploys()
	p.Verdict = p.newVerdict()
	if len(r.Logs) == 1 {
		p.Matrix = p.newMatrix(r.Logs[0], maxOperations)
	}
	p.Timeline = newTimelineTable(r, p.Heaviest())
	p.Heats = newHeatTables(p.Heaviest())
	p.Trend = newTrend(r, p.Heaviest())
	p.Unknown = newUnknowns(r)
	p.Logs = newLogList(r)
	for n := range p.Logs.Rows {
		p.fillLog(&p.Logs.Rows[n])
	}
	p.Failed = failedLogs(r.Logs)
	for _, s := range r.Limits.RulesSkipped {
		p.Skipped = append(p.Skipped, fit.Prose(s))
	}
	return p, nil
}

// errorsOf are the issues that are errors by their rules, be the run one that got over them.
func errorsOf(r *report.Report) map[string]bool {
	out := map[string]bool{}
	for _, i := range r.Issues {
		out[i.ID] = i.Severity == rules.Error
	}
	return out
}

// embed puts style and script in, and the policy that lets these two in and
// nothing else, by their hashes: https://www.w3.org/TR/CSP3/#source-list-syntax.
func (p *page) embed() error {
	css, err := files.ReadFile("files/page.css")
	if err != nil {
		return err
	}
	js, err := files.ReadFile("files/page.js")
	if err != nil {
		return err
	}
	p.CSS, p.JS = string(css), string(js)
	p.CSP = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(css), hash(js))
	return nil
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// head says what the report is of.
func (p *page) head() {
	p.Source = fit.Counted(int64(len(p.Report.Logs)), "log")
	if len(p.Report.Logs) == 1 {
		p.Source = cmp.Or(fit.Name(p.Report.Logs[0].Name), "one run")
	}
	p.When = days(p.Report.Logs)
	p.Title = "orbfilter: " + p.Source
	for _, s := range slices.Backward(rules.Severities) {
		c := severityCount{Severity: s}
		for _, i := range p.Report.Issues {
			if i.Severity == s {
				c.Issues++
				c.Counts += i.Count
			}
		}
		p.Severities = append(p.Severities, c)
	}
}

// maxErrors is how many errors stand at the top.
const maxErrors = 8

// FirstErrors are those at the top.
func (p *page) FirstErrors() []*issue { return p.Errors[:min(len(p.Errors), maxErrors)] }

// MoreErrors is how many there are beside them.
func (p *page) MoreErrors() int { return len(p.Errors) - len(p.FirstErrors()) }

// Version is the program's.
func (p *page) Version() string { return fit.Name(p.Tool.Version) }

// Machine is where it ran; empty: not known.
func (p *page) Machine() string {
	if p.Environment.OS == "" {
		return ""
	}
	return fit.Name(p.Environment.OS + "/" + p.Environment.Arch)
}

// Occurrences are those of all issues.
func (p *page) Occurrences() (n int) {
	for _, s := range p.Severities {
		n += s.Counts
	}
	return n
}
