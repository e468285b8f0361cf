package ruletest

import (
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// stranger is a word that is in no sample.
const stranger = "quux"

// Unquoted returns a line that a rule folds though no sample of it has that line,
// and the field of the sample that is nearest to it: a sample with a word more, at
// a place where nothing varies. Both are empty when the rule folds nothing but what
// its samples quote, whatever numbers, addresses, paths and hosts stand in it.
func (t *Tester) Unquoted(r *rules.Rule) (field, line string) {
	for i, s := range r.Samples {
		lines := strings.SplitAfter(s.Text, "\n")
		for n := range lines {
			if line := t.unquotedLine(r, lines, n); line != "" {
				return fmt.Sprintf("samples[%d].text", i), line
			}
		}
	}
	return "", ""
}

// unquotedLine looks for one in the place of a line of a sample.
func (t *Tester) unquotedLine(r *rules.Rule, lines []string, n int) string {
	line := strings.TrimRight(lines[n], "\r\n")
	for at := range line + "\n" { // its end as well
		word := wordAt(mask.Mask(line), at)
		if word == "" {
			continue
		}
		changed := line[:at] + word + line[at:]
		text := strings.Join(lines[:n], "") + changed + "\n" + strings.Join(lines[n+1:], "")
		if res := Run(t.only(r), text); !strings.Contains(res.Shown, stranger) {
			return changed
		}
	}
	return ""
}

// wordAt is what to put into a line there: a word, and nothing within what varies, or
// beside it, since it would be part of it. A line that ends with it ends with a word more.
func wordAt(pieces []mask.Piece, at int) string {
	begin := 0
	for i, p := range pieces {
		end := begin + len(p.Text)
		switch {
		case p.Variable && at == end && i == len(pieces)-1:
			return " " + stranger
		case p.Variable && begin <= at && at <= end:
			return ""
		}
		begin = end
	}
	return stranger
}
