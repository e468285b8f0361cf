package rendertest

import (
	"bytes"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// Text returns the summary as the user ci reads it.
func Text(sum *filter.Summary, color bool) []byte {
	var b bytes.Buffer
	view := summary.Summary{Summary: sum, Color: color, Home: "/home/ci", Fix: fix.Command}
	view.Text(&b)
	return b.Bytes()
}

// JSON is the JSON report of a run.
func JSON(t *testing.T, sum *filter.Summary) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.New(sum, report.Run{Version: "1.2.3", ExitCode: 1, Fix: fix.Command}).JSON(&b))
	return b.Bytes()
}

// Builtin is one set, since an issue of two runs is one if its rule is.
var Builtin = sync.OnceValue(rules.Builtin)

// Run filters data with the built-in rules and returns what was shown.
func Run(t *testing.T, data []byte, options filter.Options) (shown []byte, sum *filter.Summary) {
	t.Helper()
	var b bytes.Buffer
	stream := &ci.Stream{W: &b}
	options.Sent = stream.Flush
	f := filter.New(Builtin(), stream, options)
	_, err := f.Write(data)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return b.Bytes(), f.Summary()
}

// Issue is a made-up issue.
func Issue(id string, severity rules.Severity, count int) *filter.Issue {
	return &filter.Issue{Rule: &rules.Rule{ID: id, Title: "Title of " + id, Severity: severity}, Count: count, FirstLine: 7}
}
