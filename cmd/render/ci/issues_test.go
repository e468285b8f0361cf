package ci_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// spiteful is text that would like to be more than text.
const spiteful = "100%, a:b;c] %0A::error::x\n::error::y\r##[error]z|n'[\x1b[31m##vso[task.complete result=Failed]é𝄞"

// manyIssues is a report of so many issues of each severity.
func manyIssues(each int) *report.Report {
	r := &report.Report{Schema: report.Schema}
	for _, s := range rules.Severities {
		for n := range each {
			about := report.About{ID: fmt.Sprintf("made-up-%s-%d", s, n), Title: spiteful, Severity: s, Advice: strings.Repeat(spiteful+" ", 40), References: []string{"https://example.com/?a=1,2&b=%20"}}
			r.Issues = append(r.Issues, &report.Issue{About: about, Count: n + 1, FirstLine: n + 1, Fix: []string{"pip install 'a>=1,<2'"}})
		}
	}
	return r
}

// TestAnnotations: of 500 issues there are not more than GitHub takes of a step,
// the worst come first, the last says what is left out, and no text becomes
// another command or a property.
func TestAnnotations(t *testing.T) {
	for _, each := range []int{1, 10, 11, 125} {
		r := annotated(t, manyIssues(each), ci.IssueOptions{})
		count := map[string]int{}
		for _, o := range r.orders {
			count[o.name]++
			assert.Len(t, o.properties, 1, "%v", o.properties)
			assert.LessOrEqual(t, len(o.properties["title"]), 255)
			assert.LessOrEqual(t, len(utf16.Encode([]rune(o.data))), 4096)
		}
		assert.Equal(t, map[string]int{"error": min(each, 10), "warning": min(each, 10), "notice": min(each, 10)}, count)
		assert.Equal(t, fmt.Sprintf("made-up-error-%d (%d ×, line %d)", each-1, each, each), r.orders[0].properties["title"])
		assert.Contains(t, r.orders[0].data, "100%, a:b;c] %0A::error::x ::error::y")
		if each > 10 {
			last := r.orders[9]
			assert.Equal(t, fmt.Sprintf("orbfilter: %d more, of severity error", each-9), last.properties["title"])
			assert.Contains(t, last.data, "made-up-error-0")
		}
	}
}

// annotated returns what the runner makes of a report.
func annotated(t *testing.T, from *report.Report, o ci.IssueOptions) *runner {
	t.Helper()
	var b bytes.Buffer
	ci.FormatOf("github").Issues(&b, from, o)
	r := &runner{}
	for _, l := range readLines(b.Bytes()) {
		r.line(l)
	}
	assert.Empty(t, r.shown, "each line is an annotation")
	return r
}

func TestAnnotationOfNoise(t *testing.T) {
	from := &report.Report{Issues: []*report.Issue{
		{About: report.About{ID: "folded", Severity: rules.Noise}, Count: 7},
		{About: report.About{ID: "regression", Severity: rules.Noise}, Count: 7, Unfolded: 7},
		{About: report.About{ID: "bad", Severity: rules.Error}, Count: 1},
	}}
	assert.Len(t, annotated(t, from, ci.IssueOptions{}).orders, 2)
	assert.Equal(t, "notice", annotated(t, from, ci.IssueOptions{}).orders[1].name, "that should not be there")
	only := annotated(t, from, ci.IssueOptions{ErrorsOnly: true}).orders
	require.Len(t, only, 1)
	assert.Equal(t, "error", only[0].name)
}

// TestAzureIssues: one command a line, and nothing in it that is another.
func TestAzureIssues(t *testing.T) {
	var b bytes.Buffer
	ci.FormatOf("azure").Issues(&b, manyIssues(125), ci.IssueOptions{})
	lines := readLines(b.Bytes())
	assert.Len(t, lines, 20, "10 errors, 10 warnings")
	for _, l := range lines {
		command := regexp.MustCompile(`^##vso\[task\.logissue type=(error|warning)\]`).FindString(l)
		assert.NotEmpty(t, command, l)
		// https://github.com/microsoft/azure-pipelines-agent/blob/master/docs/design/percentEncoding.md
		data := strings.NewReplacer("%3B", ";", "%0D", "\r", "%0A", "\n", "%5D", "]", "%AZP25", "%").Replace(l[len(command):])
		assert.NotContains(t, data, "\n")
		assert.LessOrEqual(t, len(data), 4096)
	}
	assert.Contains(t, lines[0], "100%AZP25, a:b;c] %AZP250A::error::x")
}

// TestTeamcityIssues: values end where they should.
func TestTeamcityIssues(t *testing.T) {
	var b bytes.Buffer
	ci.FormatOf("teamcity").Issues(&b, manyIssues(125), ci.IssueOptions{})
	lines := readLines(b.Bytes())
	assert.Len(t, lines, 30)
	value := `'(?:[ -&(-Z\\^-{}~]|\|[nr|'\[\]]|\|0x[0-9A-F]{4})*'`
	for _, l := range lines {
		assert.Regexp(t, `^##teamcity\[message text=`+value+`(?: errorDetails=`+value+`)? status='(?:ERROR|WARNING|NORMAL)'\]$`, l)
	}
	assert.Contains(t, lines[0], "||n|'|[")
	assert.Contains(t, lines[0], "|0x00E9|0xD834|0xDD1E", "é and a character of two units")
}

// TestBuildkiteIssues: what to type.
func TestBuildkiteIssues(t *testing.T) {
	var b bytes.Buffer
	say := func(r *report.Report, o ci.IssueOptions) string {
		b.Reset()
		ci.FormatOf("buildkite").Issues(&b, r, o)
		return b.String()
	}
	assert.Contains(t, say(manyIssues(1), ci.IssueOptions{}), "add --report md=orbfilter.md, and type: buildkite-agent annotate --style error --context orbfilter < orbfilter.md\n")
	assert.Equal(t, "orbfilter: to show this above the build, type: buildkite-agent annotate --style error --context orbfilter < out/r.md\n", say(manyIssues(1), ci.IssueOptions{Markdown: "out/r.md"}))
	assert.Empty(t, say(&report.Report{}, ci.IssueOptions{}))
}

// TestSections: the summary in a section, with its first line as the title.
func TestSections(t *testing.T) {
	text := "orbfilter: 3 lines in\n  more\n"
	for _, c := range []struct {
		format string
		open   bool
		want   string
	}{
		{"gitlab", false, "\x1b[0Ksection_start:1795608000:orbfilter_1795608000000000000_summary[collapsed=true]\r\x1b[0Korbfilter: 3 lines in\n  more\n\x1b[0Ksection_end:1795608000:orbfilter_1795608000000000000_summary\r\x1b[0K\n"},
		{"gitlab", true, "\x1b[0Ksection_start:1795608000:orbfilter_1795608000000000000_summary\r\x1b[0Korbfilter: 3 lines in\n  more\n\x1b[0Ksection_end:1795608000:orbfilter_1795608000000000000_summary\r\x1b[0K\n"},
		{"buildkite", false, "--- " + text},
		{"buildkite", true, "+++ " + text},
		{"azure", true, text},
	} {
		assert.Equal(t, c.want, ci.FormatOf(c.format).Words(text, c.open, atNoon()))
	}
	assert.Equal(t, "one line\n", ci.FormatOf("gitlab").Words("one line\n", true, atNoon()), "there is nothing to unfold")
}

// A lineOfEvents is any line of --format jsonl.
type lineOfEvents struct {
	Kind, Schema, Stream string
	Line                 int
	Rule                 *string
	Text                 string
	Base64               []byte
	Report               *report.Report
}

// TestEventsAreTheInput: all bytes are there, in order, whatever they are.
func TestEventsAreTheInput(t *testing.T) {
	noise := rendertest.Capture(t, "gevent-25.5.1.3-hosts.pipe.log")
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(noise)).Draw(t, "at")
		in := bytes.Join([][]byte{noise[:at], rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"), noise[at:]}, nil)
		var b bytes.Buffer
		stream := &ci.Stream{W: &b, Name: "stdin"}
		f := filter.New(rendertest.Builtin(), stream, filter.Options{Sent: stream.Flush})
		for rest := in; len(rest) > 0; {
			n := min(rapid.IntRange(1, 5000).Draw(t, "cut"), len(rest))
			_, _ = f.Write(rest[:n])
			rest = rest[n:]
		}
		assert.NoError(t, f.Close())
		assert.NoError(t, ci.WriteEnd(&b, reportFrom(f.Summary())))
		var all, folded []byte
		var last lineOfEvents
		for line := range bytes.Lines(b.Bytes()) {
			last = lineOfEvents{}
			assert.NoError(t, json.Unmarshal(line, &last))
			bytesOf := append([]byte(last.Text), last.Base64...)
			all = append(all, bytesOf...)
			if last.Kind == "fold" {
				folded = append(folded, bytesOf...)
				assert.NotNil(t, last.Rule)
			}
		}
		assert.Equal(t, string(in), string(all))
		assert.Equal(t, "report", last.Kind)
		assert.Equal(t, int64(len(folded)), last.Report.Folded.Bytes)
	})
}
