package rules_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/rules"
)

// A guard without a literal would be asked about every line that is folded.
func TestNeverFold(t *testing.T) {
	guards := rules.NeverFold()
	assert.NotEmpty(t, guards)
	for _, g := range guards {
		lit, _ := g.Line.Literal()
		assert.GreaterOrEqual(t, len(lit), 4, g.Line.String())
		assert.NotEmpty(t, g.Because)
	}
}
