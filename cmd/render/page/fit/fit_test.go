package fit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
)

// Nothing that is hidden, and nothing that gives orders, is left of a text; what is too long says by how much.
func TestTextsAreFit(t *testing.T) {
	for text, want := range map[string]string{
		"web":          "web",
		"a\x1b[31mb":   `a\x1b[31mb`,
		"a\u202eb":     `a\u202eb`,
		"two\nlines":   `two\nlines`,
		"<b>&\"":       "<b>&\"", // the template's business
		"Größe \u65e5": "Größe \u65e5",
	} {
		assert.Equal(t, want, fit.Visible(text), "%q", text)
		assert.Equal(t, want, fit.Name(text), "%q", text)
		assert.Equal(t, want, fit.Prose(text), "%q", text)
	}
	assert.Equal(t, "two\nlines\n\ttab", fit.Sample("two\r\nlines\n\ttab\n\n"))
	assert.Equal(t, strings.Repeat("ä", 120)+"… (1 more character)", fit.Name(strings.Repeat("ä", 121)))
	assert.Equal(t, strings.Repeat("ä", 2000)+"… (1,000 more characters)", fit.Prose(strings.Repeat("ä", 3000)))
	assert.Equal(t, "abc", fit.Cut("abc", 3))
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 1023: "1,023 bytes", 1024: "1.0 KiB", 1 << 20: "1.0 MiB", 5 << 29: "2.5 GiB", 3 << 50: "3072.0 TiB"} {
		assert.Equal(t, want, fit.Bytes(n))
	}
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{0, 0, "0 %"}, {0, 7, "0 %"}, {1, 1000, "<1 %"}, {5, 1000, "1 %"}, {1, 3, "33 %"}, {7, 7, "100 %"}} {
		assert.Equal(t, c.want, fit.Percent(c.part, c.whole), "%d of %d", c.part, c.whole)
	}
}

// Only what leads to the web is a link.
func TestLinks(t *testing.T) {
	for address, url := range map[string]string{
		"https://example.com/a?b=c#d": "https://example.com/a?b=c#d",
		"http://example.com":          "http://example.com",
		"javascript:alert(1)":         "",
		"data:text/html,x":            "",
		"//example.com":               "",
		"https:":                      "",
		"https://example.com/\u202ex": "",
		"see the docs":                "",
	} {
		l := fit.NewLink(address)
		assert.Equal(t, url, l.URL, address)
		assert.Equal(t, fit.Prose(address), l.Text)
	}
}

// Whatever two ids are, their anchors are not the same, and stand behind # as they are.
func TestAnchors(t *testing.T) {
	a := fit.Anchors{}
	seen := map[string]bool{}
	for _, id := range []string{"gevent-x", "gevent x", "gevent\tx", "gevent-x~2", "", "ü", strings.Repeat("x", 500), strings.Repeat("x", 501)} {
		anchor := a.Of(id)
		assert.Equal(t, anchor, a.Of(id))
		assert.False(t, seen[anchor], "%q: %s", id, anchor)
		seen[anchor] = true
		assert.NotRegexp(t, `[^A-Za-z0-9._~-]`, anchor)
	}
	assert.Equal(t, "gevent-x", a.Of("gevent-x"))
}
