package bundle

import (
	"bytes"
	"context"
	"errors"
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
	"github.com/orbfilter/orbfilter/internal/secrets"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A made is a bundle.
type made struct {
	title    string
	excerpt  string // masked
	known    []*rules.Rule
	count    int
	versions []version
	draft    string // the file; empty: there is a rule, or none can be made
	noDraft  string // why none can be made
	claims   string // what the draft claims in the log; empty: that is not known
	secrets  []secrets.Found
	names    map[string]int
	own      int // texts that were masked since a person has said so
	forms    []form
}

// A version is something that has one, and what is known of it.
type version struct{ of, is string }

// make puts a bundle together.
func (b *options) make(io cli.IO, f *found, set *rules.Set) *made {
	m := &made{count: f.count}
	for _, id := range f.ids {
		if r := set.Get(id); r != nil {
			m.known = append(m.known, r)
		}
	}
	m.excerpt = m.masked(f, b.mask)
	if len(m.known) == 0 {
		m.drafted(f, set)
	}
	m.title = m.titled()
	m.versions = append([]version{
		{"orbfilter", fmt.Sprintf("%s, rules %s", io.Version, rules.BuiltinSum()[:12])},
		{"system", runtime.GOOS + "/" + runtime.GOARCH},
	}, installed(io, b.venv)...)
	m.forms = m.addresses()
	return m
}

// masked is the excerpt without secrets and names. What is not to be seen is taken out of it.
func (m *made) masked(f *found, own []string) string {
	var b strings.Builder
	for line := range strings.Lines(f.text) {
		b.WriteString(printable.Shown(strings.ToValidUTF8(strings.TrimRight(line, "\r\n"), "\ufffd"), "\t") + "\n")
	}
	text := b.String()
	for i, t := range own {
		if t = strings.TrimSpace(t); t != "" {
			m.own += strings.Count(text, t)
			text = strings.ReplaceAll(text, t, fmt.Sprintf("masked-%d", i+1))
		}
	}
	text, m.secrets = secrets.Mask(text)
	names := mask.NewNames(f.hosts...)
	text = names.Mask(text)
	m.names = names.Masked()
	return text
}

// maskedWords says what was masked.
func (m *made) maskedWords() string {
	var what []string
	for _, s := range m.secrets {
		what = append(what, fmt.Sprintf("%s %d", s.Kind, s.Count))
	}
	for _, kind := range slices.Sorted(maps.Keys(m.names)) {
		what = append(what, fmt.Sprintf("%s %d", kind, m.names[kind]))
	}
	if m.own > 0 {
		what = append(what, fmt.Sprintf("--mask %d", m.own))
	}
	if len(what) == 0 {
		return "nothing in it looked like a secret or a name"
	}
	return "masked: " + strings.Join(what, ", ")
}

// drafted makes a rule of the masked text, and tries it on the log.
func (m *made) drafted(f *found, set *rules.Set) {
	d, err := draft.New([]byte(m.excerpt), draft.Options{Known: set})
	if known, ok := errors.AsType[*draft.KnownError](err); ok {
		m.noDraft = "it is " + known.Error()
		return
	}
	if err != nil {
		m.noDraft = err.Error()
		return
	}
	m.draft = fitting(d)
	if f.log == nil {
		return
	}
	trial := learn.NewTrial(d, set)
	if errors.Join(f.log.CopyTo(trial), trial.Close()) != nil {
		return
	}
	m.claims = fmt.Sprintf("In the log that this is from it claims %s, %d times.", words.Plural(trial.Lines, "line"), trial.Count)
	if trial.Count == 0 {
		m.claims = "In the log that this is from it claims nothing, since something that is masked is a part of it."
	}
}

// fitting makes a draft fit what was masked in its text, too; it returns the file.
func fitting(d *draft.Draft) string {
	const starred, anything = `\*\*\*`, `\S+`
	file := strings.ReplaceAll(string(d.File), starred, anything)
	if r, err := rules.Parse("draft.yaml", []byte(file)); err == nil && file != string(d.File) {
		d.Rule = r
		return file
	}
	return string(d.File)
}

// maxTitle is how long a title is at most, in characters.
const maxTitle = 100

// titled is what the issue is called: what the rule says, or the line that says most.
func (m *made) titled() string {
	if len(m.known) > 0 {
		return printable.Cut(printable.Line(m.known[0].Title), maxTitle)
	}
	lines := strings.Split(strings.TrimRight(m.excerpt, "\n"), "\n")
	title := lines[0]
	if strings.HasPrefix(title, "Traceback ") || strings.HasPrefix(title, "Exception ignored") {
		title = lines[len(lines)-1] + " (" + strings.TrimSuffix(title, ":") + ")"
		if strings.HasPrefix(title, "Traceback") || strings.Contains(title, "(Traceback") {
			title = lines[len(lines)-1]
		}
	}
	return printable.Cut(printable.Line(strings.TrimSpace(title)), maxTitle)
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
	case m.draft != "":
		fence := fenceFor(m.draft)
		fmt.Fprintf(w, "\n<details><summary>A draft of a rule for orbfilter</summary>\n\n%syaml\n%s%s\n\n%s\n\n</details>\n", fence, m.draft, fence, m.claims)
	case m.noDraft != "":
		fmt.Fprintf(w, "\nNo rule could be drafted: %s.\n", cell(m.noDraft))
	}
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
