package match_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

var update = flag.Bool("update", false, "write what the tests expect anew")

// A run is a matcher between the stages that it stands between: a view of each line, and a queue.
type run struct {
	*match.Matcher
	queue *hold.Queue
	tally *tally.Tally
	view  view.Line
	line  int

	events []event
	out    struct{ all, shown []byte }
}

// options are those of a run. quiet: nothing is traced.
type options struct {
	hold                    time.Duration
	quiet, claims, recorded bool
	installed               func(site, pkg string) (string, time.Time)
}

func newRun(p *plan.Plan, o options) *run {
	r := &run{line: 1}
	if o.hold == 0 {
		o.hold = time.Second
	}
	r.queue = hold.New(r, o.claims)
	r.tally = tally.New(tally.Options{Installed: o.installed, Recorded: o.recorded, IsCause: p.IsCause})
	m := match.Options{Hold: o.hold, Claims: o.claims, Dated: o.recorded && o.installed != nil, Trace: r.trace}
	if o.quiet {
		m.Trace = nil
	}
	r.Matcher = match.New(p, r.queue, r.tally, m)
	return r
}

// Leave takes what has left.
func (r *run) Leave(e hold.Event, _ view.Promise) {
	how := "shown"
	switch {
	case e.Fold:
		how = "folded " + e.Rule.ID
	case e.Rule != nil:
		how = "shown " + e.Rule.ID
	}
	r.out.all = append(r.out.all, e.Raw...)
	if !e.Fold {
		r.out.shown = append(r.out.shown, e.Raw...)
	}
	for line := range bytes.Lines(e.Raw) { // what the queue has joined is told line by line
		if n := len(r.events) - 1; n >= 0 && r.events[n].what == how && !bytes.HasSuffix(r.events[n].raw, []byte("\n")) {
			r.events[n].raw = append(r.events[n].raw, line...)
			continue
		}
		r.events = append(r.events, event{how, bytes.Clone(line)})
	}
}

// all is what has left, and shown what of it is not folded.
func (r *run) all() string   { return string(r.out.all) }
func (r *run) shown() string { return string(r.out.shown) }

// said are the decisions and what has left, in order; parts of a line that leave alike are together.
func (r *run) said() (all []string) {
	for _, e := range r.events {
		if e.raw == nil {
			all = append(all, e.what)
		} else {
			all = append(all, fmt.Sprintf("\t%s %q", e.what, e.raw))
		}
	}
	return all
}

// An event is a decision, or bytes that have left.
type event struct {
	what string
	raw  []byte // nil: it is a decision
}

func (r *run) trace(t match.Trace) {
	s := fmt.Sprintf("%d: %s", t.Line, t.What)
	if t.Block > 0 {
		s += fmt.Sprintf(" block %d", t.Block)
	}
	s += " " + strings.Join(t.Rules, ",")
	if t.Text != "" {
		s += fmt.Sprintf(" %q", t.Text)
	}
	if len(t.Waits) > 0 {
		s += ", waits for " + strings.Join(t.Waits, " | ")
	}
	if t.Why != "" {
		s += ", since " + t.Why
	}
	r.events = append(r.events, event{what: s})
}

// write matches whole lines, frame by frame; what has no end is a line as well.
func (r *run) write(text string) {
	for line := range strings.Lines(text) {
		for line != "" {
			n, _ := view.FrameLen([]byte(line), 0)
			if n == 0 {
				n = len(line)
			}
			r.frame(line[:n])
			line = line[n:]
		}
	}
}

func (r *run) frame(raw string) {
	buffer := []byte(raw)
	r.view.Look(buffer)
	r.queue.Put(r.Line(&r.view, r.line))
	r.End(&r.view)
	r.release()
	if strings.HasSuffix(raw, "\n") {
		r.queue.EndLine()
		r.line++
		r.EndLine(strings.HasSuffix(raw, "\r\n"))
	}
	for i := range buffer {
		buffer[i] = '#' // nothing of it is kept
	}
}

func (r *run) release() {
	if r.queue.Full() || r.Crowded() {
		r.GiveUp(r.line, match.TooMuchWaits)
		r.queue.Stand()
	}
	r.queue.Release()
}

// tick lets time pass.
func (r *run) tick(now time.Duration) {
	r.Tick(now)
	r.queue.Tick(now)
	r.Expire(r.line)
	r.queue.Release()
}

// end ends the run, and returns what was seen.
func (r *run) end() *tally.Summary {
	r.Close(r.line)
	r.queue.EndLine()
	r.queue.Release()
	return r.tally.Summary(tally.Limits{}, outcome.Outcome{})
}

// kinds is the plan of the rules in testdata.
var kinds = sync.OnceValue(func() *plan.Plan { return plan.New(kindsSet(), nil) })

func kindsSet() *rules.Set {
	text, err := os.ReadFile(filepath.Join("testdata", "rules.yaml"))
	if err != nil {
		panic(err)
	}
	set := rules.NewSet()
	for one := range strings.SplitSeq(string(text), "\n---\n") {
		r, err := rules.Parse("rules.yaml", []byte(one))
		if err != nil {
			panic(err)
		}
		if err := set.Add(r); err != nil {
			panic(err)
		}
	}
	return set
}

func counts(s *tally.Summary) map[string]int {
	m := map[string]int{}
	for _, i := range s.Issues {
		m[i.Rule.ID] = i.Count
	}
	return m
}

// unescaped is the text of a case: each line is quoted as in Go, and has its end unless a backslash stands there.
func unescaped(t *testing.T, text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line, end := strings.TrimSuffix(line, "\n"), "\n"
		if open, found := strings.CutSuffix(line, `\`); found {
			line, end = open, ""
		}
		plain, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
		require.NoError(t, err, line)
		out.WriteString(plain + end)
	}
	return out.String()
}

// TestGoldenDecisions: what is decided of each line of the files in testdata/decisions, and why, and what leaves when.
func TestGoldenDecisions(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "decisions", "*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			in, want, _ := strings.Cut(string(text), "=====\n")
			got := decisions(t, unescaped(t, in))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(in+"=====\n"+got), 0o644))
				return
			}
			assert.Equal(t, want, got)
		})
	}
}

// decisions are those about a text, and then what was counted.
func decisions(t *testing.T, text string) string {
	r := newRun(kinds(), options{})
	r.write(text)
	s := r.end()
	require.Equal(t, text, r.all())
	var out bytes.Buffer
	for _, line := range r.said() {
		fmt.Fprintln(&out, line)
	}
	for _, i := range s.Issues {
		fmt.Fprintf(&out, "%d × %s, lines %d to %d, %d of it, first %q", i.Count, i.Rule.ID, i.FirstLine, i.LastLine, i.Lines, i.First)
		for _, name := range i.Hosts.Names() {
			fmt.Fprintf(&out, ", on %s %d", name, i.Hosts.Of(name))
		}
		for _, name := range i.Operations.Names() {
			fmt.Fprintf(&out, ", in %s %d", name, i.Operations.Of(name))
		}
		for _, at := range i.Installed.List() {
			if at.Site != "" {
				fmt.Fprintf(&out, ", of %s", at.Site)
			}
		}
		if i.Guarded > 0 {
			fmt.Fprintf(&out, ", %d guarded", i.Guarded)
		}
		fmt.Fprintln(&out)
	}
	for _, u := range s.Unknown {
		fmt.Fprintf(&out, "%d × unknown %q in line %d\n", u.Count, u.Text(), u.FirstLine)
	}
	return out.String()
}
