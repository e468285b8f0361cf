package report_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/report"
)

// TestTwins: a log that was given twice under two names is found; one that differs in anything is another one.
func TestTwins(t *testing.T) {
	const text = "--> Connecting to hosts...\n    [web] Connected\n"
	a, b := reportOf("a.log", []byte(text)), reportOf("copies/a.log", []byte(text))
	other := reportOf("b.log", []byte(text+"x\n"))
	twins := report.Merge(a, b, other).Twins()
	assert.Len(t, twins, 1)
	assert.Equal(t, []string{"a.log", "copies/a.log"}, []string{twins[0][0].Name, twins[0][1].Name})
	live, again := reportOf("1.json", []byte(text)), reportOf("2.json", []byte(text))
	assert.Empty(t, report.Merge(live, again).Twins())
	b.Logs[0].Date = "2026-11-26T04:05:06Z"
	assert.Empty(t, report.Merge(a, b, other).Twins())
	b.Logs[0].Date, a.Logs[0].Date = "", ""
	assert.Empty(t, report.Merge(a, b).Twins(), "when they were is not known")
}
