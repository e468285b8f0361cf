package tally_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// entries are the ways in which something is entered in a tally, and how many notes are told of each.
func entries(r *rules.Rule) []struct {
	name  string
	notes int
	enter func(t *tally.Tally, from int)
} {
	return []struct {
		name  string
		notes int
		enter func(t *tally.Tally, from int)
	}{
		{"an occurrence", 1, func(t *tally.Tally, from int) {
			t.Count(r, tally.Occurrence{Line: from + 1, Last: from + 2, Lines: 2, Where: tally.Where{Context: "Say hi"}, Host: "web", Site: "/bad", Text: "x", Stamp: []byte("2026-11-24")})
		}},
		{"lines of one", 1, func(t *tally.Tally, _ int) { t.Grow(r, 3) }},
		{"one that no rule may fold", 1, func(t *tally.Tally, _ int) { t.Guard(r, "it names a host") }},
		{"a question", 1, func(t *tally.Tally, _ int) { t.Has(r, "/good", []byte("2026-11-24")) }},
		{"a doubt", 1, func(t *tally.Tally, from int) { t.Doubt(r, from+4) }},
		{"what a limit left", 1, func(t *tally.Tally, _ int) { t.Undecided(r, "too many") }},
		{"an exception", 1, func(t *tally.Tally, from int) {
			t.CutOff(t.See(&tally.Raised{}, []byte(`  File "/srv/hooks.py", line 9, in notify`), from+5, false, false), from+5)
		}},
		{"a run", 1, func(t *tally.Tally, _ int) { t.BeginRun("web-1  | ") }},
	}
}

// told returns the notes of what is entered.
func told(enter func(*tally.Tally)) (notes []tally.Note) {
	t := tally.New(machine(false, map[string]string{"/bad": "3", "/good": "5"}).Options)
	t.Tell(func(n tally.Note) { notes = append(notes, n) })
	enter(t)
	return notes
}

// What one tally was told can be entered in another one, which has the same then.
func TestNotesAreEntered(t *testing.T) {
	r := parsed(t, "one", gevent)
	m := machine(false, map[string]string{"/bad": "3", "/good": "5"})
	one, two := tally.New(m.Options), tally.New(m.Options)
	one.Tell(func(n tally.Note) { n.Enter(two) })
	for _, e := range entries(r) {
		for from := range 2 {
			e.enter(one, 10*from)
			assert.Equal(t, summary(one), summary(two), e.name)
			assert.Equal(t, one.Doubts(), two.Doubts(), e.name)
		}
		assert.Len(t, told(func(t *tally.Tally) { e.enter(t, 0) }), e.notes, e.name)
	}
	assert.Equal(t, 2, two.Counted())
	assert.Equal(t, 2, two.Doubts())
	assert.Len(t, summary(two).Unknown, 1)
	assert.Equal(t, 2, two.Issue(r).Guarded)
	assert.Equal(t, "it names a host", two.Issue(r).Because)
}

// That a run begins is told as well: what was said in the one before is no cause of what comes in this one.
func TestNotesOfRuns(t *testing.T) {
	slow, failed := parsed(t, "slow", stays), parsed(t, "failed", stays+"cause: [slow]\n")
	for _, begins := range []bool{false, true} {
		options := tally.Options{IsCause: func(r *rules.Rule) bool { return r == slow }}
		one, two := tally.New(options), tally.New(options)
		one.Tell(func(n tally.Note) { n.Enter(two) })
		one.Count(slow, tally.Occurrence{Line: 1, Last: 1, Host: "a"})
		if begins {
			one.BeginRun("")
		}
		one.Count(failed, tally.Occurrence{Line: 2, Last: 2, Host: "a"})
		assert.Equal(t, begins, two.Issue(failed).Cause == nil)
	}
}

// The date in a note stays, though the bytes that it was read from are written over.
func TestNotesKeepTheirDate(t *testing.T) {
	r := parsed(t, "one", gevent)
	stamp := []byte("2026-11-25T03:59:21Z")
	notes := told(func(t *tally.Tally) {
		t.Count(r, tally.Occurrence{Line: 1, Last: 1, Lines: 1, Site: "/good", Stamp: stamp})
	})
	copy(stamp, "2026-11-23")
	other := tally.New(machine(true, map[string]string{"/good": "5"}).Options)
	notes[0].Enter(other)
	assert.Equal(t, 1, other.Issue(r).Unfolded, "what was there on the day before would not speak against it")
}

// Two tallies that have counted the same add up to the same, whatever the lines' numbers; a question counts nothing.
func TestSums(t *testing.T) {
	r := parsed(t, "one", gevent)
	all := func(from int) (notes []tally.Note) {
		for _, e := range entries(r) {
			notes = append(notes, told(func(t *tally.Tally) { e.enter(t, from) })...)
		}
		return notes
	}
	sums := map[tally.Sum]int{}
	add := func(notes []tally.Note, times int) {
		for i := range notes {
			notes[i].AddTo(sums, times)
		}
	}
	add(all(0), 1)
	require.Len(t, sums, len(entries(r))-1, "lines of an occurrence are counted where it grows; questions are not")
	once := 0
	for _, n := range sums {
		once += n
	}
	assert.Equal(t, 1+2+3+1+1+1+1+1, once)
	add(all(100), 2)
	thrice := 0
	for _, n := range sums {
		thrice += n
	}
	assert.Equal(t, 3*once, thrice)
	add(all(50), -3)
	assert.Empty(t, sums)

	for i, e := range entries(r) {
		for _, f := range entries(r)[:i] {
			clear(sums)
			add(told(func(t *tally.Tally) { e.enter(t, 0) }), 1)
			add(told(func(t *tally.Tally) { f.enter(t, 0) }), -1)
			assert.NotEmpty(t, sums, "%s is not %s", e.name, f.name)
		}
	}
}
