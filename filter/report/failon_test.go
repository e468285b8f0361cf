package report_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// ours is a rule of the user's own, theirs one that came with the program.
const ours, theirs = "ours", "pyinfra-operation-failed"

// gateOf is the gate of what was typed, with a rule of the user's own, and a baseline if there is a text for one.
func gateOf(t *testing.T, values, baseline string) report.FailOn {
	t.Helper()
	set := rules.Builtin()
	require.NotNil(t, set.Get(theirs))
	own, err := rules.Parse("r.yaml", []byte("id: "+ours+"\ntitle: t\nseverity: error\nmatch: {line: x}\nsamples: [{text: x}]\n"))
	require.NoError(t, err)
	require.NoError(t, set.Add(own))
	file := ""
	if baseline != "" {
		file = filepath.Join(t.TempDir(), "baseline")
		require.NoError(t, os.WriteFile(file, []byte(baseline), 0o600))
	}
	g, _ := report.NewFailOn(values, file, "orbfilter scan --write-baseline", set)
	return g
}

// seenIn is a report of one log with issues, whose run went like this.
func seenIn(failed outcome.Failed, issues ...report.About) *report.Report {
	r := report.Merge()
	l := &report.Log{Name: "a", Verdict: outcome.Verdict{Failed: failed}}
	for n, about := range issues {
		r.Issues = append(r.Issues, &report.Issue{About: about, Count: 10 - n})
		l.Issues = append(l.Issues, report.LogIssue{ID: about.ID})
	}
	r.Logs, r.Verdict = []*report.Log{l}, l.Verdict
	return r
}

func because(g *report.Gate) (all []string) {
	for _, r := range g.Reasons {
		text := r.Value + ":"
		for _, n := range r.Names {
			text += " " + n
		}
		if len(r.Names) == 0 {
			text += " " + r.Because
		}
		all = append(all, text)
	}
	return all
}

// The gate fails by what it was told to look for and by what is worse, and if a run has failed. It passes over errors of built-in rules in runs that
// have not.
func TestGateOfSeverities(t *testing.T) {
	own, builtin := report.About{ID: ours, Severity: rules.Error}, report.About{ID: theirs, Severity: rules.Error}
	warning, notice := report.About{ID: "w", Severity: rules.Warning}, report.About{ID: "n", Severity: rules.Notice}
	for name, c := range map[string]struct {
		failOn string
		report *report.Report
		want   []string
		passed []string
	}{
		"nothing":                                    {"error", seenIn(outcome.No), nil, nil},
		"of the user's own":                          {"error", seenIn(outcome.No, own), []string{"error: ours"}, nil},
		"of a built-in rule":                         {"error", seenIn(outcome.No, builtin), nil, []string{theirs}},
		"of both":                                    {"error", seenIn(outcome.No, builtin, own), []string{"error: ours"}, []string{theirs}},
		"where it is not known":                      {"error", seenIn(outcome.Unknown, builtin), []string{"error: " + theirs}, nil},
		"where the run failed":                       {"error", seenIn(outcome.Yes, builtin), []string{"error: " + theirs}, nil},
		"the run failed without a rule":              {"error", seenIn(outcome.Yes), []string{"error: the run failed"}, nil},
		"a lesser one":                               {"error", seenIn(outcome.No, warning, notice), nil, nil},
		"that one, and what is worse":                {"warning", seenIn(outcome.No, notice, warning, own), []string{"warning: ours w"}, nil},
		"what is worse alone":                        {"warning", seenIn(outcome.No, own), []string{"warning: ours"}, nil},
		"warning counts built-in errors":             {"warning", seenIn(outcome.No, builtin), []string{"warning: " + theirs}, nil},
		"two values":                                 {"error,notice", seenIn(outcome.No, notice, own), []string{"error: ours", "notice: ours n"}, nil},
		"two values, one passes over":                {"error,notice", seenIn(outcome.No, builtin), []string{"notice: " + theirs}, []string{theirs}},
		"in a log that failed, and one that did not": {"error", report.Merge(seenIn(outcome.No, builtin), seenIn(outcome.Yes, builtin)), []string{"error: " + theirs}, nil},
		"in two that did not":                        {"error", report.Merge(seenIn(outcome.No, builtin), seenIn(outcome.No, builtin)), nil, []string{theirs}},
	} {
		g := gateOf(t, c.failOn, "")
		for _, i := range c.report.Issues {
			i.Hosts, i.Operations = map[string]int{}, map[string]int{}
		}
		assert.Equal(t, c.want, because(g.Verdict(c.report, false)), name)
		assert.Equal(t, c.passed, g.Passed(c.report), name)
	}
	assert.Nil(t, gateOf(t, "", "").Verdict(seenIn(outcome.Yes, own), false), "there is no gate")
	assert.Equal(t, []string{"error,new-unknown: nothing came in"}, because(gateOf(t, "error,new-unknown", "").Verdict(seenIn(outcome.Unknown), true)))
}

// What a limit has left undecided may be anything: it fails the gate, but for an error of a built-in rule where the run did not fail.
func TestGateOfUndecided(t *testing.T) {
	for name, c := range map[string]struct {
		failed outcome.Failed
		of     report.Undecided
		want   []string
	}{
		"of a built-in rule":           {outcome.Unknown, report.Undecided{Rule: theirs, Severity: rules.Error, Why: "why"}, []string{"error: not decided: " + theirs + ": why"}},
		"where the run did not fail":   {outcome.No, report.Undecided{Rule: theirs, Severity: rules.Error, Why: "why"}, nil},
		"of the user's own":            {outcome.No, report.Undecided{Rule: ours, Severity: rules.Error, Why: "why"}, []string{"error: not decided: ours: why"}},
		"of a lesser one":              {outcome.No, report.Undecided{Rule: ours, Severity: rules.Warning, Why: "why"}, nil},
		"whether it failed, of no one": {outcome.Unknown, report.Undecided{Severity: rules.Error, Why: "why"}, []string{"error: not decided: whether the run failed: why"}},
	} {
		r := seenIn(c.failed)
		r.Limits.Undecided = []report.Undecided{{Rule: "first", Severity: rules.Notice, Why: "x"}, c.of}
		assert.Equal(t, c.want, because(gateOf(t, "error", "").Verdict(r, false)), name)
	}
}

// What no rule knows fails the gate if the baseline does not have it; and so does a baseline that cannot be read, and more texts than are told apart.
func TestGateOfUnknown(t *testing.T) {
	const baseline = "# orbfilter baseline, fingerprints v2\n\nU-00000001 exception KeyError\nU-00000009 exception gone\nU-00000009 exception gone\nseldom 00000002\n"
	of := func(names ...string) *report.Report {
		r := seenIn(outcome.No)
		for n, name := range names {
			r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: name, Kind: filter.Exception, Count: 1, Lines: int64(n)})
		}
		return r
	}
	g := gateOf(t, "new-unknown", baseline)
	v := g.Verdict(of("U-00000001", "U-00000002", "U-00000003", "U-00000004"), false)
	assert.Equal(t, []string{"new-unknown: U-00000004 U-00000003"}, because(v))
	assert.Equal(t, []string{"U-00000004", "U-00000003"}, v.New)
	assert.Equal(t, 2, v.Known)
	assert.Equal(t, g.Known.File, v.Baseline)
	assert.Empty(t, because(g.Verdict(of("U-00000001"), false)))
	assert.Equal(t, []report.Known{{Fingerprint: "U-00000009", Text: "gone"}}, g.Unseen(of("U-00000001").Unknown))
	assert.Equal(t, []report.Known{{Fingerprint: "U-00000001", Text: "KeyError"}, {Fingerprint: "U-00000009", Text: "gone"}}, g.Unseen(nil))

	blind := of("U-00000001")
	blind.UnknownMore = 1
	assert.True(t, g.Blind(blind))
	assert.Equal(t, []string{"new-unknown: there are more different texts that no rule knows than are told apart"}, because(g.Verdict(blind, false)))
	assert.False(t, g.Blind(of()))

	all := gateOf(t, "new-unknown", "")
	v = all.Verdict(of("U-00000001"), false)
	assert.Equal(t, []string{"new-unknown: U-00000001"}, because(v))
	assert.Zero(t, v.Known)
	assert.Empty(t, v.Baseline)
	assert.Nil(t, all.Unseen(nil))

	broken := gateOf(t, "new-unknown", "something else\n")
	v = broken.Verdict(of("U-00000001"), false)
	assert.True(t, v.Broken)
	assert.Equal(t, []string{"new-unknown: "}, because(v))
	assert.Zero(t, v.Known)
	assert.NotEmpty(t, v.Baseline)
	assert.Nil(t, broken.Unseen(nil))
	assert.Nil(t, broken.Fresh(of("U-00000001").Unknown))

	other := gateOf(t, "error", baseline)
	v = other.Verdict(of("U-00000003"), false)
	assert.Empty(t, because(v), "it was not asked for")
	assert.Empty(t, v.Baseline)
	assert.Zero(t, v.Known)
	assert.Nil(t, other.Unseen(nil))
	assert.False(t, other.Blind(blind))
}
