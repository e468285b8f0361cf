package plan

import "github.com/orbfilter/orbfilter/rules"

// Doubtful is the number of steps that Step.Match returns where a pattern is undecided.
const Doubtful = -1

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

// takes is what Step.Match returns for an answer about the first n bytes.
func takes(a rules.Answer, n int) (taken, steps int) {
	switch a {
	case rules.Yes:
		return n, 1
	case rules.Undecided:
		return 0, Doubtful
	}
	return 0, 0
}
