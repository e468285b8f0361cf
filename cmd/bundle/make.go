package bundle

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/issue"
)

// A made is a bundle.
type made struct {
	title    string
	masked   issue.Masked
	excerpt  string // the text of that
	known    []*rules.Rule
	count    int
	versions []version
	draft    *issue.Draft // nil: there is a rule, or none can be made
	noDraft  error        // why none can be made
	forms    []form
}

// A version is something that has one, and what is known of it.
type version struct{ of, is string }

// make puts a bundle together.
func (b *options) make(io cli.IO, f *found, set *rules.Set) *made {
	m := &made{count: f.Count, masked: f.Mask(b.mask)}
	for _, id := range f.IDs {
		if r := set.Get(id); r != nil {
			m.known = append(m.known, r)
		}
	}
	m.excerpt = m.masked.Text
	if len(m.known) == 0 {
		m.draft, m.noDraft = issue.NewDraft(m.excerpt, set, f.source())
		m.title = issue.Title(nil, m.excerpt)
	} else {
		m.title = issue.Title(m.known[0], m.excerpt)
	}
	m.versions = append([]version{
		{"orbfilter", fmt.Sprintf("%s, rules %s", io.Version, rules.BuiltinSum()[:12])},
		{"system", runtime.GOOS + "/" + runtime.GOARCH},
	}, installed(io, b.venv)...)
	m.forms = m.addresses()
	return m
}

// maskedWords says what was masked.
func (m *made) maskedWords() string {
	var what []string
	for _, s := range m.masked.Secrets {
		what = append(what, fmt.Sprintf("%s %d", s.Kind, s.Count))
	}
	for _, kind := range slices.Sorted(maps.Keys(m.masked.Names)) {
		what = append(what, fmt.Sprintf("%s %d", kind, m.masked.Names[kind]))
	}
	if m.masked.Own > 0 {
		what = append(what, fmt.Sprintf("--mask %d", m.masked.Own))
	}
	if len(what) == 0 {
		return "nothing in it looked like a secret or a name"
	}
	return "masked: " + strings.Join(what, ", ")
}

// packages are those of which the versions matter.
var packages = []string{"pyinfra", "pyinfra-orbstack", "gevent", "greenlet", "paramiko", "cryptography"}

// installed is what is installed where pyinfra is. Nothing is executed for it.
func installed(io cli.IO, venv string) (out []version) {
	e, err := environ.Resolve(context.Background(), host.This(io.Getenv), environ.Request{Venv: venv, NoExec: true})
	if err != nil || e == nil {
		return []version{{"Python and packages", "not known: pyinfra was not found here"}}
	}
	if e.Full != "" {
		out = append(out, version{"Python", e.Full})
	}
	for _, p := range packages {
		if v := e.Version(p); v != "" {
			out = append(out, version{p, printable.Name(v)})
		}
	}
	return out
}

// markdown writes the bundle.
func (m *made) markdown(w *bytes.Buffer) {
	fmt.Fprintf(w, "%s%s\n\n", head, m.title)
	fence := fenceFor(m.excerpt)
	fmt.Fprintf(w, "%stext\n%s%s\n\n", fence, m.excerpt, fence)
	fmt.Fprint(w, "| | |\n|---|---|\n")
	for _, r := range m.known {
		fmt.Fprintf(w, "| known to orbfilter as | `%s` |\n", r.ID)
		for _, a := range r.AffectsWords() {
			fmt.Fprintf(w, "| which is about | %s |\n", cell(a))
		}
	}
	if m.count > 0 {
		fmt.Fprintf(w, "| seen in the log | %s |\n", words.Times(m.count))
	}
	for _, v := range m.versions {
		fmt.Fprintf(w, "| %s | %s |\n", v.of, cell(v.is))
	}
	fmt.Fprint(w, "\nThe versions are what is installed now, where this was written. Names and secrets in the text are masked.\n")
	m.draftMarkdown(w)
	for _, f := range m.forms {
		fmt.Fprintf(w, "\n<!-- %s: %s -->\n", f.what, strings.ReplaceAll(f.address, "--", "%2D%2D"))
	}
}

// head is how a bundle begins.
const head = "<!-- orbfilter bundle -->\n### "

func (m *made) draftMarkdown(w *bytes.Buffer) {
	switch {
	case m.draft != nil:
		fence := fenceFor(m.draft.File)
		fmt.Fprintf(w, "\n<details><summary>A draft of a rule for orbfilter</summary>\n\n%syaml\n%s%s\n\n%s\n\n</details>\n", fence, m.draft.File, fence, claims(m.draft))
	case m.noDraft != nil:
		fmt.Fprintf(w, "\nNo rule could be drafted: %s.\n", cell(m.noDraft.Error()))
	}
}

// claims says what a draft claims in the log that it is from; empty: that is not known.
func claims(d *issue.Draft) string {
	switch {
	case !d.Tried:
		return ""
	case d.Count == 0:
		return "In the log that this is from it claims nothing, since something that is masked is a part of it."
	}
	return fmt.Sprintf("In the log that this is from it claims %s, %d times.", words.Plural(d.Lines, "line"), d.Count)
}

// cell is text in a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(printable.Line(text))
}

// fenceFor is a fence that is longer than each in a text.
func fenceFor(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}
