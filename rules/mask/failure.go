package mask

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Some numbers say how something went: how many errors there were, the status that a program has ended with, what a server has
// answered. 0 is another text than 1 there.

const (
	// failures are what is counted.
	failures = `(?:failed|failures?|errors?|errs?|unreachable|fatal|crash(?:es|ed)?|killed|broken|lost)`
	// statuses stand in front of how a program has ended.
	statuses = `(?:exit(?:ed|s)?(?: with)?(?: an?)?(?: error)?(?:[ _-]?(?:code|status))?|rc|ret(?:urn)?[ _-]?code|status(?:=| code=))`
)

var (
	beforeCount = lazyregexp.New(`(?i)(?:^|[^A-Za-z])(?:` + failures + `|` + statuses + `)["']?\s{0,3}[:=]?\s{0,3}["'(]?$`)
	behindCount = lazyregexp.New(`(?i)^ (?:[a-z]+ )?` + failures + `\b`)
	beforeHTTP  = lazyregexp.New(`(?i)(?:HTTP/\d(?:\.\d)?"? |(?:^|[^a-z])(?:http_?)?(?:status|response)_?(?:code)?["']?\s{0,3}[:=]\s{0,3}["']?)$`)
)

// exits is in front of the status that a program has ended with, as 3 figures may be as well.
var exits = lazyregexp.New(`(?i)exit`)

// A role is what a number says.
type role byte

const (
	noRole   role = iota
	aCount        // how many failures there were, or how a program has ended
	anAnswer      // what a server has answered
)

// roleOf tells what a number in a line says that stands at a place.
func roleOf(line string, from, to int) role {
	if from > 0 && isWord(line[from-1]) {
		return noRole
	}
	named, behind := isNamed(line[max(0, from-8):from]), to+1 < len(line) && line[to] == ' ' && isLetter(line[to+1])
	if !named && !behind {
		return noRole
	}
	front := line[max(0, from-40):from]
	switch {
	case to-from == 3 && line[from] >= '1' && line[from] <= '5' && (to == len(line) || !isWord(line[to]) && line[to] != '/') && beforeHTTP.MatchString(front) && !exits.MatchString(front):
		return anAnswer
	case to-from > 6 || to < len(line) && (isWord(line[to]) || line[to] == '.' && to+1 < len(line) && isWord(line[to+1])):
		return noRole
	case behind && countsBehind(line[to:min(len(line), to+40)]):
		return aCount
	case named && beforeCount.MatchString(front):
		return aCount
	}
	return noRole
}

// counted are parts of what is counted, in one of two cases.
var counted = []string{"ail", "AIL", "rr", "RR", "reach", "REACH", "atal", "ATAL", "rash", "RASH", "illed", "ILLED", "roken", "ROKEN", "ost", "OST"}

// isNamed reports whether a word stands in front of a number that may say what it is, with what may be between them; or the
// version of HTTP.
func isNamed(front string) bool {
	front = strings.TrimRight(front, " \"':=(\t")
	from := len(front)
	for from > 0 && isLetter(front[from-1]) {
		from--
	}
	if from == len(front) {
		return strings.Contains(front, "/")
	}
	word := strings.ToLower(front[from:])
	return slices.ContainsFunc(naming, func(end string) bool { return strings.HasSuffix(end, word) || strings.HasSuffix(word, end) })
}

// naming are the words that may stand in front of a number which says how something went.
var naming = []string{"failed", "failure", "failures", "error", "errors", "err", "errs", "unreachable", "fatal", "crash", "crashes", "crashed", "killed", "broken", "lost", "exit", "exits", "exited", "with", "a", "an", "code", "status", "rc", "response"}

// countsBehind reports whether what is counted stands behind a number, and not in front of the next ("2 failed=0").
func countsBehind(text string) bool {
	if !slices.ContainsFunc(counted, func(part string) bool { return strings.Contains(text, part) }) {
		return false
	}
	n := len(behindCount.FindString(text))
	if n == 0 {
		return false
	}
	rest := strings.TrimLeft(text[n:], ` "'`)
	return rest == "" || rest[0] != '=' && (rest[0] != ':' || digitsIn(strings.TrimLeft(rest[1:], ` "'`)) == 0)
}

// tells is what is in a line that has such a number, in one of two cases.
var tells = []string{"rror", "RROR", "ail", "AIL", "xit", "EXIT", "rc", "RC", "code", "CODE", "reach", "REACH", "rash", "illed", "lost", "roken", "tatus", "STATUS", "esponse", "HTTP/", "atal", "err"}

// Counts reports whether a number in a line says how something went.
func Counts(line string) bool {
	return counts(line, func(role, string) bool { return true })
}

// CountsFailure reports whether a number in a line says that something went wrong.
func CountsFailure(line string) bool {
	return counts(line, func(r role, number string) bool {
		return r == aCount && strings.Trim(number, "0") != "" || r == anAnswer && number[0] == '5'
	})
}

// counts reports whether there is such a number among those that have a role.
func counts(line string, is func(role, string) bool) bool {
	if !slices.ContainsFunc(tells, func(t string) bool { return strings.Contains(line, t) }) {
		return false
	}
	for at := 0; at < len(line); at++ {
		n := digitsIn(line[at:])
		if n == 0 {
			continue
		}
		if r := roleOf(line, at, at+n); r != noRole && is(r, line[at:at+n]) {
			return true
		}
		at += n
	}
	return false
}

// numberPattern is of a number in a line: one that says how something went stays on its side.
func numberPattern(line string, from, to int) string {
	switch text := line[from:to]; roleOf(line, from, to) {
	case aCount:
		if strings.Trim(text, "0") == "" {
			return "0+"
		}
		return `0*[1-9]\d*`
	case anAnswer:
		if text[0] == '5' {
			return `5\d\d`
		}
		return `[1-4]\d\d`
	}
	return `\d+`
}

var (
	// failureWord is a word that says that something went wrong.
	failureWord = lazyregexp.New(`(?i)(?:^|[^a-z])(?:fail(?:ed|ures?|s|ing)?|fatal|errors?|err!|panic(?:ked)?|killed|oom|out of memory|refused|denied|unreachable|crash(?:ed|es|ing)?|abort(?:ed|ing|s)?|corrupt(?:ed|ion)?|timed out|rejected|could(?: not|n't)|cannot|can't|` +
		`unauthori[sz]ed\w*|not authori[sz]ed|forbidden|unhealthy|seg(?:mentation )?fault|no space left|back-?off)(?:$|[^a-z])`)
	// noFailure is where there was none: or it was counted, and then CountsFailure says it.
	noFailure = lazyregexp.New(`(?i)(?:\b(?:no|without(?: any)?|zero|0)|\x00n)(?: [a-z]+)? ` + failures + `\b|\b` + failures + `["']?\s{0,3}[:=]\s{0,3}["']?(?:0\b|\x00n|none\b|null\b)`)
)

// NoFailureBehind keeps a pattern that ends early from lines that go on with what says that something went wrong.
const NoFailureBehind = `(?!.*\b(?i:fail(?:ed|ures?|s|ing)?|fatal|errors?|panic|killed|refused|denied|unreachable|crash(?:ed)?|abort(?:ed)?|corrupt(?:ed)?|timed out|rejected)\b)`

// SaysFailure reports whether the words of a text, or of its skeleton, say that something went wrong.
func SaysFailure(text string) bool {
	return failureWord.MatchString(text) && failureWord.MatchString(noFailure.ReplaceAllString(text, ""))
}
