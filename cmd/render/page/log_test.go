package page_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/spool"
	lineview "github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// textOf is the report of a log, with its text, and what was shown of it.
func textOf(t testing.TB, log []byte, name string) (r *report.Report, shown []byte) {
	t.Helper()
	texts := spool.NewStreams(true)
	t.Cleanup(texts.Close)
	sink := filter.SinkFunc(func(e filter.Event) error {
		if !e.Fold {
			shown = append(shown, e.Raw...)
		}
		return nil
	})
	f := filter.New(builtin(), texts.Keep(sink), filter.Options{Record: true, Recorded: true, Claims: true, Installed: func(string, string) (string, time.Time) { return "", time.Time{} }})
	_, err := f.Write(log)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	texts.Of(f)
	r = report.New(f.Summary(), report.Run{Version: "1.2.3", Name: name, Date: "2026-11-02T08:40:00Z", Fix: fix.Command})
	texts.AddTo(r)
	return r, shown
}

// A pageLine is one of the log on a page.
type pageLine struct {
	number int
	text   string
}

// logOn reads the log of a page: what is to be seen, and what is folded.
func logOn(t testing.TB, d document, section string) (shown, folded []pageLine) {
	t.Helper()
	for n := range d.id(section).Descendants() {
		if n.Type != html.ElementNode || !strings.HasPrefix(attribute(n, "class"), "rows") {
			continue
		}
		pres := all(n, "pre")
		numbers, lines := strings.Split(plain(pres[0]), "\n"), strings.Split(plain(pres[1]), "\n")
		require.Len(t, lines, len(numbers))
		for i := range numbers[:len(numbers)-1] {
			number := 0
			if numbers[i] != "" {
				var err error
				number, err = strconv.Atoi(numbers[i])
				require.NoError(t, err)
			}
			if line := (pageLine{number, lines[i]}); n.Parent.Data == "details" {
				folded = append(folded, line)
			} else {
				shown = append(shown, line)
			}
		}
	}
	return shown, folded
}

// plain is all text in n.
func plain(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func seenLines(shown []byte) (out []string) {
	var v lineview.Line
	for line := range bytes.Lines(shown) {
		out = append(out, string(v.Bare(lineview.LastFrame(bytes.TrimRight(line, "\r\n")))))
	}
	return out
}

// TestLog: the log on the page is what was shown, line by line, each with its number; what was folded is there as
// well, and all links lead somewhere.
func TestLog(t *testing.T) {
	for _, name := range []string{
		"gevent-25.5.1.20-hosts.pipe.log", "more/mixed.gevent-25.5.1.log", "more/network-retry.log", "more/deploy-raises.log",
		"more/pyinfra-errors.log", "more/one-host-fails.gevent-25.5.1.log", "more/ssh-new-host-key.log",
	} {
		t.Run(name, func(t *testing.T) {
			log := capture(t, name)
			r, shown := textOf(t, log, name)
			page := write(t, r)
			d := parse(t, page)
			got, folded := logOn(t, d, "log")
			var texts []string
			input := strings.Split(string(log), "\n")
			for _, l := range got {
				texts = append(texts, l.text)
				if strings.TrimSpace(l.text) != "" && len(folded) == 0 {
					assert.Equal(t, strings.TrimRight(input[l.number-1], "\r"), l.text)
				}
			}
			assert.Equal(t, seenLines(shown), texts)
			for _, l := range folded {
				assert.Contains(t, input[l.number-1], l.text)
			}
			assert.Equal(t, r.Folded.Lines > 0, len(folded) > 0)
			sameFacts(t, d, r)
			linksLead(t, d)
			sameAround(t, d, r, got)
		})
	}
}

// sameAround: for each line in which something went wrong, the ten lines above and below are there.
func sameAround(t *testing.T, d document, r *report.Report, lines []pageLine) {
	t.Helper()
	wrong := r.Logs[0].WrongLines(r.Issues)
	if len(wrong) == 0 {
		assert.Nil(t, d.id("around"))
		return
	}
	got := map[int]string{}
	for n := range d.id("around").Descendants() {
		if id := attribute(n, "id"); n.Type == html.ElementNode && strings.HasPrefix(id, "A") {
			number, err := strconv.Atoi(id[1:])
			require.NoError(t, err)
			got[number] = plain(all(n, "code")[0])
		}
	}
	for _, line := range wrong {
		at := 0
		for at < len(lines)-1 && lines[at].number < line {
			at++
		}
		for _, l := range lines[max(0, at-10):min(len(lines), at+11)] {
			text, ok := got[l.number]
			assert.True(t, ok, "line %d, around line %d", l.number, line)
			_ = text
		}
		assert.Equal(t, lines[at].text, got[lines[at].number])
	}
}

// TestMarkdown: what is copied has the lines around the failure, and no text in it ends the block that they are in.
func TestMarkdown(t *testing.T) {
	r, _ := textOf(t, []byte("--> Connecting to hosts...\n    [vm-01] Connected\n--> Starting operation: Go on\n```` `\n    [vm-01] `why`\n    [vm-01] Error: executed 0 commands\nbehind\n"), "a.log")
	said := parse(t, write(t, r)).id("verdict-markdown").FirstChild.Data
	assert.Equal(t, "**Failed**: `` `why` ``\n\n- Where: `vm-01` · `Go on` · `line 6`\n\n`````text\n     1  --> Connecting to hosts...\n     2      [vm-01] Connected\n     3  --> Starting operation: Go on\n     4  ```` `\n     5      [vm-01] `why`\n     6      [vm-01] Error: executed 0 commands\n     7  behind\n`````\n", said)
}

// TestLogsAround: of several logs, the lines around what went wrong are there, of those that failed first, and each
// line leads somewhere.
func TestLogsAround(t *testing.T) {
	var all []*report.Report
	for n, name := range []string{"more/deploy-raises.log", "more/network-retry.log", "gevent-25.9.1.20-hosts.pipe.log", "more/one-host-fails.gevent-25.5.1.log"} {
		r, _ := textOf(t, capture(t, name), fmt.Sprintf("%d.log", n))
		all = append(all, r)
	}
	r := report.Merge(all...)
	d := parse(t, write(t, r))
	linksLead(t, d)
	sameVerdict(t, d, r)
	assert.Nil(t, d.id("log"), "of several, the whole text is not there")
	said := plain(d.id("around"))
	for _, l := range r.Logs {
		assert.Equal(t, len(l.WrongLines(r.Issues)) > 0, strings.Contains(said, l.Name), l.Name)
	}
	assert.Contains(t, said, "[vm-01] Error: executed 0 commands")
}

// TestLargeLog: a page has the beginning and the end of a log that is too large for it, says what it leaves out, and
// shows the lines around an error in the middle all the same.
func TestLargeLog(t *testing.T) {
	testrun.Long(t)
	r, _ := textOf(t, largeText(400_000), "large.log")
	page := write(t, r)
	assert.Less(t, len(page), 24<<20)
	d := parse(t, page)
	linksLead(t, d)
	got, _ := logOn(t, d, "log")
	assert.Equal(t, 1, got[0].number)
	assert.EqualValues(t, r.Input.Lines, got[len(got)-1].number)
	assert.Contains(t, text(d.id("log")), "Left out in the middle: ")
	out := 0
	for _, l := range got {
		if l.number == 0 {
			out++
		}
	}
	assert.Equal(t, 1, out, "one line says so in its place")
	assert.Contains(t, plain(d.id("around")), "[vm-03] Error: executed 0 commands")
	assert.Contains(t, plain(d.id("around")), "in line 200,000")
}

// largeText is a run of so many lines, in the middle of which an operation fails.
func largeText(lines int) []byte {
	var b bytes.Buffer
	b.WriteString("--> Connecting to hosts...\n    [vm-03] Connected\n--> Beginning operation run...\n--> Starting operation: Copy\n")
	block := "Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f14f24a7ec0>>\nTraceback (most recent call last):\n  File \"/srv/.venv/lib/python3.12/site-packages/gevent/threading.py\", line 398, in after_fork_in_child\n    assert not thread.is_alive()\n               ^^^^^^^^^^^^^^^^^\n  File \"/usr/lib/python3.12/threading.py\", line 1475, in is_alive\n    assert not self._is_stopped and self._started.is_set()\nAssertionError: \n"
	for n := range lines {
		fmt.Fprintf(&b, "    [vm-%02d] a file that is put into its place, and what is said of it, in line %d\n", n%40, n)
		switch {
		case n%100 == 50:
			b.WriteString(block)
		case n == lines/2:
			fmt.Fprintf(&b, "    [vm-03] sh: 1: nope: not found, in line %s\n    [vm-03] Error: executed 0 commands\n", "200,000")
		}
	}
	b.WriteString("--> Results:\n    Operation   Hosts  Success  Error  No Change\n    Copy        1      -        1      -\n--> Disconnecting from hosts...\n")
	return b.Bytes()
}

// TestHostileLog: what is in a log is text on the page, also where all of the log is.
func TestHostileLog(t *testing.T) {
	for n, attack := range attacks {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			log := func(attack string) []byte {
				attack = attack[:min(len(attack), 900)]
				attack = strings.ReplaceAll(strings.ReplaceAll(attack, "\n", " "), "\r", " ")
				return []byte("--> Connecting to hosts...\n    [vm-01] Connected\n--> Starting operation: Do " + attack + "\n" + attack + "\n    [vm-01] " + attack + "\n    [vm-01] Error: executed 0 commands\n" + attack + "\n")
			}
			harmless, _ := textOf(t, log("text"), "a.log")
			r, _ := textOf(t, log(attack), "a.log")
			sameShape(t, shape(parse(t, write(t, harmless)).Node), write(t, r))
		})
	}
}

// linksLead asserts that each link within the page has one target.
func linksLead(t *testing.T, d document) {
	t.Helper()
	ids := map[string]int{}
	for n := range d.Descendants() {
		if id := attribute(n, "id"); n.Type == html.ElementNode && id != "" {
			ids[id]++
			require.Equal(t, 1, ids[id], id)
		}
	}
	for _, a := range all(d.Node, "a") {
		if to, ok := strings.CutPrefix(attribute(a, "href"), "#"); ok {
			require.Contains(t, ids, to)
		}
	}
}
