package report_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/report"
)

// A line is named only with the log that it is in.
func TestPlace(t *testing.T) {
	u := &report.Unknown{Fingerprint: "U-1", FirstLine: 7}
	a, b, other := &report.Log{Name: "a.log", Unknown: []string{"U-0", "U-1"}}, &report.Log{Name: "b.log", Unknown: []string{"U-1"}}, &report.Log{Name: "c.log"}
	for _, c := range []struct {
		logs []*report.Log
		log  string
		line int
	}{
		{nil, "", 7},
		{[]*report.Log{{Unknown: []string{"U-1"}}}, "", 7},
		{[]*report.Log{a}, "a.log", 7},
		{[]*report.Log{other}, "", 7},
		{[]*report.Log{other, b}, "b.log", 7},
		{[]*report.Log{a, b}, "", 0},
		{[]*report.Log{other, other}, "", 0},
	} {
		log, line := (&report.Report{Logs: c.logs}).Place(u)
		assert.Equal(t, c.log, log)
		assert.Equal(t, c.line, line)
	}
}
