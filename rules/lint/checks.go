package lint

import "slices"

// A Level says how much a finding of lint matters.
type Level string

// The levels, as SARIF has them.
const (
	LevelError   Level = "error"   // the rule does not do what it is for, or does harm
	LevelWarning Level = "warning" // it works, and will be a nuisance
	LevelNote    Level = "note"    // good to know
)

// A Check is something that lint looks for. Its id never changes its meaning.
type Check struct {
	ID    string // L001
	Level Level
	Title string // what is wrong, in a sentence without an end
	// Do is what to do about it.
	Do string
}

// The checks, by what they are about: L00 the file, L01 samples, L02 patterns,
// L03 folding and versions, L04 references, L05 words.
const (
	CheckFile       = "L001"
	CheckTaken      = "L002"
	CheckReplaces   = "L003"
	CheckName       = "L004"
	CheckDisables   = "L005"
	CheckUnclaimed  = "L010"
	CheckOthers     = "L011"
	CheckCounter    = "L012"
	CheckNoCounter  = "L013"
	CheckOverlap    = "L014"
	CheckSame       = "L015"
	CheckNoLiteral  = "L020"
	CheckLiteral    = "L021"
	CheckBacktrack  = "L022"
	CheckPolynomial = "L023"
	CheckAround     = "L024"
	CheckControl    = "L025"
	CheckSteps      = "L026"
	CheckGuarded    = "L030"
	CheckNoPython   = "L031"
	CheckFix        = "L032"
	CheckFixPackage = "L033"
	CheckDraft      = "L034"
	CheckUnquoted   = "L035"
	CheckHTTPS      = "L040"
	CheckNoLink     = "L041"
	CheckCause      = "L042"
	CheckTitle      = "L050"
	CheckAdvice     = "L051"
	CheckNoAdvice   = "L052"
)

// Checks returns all checks, in the order of their ids.
func Checks() []Check {
	return []Check{
		{CheckFile, LevelError, "The file is not a rule", "Write what the message says; a file with a mistake is not used."},
		{CheckTaken, LevelError, "Two files have one id", "Give one of them another id, or remove it."},
		{CheckReplaces, LevelNote, "The rule takes the place of a built-in one", "If that is not what you want, give it another id."},
		{CheckName, LevelNote, "The file is not named after the rule", "Name it ID.yaml, so that it is found."},
		{CheckDisables, LevelWarning, "The rule disables one that is not there", "Write the id of a rule; orbfilter rules list has them."},
		{CheckUnclaimed, LevelError, "A sample is not claimed as a whole", "A sample is what was printed, and nothing else: correct the patterns, or take out what is not of the issue. orbfilter rules explain says why a line was not claimed."},
		{CheckOthers, LevelError, "A sample is claimed by another rule too", "Make the patterns of one of them more particular, or remove this rule if the other one is about the same issue."},
		{CheckCounter, LevelError, "A counterexample is claimed", "Make the patterns more particular."},
		{CheckNoCounter, LevelWarning, "There is no counterexample", "Add counterexamples: [{text: …}] with text that looks much like the issue and is none: another error, another package, the output of a host."},
		{CheckOverlap, LevelWarning, "The rule claims a sample of a built-in one", "Make the patterns more particular; which of the two takes a line is not certain."},
		{CheckSame, LevelWarning, "A sample is a counterexample as well", "Remove one of the two."},
		{CheckNoLiteral, LevelWarning, "No text is in every match", "Without it, each line of every run has to meet the pattern. Write some text that is always there outside of (a|b), [ab] and (?i)."},
		{CheckLiteral, LevelNote, "The text that is in every match is short", "Eight characters and more are rare enough for the pattern to be asked seldom."},
		{CheckBacktrack, LevelError, "A repetition within a repetition can be tried in too many ways", "Let what is repeated begin or end with a character that it does not hold otherwise, as in (?:,\\d+)*, or write (?>…) around it."},
		{CheckPolynomial, LevelWarning, "Two repetitions side by side match the same text", "Leave one of them out, or put a character between them that neither of them matches."},
		{CheckAround, LevelNote, "The pattern begins or ends with .*", "A line is searched for the pattern, so leave it out."},
		{CheckControl, LevelError, "The pattern looks for an escape sequence", "Colours are taken out of a line before it is compared: leave them out of the pattern."},
		{CheckSteps, LevelNote, "The pattern has something that takes more than one pass", "It is tried step by step, with a limit: where that is met, the line is shown, and counts as undecided. Write the pattern without it if you can."},
		{CheckGuarded, LevelError, "What the rule would fold is never folded", "A person must see these lines. Write severity: warning or error, so that the rule explains them."},
		{CheckNoPython, LevelError, "No version of Python is in the range", "Write it as '>=3.9,<3.13'."},
		{CheckFix, LevelError, "The fix installs a version that has the issue", "Write to: '>=VERSION' with the version that is named as fixed."},
		{CheckFixPackage, LevelWarning, "The fix is for a package that is not affected", "Name the package in affected, with the versions that have the issue, so that the rule ends by itself."},
		{CheckDraft, LevelNote, "The rule is a draft, and folds nothing", "When you have read it, remove status: draft."},
		{CheckUnquoted, LevelError, "A rule that is known from reports folds more than they quote", "Write patterns that match the whole line and nothing else, with the report among references and its text as a sample; or write fold: false, so that the lines stay."},
		{CheckHTTPS, LevelWarning, "A reference is no link that can be trusted", "Write a link that begins with https://."},
		{CheckNoLink, LevelNote, "There is no reference", "Is it reported or explained somewhere? Then add references: [https://…]. What only your own tools print may have none."},
		{CheckCause, LevelError, "The rule that is named as cause is not there", "Write the id of a rule; orbfilter rules list has them."},
		{CheckTitle, LevelNote, "The title is not a short sentence", "Write what happens, in one sentence of at most 120 characters, without a full stop."},
		{CheckAdvice, LevelNote, "The advice is not a few sentences", "Write what to know and what to do, in whole sentences of at most 600 characters."},
		{CheckNoAdvice, LevelWarning, "There is no advice", "Add advice: what to know and what to do, in a sentence or two."},
	}
}

// CheckOf returns the check with this id, which must be one of the constants.
func CheckOf(id string) Check {
	all := Checks()
	return all[slices.IndexFunc(all, func(c Check) bool { return c.ID == id })]
}
