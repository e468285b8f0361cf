package reports_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	mdtext "github.com/yuin/goldmark/text"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// A markdownPage is what a reader of GitHub's Markdown finds in a page.
type markdownPage struct {
	bare  []string // text that stands in no code
	links []string
	html  map[string]bool // tags, and what else no page has
	rows  map[int]int     // of tables, by how many cells they have
	code  int             // blocks
	heads int             // headings
}

// readMarkdown reads a page with a parser that is not ours.
func readMarkdown(t *testing.T, page string) markdownPage {
	t.Helper()
	p := markdownPage{html: map[string]bool{}, rows: map[int]int{}}
	source := []byte(page)
	inHTML := false // between <code> and </code>, where nobody looks for mentions either
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(mdtext.NewReader(source))
	require.NoError(t, ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.FencedCodeBlock:
			p.code++
		case *ast.RawHTML:
			tag := string(n.Segments.Value(source))
			p.html[tag], inHTML = true, tag == "<code>"
		case *ast.Heading:
			p.heads++
		case *ast.List:
			if n.IsOrdered() {
				p.html["a numbered list"] = true
			}
		case *ast.ThematicBreak, *ast.CodeBlock, *ast.Blockquote:
			p.html[n.Kind().String()] = true
		case *ast.HTMLBlock:
			p.html["a block"] = true
		case *ast.Image:
			p.html["an image"] = true
		case *ast.Link:
			p.links = append(p.links, string(n.Destination))
		case *ast.AutoLink:
			p.links = append(p.links, string(n.URL(source)))
		case *table.TableHeader:
			p.rows[n.ChildCount()]++
		case *table.TableRow:
			p.rows[n.ChildCount()]++
		case *ast.Text:
			if !inHTML {
				p.bare = append(p.bare, string(n.Value(source)))
			}
		}
		return ast.WalkContinue, nil
	}))
	return p
}

// meaningful is what GitHub or GitLab make something of in text that is no code: a
// mention, a reference, a link, an emoji, a formula.
var meaningful = regexp.MustCompile("[@#$<>|`~*_\\\\\\[\\]{}&^]|://|www\\.|(?i)\\bGH-\\d|!\\d|:[a-z]+:|%\\d")

// TestMarkdownOfHostileReports: text from a log is text. The tables have as many
// rows and columns as they should, nothing links to where a log wants it to, and
// only code holds what could mean something.
func TestMarkdownOfHostileReports(t *testing.T) {
	r := rendertest.Hostile(t)
	p := readMarkdown(t, rendertest.Written(t, "md", r))
	for _, text := range p.bare {
		assert.NotRegexp(t, meaningful, strings.ReplaceAll(text, "orbfilter: ", ""))
	}
	for tag := range p.html {
		assert.Contains(t, []string{"<code>", "</code>"}, tag)
	}
	for _, l := range p.links {
		assert.Regexp(t, `^https://x\.example/[x-]*(deadbeef)*$`, l)
	}
	failed := 0
	for _, l := range r.Logs {
		if facts.Failed(l) {
			failed++
		}
	}
	require.Positive(t, failed)
	assert.Equal(t, map[int]int{6: 1 + len(r.Issues), 5: 1 + len(r.Unknown), 4: 1 + len(r.Logs), 2: 1 + failed}, p.rows)
	assert.Equal(t, len(r.Issues), p.code, "a block with the commands of each")
	assert.Equal(t, 1+len(r.Issues), p.heads)
}

// TestMarkdownOfEveryCapture has a row for each issue and each unknown text, a
// block for each fix, and a link for each reference.
func TestMarkdownOfEveryCapture(t *testing.T) {
	for name, r := range rendertest.CaptureReports(t) {
		p := readMarkdown(t, rendertest.Written(t, "md", r))
		rows, links, code := map[int]int{}, 0, 0
		if len(r.Issues) > 0 {
			rows[6] = 1 + len(r.Issues)
		}
		if len(r.Unknown) > 0 {
			rows[5] = 1 + len(r.Unknown)
		}
		if run := r.Logs[0].Run; run != nil && len(run.Operations) > 0 {
			rows[7] = 1 + len(run.Operations)
		}
		if len(facts.Tail(r.Logs[0])) > 0 {
			code++
		}
		for _, i := range r.Issues {
			links += len(i.References)
			code += min(len(i.Fix), 1)
		}
		assert.Equal(t, rows, p.rows, name)
		assert.Len(t, p.links, links, name)
		assert.Equal(t, code, p.code, name)
		assert.Empty(t, p.html, name)
		for _, text := range p.bare {
			assert.NotRegexp(t, meaningful, text, name)
		}
	}
}

// TestMarkdownLinksLeaveNoMark: GitHub notes at an issue which pages link to it,
// and nobody upstream wants a note for every job of everybody.
func TestMarkdownLinksLeaveNoMark(t *testing.T) {
	for in, want := range map[string]string{
		"https://github.com/a/b/issues/1":       "https://redirect.github.com/a/b/issues/1",
		"https://github.com/a/b/pull/1#x":       "https://redirect.github.com/a/b/pull/1#x",
		"https://github.com/a/b":                "https://github.com/a/b",
		"https://example.org/a_(b)?c=1&d=2":     "https://example.org/a_%28b%29?c=1&d=2",
		"https://example.org/@all|x":            "",
		"http://user:word@example.org":          "",
		"javascript:alert(1)":                   "",
		"//example.org":                         "",
		"https://example.org/ onclick=x":        "",
		"https://example.org/)[x](https://y.zz": "https://example.org/%29%5Bx%5D%28https://y.zz",
	} {
		r := rendertest.ReportOf(t, "more/network-retry.log", nil, "")
		r.Issues = r.Issues[:1]
		r.Issues[0].References = []string{in}
		p := readMarkdown(t, rendertest.Written(t, "md", r))
		if want == "" {
			assert.Empty(t, p.links, in)
		} else {
			assert.Equal(t, []string{want}, p.links, in)
		}
	}
}

// TestMarkdownWithin: whatever the limit is, the page is not longer, is whole
// Markdown, has the beginning of the long one, and says what it lacks.
func TestMarkdownWithin(t *testing.T) {
	testrun.Long(t)
	for name, r := range map[string]*report.Report{"three": rendertest.ThreeLogs(t), "hostile": rendertest.Hostile(t)} {
		whole := rendertest.Written(t, "md", r)
		for limit := 0; limit <= len(whole)+400; limit += 1 + len(whole)/300 {
			var b bytes.Buffer
			require.NoError(t, reports.MarkdownWithin(&b, r, limit))
			require.LessOrEqual(t, b.Len(), limit, name)
			page, said, cut := strings.Cut(b.String(), "\nLeft out, to stay below ")
			switch {
			case page == "":
				require.Less(t, limit, 500, "there was room for the totals")
			case !cut:
				require.Equal(t, whole, page)
			default:
				require.Regexp(t, fmt.Sprintf(`^%d bytes: (\d+ (issue|unknown text|log|explanation|operation|failed run|unsure run)s?(, )?)+\. The JSON report has all of it\.\n$`, limit), said)
				require.True(t, strings.HasPrefix(page, "### "))
			}
			for _, text := range readMarkdown(t, page).bare {
				require.NotRegexp(t, meaningful, strings.ReplaceAll(text, "orbfilter: ", ""))
			}
		}
	}
}

// TestMarkdownLeavesTheLeastOut: the table of what was seen is there when there
// is no room to explain it, and the worst of it when there is none for all.
func TestMarkdownLeavesTheLeastOut(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, reports.MarkdownWithin(&b, rendertest.ThreeLogs(t), 900))
	assert.Contains(t, b.String(), "**error** | 1 | 1 | 1 | `pyinfra-deploy-exception`")
	assert.NotContains(t, b.String(), "####")
	assert.Regexp(t, `Left out, to stay below 900 bytes: \d issues?, .*5 explanations\.`, b.String())
}
