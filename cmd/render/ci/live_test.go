package ci_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
)

const (
	token   = "orbfilter-TESTS"
	nothing = "\x1b[0m" // is what it shows
)

func atNoon() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

func live(format string, alone, groups bool) *ci.Live {
	return &ci.Live{Format: ci.FormatOf(format), Alone: alone, Groups: groups, Name: "stdout", Token: token, Now: atNoon}
}

// dressed returns what a stream makes of events.
func dressed(l *ci.Live, all ...filter.Event) []byte {
	var b bytes.Buffer
	s := &ci.Stream{W: &b, Live: l}
	for _, e := range all {
		_ = s.Event(e)
	}
	s.Close()
	return b.Bytes()
}

// orderPieces are pieces of text that make commands, or nearly.
var orderPieces = []string{
	"::", ":", "#", "##[", "[", "]", "##", "\r", "\n", "\r\n", "\n\n", " ", "\t", "\v", "\x00", "\x1b", "\x1b[31m", "\x1b[K", "%0A", "%0D",
	"::error::boo", "::add-mask::s3cret", "::group::x", "::endgroup::", "::stop-commands::x", "::debug::", "error", "warning title=a", "stop-commands",
	"##[error]boo", "##[add-mask]s3cret", "##[endgroup]", "##[stop-commands]x", "##vso[task.setvariable variable=a]b", "##vso", "##teamcity[buildStop]",
	"section_start:1:a\r\x1b[0K", "section_end:1:a[collapsed=true]\r\x1b[0K", "section_", "start:1:a",
	"\u00a0", "\u00ad", "\u200b", "\u2028", "\u0085", "\ufeff", "\u0301", "\xff\xfe", "\xfe\xff", "\xff", "\xc2", "\u3000", ":\x00:", "#\u00ad#\u200d[", "abc", "é", "--- a",
	":\u00ad:error::x", "\ufeff::error::x", "\xff\xfe:\x00:\x00e\x00r\x00r\x00o\x00r\x00:\x00:\x00x\x00\n\x00", "##teamcity[enableServiceMessages]",
}

// drawEvents draws a run with much in it that is hostile.
func drawEvents(t *rapid.T, folds bool) (all []filter.Event) {
	pieces := rapid.SliceOfN(rapid.SampledFrom(orderPieces), 0, 12)
	for range rapid.IntRange(0, 8).Draw(t, "events") {
		text := strings.Join(pieces.Draw(t, "text"), "")
		fold := folds && rapid.Bool().Draw(t, "fold")
		e := filter.Event{Raw: []byte(text)}
		if fold && text != "" {
			e.Rule, e.Fold = noisy, true
		}
		if text != "" {
			all = append(all, e)
		}
	}
	return all
}

// shownText is the run's own.
func shownText(all []filter.Event) (out string) {
	for _, e := range all {
		if !e.Fold {
			out += string(e.Raw)
		}
	}
	return out
}

// TestStoppedTextIsTheRunsOwn: with the guards taken away, the bytes are those of
// the run; besides, there may be an empty line at the beginning, and an end to a
// last line that had none.
func TestStoppedTextIsTheRunsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawEvents(t, true)
		got := string(dressed(live("github", true, false), all...))
		assert.Contains(t, []string{shownText(all), "\n" + shownText(all), shownText(all) + "\n", "\n" + shownText(all) + "\n"}, unguarded(got))
	})
}

func unguarded(text string) string {
	return strings.NewReplacer("::stop-commands::"+token+"\n", "", "::"+token+"::\n", "").Replace(text)
}

// TestBrokenTextIsTheRunsOwn: with what shows nothing taken away, the bytes are
// those of the run.
func TestBrokenTextIsTheRunsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawEvents(t, true)
		for _, format := range []string{"github", "gitlab", "azure", "teamcity", "buildkite"} {
			got := string(dressed(live(format, false, false), all...))
			assert.Equal(t, shownText(all), strings.ReplaceAll(got, nothing, ""), format)
		}
	})
}

// TestRunnerObeysNobody: however the text is cut, and whatever was printed
// before it.
func TestRunnerObeysNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawEvents(t, true)
		before := rapid.SampledFrom([]string{"", "begun: ", "line\n", "  "}).Draw(t, "before")
		r := &runner{weightless: rapid.Bool().Draw(t, "weightless")}
		got := dressed(live("github", rapid.Bool().Draw(t, "alone"), rapid.Bool().Draw(t, "groups")), all...)
		for _, l := range readLines(append([]byte(before), got...)) {
			r.line(l)
		}
		assertOnlyGroups(t, r)
		assert.Empty(t, r.token, "commands are stopped behind the end")
	})
}

// assertOnlyGroups: groups are ours, and not in one another.
func assertOnlyGroups(t assert.TestingT, r *runner) {
	for i, o := range r.orders {
		want := []string{"group", "endgroup"}[i%2]
		if o.name != want || want == "group" && !strings.HasPrefix(o.data, "orbfilter: folded ") || want == "endgroup" && o.data != "" {
			assert.Fail(t, "obeyed", "%+v", r.orders)
			return
		}
	}
	assert.Zero(t, len(r.orders)%2)
}

// TestRunnerShowsEverything: each line of the run is a line of the log, and there
// is no other.
func TestRunnerShowsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := append([]filter.Event{shownEvent("first\n")}, drawEvents(t, false)...)
		r := &runner{}
		for _, l := range readLines(dressed(live("github", true, false), all...)) {
			r.line(l)
		}
		assert.Equal(t, readLines([]byte(shownText(all))), r.shown)
	})
}

// TestTwoStreamsObeyNobody: the runner reads stdout and stderr one beside the
// other, in any order, and what is stopped by one is resumed by the other.
func TestTwoStreamsObeyNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out := readLines(dressed(live("github", false, rapid.Bool().Draw(t, "groups")), drawEvents(t, true)...))
		err := readLines(dressed(live("github", true, false), drawEvents(t, true)...))
		r := &runner{weightless: rapid.Bool().Draw(t, "weightless")}
		for len(out)+len(err) > 0 {
			if len(err) == 0 || len(out) > 0 && rapid.Bool().Draw(t, "out") {
				r.line(out[0])
				out = out[1:]
			} else {
				r.line(err[0])
				err = err[1:]
			}
		}
		for _, o := range r.orders {
			assert.Contains(t, []string{"group", "endgroup"}, o.name)
		}
	})
}

// TestOthersObeyNobody: what is an order to the other systems is none any more.
func TestOthersObeyNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawEvents(t, true)
		for _, l := range readLines(dressed(live("azure", true, false), all...)) {
			assert.False(t, azureOrder(l), "%q", l)
		}
		for _, l := range readLines(dressed(live("teamcity", true, false), all...)) {
			assert.False(t, teamcityOrder(l), "%q", l)
		}
		assert.NotRegexp(t, gitlabMark, string(dressed(live("gitlab", true, false), all...)))
	})
}

func FuzzRunnerObeysNobody(f *testing.F) {
	for _, h := range orderPieces {
		f.Add([]byte(h+"::error::x\nabc"), uint8(3), true)
		f.Add([]byte(" ##[error]"+h), uint8(1), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint8, alone bool) {
		var all []filter.Event
		for chunk := range slices.Chunk(data, int(size)+1) {
			all = append(all, filter.Event{Raw: chunk})
		}
		for _, weightless := range []bool{false, true} {
			r := &runner{weightless: weightless}
			for _, l := range readLines(dressed(live("github", alone, false), all...)) {
				r.line(l)
			}
			require.Empty(t, r.orders)
			require.Empty(t, r.token)
		}
	})
}

// TestHarmlessTextIsNotTouched: nothing is added to a run that says nothing of
// the kind, and what only looks a little like it stays.
func TestHarmlessTextIsNotTouched(t *testing.T) {
	text := "PYTHONWARNINGS=ignore::AssertionError\n[web] fe80::1 is up # [ok]\na ## b [c]\n#### [title]\nsection_start is a word\n##\nno end"
	for _, name := range []string{"github", "gitlab", "azure", "teamcity", "buildkite"} {
		for _, alone := range []bool{true, false} {
			assert.Equal(t, text, string(dressed(live(name, alone, true), shownEvent(text[:9]), shownEvent(text[9:]))), name)
		}
	}
}

// TestCapturesAreNotTouched: the real thing.
func TestCapturesAreNotTouched(t *testing.T) {
	for _, name := range []string{"gevent-25.5.1.20-hosts.pipe.log", "gevent-25.5.1.3-hosts.pty.raw", "more/network-retry.log"} {
		data := rendertest.Capture(t, name)
		for _, format := range []string{"github", "gitlab", "azure", "teamcity", "buildkite"} {
			assert.Equal(t, string(data), string(dressed(live(format, true, false), shownEvent(string(data)))), "%s %s", name, format)
		}
	}
}

// TestLongLine: a line that is too long to be looked at as a whole is safe, and
// is there as a whole.
func TestLongLine(t *testing.T) {
	for _, line := range []string{
		strings.Repeat("x", 200<<10) + "##[error]late", "::error::" + strings.Repeat("x", 200<<10),
		strings.Repeat("x", 200<<10) + "\r::error::behind a CR", strings.Repeat("\u00ad", 100<<10) + "::error::x",
	} {
		for _, size := range []int{1000, 64 << 10, len(line)} {
			for _, alone := range []bool{true, false} {
				r := &runner{}
				all := []filter.Event{shownEvent("before\n")}
				for chunk := range slices.Chunk([]byte(line+"\nafter\n"), size) {
					all = append(all, filter.Event{Raw: chunk})
				}
				got := dressed(live("github", alone, false), all...)
				for _, l := range readLines(got) {
					r.line(l)
				}
				assert.Empty(t, r.orders)
				assert.Equal(t, "after", r.shown[len(r.shown)-1])
				assert.Equal(t, "before\n"+line+"\nafter\n", strings.ReplaceAll(unguarded(string(got)), nothing, ""))
			}
		}
	}
}

// TestGuards: what the log looks like.
func TestGuards(t *testing.T) {
	for name, c := range map[string]struct {
		format string
		alone  bool
		events []filter.Event
		want   string
	}{
		"only around such lines": {"github", true, []filter.Event{shownEvent("a\n::error::x\n b\n")}, "a\n<\n::error::x\n>\n b\n"},
		"first of all":           {"github", true, []filter.Event{shownEvent("::error::x\n")}, "\n<\n::error::x\n>\n"},
		"several":                {"github", true, []filter.Event{shownEvent("a\n::a::\n##[b]\nc\n")}, "a\n<\n::a::\n##[b]\n>\nc\n"},
		"behind a CR":            {"github", true, []filter.Event{shownEvent("a\r::error::x\rb\n")}, "a\r<\n::error::x\r>\nb\n"},
		"in pieces":              {"github", true, []filter.Event{shownEvent("a\n:"), shownEvent(":err"), shownEvent("or::x\n")}, "a\n<\n::error::x\n>\n"},
		"without an end":         {"github", true, []filter.Event{shownEvent("a\n::error::x")}, "a\n<\n::error::x\n>\n"},
		"CR LF in pieces":        {"github", true, []filter.Event{shownEvent("a\n::error::x\r"), shownEvent("\nb\n")}, "a\n<\n::error::x\r\n>\nb\n"},
		"two streams":            {"github", false, []filter.Event{shownEvent("a\n ::error::x\nb ##[error]y\n")}, "a\n " + nothing + "::error::x\nb ##" + nothing + "[error]y\n"},
		"azure":                  {"azure", true, []filter.Event{shownEvent("a ##vso[task.setvariable variable=x]y\n")}, "a ##" + nothing + "vso[task.setvariable variable=x]y\n"},
		"teamcity":               {"teamcity", true, []filter.Event{shownEvent("##teamcity[enableServiceMessages]\n")}, "##" + nothing + "teamcity[enableServiceMessages]\n"},
		"gitlab":                 {"gitlab", true, []filter.Event{shownEvent("section_sta"), shownEvent("rt:1:x\r\x1b[0K\n")}, "section_start" + nothing + ":1:x\r\x1b[0K\n"},
		"UTF-16":                 {"github", true, []filter.Event{shownEvent("\xff\xfe:\x00:\x00\n")}, "\n<\n\xff\xfe:\x00:\x00\n>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(dressed(live(c.format, c.alone, false), c.events...))
			assert.Equal(t, c.want, strings.NewReplacer("::stop-commands::"+token, "<", "::"+token+"::", ">").Replace(got))
		})
	}
}
