package draft

import (
	"errors"
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/trace"
	"github.com/orbfilter/orbfilter/rules/mask"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// Drafts of lines and of blocks of lines.

var errNothingSame = errors.New("too little of this is the same each time: a rule needs 8 characters in a row that do not vary, with a word in them, " +
	"or each line of a run would have to be looked at; choose lines with more words, or name what does not vary with --keep TEXT")

const (
	// MaxText is the length of a line up to which a rule is made of it, and
	// up to which it is mined.
	MaxText = 2000
	// maxLinePattern is how long a pattern gets: what follows may be anything that does not say of itself that something
	// went wrong.
	maxLinePattern = 3000
)

// whole makes a rule for a line, or for a block, as it is.
func (d *drafter) whole(lines []Line) (*Draft, error) {
	if lines = d.fit(lines); len(lines) == 0 {
		return nil, errNothingSame
	}
	title := gist(lines[0].Pieces[lines[0].Head:])
	s := d.sketch("Again and again: "+title, title, lines)
	if len(lines) == 1 {
		s.Match = SketchMatch{Kind: "line", Lines: []string{"^" + lines[0].bounded("$", "")}}
		return d.prove(s, lines, swaps(lines))
	}
	if tied := tie(lines); tied != nil {
		s.Match = SketchMatch{Kind: "block", Lines: blockPatterns(tied)}
		if out, err := d.prove(s, lines, swaps(lines)); err == nil {
			return out, nil
		}
	}
	s.Match = SketchMatch{Kind: "block", Lines: blockPatterns(lines)}
	return d.prove(s, lines, swaps(lines))
}

// fit leaves out lines that a rule cannot be made of. The first and the last
// line say where the block begins and that it is complete: they must be
// particular to it, unless the last is how a trace ends. Between them a line is no more than words, or drawn.
func (d *drafter) fit(lines []Line) []Line {
	ends := func(l Line) bool { return particular(literalOf(l.bounded("", ""))) }
	for len(lines) > 0 && !ends(lines[0]) {
		d.leaveOut(lines[0])
		lines = lines[1:]
	}
	for len(lines) > 0 && !ends(lines[len(lines)-1]) && !trace.IsStep(lines[len(lines)-1].Text) {
		d.leaveOut(lines[len(lines)-1])
		lines = lines[:len(lines)-1]
	}
	var kept []Line
	for _, l := range lines {
		if l.constant() || trace.IsStep(l.Text) || LetterCount(literalOf(l.bounded("", ""))) >= 3 {
			kept = append(kept, l)
		} else {
			d.leaveOut(l)
		}
	}
	return kept
}

func (d *drafter) leaveOut(l Line) {
	d.note("%q has too little text that is the same each time, and is not in the rule", l.Text)
}

// constant reports whether nothing varies in the line but its spaces and its
// host, which the other lines name as well.
func (l *Line) constant() bool {
	for _, p := range l.Pieces {
		if p.Variable && p.Pattern != mask.HostPrefix && strings.TrimSpace(p.Text) != "" && !strings.HasSuffix(p.Pattern, "{4,}") {
			return false
		}
	}
	return true
}

// bounded returns the pattern with its end; one that is too long ends early,
// and with cut.
func (l *Line) bounded(end, cut string) string {
	pattern := l.Pattern
	if len(pattern) > maxLinePattern {
		pattern = ""
		at := 0
		for _, p := range l.Pieces {
			if len(pattern)+len(p.Pattern) > maxLinePattern {
				break
			}
			pattern += p.Pattern
			at += len(p.Text)
		}
		if end+cut != "" && !mask.SaysFailure(l.Text[min(at, len(l.Text)):]) {
			pattern += mask.NoFailureBehind
		}
		return pattern + cut
	}
	if l.Trail || strings.HasSuffix(l.Text, ":") {
		pattern += " *"
	}
	return pattern + end
}

var (
	indented = lazyregexp.New(`^ [+*]`)
	aHost    = strings.TrimPrefix(mask.HostPrefix, " *")
)

// theHost is aHost that is the same in all lines of a block.
const theHost = `\[(?<host>[^\]\s]+)\] +`

// blockPatterns are the patterns of a block: of each line without its indent,
// and all of one host.
func blockPatterns(lines []Line) []string {
	out := make([]string, 0, len(lines))
	hosts := 0
	for _, l := range lines {
		p := indented.ReplaceAllString(l.bounded("", ".*"), "")
		if strings.HasPrefix(p, aHost) {
			hosts++
		}
		out = append(out, p)
	}
	for i, p := range out {
		if hosts > 1 && strings.HasPrefix(p, aHost) {
			out[i] = theHost + strings.TrimPrefix(p, aHost)
		}
	}
	return out
}

// passes reports whether the rule leaves a text alone.
func (d *drafter) passes(r *rules.Rule, text string) bool {
	folding := Lift(r)
	alone := ruletest.NewTester(rules.NewSet(folding))
	for c := range ruletest.Counterexample(folding, text) {
		if alone.Try(c).Problem != "" {
			return false
		}
		if d.Quick {
			break
		}
	}
	return true
}

// maxCutOff is the length up to which a sample is tried with each cut.
const maxCutOff = 1500

// verify sends the rule through the engine in all the ways in which its sample
// may come. The status is lifted: it must be right when it folds.
func (d *drafter) verify(r *rules.Rule) error {
	folding := Lift(r)
	alone := ruletest.NewTester(rules.NewSet(folding))
	for c := range alone.Cases(folding) {
		if d.skips(c) {
			continue
		}
		if problem := alone.Try(c).Problem; problem != "" {
			return failure(c, problem)
		}
	}
	return d.overlaps(folding)
}

// skips says which cases are not tried.
func (d *drafter) skips(c ruletest.Case) bool {
	switch c.Property {
	case "as it is", "counterexample":
		return false
	case "cut off":
		return d.Quick || len(c.Rule.Samples[0].Text) > maxCutOff
	case "dressed and cut":
		return d.Quick && c.Size > 0
	}
	return d.Quick
}

// overlaps finds a rule that is about the same: the new one claims its sample,
// or it takes a part of the new one's.
func (d *drafter) overlaps(r *rules.Rule) error {
	p := filter.NewPlan(rules.NewSet(r))
	for k := range d.known.All() {
		for _, s := range k.Samples {
			if ruletest.Run(p, s.Text).Counts[r.ID] > 0 {
				return fmt.Errorf("the rule would claim what %s is about; choose lines with more words, or name what does not vary with --keep TEXT", k.ID)
			}
		}
	}
	set := Lifted(d.known)
	set.Put(r)
	if d.alone(filter.NewPlan(set), r) {
		return nil
	}
	for k := range d.known.All() {
		if !d.alone(filter.NewPlan(rules.NewSet(k, r)), r) {
			return fmt.Errorf("some of this is what %s is about, so that the two would get in each other's way; choose lines that it is not about", k.ID)
		}
	}
	return errors.New("other rules are about some of this, and would get in the way; choose other lines")
}

// alone reports whether the rule claims its sample, and no other rule any of it.
func (d *drafter) alone(p *filter.Plan, r *rules.Rule) bool {
	o := ruletest.Run(p, r.Samples[0].Text)
	return o.Counts[r.ID] == 1 && len(o.Counts) == 1 && strings.TrimSpace(o.Shown) == ""
}
