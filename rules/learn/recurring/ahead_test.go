package recurring_test

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// drawRuns are events of a log: lines of hosts and of programs, dressed and bare, coloured, torn, of which rules claim some.
func drawRuns(t *rapid.T) (all []filter.Event) {
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{
		"    [web-01] Reading package lists", "    [web-02] Reading package lists", "    [db] Error: executed 0 commands", "[web-01] is late", "--> Starting operation: x", "the disk is nearly full, 95% are used",
		"the disk is nearly full, 7% are used", "commit deadbeef is older than 0c36d0f1", "web-1  | the agent could not be reached", "2026-11-24T03:59:21Z the agent could not be reached", "2026-11-24T04:07:22Z it took 12.5 s",
		"\x1b[31mred\x1b[0m as it is", "one\rtwo", "Traceback (most recent call last):", `  File "/x/y.py", line 7, in z`, "ValueError: no", "----", "    Operation  Hosts", "    rows  3", "", "\xff\xfe", strings.Repeat("long ", 500), "x",
		`{"log":"a text in an object\n"}`,
	}), 1, 8).Draw(t, "lines")
	line := 1
	for range rapid.IntRange(1, 30).Draw(t, "events") {
		var raw []byte
		for range rapid.IntRange(1, 12).Draw(t, "lines of it") {
			raw = append(raw, rapid.SampledFrom(lines).Draw(t, "line")+"\n"...)
		}
		if rapid.IntRange(0, 9).Draw(t, "torn") == 0 {
			raw = raw[:len(raw)-1]
		}
		e := filter.Event{Raw: raw, Line: line}
		if rapid.IntRange(0, 4).Draw(t, "known") == 0 {
			e.Rule, e.Fold = &rules.Rule{ID: "a-line"}, rapid.Bool().Draw(t, "folded")
		}
		all = append(all, e)
		line += bytes.Count(raw, []byte("\n"))
	}
	return all
}

// laid returns the same events, with their bytes one behind the other in a text.
func laid(events []filter.Event) (text []byte, all []filter.Event) {
	for _, e := range events {
		text = append(text, e.Raw...)
	}
	at := 0
	for _, e := range events {
		e.Raw = text[at : at+len(e.Raw)]
		at += len(e.Raw)
		all = append(all, e)
	}
	return text, all
}

// What is known of lines beforehand makes no difference, whether they come, or others, or some of them.
func TestAheadMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rec, want := recurring.New(recurring.Options{MinCount: 2}), recurring.New(recurring.Options{MinCount: 2})
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			events := drawRuns(t)
			text, looked := laid(events)
			switch rapid.IntRange(0, 3).Draw(t, "what is known") {
			case 0:
				looked = looked[:rapid.IntRange(0, len(looked)).Draw(t, "some")]
			case 1:
				text, looked = laid(drawRuns(t))
			}
			rec.Expect(recurring.LookAhead(text, slices.Values(looked)))
			for _, e := range events {
				require.NoError(t, rec.Event(e))
				require.NoError(t, want.Event(e))
			}
		}
		assert.Equal(t, want.Unknown(), rec.Unknown())
		assert.Equal(t, want.Seen(), rec.Seen())
	})
}

// One that is used again finds what a new one finds.
func TestAgain(t *testing.T) {
	used := recurring.New(recurring.Options{MinCount: 2})
	rapid.Check(t, func(t *rapid.T) {
		used.Again()
		want := recurring.New(recurring.Options{MinCount: 2})
		for _, e := range drawRuns(t) {
			require.NoError(t, used.Event(e))
			require.NoError(t, want.Event(e))
		}
		assert.Equal(t, want.Unknown(), used.Unknown())
		assert.Equal(t, want.Seen(), used.Seen())
		assert.Equal(t, want.More(), used.More())
	})
}

// What is known beforehand is used: most lines of a log need no look when they come.
func TestAheadIsUsed(t *testing.T) {
	var log strings.Builder
	for n := range 3000 {
		fmt.Fprintf(&log, "    [web-%02d] unpacking %s of the %dth package\n", n%24, strings.Repeat("ab ", n%50), n)
	}
	text := []byte(log.String())
	events := func(yield func(filter.Event) bool) { yield(filter.Event{Raw: text, Line: 1}) }
	allocs := func(a *recurring.Ahead) float64 {
		rec := recurring.New(recurring.Options{})
		return testing.AllocsPerRun(1, func() {
			rec.Again()
			if a != nil {
				again := *a // it is of use once
				rec.Expect(&again)
			}
			for e := range iter.Seq[filter.Event](events) {
				require.NoError(t, rec.Event(e))
			}
		})
	}
	assert.Less(t, allocs(recurring.LookAhead(text, events)), allocs(nil)*2/3, "texts that are looked at are copied")
}
