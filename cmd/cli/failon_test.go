package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestScanned: what is to be typed again is what was scanned, of many files their
// folders.
func TestScanned(t *testing.T) {
	for _, c := range []struct{ paths, want []string }{
		{nil, []string{"LOGS"}},
		{[]string{"logs", "-", "b.gz"}, []string{"logs", "-", "b.gz"}},
		{[]string{"a/1", "a/2", "b/3", "a/4", "b/5"}, []string{"a", "b"}},
		{[]string{"1", "2", "3", "4", "5"}, []string{"."}},
		{[]string{"a/1", "b/1", "c/1", "d/1", "e/1"}, []string{"LOGS"}},
	} {
		assert.Equal(t, c.want, scanned(c.paths), "%v", c.paths)
	}
	o := &Loading{Sources: Sources{Builtin: Builtin{NoBuiltin: true}, Rules: []string{"my rules"}}, Disable: []string{"x"}}
	assert.Equal(t, `orbfilter scan --write-baseline b --rules 'my rules' --no-builtin --disable x --include '*.log' LOGS`, o.WriteAnew("b", []string{"*.log"}, nil))
}
