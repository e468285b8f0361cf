package report_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/report"
)

// TestJSONInPieces: that the logs are written one by one, and the operations of a run, does not show. The run of a
// single log stands with the report.
func TestJSONInPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := report.Merge(anyReport(t), anyReport(t))
		r.Logs = r.Logs[:rapid.IntRange(0, len(r.Logs)).Draw(t, "logs")]
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		whole := *r
		if len(r.Logs) == 1 {
			l := *r.Logs[0]
			whole.Run, whole.Command, whole.Tail = l.Run, l.Command, l.Tail
			l.Run, l.Command, l.Tail = nil, nil, nil
			whole.Logs = []*report.Log{&l}
		}
		require.NoError(t, enc.Encode(&whole))
		assert.Equal(t, want.String(), jsonOf(t, r))
	})
}
