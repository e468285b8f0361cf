package plan

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Who is in the same states has the same list, whatever list it was asked with.
func TestListsAreTheSame(t *testing.T) {
	program := func(id int) *Program {
		p := &Program{ID: id, Steps: make([]Step, 3)}
		for i := range p.Steps {
			p.Single = append(p.Single, State{p, i})
		}
		return p
	}
	a, b := program(1), program(256)
	l := NewLists()
	for _, states := range [][]State{{{a, 1}}, {{b, 2}}, {{a, 0}, {b, 2}}, {{a, 2}, {b, 0}}, {{b, 2}, {a, 0}}} {
		first := l.Of(slices.Clone(states))
		assert.Equal(t, states, first)
		again := l.Of(slices.Clone(states))
		assert.True(t, Same(first, again))
		assert.False(t, Same(first, states))
		draft := slices.Clone(states)
		kept := l.Of(draft)
		draft[0].Next++
		assert.Equal(t, states, kept, "a draft may be used again")
	}
	assert.False(t, Same(l.Of([]State{{a, 1}}), l.Of([]State{{a, 2}})))
	assert.False(t, Same(l.Of([]State{{a, 1}}), l.Of([]State{{a, 1}, {b, 1}})))
}

func TestStandalone(t *testing.T) {
	program := &Program{Steps: []Step{{}, {Optional: true}, {Standalone: true}, {}}}
	for next, want := range []bool{false, true, true, false, false} {
		assert.Equal(t, want, Standalone([]State{{program, next}}), next)
	}
	assert.True(t, Standalone([]State{{program, 3}, {program, 2}}))
	assert.False(t, Standalone(nil))
}
