package filter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/report"
)

// pieces are what logs of tests are put together of: recorded runs, samples of rules, lines that are for every person.
var pieces = sync.OnceValue(func() (all []string) {
	var t testing.T
	for _, file := range append(filtertest.EveryCapture(&t), filtertest.GoodLogs(&t)...) {
		text, _ := os.ReadFile(file)
		all = append(all, string(text[:min(len(text), 40_000)]))
	}
	for r := range filtertest.Builtin().All() {
		for _, s := range r.Samples {
			all = append(all, s.Text+"\n")
		}
	}
	return append(all, filtertest.Guarded...)
})

// drawLog draws a log of several runs and stretches of runs, plain, with prefixes, torn, one in the other.
func drawLog(t *rapid.T) string {
	var log strings.Builder
	for range rapid.IntRange(1, 6).Draw(t, "stretches") {
		var s string
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0: // torn blocks
			writers := [][]string{blockWrites(true), blockWrites(rapid.Bool().Draw(t, "carets"))}
			for _, l := range rapid.SliceOfN(rapid.SampledFrom(Own), 0, 5).Draw(t, "own") {
				writers = append(writers, []string{l + "\n"})
			}
			s = strings.Join(interleave(t, writers), "")
		case 1: // two things whose lines are mixed
			a, b := strings.SplitAfter(drawStretch(t), "\n"), strings.SplitAfter(drawStretch(t), "\n")
			var mixed strings.Builder
			for len(a)+len(b) > 0 {
				if len(b) == 0 || len(a) > 0 && rapid.Bool().Draw(t, "first") {
					a, b = b, a
				}
				mixed.WriteString(b[0])
				b = b[1:]
			}
			s = mixed.String()
		case 2:
			var w bytes.Buffer
			_ = filtertest.WriteMany(&w, rapid.SampledFrom(filtertest.ManyKinds()).Draw(t, "many"), rapid.IntRange(1, 9).Draw(t, "n"))
			s = w.String()
		case 3: // what goes on in the next line, is overwritten, or too long to be looked at
			for range rapid.IntRange(1, 6).Draw(t, "odd ones") {
				s += rapid.SampledFrom(oddLines()).Draw(t, "odd")
			}
		case 4: // somebody falls silent in a block, and others go on
			s = blockOf("web-1  | ", rapid.IntRange(1, 7).Draw(t, "of the block")) + strings.Repeat("db-2   |     [vm-1] x\n", 4096-rapid.IntRange(-3, 3).Draw(t, "less")) + blockOf("web-1  | ", 8)
		default:
			s = drawStretch(t)
		}
		switch rapid.IntRange(0, 5).Draw(t, "dressed") {
		case 0:
			prefix := rapid.SampledFrom([]string{"web-1  | ", "db-2   | ", "2026-11-24T03:59:21.1234567Z ", "vm7: ", "Nov 24 03:59:21 ci-1 pyinfra[123]: ", "[a] ", "12:13:14  "}).Draw(t, "prefix")
			s = filtertest.Prefixed(prefix)(s)
		case 1, 2:
			d := rapid.SampledFrom(dressings).Draw(t, "dressing")
			s = d.wear(s, time.Second)
		}
		log.WriteString(s)
	}
	return log.String()
}

// oddLines leave something behind for those that come next.
var oddLines = sync.OnceValue(func() (all []string) {
	object := func(text, rest string) string { return `{"log":` + quoted(text) + `,"stream":"stderr"` + rest + "}\n" }
	all = append(all,
		object(strings.Repeat("x", 16<<10), ""), object("AssertionError: \n", ""), object("--> Starting operation: a\n", ""),
		object("AssertionError: ", `,"partial_message":true`), object("no\n", `,"partial_message":true,"partial_last":true`), object("Exception ignored in: <", `,"partial_message":true`),
		"2026-11-24T03:59:21.123456Z 01E AssertionError: \r\n", "2026-11-24T03:59:21.123456Z 01E+AssertionError: \n", "2026-11-24T03:59:21.123456Z 01E+    [vm-1] Error: executed 0 commands\n",
		"text\r\n", "    [vm-1] Error: executed 0 commands\r", "--> Loading config...\r", "vm7: --> Loading config...\n", "vm8: --> Connecting to hosts...\n", "12:13:14 text\n", "\x1b[31m", "AssertionError: \r\n",
		"Traceback (most recent call last):\n", "  File \"/srv/x.py\", line 3, in y\n", "               ^^^^^^^^^^^^^^^^^\n", "    assert not thread.is_alive()\n", "    assert not self._is_stopped and self._started.is_set()\r               ^^^^^^^^^^^^^^^^^\n",
		strings.Repeat("y", 70<<10)+"\r\n", strings.Repeat("Exception ignored in: x ", 4<<10)+"\n", "    [vm-1] Error: executed 0 commands"+strings.Repeat("z", 70<<10)+"\n", strings.Repeat("no end ", 10),
	)
	return append(all, blockOf("", 8), blockOf("", 4), blockOf("web-1  | ", 8), blockOf("2026-11-24T03:59:21.123456Z 01E ", 8))
})

// blockOf is the beginning of a block, with something in front of each line.
func blockOf(prefix string, most int) string {
	lines := strings.SplitAfter(block, "\n")
	return filtertest.Prefixed(prefix)(strings.Join(lines[:min(len(lines), most)], ""))
}

// drawStretch draws some lines of a piece.
func drawStretch(t *rapid.T) string {
	lines := strings.SplitAfter(rapid.SampledFrom(pieces()).Draw(t, "piece"), "\n")
	from := rapid.IntRange(0, len(lines)-1).Draw(t, "from")
	if rapid.Bool().Draw(t, "from its beginning") {
		from = 0
	}
	return strings.Join(lines[from:min(len(lines), from+rapid.IntRange(1, 60).Draw(t, "lines"))], "")
}

// An account is all that comes of a log: what is shown, and what is reported.
type account struct {
	shown, events strings.Builder
	kind          string
	sum           *report.Report
	report        string
}

func (a *account) Event(e filter.Event) error {
	what := "shown"
	if e.Rule != nil {
		what = e.Rule.ID
	}
	if e.Fold {
		what += " folded"
	} else {
		a.shown.Write(e.Raw)
	}
	if what != a.kind {
		fmt.Fprintf(&a.events, "\n-- %s\n", what)
		a.kind = what
	}
	a.events.Write(e.Raw)
	return nil
}

func (a *account) end(s *filter.Summary) {
	a.sum = report.New(s, report.Run{Fix: func(site, r string) string { return site + r }})
	text, _ := json.MarshalIndent(a.sum, "", " ")
	a.report = string(text)
}

// installedIn says what is installed where: some of it has an issue, some of it came later.
func installedIn(site, pkg string) (string, time.Time) {
	switch len(site) % 3 {
	case 0:
		return "", time.Time{}
	case 1:
		return "25.5.1", time.Time{}
	}
	return "25.9.1", time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
}

var recorded = filter.Options{Recorded: true, Claims: true, Record: true, Installed: installedIn}

// atOnce filters a log as one.
func atOnce(plan *filter.Plan, log string, o filter.Options) (a *account) {
	return inWrites(plan, log, o, func(rest int) int { return rest })
}

// inWrites filters a log as one that comes in pieces. next says how long the next one is.
func inWrites(plan *filter.Plan, log string, o filter.Options, next func(rest int) int) (a *account) {
	a = &account{}
	f := plan.Filter(a, o)
	for rest := []byte(log); len(rest) > 0; {
		n := next(len(rest))
		_, _ = f.Write(rest[:n])
		rest = rest[n:]
	}
	_ = f.Close()
	a.end(f.Summary())
	return a
}

// inParts filters a log that is cut at some places, each part with some of what stands before it, and says how many were of use.
func inParts(plan *filter.Plan, log string, cuts []int, before int, o filter.Options) (a *account, used int) {
	return inMarkedParts(plan, log, cuts, before, 0, o)
}

// inMarkedParts does the same with parts whose marks are so far from each other.
func inMarkedParts(plan *filter.Plan, log string, cuts []int, before, apart int, o filter.Options) (a *account, used int) {
	a = &account{}
	w := plan.Whole(a, o)
	from := 0
	for _, to := range append(cuts, len(log)) {
		text := []byte(log[from:to])
		part := plan.Part(o, filter.Stretch{Text: text, Line: 1 + strings.Count(log[:from], "\n"), Before: []byte(log[max(0, from-before):from]), Head: []byte(log[:min(from, 4000)]), Apart: apart})
		if ok, _ := w.Go(text, part); ok {
			used++
		}
		w.LetGo()
		clear(text)
		from = to
	}
	_ = w.Close()
	a.end(w.Summary())
	return a, used
}

// A part that carries something else than the log where it begins is of use from the mark on at which it carries the same: it does not know the
// operation, until the next one begins.
func TestPartsGoOnAtMarks(t *testing.T) {
	plan := filter.NewPlan(filtertest.Builtin())
	log := "--> Loading config...\n--> Connecting to hosts...\n"
	for n := range 8 {
		log += fmt.Sprintf("--> Starting operation: Step %d\n", n) + strings.Repeat("    [vm-1] text\n", 100) + "    [vm-1] Error: executed 0 commands\n" + block
	}
	want := atOnce(plan, log, recorded)
	cut := len(log)/2 + 1
	for apart, of := range map[int]int{1: 1, 4000: 1, len(log): 0} {
		got, used := inMarkedParts(plan, log, []int{cut}, 0, apart, recorded)
		assert.Equal(t, 1+of, used, apart) // the first one always is
		assert.Equal(t, want.events.String(), got.events.String())
		assert.Equal(t, want.report, got.report)
	}
}

// What comes of a log that is filtered in parts is what comes of it as a whole, wherever it is cut, and however much the parts
// are told.
func TestPartsAreTheWhole(t *testing.T) {
	plan, used, all := filter.NewPlan(filtertest.Builtin()), 0, 0
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		var cuts []int
		for at := 0; len(cuts) < 6; {
			if at += rapid.IntRange(1, 1+len(log)/3).Draw(t, "part"); at >= len(log) {
				break
			}
			cuts = append(cuts, at)
		}
		want := inWrites(plan, log, recorded, func(rest int) int { return rapid.IntRange(1, rest).Draw(t, "write") })
		got, n := inMarkedParts(plan, log, cuts, rapid.IntRange(0, len(log)).Draw(t, "before"), rapid.IntRange(1, 2000).Draw(t, "apart"), recorded)
		used, all = used+n, all+len(cuts)
		require.Equal(t, want.shown.String(), got.shown.String())
		require.Equal(t, want.events.String(), got.events.String())
		require.Equal(t, want.report, got.report)
	})
	t.Logf("%d of %d parts were of use", used, all)
	assert.Greater(t, used*5, all, "parts are of use")
}

// Long logs, as they are, are cut at any place, and nearly each part is of use.
func TestPartsAreOfUse(t *testing.T) {
	plan := filter.NewPlan(filtertest.Builtin())
	runs := filtertest.Captures(t, "*.pipe.log")
	for _, prefix := range []string{"", "2026-11-24T03:59:21.1234567Z ", "web-1  | ", "vm7: "} {
		var log strings.Builder
		for n := range 40 {
			log.WriteString(filtertest.Prefixed(prefix)(strings.ReplaceAll(string(filtertest.Read(t, runs[n%len(runs)])), "vm", "vm"+strconv.Itoa(n))))
		}
		var cuts []int
		for at := 60_001; at < log.Len(); at += 60_000 {
			cuts = append(cuts, at)
		}
		got, used := inParts(plan, log.String(), cuts, 40_000, undated)
		require.Equal(t, atOnce(plan, log.String(), undated).report, got.report)
		t.Logf("%q: %d of %d", prefix, used, len(cuts))
		assert.GreaterOrEqual(t, 10*used, 8*len(cuts), prefix)
	}
}

// A log that is cut where Cuts says, each part filtered by itself as a log of its own, shows what it shows as a whole; and the
// reports of the parts add up to the same issues.
func TestCutPartsAddUp(t *testing.T) {
	plan, cut := filter.NewPlan(filtertest.Builtin()), 0
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		c := plan.Cuts(int64(rapid.IntRange(1, max(1, len(log)/2)).Draw(t, "size")))
		for rest := log; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "write")
			_, _ = c.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		shown, from, want := "", 0, atOnce(plan, log, undated)
		var parts []*report.Report
		for _, to := range append(c.Places(), int64(len(log))) {
			part := atOnce(plan, log[from:to], undated)
			shown, parts = shown+part.shown.String(), append(parts, part.sum)
			from = int(to)
		}
		cut += len(parts) - 1
		require.Equal(t, want.shown.String(), shown)
		require.Equal(t, adding(want.sum), adding(report.Merge(parts...)))
	})
	assert.Positive(t, cut, "logs were cut")
	t.Logf("%d cuts", cut)
}

var undated = filter.Options{Recorded: true, Claims: true, Record: true}

// adding is what adds up of a report when a log is cut: all but where something stands, what came of a run that is cut in two,
// and what an issue in one part comes of that is in another.
func adding(r *report.Report) (lines []string) {
	lines = append(lines, fmt.Sprint(r.Input, r.Output, r.Folded))
	for _, i := range r.Issues {
		lines = append(lines, fmt.Sprint(i.ID, i.Count, i.Lines, i.Unfolded, i.Hosts, i.Operations))
	}
	slices.Sort(lines)
	return lines
}

// Lines that end with a carriage return are counted alike where they are matched and where they leave: in whatever frames, objects and parts of
// long lines they come, and wherever the log is cut. Once matching counted those that it took for lines, and the output each byte.
func TestReturnsAreCountedAlike(t *testing.T) {
	plan, counted := filter.NewPlan(filtertest.Builtin()), 0
	texts := []string{strings.TrimSpace(oddLines()[2]), "--> Loading config...", "--> Connecting to hosts...", "x", "", "\x1b[K", strings.TrimSpace(oddLines()[0]), strings.TrimSpace(oddLines()[1]), strings.TrimSpace(oddLines()[3]), strings.Repeat("y", 70<<10)}
	ends := []string{"\r", "\r", "\r", "\r\r", "\n", "\r\r\n", "\r\n"}
	rapid.Check(t, func(t *rapid.T) {
		log := ""
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			log += rapid.SampledFrom(texts).Draw(t, "text") + rapid.SampledFrom(ends).Draw(t, "end")
		}
		log += "--> Loading config...\n"
		want := atOnce(plan, log, recorded)
		for _, size := range []int{97, 5000} {
			require.Equal(t, want.report, inWrites(plan, log, recorded, func(rest int) int { return min(size, rest) }).report, "%q", log)
		}
		cut := rapid.IntRange(1, len(log)-1).Draw(t, "cut")
		got, _ := inParts(plan, log, []int{cut}, rapid.IntRange(0, cut).Draw(t, "before"), recorded)
		require.Equal(t, want.report, got.report, "%q", log)
		if strings.Count(want.report, `"first_line"`) > 1 {
			counted++
		}
	})
	assert.Positive(t, counted)
}

// What has left before it is seen that lines end with a bare carriage return is told alike however the log comes in.
func TestReturnsThatAreSeenLate(t *testing.T) {
	plan := filter.NewPlan(filtertest.Builtin())
	op, long := `{"log":"--\u003e Starting operation: a\n","stream":"stderr"}`, `{"log":"`+strings.Repeat("x", 9<<10)+`\n","stream":"stderr"}`
	for _, log := range []string{
		"x\r" + op + "\r" + long + "\r--> Loading config...\r--> Loading config...\n",
		"x\r" + op + "\r\x1b[K\r" + long + "\r" + op + "\r--> Loading config...\n",
	} {
		want := atOnce(plan, log, recorded)
		require.Equal(t, want.report, inWrites(plan, log, recorded, func(rest int) int { return min(97, rest) }).report, "%q", log)
		for cut := 1; cut < len(log); cut += len(log) / 10 {
			got, _ := inParts(plan, log, []int{cut}, 0, recorded)
			require.Equal(t, want.report, got.report, "%q", log)
		}
	}
}
