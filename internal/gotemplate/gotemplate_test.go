package gotemplate_test

import (
	"html/template"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/gotemplate"
)

type shown struct {
	Name  string
	N     int
	Float float64
	Names map[string]int
	List  []string
}

// TestRefuses: what it does not know is an error, and not a page that differs. What it knows is compared with html/template where it is
// used, by tests of cmd/render/page.
func TestRefuses(t *testing.T) {
	for _, text := range []string{
		`{{.Float}}`, `{{.Other}}`, `{{printf "%s" .Name}}`, `{{.Name | len}}`, `{{range .Names}}{{end}}`, `{{range .List}}{{else}}x{{end}}`, `{{range .N}}{{end}}`,
		`<p onclick="f({{.Name}})">`, `<p style="color: {{.Name}}">`, `<script>{{.Name}}</script>`, `<style>{{.Name}}</style>`, `<p title={{.Name}}>`, `{{break}}`,
		`{{define "in"}}{{.}}{{end}}<p title="{{template "in" .Name}}">`, `{{if .Float}}{{end}}`, `{{$x}}`, `{{with .Name}}{{.N}}{{end}}`,
	} {
		set, err := template.New("root").Parse(text)
		if err == nil {
			_, err = gotemplate.New("example.org/page", "a test", set, nil, gotemplate.Root{Template: "root", Data: shown{}})
		}
		assert.Error(t, err, text)
	}
	set := template.Must(template.New("root").Parse(`<p title="{{.Name}}">{{.N}}{{range .List}}{{.}}{{end}}`))
	_, err := gotemplate.New("example.org/page", "a test", set, nil, gotemplate.Root{Template: "root", Data: shown{}})
	require.NoError(t, err)
}
