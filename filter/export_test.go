package filter

import (
	"fmt"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// OwnTracebacks are what the samples of rules are mixed with.
var OwnTracebacks = ownTracebacks

// GateFind is what a new gate finds in a text; usable: there is a gate.
func GateFind(literals [][]byte, text []byte) (at int, usable bool) {
	g := newGate(literals)
	if g == nil {
		return -1, false
	}
	return g.find(text), true
}

// GateAll are the places of the literals that a text holds, each once.
func GateAll(literals [][]byte, text []byte) []int {
	found := newGate(literals).all(text, nil)
	slices.Sort(found)
	return slices.Compact(found)
}

// A FormatCase is a sample of a format.
type FormatCase struct{ System, Source, Line, Text, Seen string }

// FormatCases are the samples of all formats, each looked at with the layouts of
// its own format and no others; unused are layouts that no sample needs.
func FormatCases() (cases []FormatCase, unused []string) {
	for _, f := range formats {
		own, needed := newLayouts([]format{f}), map[string]bool{}
		for _, l := range f.layouts {
			needed[l] = true
		}
		var v view
		for _, s := range f.samples {
			cases = append(cases, FormatCase{f.system, f.source, s.line, s.text, seenThroughWith(own, &v, s.line)})
		}
		for _, l := range f.layouts {
			without := f
			without.layouts = slices.DeleteFunc(slices.Clone(f.layouts), func(o string) bool { return o == l })
			var v view
			for _, s := range f.samples {
				if seenThroughWith(newLayouts([]format{without}), &v, s.line) != s.text {
					needed[l] = false
				}
			}
			if needed[l] {
				unused = append(unused, f.system+": "+l)
			}
		}
	}
	return cases, unused
}

// Seen is what is seen of a line, with all formats.
func Seen(line string) (text, dress string) {
	var v view
	text = seenThroughWith(known, &v, line)
	return text, v.dress
}

// seenThroughWith is what is seen of the last frame of a line.
func seenThroughWith(all *layouts, v *view, line string) string {
	for raw := []byte(line); ; {
		n, _ := frameLen(raw, 0)
		if n == 0 {
			v.lookFor(all, raw)
			return string(v.text)
		}
		raw = raw[n:]
	}
}

// Voices is how many writers are told apart.
func (f *Filter) Voices() int { return len(f.voices) }

// Remember sets how many texts are remembered; 0: none.
func (f *Filter) Remember(n int) { f.memo.texts = make([]remembered, n) }

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
