package learn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
)

// What was found in the field: each kind with generated members.

// drafts are the rules that a miner proposes, as they are when a person has taken "status: draft" out.
func drafts(t *testing.T, m *learn.Miner) *rules.Set {
	set := rules.NewSet()
	for _, c := range m.Clusters() {
		if c.Draft != nil {
			r := *c.Draft.Rule
			r.Status = rules.Stable
			set.Put(&r)
		}
	}
	return set
}

// folds reports whether drafts take a line out.
func folds(t *testing.T, set *rules.Set, line string) bool {
	shown, _ := filtertest.Run(t, set, []byte(line+"\n"), 0, filter.Options{})
	return len(shown) == 0
}

// word makes words without figures.
func word(n int) string {
	const letters = "bcdfghjklmnprstvwz"
	out := ""
	for n += len(letters); n > 0; n /= len(letters) {
		out += string(letters[n%len(letters)]) + string("aeiou"[n%5])
	}
	return out
}

// A slot takes what was seen there, and of much it takes no word that says how something went.
func TestDraftsFoldNoOutcome(t *testing.T) {
	colours := []string{"green", "yellow", "orange"}
	failures := []string{"failed", "FAILED", "error", "crashed", "lost", "denied", "timeout", "aborted", "unreachable", "job-failed"}
	few := drafts(t, mine(t, nil, repeated(5, "the nightly job finished with state %s", colours...)))
	assert.True(t, folds(t, few, "the nightly job finished with state yellow"))
	assert.False(t, folds(t, few, "the nightly job finished with state purple"), "it was not there")
	var many []string
	for n := range 40 {
		many = append(many, word(n))
	}
	set := drafts(t, mine(t, nil, repeated(80, "the nightly job finished with state %s", many...)))
	assert.True(t, folds(t, set, "the nightly job finished with state "+word(99)))
	for _, f := range failures {
		assert.False(t, folds(t, few, "the nightly job finished with state "+f), f)
		assert.False(t, folds(t, set, "the nightly job finished with state "+f), f)
	}
}

// Messages of JSON logs are not one, though they begin and end alike.
func TestDraftsOfJSONLogs(t *testing.T) {
	messages := []string{"the job of today is done", "a disk of this host is new", "one user of the site came", "the mail of monday was sent", "all pages of it were made"}
	var log strings.Builder
	for i := range 100 {
		fmt.Fprintf(&log, `{"time":"2026-11-24T03:59:%02d.%03dZ","level":"info","msg":"%s"}`+"\n", i%60, i*7%1000, messages[(i*i+i/7)%len(messages)])
	}
	set := drafts(t, mine(t, nil, strings.ReplaceAll(log.String(), `"level":"info",`, "")))
	assert.True(t, folds(t, set, `{"time":"2026-11-24T04:59:21.001Z","msg":"the job of today is done"}`))
	assert.False(t, folds(t, set, `{"time":"2026-11-24T04:59:21.001Z","level":"info","msg":"all customer data were lost"}`))
}

// A rule does not see the level of a message in JSON: what may come as an error is not taken out.
func TestLevelsOfJSONAreNotLost(t *testing.T) {
	for _, key := range []string{`"level":"info"`, `"log.level": "INFO"`, `"severityText":"INFO"`, `"severity":"INFO"`, `"PRIORITY":"6"`, `"lvl":"debug"`, `"@level":"info"`} {
		var log strings.Builder
		for i := range 20 {
			fmt.Fprintf(&log, `{"time":"2026-11-24T03:59:%02d.001Z",%s,"message":"the job of today is done"}`+"\n", i, key)
		}
		m := mine(t, nil, log.String())
		require.NotEmpty(t, m.Clusters(), key)
		assert.Nil(t, m.Clusters()[0].Draft, key)
		assert.Contains(t, m.Clusters()[0].Refused, "at the level of an error", key)
	}
}

// What says in an object of JSON that it is an error is an issue that stays, wherever the object says so and in which
// numbers; and no draft folds an error for another level that was there.
// However many messages have one first word and one length, and in which order they come, each is found.
func TestMinerFindsEachOfManySisters(t *testing.T) {
	testrun.Long(t)
	for name, kinds := range map[string]int{"one first word": 400, "more than a leaf had": 100} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			for round := range 20 {
				for k := range kinds {
					fmt.Fprintf(&log, "service %s: the %s of %s took %d ms\n", word(k), word(k*7+3), word(k*13+5), round*k)
				}
			}
			m := learn.NewMiner(learn.MineOptions{Wanted: func(n int, _ string) bool { return n < 3 }})
			for m.Next() {
				m.Log("x")
				_, _ = m.Write([]byte(log.String()))
			}
			counted := int64(0)
			for _, c := range m.Clusters() {
				counted += int64(c.Count * c.Lines)
			}
			s := m.Stats()
			assert.Zero(t, s.Forgotten)
			assert.Equal(t, int64(kinds*20), counted)
		})
	}
}

// What has no room is counted, and what comes again and again stays.
func TestMinerForgetsWhatWasSeenLast(t *testing.T) {
	testrun.Long(t)
	m := learn.NewMiner(learn.MineOptions{})
	require.True(t, m.Next())
	m.Log("x")
	var log strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&log, "%s %s %s %s\n", word(i), word(i*31+7), word(i*17+3), word(i*11+1))
		if i%100 == 0 {
			log.WriteString("the disk of this host is nearly used up\n")
		}
	}
	_, _ = m.Write([]byte(log.String()))
	m.Next()
	assert.Positive(t, m.Stats().Forgotten)
	require.NotEmpty(t, m.Clusters())
	assert.Equal(t, 600, m.Clusters()[0].Count)
}

// traces are of four languages, with a line in front that says that something went wrong.
var traces = map[string]string{
	"Java":    "2026-11-24 03:59:21,%03d ERROR [main] com.example.Store: the row could not be written\njava.lang.IllegalStateException: no row\n\tat com.example.Store.put(Store.java:%d)\n\tat com.example.Main.main(Main.java:12)\nCaused by: java.io.IOException: the disk is gone\n\tat com.example.Disk.write(Disk.java:7)\n\t... 3 more\n",
	"Node":    "2026-11-24 03:59:21,%03d ERROR the row could not be written by this store\nTypeError: rows of the store is no list\n    at put (/srv/app/store.js:%d:3)\n    at main (/srv/app/main.js:2:1)\n",
	"Go":      "2026-11-24 03:59:21,%03d ERROR the row could not be written by this store\ngoroutine 7 [running]:\nmain.put(0x1)\n\t/srv/app/store.go:%d +0x1d\nmain.main()\n\t/srv/app/main.go:9 +0x2f\n",
	"CPython": "2026-11-24 03:59:21,%03d ERROR the row could not be written by this store\nTraceback (most recent call last):\n  File \"/srv/app/store.py\", line %d, in put\n    row.write()\nOSError: the disk is gone\n",
}

// A block ends where its trace does: what comes behind it each time is none of it.
func TestBlocksEndWithTheirTrace(t *testing.T) {
	for language, trace := range traces {
		t.Run(language, func(t *testing.T) {
			const healthy = "2026-11-24 03:59:22,001 INFO [main] com.example.Store: the next row is written\n"
			m := mine(t, nil, strings.Repeat(fmt.Sprintf(trace, 7, 11)+healthy+"2026-11-24 03:59:23,001 INFO [main] com.example.Store: all rows are there\n", 12))
			require.NotEmpty(t, m.Clusters())
			set := drafts(t, m)
			for r := range set.All() {
				if r.Severity != rules.Noise {
					for _, s := range r.Samples {
						assert.NotContains(t, s.Text, "INFO", r.ID)
					}
				}
			}
			for _, c := range m.Clusters() {
				text := strings.Join(c.Excerpt, "\n")
				assert.False(t, strings.Contains(text, "next row") && (strings.Contains(text, "at ") || strings.Contains(text, "gone") || strings.Contains(text, "could not")), text)
			}
		})
	}
}

// A trace is taken out whole, with the line that says how many steps are left out.
func TestTracesAreTakenOutWhole(t *testing.T) {
	for end, last := range map[string]string{"more": "\t... 3 more", "logback": "\t... 17 common frames omitted", "none": "\tat com.example.Disk.write(Disk.java:7)"} {
		t.Run(end, func(t *testing.T) {
			const log = "java.lang.IllegalStateException: no row\n\tat com.example.Store.put(Store.java:11)\n\tat com.example.Main.main(Main.java:12)\nCaused by: java.io.IOException: the disk is gone\n\tat a.B.c(D.java:7)\n"
			trace := log + last + "\n"
			healthy := []string{"the next row is written\n", "all of it was read\n", "a page is new here\n"}
			var text strings.Builder
			for i := range 24 {
				text.WriteString(trace + healthy[(i*i+i/3)%3])
			}
			m := mine(t, nil, text.String())
			shown, _ := filtertest.Run(t, drafts(t, m), []byte(trace+"all rows are there\n"+trace), 0, filter.Options{})
			assert.Equal(t, "all rows are there\n", string(shown), told(m))
		})
	}
}

// Lines of a block that also come without the others are left to somebody, whichever of them are missing, and however often.
func TestPartsOfBlocksThatComeAloneAreFound(t *testing.T) {
	block := []string{"the agent of the shop is asked", "the pages of it are turned", "a mark is put on the last one", "and all of it is filed away"}
	dresses := map[string]func(i int, line string) string{
		"bare": func(_ int, line string) string { return line },
		"with time": func(i int, line string) string {
			return fmt.Sprintf("2026-11-24 03:%02d:%02d,123 INFO [main] com.example.Shop: %s", i/60%60, i%60, line)
		},
		"of a host": func(_ int, line string) string { return "    [web-1] " + line },
	}
	for name, dress := range dresses {
		for _, alone := range [][2]int{{1, 4}, {0, 2}, {2, 3}, {1, 3}, {3, 4}} {
			for _, often := range []int{6, 14, 30} {
				r, n := rand.New(rand.NewPCG(uint64(often), 7)), 0
				var log strings.Builder
				write := func(lines ...string) {
					for _, l := range lines {
						n++
						log.WriteString(dress(n, l) + "\n")
					}
				}
				for i := range 40 {
					if i*often/40 != (i+1)*often/40 {
						write(block[alone[0]:alone[1]]...)
					} else {
						write(block...)
					}
					for range 1 + r.IntN(3) {
						write([]string{"one thing is here now", "another thing is over there", "it goes on with this", "and then with that"}[r.IntN(4)])
					}
				}
				shown, _ := filtertest.Run(t, drafts(t, mine(t, nil, log.String())), []byte(log.String()), 0, filter.Options{})
				assert.Empty(t, string(shown), "%s, %v alone %d times", name, alone, often)
			}
		}
	}
}

// A line may be too long for a pattern: what follows may be anything, and none that says that something went wrong.
// A draft that would take lines of something else is made once more, of what was seen and nothing else.
func TestDraftsThatTakeTooMuchAreMadeNarrower(t *testing.T) {
	host := func(i int) string { return fmt.Sprintf("%c$%d", 'a'+i%26, i) }
	line := func(host string, i int) string {
		return fmt.Sprintf("- 1131566%03d 2005.11.09 %s Nov 9 12:%02d:02 %s/%s crond[%d]: the door of the shop is shut", i, host, i%60, host, host, i)
	}
	var log strings.Builder
	for i := range 60 {
		log.WriteString(line(host(i%20), i) + "\n")
	}
	odd := line("#8#", 7)
	log.WriteString(odd + "\n")
	set := drafts(t, mine(t, nil, log.String()))
	for i := range 20 {
		assert.True(t, folds(t, set, line(host(i), 99)), host(i))
	}
	assert.False(t, folds(t, set, odd), "it is of another text")
}

// Numbers that are called otherwise in two lines with a time of their own are the same by chance, however often they were.
func TestEntriesAreNotTiedByChance(t *testing.T) {
	entry := func(i int, count, total int) string {
		return fmt.Sprintf("2026-11-24 03:%02d:01,123 INFO [main] com.example.Steps: steps of today = %d\n2026-11-24 03:%02d:02,123 INFO [main] com.example.Steps: the sum was set to %d\n", i%60, count, i%60, total)
	}
	fill := []string{"one thing is here now\n", "another thing is over there\n", "it goes on with this\n"}
	var log strings.Builder
	for i := range 40 {
		log.WriteString(entry(i, 1000+i*7, 1000+i*7) + fill[(i*i+i/3)%3])
	}
	shown, _ := filtertest.Run(t, drafts(t, mine(t, nil, log.String())), []byte(entry(50, 4711, 4718)), 0, filter.Options{})
	assert.Empty(t, string(shown))
}

// What says of itself that it is an error is proposed as an issue that stays.
// The level of an error is seen wherever it stands behind a time, in whatever form that is written, though a time may be taken off
// before a line is looked at.
// What says in words or numbers that something went wrong, at no level or a low one, is proposed as an issue that stays; and a
// draft of what went well takes none of it, though it differs in a number only.
// Each cluster has a draft, or the reason why it has none.
func TestEachRefusalHasAReason(t *testing.T) {
	var log strings.Builder
	for i := range 30 {
		for k := range 12 {
			fmt.Fprintf(&log, "%d %s|%d\n", k, word(k), i)
			fmt.Fprintf(&log, "the %s of the %s has %d parts\n", word(k), word(k+40), i)
		}
	}
	m := learn.NewMiner(learn.MineOptions{Wanted: func(n int, _ string) bool { return n < 4 }})
	for m.Next() {
		m.Log("x")
		_, _ = m.Write([]byte(log.String()))
	}
	for _, c := range m.Clusters() {
		assert.True(t, c.Draft != nil || c.Refused != "", c.Excerpt)
	}
}

// Names with numbers in them vary; terms with numbers in them do not.
func TestNamesVaryAndTermsDoNot(t *testing.T) {
	var log strings.Builder
	for i := range 15 {
		fmt.Fprintf(&log, "Get:%d http://mirror-%d.example.org/debian stable/main amd64 Packages by apt-key(8) [%d kB]\n", i+1, i+1, 100+i)
	}
	m := mine(t, nil, log.String())
	require.Len(t, m.Clusters(), 1)
	c := m.Clusters()[0]
	require.NotNil(t, c.Draft, c.Refused)
	assert.Equal(t, 15, c.Proof.Count)
	pattern := c.Draft.Rule.Match.Line.String()
	assert.Contains(t, pattern, ` amd64 `)
	assert.Contains(t, pattern, `apt-key\(8\)`)
	for _, id := range []string{"RMCommunicatorAllocator has lost all of its rows", "the HTTPServer of MyHost is slow"} {
		for _, c := range mine(t, nil, strings.Repeat(id+"\n", 9)).Clusters() {
			assert.NotRegexp(t, `(?:^|-)(?:ommunicator|erver|rmc)(?:-|$)`, c.Draft.Rule.ID)
		}
	}
}

// A person sees the pattern, what was seen in each place, and the message in place of the columns.
func TestClustersShowPatternAndValues(t *testing.T) {
	var log strings.Builder
	for i := range 20 {
		fmt.Fprintf(&log, "2026-11-24 03:59:%02d,123 INFO [worker-%d] com.example.Jobs: the job called %s has been postponed\n", i, i, []string{"alpha", "beta", "gamma", "alpha"}[i%4])
	}
	m := mine(t, nil, log.String())
	require.Len(t, m.Clusters(), 1)
	c := m.Clusters()[0]
	assert.Equal(t, []string{"the job called alpha has been postponed"}, c.Excerpt)
	require.Len(t, c.Slots, 1)
	assert.Equal(t, "(?:alpha|beta|gamma)", c.Slots[0].Pattern)
	assert.Equal(t, "[{alpha 10} {beta 5} {gamma 5}]", fmt.Sprint(c.Slots[0].Values))
	require.Len(t, c.Patterns(), 1)
	assert.Contains(t, c.Patterns()[0], "the job called (?:alpha|beta|gamma) has been postponed$")
}
