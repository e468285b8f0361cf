package page

import (
	"bytes"
	"errors"
	"flag"
	"html/template"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/page/logtext"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/gotemplate"
)

// templates are those of files, and what they call.
func templates(t testing.TB) (*template.Template, template.FuncMap) {
	funcs := template.FuncMap{
		"num": num, "num64": words.Grouped, "count": count, "count64": fit.Counted, "bytes": fit.Bytes, "percent": fit.Percent,
		"share": share, "shareOf": shareOf,
		"css": func(s string) template.CSS { return template.CSS(s) }, //nolint:gosec // it is ours
		"js":  func(s string) template.JS { return template.JS(s) },   //nolint:gosec // it is ours
	}
	set, err := template.New("").Funcs(funcs).ParseGlob("files/*.html")
	require.NoError(t, err)
	return set, funcs
}

// TestWritten: what is built in is what the templates say. With -update it is written.
func TestWritten(t *testing.T) {
	set, funcs := templates(t)
	file, err := gotemplate.New("github.com/orbfilter/orbfilter/cmd/render/page", "make generate", set, funcs,
		gotemplate.Root{Template: "above", Data: (*page)(nil)}, gotemplate.Root{Template: "below", Data: (*page)(nil)},
		gotemplate.Root{Template: "log-head", Data: (*logtext.View)(nil)}, gotemplate.Root{Template: "log-foot"})
	require.NoError(t, err)
	require.NoError(t, file.Compare("written.go", flag.Lookup("update").Value.String() == "true"))
}

// ByTemplate writes a page by html/template itself: what every page that a test makes is compared with.
func ByTemplate(t testing.TB, w io.Writer, r *report.Report) error {
	set, _ := templates(t)
	p, err := newPage(r)
	if err != nil {
		return err
	}
	err = set.ExecuteTemplate(w, "above", p)
	for _, v := range p.Texts {
		err = errors.Join(err, set.ExecuteTemplate(w, "log-head", v), v.Write(w), set.ExecuteTemplate(w, "log-foot", v))
	}
	return errors.Join(err, set.ExecuteTemplate(w, "below", p))
}

// TestEscapes: any text is escaped as html/template does it where it stands.
func TestEscapes(t *testing.T) {
	set := template.Must(template.New("").Parse(`<title>{{.}}</title><p title="{{.}}">{{.}}<a href="#{{.}}"></a><a href="{{.}}"></a>`))
	parts := rapid.SampledFrom([]string{
		"http:", "HTTPS://", "mailto:", "javascript:", "data:", "/", "//", ":", "%41", "%zz", "%", "%4", "+", "'", "\"", "<", ">", "&", "&amp;", "\x00", "\u2028", "é",
		"\xff", "(", ")", "#", "?a=b", "[", "]", "~", "-", "_", ".", "!", "*", "@", ";", "=", ",", "$", "a", "Z", "9", " ", "\n", "\\", "`", "^", "{{", "]]>", "<!--",
	})
	rapid.Check(t, func(rt *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(parts, 0, 8).Draw(rt, "parts") {
			text += p
		}
		var want, got bytes.Buffer
		require.NoError(rt, set.Execute(&want, text))
		write := func(before, text string) {
			got.WriteString(before)
			escape(&got, text)
		}
		write("<title>", text)
		write(`</title><p title="`, text)
		write(`">`, text)
		write(`<a href="#`, urlPart(text))
		write(`"></a><a href="`, address(text))
		got.WriteString(`"></a>`)
		assert.Equal(rt, want.String(), got.String())
	})
}
