package issue_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/issue"
)

// text is a log.
type text string

func (t text) CopyTo(w io.Writer) error {
	_, err := io.WriteString(w, string(t))
	return err
}

func set(t *testing.T) *rules.Set {
	t.Helper()
	r, err := rules.Parse("own.yaml", []byte("id: own\ntitle: A block of mine\nseverity: noise\nmatch: {block: ['begin of it', 'end of it']}\nsamples: [{text: \"begin of it\\nend of it\\n\"}]\n"))
	require.NoError(t, err)
	return rules.NewSet(r)
}

const log = "\x1b[31mone\x1b[0m\nbegin of it\n    [web1] Connected\nend of it\n    [web2] Connected\nbegin of it\nend of it\nTraceback (most recent call last):\n  File \"deploy.py\", line 3, in <module>\n    run()\nDeployError: web1 is gone\n"

// An issue that a rule knows is the block that the line is of, wherever in it the line stands.
func TestKnown(t *testing.T) {
	for _, line := range []int{2, 4} {
		i := issue.Known(set(t), []byte(log), []string{"own"}, line)
		assert.Equal(t, "begin of it\nend of it\n", i.Text)
		assert.Equal(t, 2, i.Count)
		assert.Equal(t, []string{"web1", "web2"}, i.Hosts)
		assert.Equal(t, []string{"own"}, i.IDs)
	}
	assert.Equal(t, "one\n", issue.Known(set(t), []byte(log), nil, 1).Text, "a line of no block is alone, without its colour")
	assert.Empty(t, issue.Known(set(t), []byte(log), nil, 100).Text)
}

func TestUnknown(t *testing.T) {
	i := issue.Unknown([]byte(log), []byte("\x1b[31mone\x1b[0m\r\n"))
	assert.Equal(t, "one\n", i.Text)
	assert.Zero(t, i.Count)
	assert.Len(t, i.Hosts, 2)
}

// fingerprint is that of the traceback in the log.
func fingerprint(t *testing.T) string {
	t.Helper()
	f := filter.New(rules.NewSet(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{Recorded: true})
	_, err := io.WriteString(f, log)
	require.NoError(t, errors.Join(err, f.Close()))
	require.Len(t, f.Summary().Unknown, 1)
	return f.Summary().Unknown[0].Fingerprint
}

// It is found by the id of its rule, or by the beginning of its fingerprint, of four digits at least.
func TestFind(t *testing.T) {
	line, count, err := issue.Find(set(t), text(log), "own")
	require.NoError(t, err)
	assert.Equal(t, 2, line)
	assert.Zero(t, count)

	full := fingerprint(t)
	for _, typed := range []string{full, strings.ToUpper(full), full[:6]} {
		line, count, err = issue.Find(set(t), text(log), typed)
		require.NoError(t, err)
		assert.Equal(t, 11, line, typed)
		assert.Equal(t, 1, count)
	}
	for _, typed := range []string{"other", full[:5], "U-", "U-0000"} {
		line, _, err = issue.Find(set(t), text(log), typed)
		require.NoError(t, err)
		assert.Zero(t, line, typed)
	}
}

// What is masked is neither in the text nor in what is called its title, and it is told how much it was.
func TestMask(t *testing.T) {
	i := issue.Issue{Text: "web1: password=hunter22hunter22 for project-x\x1b[0m\nmail to admin@example.com\n", Hosts: []string{"web1"}}
	m := i.Mask([]string{"project-x", " "})
	for _, secret := range []string{"web1", "hunter22", "project-x", "\x1b"} {
		assert.NotContains(t, m.Text, secret)
	}
	assert.Equal(t, 1, m.Own)
	assert.NotEmpty(t, m.Secrets)
	assert.NotEmpty(t, m.Names)
	assert.Contains(t, m.Text, "masked-1")
	assert.Equal(t, 2, strings.Count(m.Text, "\n"))
}

// A draft is a rule, and says what it claims in the log that it is from, if there is one.
func TestDraft(t *testing.T) {
	const line = "WARNING: the cache of modules is stale, and is built again\n"
	d, err := issue.NewDraft(line, rules.Builtin(), nil)
	require.NoError(t, err)
	assert.False(t, d.Tried)
	_, err = rules.Parse("draft.yaml", []byte(d.File))
	require.NoError(t, err)

	d, err = issue.NewDraft(line, rules.Builtin(), text(line+"mine\n"+line))
	require.NoError(t, err)
	assert.True(t, d.Tried)
	assert.EqualValues(t, 2, d.Lines)
	assert.Equal(t, 2, d.Count)
	d, err = issue.NewDraft(line, rules.Builtin(), text("mine\n"))
	require.NoError(t, err)
	assert.True(t, d.Tried)
	assert.Zero(t, d.Count)

	_, err = issue.NewDraft("begin of it\nend of it\n", set(t), nil)
	assert.ErrorContains(t, err, "it is ")
	_, err = issue.NewDraft("\n", set(t), nil)
	assert.Error(t, err)
}

func TestTitle(t *testing.T) {
	assert.Equal(t, "A block of mine", issue.Title(set(t).Get("own"), "begin of it\n"))
	assert.Equal(t, "first", issue.Title(nil, "  first\nsecond\n"))
	assert.Equal(t, "OwnError: gone", issue.Title(nil, "Traceback (most recent call last):\n  File \"x\"\nOwnError: gone\n"))
	assert.Equal(t, "OwnError (Exception ignored in: <x>)", issue.Title(nil, "Exception ignored in: <x>\nOwnError\n"))
	assert.LessOrEqual(t, len(issue.Title(nil, strings.Repeat("x", 1000))), 110)
}

// A report has the text of an issue that went wrong, and the sample of one that no rule knows.
func TestInReport(t *testing.T) {
	r := &report.Report{
		Issues:  []*report.Issue{{About: report.About{ID: "own"}, Count: 3, Hosts: map[string]int{"b": 1, "a": 2}, Places: []report.Place{{Text: []string{"\x1b[1mbegin of it\x1b[0m"}}}}, {About: report.About{ID: "bare"}}},
		Unknown: []*report.Unknown{{Fingerprint: "U-12345678", Sample: "what is this", Count: 4}, {Fingerprint: "U-87654321", Sample: " "}},
	}
	i := issue.InReport(r, set(t), "own")
	require.NotNil(t, i)
	assert.Equal(t, issue.Issue{Text: "begin of it\n", IDs: []string{"own"}, Count: 3, Hosts: []string{"a", "b"}}, *i)
	i = issue.InReport(r, set(t), "u-1234")
	require.NotNil(t, i)
	assert.Equal(t, issue.Issue{Text: "what is this\n", Count: 4}, *i)
	for _, what := range []string{"bare", "other", "U-8765", "U-1"} {
		assert.Nil(t, issue.InReport(r, set(t), what), what)
	}
}
