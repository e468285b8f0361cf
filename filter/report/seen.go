package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
)

// A text that came three times when the baseline was written, and comes six times now, is not new. So a baseline
// has what was seen too seldom to be told as well: by its key alone, many in a line, since nobody reads these. Of
// many keys the lines are by the first two figures, so that two branches that add some seldom change the same.

// maxSeen is how many keys a baseline has of texts that are seldom.
const maxSeen = 1 << 16

// seenSet are the keys of both lists, each of which is in order.
func seenSet(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	out := make([]string, 0, min(len(a)+len(b), maxSeen))
	for len(out) < maxSeen && len(a)+len(b) > 0 {
		from := &a
		if len(a) == 0 || len(b) > 0 && b[0] < a[0] {
			from = &b
		}
		if len(out) == 0 || out[len(out)-1] != (*from)[0] {
			out = append(out, (*from)[0])
		}
		*from = (*from)[1:]
	}
	return out
}

// oneLine is how many of these stand in one line.
const oneLine = 64

const seldomWord = "seldom"

// seldomKeys reads a line of keys; ok: it is one.
func seldomKeys(line string) (keys []string, ok bool) {
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != seldomWord {
		return nil, false
	}
	for _, w := range words[1:] {
		if !fingerprint.MatchString("U-" + w) {
			return nil, false
		}
		keys = append(keys, "U-"+w)
	}
	return keys, true
}

// seldomLines are the lines of a baseline for the keys that no entry has.
func seldomLines(seen []string, entries []baselineEntry) (out []string) {
	told := map[string]bool{}
	for _, e := range entries {
		told[e.fingerprint] = true
	}
	var line, of string
	end := func() {
		if line != "" {
			out = append(out, seldomWord+line)
		}
		line = ""
	}
	for _, key := range seen {
		figures := strings.TrimPrefix(key, "U-")
		if told[key] || len(figures) < 2 {
			continue
		}
		if figures[:2] != of {
			if len(seen) > oneLine {
				end()
			}
			of = figures[:2]
		}
		line += fmt.Sprintf(" %s", figures)
	}
	end()
	return out
}

// knows reports whether a key is in the baseline.
func (b *Baseline) knows(key string) bool {
	if b.keys == nil {
		b.keys = map[string]bool{}
		for _, e := range b.entries {
			b.keys[e.fingerprint] = true
		}
		for _, key := range b.seldom {
			b.keys[key] = true
		}
	}
	return b.keys[key]
}

// isNew reports whether a text is not in the baseline: one of its lines is not. Of a nil baseline all
// are new.
func (b *Baseline) isNew(u *filter.Unknown) bool {
	if b.Old() {
		return b.entryOf(u, 0) < 0
	}
	return b == nil || slices.ContainsFunc(u.Names(), func(key string) bool { return !b.knows(key) })
}
