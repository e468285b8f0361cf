package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
)

// A half says what the drafts of the first half of a log do in the second.
type half struct {
	lines, taken  int // of the second half; taken: by drafts
	learnable     int // lines of the second half whose event the first has at least 5 times
	reached       int // those of them that are taken
	drafts        int
	impure        int // that take lines of several events
	unseen        int // lines taken of events that the first half does not have
	stays, folded int // taken lines by what happens to them
	examples      []string
}

// learnHalf makes drafts of the first half, and lets them into the second.
func learnHalf(l *log) half {
	n := len(l.lines) / 2
	m := learn.NewMiner(learn.MineOptions{})
	for m.Next() {
		m.Log(l.name)
		_, _ = io.Copy(m, strings.NewReader(strings.Join(l.lines[:n], "\n")+"\n"))
	}
	set, seen := rules.NewSet(), map[string]int{}
	for _, e := range l.events[:n] {
		seen[e]++
	}
	taken := make([]bool, len(l.lines))
	out := half{lines: len(l.lines) - n}
	stays := map[string]bool{}
	for _, c := range m.Clusters() {
		if c.Draft == nil {
			continue
		}
		r := *c.Draft.Rule
		fold := true
		stays[r.ID] = r.Severity != rules.Noise
		r.Status, r.Fold = rules.Stable, &fold
		set.Put(&r)
		out.drafts++
	}
	of := map[string]map[string]bool{}
	f := filter.New(set, filter.SinkFunc(func(e filter.Event) error {
		if e.Rule == nil {
			return nil
		}
		for i := range strings.Count(strings.TrimSuffix(string(e.Raw), "\n"), "\n") + 1 {
			at := n + e.Line - 1 + i
			if at >= len(l.events) {
				continue
			}
			event := l.events[at]
			out.taken++
			taken[at] = true
			if of[e.Rule.ID] == nil {
				of[e.Rule.ID] = map[string]bool{}
			}
			if of[e.Rule.ID][event] = true; stays[e.Rule.ID] {
				out.stays++
			} else {
				out.folded++
			}
			if seen[event] == 0 {
				out.unseen++
				out.examples = append(out.examples, fmt.Sprintf("%s: %s", e.Rule.ID, l.lines[at]))
			}
		}
		return nil
	}), filter.Options{Recorded: true})
	_, _ = f.Write([]byte(strings.Join(l.lines[n:], "\n") + "\n"))
	_ = f.Close()
	missed := map[string]int{}
	for at := n; at < len(l.lines); at++ {
		if seen[l.events[at]] < 5 {
			continue
		}
		if out.learnable++; taken[at] {
			out.reached++
		} else if missed[l.events[at]]++; missed[l.events[at]] <= 2 {
			out.examples = append(out.examples, "missed "+l.events[at]+": "+l.lines[at])
		}
	}
	for id, events := range of {
		r := set.Get(id)
		if lines := max(1, len(r.Match.Block)); len(events) > lines {
			out.impure++
			out.examples = append(out.examples, fmt.Sprintf("impure %s: %v %v", id, events, r.Match.Line))
		}
	}
	return out
}
