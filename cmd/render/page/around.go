package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/page/logtext"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

const (
	maxAroundLogs = 60 // logs of which the lines around what went wrong are there
	openAround    = 3  // of several logs, so many are open
)

// An aroundLog is the lines around what went wrong in one log.
type aroundLog struct {
	Name, Date string // of one of several logs
	Where      []part
	Open       bool
	Excerpts   []*excerpt
	log        *report.Log
	prefix     string // of the anchors of its lines
	lines      map[int]bool
}

// An excerpt is lines that follow each other.
type excerpt struct {
	Over   bool // the run got over what went wrong there
	Places []*wrong
	Parts  []*excerptPart
}

// A wrong is what a line is about.
type wrong struct {
	Line  part
	Where []part
	Issue part
}

// An excerptPart is lines that were shown, or that were folded.
type excerptPart struct {
	Folded string // what is said of it; empty: it was shown
	Lines  []*excerptLine
}

type excerptLine struct {
	ID, Href, Number, Text string
	Hit                    bool
}

// around fills in the excerpts: of several logs, those of runs that failed first, and of these the newest.
func (p *page) around() {
	logs := slices.Clone(p.Report.Logs)
	slices.SortStableFunc(logs, func(a, b *report.Log) int {
		return cmp.Or(compareBool(b.Verdict.Failed == outcome.Yes, a.Verdict.Failed == outcome.Yes), newest(a, b))
	})
	for _, l := range logs {
		if len(l.Excerpts) == 0 {
			continue
		}
		if len(p.Around) == maxAroundLogs {
			p.AroundLeft++
			continue
		}
		a := &aroundLog{log: l, prefix: "A", Open: len(p.Around) < openAround, lines: map[int]bool{}}
		if len(p.Report.Logs) > 1 {
			a.Name, a.Date, a.prefix = logName(l), dayOf(l), fmt.Sprintf("log-%d-L", len(p.Around)+1)
		}
		for _, e := range l.Excerpts {
			for _, line := range e {
				if line.Rule == "" {
					a.lines[line.Number] = true
				}
			}
		}
		p.Around = append(p.Around, a)
	}
}

// fillAround makes the excerpts of what was found, once it is known what leads where.
func (p *page) fillAround() {
	for _, a := range p.Around {
		a.Where = p.where(a.log, &a.log.Verdict)
		about := p.wrongs(a.log)
		seen := map[int]bool{}
		for _, e := range a.log.Excerpts {
			a.Excerpts = append(a.Excerpts, p.excerpt(a, e, about, seen))
		}
	}
}

func (p *page) excerpt(a *aroundLog, lines report.Excerpt, about map[int][]*wrong, seen map[int]bool) *excerpt {
	out := &excerpt{Over: facts.DidNotFail(a.log)}
	for _, l := range lines {
		number := strconv.Itoa(l.Number)
		line := &excerptLine{Number: number, Text: fit.Visible(fit.Cut(l.Text, fit.MaxLine))}
		if l.Cut > 0 {
			line.Text += fmt.Sprintf("… (%s)", fit.Counted(int64(l.Cut), "more byte"))
		}
		if l.Rule == "" && !seen[l.Number] {
			seen[l.Number], line.ID = true, a.prefix+number
			line.Href, line.Hit = "#"+line.ID, len(about[l.Number]) > 0
			if v := p.leading(); v != nil && v.Has(l.Number) {
				line.Href = v.Href(l.Number)
				if line.Hit && !out.Over {
					v.Hit(l.Number)
				}
			}
			out.Places = append(out.Places, about[l.Number]...)
		}
		out.add(l.Rule, line)
	}
	return out
}

// add puts a line behind those of its kind.
func (e *excerpt) add(rule string, line *excerptLine) {
	n := len(e.Parts) - 1
	if n < 0 || (rule != "") != (e.Parts[n].Folded != "") {
		e.Parts = append(e.Parts, &excerptPart{})
		n++
	}
	part := e.Parts[n]
	part.Lines = append(part.Lines, line)
	if rule != "" {
		part.Folded = fmt.Sprintf("%s folded: %s", fit.Counted(int64(len(part.Lines)), "line"), fit.Name(rule))
	}
}

// wrongs says what the lines of a log are about in which something went wrong.
func (p *page) wrongs(l *report.Log) map[int][]*wrong {
	out := map[int][]*wrong{}
	for _, i := range p.Issues {
		if !p.errors[i.Issue.ID] {
			continue
		}
		for n := range i.Places {
			if at := &i.Places[n]; at.Log == l.Name && at.Line > 0 {
				out[at.Line] = append(out[at.Line], p.wrong(l, at.Line, at.Host, at.Operation, part{i.ID, "#" + i.Anchor}))
			}
		}
	}
	if v := &l.Verdict; v.Line > 0 && len(out[v.Line]) == 0 {
		out[v.Line] = append(out[v.Line], p.wrong(l, v.Line, v.Host, v.Operation, part{}))
	}
	if l.Run == nil {
		return out
	}
	for _, op := range l.Run.Operations {
		for host, d := range op.Hosts {
			if d.Result == outcome.Error && !d.Ignored && len(out[d.LastLine]) == 0 {
				out[d.LastLine] = append(out[d.LastLine], p.wrong(l, d.LastLine, host, op.Name, part{}))
			}
		}
	}
	return out
}

func (p *page) wrong(l *report.Log, line int, host, operation string, issue part) *wrong {
	w := &wrong{Line: part{"line " + words.Grouped(int64(line)), p.href(l, line)}, Issue: issue}
	for _, text := range []string{host, operation} {
		if text != "" {
			w.Where = append(w.Where, part{Text: fit.Name(text)})
		}
	}
	return w
}

// leading is the text that the lines of the report are those of; nil: the page has none.
func (p *page) leading() *logtext.View {
	for _, v := range p.Texts {
		if v.Leads {
			return v
		}
	}
	return nil
}

// href leads to a line of a log on the page; empty: the page does not have it.
func (p *page) href(l *report.Log, line int) string {
	if v := p.leading(); v != nil && v.Has(line) {
		return v.Href(line)
	}
	for _, a := range p.Around {
		if a.log == l && a.lines[line] {
			return "#" + a.prefix + strconv.Itoa(line)
		}
	}
	return ""
}

// NoText reports whether something went wrong, and the report has no text of it, as one that was read again.
func (p *page) NoText() bool {
	wrong := false
	for _, l := range p.Report.Logs {
		if len(l.Streams) > 0 || len(l.Excerpts) > 0 {
			return false
		}
		wrong = wrong || len(l.WrongLines(p.Report.Issues)) > 0
	}
	return wrong
}
