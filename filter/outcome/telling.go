package outcome

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Which line of what was said tells why something failed. Programs say why, then that they give up, and then where there is help: the last
// line is seldom the one that a person needs.
var (
	// tells is in a line that says what went wrong.
	tells = lazyregexp.New(`(?i)\b(?:errors?|fatal|failed|failure|denied|cannot|can't|could not|couldn't|unable|not found|no such|refused|invalid|panic|exception|caused by|timed out|unknown|unrecognized|not recogni[sz]ed|not permitted|required|not been|does not|doesn't|(?:is|are) missing|problem:|no (?:packages?|match(?:ing)?|provider|space)|not (?:an?|in|valid|supported|allowed|available|running|enough)|(?-i:E[A-Z]{4,}))\b|^E: |\w(?:Error|Exception)\b|^missing\b`)
	// level is what npm and Maven begin each line with that they write of an error, the helpful ones as well.
	level = lazyregexp.New(`^(?:npm (?:error|ERR!)(?: code)?|\[ERROR\])(?: +|$)`)
	// gaveUp is what says no more than that something ends because of what stands above it: of make, compilers, tar, rsync, dpkg and apt, git behind ssh,
	// pip and gem behind a build, Maven and Gradle, nginx, and what counts errors.
	gaveUp = lazyregexp.New(`(?i)^make(?:\[\d+\])?: \*\*\* \[|\b(?:previous|above) errors?\b|^\W*\d+ (?:errors?|failed|failures?|problems?)\b|\berrors? occurred!?$|^\w+: (?:error is not recoverable|child returned status)|could not read from remote repository|^errors were encountered while processing|^E: (?:sub-process |unable to fetch some archives|.*is another process using it\?)|^error: (?:failed building wheel|failed to build installable wheels|could not build wheels|command '.*' failed with exit)|^error: nothing to do$|compilation (?:aborted|terminated)|extconf failed|^build fail|^failure: build failed|^curl failed to verify the legitimacy|still could not bind|^action '\w+' failed|challenges have failed`)
	// help is where there is more, and what is said of a line that only looks like an error.
	help = lazyregexp.New(`(?i)\w*warning:|\b(?:hint|note): |^hint:|^N: |\bfailed=\d|\b(?:0|no) (?:errors?|failures?|failed)\b|audit plugin|a complete log|for a full report|^npm (?:error|err!) +/|^\W*(?:for|see|run|try|more|visit|please)\b.*\bmore (?:information|details?|help)\b|^more (?:information|details)\b|may have more information|background on this error|possible alternatives|required by:|^to [a-z]+ |^re-?run |\[help \d+\] http`)
	// quoted is a line of a source that a compiler shows, with what stands below it, or of an object that Node shows.
	quoted = lazyregexp.New(`^(?:[>➜→❯] *)?\d* *[|▕]|^\w+: (?:'[^']*'|-?\d+),?$|^[\^~ ]+$`)
	// echo is what sudo goes on to say behind what went wrong.
	echo = lazyregexp.New(`^sudo: (?:no password was provided|a password is required|unable to initialize policy plugin)$`)
)

// A weight is how much a line tells.
type weight int

const (
	says    weight = iota + 1 // it is help, or a quotation
	plain                     // nothing is known of it
	givesUp                   // it says that something failed, and not why
	why
)

// weightOf is that of a line; 0: it looks like a result of pyinfra's own. above are the lines above it.
func weightOf(line string, above []string) weight {
	text := level.ReplaceAllString(line, "")
	switch {
	case isAnyError([]byte(line)):
		return 0
	case help.MatchString(line) || help.MatchString(text) || quoted.MatchString(text):
		return says
	case echoes(line, above) || gaveUp.MatchString(text):
		return givesUp
	case tells.MatchString(text):
		return why
	case pyinfra.IsResult([]byte(line)):
		return 0
	}
	return plain
}

// tellsMuch reports whether a line says what went wrong.
func tellsMuch(line string) bool { return weightOf(line, nil) == why }

// echoes reports whether sudo says in a line no more than that it gives up, having said why.
func echoes(line string, above []string) bool {
	return echo.MatchString(line) && slices.ContainsFunc(above, func(w string) bool {
		return strings.HasPrefix(w, "sudo: ") && tellsMuch(w) && !echo.MatchString(w)
	})
}

// telling returns the line of what was said that tells most, the last of its weight, and where it stands. Empty: there is none.
func telling(words []string) (line string, at int) {
	var most weight
	at = len(words) - 1
	for i, w := range slices.Backward(words) {
		if r := weightOf(w, words[:i]); r > most {
			line, at, most = w, i, r
		}
	}
	if most == why && strings.HasSuffix(line, ":") && at+1 < len(words) && weightOf(words[at+1], nil) == plain {
		line += " " + level.ReplaceAllString(words[at+1], "") // what it announces
	}
	return line, at
}

// around is what is kept of what was said: its last lines, or those from a line on that stands above them.
func around(words []string, line int) []string {
	from := max(0, min(len(words)-maxText, line))
	return words[from:min(len(words), from+maxText)]
}
