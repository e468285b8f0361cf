package learn_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
	"github.com/orbfilter/orbfilter/rules/learn/drafttest"
)

// mine reads logs as often as it takes.
func mine(t testing.TB, known *rules.Set, logs ...string) *learn.Miner {
	m := learn.NewMiner(learn.MineOptions{Known: known})
	for m.Next() {
		for i, text := range logs {
			m.Log(fmt.Sprintf("%d.log", i))
			_, err := io.Copy(m, strings.NewReader(text))
			require.NoError(t, err)
		}
	}
	return m
}

// told is what is said of clusters, a line each.
func told(m *learn.Miner) (out []string) {
	for _, c := range m.Clusters() {
		what := "refused"
		if c.Draft != nil {
			what = fmt.Sprintf("%s %d× %d lines", c.Draft.Rule.ID, c.Proof.Count, c.Proof.Lines)
		}
		out = append(out, fmt.Sprintf("%d of %d on %d: %s", c.Count, c.Lines, len(c.Hosts), what))
	}
	return out
}

// What repeats in the log of a run, and is not known.
var repeats = []string{
	"60 of 4 on 6: apt-does-not-stable-cli 60× 240 lines",
	"10 of 6 on 0: metrics-del-attribute-error 10× 60 lines",
	"10 of 2 on 0: boto-deprecation-warning-imp-module 10× 20 lines",
	"19 of 1 on 6: fetched 19× 19 lines",
	"10 of 1 on 0: agent-slow-answer-request-took 10× 10 lines",
}

func TestMiner(t *testing.T) {
	testrun.Long(t)
	log := deployLog(1, 6, 10)
	m := mine(t, filtertest.Builtin(), log)
	assert.Equal(t, repeats, told(m))
	s := m.Stats()
	assert.Equal(t, int64(len(log)), s.Bytes)
	assert.Equal(t, int64(strings.Count(log, "\n")), s.Lines)
	again := mine(t, filtertest.Builtin(), log)
	for i, c := range m.Clusters() {
		assert.Equal(t, c.ID, again.Clusters()[i].ID)
		assert.Regexp(t, `^U-[0-9a-f]{4}$`, c.ID)
		assert.Equal(t, string(c.Draft.File), string(again.Clusters()[i].Draft.File))
		drafttest.LintClean(t, c.Draft)
	}
}

// The dress of the lines does not matter, nor in how many logs they are.
func TestMinerSeesThroughDress(t *testing.T) {
	testrun.Long(t)
	log := deployLog(1, 6, 10)
	for _, d := range []func(string) string{
		func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		filtertest.Prefixed("2026-11-24T03:59:21.1234567Z "),
		func(s string) string { return "\x1b[33m" + strings.ReplaceAll(s, "\n", "\x1b[0m\n\x1b[33m") },
	} {
		assert.Equal(t, repeats, told(mine(t, filtertest.Builtin(), d(log))))
	}
	half := strings.Index(log, "\n--> Starting operation: Install package 5")
	assert.Equal(t, repeats, told(mine(t, filtertest.Builtin(), log[:half], log[half:])))
}

// repeating says which lines of deployLog the drafts are about.
var repeating = regexp.MustCompile(`apt does not have|held by pid|waiting for the cache lock|Selecting previously|Fetched|plugin\.py|import imp$|Pool|^Traceback|_queue|\^\^\^|agent is slow|metrics/pool`)

// The drafts, when they are active, fold what was found and nothing else.
func TestDraftsOfMinerFoldWhatWasFound(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		log := deployLog(seed, 6, 10)
		set := rules.NewSet()
		for _, c := range mine(t, filtertest.Builtin(), log).Clusters() {
			r, err := rules.Parse("x.yaml", []byte(strings.Replace(string(c.Draft.File), "status: draft\n", "", 1)))
			require.NoError(t, err)
			require.NoError(t, set.Add(r))
		}
		shown, _ := filtertest.Run(t, set, []byte(log), 0, filter.Options{})
		var want strings.Builder
		for l := range strings.Lines(log) {
			if !repeating.MatchString(strings.TrimSuffix(l, "\n")) {
				want.WriteString(l)
			}
		}
		assert.Equal(t, want.String(), string(shown))
	}
}

// What pyinfra says of its own work, and what nobody may fold, is never proposed.
func TestMinerProposesNoResults(t *testing.T) {
	testrun.Long(t)
	var log strings.Builder
	for i := range 50 {
		for _, l := range filtertest.Guarded {
			log.WriteString(l + "\n")
		}
		fmt.Fprintf(&log, "--> Starting operation: op %d\n    [web-%d] Success\n    [web-%d] No changes\n    [web] Error: executed %d commands\n    [web] Ready: deploy.py\n", i, i, i, i)
		log.WriteString("\n--> Results:\n    Operation     Hosts   Success   Error   No Change   \n    Say hi        20      20        -       -           \n    Grand total   20      20        -       -           \n")
	}
	assert.Empty(t, told(mine(t, nil, log.String())))
	for _, file := range filtertest.Captures(t, "gevent-25.9.1.*.log", "more/gevent-25.9.1.*.log") {
		assert.Empty(t, told(mine(t, filtertest.Builtin(), string(filtertest.Read(t, file)))), file)
	}
}

// The founding issue, for somebody who does not know it yet: also the blocks that
// are torn are found by the draft.
func TestMinerFindsGevent(t *testing.T) {
	testrun.Long(t)
	data := string(filtertest.Read(t, filtertest.Captures(t, "gevent-25.5.1.20-hosts.pipe.log")[0]))
	assert.Equal(t, []string{"73 of 8 on 0: gevent-alive-assertion-error 76× 608 lines"}, told(mine(t, nil, data)))
	assert.Empty(t, told(mine(t, filtertest.Builtin(), data)))
}

func repeated(n int, format string, words ...string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", words[i%len(words)])
	}
	return b.String()
}

func TestMinerJoinsWords(t *testing.T) {
	testrun.Long(t)
	names := []string{"alpha", "beta", "gamma", "delta"}
	t.Run("that name things", func(t *testing.T) {
		m := mine(t, nil, repeated(20, "the job called %s has been postponed", names...))
		assert.Equal(t, []string{"20 of 1 on 0: job-called-been-postponed 20× 20 lines"}, told(m))
		assert.Equal(t, `^the job called (?:alpha|beta|gamma|delta) has been postponed$`, m.Clusters()[0].Draft.Rule.Match.Line.String())
	})
	t.Run("but not how it went", func(t *testing.T) {
		m := mine(t, nil, repeated(9, "the nightly job of the server %s", "succeeded")+repeated(9, "the nightly job of the server %s", "failed"))
		assert.Len(t, m.Clusters(), 2)
	})
	t.Run("of which none says how it went", func(t *testing.T) {
		failed := "the job called failed has been postponed"
		m := mine(t, nil, repeated(20, "the job called %s has been postponed", names...)+repeated(6, "%s", failed))
		require.Len(t, m.Clusters(), 2)
		for _, c := range m.Clusters() {
			assert.Equal(t, c.Count == 6, c.Draft.Rule.Match.Line.MatchAll([]byte(failed)))
		}
	})
}

// Blocks whose lines come with those of other hosts in between, and that have a
// line twice.
func TestMinerFindsBlocks(t *testing.T) {
	testrun.Long(t)
	block := []string{"the agent could not be reached", "----------", "it is tried again in %d seconds", "----------", "nothing was changed by this"}
	l := logWriter{r: rand.New(rand.NewPCG(1, 2)), hosts: 4}
	for range 8 {
		l.each(func(h string) (out []string) {
			for _, b := range block {
				if strings.Contains(b, "%d") {
					b = fmt.Sprintf(b, l.r.IntN(90))
				}
				out = append(out, "    ["+h+"] "+b+"\n")
			}
			return append(out, fmt.Sprintf("    [%s] step %d of many\n", h, l.r.IntN(99)))[:5+l.r.IntN(2)]
		})
		l.add("--> Starting operation: x\n")
	}
	m := mine(t, nil, l.String())
	require.NotEmpty(t, m.Clusters())
	assert.Equal(t, "32 of 5 on 4: agent-could-not-reached 32× 160 lines", told(m)[0])
}

// Whatever is read, there is an end to what is remembered.
func TestMinerIsBounded(t *testing.T) {
	testrun.Long(t)
	r := rand.New(rand.NewPCG(1, 1))
	words := make([]string, 5000)
	for i := range words {
		for range 3 + r.IntN(6) {
			words[i] += string(rune('a' + r.IntN(26)))
		}
	}
	m := learn.NewMiner(learn.MineOptions{})
	require.True(t, m.Next())
	m.Log("x.log")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 100_000 {
		line := "[" + words[r.IntN(len(words))] + "]"
		for range 4 + r.IntN(12) {
			line += " " + words[r.IntN(len(words))]
		}
		_, _ = m.Write([]byte(line + "\n"))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(64<<20))
	m.Next()
	assert.Positive(t, m.Stats().Forgotten)
	assert.LessOrEqual(t, m.Stats().Forgotten, int64(100_000))
}

// A torn or odd log breaks nothing.
func TestMinerOfEveryCapture(t *testing.T) {
	testrun.Long(t)
	for _, file := range filtertest.EveryCapture(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := string(filtertest.Read(t, file))
			m := mine(t, nil, data)
			assert.Equal(t, int64(len(data)), m.Stats().Bytes)
			for _, c := range m.Clusters() {
				if c.Draft != nil {
					assert.Zero(t, c.Proof.Foreign)
					assert.Positive(t, c.Proof.Count)
				} else {
					assert.NotEmpty(t, c.Refused)
				}
			}
		})
	}
}

// BenchmarkMiner reads a log of 10 MB as often as it takes (three times).
func BenchmarkMiner(b *testing.B) {
	var log strings.Builder
	for seed := uint64(0); log.Len() < 10<<20; seed++ {
		log.WriteString(deployLog(seed, 20, 40))
	}
	b.SetBytes(int64(log.Len()))
	b.ReportAllocs()
	for b.Loop() {
		require.NotEmpty(b, mine(b, filtertest.Builtin(), log.String()).Clusters())
	}
}
