package plan

import (
	"encoding/binary"
	"slices"
)

// maxLists is how many lists of states are known by their content.
const maxLists = 4096

// Lists know lists of states by their content, so that those who are in the same states have the same list. NewLists makes
// them. They are not safe for concurrent use.
type Lists struct {
	of  map[string][]State
	key []byte
}

// NewLists returns lists of which none is known.
func NewLists() Lists { return Lists{of: map[string][]State{}} }

// Of returns a list of states that may be kept, and that is the same for the same states, as long as there are not too many.
// One of a single state, as most are, is ready made.
func (l *Lists) Of(states []State) []State {
	if len(states) == 1 {
		s := states[0]
		return s.Program.Single[s.Next : s.Next+1 : s.Next+1]
	}
	l.key = l.key[:0]
	for _, p := range states {
		l.key = binary.LittleEndian.AppendUint32(l.key, uint32(p.Program.ID))
		l.key = binary.LittleEndian.AppendUint32(l.key, uint32(p.Next))
	}
	if known, ok := l.of[string(l.key)]; ok {
		return known
	}
	list := slices.Clone(states)
	if len(l.of) < maxLists {
		l.of[string(l.key)] = list
	}
	return list
}

// Same reports whether two lists of states, which are not empty, are one: they lie in the same place, see Lists.
func Same(a, b []State) bool { return len(a) == len(b) && &a[0] == &b[0] }

// Standalone reports whether one of the steps that come next may be found behind other text.
func Standalone(states []State) bool {
	for _, p := range states {
		for i := p.Next; i < len(p.Program.Steps); i++ {
			s := &p.Program.Steps[i]
			if s.Standalone {
				return true
			}
			if !s.Optional {
				break
			}
		}
	}
	return false
}
