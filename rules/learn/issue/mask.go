package issue

import (
	"errors"
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/internal/secrets"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A Masked is the text of an issue without secrets and names.
type Masked struct {
	Text    string
	Secrets []secrets.Found
	Names   map[string]int // how many there were, by their kind
	Own     int            // texts that were masked since a person has said so
}

// Mask masks secrets and names, and texts that a person says. What is not to be seen is shown as what it is.
func (i *Issue) Mask(own []string) (m Masked) {
	var b strings.Builder
	for line := range strings.Lines(i.Text) {
		b.WriteString(printable.Shown(strings.ToValidUTF8(strings.TrimRight(line, "\r\n"), "\ufffd"), "\t") + "\n")
	}
	text := b.String()
	for n, t := range own {
		if t = strings.TrimSpace(t); t != "" {
			m.Own += strings.Count(text, t)
			text = strings.ReplaceAll(text, t, fmt.Sprintf("masked-%d", n+1))
		}
	}
	text, m.Secrets = secrets.Mask(text)
	names := mask.NewNames(i.Hosts...)
	m.Text, m.Names = names.Mask(text), names.Masked()
	return m
}

// A Draft is a rule that is made of a masked text.
type Draft struct {
	File  string // the rule file
	Tried bool   // on the log, where it claims Lines lines in Count occurrences
	Lines int64
	Count int
}

// NewDraft makes a rule of a masked text, and tries it on the log that it is from; nil: there is none. The error says why
// none can be made.
func NewDraft(text string, set *rules.Set, log Source) (*Draft, error) {
	d, err := draft.New([]byte(text), draft.Options{Known: set})
	if known, ok := errors.AsType[*draft.KnownError](err); ok {
		return nil, fmt.Errorf("it is %w", known)
	}
	if err != nil {
		return nil, err
	}
	out := &Draft{File: fitting(d)}
	if log == nil {
		return out, nil
	}
	trial := learn.NewTrial(d, set)
	if errors.Join(log.CopyTo(trial), trial.Close()) == nil {
		out.Tried, out.Lines, out.Count = true, trial.Lines, trial.Count
	}
	return out, nil
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

// Title is what an issue is called: what its rule says, or, if none knows it (nil), the line of its text that says most.
func Title(known *rules.Rule, text string) string {
	if known != nil {
		return printable.Cut(printable.Line(known.Title), maxTitle)
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	title := lines[0]
	if strings.HasPrefix(title, "Traceback ") || strings.HasPrefix(title, "Exception ignored") {
		title = lines[len(lines)-1] + " (" + strings.TrimSuffix(title, ":") + ")"
		if strings.HasPrefix(title, "Traceback") || strings.Contains(title, "(Traceback") {
			title = lines[len(lines)-1]
		}
	}
	return printable.Cut(printable.Line(strings.TrimSpace(title)), maxTitle)
}
