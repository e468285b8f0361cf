package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/jsonlist"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// maxResults is how many results GitHub keeps of a run, and maxRuleTexts how long
// a text of a rule is: 5,000 results stay far below the 10 MB (compressed) that an
// upload may have.
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
const (
	maxResults  = 5000
	maxRuleText = 4000
)

// SARIF writes a report as a log of SARIF 2.1.0, with what GitHub's code scanning
// needs of it: a result for each run that failed, for each host and operation with an error,
// and for each other issue in each log, at its first line there; the worst first, and as
// many as GitHub keeps. A message is the same in the next run, if what it says is: counts
// are properties.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
func SARIF(w io.Writer, r *report.Report) error {
	run := sarif.NewRunWithInformationURI("orbfilter", catalog.SarifHome)
	run.Tool.Driver.WithVersion(printable.Line(r.Tool.Version))
	run.WithColumnKind("unicodeCodePoints")
	b := sarifRun{run: run, rules: map[string]int{}, artifacts: map[string]int{}}
	results := sarifResults(r)
	all := results[:min(len(results), maxResults)]
	for n := range all {
		b.result(&all[n]) // for its rule and its file, which stand elsewhere; all results together would be large
	}
	run.AddInvocation(b.invocation(r, len(results)))
	return jsonlist.Write(w, sarif.NewReport().AddRun(run), jsonlist.List{Name: "results", Depth: 3, Len: len(all), At: func(i int) any { return b.result(&all[i]) }})
}

// A sarifResult is an issue, or what no rule knows, in a log.
type sarifResult struct {
	log         *report.Log
	id, level   string
	line, count int
	text        string
	snippet     string          // the line; empty: not known
	at          string          // the host and the operation, as a part of the fingerprint
	issue       *report.Issue   // nil: of a run that failed, or of what no rule knows
	unknown     *report.Unknown // nil: of an issue, or of a run
	lines       int64
}

// Levels of SARIF, by severity. Noise is a note as well: a result of level none
// is not shown.
var sarifLevels = map[rules.Severity]string{rules.Noise: "note", rules.Notice: "note", rules.Warning: "warning", rules.Error: "error"}

// sarifResults returns all results, the worst first; of the same level they are
// in the order of the logs.
func sarifResults(r *report.Report) (out []sarifResult) {
	about, unknown := issuesByID(r), unknownByName(r)
	for _, l := range reportLogs(r) {
		out = append(out, fate(l)...)
		for _, s := range sightings(r, l, about) {
			out = append(out, s.results()...)
		}
		for _, name := range l.Unknown {
			if u := unknown[name]; u != nil {
				seen := seenIn(r, l, u)
				out = append(out, sarifResult{
					log: l, id: "unknown-" + u.Kind, level: "warning", line: seen.FirstLine, count: seen.Count, lines: seen.Lines,
					text: "No rule knows " + u.Fingerprint + ": " + words.CutText(u.Text()), unknown: u,
				})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b sarifResult) int { return cmp.Compare(levelRank(b.level), levelRank(a.level)) })
	return out
}

// failedResult is that of a run that failed, in the words of its verdict.
func failedResult(l *report.Log) sarifResult {
	v := l.Verdict
	v.Line = 0 // it is in the location
	text := words.Sentence(facts.VerdictText(&v))
	if tail := facts.Tail(l); len(tail) > 0 {
		text += " The last line that was shown: " + tail[len(tail)-1]
	}
	return sarifResult{log: l, id: runFailed, level: "error", line: l.Verdict.Line, count: 1, text: strings.ToUpper(text[:1]) + text[1:], at: l.Verdict.Host + "\x00" + l.Verdict.Operation}
}

// runFailed is the id of that result.
const runFailed = "run-failed"

// results are those of an issue in a log: of an error one for each host and operation that is known, else
// one.
func (s *sighting) results() (out []sarifResult) {
	all := sarifResult{
		log: s.log, id: s.issue.ID, level: sarifLevels[s.severity], line: s.here.FirstLine,
		count: s.here.Count, lines: s.here.Lines, text: words.Sentence(words.CutText(s.issue.Title)), issue: s.issue,
	}
	places := facts.PlacesIn(s.issue, s.log)
	if s.issue.Severity != rules.Error || len(places) == 0 {
		if len(places) > 0 && len(places[0].Text) > 0 {
			all.snippet = places[0].Text[0]
		}
		return []sarifResult{all}
	}
	for n, p := range places {
		one := all
		if one.count = 1; n == 0 { // what is of the issue, and of no place that is named, so that all add up
			one.count = max(1, all.count-len(places)+1)
		} else {
			one.lines = 0
		}
		one.line, one.at = cmp.Or(p.Line, one.line), p.Host+"\x00"+p.Operation
		if where := facts.At(p); where != "" {
			one.text = where + ": " + cmp.Or(words.CutText(facts.Words(p)), one.text)
		} else if said := facts.Words(p); said != "" {
			one.text = words.CutText(said) + " (" + strings.TrimSuffix(one.text, ".") + ")"
		}
		if len(p.Text) > 0 {
			one.snippet = p.Text[0]
		}
		out = append(out, one)
	}
	return out
}

func levelRank(level string) int { return slices.Index([]string{"note", "warning", "error"}, level) }

// A sarifRun is what is written, and where in it rules and artifacts are.
type sarifRun struct {
	run       *sarif.Run
	rules     map[string]int // by id
	artifacts map[string]int // by URI
}

func (b *sarifRun) result(s *sarifResult) *sarif.Result {
	r := sarif.NewRuleResult(printable.Line(s.id)).WithRuleIndex(b.rule(s)).WithLevel(s.level).
		WithMessage(sarif.NewTextMessage(sarifText(s.text))).
		AddLocation(b.location(s.log, s.line, s.snippet)).WithOccurrenceCount(max(s.count, 1))
	name := s.id
	if s.unknown != nil {
		name = s.unknown.Fingerprint
	}
	// The name is GitHub's; the log's name is part of it, since the same issue in
	// another log is another result.
	r.WithPartialFingerprints(map[string]string{"primaryLocationLineHash": hashOf(slices.Concat([]string{name, s.log.Name}, s.where())...)})
	r.WithProperties(s.properties())
	return r
}

// hashOf is the same for a report and for what was written of it as JSON, which has U+FFFD for each byte that is no UTF-8.
func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(string([]rune(strings.Join(parts, "\x00")))))
	return hex.EncodeToString(sum[:16])
}

// where is what a fingerprint has of a place.
func (s *sarifResult) where() []string {
	if s.at == "" {
		return nil
	}
	return []string{s.at}
}

// sarifText cuts a text, and takes from it what SARIF would make a link of.
func sarifText(text string) string {
	return strings.ReplaceAll(words.CutText(printable.Line(text)), "](", "] (")
}

func (s *sarifResult) properties() *sarif.PropertyBag {
	p := sarif.NewPropertyBag().Add("count", s.count).Add("lines", s.lines)
	switch {
	case s.unknown != nil:
		return p.Add("fingerprint", printable.Line(s.unknown.Fingerprint))
	case s.issue == nil:
		if c := s.log.Command; c != nil {
			p.Add("command", words.CutText(facts.CommandLine(c))).Add("exit_code", c.ExitCode).Add("seconds", c.Seconds)
		}
		return p.Add("host", words.CutText(printable.Line(s.log.Verdict.Host))).Add("operation", words.CutText(printable.Line(s.log.Verdict.Operation)))
	}
	p.Add("severity", s.issue.Severity)
	if s.at != "" && s.lines == 0 { // the first place has what is counted
		return p
	}
	// Hosts and operations are counted over all logs.
	p.Add("hosts", most(s.issue.Hosts)).Add("operations", most(s.issue.Operations))
	if s.issue.HostsMore > 0 {
		p.Add("hosts_more", s.issue.HostsMore)
	}
	if s.issue.OperationsMore > 0 {
		p.Add("operations_more", s.issue.OperationsMore)
	}
	return p
}

// maxProperties is how many hosts, and how many operations, a result names.
const maxProperties = 100

// most returns the counts that are the highest.
func most(counts map[string]int) map[string]int {
	out := map[string]int{}
	for _, name := range facts.MostFirst(counts)[:min(len(counts), maxProperties)] {
		out[words.CutText(printable.Line(name))] += counts[name]
	}
	return out
}

// rule returns where the rule of a result is in the list of rules.
func (b *sarifRun) rule(s *sarifResult) int {
	n, ok := b.rules[s.id]
	if !ok {
		n = len(b.run.Tool.Driver.Rules)
		b.rules[s.id] = n
		b.run.Tool.Driver.Rules = append(b.run.Tool.Driver.Rules, newSarifRule(s))
	}
	return n
}

func newSarifRule(s *sarifResult) *sarif.ReportingDescriptor {
	d := sarif.NewRule(printable.Line(s.id)).WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(s.level))
	d.WithProperties(sarif.NewPropertyBag().WithTags([]string{"orbfilter"}))
	if about, ok := titles[s.id]; ok {
		return d.WithShortDescription(multiformat(about.title)).WithFullDescription(multiformat(about.full)).WithHelp(multiformat(about.help))
	}
	if s.issue == nil {
		const title = "Something that no rule of orbfilter knows"
		return d.WithShortDescription(multiformat(title)).WithFullDescription(multiformat(title)).
			WithHelp(multiformat("Is it noise of yours? orbfilter rules new --from LOG:LINE makes a rule of it."))
	}
	i := s.issue
	title := printable.Line(words.Sentence(i.Title))
	d.WithShortDescription(multiformat(title)).WithFullDescription(multiformat(title + " " + printable.Line(i.Advice)))
	d.WithHelp(multiformat(strings.Join(facts.Explanation(i, true), "\n")).WithMarkdown(cutMarkdown(issueSection(i, true), maxRuleText)))
	for _, u := range i.References {
		if words.IsLink(u) {
			return d.WithHelpURI(u)
		}
	}
	return d
}

func multiformat(text string) *sarif.MultiformatMessageString {
	if len(text) > maxRuleText {
		text = strings.ToValidUTF8(text[:maxRuleText], "") + "…"
	}
	return sarif.NewMultiformatMessageString().WithText(text)
}

// invocation says how the run went, which logs could not be read, and what was
// left out.
func (b *sarifRun) invocation(r *report.Report, results int) *sarif.Invocation {
	in, whole := sarif.NewInvocation().WithExitCode(r.ExitCode), true
	for _, l := range r.Logs {
		whole = whole && !facts.Failed(l) && !facts.NotKnown(l)
		if l.Error == "" {
			continue
		}
		whole = false
		if len(in.ToolExecutionNotifications) < maxProperties {
			in.AddToolExecutionNotification(notify("error", "Not read to its end: "+l.Error).AddLocation(b.location(l, 1, "")))
		}
	}
	if text := facts.GateFailure(r, printable.Line); text != "" {
		whole = false
		in.AddToolExecutionNotification(notify("error", text))
	}
	if left := results - maxResults; left > 0 {
		in.AddToolExecutionNotification(notify("warning", fmt.Sprintf("%s left out, none worse than those that are here: code scanning takes %d.", words.Plural(int64(left), "result"), maxResults)))
	}
	if text := facts.Untold(r); text != "" {
		in.AddToolExecutionNotification(notify("warning", text))
	}
	return in.WithExecutionSuccessful(whole)
}

func notify(level, text string) *sarif.Notification {
	return sarif.NewNotification().WithLevel(level).WithMessage(sarif.NewTextMessage(sarifText(text)))
}
