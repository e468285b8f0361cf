package slots_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/learn/slots"
	"github.com/orbfilter/orbfilter/rules/mask"
	"github.com/orbfilter/orbfilter/rules/regex"
)

// A pattern is that of a text.
type pattern struct {
	*regex.Engine
	source string
}

func (p *pattern) String() string { return p.source }

// MatchAll reports whether it takes a line.
func (p *pattern) MatchAll(line []byte) bool { return p.Match(line) == regex.Yes }

// patternOf is the pattern of lines that were there so often each, and takes all of a line.
func patternOf(t *testing.T, how slots.How, count int, lines ...string) *pattern {
	var seen []*slots.Seen
	for _, l := range lines {
		seen = append(seen, &slots.Seen{Text: l, Count: count})
	}
	h := mask.HeadOf(lines[0])
	x := slots.New(skeleton.Words(lines[0][h.Len:]), seen, 0, how)
	pieces, _ := x.Pieces(lines[0])
	source := "^" + mask.Expression(pieces) + "$"
	p, err := regex.New(source)
	require.NoError(t, err)
	return &pattern{p, source}
}

// each makes lines of a format with a word in it.
func each(format string, words ...string) (out []string) {
	for _, w := range words {
		out = append(out, fmt.Sprintf(format, w))
	}
	return out
}

// Whatever was seen is in the pattern, if it does not say how something went: words, and what varies in them, of several
// forms, with spaces in them, in the message and in the columns.
func TestPatternsTakeWhatWasSeen(t *testing.T) {
	for _, lines := range [][]string{
		each("the job called %s has begun", "alpha", "beta", "gamma"),
		each("the line was open, lifetime %s", "<1 sec", "00:01", "01:12:03", "2 mins", "17"),
		each("the reply had %s in all", "17 bytes", "18846 bytes (18.4 KB)", "0 bytes", "12 kB"),
		each("Input split: %s", "hdfs://10.0.0.1:9000/logs/2k.log:0+7292", "hdfs://10.0.0.2:9000/logs/2k.log:7292+7293", "hdfs://10.0.0.2:9000/logs/3k.log:7+7"),
		each("2026-11-24 03:59:21,123 INFO [%s] com.example.Store: the row is written", "main", "IPC Server handler 3", "worker-1", "pool-1-thread-7", "LeaseRenewer:user@host:9000"),
		each("[10.30 16:49:06] %s - proxy.example.com:80 closes", "chrome.exe", "chrome.exe *64", "QQ.exe", "360AP.exe"),
		each("20171223-%s|Step_LSC|30002312|flush of data", "22:15:29:606", "0:1:2:3", "10:1:22:33"),
		each("Nov 24 03:59:21 %s sshd[17]: the door is shut", "web-1", "web-2", "db.example.com", "combo", "R63-M0-N4-C:J04"),
	} {
		for _, count := range []int{1, 20} {
			p := patternOf(t, slots.How{}, count, lines...)
			for _, l := range lines {
				assert.True(t, p.MatchAll([]byte(l)), "%s\nis not in %s", l, p)
			}
			for _, l := range lines {
				n := patternOf(t, slots.How{Narrow: true}, count, lines...)
				assert.True(t, n.MatchAll([]byte(l)), "%s\nis not in %s", l, n)
			}
		}
	}
}

// names makes so many, each with a figure in it, or of letters alone.
func names(n int, figures bool) (out []string) {
	for i := range n {
		name := "name" + strings.Repeat(string(rune('g'+i%7)), i/7+1)
		if figures {
			name = fmt.Sprintf("%s-%c%d", name, 'a'+i%26, i)
		}
		out = append(out, name)
	}
	return out
}

// outcomes are words that say how something went, alone and as parts of names.
var outcomes = []string{"failed", "FAILED", "failure", "error", "ERR", "fatal", "critical", "denied", "refused", "rejected", "invalid", "missing", "lost", "killed", "timeout", "timed_out", "dead", "aborted",
	"corrupted", "unreachable", "exceeded", "panic", "exception", "crashed", "broken", "degraded", "offline", "unhealthy", "disabled", "disconnected", "expired", "stopped", "skipped", "inactive", "down", "no", "not", "none", "never", "false", "empty", "full", "closed", "removed"}

// A slot of many words takes others as well, and none that says how something went, however it is written.
func TestOpenSlotsTakeNoOutcome(t *testing.T) {
	for _, figures := range []bool{true, false} {
		lines := each("the nightly job of %s has ended", names(20, figures)...)
		p := patternOf(t, slots.How{}, 1, lines...)
		assert.True(t, p.MatchAll([]byte("the nightly job of nameother has ended")) || figures, p.String())
		for _, o := range outcomes {
			for _, w := range []string{o, strings.ToUpper(o), "name-" + o, o + "-7", "name_" + o, "name." + o, "(" + o + ")"} {
				assert.False(t, p.MatchAll([]byte(fmt.Sprintf("the nightly job of %s has ended", w))), "%s: %s", w, p)
			}
		}
	}
}

// A few words of the language are those and no others; of a few names, each of which was there once, there will be more.
func TestFewWordsAreThose(t *testing.T) {
	words := patternOf(t, slots.How{}, 1, each("the light of the pump is %s", "green", "yellow", "orange")...)
	assert.False(t, words.MatchAll([]byte("the light of the pump is purple")))
	ids := patternOf(t, slots.How{}, 1, each("the files of /srv/jobs/%s/out are made", "ab", "cd", "ef", "gh")...)
	assert.True(t, ids.MatchAll([]byte("the files of /srv/jobs/xy/out are made")), ids.String())
	often := patternOf(t, slots.How{}, 50, each("the part p/%s is made", "ab", "cd", "ef")...)
	assert.False(t, often.MatchAll([]byte("the part p/xy is made")), often.String())
	narrow := patternOf(t, slots.How{Narrow: true}, 1, each("the nightly job of %s has ended", names(20, true)...)...)
	assert.False(t, narrow.MatchAll([]byte("the nightly job of name-z99z has ended")), narrow.String())
}

// Columns may name another host, thread or class; and no line is taken that says of itself that something went wrong.
func TestColumnsTakeNoLevelOfAnError(t *testing.T) {
	for _, c := range []struct{ format, other string }{
		{"2026-11-24 03:59:21,123 %s [main-7] com.example.Store: the row is written", ""},
		{"2026-11-24 03:59:21|%s|Store|the row is written", ""},
		{"2026-11-24 03:59:21 [%s] store-1: the row is written", ""},
	} {
		p := patternOf(t, slots.How{}, 9, each(c.format, "INFO", "DEBUG", "WARN")...)
		for _, level := range []string{"ERROR", "FATAL", "CRITICAL", "SEVERE", "PANIC"} {
			assert.False(t, p.MatchAll([]byte(fmt.Sprintf(c.format, level))), "%s: %s", level, p)
		}
	}
	hosts := each("Nov 24 03:59:21 %s sshd[17]: the door is shut", names(20, true)...)
	for _, count := range []int{1, 9} {
		p := patternOf(t, slots.How{}, count, hosts...)
		assert.True(t, p.MatchAll([]byte("Nov 24 03:59:21 web-7 sshd[3]: the door is shut")), p.String())
		assert.False(t, p.MatchAll([]byte("Nov 24 03:59:21 web-7 sshd[3]: the door is open")))
		for _, level := range []string{"ERROR", "<error>", "[ERROR]", "[err]:", "E"} {
			assert.False(t, p.MatchAll([]byte("Nov 24 03:59:21 "+level+" sshd[3]: the door is shut")), "%s: %s", level, p)
		}
	}
}
