package summary_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/filter/report"
)

// TestSayChange: what was removed of a baseline is named, as far as it fits a sentence.
func TestSayChange(t *testing.T) {
	two, six := []string{"U-11111111", "U-22222222"}, []string{"U-aaa1", "U-aaa2", "U-aaa3", "U-aaa4", "U-aaa5", "U-aaa6"}
	for want, c := range map[string]report.BaselineChange{
		"2 texts that no rule knows; look at it before you commit it":                                                                                                {Texts: 2, Unwritten: true, Added: two},
		"2 texts that no rule knows: 2 added, 0 removed; look at it before you commit it":                                                                            {Texts: 2, Added: two},
		"2 texts that no rule knows, as before":                                                                                                                      {Texts: 2},
		"1 text that no rule knows: 0 added, 1 removed (U-11111111); look at it before you commit it":                                                                {Texts: 1, Removed: two[:1]},
		"3 texts that no rule knows: it was of an earlier version, 2 of its texts are carried over, 1 not found again (U-11111111); look at it before you commit it": {Texts: 3, Old: true, CarriedOver: 2, Added: two, Removed: two[:1]},
		"2 texts that no rule knows: 2 added, 6 removed (U-aaa1, U-aaa2, U-aaa3 and 3 more); look at it before you commit it":                                        {Texts: 2, Added: two, Removed: six},
	} {
		var said bytes.Buffer
		summary.SayChange(&said, &c, "b")
		assert.Equal(t, "orbfilter: the baseline b has "+want+"\n", said.String())
	}
}
