package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// TestWorstFirst: what is worse stands in front, then what was seen more often, then by name; texts that no rule knows by their lines.
func TestWorstFirst(t *testing.T) {
	issue := func(id string, s rules.Severity, count int) *report.Issue {
		return &report.Issue{About: report.About{ID: id, Severity: s}, Count: count}
	}
	some := []*report.Issue{issue("d", rules.Noise, 9), issue("c", rules.Error, 1), issue("b", rules.Error, 2), issue("a", rules.Error, 1), issue("e", rules.Warning, 5)}
	var names []string
	for _, i := range report.WorstFirst(some) {
		names = append(names, i.ID)
	}
	assert.Equal(t, []string{"b", "a", "c", "e", "d"}, names)

	var unknown []string
	for _, u := range report.UnknownFirst([]*report.Unknown{{Fingerprint: "c", Lines: 1, Count: 1}, {Fingerprint: "b", Lines: 1, Count: 2}, {Fingerprint: "a", Lines: 1, Count: 1}, {Fingerprint: "d", Lines: 2}}) {
		unknown = append(unknown, u.Fingerprint)
	}
	assert.Equal(t, []string{"d", "b", "a", "c"}, unknown)
}

// TestIn: what is known of a text in a log is what was seen there, or, of a report of one log, all of it.
func TestIn(t *testing.T) {
	u := &report.Unknown{Fingerprint: "U-1", Count: 3, Lines: 6, FirstLine: 7}
	all := report.LogUnknown{Fingerprint: "U-1", Count: 3, Lines: 6, FirstLine: 7}
	seen := report.LogUnknown{Fingerprint: "U-1", Count: 1, Lines: 2, FirstLine: 9}
	knows := &report.Log{Issues: []report.LogIssue{{ID: "a", FirstLine: 4}, {ID: "b", FirstLine: 5}}, UnknownSeen: []report.LogUnknown{{Fingerprint: "U-0", FirstLine: 1}, seen}}
	plain := &report.Log{}
	for n, c := range []struct {
		logs  []*report.Log
		of    *report.Log
		want  report.LogUnknown
		known bool
	}{
		{[]*report.Log{plain}, plain, all, true},
		{[]*report.Log{knows}, knows, seen, true},
		{[]*report.Log{plain, knows}, knows, seen, true},
		{[]*report.Log{plain, knows}, plain, all, false},
	} {
		got, known := (&report.Report{Logs: c.logs}).In(c.of, u)
		assert.Equal(t, c.want, got, n)
		assert.Equal(t, c.known, known, n)
	}
	for name, line := range map[string]int{"a": 4, "b": 5, "U-0": 1, "U-1": 9, "U-2": 0, "c": 0} {
		assert.Equal(t, line, knows.FirstLine(name), name)
	}
}

// TestMoreUnknown: there are more texts if the report had no room for them, or a log.
func TestMoreUnknown(t *testing.T) {
	assert.False(t, (&report.Report{Logs: []*report.Log{{}}}).MoreUnknown())
	assert.True(t, (&report.Report{UnknownMore: 1}).MoreUnknown())
	assert.True(t, (&report.Report{Logs: []*report.Log{{}, {RecurringMore: 1}}}).MoreUnknown())
}

// TestNamedLogsAreNamedEverywhere: what refers to a live run has its name, and what refers to others stays.
func TestNamedLogsAreNamedEverywhere(t *testing.T) {
	r := report.Merge()
	r.Logs = []*report.Log{{Verdict: outcome.Verdict{Failed: outcome.Yes, Line: 3}}}
	r.Issues = []*report.Issue{{Cause: &report.Cause{Line: 1}, Places: []report.Place{{Line: 1}, {Line: 2, Log: "other"}}}, {}}
	r.NameLogs("job-1")
	assert.Equal(t, "job-1", r.Logs[0].Verdict.Log)
	assert.Equal(t, "job-1", r.Verdict.Log)
	assert.Equal(t, "job-1", r.Issues[0].Cause.Log)
	assert.Equal(t, []string{"job-1", "other"}, []string{r.Issues[0].Places[0].Log, r.Issues[0].Places[1].Log})

	r = report.Merge()
	r.Logs = []*report.Log{{Verdict: outcome.Verdict{Failed: outcome.Yes}}, {Name: "b"}}
	r.NameLogs("job-1")
	assert.Empty(t, r.Logs[0].Verdict.Log, "a verdict without a line is in no log")
	assert.Empty(t, r.Verdict.Log, "of two")
}

// TestTailOfReports: the last lines are kept of a run that failed, and of a command that did.
func TestTailOfReports(t *testing.T) {
	summary := func(log string) *filter.Summary {
		f := filter.New(rules.NewSet(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
		_, err := f.Write([]byte(log))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		return f.Summary()
	}
	const failed = "--> Starting operation: x\n    [web] why\n    [web] Error: executed 0 commands\n"
	for n, c := range []struct {
		log     string
		command *report.Command
		want    int
	}{
		{failed, nil, 3}, {failed, &report.Command{}, 3}, {"text\n", nil, 0}, {"text\n", &report.Command{}, 0}, {"text\n", &report.Command{ExitCode: 1}, 1},
	} {
		assert.Len(t, report.New(summary(c.log), report.Run{Command: c.command}).Logs[0].Tail, c.want, n)
	}
}

// TestLostRunsAreUndecided: more runs or hosts than are told apart may be anything.
func TestLostRunsAreUndecided(t *testing.T) {
	s := &filter.Summary{}
	assert.Empty(t, report.LimitsOf(s).Undecided)
	s.Outcome.Lost = 3
	assert.Equal(t, []report.Undecided{{Severity: rules.Error, Why: "more hosts or runs went on side by side than are told apart", Count: 3}}, report.LimitsOf(s).Undecided)
}

// TestUndecidedAddsUp: what a limit has left undecided is counted by rule and reason, and a thousand of these are kept.
func TestUndecidedAddsUp(t *testing.T) {
	of := func(all ...report.Undecided) *report.Report {
		r := report.Merge()
		r.Limits.Undecided = all
		return r
	}
	a, b, other := report.Undecided{Rule: "a", Why: "x", Count: 2}, report.Undecided{Rule: "b", Why: "x", Count: 1}, report.Undecided{Rule: "a", Why: "y", Count: 1}
	worse := report.Undecided{Rule: "a", Why: "x", Severity: rules.Error, Count: 1}
	sum := report.Merge(of(b, a), of(other, a, worse)).Limits.Undecided
	assert.Equal(t, []report.Undecided{{Rule: "a", Why: "x", Count: 4}, worse, other, b}, sum)
	var many []report.Undecided
	for n := range 1001 {
		many = append(many, report.Undecided{Rule: fmt.Sprintf("r-%04d", n), Count: 1})
	}
	assert.Equal(t, many[:1000], report.Merge(of(many[500:]...), of(many[:500]...)).Limits.Undecided)
}

// TestTwinsAreFew: ten pairs are named, and no more.
func TestTwinsAreFew(t *testing.T) {
	for _, n := range []int{9, 10, 12} {
		r := report.Merge()
		for k := range n {
			for _, name := range []string{"a", "b"} {
				r.Logs = append(r.Logs, &report.Log{Name: name, Date: fmt.Sprint(k), Input: filter.Size{Lines: 1}})
			}
		}
		r.Logs = append(r.Logs, &report.Log{Name: "c", Date: "x"}, &report.Log{Name: "d", Date: "x"}) // without a line
		assert.Len(t, r.Twins(), min(n, 10))
	}
}

// TestPlacesOfSums: of the places of an issue the first twenty stay, by log and line, whatever was added first.
func TestPlacesOfSums(t *testing.T) {
	of := func(log string, lines ...int) *report.Report {
		r := report.Merge()
		i := &report.Issue{About: report.About{ID: "x", Severity: rules.Error}, Hosts: map[string]int{}, Operations: map[string]int{}}
		for _, n := range lines {
			i.Places = append(i.Places, report.Place{Log: log, Line: n})
		}
		r.Issues = append(r.Issues, i)
		return r
	}
	var lines []int
	for n := range 15 {
		lines = append(lines, 1+n)
	}
	for _, all := range [][]*report.Report{{of("a", lines...), of("b", lines...)}, {of("b", lines...), of("a", lines...)}} {
		places := report.Merge(all...).Issues[0].Places
		require.Len(t, places, report.MaxPlaces)
		assert.Equal(t, report.Place{Log: "a", Line: 1}, places[0])
		assert.Equal(t, report.Place{Log: "b", Line: 5}, places[19])
	}
}

// TestPlacesSayMore: where a host has failed, what it had said is behind the line, and what follows from that says so.
func TestPlacesSayMore(t *testing.T) {
	r := reportOf("a.log", []byte("--> Loading config...\n--> Connecting to hosts...\n    [web] Connected\n--> Starting operation: x\n    [web] first\n    [web] why\n    [web] Error: executed 0 commands\n"+
		"\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n"))
	require.Len(t, r.Issues, 2)
	failed, last := r.Issues[0], r.Issues[1]
	assert.Equal(t, theirs, failed.ID)
	assert.Equal(t, []report.Place{{Log: "a.log", Line: 7, Host: "web", Operation: "x", Text: []string{"[web] Error: executed 0 commands", "first", "why"}}}, failed.Places)
	assert.Equal(t, &report.Cause{ID: theirs, Log: "a.log", Line: 7, Text: "web: why"}, last.Cause)
}

// TestCauseOfAHostThatSaysNothing: the line that says that it failed is all there is.
func TestCauseOfAHostThatSaysNothing(t *testing.T) {
	r := reportOf("a.log", []byte("--> Starting operation: x\n    [web] Error: executed 0 commands\n\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n"))
	require.Len(t, r.Issues, 2)
	assert.Equal(t, "[web] Error: executed 0 commands", r.Issues[1].Cause.Text)
}

// TestResultsOfSums: a run is whole if all of its results have room.
func TestResultsOfSums(t *testing.T) {
	for more, operations := range map[int]int{report.MaxResults - 1: 1, report.MaxResults: 0} {
		r := report.Merge()
		op := &outcome.Operation{Name: "x", Hosts: map[string]*outcome.Done{"a": {Result: outcome.Success}}}
		r.Logs = []*report.Log{{Run: &outcome.Record{More: more, Operations: []*outcome.Operation{op}}}}
		run := report.Merge(r).Logs[0].Run
		assert.Len(t, run.Operations, operations)
		assert.Equal(t, more+1, run.More+len(run.Operations))
	}
}

// TestQuotes: what others have written is repeated up to sixty bytes.
func TestQuotes(t *testing.T) {
	for n, end := range map[int]string{59: `x", and`, 60: `x", and`, 61: `x"…, and`} {
		_, err := report.Read(strings.NewReader(`{"schema": "` + strings.Repeat("x", n) + `"}`))
		require.Error(t, err)
		assert.Contains(t, err.Error(), end)
		assert.Equal(t, min(n, 60), strings.Count(err.Error(), "x"), err)
	}
}

// TestFirstCauseCounts: of the causes that several reports have of an issue the one in the lowest line stays.
func TestFirstCauseCounts(t *testing.T) {
	of := func(line int) *report.Report {
		r := ofMany(0, 1, 0)
		if line > 0 {
			r.Issues[0].Cause = &report.Cause{ID: "y", Line: line}
		}
		return r
	}
	for _, lines := range [][]int{{3, 5, 4}, {5, 3, 0}, {0, 4, 3}} {
		assert.Equal(t, 3, report.Merge(of(lines[0]), of(lines[1]), of(lines[2])).Issues[0].Cause.Line, lines)
	}
}
