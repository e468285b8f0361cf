package draft_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
)

// A log in which everything mixes that does in a run, a line an entry; the tracebacks
// are marked.
const mixedTracebacks = `--> Starting operation: x
a>Traceback (most recent call last):
    [web] Success
a>  File "/srv/deploy/hooks.py", line 3, in notify
b>    [db] Traceback (most recent call last):
    [web] Traceback will follow
a>    urlopen(url)
b>    [db]   File "/srv/x.py", line 9, in main
a>    ~~~~~~~^^^^^

--> Starting operation: y
a>ValueError: bad
b>    [db] KeyError: 'x'
  indented
c>web-1  | Traceback (most recent call last):
d>web-2  | Traceback (most recent call last):
c>web-1  |   File "/srv/a.py", line 1, in a
d>web-2  |   File "/srv/b.py", line 1, in b
d>web-2  | BError: of web-2
c>web-1  | AError: of web-1
e>Exception ignored in: <function f at 0x7f>
e>Traceback (most recent call last):
e>  File "/srv/e.py", line 5, in e
e>OSError: e
KeyError: alone
f>Traceback (most recent call last):
f>  File "/srv/e.py", line 5, in e
f>KeyError: 'no chain'

Traceback (most recent call last):  <g
  File "/srv/e.py", line 5, in e  <g
KeyError: 'first'  <g

During handling of the above exception, another exception occurred:  <g

    [web] Success
g>Traceback (most recent call last):
g>  File "/srv/e.py", line 7, in e
g>LookupError: second
h>Traceback (most recent call last):
h>  File "/srv/e.py", line 8, in e
h>KeyError: 'last'

The above exception was the direct cause of the following exception:

--> Starting operation: z
Traceback (most recent call last):
  File "/srv/e.py", line 7, in e
`

// Whichever line of a traceback is named, it is the whole that is meant; and of a chain
// the last one, by which the engine knows it. Any other line is meant alone.
func TestPassage(t *testing.T) {
	var log strings.Builder
	of, texts, others := map[int]string{}, map[string]string{}, map[int]bool{}
	n := 0
	for line := range strings.Lines(mixedTracebacks) {
		n++
		if mark, rest, ok := strings.Cut(line, ">"); ok && len(mark) == 1 {
			of[n], line = mark, rest
			texts[mark] += line
		} else if rest, mark, ok := strings.Cut(line, "  <"); ok {
			of[n], line, others[n] = strings.TrimSpace(mark), rest+"\n", true
		}
		log.WriteString(line)
	}
	require.Len(t, texts, 8)
	all := strings.SplitAfter(log.String(), "\n")
	for dress, name := range map[string]string{"": "plain", "2026-11-24T03:59:21.1234567Z ": "GitHub"} {
		in := filtertest.Prefixed(dress)(log.String())
		for number := 1; number <= n; number++ {
			for _, size := range []int{1, 7, len(in)} {
				p := draft.NewPassage(number, nil)
				for at := 0; at < len(in) && !p.Done(); at += size {
					_, err := p.Write([]byte(in[at:min(len(in), at+size)]))
					require.NoError(t, err)
				}
				require.NoError(t, p.Close())
				want := all[number-1]
				if mark := of[number]; mark != "" {
					want = texts[mark]
				}
				text, lines := p.Text()
				assert.Equal(t, filtertest.Prefixed(dress)(want), string(text), "line %d, %s, writes of %d", number, name, size)
				assert.Equal(t, !others[number], slices.Contains(lines, number))
				assert.Equal(t, others[number], p.Chained())
				assert.Len(t, lines, strings.Count(want, "\n"))
				assert.NoError(t, p.Known())
			}
		}
	}
}

// Once it is known what a line is part of, the rest of a log need not be read.
func TestPassageIsDone(t *testing.T) {
	p := draft.NewPassage(2, nil)
	_, err := p.Write([]byte("one\ntwo\nthree\n"))
	require.NoError(t, err)
	assert.True(t, p.Done())
	p = draft.NewPassage(9, nil)
	_, err = p.Write([]byte("one\ntwo\nthree"))
	require.NoError(t, err)
	require.NoError(t, p.Close())
	assert.Equal(t, 3, p.Read())
	text, lines := p.Text()
	assert.Empty(t, text)
	assert.Empty(t, lines)
}

// What a rule claims is no line of a traceback that no rule knows, though it stands in
// the midst of it; and it is said which rule that is.
func TestPassageOfWhatIsKnown(t *testing.T) {
	noise := filtertest.Builtin().Get("gevent-fork-hooks-assertion").Samples[0].Text
	own := "Traceback (most recent call last):\n  File \"/srv/deploy/hooks.py\", line 3, in notify\n    urlopen(url)\nValueError: bad\n"
	mixed := own[:strings.Index(own, "  File")] + noise + own[strings.Index(own, "  File"):]
	last := strings.Count(mixed, "\n")
	for number, known := range map[int]bool{1: false, 2: true, 3: true, last: false} {
		p := draft.NewPassage(number, filtertest.Builtin())
		_, err := p.Write([]byte(mixed))
		require.NoError(t, err)
		require.NoError(t, p.Close())
		text, _ := p.Text()
		if known {
			assert.ErrorContains(t, p.Known(), "already known as gevent-fork-hooks-assertion")
			continue
		}
		assert.NoError(t, p.Known())
		assert.Equal(t, own, string(text), "line %d", number)
	}
}

// A traceback has a rule from any of its lines.
func TestDraftOfAPassage(t *testing.T) {
	log := "Traceback (most recent call last):\n    [web] Success\n  File \"/srv/deploy/hooks.py\", line 3, in notify\nValueError: bad\n"
	p := draft.NewPassage(4, nil)
	_, err := p.Write([]byte(log))
	require.NoError(t, err)
	require.NoError(t, p.Close())
	text, lines := p.Text()
	assert.Equal(t, []int{1, 3, 4}, lines)
	d, err := draft.New(text, draft.Options{Lines: lines, Known: rules.NewSet()})
	require.NoError(t, err)
	assert.NotNil(t, d.Rule.Match.PythonTraceback)
	_, err = draft.New([]byte("x y\n[web] Permission denied\n"), draft.Options{Lines: []int{7, 19}})
	assert.ErrorContains(t, err, "line 19 is never folded")
}
