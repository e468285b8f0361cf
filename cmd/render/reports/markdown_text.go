package reports

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// What a run has said is shown to people who trust the page that it stands on:
// text that it prints must not become a link, a mention that calls somebody, a
// reference that leaves a mark in another repository, or a part of the table.
// So only words that can be nothing else stand as they are, and all others stand
// in code, where GitHub and GitLab look for none of these:
// https://docs.github.com/en/get-started/writing-on-github
// https://docs.gitlab.com/user/markdown/

// plainWord is a word that no Markdown knows: letters and digits, with what ends
// a sentence, or what a version or a path has in the middle.
var plainWord = lazyregexp.New(`^["'(]{0,2}[\pL\pN]+(?:[-./,'%][\pL\pN]+)*["')%]?[.,;:!?]{0,3}["')]?[.,;:]?$`)

// aLink is what becomes a link without being asked: a host, an issue of a
// tracker (GH-12), a commit.
var aLink = lazyregexp.New(`(?i)^["'(]*(?:www\.|[a-z]+-\d|[0-9a-f]{7,40}\b)`)

// aList is what begins a list where it begins a line.
var aList = lazyregexp.New(`^\d+[.)]`)

// mdProse returns text in one line of Markdown.
func mdProse(text string) string {
	var out, code []string
	flush := func() {
		if len(code) > 0 {
			text := strings.Join(code, " ")
			bare := strings.TrimRight(text, ".,;:!?") // what ends a sentence is not code
			out, code = append(out, mdCode(bare)+text[len(bare):]), nil
		}
	}
	for word := range strings.FieldsSeq(printable.Line(text)) {
		plain := plainWord.MatchString(word) && !aLink.MatchString(word) && (len(out)+len(code) > 0 || !aList.MatchString(word))
		if !plain {
			code = append(code, word)
			continue
		}
		flush()
		out = append(out, word)
	}
	flush()
	return strings.Join(out, " ")
}

// mdCode returns text as code in one line, also in a table. Empty text is empty.
func mdCode(text string) string {
	text = strings.Join(strings.Fields(printable.Line(text)), " ")
	switch {
	case text == "":
		return ""
	case strings.ContainsAny(text, "`|\\"): // of these, Markdowns differ in what a code span makes
		return "<code>" + entities.ReplaceAllStringFunc(text, func(c string) string { return fmt.Sprintf("&#%d;", c[0]) }) + "</code>"
	}
	return "`" + text + "`"
}

// entities are all characters of ASCII that mean something in Markdown.
var entities = lazyregexp.New("[[:punct:]]")

// mdBlock returns lines as a block of code, which is copied with a click.
func mdBlock(language string, lines []string) string {
	fence := "```"
	for _, l := range lines {
		for strings.Contains(l, fence) {
			fence += "`"
		}
	}
	return fence + language + "\n" + strings.Join(lines, "\n") + "\n" + fence + "\n"
}

// mdLink returns a link to a page. What is no address of the web is text.
func mdLink(address string) string {
	if !words.IsLink(address) {
		return mdCode(address)
	}
	u, _ := url.Parse(address) // IsLink has looked at it
	text := mdCode(strings.TrimPrefix(strings.TrimPrefix(address, u.Scheme), "://"))
	if u.Host == "github.com" && leavesMark.MatchString(u.Path) { // else every comment leaves a mark at an issue of somebody else:
		// https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls#avoiding-backlinks-to-linked-references
		u.Host = "redirect.github.com"
	}
	return "[" + text + "](" + inParentheses.Replace(u.String()) + ")"
}

// leavesMark is what GitHub links back from: issues and the like.
var leavesMark = lazyregexp.New(`^/[^/]+/[^/]+/(?:issues|pull|discussions|commit)/`)

// inParentheses writes a URL so that it can be the target of a link, in a table too.
var inParentheses = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "`", "%60", "*", "%2A", "[", "%5B", "]", "%5D", "$", "%24", "~", "%7E", "@", "%40")

// cutMarkdown leaves out the lines from the one that goes beyond limit, and says so.
func cutMarkdown(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	at := strings.LastIndexByte(text[:limit], '\n') + 1
	if strings.Count(text[:at], "\n```")%2 == 1 {
		return text[:at] + "```\n…\n"
	}
	return text[:at] + "…\n"
}
