package slots

import "strings"

// What a slot takes of words that nobody has seen yet is bounded by what they say: a slot for names is none for how
// something went.

// noOutcome keeps a slot from words that say how something went: wherever they stand in a word, or as a part of it
// that stands for itself.
var noOutcome = `(?!\S*(?i:` + strings.Join(strings.Fields(within), "|") + `))(?!(?:\S*[^\sA-Za-z])?(?i:` + strings.Join(strings.Fields(alone), "|") + `)(?![A-Za-z]))`

const (
	within = "fail err fatal crit deni deny refus reject invalid miss lost kill timeout dead abort corrupt warn reach exceed panic except crash broke degrad offline health disab connect expir cannot unable stop skip unsucc inactive"
	alone  = "down no not none never false timed full empty closed? closing removed change unchanged"
)

// guards keep patterns from taking what says how something went; a person reads over them.
var guards = strings.NewReplacer(noOutcome, "(?!…)", noLevel, "(?!…)", wrongLevel, "(?!…)", inBrackets, `\[[^\]]*\]`)

// Readable is a pattern for people: what keeps it from taking words that say how something went is left out.
func Readable(pattern string) string { return guards.Replace(pattern) }
