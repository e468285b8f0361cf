package reports_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// TestFingerprintsOutliveJSON: names with bytes that are no UTF-8 have the same fingerprints in what a run writes and in what is
// made of its JSON report later.
func TestFingerprintsOutliveJSON(t *testing.T) {
	for _, odd := range []string{"\xff", "\xff\xfe", "caf\xe9", "\xc3(", "\xe2\x82", "\xed\xa0\x80", "\u00e9\xe9", "plain"} {
		text := "--> Connecting to hosts...\n    [vm" + odd + "] Connected\n--> Starting operation: Restart " + odd + "\n    [vm" + odd + "] reason " + odd + "\n    [vm" + odd + "] Error: executed 0 commands\n"
		_, sum := rendertest.Run(t, []byte(text), filter.Options{Record: true})
		r := report.New(sum, report.Run{Version: "1.2.3", Name: "log" + odd})
		again, err := report.Read(strings.NewReader(rendertest.Written(t, "json", r)))
		require.NoError(t, err)
		results, entries := fingerprints(t, r)
		require.NotEmpty(t, results)
		later, of := fingerprints(t, again)
		assert.Equal(t, later, results, "%q", odd)
		assert.Equal(t, of, entries, "%q", odd)
	}
}
