package filter

import "github.com/orbfilter/orbfilter/rules"

// What a pattern leaves undecided, since that would take more steps than there may be, is
// shown as if the rule did not know it. But nobody knows whether it does, so that it is
// counted: a line for each rule, however often a rule was asked about it.

// A doubt is what is undecided of a rule.
type doubt struct {
	lines int
	last  int // number of the last one
}

// doubted notes that a rule could not decide about the current line.
func (f *Filter) doubted(r *rules.Rule) {
	d := f.doubts[r.ID]
	if d.last != f.line {
		if f.doubts == nil {
			f.doubts = map[string]doubt{}
		}
		f.doubts[r.ID] = doubt{d.lines + 1, f.line}
		f.left.leave(r, TooManySteps, 1)
	}
}

// inDoubt adds to limits how many lines are undecided.
func (f *Filter) inDoubt(l Limits) Limits {
	for _, d := range f.doubts {
		l.RegexTimeouts += d.lines
	}
	return l
}

// doubtful is the number of steps that step.match returns where a pattern is undecided.
const doubtful = -1

// A question is a text that a pattern is asked about; a nil pattern says yes.
type question struct {
	ask  func(*rules.Pattern, []byte) rules.Answer
	of   *rules.Pattern
	text []byte
}

// every asks one question after the other until one is answered with no.
func every(all ...question) rules.Answer {
	answer := rules.Yes
	for _, q := range all {
		if q.of == nil {
			continue
		}
		switch q.ask(q.of, q.text) {
		case rules.No:
			return rules.No
		case rules.Undecided:
			answer = rules.Undecided
		}
	}
	return answer
}

// takes is what step.match returns for an answer about the first n bytes.
func takes(a rules.Answer, n int) (taken, steps int) {
	switch a {
	case rules.Yes:
		return n, 1
	case rules.Undecided:
		return 0, doubtful
	}
	return 0, 0
}
