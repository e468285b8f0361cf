package draft

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules/mask"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// A program may begin its lines as syslog does: "celery worker[17]: text". Behind the
// date of a CI system these words are taken for a part of the prefix, and the engine
// sees the text alone. A rule for such a line lets them be missing.

// A failed test is what the engine did with a draft and should not have done.
type failed struct {
	test, problem string
	lines         int // of the sample
}

func (f *failed) Error() string {
	advice := "choose fewer lines"
	if f.lines == 1 {
		advice = "choose another line of the issue, or write the rule by hand"
	}
	return fmt.Sprintf("a rule was made of this, and given up, since it fails in the test %q: %s; %s", f.test, f.problem, advice)
}

func failure(c ruletest.Case, problem string) error {
	test := c.Property
	if c.How != "" {
		test += ", " + c.How
	}
	return &failed{test, problem, strings.Count(c.Rule.Samples[0].Text, "\n")}
}

// plain makes a rule for a line, or for a block.
func (d *drafter) plain(lines []Line) (*Draft, error) {
	notes := len(d.notes)
	out, err := d.whole(lines)
	if _, ok := errors.AsType[*failed](err); !ok {
		return out, err
	}
	bare, head := headless(lines)
	if head == "" {
		return nil, err
	}
	d.notes = d.notes[:notes]
	d.note("%q is what syslog writes in front of a line as well, and is not seen behind a date: the rule takes the text with it and without it", head)
	if out, err = d.whole(bare); err != nil {
		return nil, fmt.Errorf("behind a date, %q is taken for what syslog writes in front of a line, and of the text behind it no rule can be made: %w", head, err)
	}
	return out, nil
}

// headless returns the lines with first words that may be missing, where syslog might
// have written them, and the first of these words; empty: there are none.
func headless(lines []Line) (out []Line, head string) {
	out = slices.Clone(lines)
	for i, l := range lines {
		n := view.HeadLen([]byte(l.Text))
		pieces := optional(l.Pieces, n)
		if pieces == nil || mask.Expression(l.Pieces) != l.Pattern {
			continue
		}
		out[i].Pieces, out[i].Pattern = pieces, mask.Expression(pieces)
		if head == "" {
			head = l.Text[:n]
		}
	}
	return out, head
}

// optional makes one piece, which may be missing, of the first n bytes of pieces; nil:
// they are none, or end in something that varies.
func optional(pieces []mask.Piece, n int) []mask.Piece {
	text, pattern := "", ""
	for i, p := range pieces {
		cut := n - len(text)
		if n == 0 || cut < len(p.Text) {
			before, behind, ok := cutPiece(p, cut)
			if !ok || n == 0 {
				return nil
			}
			head := mask.Piece{Text: text + before.Text, Pattern: "(?:" + pattern + before.Pattern + ")?", Variable: true, Optional: true}
			return append([]mask.Piece{head, behind}, pieces[i+1:]...)
		}
		text, pattern = text+p.Text, pattern+p.Pattern
	}
	return nil
}

// cutPiece cuts a piece in two. What varies cannot be cut, but for spaces.
func cutPiece(p mask.Piece, n int) (before, behind mask.Piece, ok bool) {
	before, behind = mask.Piece{Text: p.Text[:n]}, mask.Piece{Text: p.Text[n:], Variable: p.Variable}
	before.Pattern, behind.Pattern = mask.Quote(before.Text), mask.Quote(behind.Text)
	if p.Variable {
		behind.Pattern = " *"
	}
	return before, behind, !p.Variable || n == 0 || strings.TrimSpace(p.Text) == ""
}
