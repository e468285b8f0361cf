package rules

import (
	"fmt"
	"iter"
	"slices"
)

// A Set is a list of rules with different ids, in the order they were added.
type Set struct{ rules []*Rule }

// NewSet returns a set of these rules, which must have different ids.
func NewSet(rules ...*Rule) *Set { return &Set{rules: rules} }

// All yields the rules in order.
func (s *Set) All() iter.Seq[*Rule] { return slices.Values(s.rules) }

// Len returns the number of rules.
func (s *Set) Len() int { return len(s.rules) }

// Get returns the rule with this id, or nil.
func (s *Set) Get(id string) *Rule {
	for _, r := range s.rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Add puts a rule at the end. A second rule of one id is a *FileError.
func (s *Set) Add(r *Rule) error {
	if old := s.Get(r.ID); old != nil {
		at := r.place()
		at.Message = fmt.Sprintf("the id %s is taken by %s; give this rule another id", r.ID, old.File)
		return &at
	}
	s.rules = append(s.rules, r)
	return nil
}

// Put puts a rule at the end, in place of the one that has its id; one that is
// disabled takes that out, and is not put in.
func (s *Set) Put(r *Rule) {
	s.rules = slices.DeleteFunc(s.rules, func(o *Rule) bool { return o.ID == r.ID })
	if !r.Disabled {
		s.rules = append(s.rules, r)
	}
}

// Without returns the set without the rules of these ids, and the ids that
// are none of the set.
func (s *Set) Without(ids ...string) (kept *Set, unknown []string) {
	kept = NewSet()
	for _, id := range ids {
		if s.Get(id) == nil {
			unknown = append(unknown, id)
		}
	}
	for _, r := range s.rules {
		if !slices.Contains(ids, r.ID) {
			kept.rules = append(kept.rules, r)
		}
	}
	return kept, unknown
}
