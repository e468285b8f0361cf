package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// Various stands in a merged report for what differs.
const Various = "various"

// MaxUnknown is how many different unknown texts a report has: those that have the most lines, and where
// that is the same, those whose fingerprints come first. Which these are does not depend on the order in which reports are
// added up, as long as there are not many more. One that a sum has no place for is not counted in the sums of that sum.
const MaxUnknown = 1000

// MaxNames is how many hosts, operations, installations and commands an issue has: in a sum
// those whose names come first, for the same reason.
const MaxNames = 1000

// roomy is how many times more than a report has is added up before half of it is
// taken out, so that to do it costs little.
const roomy = 8

// Merge adds reports up. The order, and what was added up before, make no
// difference; of none it is the report of nothing. The reports stay as they are.
// A sum that is too high for a number stays at the highest, which Check finds.
func Merge(reports ...*Report) *Report {
	sum := &Report{
		Schema: Schema, Tool: Tool{Name: "orbfilter"},
		Issues: []*Issue{}, Logs: []*Log{}, Limits: Limits{RulesSkipped: []string{}},
	}
	issues, unknown := map[string]*Issue{}, map[string]*Unknown{}
	for _, r := range reports {
		sum.add(r)
		for _, i := range r.Issues {
			addIssue(issues, i)
		}
		addUnknowns(unknown, r.Unknown)
		if len(unknown) > roomy*MaxUnknown {
			sum.keepUnknown(unknown, roomy/2*MaxUnknown)
		}
	}
	for _, i := range issues {
		i.keep()
	}
	sum.Issues = slices.AppendSeq(sum.Issues, maps.Values(issues))
	slices.SortFunc(sum.Issues, issueOrder)
	sum.keepUnknown(unknown, MaxUnknown)
	sum.Limits.RulesSkipped = sortedSet(sum.Limits.RulesSkipped)
	slices.SortFunc(sum.Logs, logOrder)
	sum.keepRuns()
	sum.keepExcerpts()
	sum.Verdict = outcome.Verdict{Failed: outcome.Unknown}
	for _, l := range sum.Logs {
		sum.Verdict = outcome.Worse(sum.Verdict, l.Verdict)
	}
	return sum
}

// add adds what is no issue and no unknown text.
func (r *Report) add(s *Report) {
	r.Tool.Version = same(r.Tool.Version, s.Tool.Version)
	addSize(&r.Input, s.Input)
	addSize(&r.Output, s.Output)
	addSize(&r.Folded, s.Folded)
	r.Logs = append(r.Logs, s.Logs...)
	r.Seen = seenSet(r.Seen, s.Seen)
	undecided := slices.Concat(r.Limits.Undecided, s.Limits.Undecided)
	r.Limits = Limits{
		max(r.Limits.HeldBytesMax, s.Limits.HeldBytesMax), max(r.Limits.HeldMsMax, s.Limits.HeldMsMax),
		plusInt(r.Limits.RegexTimeouts, s.Limits.RegexTimeouts), together(r.Limits.RulesSkipped, s.Limits.RulesSkipped), undecidedSet(undecided),
	}
	r.UnknownMore = plusInt(r.UnknownMore, s.UnknownMore)
	r.Environment = Environment{same(r.Environment.OS, s.Environment.OS), same(r.Environment.Arch, s.Environment.Arch)}
	r.ExitCode = max(r.ExitCode, s.ExitCode)
}

// undecidedSet returns what is in a list, each with all that was counted of it, in order:
// as many as a report has. nil: there is nothing.
func undecidedSet(list []Undecided) (all []Undecided) {
	slices.SortFunc(list, func(a, b Undecided) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Severity, b.Severity))
	})
	for _, u := range list {
		if n := len(all) - 1; n >= 0 && all[n].Rule == u.Rule && all[n].Why == u.Why && all[n].Severity == u.Severity {
			all[n].Count = plusInt(all[n].Count, u.Count)
			continue
		}
		all = append(all, u)
	}
	return all[:min(len(all), MaxNames)]
}

func addSize(to *filter.Size, s filter.Size) {
	to.Bytes, to.Lines = plus(to.Bytes, s.Bytes), plus(to.Lines, s.Lines)
}

// plus adds numbers that are not negative; a sum that is too high stays at the
// highest number, so that the order makes no difference here either.
func plus(a, b int64) int64 {
	if sum := a + b; sum >= a {
		return sum
	}
	return math.MaxInt64
}

func plusInt(a, b int) int { return int(min(plus(int64(a), int64(b)), math.MaxInt)) }

// same returns what a and b agree on; empty agrees with all.
func same(a, b string) string {
	if a == "" || a == b {
		return b
	}
	if b == "" {
		return a
	}
	return Various
}

func addIssue(to map[string]*Issue, s *Issue) {
	i := to[s.ID]
	if i == nil {
		to[s.ID] = s.clone()
		return
	}
	if aboutOrder(&s.About, &i.About) < 0 {
		i.About = s.About
	}
	i.Count, i.Unfolded, i.Lines = plusInt(i.Count, s.Count), plusInt(i.Unfolded, s.Unfolded), plus(i.Lines, s.Lines)
	i.FirstLine, i.LastLine = min(i.FirstLine, s.FirstLine), max(i.LastLine, s.LastLine)
	addCounts(i.Hosts, s.Hosts)
	addCounts(i.Operations, s.Operations)
	i.HostsMore, i.OperationsMore = plusInt(i.HostsMore, s.HostsMore), plusInt(i.OperationsMore, s.OperationsMore)
	i.Installed, i.Fix, i.Places = append(i.Installed, s.Installed...), append(i.Fix, s.Fix...), append(i.Places, s.Places...)
	i.InstalledMore = i.InstalledMore || s.InstalledMore
	if max(len(i.Hosts), len(i.Operations), len(i.Installed), len(i.Fix), len(i.Places)) > roomy*MaxNames {
		i.keep()
	}
	if i.Cause == nil || s.Cause != nil && causeOrder(s.Cause, i.Cause) < 0 {
		i.Cause = s.Cause
	}
}

// aboutOrder is of two versions of a rule: the more severe one counts, so that
// nothing that was an error for one of them is less in the sum.
func aboutOrder(a, b *About) int {
	rank := func(s rules.Severity) int { return slices.Index(rules.Severities, s) }
	if n := cmp.Compare(rank(b.Severity), rank(a.Severity)); n != 0 {
		return n
	}
	return byJSON(a, b)
}

// clone returns a copy that can be added to.
func (i *Issue) clone() *Issue {
	c := *i
	c.Hosts, c.Operations = maps.Clone(i.Hosts), maps.Clone(i.Operations)
	c.Installed, c.Fix, c.Places = slices.Clone(i.Installed), slices.Clone(i.Fix), slices.Clone(i.Places)
	return &c
}

// keep puts the lists of an issue in order, and leaves of each what a report has room for.
func (i *Issue) keep() {
	i.HostsMore = plusInt(i.HostsMore, keepNames(i.Hosts))
	i.OperationsMore = plusInt(i.OperationsMore, keepNames(i.Operations))
	all := installationSet(i.Installed)
	i.Installed, i.InstalledMore = all[:min(len(all), MaxNames)], i.InstalledMore || len(all) > MaxNames
	i.Fix, i.Places = sortedSet(i.Fix), firstPlaces(i.Places)
}

// keepNames takes all out but the names that come first, and returns how often the others
// came.
func keepNames(counts map[string]int) (more int) {
	if len(counts) <= MaxNames {
		return 0
	}
	for _, name := range slices.Sorted(maps.Keys(counts))[MaxNames:] {
		more = plusInt(more, counts[name])
		delete(counts, name)
	}
	return more
}

func addCounts(to, from map[string]int) {
	for k, n := range from {
		to[k] = plusInt(to[k], n)
	}
}

func issueOrder(a, b *Issue) int {
	return cmp.Or(cmp.Compare(a.FirstLine, b.FirstLine), cmp.Compare(a.ID, b.ID))
}

func causeOrder(a, b *Cause) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Log, b.Log))
}

func installationOrder(a, b Installation) int {
	return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Site, b.Site), cmp.Compare(a.Version, b.Version), compareBool(a.Affected, b.Affected), compareBool(a.Later, b.Later), compareBool(a.Unanswered, b.Unanswered))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// logOrder is by name and date; of two that have both, by all that is in them.
func logOrder(a, b *Log) int {
	if n := cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Date, b.Date)); n != 0 {
		return n
	}
	return byJSON(a, b)
}

// byJSON compares by what would be written.
func byJSON(a, b any) int {
	x, _ := json.Marshal(a) // of these types nothing can fail
	y, _ := json.Marshal(b)
	return bytes.Compare(x, y)
}

// sortedSet returns the texts of a list, once each, in order: the first MaxNames of them.
// It is never nil.
func sortedSet(list []string) []string {
	all := append([]string{}, list...)
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), MaxNames)]
}

// together returns what is in both lists, which a sortedSet will be made of in the end.
func together(a, b []string) []string {
	if a = append(a, b...); len(a) > roomy*MaxNames {
		return sortedSet(a)
	}
	return a
}

func installationSet(list []Installation) []Installation {
	all := append([]Installation{}, list...)
	slices.SortFunc(all, installationOrder)
	return slices.Compact(all)
}

// addUnknowns adds unknown texts to those that are known by fingerprint.
func addUnknowns(to map[string]*Unknown, list []*Unknown) {
	for _, u := range list {
		if have := to[u.Fingerprint]; have != nil {
			addUnknown(have, u)
		} else {
			c := *u
			to[u.Fingerprint] = &c
		}
	}
}

// keepUnknown makes those of all that there is room for the report's own. The others are taken
// out of it, and counted.
func (r *Report) keepUnknown(all map[string]*Unknown, room int) {
	kept, more := largestUnknowns(all, room)
	r.Unknown, r.UnknownMore = kept, plusInt(r.UnknownMore, more)
}

// largestUnknowns leaves those that there is room for, and returns these in order. more
// is how often the others were seen.
func largestUnknowns(all map[string]*Unknown, room int) (out []*Unknown, more int) {
	out = append([]*Unknown{}, UnknownFirst(slices.Collect(maps.Values(all)))...) // never nil: reports have lists
	for _, u := range out[min(room, len(out)):] {
		more = plusInt(more, u.Count)
		delete(all, u.Fingerprint)
	}
	out = out[:min(room, len(out)):min(room, len(out))]
	slices.SortFunc(out, func(a, b *Unknown) int {
		return cmp.Or(cmp.Compare(a.FirstLine, b.FirstLine), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return out, more
}

// addUnknown adds u to what is known of the same text.
func addUnknown(to, u *Unknown) {
	count, lines, joined := plusInt(to.Count, u.Count), plus(to.Lines, u.Lines), *to
	joined.Join(u)
	if cmp.Or(cmp.Compare(u.FirstLine, to.FirstLine), cmp.Compare(u.Sample, to.Sample), cmp.Compare(u.Kind, to.Kind), cmp.Compare(u.Where, to.Where)) < 0 {
		*to = *u
	}
	to.Count, to.Lines, to.Keys, to.Texts, to.Was = count, lines, joined.Keys, joined.Texts, joined.Was
}
