package reports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

// ofCommand is the report of a command and its verdict.
func ofCommand(v outcome.Verdict, code int) *report.Report {
	sum := &filter.Summary{}
	sum.Outcome.Verdict = v
	return report.New(sum, report.Run{Version: "1.2.3", ExitCode: code, Command: &report.Command{Argv: []string{"./made-up"}, ExitCode: code}})
}

// TestCommandThatWasNotStarted: nobody says of it that it ended, or how long it took.
func TestCommandThatWasNotStarted(t *testing.T) {
	for _, code := range []int{126, 127} {
		r := ofCommand(outcome.Verdict{Failed: outcome.Yes, Reason: facts.ReasonNotStarted}, code)
		for _, kind := range []string{"md", "junit", "html"} {
			text := rendertest.Written(t, kind, r)
			assert.NotContains(t, text, "ended with exit code", kind)
			assert.Contains(t, text, "was not started", kind)
			assert.NotContains(t, text, "<dt>Took", kind)
		}
	}
	said := ofCommand(outcome.Verdict{Failed: outcome.Yes, Reason: facts.ReasonNotStarted, Line: 3, Host: "web"}, 1)
	assert.Contains(t, rendertest.Written(t, "md", said), "ended with exit code 1", "a log may say so as well")
}

// TestGoodCommandIsNoQuestion: of a command that exits with 0 and runs no pyinfra, the heading says that, and asks nothing; where a
// run began in it, it is not known how that ended.
func TestGoodCommandIsNoQuestion(t *testing.T) {
	head := func(r *report.Report) string {
		first, _, _ := strings.Cut(rendertest.Written(t, "md", r), "\n")
		return first
	}
	good := ofCommand(outcome.Verdict{Failed: outcome.Unknown}, 0)
	assert.Equal(t, "### orbfilter: the command ended with exit code 0", head(good))
	assert.NotContains(t, rendertest.Written(t, "html", good), "Whether it failed is not known")
	assert.Equal(t, "### orbfilter: whether the run failed is not known: it has no end", head(ofCommand(outcome.Verdict{Failed: outcome.Unknown, Reason: "it has no end"}, 0)))
	assert.Equal(t, "### orbfilter: the run did not fail", head(ofCommand(outcome.Verdict{Failed: outcome.No}, 0)))
}
