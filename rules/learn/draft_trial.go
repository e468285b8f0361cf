package learn

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A Trial says what a draft would fold in a log that is written to it, and
// which lines it leaves there that look like its own.
type Trial struct {
	// Count is how often the draft claims its issue, and Lines how many lines
	// these are. They are complete after Close.
	Count int
	Lines int64
	// Near are the lines that no rule claims and that are, but for a few words,
	// one of the draft's. The first has the number FirstNear and the text Example;
	// 0 and "": there is none. Drafts of what Python prints have none.
	Near      int64
	FirstNear int
	Example   string
	// Together: the lines of its issue must follow each other to be claimed.
	Together bool

	id     string
	lines  [][]string // the words of the draft's lines
	filter *filter.Filter
	sink   draft.Unclaimed
	view   view.Line
	own    pyinfra.Own
}

// NewTrial returns the trial of a draft among the rules that there are; nil:
// there are none.
func NewTrial(d *draft.Draft, known *rules.Set) *Trial {
	set := rules.NewSet()
	if known != nil {
		set = draft.Lifted(known)
	}
	set.Put(draft.Lift(d.Rule))
	t := &Trial{id: d.Rule.ID, Together: d.Rule.Match.PythonTraceback != nil}
	for _, l := range d.Lines {
		t.lines = append(t.lines, wordsOf(l.Text))
	}
	t.sink.Line = t.look
	t.filter = filter.New(set, &t.sink, filter.Options{})
	return t
}

// Write takes in the next bytes of the log.
func (t *Trial) Write(p []byte) (int, error) { return t.filter.Write(p) }

// Close ends the log.
func (t *Trial) Close() error {
	err := t.filter.Close()
	t.sink.Flush()
	for _, i := range t.filter.Summary().Issues {
		if i.Rule.ID == t.id {
			t.Count, t.Lines = t.Count+i.Count, t.Lines+i.Lines
		}
	}
	return err
}

// wordsOf are those of the skeleton of a line, without its host.
func wordsOf(text string) []string {
	_, rest := mask.Host(text)
	return skeleton.Words(string(skeleton.Of(nil, rest)))
}

func (t *Trial) look(raw []byte, number int) {
	t.view.Look(view.LastFrame(raw))
	text := string(bytes.TrimRight(t.view.Text, " "))
	if len(text) > draft.MaxText || strings.TrimSpace(text) == "" || t.own.Is(t.view.Text) || !utf8.ValidString(text) {
		return
	}
	words := wordsOf(text)
	if !slices.ContainsFunc(t.lines, func(l []string) bool { return skeleton.Merge(l, words) != nil }) {
		return
	}
	if t.Near++; t.Near == 1 {
		t.FirstNear, t.Example = number, strings.TrimSpace(text)
	}
}
