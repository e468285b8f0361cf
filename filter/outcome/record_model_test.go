package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// A model is pyinfra 3.10.0 as it runs operations: it prints what that prints, in one of its three ways, and keeps
// what became of each operation on each host.
type model struct {
	t     *rapid.T
	out   strings.Builder
	line  int
	plan  []planned
	hosts []string
	gone  map[string]bool
	want  []map[string]outcome.Done
}

// A planned operation has what becomes of it on each host.
type planned struct {
	name    string
	results map[string]outcome.Done
	inner   []string // the names of what it runs itself, on each host
}

func newModel(t *rapid.T) *model {
	m := &model{t: t, line: 1, gone: map[string]bool{}}
	m.say("--> Loading config...\n--> Loading inventory...\n--> Connecting to hosts...\n")
	for i := range rapid.IntRange(1, 5).Draw(t, "hosts") {
		m.hosts = append(m.hosts, fmt.Sprintf("vm-%02d", i))
		m.say("    [vm-%02d] Connected\n", i)
	}
	m.say("\n--> Preparing operation files...\n    Loading: deploy.py\n\n--> Skipping change detection\n--> Beginning operation run...\n")
	for range rapid.IntRange(1, 6).Draw(t, "operations") {
		p := planned{name: rapid.SampledFrom([]string{"Say hi", "Restart nginx", "Fail as apt", "Files | Put"}).Draw(t, "name"), results: map[string]outcome.Done{}}
		for _, h := range m.hosts {
			p.results[h] = draw(t)
		}
		if rapid.IntRange(0, 4).Draw(t, "inner") == 0 {
			p.inner = rapid.SliceOfN(rapid.SampledFrom([]string{"Inner a", "Inner b"}), 1, 3).Draw(t, "inner names")
		}
		m.plan, m.want = append(m.plan, p), append(m.want, map[string]outcome.Done{})
	}
	return m
}

func draw(t *rapid.T) outcome.Done {
	d := outcome.Done{Result: rapid.SampledFrom([]outcome.Result{outcome.Success, outcome.Success, outcome.NoChange, outcome.Skipped, outcome.Error, outcome.Error}).Draw(t, "result")}
	d.Ignored = d.Result == outcome.Error && rapid.IntRange(0, 2).Draw(t, "ignored") > 0
	if d.Result != outcome.Skipped && rapid.IntRange(0, 5).Draw(t, "again") == 0 {
		d.Retries = rapid.IntRange(1, 3).Draw(t, "retries")
	}
	return d
}

func (m *model) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	m.line += strings.Count(text, "\n")
	m.out.WriteString(text)
}

// chance has something between the lines of a run at times: what hosts print with -v, and what pyinfra
// says of them.
func (m *model) chat(host string) {
	for rapid.IntRange(0, 3).Draw(m.t, "chat") == 0 {
		m.say("%s", fmt.Sprintf(rapid.SampledFrom([]string{"[%s] some output\n", "[%s] Success\n", "    [%s] Loaded fact server.Command\n", "    [%s] sh: 1: nginx: not found\n"}).Draw(m.t, "words"), host))
	}
}

var texts = map[outcome.Result]string{outcome.Success: "Success", outcome.NoChange: "No changes", outcome.Skipped: "Skipped"}

// run runs the i-th operation on a host to its end, and reports whether the host goes on.
func (m *model) run(i int, host string) bool {
	p, d := m.plan[i], m.plan[i].results[host]
	m.chat(host)
	if d.Result != outcome.Skipped {
		for _, name := range p.inner {
			m.say("    Starting nested operation: %s \n    [%s] nested Success\n", name, host)
		}
	}
	for k := range d.Retries {
		m.say("    [%s] Retrying %s (attempt %d/3) after 0s...\n", host, p.name, k+1)
	}
	text, tries := texts[d.Result], ""
	if d.Retries > 0 {
		tries = fmt.Sprintf(" on retry %d", d.Retries)
	}
	if d.Result == outcome.Error {
		text = "Error: executed 0 commands"
		if d.Ignored {
			text = "Error (ignored): executed 0 commands"
		}
		if d.Retries > 0 {
			tries = fmt.Sprintf(" (failed after %d/%d retries)", d.Retries, d.Retries)
		}
	}
	d.LastLine = m.line
	m.say("    [%s] %s%s\n", host, text, tries)
	m.want[i][host] = d
	m.gone[host] = d.Result == outcome.Error && !d.Ignored
	return !m.gone[host]
}

func (m *model) start(i int, direct bool) {
	if !direct {
		m.say("\n")
	}
	m.say("--> Starting operation: %s \n", m.plan[i].name)
}

// together is how pyinfra runs operations by default.
func (m *model) together() {
	for i := range m.plan {
		if len(m.gone) > 0 && len(m.left()) == 0 {
			return
		}
		m.start(i, i == 0)
		for _, h := range rapid.Permutation(m.left()).Draw(m.t, "order") {
			m.run(i, h)
		}
	}
}

func (m *model) left() (hosts []string) {
	for _, h := range m.hosts {
		if !m.gone[h] {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// serial is --serial.
func (m *model) serial() {
	for n, h := range m.hosts {
		for i := range m.plan {
			m.start(i, i+n == 0)
			if !m.run(i, h) {
				break
			}
		}
	}
}

// apart is --no-wait: whoever is at the end of an operation begins the next one.
func (m *model) apart() {
	at, open := map[string]int{}, append([]string{}, m.hosts...)
	for range open {
		m.start(0, true)
	}
	for len(open) > 0 {
		k := rapid.IntRange(0, len(open)-1).Draw(m.t, "who")
		h := open[k]
		goes := m.run(at[h], h)
		at[h]++
		if goes && at[h] < len(m.plan) {
			m.start(at[h], false)
			continue
		}
		if !goes {
			m.say("Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n    g()\nPyinfraError: Error in operation\n2026-11-29T10:44:19Z <Greenlet at 0x7fbeacec2980: _run_host_ops(Host(%s))> failed with PyinfraError\n", h)
		}
		open = append(open[:k], open[k+1:]...)
	}
}

// TestRecordOfModels: in whichever way pyinfra runs its operations, what is recorded of each on each host is what
// became of it there; and where it cannot be told, it is said, and nothing wrong is.
func TestRecordOfModels(t *testing.T) {
	ways := map[string]func(*model){"together": (*model).together, "serial": (*model).serial, "apart": (*model).apart}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := newModel(t)
				way(m)
				m.say("\n--> Results:\n    Grand total   1   1   -   -   \n\n--> Disconnecting from hosts...\n")
				got := recorded(m.out.String(), 0)
				require.NotNil(t, got)
				m.check(got)
			})
		})
	}
}

func (m *model) check(got *outcome.Record) {
	var outer []*outcome.Operation
	inner := map[string]int{}
	for _, op := range got.Operations {
		if op.Nested {
			inner[op.Name] += len(op.Hosts)
		} else {
			outer = append(outer, op)
		}
	}
	require.False(m.t, got.Unclear, m.out.String())
	wantInner := map[string]int{}
	for i, p := range m.plan {
		for _, d := range m.want[i] {
			for _, name := range p.inner {
				if d.Result != outcome.Skipped {
					wantInner[name]++
				}
			}
		}
	}
	assert.Equal(m.t, wantInner, inner, m.out.String())
	for i, want := range m.want {
		if len(want) == 0 {
			continue
		}
		require.Less(m.t, i, len(outer), m.out.String())
		assert.Equal(m.t, m.plan[i].name, outer[i].Name, m.out.String())
		have := map[string]outcome.Done{}
		for host, d := range outer[i].Hosts {
			have[host] = outcome.Done{Result: d.Result, Ignored: d.Ignored, Retries: d.Retries, LastLine: d.LastLine}
			assert.LessOrEqual(m.t, d.FirstLine, d.LastLine)
		}
		assert.Equal(m.t, want, have, "%d\n%s", i, m.out.String())
	}
}
