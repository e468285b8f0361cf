package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

const (
	maxIssues = 200 // there are 116 built-in rules
	maxHosts  = 300 // to choose from
	maxPlaces = 12  // hosts and operations that are named at an issue
	maxTexts  = 20  // versions, commands, links at an issue
)

// A issue is an issue as the page shows it.
type issue struct {
	*report.Issue
	N           int    // its number on the page, from 0
	Anchor      string // the fragment of its address
	ID, Title   string
	Advice      string
	Logs        int   // that it was seen in
	Seen        *seen // nil: no date is known
	InLogs      []issueLog
	LogsLeft    int
	Line        part // the first
	HostNumbers string
	OnHosts     places
	InOps       places
	Versions    []string
	Commands    []string
	Links       []fit.Link
	Because     *cause
	More        int // versions, commands and links that are left out
}

// A cause is where an issue comes from.
type cause struct {
	ID, Text, Anchor string // Anchor is empty where the page does not have it
	Log              string // of several
	Line             part
}

// places are hosts, or operations, the most frequent first. There are more than All if
// Open.
type places struct {
	All  int
	Open bool
	Top  []place
	Left leftOut
}

type place struct {
	Name  string
	Count int
}

// issues fills in the issues: the most severe first, then those that were seen last, then those that
// take the most lines.
func (p *page) issues() {
	when := p.seenIn()
	all := slices.SortedFunc(slices.Values(p.Report.Issues), func(a, b *report.Issue) int { return pageOrder(a, b, when) })
	shown := all[:min(len(all), maxIssues)]
	for _, i := range all[len(shown):] {
		p.Left.add(i.Count, i.Lines)
	}
	hosts := p.hosts(shown)
	inLogs := logsByIssue(p.Report.Logs)
	names := fit.Anchors{}
	for _, i := range shown {
		names.Of(i.ID)
	}
	for n, i := range shown {
		out := newIssue(i, n, names)
		out.Logs, out.HostNumbers = inLogs[i.ID], numbers(i.Hosts, hosts)
		if len(p.Report.Logs) > 1 {
			out.Seen = when[i.ID]
		}
		p.Issues = append(p.Issues, out)
		if i.Severity == rules.Error {
			p.Errors = append(p.Errors, out)
		}
	}
}

func (l *leftOut) add(count int, lines int64) {
	l.N++
	l.Count += count
	l.Lines += lines
}

// pageOrder has the most severe first, and of these what was seen last.
func pageOrder(a, b *report.Issue, when map[string]*seen) int {
	return cmp.Or(
		cmp.Compare(report.Rank(b.Severity), report.Rank(a.Severity)),
		when[b.ID].lastTime().Compare(when[a.ID].lastTime()),
		weightOrder(a, b),
	)
}

// weightOrder has what takes the most lines first.
func weightOrder(a, b *report.Issue) int {
	return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
}

// Heaviest returns the issues by weight alone.
func (p *page) Heaviest() []*issue {
	return slices.SortedFunc(slices.Values(p.Issues), func(a, b *issue) int { return weightOrder(a.Issue, b.Issue) })
}

// hosts fills in the hosts to choose from, and returns their numbers.
func (p *page) hosts(shown []*report.Issue) map[string]int {
	all := map[string]int{}
	for _, i := range shown {
		addPlaces(all, i.Hosts)
		p.HostsOpen = p.HostsOpen || i.HostsMore > 0
	}
	order := byCount(all)
	p.HostsLeft = max(0, len(order)-maxHosts)
	out := map[string]int{}
	for n, host := range order[:min(len(order), maxHosts)] {
		out[host] = n
	}
	for _, host := range order[:len(out)] {
		p.Hosts = append(p.Hosts, fit.Name(host))
	}
	return out
}

func addPlaces(to, from map[string]int) {
	for k, n := range from {
		to[k] += n
	}
}

// byCount returns the keys, the most frequent first.
func byCount(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// numbers is a list for the script: which of the hosts an issue was seen on.
func numbers(counts, hosts map[string]int) string {
	var out []int
	for host := range counts {
		if n, ok := hosts[host]; ok {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	var text []string
	for _, n := range out {
		text = append(text, strconv.Itoa(n))
	}
	return strings.Join(text, " ")
}

func logsByIssue(logs []*report.Log) map[string]int {
	out := map[string]int{}
	for _, l := range logs {
		for i := range l.Issues {
			out[l.Issues[i].ID]++
		}
	}
	return out
}

func newIssue(i *report.Issue, n int, names fit.Anchors) *issue {
	out := &issue{
		Issue: i, N: n, Anchor: "issue-" + names.Of(i.ID), ID: fit.Name(i.ID), Title: strings.TrimSuffix(fit.Prose(i.Title), "."), Advice: fit.Prose(i.Advice),
		OnHosts: newPlaces(i.Hosts, i.HostsMore), InOps: newPlaces(i.Operations, i.OperationsMore),
		Versions: shortened(versionsOf(i)), Commands: shortened(slices.Sorted(slices.Values(i.Fix))),
	}
	for _, address := range i.References[:min(len(i.References), maxTexts)] {
		out.Links = append(out.Links, fit.NewLink(address))
	}
	out.More = max(0, len(versionsOf(i))-maxTexts) + max(0, len(i.Fix)-maxTexts) + max(0, len(i.References)-maxTexts)
	if c := i.Cause; c != nil {
		out.Because = &cause{ID: fit.Name(c.ID), Text: fit.Prose(c.Text), Line: part{Text: "line " + words.Grouped(int64(c.Line))}}
		if _, ok := names[c.ID]; ok {
			out.Because.Anchor = "issue-" + names[c.ID]
		}
	}
	return out
}

// shortened returns the first texts, fit to be shown.
func shortened(texts []string) (out []string) {
	for _, t := range texts[:min(len(texts), maxTexts)] {
		out = append(out, fit.Prose(t))
	}
	return out
}

func newPlaces(counts map[string]int, more int) places {
	p := places{All: len(counts), Open: more > 0}
	order := byCount(counts)
	top := order[:min(len(order), maxPlaces)]
	for _, k := range top {
		p.Top = append(p.Top, place{fit.Name(k), counts[k]})
	}
	for _, k := range order[len(top):] {
		p.Left.add(counts[k], 0)
	}
	p.Left.Count += more
	return p
}

// versionsOf says which versions have an issue, and which were installed.
func versionsOf(i *report.Issue) (out []string) {
	for _, a := range i.Affected {
		for _, r := range a.Ranges {
			out = append(out, affectedText(a.Package, r.Events))
		}
	}
	var installed []string
	for _, n := range i.Installed {
		installed = append(installed, installedText(n))
	}
	slices.Sort(installed) // a merged report has another order than that of a run
	if i.InstalledMore {
		installed = append(installed, fmt.Sprintf("Installed: more than these %d", len(installed)))
	}
	return append(out, installed...)
}

// affectedText puts a range of OSV into words.
func affectedText(pkg string, events []map[string]string) string {
	said := map[string]string{"introduced": "since ", "fixed": "fixed in ", "last_affected": "last in "}
	if len(events) > 0 && events[0]["introduced"] == "0" {
		said, events = map[string]string{"introduced": "and since ", "fixed": "before ", "last_affected": "up to "}, events[1:]
	}
	var parts []string
	for _, e := range events {
		for _, key := range slices.Sorted(maps.Keys(e)) {
			parts = append(parts, said[key]+e[key])
		}
	}
	if len(parts) == 0 {
		return "Affected: all versions of " + pkg
	}
	return "Affected: " + pkg + " " + strings.Join(parts, ", ")
}

func installedText(n report.Installation) string {
	text := "Installed: " + n.Package + " " + cmp.Or(n.Version, "(version not known)")
	if n.Site != "" {
		text += " in " + n.Site
	}
	switch {
	case n.Unanswered:
		text += ", which did not answer in time"
	case n.Later:
		text += " now; which it was then is not known"
	case n.Version != "" && !n.Affected:
		text += ", which should not have it"
	}
	return text
}

// placeIssues says in which logs and lines the issues are, once it is known what leads where.
func (p *page) placeIssues() {
	for _, i := range p.Issues {
		if len(p.Report.Logs) == 1 {
			i.Line = p.linePart(p.Report.Logs[0], i.FirstLine)
		} else {
			i.InLogs, i.LogsLeft = p.logsOf(i.Issue.ID)
		}
		p.placeCause(i)
	}
}

// placeCause says in which log the cause of an issue is, of several, and leads to its line.
func (p *page) placeCause(i *issue) {
	for _, l := range p.Report.Logs {
		if c := i.Cause; c != nil && c.Log == l.Name {
			i.Because.Line.Href = p.href(l, c.Line)
			if len(p.Report.Logs) > 1 {
				i.Because.Log = logName(l)
			}
			return
		}
	}
}

// Others are the issues that are no noise, and Noises those that are.
func (p *page) Others() []*issue { return p.ofNoise(false) }

// Noises are the issues that are noise.
func (p *page) Noises() []*issue { return p.ofNoise(true) }

func (p *page) ofNoise(noise bool) (out []*issue) {
	for _, i := range p.Issues {
		if (i.Severity == rules.Noise) == noise {
			out = append(out, i)
		}
	}
	return out
}
