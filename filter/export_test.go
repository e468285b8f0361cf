package filter

import (
	"fmt"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// Voices is how many writers are told apart.
func (f *Filter) Voices() int { return len(f.voices) }

// Gated reports whether lines without any literal are not looked at.
func (p *Plan) Gated() bool { return p.gate != nil }

// Remember sets how many texts are remembered, and blocks, of which there are eight at most.
func (f *Filter) Remember(n int) {
	f.memo.texts, f.known.last = make([]remembered, n), make([]wholeBlock, min(n, maxBlocks))
}

// Hidden are the steps of a rule that ask one of these patterns, and do not say so:
// with a pattern that is exhausted they make something else of one of the texts.
func Hidden(r *rules.Rule, patterns []*rules.Pattern, texts []string, exhaust func(*rules.Pattern, bool)) (hidden []string, asked int) {
	p := compile(r)
	if p == nil {
		return nil, 0
	}
	for i, s := range p.steps {
		for _, pattern := range patterns {
			for _, text := range texts {
				n, steps := s.match([]byte(text))
				exhaust(pattern, true)
				m, others := s.match([]byte(text))
				exhaust(pattern, false)
				switch {
				case n == m && steps == others:
				case slices.Contains(s.asks, pattern):
					asked++
				default:
					hidden = append(hidden, fmt.Sprintf("%s, step %d: %s", r.ID, i, pattern))
				}
			}
		}
	}
	return hidden, asked
}
