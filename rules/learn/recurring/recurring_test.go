package recurring_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// recurrent returns what recurs in a log and what set does not know, with writes
// of size bytes; 0: one write.
func recurrent(t require.TestingT, set *rules.Set, log string, size int) []*filter.Unknown {
	rec := recurring.New(recurring.Options{})
	f := filter.New(set, rec, filter.Options{})
	for len(log) > 0 {
		n := len(log)
		if size > 0 {
			n = min(n, size)
		}
		_, err := f.Write([]byte(log[:n]))
		require.NoError(t, err)
		log = log[n:]
	}
	require.NoError(t, f.Close())
	return rec.Unknown()
}

// found is what was found in short.
func found(unknown []*filter.Unknown) (out []string) {
	for _, u := range unknown {
		first, _, _ := strings.Cut(strings.TrimSpace(u.Sample), "\n")
		out = append(out, fmt.Sprintf("%s %d× %d lines: %s", u.Fingerprint, u.Count, u.Lines, first[:min(len(first), 40)]))
	}
	return out
}

func fingerprints(unknown []*filter.Unknown) (out []string) {
	for _, u := range unknown {
		out = append(out, u.Fingerprint)
	}
	return out
}

// warning are five lines that always come together.
const warning = `the pool of connections to 10.0.%d.7:5432 is nearly used up
    %d of 100 connections are open since 12:%02d:07
    ----------
    see /srv/app-%d/log/pool.log
    ----------
`

// A block is one unknown, however often it comes.
func TestRecurringBlock(t *testing.T) {
	var log strings.Builder
	for i := range 200 {
		fmt.Fprintf(&log, "a line of %s alone\n"+warning, word(i), i%200, i, i%60, i)
	}
	unknown := recurrent(t, rules.NewSet(), log.String(), 0)
	require.Len(t, unknown, 1)
	u := unknown[0]
	assert.Equal(t, filter.Recurring, u.Kind)
	assert.Equal(t, 200, u.Count)
	assert.Equal(t, int64(1000), u.Lines)
	assert.Equal(t, 2, u.FirstLine)
	assert.Equal(t, fmt.Sprintf(strings.TrimSuffix(warning, "\n"), 0, 0, 0, 0), u.Sample)
}

// word is another word for each number, without a figure.
func word(n int) string {
	var b []byte
	for n += 1; n > 0; n /= 20 {
		b = append(b, "bcdfghjklmnpqrstvwxz"[n%20])
	}
	return "q" + string(b)
}

// wrapped puts each line into an object.
func wrapped(log, object string) string {
	var out strings.Builder
	for line := range strings.Lines(log) {
		text, _ := json.Marshal(line)
		fmt.Fprintf(&out, object+"\n", text)
	}
	return out.String()
}

// warnings are n warnings between other lines. dress is put in front of each
// line, host in front of those of the warning.
func warnings(n int, host func(i int) string, other func(i int) string) string {
	var log strings.Builder
	for i := range n {
		log.WriteString(other(i))
		for l := range strings.Lines(fmt.Sprintf(warning, i*7%200, i*13, i*11%60, i*i)) {
			log.WriteString(host(i) + l)
		}
	}
	return log.String()
}

func none(int) string { return "" }

// The fingerprint of a text is the same in each dress, on each host and with each
// number, path and count; it is written into baselines that people keep. If this
// one is to change, so is FingerprintVersion.
func TestRecurringFingerprintStays(t *testing.T) {
	const version, want = 2, "U-a6edcea7"
	require.Equal(t, version, filter.FingerprintVersion)
	plain := warnings(20, none, none)
	for name, log := range map[string]string{
		"plain":         plain,
		"five":          warnings(5, none, none),
		"many":          warnings(999, none, none),
		"no last LF":    strings.TrimSuffix(plain, "\n"),
		"hosts":         warnings(40, func(i int) string { return fmt.Sprintf("[web-%d] ", i%7) }, none),
		"indented host": warnings(40, func(int) string { return "    [db.example.org]   " }, none),
		"other text":    warnings(30, none, func(i int) string { return "now " + word(i) + " is on\n\n" }),
		"CRLF":          strings.ReplaceAll(plain, "\n", "\r\n"),
		"colours":       "\x1b[33m" + strings.ReplaceAll(plain, "\n", "\x1b[0m\n\x1b[33m"),
		"frames":        filtertest.Prefixed("working…\r\x1b[K")(plain),
		"GitHub":        filtertest.Prefixed("2026-11-24T03:59:21.1234567Z ")(plain),
		"gh":            filtertest.Prefixed("deploy\tRun pyinfra\t2026-11-24T03:59:21.1234567Z ")(plain),
		"Compose":       filtertest.Prefixed("web-1  | ")(plain),
		"syslog":        filtertest.Prefixed("Nov 24 03:59:21 ci-1 pyinfra[123]: ")(plain),
		"Docker's JSON": wrapped(plain, `{"log":%s,"stream":"stderr","time":"2026-11-24T03:00:02Z"}`),
		"journal JSON":  wrapped(strings.ReplaceAll(plain, "\n", "\r\n"), `{"__REALTIME_TIMESTAMP":"1795492761123456", "MESSAGE" : %s }`),
		"JSON, behind":  filtertest.Prefixed("web-1  | ")(wrapped(plain, `{"level":"info","msg":%s}`)),
		"other paths":   strings.ReplaceAll(plain, "/srv/app", `C:\Users\me\app`),
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, []string{want}, fingerprints(recurrent(t, filtertest.Builtin(), log, 0)))
		})
	}
}

func TestRecurringHostsAddUp(t *testing.T) {
	log := warnings(70, func(i int) string { return fmt.Sprintf("    [web-%d] ", i%7) }, func(i int) string { return "--> Starting operation: x\n" })
	unknown := recurrent(t, rules.NewSet(), log, 0)
	require.Len(t, unknown, 1)
	assert.Equal(t, 70, unknown[0].Count)
	assert.Equal(t, int64(350), unknown[0].Lines)
}

// What is the same text, and what is another.
func TestRecurringSame(t *testing.T) {
	same := func(a, b string) bool {
		u, v := recurrent(t, rules.NewSet(), strings.Repeat(a+"\n", 9), 0), recurrent(t, rules.NewSet(), strings.Repeat(b+"\n", 9), 0)
		require.Len(t, u, 1, a)
		require.Len(t, v, 1, b)
		return u[0].Fingerprint == v[0].Fingerprint
	}
	for _, pair := range [][2]string{
		{"took 3 s to answer", "took 12.75 s to answer"},
		{"2026-11-24 03:59:21,123 the agent is slow", "2027-01-02 23:59:59,999 the agent is slow"},
		{"container 3f9c0d1e5a7b has stopped", "container 905c0d1e5a7b has stopped"},
		{"job 6f1c9e52-7d0a-4b3f-9a41-0c2d3e4f5a6b is late", "job 11111111-2222-3333-4444-555555555555 is late"},
		{"no answer from 10.0.0.7:8080 in time", "no answer from 192.168.17.254:80 in time"},
		{"cannot read /etc/app/a.conf: no such file", "cannot read /home/me/z.conf: no such file"},
		{"see https://example.org/a/b?c=1 for more", "see https://example.com/d for more"},
		{"object at 0x7f021a09b230 was not closed", "object at 0xdeadbeef was not closed"},
		{"--------- the agent is slow ----------", "---- the agent is slow -----"},
		{"the  agent   is slow  ", "the agent is slow"},
	} {
		assert.True(t, same(pair[0], pair[1]), pair)
	}
	for _, pair := range [][2]string{
		{"the agent is slow", "the agent is late"},
		{"the agent is slow", "the agent is slow!"},
		{"read and write failed", "read/write failed"},
		{"Agent is slow today", "agent is slow today"},
	} {
		assert.False(t, same(pair[0], pair[1]), pair)
	}
}

// Writers that write the same at the same time are told apart by their prefix;
// where they have none, their lines still come in step.
func TestRecurringInterleaved(t *testing.T) {
	for name, dress := range map[string]string{"prefixed": "web-%d  | ", "hosts": "[web-%d] ", "not told apart": ""} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			var log strings.Builder
			for range 20 {
				var writers [3][]string
				for w := range writers {
					prefix := dress
					if dress != "" {
						prefix = fmt.Sprintf(dress, w+1)
					}
					writers[w] = []string{prefix + "the agent could not be reached\n", prefix + "it is tried again in a while\n", prefix + "nothing was changed by this\n"}
				}
				for n := 9; n > 0; {
					if w := r.IntN(3); len(writers[w]) > 0 {
						log.WriteString(writers[w][0])
						writers[w] = writers[w][1:]
						n--
					}
				}
			}
			unknown := recurrent(t, rules.NewSet(), log.String(), 0)
			require.Len(t, unknown, 1, found(unknown))
			assert.Equal(t, 60, unknown[0].Count)
			assert.Equal(t, "the agent could not be reached\nit is tried again in a while\nnothing was changed by this", unknown[0].Sample)
		})
	}
}

// Lines in between now and then do not take a block apart.
func TestRecurringInterrupted(t *testing.T) {
	var log strings.Builder
	for i := range 100 {
		lines := strings.SplitAfter(fmt.Sprintf(warning, i, i, i%60, i), "\n")
		if i%20 == 7 {
			lines[2] += "something of " + word(i) + "\n"
		}
		log.WriteString(strings.Join(lines, ""))
	}
	unknown := recurrent(t, rules.NewSet(), log.String(), 0)
	require.Len(t, unknown, 1, found(unknown))
	assert.Equal(t, 100, unknown[0].Count)
}

// Two blocks that differ in their first line have two fingerprints, and each is
// that of a log in which it is alone.
func TestRecurringVariants(t *testing.T) {
	const rest = "nothing was changed by this\nsee the manual of the agent\n"
	a, b := "the agent could not be reached\n"+rest, "the agent has no licence any more\n"+rest
	alone := func(s string) string {
		u := recurrent(t, rules.NewSet(), strings.Repeat(s, 20), 0)
		require.Len(t, u, 1)
		return u[0].Fingerprint
	}
	var log strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for i, n := range r.Perm(60) {
		log.WriteString([]string{a, a, b}[n%3] + word(i) + " is on\n")
	}
	both := recurrent(t, rules.NewSet(), log.String(), 0)
	require.Len(t, both, 2, found(both))
	assert.Equal(t, []string{alone(a), alone(b)}, fingerprints(both))
	assert.Equal(t, []int{40, 20}, []int{both[0].Count, both[1].Count})
}

// What is known, what nobody may fold, what pyinfra says, what is progress, and
// what says nothing is not reported.
func TestRecurringNothing(t *testing.T) {
	for _, line := range append([]string{
		"", "----------", "}", "12:34:56", "ok", "Reading database ... 45%", "Receiving objects:  45% (450/1000), 1.2 MiB",
		"Get:12 http://deb.debian.org/debian bookworm/main amd64 libc6 amd64 2.36 [2,757 kB]", "Setting up libc6:amd64 (2.36-9) ...",
		"    [web] Success", "    [web] No changes", "    [web] Ready: deploy.py", "--> Starting operation: x", "    [web] Loaded fact server.Home",
		"Tests run: 1, Failures: 0, Errors: 0, Skipped: 0", "5 passed, 0 failed in 0.12s", "12 examples, 0 failures", "Done in 9.96s.", "40/130 KB", "| ^", "   |         ^~~~ ",
		"test_x.py::test_a PASSED", "    Say hi        20      20        -       -",
	}, filtertest.Guarded...) {
		log := "--> Results:\n    Operation     Hosts   Success   Error   No Change\n" + strings.Repeat(line+"\n", 50)
		assert.Empty(t, found(recurrent(t, filtertest.Builtin(), log, 0)), line)
	}
	for _, line := range []string{"Tests run: 3, Failures: 1, Errors: 0", "4 passed, 1 failed in 0.12s", "0 errors, 2 warnings"} {
		assert.Len(t, recurrent(t, filtertest.Builtin(), strings.Repeat(line+"\n", 5), 0), 1, line)
	}
	assert.Len(t, recurrent(t, filtertest.Builtin(), strings.Repeat("the disk is nearly full, 95% are used\n", 5), 0), 1)
	assert.Empty(t, recurrent(t, filtertest.Builtin(), strings.Repeat("the disk is nearly full, 95% are used\n", 4), 0), "four are not enough")
}

// What is found does not depend on how the log is cut, nor does anything break.
func TestRecurringCuts(t *testing.T) {
	words := []string{"the agent could not be reached", "it is tried again", "[web-1] ", "[web-2] ", "\n", "\n", "\n", "\r", "\x1b[31m", "\x1b", "\x1b]0;", "42", " ", "--> Starting operation: x",
		"web-1  | ", "2026-11-24T03:59:21Z ", "Traceback (most recent call last):\n", "  File \"/x/y.py\", line 7, in z\n", "ValueError: no\n", "\xff\x00", "/srv/x", "----", strings.Repeat("long ", 500)}
	rapid.Check(t, func(r *rapid.T) {
		part := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 20).Draw(r, "part"), "")
		log := strings.Repeat(part, 12) + strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 40).Draw(r, "rest"), "")
		want := recurrent(r, filtertest.Builtin(), log, 0)
		assert.Equal(r, want, recurrent(r, filtertest.Builtin(), log, rapid.IntRange(1, 30).Draw(r, "size")))
		rec := recurring.New(recurring.Options{})
		line := 1
		for rest := log; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(1, 500).Draw(r, "event"))
			require.NoError(r, rec.Event(filter.Event{Raw: []byte(rest[:n]), Line: line}))
			line += strings.Count(rest[:n], "\n")
			rest = rest[n:]
		}
		whole := recurring.New(recurring.Options{})
		require.NoError(r, whole.Event(filter.Event{Raw: []byte(log), Line: 1}))
		assert.Equal(r, whole.Unknown(), rec.Unknown())
	})
}

// Without rules the founding issue is one block, as long as its lines are whole;
// where processes tear each other's lines to pieces, it is a few.
func TestRecurringFindsGevent(t *testing.T) {
	for _, file := range filtertest.Captures(t, "gevent-25.5.1.20-hosts.pipe.log", "gevent-25.5.1.3-hosts.pipe.log", "more/gevent-25.5.1.py3.11.20-hosts.pty.raw", "more/gevent-25.5.1.py3.12.20-hosts.hogs.pty.raw") {
		unknown := recurrent(t, rules.NewSet(), string(filtertest.Read(t, file)), 0)
		require.NotEmpty(t, unknown, file)
		assert.Equal(t, geventBlock, unknown[0].Fingerprint, file)
	}
	assert.Equal(t, []string{geventBlock + " 76× 608 lines: Exception ignored in: <bound method _For"},
		found(recurrent(t, rules.NewSet(), string(filtertest.Read(t, filtertest.Captures(t, "gevent-25.5.1.20-hosts.pipe.log")[0])), 0)))
	for _, file := range filtertest.Captures(t, "more/gevent-25.5.1*", "more/forks*") {
		unknown := recurrent(t, rules.NewSet(), string(filtertest.Read(t, file)), 0)
		assert.LessOrEqual(t, len(unknown), 4, found(unknown))
		assert.NotEmpty(t, unknown, file)
	}
}

// With the rules there is nothing left to report, and nothing in good runs of other
// programs, but for a line of a test that prints no more than a place.
func TestRecurringGoodLogs(t *testing.T) {
	for _, file := range append(filtertest.GoodLogs(t), filtertest.EveryCapture(t)...) {
		var want []string
		if filepath.Base(file) == "go-test.log" {
			want = []string{"U-f2d96f7f 8× 8 lines: pattern_test.go:177: <nil>"}
		}
		assert.Equal(t, want, found(recurrent(t, filtertest.Builtin(), string(filtertest.Read(t, file)), 0)), file)
	}
}
