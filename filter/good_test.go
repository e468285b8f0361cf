package filter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// The whole set claims not one line of a good run, in whatever way it comes.
func TestGoodLogs(t *testing.T) {
	for _, file := range filtertest.GoodLogs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			for how, text := range map[string]string{
				"as it is":        string(filtertest.Read(t, file)),
				"CRLF":            strings.ReplaceAll(string(filtertest.Read(t, file)), "\n", "\r\n"),
				"behind a prefix": filtertest.Prefixed("web-1  | ")(string(filtertest.Read(t, file))),
			} {
				shown, s := filtertest.Run(t, filtertest.Builtin(), []byte(text), 0, filter.Options{})
				assert.Equal(t, text, string(shown), how)
				assert.Empty(t, filtertest.Counts(s), how)
			}
		})
	}
}

// What a host prints is the host's, even if it is word for word what a rule is
// about: pyinfra shows it behind the host's name. (That is not so for what
// pyinfra itself says of a host; these rules look for the name.)
func TestGoodHostOutput(t *testing.T) {
	for r := range filtertest.Builtin().All() {
		for i, sample := range r.Samples {
			text := filtertest.Prefixed("[web] ")(sample.Text)
			shown, s := filtertest.Run(t, filtertest.Builtin(), []byte(text), 0, filter.Options{})
			assert.Equal(t, text, string(shown), r.ID)
			assert.Empty(t, filtertest.Counts(s), fmt.Sprint(r.ID, " sample ", i))
		}
	}
}

// The logs are small, and hold nothing of the machine that they were made on.
func TestGoodLogsAreClean(t *testing.T) {
	const most = 60 << 10
	for _, file := range filtertest.GoodLogs(t) {
		if filepath.Base(filepath.Dir(file)) != "good" {
			continue
		}
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.LessOrEqual(t, info.Size(), int64(most), file)
		assert.NotContains(t, string(filtertest.Read(t, file)), "/root", file)
	}
}
