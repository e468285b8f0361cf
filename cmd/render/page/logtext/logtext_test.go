package logtext_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/page/logtext"
	"github.com/orbfilter/orbfilter/filter/report"
)

// lines are a text that is all there, or not to its end.
type lines struct {
	all []report.Line
	err error
}

func (l lines) Lines(yield func(report.Line) bool) error {
	for _, line := range l.all {
		if !yield(line) {
			break
		}
	}
	return l.err
}

func (lines) Close() {}

// view is that of a log with one stream.
func view(t *testing.T, err error, all ...report.Line) *logtext.View {
	t.Helper()
	views := logtext.New(&report.Log{Streams: []report.Stream{{Text: lines{all, err}, Leads: true}}})
	require.Len(t, views, 1)
	return views[0]
}

func written(t *testing.T, v *logtext.View) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, v.Write(&b))
	return b.String()
}

// What was shown stands there, what was folded is closed where it stood, and what leads to a line finds it.
func TestViewOfALog(t *testing.T) {
	v := view(t, nil, report.Line{Number: 1, Text: "one <b>"}, report.Line{Number: 2, Text: "noise", Rule: "a-rule"}, report.Line{Number: 3, Text: "more", Rule: "a-rule"}, report.Line{Number: 4, Text: "f\x1bour", Cut: 2})
	assert.Equal(t, 2, v.Shown)
	assert.Equal(t, 2, v.Folded)
	assert.Empty(t, v.Note())
	for line, has := range []bool{false, true, true, true, true, false} {
		assert.Equal(t, has, v.Has(line), line)
	}
	assert.Equal(t, "#L3", v.Href(3))
	assert.Equal(t, "#L4", v.Href(4))
	v.Hit(4)
	page := written(t, v)
	assert.Contains(t, page, "one &lt;b&gt;")
	assert.Contains(t, page, `<details class="fold" data-first="2" data-last="3"><a id="L3"></a><summary>2 lines folded: a-rule</summary>`)
	assert.Contains(t, page, `<mark>f\x1bour… (2 more bytes)</mark>`)
	assert.Contains(t, page, `<a id="L4" href="#L4"`)
	assert.NotContains(t, page, `id="L1"`, "nothing leads there")
}

// The anchors of two streams are apart.
func TestViewsOfTwoStreams(t *testing.T) {
	text := lines{all: []report.Line{{Number: 1, Text: "x"}}}
	views := logtext.New(&report.Log{Streams: []report.Stream{{Name: "stdout", Text: text}, {Name: "stderr", Text: text, Leads: true}}})
	require.Len(t, views, 2)
	assert.Equal(t, "The log: stdout", views[0].Title)
	assert.NotEqual(t, views[0].Anchor, views[1].Anchor)
	assert.NotEqual(t, views[0].Href(1), views[1].Href(1))
}

// A text that is not known to its end says why, and nothing leads into it.
func TestViewOfABrokenText(t *testing.T) {
	v := view(t, errors.New("no space\nleft"), report.Line{Number: 1, Text: "x"})
	assert.Equal(t, `no space\nleft`, v.Error)
	assert.False(t, v.Has(1))
}

// Of a log that is too large the middle is left out, and it is said of how many lines, shown and folded.
func TestViewLeavesTheMiddleOut(t *testing.T) {
	const n = 160_000
	var all []report.Line
	for i := 1; i <= n; i++ {
		all = append(all, report.Line{Number: i, Text: "x"})
	}
	all[n/2].Rule = "a-rule"
	v := view(t, nil, all...)
	assert.Equal(t, n-1-150_000, v.OutOfPage)
	assert.Contains(t, v.Note(), "Left out in the middle: 9,999 lines that were shown")
	assert.True(t, v.Has(75_000))
	assert.False(t, v.Has(75_001))
	assert.True(t, v.Has(n-74_999))
	assert.False(t, v.Has(n-75_000))
	page := written(t, v)
	assert.Contains(t, page, "9,999 lines that were shown are left out here, and 1 that were folded")
	assert.Len(t, regexp.MustCompile(`(?m)^(?:<pre class="tx">)?x$`).FindAllString(page, -1), 150_000)
}
