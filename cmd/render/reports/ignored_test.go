package reports_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// red reports in which kinds of report something of a run is as bad as a run that failed.
func red(t *testing.T, r *report.Report) (kinds []string) {
	t.Helper()
	for kind, bad := range map[string]string{"junit": `<failure|<error|(?:failures|errors)="[1-9]`, "sarif": `"level": ?"error"`, "codequality": `"severity": ?"(?:critical|blocker)"`} {
		if assert.Regexp(new(testing.T), bad, rendertest.Written(t, kind, r)) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// TestAGoodRunIsGreen: what a run got over that did not fail is at most a warning, in every kind of report, and with every
// capture; and where the same is not known, or did fail, it is an error.
func TestAGoodRunIsGreen(t *testing.T) {
	errors := 0
	for name, r := range rendertest.CaptureReports(t) {
		if !facts.DidNotFail(r.Logs[0]) {
			continue
		}
		r.ExitCode = 0
		assert.Empty(t, red(t, r), name)
		for _, i := range r.Issues {
			if i.Severity == rules.Error {
				errors++
			}
		}
	}
	require.NotZero(t, errors, "no run got over anything")
	r := rendertest.ReportOf(t, "more/pyinfra-errors.log", nil, "deploy.log")
	r.ExitCode = 0
	require.Empty(t, red(t, r))
	r.Logs[0].Verdict.Failed = outcome.Unknown
	assert.Len(t, red(t, r), 3, "not known")
	r.Logs[0].Verdict.Failed, r.Logs[0].Command = outcome.No, &report.Command{ExitCode: 1}
	assert.Len(t, red(t, r), 3, "the command failed")
}

// TestOwnErrorsStay: an error of a rule of one's own is asked for, and so is what a gate has failed for.
func TestOwnErrorsStay(t *testing.T) {
	r := rendertest.ReportOf(t, "more/pyinfra-errors.log", nil, "deploy.log")
	r.ExitCode = 0
	r.Gate = &report.Gate{FailOn: "error"}
	assert.Empty(t, red(t, r), "a gate that has passed")
	r.Gate.Reasons = []report.Reason{{Value: "error", Names: []string{"pyinfra-callback-error"}}}
	assert.Len(t, red(t, r), 3)
	r.Gate = nil
	for n, i := range r.Issues {
		if i.ID == "pyinfra-callback-error" {
			r.Issues[n].ID = "my-own"
		}
	}
	for n := range r.Logs[0].Issues {
		if r.Logs[0].Issues[n].ID == "pyinfra-callback-error" {
			r.Logs[0].Issues[n].ID = "my-own"
		}
	}
	assert.Len(t, red(t, r), 3)
}

// TestAPassedGateIsNoFinding: each entry of Code Quality is one.
func TestAPassedGateIsNoFinding(t *testing.T) {
	r := rendertest.ReportOf(t, "more/pyinfra-errors.log", nil, "deploy.log")
	r.ExitCode = 0
	without := rendertest.Written(t, "codequality", r)
	r.Gate = &report.Gate{FailOn: "error"}
	assert.Equal(t, without, rendertest.Written(t, "codequality", r))
}
