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
	known         int // lines of the second half whose event the first has at all: nobody could take more
	learnable     int // lines of the second half whose event the first has at least 5 times
	reached       int // those of them that are taken
	drafts        int
	issues        int // drafts whose lines stay
	impure        int // that take lines of several events
	unseen        int // lines taken of events that the first half does not have
	stays, folded int // taken lines by what happens to them
	examples      []string
}

// alternating is a log of which the first half has every other line.
func (l *log) alternating() *log {
	out := &log{name: l.name}
	for _, from := range []int{0, 1} {
		for i := from; i < len(l.lines); i += 2 {
			out.lines, out.events = append(out.lines, l.lines[i]), append(out.events, l.events[i])
		}
	}
	return out
}

// add sums up.
func (h *half) add(o half) {
	h.lines, h.taken, h.known, h.learnable, h.reached = h.lines+o.lines, h.taken+o.taken, h.known+o.known, h.learnable+o.learnable, h.reached+o.reached
	h.drafts, h.issues, h.impure, h.unseen, h.stays, h.folded = h.drafts+o.drafts, h.issues+o.issues, h.impure+o.impure, h.unseen+o.unseen, h.stays+o.stays, h.folded+o.folded
}

// learnHalf makes drafts of the first half, and lets them into the second.
func learnHalf(l *log) half {
	n := len(l.lines) / 2
	t := &trial{log: l, n: n, out: half{lines: len(l.lines) - n}, set: rules.NewSet(), seen: map[string]int{}, stays: map[string]bool{}, of: map[string]map[string]bool{}, taken: make([]bool, len(l.lines))}
	for _, e := range l.events[:n] {
		t.seen[e]++
	}
	t.draft()
	f := filter.New(t.set, filter.SinkFunc(t.take), filter.Options{Recorded: true})
	_, _ = f.Write([]byte(strings.Join(l.lines[n:], "\n") + "\n"))
	_ = f.Close()
	t.reach()
	t.judge()
	return t.out
}

// A trial is what becomes of the second half.
type trial struct {
	*log
	n     int // lines of the first half
	out   half
	set   *rules.Set
	seen  map[string]int             // events of the first half
	stays map[string]bool            // rules of which the lines stay
	of    map[string]map[string]bool // events that a rule has taken lines of
	taken []bool                     // lines
}

// draft makes the rules.
func (t *trial) draft() {
	m := learn.NewMiner(learn.MineOptions{})
	for m.Next() {
		m.Log(t.name)
		_, _ = io.Copy(m, strings.NewReader(strings.Join(t.lines[:t.n], "\n")+"\n"))
	}
	for _, c := range m.Clusters() {
		if c.Draft == nil {
			continue
		}
		r := *c.Draft.Rule
		fold := true
		if r.Severity != rules.Noise {
			t.out.issues++
		}
		t.stays[r.ID] = r.Severity != rules.Noise
		r.Status, r.Fold = rules.Stable, &fold
		t.set.Put(&r)
		t.out.drafts++
	}
}

// take counts the lines of an event of the filter.
func (t *trial) take(e filter.Event) error {
	if e.Rule == nil {
		return nil
	}
	for i := range strings.Count(strings.TrimSuffix(string(e.Raw), "\n"), "\n") + 1 {
		if at := t.n + e.Line - 1 + i; at < len(t.events) {
			t.takeLine(e.Rule.ID, at)
		}
	}
	return nil
}

func (t *trial) takeLine(id string, at int) {
	event := t.events[at]
	t.out.taken++
	t.taken[at] = true
	if t.of[id] == nil {
		t.of[id] = map[string]bool{}
	}
	if t.of[id][event] = true; t.stays[id] {
		t.out.stays++
	} else {
		t.out.folded++
	}
	if t.seen[event] == 0 {
		t.out.unseen++
		t.out.examples = append(t.out.examples, fmt.Sprintf("%s: %s", id, t.lines[at]))
	}
}

// reach counts what could have been learnt, and of that what was taken.
func (t *trial) reach() {
	missed := map[string]int{}
	for at := t.n; at < len(t.lines); at++ {
		event := t.events[at]
		if t.seen[event] > 0 {
			t.out.known++
		}
		if t.seen[event] < 5 {
			continue
		}
		if t.out.learnable++; t.taken[at] {
			t.out.reached++
		} else if missed[event]++; missed[event] <= 2 {
			t.out.examples = append(t.out.examples, "missed "+event+": "+t.lines[at])
		}
	}
}

// judge counts the rules that take more kinds of lines than they have.
func (t *trial) judge() {
	for id, events := range t.of {
		r := t.set.Get(id)
		if lines := max(1, len(r.Match.Block)); len(events) > lines {
			t.out.impure++
			t.out.examples = append(t.out.examples, fmt.Sprintf("impure %s: %v %v", id, events, r.Match.Line))
		}
	}
}
