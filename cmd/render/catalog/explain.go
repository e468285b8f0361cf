package catalog

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules/explain"
)

// An Explanation says of lines of a log why they are folded or shown.
type Explanation struct {
	Log   string
	Lines []explain.Line
	Asked bool // these lines were asked for, so all is said about them
	Color bool
}

// Text writes a paragraph for each line.
func (e *Explanation) Text(w io.Writer) {
	if len(e.Lines) == 0 {
		fmt.Fprintf(w, "%s: no rule had to do with any line; ask for one with %s:LINE\n", printable.Line(e.Log), printable.Line(e.Log))
	}
	for i := range e.Lines {
		e.line(w, &e.Lines[i])
	}
}

// line writes what there is to say of a line: all that was decided if it was
// asked for, else why it is not folded.
func (e *Explanation) line(w io.Writer, l *explain.Line) {
	head := fmt.Sprintf("%s:%d: %s", printable.Line(e.Log), l.Line, l.Outcome)
	if l.Rule != "" {
		head += ", " + l.Rule
	}
	fmt.Fprintf(w, "%s\n  | %s\n", words.Paint(e.Color, color.Bold).Sprint(head), shortText(l.Text))
	if e.Asked {
		say(w, "gate", gateSays(l.Literals))
	}
	for _, d := range l.Decisions {
		if d.What == filter.Nearly && l.Rule != "" || !e.Asked && (d.What == filter.Took || d.What == filter.Folded) {
			continue
		}
		say(w, who(d), decision(d, l.Line))
	}
	if !e.Asked {
		return
	}
	for _, d := range l.Open {
		say(w, who(d), fmt.Sprintf("has taken a piece of %s in line %d, and waits for %s: this is not that", names(d.Rules), d.Line, either(d.Waits)))
	}
	if len(l.Decisions) == 0 {
		say(w, "so", "no rule has a part in it")
	}
}

func say(w io.Writer, label, text string) {
	fmt.Fprintf(w, "  %-9s  %s\n", label, printable.Line(text))
}

// who is what a decision is about.
func who(d filter.Trace) string {
	if d.Block == 0 {
		return "line"
	}
	return fmt.Sprintf("block %d", d.Block)
}

// maxLiterals is how many rules or texts a line names.
const maxLiterals = 4

func gateSays(lits []explain.LiteralOf) string {
	if len(lits) == 0 {
		return "it holds no text that an issue begins with"
	}
	var out []string
	for _, l := range lits {
		if l.Literal == "" {
			out = append(out, "any line may be of "+names(l.Rules))
		} else {
			out = append(out, fmt.Sprintf("it holds %q of %s", l.Literal, names(l.Rules)))
		}
	}
	return strings.Join(out, "; ")
}

// names lists ids, but not too many.
func names(ids []string) string {
	if len(ids) > maxLiterals {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:maxLiterals], ", "), len(ids)-maxLiterals)
	}
	return strings.Join(ids, ", ")
}

func either(texts []string) string {
	if len(texts) == 0 {
		return "nothing"
	}
	if len(texts) > maxLiterals {
		texts = append(texts[:maxLiterals:maxLiterals], fmt.Sprintf("%d more", len(texts)-maxLiterals))
	}
	return strings.Join(texts, ", or ")
}

// decision says a decision in plain words; line is the one that is explained.
func decision(d filter.Trace, line int) string {
	in := ""
	if d.Line != line {
		in = fmt.Sprintf(" in line %d", d.Line)
	}
	because := ""
	if d.Why != "" {
		because = ": " + d.Why
	}
	switch d.What {
	case filter.Took:
		out := fmt.Sprintf("takes %s as a piece of %s", shortQuote(d.Text), names(d.Rules))
		if len(d.Waits) > 0 {
			out += "; then waits for " + either(d.Waits)
		}
		return out
	case filter.Refused:
		return fmt.Sprintf("%s might take %s, and does not%s", names(d.Rules), shortQuote(d.Text), because)
	case filter.Folded:
		return "is folded" + in + ": " + names(d.Rules)
	case filter.Shown:
		return fmt.Sprintf("is %s%s, and is shown%s", names(d.Rules), in, because)
	case filter.GivenUp:
		return "is given up" + in + because
	case filter.GaveBack:
		return "gives its last piece back" + because
	default:
		return "is nearly " + names(d.Rules) + because
	}
}

// maxText is how much of a line is repeated.
const maxText = 160

func shortText(text string) string {
	r := []rune(printable.Line(text))
	if len(r) > maxText {
		return string(r[:maxText]) + "…"
	}
	return string(r)
}

func shortQuote(text string) string { return "“" + shortText(text) + "”" }

// ExplainSchema names the form of what explain --json writes.
const ExplainSchema = "orbfilter.explain/v1"

type explainedJSON struct {
	Line      int                 `json:"line"`
	Text      string              `json:"text"`
	Outcome   string              `json:"fate"`
	Rule      string              `json:"rule"`
	Literals  []explain.LiteralOf `json:"literals"`
	Decisions []decisionJSON      `json:"decisions"`
	Open      []decisionJSON      `json:"open"`
}

type decisionJSON struct {
	What  filter.Decision `json:"what"`
	Line  int             `json:"line"`
	Block int             `json:"block"` // 0: none
	Rules []string        `json:"rules"`
	Text  string          `json:"text"`
	Waits []string        `json:"waits"`
	Why   string          `json:"why"`
	Said  string          `json:"said"` // in plain words
}

// JSON writes the explanation for a program.
func (e *Explanation) JSON(w io.Writer) error {
	out := struct {
		Schema string          `json:"schema"`
		Log    string          `json:"log"`
		Lines  []explainedJSON `json:"lines"`
	}{ExplainSchema, e.Log, []explainedJSON{}}
	for i := range e.Lines {
		l := &e.Lines[i]
		out.Lines = append(out.Lines, explainedJSON{l.Line, l.Text, l.Outcome, l.Rule, append([]explain.LiteralOf{}, l.Literals...), jsonDecisions(l.Decisions, l.Line), jsonDecisions(l.Open, l.Line)})
	}
	return words.WriteJSON(w, out)
}

func jsonDecisions(all []filter.Trace, line int) []decisionJSON {
	out := []decisionJSON{}
	for _, d := range all {
		out = append(out, decisionJSON{d.What, d.Line, d.Block, append([]string{}, d.Rules...), d.Text, append([]string{}, d.Waits...), d.Why, decision(d, line)})
	}
	return out
}
