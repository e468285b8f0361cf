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
	tells = clue{lazyregexp.New(`(?i)\b(?:errors?|fatal|failed|failure|denied|cannot|can't|could not|couldn't|unable|not found|no such|refused|invalid|panic|exception|caused by|timed out|unknown|unrecognized|not recogni[sz]ed|not permitted|required|undefined|not been|does not|doesn't|(?:is|are) missing|problem:|no (?:packages?|match(?:ing)?|provider|space)|not (?:an?|in|valid|supported|allowed|available|running|enough)|(?-i:E[A-Z]{4,}))\b|^E: |\w(?:Error|Exception)\b|^missing\b`),
		[]string{"e: ", "error", "fatal", "fail", "denied", "can't", "cannot", "could", "unable", "not ", "no ", "refused", "invalid", "panic", "exception", "caused by", "timed out", "unknown", "unrecognized", "required", "undefined", "doesn't", "missing", "problem:"}}
	// level is what npm, Maven and sbt begin each line with that they write of an error, the helpful ones as well.
	level = lazyregexp.New(`^(?:npm (?:error|ERR!)(?: code)?|\[(?:ERROR|error)\])(?: +|$)`)
	// gaveUp begins what says no more than that something ends because of what stands above it: of make, tar, dpkg and apt, pip behind a build, Gradle
	// and Maven, curl, Apache, and what counts errors; gaveUpIn is in it: of compilers, rsync, git behind ssh, gem behind a build, nginx, certbot.
	gaveUp   = lazyregexp.New(`(?i)^(?:make(?:\[\d+\])?: \*\*\* \[|\W*\d+ (?:errors?|failed|failures?|problems?)\b|\w+: (?:error is not recoverable|child returned status)|errors were encountered while processing|E: (?:sub-process |unable to fetch some archives|unable to acquire .*is another process using it\?)|error: (?:failed building wheel|failed to build installable wheels|could not build wheels|command '.*' failed with exit|nothing to do$)|build fail|failure: build failed|curl failed to verify the legitimacy|action '\w+' failed|rsync error: |errors occurred\b|ninja: build stopped)`)
	gaveUpIn = clue{lazyregexp.New(`(?i)\b(?:previous|above) errors?\b|\berrors? occurred!?$|\b(?:with|found) \d+ errors?\b|\bld returned \d+ exit status|could not read from remote repository|compilation (?:aborted|terminated)|extconf failed|still could not bind|challenges have failed`),
		[]string{"previous error", "above error", "with ", "found ", "ld returned", " occurred", "could not read from", "compilation", "extconf failed", "still could not", "challenges have"}}
	// help begins, and helpIn is in, where there is more, and what is said of a line that only looks like an error.
	help   = lazyregexp.New(`(?i)^(?:hint:|N: |npm (?:error|err!) +/|to [a-z]+ |re-?run |\W*(?:for|see|run|try|visit|please)\b.*\bmore (?:information|details?|help)\b|more (?:information|details)\b|\[help \d+\] http)`)
	helpIn = clue{lazyregexp.New(`(?i)warning:|\b(?:hint|note): |\bfailed=\d|\b(?:0|no) (?:errors?|failures?|failed)\b|audit plugin|a complete log|for a full report|may have more information|background on this error|possible alternatives|required by:`),
		[]string{"warning:", "hint:", "note:", "failed=", "0 error", "no error", "0 fail", "no fail", "audit plugin", "a complete log", "for a full report", "may have more", "background on", "possible alternatives", "required by:"}}
	// quoted is a line of a source that a compiler shows, with what stands below it, or of an object that Node shows.
	quoted = lazyregexp.New(`^(?:(?:[>➜→❯] *)?\d* *[|▕]|\w+: (?:'[^']*'|-?\d+),?$|[\^~ ]+$)`)
	// echo is what sudo goes on to say behind what went wrong.
	echo = lazyregexp.New(`^sudo: (?:no password was provided|a password is required|unable to initialize policy plugin)$`)
)

// A clue is an expression that is not asked of a text without one of its literals, which are in lower case: what hosts say is long.
type clue struct {
	*lazyregexp.Regexp
	literals []string
}

// in reports whether it is in a text, of which lower is the same in lower case.
func (c clue) in(text, lower string) bool {
	return slices.ContainsFunc(c.literals, func(l string) bool { return strings.Contains(lower, l) }) && c.MatchString(text)
}

// isTold reports whether a text says what went wrong. A code such as EACCES stands in capitals.
func isTold(text, lower string) bool {
	return tells.in(text, lower) || codeLen(text) > 0 && tells.MatchString(text)
}

// codeLen is how many capitals follow each other behind an E, if they are as many as an error's code has.
func codeLen(text string) int {
	for rest := text; ; {
		i := strings.IndexByte(rest, 'E')
		if i < 0 {
			return 0
		}
		rest = rest[i:]
		n := len(rest) - len(strings.TrimLeft(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		if n > 4 {
			return n
		}
		rest = rest[n:]
	}
}

// A weight is how much a line tells.
type weight int

const (
	helps   weight = iota + 1 // it is help, or a quotation
	plain                     // nothing is known of it
	givesUp                   // it says that something failed, and not why
	why
)

// weightOf is that of a line; 0: it looks like a result of pyinfra's own. above are the lines above it.
func weightOf(line string, above []string) weight {
	text := level.ReplaceAllString(line, "")
	lower := strings.ToLower(text)
	switch {
	case isAnyError([]byte(line)):
		return 0
	case help.MatchString(line) || help.MatchString(text) || quoted.MatchString(text) || helpIn.in(text, lower):
		return helps
	case echoes(line, above) || gaveUp.MatchString(text) || gaveUpIn.in(text, lower):
		return givesUp
	case isTold(text, lower):
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
		if most == why {
			break
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
