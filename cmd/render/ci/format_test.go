package ci_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// TestGroups: what was folded stands where it was, between lines.
func TestGroups(t *testing.T) {
	begin, end := "::group::orbfilter: folded 1 line: noisy\n", "::endgroup::\n"
	for name, c := range map[string]struct {
		events []filter.Event
		want   string
	}{
		"between lines":  {[]filter.Event{shownEvent("a\n"), foldedEvent, shownEvent("b\n")}, "a\n" + begin + "noise\n" + end + "b\n"},
		"at the end":     {[]filter.Event{shownEvent("a\n"), foldedEvent}, "a\n" + begin + "noise\n" + end},
		"one of two":     {[]filter.Event{foldedEvent, foldedEvent, shownEvent("b\n")}, "\n::group::orbfilter: folded 2 lines: noisy\nnoise\nnoise\n" + end + "b\n"},
		"inside a line":  {[]filter.Event{shownEvent("a"), foldedEvent, shownEvent("b\nc\n")}, "ab\n" + begin + "noise\n" + end + "c\n"},
		"without an end": {[]filter.Event{shownEvent("a"), foldedEvent}, "a\n" + begin + "noise\n" + end},
		"hostile": {
			[]filter.Event{shownEvent("a\n"), {Rule: noisy, Fold: true, Raw: []byte("::endgroup::\n")}, shownEvent("b\n")},
			"a\n" + begin + "::stop-commands::" + token + "\n::endgroup::\n::" + token + "::\n" + end + "b\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, string(dressed(live("github", true, true), c.events...)))
		})
	}
}

// TestGroupsAreBounded: what is folded does not wait for ever in memory.
func TestGroupsAreBounded(t *testing.T) {
	var b bytes.Buffer
	s := &ci.Stream{W: &b, Live: live("github", true, true)}
	much := filter.Event{Rule: noisy, Fold: true, Raw: bytes.Repeat([]byte("noise\n"), 1000)}
	for range 30 {
		_ = s.Event(much)
	}
	assert.Equal(t, 2, strings.Count(b.String(), "::endgroup::"))
	_ = s.Event(shownEvent("a line that does not end"))
	for range 300 {
		_ = s.Event(much)
	}
	assert.Equal(t, 15, strings.Count(b.String(), "::endgroup::"), "one when 1 MiB waits, the others when 64 KiB do")
	s.Close()
	assert.Equal(t, 330*1000, strings.Count(b.String(), "noise\n"), "all of it stays")
}

func reportFrom(sum *filter.Summary) *report.Report {
	return report.New(sum, report.Run{Version: "1.2.3", Fix: fix.Command})
}

func TestFormatIn(t *testing.T) {
	for variable, want := range map[string]string{
		"GITHUB_ACTIONS=true": "github", "GITLAB_CI=true": "gitlab", "TF_BUILD=True": "azure", "TEAMCITY_VERSION=2026.1": "teamcity", "BUILDKITE=true": "buildkite",
		"CI=true": "text", "GITHUB_ACTIONS=false": "text", "GITHUB_ACTIONS=": "text",
	} {
		name, value, _ := strings.Cut(variable, "=")
		assert.Equal(t, want, ci.FormatIn(func(n string) string {
			if n == name {
				return value
			}
			return ""
		}).Name, variable)
	}
	assert.Nil(t, ci.FormatOf("auto"))
	assert.Equal(t, []string{"text", "jsonl", "github", "gitlab", "azure", "teamcity", "buildkite"}, ci.FormatNames())
}

// TestWordsAreNotObeyed: the summary quotes the run.
func TestWordsAreNotObeyed(t *testing.T) {
	text := "orbfilter: 1 line in\n  ::error::x\nCause: ##[add-mask]y\n"
	r := &runner{weightless: true}
	got := ci.FormatOf("github").Words(text, true, atNoon())
	for _, l := range readLines([]byte(got)) {
		r.line(l)
	}
	assert.Empty(t, r.orders)
	assert.Empty(t, r.guards, "the two streams are read side by side")
	assert.Equal(t, text, strings.ReplaceAll(got, nothing, ""))
}

// TestGoldenLive: what is read in the log of a job, of runs whose noise stays in
// groups, with what is said at the end.
func TestGoldenLive(t *testing.T) {
	for name, file := range map[string]string{"network-retry": "more/network-retry.log", "3-hosts": "gevent-25.5.1.3-hosts.pipe.log"} {
		for _, format := range []string{"github", "gitlab", "azure", "teamcity", "buildkite"} {
			t.Run(name+"."+format, func(t *testing.T) {
				var b bytes.Buffer
				s := &ci.Stream{W: &b, Live: live(format, true, true)}
				f := filter.New(rendertest.Builtin(), s, filter.Options{})
				_, err := f.Write(rendertest.Capture(t, file))
				require.NoError(t, err)
				require.NoError(t, f.Close())
				s.Close()
				fmt.Fprintln(&b, "--------")
				b.WriteString(s.Live.Format.Words(string(rendertest.Text(f.Summary(), false)), false, atNoon()))
				s.Live.Format.Issues(&b, reportFrom(f.Summary()), ci.IssueOptions{})
				rendertest.Golden(t, "live-"+name+"."+format+".txt", b.Bytes())
			})
		}
	}
}

// TestOwn: what is said behind the run's text begins a line, and is obeyed.
func TestOwn(t *testing.T) {
	for _, format := range []string{"github", "azure"} {
		for before, want := range map[string]string{"": "\nours\n", "a\n": "a\nours\n", "a": "a\nours\n", "a\r": "a\rours\n"} {
			var b bytes.Buffer
			s := &ci.Stream{W: &b, Live: live(format, true, false)}
			if before != "" {
				require.NoError(t, s.Event(shownEvent(before)))
			}
			s.Close()
			s.Own("ours\n")
			if before == "a\r" && format != "github" { // only GitHub's runner is known to end a line there
				want = "a\r\nours\n"
			}
			assert.Equal(t, want, b.String(), "%s %q", format, before)
		}
	}
	var b bytes.Buffer
	s := &ci.Stream{W: &b, Live: live("github", true, false)}
	require.NoError(t, s.Event(shownEvent("a\n::error::x")))
	s.Close()
	s.Own("::notice::ours\n")
	r := &runner{}
	for _, l := range readLines(b.Bytes()) {
		r.line(l)
	}
	require.Len(t, r.orders, 1)
	assert.Equal(t, "notice", r.orders[0].name)
}
