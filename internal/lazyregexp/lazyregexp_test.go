package lazyregexp

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Many may be the first to use an expression, and a wrong one is found by the test of its package.
func TestFirstUse(t *testing.T) {
	r := &Regexp{source: `^(a+)b`}
	assert.Equal(t, `^(a+)b`, r.String())
	assert.Nil(t, r.re, "nobody has asked it yet")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { assert.Equal(t, []string{"aab", "aa"}, r.FindStringSubmatch("aabb")) })
	}
	all.Wait()
	assert.Panics(t, func() { New(`(`) })
	assert.NotNil(t, New(`a`).re)
}
