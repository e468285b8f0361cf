package recurring_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/rules"
)

// TestSampleIsWhatTheLineSays: what is shown of a text is what stands in the line that is named with it, as long as it comes again soon;
// and it is one of its occurrences however late it comes again.
func TestSampleIsWhatTheLineSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		between := rapid.IntRange(0, 4000).Draw(t, "between")
		long := strings.Repeat(" and more of it", rapid.IntRange(0, 40).Draw(t, "long"))
		var log strings.Builder
		for n := range 6 {
			fmt.Fprintf(&log, "the disk is nearly full, %d of 100 blocks are left%s\n", 10+n, long)
			for i := range between {
				fmt.Fprintf(&log, "only once: %s %s\n", word(n), word(i))
			}
		}
		unknown := recurrent(t, rules.NewSet(), log.String(), 0)
		require.NotEmpty(t, unknown)
		u := unknown[0]
		lines := strings.Split(log.String(), "\n")
		if between*len("only once: word word\n") < 64<<10 {
			assert.Equal(t, cut(lines[u.FirstLine-1]), u.Sample)
		}
		assert.Contains(t, lines, u.Sample+strings.TrimPrefix(lines[0], cut(lines[0])))
	})
}

// cut is as much of a line as a sample has.
func cut(line string) string { return line[:min(len(line), 500)] }
