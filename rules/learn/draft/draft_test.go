package draft_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/drafttest"
)

// Texts, and the match that is made of them.
var drafted = map[string]struct{ text, match, note string }{
	"line": {"Network trouble, retrying in 2.0s (attempt 1/4)\n", `line: '^Network trouble, retrying in \d[\d.hmnsuµ]* \(attempt \d+/\d+\)$'`, ""},
	"of a host": {"    [web-1] W: Target Packages is configured multiple times in /etc/apt/sources.list:3\n",
		`line: '^ *\[[^\]\s]+\] +W: Target Packages is configured multiple times in /etc/apt/sources\.list:\d+$'`, ""},
	"coloured, behind a CI prefix": {"deploy\tRun\t2026-11-24T03:59:21.1234567Z \x1b[33m[notice] A new release of pip is available\x1b[0m\r\n",
		`line: '^\[notice\] A new release of pip is available$'`, ""},
	"colon at the end": {"Traceback of the worker: \n", `line: '^Traceback of the worker: *$'`, ""},
	"block": {"WARNING: the agent is not running.\n  pid file /run/agent/4711.pid is stale\n  see https://example.com/agent\n",
		"block:\n    - 'WARNING: the agent is not running\\.'\n    - 'pid file /run/agent/\\d+\\.pid is stale'\n    - 'see https://example\\.com/agent'", ""},
	"block of hosts": {"    [web] *** System restart required ***\n    [web]     kernel 6.1.0-13 is older than 6.1.0-18\n",
		"block:\n    - '\\[(?<host>[^\\]\\s]+)\\] +\\*\\*\\* System restart required \\*\\*\\*'\n    - '\\[(?<host>[^\\]\\s]+)\\] +kernel \\d[\\w.+~-]* is older than \\d[\\w.+~-]*'", ""},
	"banner": {"************\nWARNING: unsupported platform\n************\n", `line: '^WARNING: unsupported platform$'`, `"************" has too little text`},
	"lines of pyinfra": {"The agent is not running.\n    [web] Success\n--> Starting operation: x\nIt will be started later.\n",
		"block:\n    - 'The agent is not running\\.'\n    - 'It will be started later\\.'", "line 2 is what pyinfra says"},
	"unraisable": {`Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.greening._ForkHooks object at 0x7f021a09b230>>
Traceback (most recent call last):
  File "/srv/.venv/lib/python3.12/site-packages/gevent/greening.py", line 398, in after_fork_in_child
    assert not green.is_alive()
               ^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.12/greening.py", line 1475, in is_alive
    assert not self._is_stopped and self._started.is_set()
AssertionError: 
`,
		"python-unraisable:\n    object: '<bound method _ForkHooks\\.after_fork_in_child of <gevent\\.greening\\._ForkHooks object at 0x[0-9a-fA-F]+>>'\n" +
			"    frames:\n      - '^File \"[^\"]*/site-packages/gevent/greening\\.py\", line \\d+, in after_fork_in_child$'\n" +
			"      - '^File \"[^\"]*/python\\d+\\.\\d+/greening\\.py\", line \\d+, in is_alive$'\n    error: 'AssertionError'", ""},
	"traceback": {"Traceback (most recent call last):\n  File \"/srv/deploy/hooks.py\", line 3, in notify\n    urlopen(url)\nurllib.error.URLError: <urlopen error [Errno 111] Connection refused>\n",
		"python-traceback:\n    frames:\n      - '^File \"[^\"]*/hooks\\.py\", line \\d+, in notify$'\n    error: 'urllib\\.error\\.URLError: <urlopen error \\[Errno \\d+\\] Connection refused>'", ""},
	"warning": {"/srv/.venv/lib/python3.12/site-packages/foo/bar.py:100: FutureWarning: bar() will be gone in 2.0\n  return bar()\n",
		"python-warning:\n    path: '\\S*/site-packages/foo/bar\\.py$'\n    category: 'FutureWarning'\n    message: '^bar\\(\\) will be gone in \\d[\\d.]*$'\n    source: 'return bar\\(\\)'", ""},
	"behind a level": {"INFO worker[17]: queue is full, waiting 3s\n", `line: '^INFO worker\[\d+\]: queue is full, waiting \d[\d.hmnsuµ]*$'`, ""},
	"words that may be syslog's": {"celery worker[17]: queue is full, waiting 3s\n", `line: '^(?:celery worker\[\d+\]: )?queue is full, waiting \d[\d.hmnsuµ]*$'`,
		`"celery worker[17]: " is what syslog writes in front of a line as well`},
	"and two spaces": {"celery worker[17]:  queue is full\n", `line: '^(?:celery worker\[\d+\]: )? *queue is full$'`, ""},
	"a block of them": {"celery worker[17]: queue is full of job 4711\ncelery worker[17]: job 4711 is given up\n",
		"block:\n    - '(?:celery worker\\[\\d+\\]: )?queue is full of job (?<job>\\d+)'\n    - '(?:celery worker\\[\\d+\\]: )?job (?<job>\\d+) is given up'", ""},
	"tab and quotes": {"it's \t'odd' text, isn't it\n", `line: '^it''s \t''odd'' text, isn''t it$'`, ""},
}

func TestNewDraft(t *testing.T) {
	for name, c := range drafted {
		t.Run(name, func(t *testing.T) {
			d, err := draft.New([]byte(c.text), draft.Options{Known: filtertest.Builtin(), From: "a.log:1-2"})
			require.NoError(t, err)
			assert.Contains(t, string(d.File), "match:\n  "+c.match+"\n")
			assert.Contains(t, strings.Join(d.Notes, "\n"), c.note)
			assert.Equal(t, rules.Draft, d.Rule.Status)
			assert.Equal(t, rules.Noise, d.Rule.Severity)
			drafttest.LintClean(t, d)
		})
	}
}

// Texts of which no rule is made, and what is said.
func TestDraftRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "there is no text",
		" \n\n":                                  "there is no text",
		"42 of 17\n":                             "name what does not vary with --keep TEXT",
		"==============\n":                       "8 characters in a row",
		"    [web] Success\n":                    "nothing is left to make a rule of: line 1 is what pyinfra says",
		"--> Results:\n":                         "line 1 is what pyinfra says of its own work",
		"x\n[web] Permission denied\n":           "line 2 is never folded (somebody was refused)",
		"not UTF-8 \xff here\n":                  "line 1 is not UTF-8",
		strings.Repeat("longer ", 500):           "line 1 has 3499 bytes",
		strings.Repeat("many lines here\n", 101): "a block has at most 100 lines",
		"Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nssh.CommandFailure: no\n": `no rule can be made of a traceback that ends with "ssh.CommandFailure: no"`,
		"celery worker[17]: 42\n": `behind a date, "celery worker[17]: " is taken for what syslog writes in front of a line, and of the text behind it no rule can be made: too little`,
	} {
		_, err := draft.New([]byte(text), draft.Options{Known: filtertest.Builtin()})
		if assert.Error(t, err, "%.50s", text) {
			assert.Contains(t, err.Error(), want, "%.50s", text)
		}
	}
}

// What there is a rule for needs no other.
func TestDraftOfWhatIsKnown(t *testing.T) {
	filtertest.EachSample(t, filtertest.AnyRule, func(t *testing.T, r *rules.Rule, sample string) {
		if never := filter.NewPlan(rules.NewSet()); len(r.Match.Block) > 0 && slices.ContainsFunc(strings.Split(sample, "\n"), func(l string) bool { return never.NeverFolds([]byte(l)) }) {
			return // a line that no rule folds is not taken for a block, and is known by the rule for that line
		}
		_, err := draft.New([]byte(sample), draft.Options{Known: filtertest.Builtin()})
		known, ok := errors.AsType[*draft.KnownError](err)
		require.True(t, ok, "%v", err)
		assert.Equal(t, []string{r.ID}, known.IDs)
	})
}

func TestDraftOptions(t *testing.T) {
	text := []byte("retrying port 8080 in use 3 times\n")
	d, err := draft.New(text, draft.Options{ID: "my-id", Title: "My title", Active: true, Keep: []string{"8080"}})
	require.NoError(t, err)
	assert.Equal(t, "my-id", d.Rule.ID)
	assert.Equal(t, "My title", d.Rule.Title)
	assert.True(t, d.Rule.Folds())
	assert.Equal(t, `^retrying port 8080 in use \d+ times$`, d.Rule.Match.Line.String())
	d, err = draft.New(text, draft.Options{})
	require.NoError(t, err)
	assert.Equal(t, "retrying-port-use-times", d.Rule.ID)
	again, err := draft.New([]byte("retrying ports, use times\n"), draft.Options{Known: rules.NewSet(d.Rule)})
	require.NoError(t, err)
	assert.Equal(t, "retrying-ports-use-times", again.Rule.ID)
}

// Whatever is printed: a rule is made of it that claims it, whole and cut, and
// not the counterexample, or it is said why none is.
func TestDraftOfAnything(t *testing.T) {
	line := rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(draftWords), rapid.StringMatching(`[ -~]{0,8}`)), 0, 8),
		func(w []string) string { return strings.Join(w, " ") })
	lines := rapid.Map(rapid.SliceOfN(line, 1, 6), func(l []string) string { return strings.Join(l, "\n") + "\n" })
	rapid.Check(t, func(t *rapid.T) { draftHolds(t, lines.Draw(t, "text")) })
}

var draftWords = []string{"warning", "[web]", "failed to connect", "0x7f021a", "10.0.0.1", "/home/me/a.py", "12:34:56", "2026-11-24 03:59:21", "ValueError: bad", "Error:",
	"Traceback (most recent call last):", "Exception ignored in:", "  File \"a.py\", line 3, in f", "^^^^^", "=====", "日本語", "a\tb", "\x1b[31mred\x1b[0m", "a\rb", "--> ", "{", "}"}

func draftHolds(t require.TestingT, text string) {
	d, err := draft.New([]byte(text), draft.Options{Active: true})
	if err != nil {
		require.NotEmpty(t, err.Error())
		return
	}
	r, err := rules.Parse("x.yaml", d.File)
	require.NoError(t, err, "%s", d.File)
	set := rules.NewSet(r)
	for _, size := range []int{0, 1, 7} {
		shown, s := runAny(t, set, r.Samples[0].Text, size)
		require.Empty(t, shown, "%s", d.File)
		require.Equal(t, map[string]int{r.ID: 1}, filtertest.Counts(s))
		shown, s = runAny(t, set, r.Counterexamples[0].Text, size)
		require.Equal(t, r.Counterexamples[0].Text, shown)
		require.Empty(t, filtertest.Counts(s))
	}
}

// runAny is run for tests of all kinds.
func runAny(t require.TestingT, set *rules.Set, text string, size int) (string, *filter.Summary) {
	var shown strings.Builder
	f := filter.New(set, filter.SinkFunc(func(e filter.Event) error {
		if !e.Fold {
			shown.Write(e.Raw)
		}
		return nil
	}), filter.Options{})
	if size == 0 {
		size = max(1, len(text))
	}
	for i := 0; i < len(text); i += size {
		_, err := f.Write([]byte(text[i:min(len(text), i+size)]))
		require.NoError(t, err)
	}
	require.NoError(t, f.Close())
	return shown.String(), f.Summary()
}

func FuzzDraft(f *testing.F) {
	for _, c := range drafted {
		f.Add(c.text)
	}
	f.Add(strings.Join(draftWords, "\n"))
	for _, m := range masked {
		f.Add("job finished at " + m + " on this machine")
		f.Add(m + " celery worker[17]: job " + m + " has begun\nand it goes on with " + m)
	}
	f.Fuzz(func(t *testing.T, text string) { draftHolds(t, text) })
}

// Drafts are counted among the rules that there are, though nothing is folded:
// also those of tracebacks, which stay in the stream as the run's own do.
func TestDraftsAreCounted(t *testing.T) {
	for name, c := range drafted {
		t.Run(name, func(t *testing.T) {
			d, err := draft.New([]byte(c.text), draft.Options{Known: filtertest.Builtin()})
			require.NoError(t, err)
			set := rules.NewSet(d.Rule)
			for r := range filtertest.Builtin().All() {
				set.Put(r)
			}
			text := d.Rule.Samples[0].Text
			for _, size := range []int{0, 1, 7} {
				shown, s := runAny(t, set, text+text, size)
				assert.Equal(t, text+text, shown)
				assert.Equal(t, map[string]int{d.Rule.ID: 2}, filtertest.Counts(s))
			}
		})
	}
}
