// Package draft makes a rule of a text, and proves it in the engine before anybody sees it.
package draft

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A Draft is a rule that was made of a text.
type Draft struct {
	Rule *rules.Rule // as it is in the file
	File []byte
	// Notes say what of the text is not in the rule, and why; for people.
	Notes []string

	Lines []Line
}

// Options are what a draft may be told. The zero value is good.
type Options struct {
	ID    string // empty: made of the text
	Title string // the same
	// Active drafts fold at once; others are counted only.
	Active bool
	// Keep are texts that do not vary, though they look like it.
	Keep []string
	// Known are the rules that there are; nil: none.
	Known *rules.Set
	// From says where the text was found, such as "deploy.log:3-10"; may be empty.
	From string
	// Lines are the numbers that the lines of the text have there, for notes that
	// name one; nil: they are counted from 1.
	Lines []int
}

// KnownError says that a text is the issue of rules that there are.
type KnownError struct{ IDs []string }

func (e *KnownError) Error() string {
	return "already known as " + strings.Join(e.IDs, ", ") + ": nothing to do"
}

// MaxLines is how many lines a block has at most.
const MaxLines = 100

// New makes a rule of a text: one line, a block of lines, or what Python
// prints of an exception. What varies in it becomes a pattern. The rule has gone
// through the engine: it claims this text, whole and cut, and not the same text
// with another word in it. The error is a *KnownError, or says in plain words why
// no such rule can be made.
func New(text []byte, o Options) (*Draft, error) {
	d := NewDrafter(o)
	if err := d.read(text); err != nil {
		return nil, err
	}
	lines, err := d.once(d.lines)
	if err != nil {
		return nil, err
	}
	return d.Draft(lines)
}

// A Line is a line of a sample, and what matches it.
type Line struct {
	Text   string // without spaces at its end
	Pieces []mask.Piece
	// pattern is of the pieces, or of all the lines that it stands for.
	Pattern string
	Head    int  // so many of the pieces stand in front of the message
	Trail   bool // spaces may stand at its end
	Number  int
	// Again are the same line in other occurrences: of the sample, or of the logs.
	Again []Line
}

// Message returns the text without the columns in front of its message; a host stays.
func (l *Line) Message() string {
	n, host := 0, ""
	for _, p := range l.Pieces[:l.Head] {
		if n += len(p.Text); p.Pattern == mask.HostPrefix {
			host = p.Text
		}
	}
	return host + l.Text[n:]
}

// A drafter makes drafts.
type drafter struct {
	Options
	known  *rules.Set
	guards []*rules.Guard
	view   view.Line
	own    pyinfra.Own
	lines  []Line
	notes  []string
	Quick  bool // the engine is asked less
	// Severity is that of the rule; empty: noise. Lines that say of themselves that something went wrong stay.
	Severity rules.Severity
	Advice   string
}

// NewDrafter returns what makes drafts of several texts, one after the other.
func NewDrafter(o Options) *drafter {
	if o.Known == nil {
		o.Known = rules.NewSet()
	}
	return &drafter{Options: o, known: Lifted(o.Known), guards: rules.NeverFold()}
}

func (d *drafter) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

// read takes the lines of a text that no rule knows, and that are not pyinfra's
// own.
func (d *drafter) read(text []byte) error {
	var err error
	u := Unclaimed{Line: func(raw []byte, number int) { err = errors.Join(err, d.readLine(raw, number)) }}
	f := filter.New(d.known, &u, filter.Options{})
	_, _ = f.Write(text)
	_ = f.Close()
	u.Flush()
	var ids []string
	all := len(d.lines)
	for _, i := range f.Summary().Issues {
		ids = append(ids, i.Rule.ID)
		if i.Rule.Severity != rules.Noise { // it explains what is around it, too
			d.lines = nil
		}
		if i.Count == 1 { // what stands between the lines of a block belongs to it
			d.lines = slices.DeleteFunc(d.lines, func(l Line) bool { return l.Number >= i.FirstLine && l.Number <= i.LastLine })
		}
	}
	switch {
	case err != nil:
		return err
	case len(d.lines) > MaxLines:
		return fmt.Errorf("a block has at most %d lines, and these are %d; choose those that come together each time", MaxLines, len(d.lines))
	case len(d.lines) > all/2:
		if len(ids) > 0 {
			d.note("some of this is already known as %s, and is not in the rule", strings.Join(ids, ", "))
		}
		return nil
	case len(ids) > 0:
		return &KnownError{ids}
	case len(d.notes) > 0:
		return errors.New("nothing is left to make a rule of: " + strings.Join(d.notes, "; "))
	}
	return errors.New("there is no text to make a rule of; type: orbfilter rules new --from LOG:LINE")
}

// at is the number that a line of the text has where it was found.
func (d *drafter) at(number int) int {
	if number > len(d.Lines) {
		return number
	}
	return d.Lines[number-1]
}

func (d *drafter) readLine(raw []byte, number int) error {
	d.view.Look(view.LastFrame(raw))
	text := string(bytes.TrimRight(d.view.Text, " "))
	switch {
	case strings.TrimSpace(text) == "":
		return nil
	case d.own.Is(d.view.Text):
		d.note("line %d is what pyinfra says of its own work, and is not in the rule", d.at(number))
		return nil
	case !utf8.ValidString(text):
		return fmt.Errorf("line %d is not UTF-8, which a rule file must be; choose other lines", d.at(number))
	case len(text) > MaxText:
		return fmt.Errorf("line %d has %d bytes; a rule is made of lines of at most %d", d.at(number), len(text), MaxText)
	}
	for _, g := range d.guards {
		if g.Line.Search(d.view.Text) {
			return fmt.Errorf("line %d is never folded (%s); choose other lines", d.at(number), g.Because)
		}
	}
	pieces := mask.Mask(text, d.Keep...)
	d.lines = append(d.lines, Line{Text: text, Pieces: pieces, Pattern: mask.Expression(pieces), Trail: len(text) < len(d.view.Text), Number: number})
	return nil
}

func joined(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

// Draft makes a rule of lines: the kind that knows most of them comes first.
func (d *drafter) Draft(lines []Line) (*Draft, error) {
	texts := make([]string, 0, len(lines))
	for _, l := range lines {
		texts = append(texts, l.Text)
	}
	if p := ReadPython(texts); p != nil {
		if out, err := d.python(p, lines); err == nil {
			return out, nil
		}
	}
	out, err := d.plain(lines)
	if _, ok := errors.AsType[*failed](err); ok {
		err = cmp.Or(misnamed(texts), err)
	}
	return out, err
}

// python makes a rule of what Python prints.
func (d *drafter) python(p *pythonText, lines []Line) (*Draft, error) {
	s := d.sketch(p.title(), p.words(), lines)
	s.Match = p.match(func(text string) string { return mask.Expression(mask.Mask(text, d.Keep...)) })
	if !slices.ContainsFunc(append(s.Match.Frames, s.Match.Message, s.Match.Error), func(p string) bool { return particular(literalOf(p)) }) {
		return nil, errNothingSame
	}
	return d.prove(s, nil, append(p.swaps(lines), swaps(lines)...))
}

// swaps are the same text with another error: who knows the issue by its place
// alone knows too little.
func (p *pythonText) swaps(lines []Line) []swap {
	is := "OSError"
	if p.category == is {
		is = "ValueError"
	}
	if p.kind == "python-warning" {
		return nil // the words of the message say more than its class
	}
	changed := slices.Clone(lines)
	last := &changed[len(changed)-1]
	last.Text = is + strings.TrimPrefix(last.Text, p.category)
	return []swap{{joined(changed), p.category, is}}
}

// sketch is what all kinds of drafts have.
func (d *drafter) sketch(title, words string, lines []Line) *Sketch {
	s := &Sketch{ID: d.ID, Title: titled(d.Title), Severity: rules.Noise, Sample: joined(lines), Advice: d.Advice}
	if d.Severity != "" {
		s.Severity = d.Severity
	}
	if s.Title == "" {
		s.Title = titled(title)
	}
	if s.ID == "" {
		taken := func(id string) bool { return d.Known.Get(id) != nil }
		s.ID = identified(words, strings.TrimPrefix(filter.Fingerprint(s.Sample, 4), "U-"), taken)
	}
	if s.Advice == "" {
		s.Advice = "It is not known yet what this means. Whoever knows writes it here."
	}
	s.Comment = []string{"A proposal of orbfilter, for a person to read: what does it mean, and does it claim nothing else?"}
	if d.From != "" {
		s.Comment = append(s.Comment, "The sample is from "+titled(d.From)+".")
	}
	if !d.Active {
		s.Status = rules.Draft
		s.Comment = append(s.Comment, "As long as it is a draft it is counted and folds nothing: remove the line status: draft when it is right.")
	}
	return s
}

// prove writes the rule, with the first of the swaps that it does not claim as
// its counterexample, and sends it through the engine. lines are those that it
// was made of; nil: it is Python's.
func (d *drafter) prove(s *Sketch, lines []Line, swaps []swap) (*Draft, error) {
	s.Counterexample = ""
	rule, err := rules.Parse(s.ID+".yaml", s.File())
	if err != nil {
		return nil, plainly(err)
	}
	for _, w := range swaps {
		if d.passes(rule, w.text) {
			s.Counterexample, s.Changed = w.text, fmt.Sprintf("the same, with %q in place of %q", w.is, w.was)
			break
		}
	}
	if s.Counterexample == "" {
		return nil, errors.New("the rule would claim the same text with other words in it, too; choose lines with more words, or name what does not vary with --keep TEXT")
	}
	file := s.File()
	if rule, err = rules.Parse(s.ID+".yaml", file); err != nil {
		return nil, plainly(err)
	}
	if err := d.verify(rule); err != nil {
		return nil, err
	}
	return &Draft{Rule: rule, File: file, Notes: d.notes, Lines: lines}, nil
}

// plainly says what is wrong with a rule that nobody has seen yet.
func plainly(err error) error {
	if f, ok := errors.AsType[*rules.FileError](err); ok {
		return errors.New("no rule can be made of this: " + f.Message)
	}
	return err
}
