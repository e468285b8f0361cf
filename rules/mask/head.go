package mask

import (
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Programs write columns in front of what they say: when it was, how grave, which process, which class. These
// say nothing of what happened: the same message of another process is the same message. They are known by
// what stands in them, column by column: a time, or a number of seconds, is among the first; behind it come
// numbers, a level, what is in brackets, the name of a class or of a program, in any order and each once.

// A Head is the columns in front of a message.
type Head struct {
	// Len is where the message begins; 0: there are no columns.
	Len int
	// Level is how grave the program says that it is, in capitals; empty: it does not.
	Level string
}

// A column is a kind of field in a head.
type column byte

const (
	noColumn column = iota
	stampColumn
	levelColumn
	numberColumn
	bracketColumn
	dashColumn
	classColumn // the name of a class or a program, with a mark that it is one
	wordColumn  // what may be a name, if more of the head is behind it
	wholeColumn // several of these in one, a time and a level among them
)

const (
	// maxColumns is how many columns a head has, at most, and maxHead how many bytes.
	maxColumns = 14
	maxHead    = 400
)

var (
	stampField = lazyregexp.New(`^\[?(?:` +
		`(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?(?:[-/.]\d\d(?:\d\d)?)?|\d{8})(?:[ :T-]|, ?)\d\d?[:.]\d\d?[:.]\d\d?(?:[.,:]\d+)?(?: ?[AaPp][Mm])?(?:Z| ?[+-]\d\d:?\d\d)?` +
		`|\d{4}[-/.]\d\d?[-/.]\d\d?|\d{6} \d{6}|\d\d?:\d\d:\d\d(?:[.,]\d+)?|1\d{9}(?:[.,]\d{1,9}|\d{3})?` +
		`|\d\d?[/ -]` + months + `[/ -]\d{4}(?:[: ]\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?)?(?: [+-]\d{4})?` +
		`|(?:` + days + `,? )?` + months + ` {1,2}\d\d?,?(?: \d{4},?)? \d\d?:\d\d:\d\d(?:[.,]\d+)?(?: ?[AP]M)?(?: [A-Z]{3,4})?(?: \d{4})?` +
		`)\]?,?:?(?:[ |]|$)`)
	// numbered are lines with a number of their own, and the seconds in one of the next columns.
	numbered   = lazyregexp.New(`^\d+ (?:[\w.-]+ ){1,4}1\d{9} (?:[01] )?`)
	levelField = lazyregexp.New(`^[\[<(]?((?i:trace|debug|info|information|notice|warn|warning|error|err|severe|critical|crit|fatal|alert|emerg|emergency|panic|failure|fine|finer|finest|config)|[VDIWEF])[\])>]?:?(?: |$)`)
	numField   = lazyregexp.New(`^(?:[\[(<#]?\d+[\])>]?:?|0x[0-9a-fA-F]+)(?: |$)`)
	classField = lazyregexp.New(`^(?:[A-Za-z_][\w$./@-]*(?:\([\w.-]+\))?(?:\[[\w.-]+\])?:|[A-Za-z_][\w$/-]*(?:\([\w.-]+\))?\[\d+\]:?|/[\w./-]+\[\d+\]:|[A-Za-z_][\w$-]*(?:\.[A-Za-z_][\w$-]*){2,}|\d*[A-Za-z_][\w.-]*(?: \*\d+)? -)(?: |$)`)
	// sourceField is where in a program a line comes from, as Airflow has it.
	sourceField = lazyregexp.New(`^\{[\w./-]+:\d+\} `)
	// dashedFields are words between dashes up to a level; a message has spaces.
	dashedFields = lazyregexp.New(`^- (?:[^\s]+ - ){1,5}?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)(?: -|:)(?: |$)`)
	levelWord    = lazyregexp.New(`[ \[|:](TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)(?:[ \]|:/]|$)`)
)

// HeadOf finds the columns in front of a message. A level may stand first as well: a collector of logs has the
// time then, or nobody has.
func HeadOf(line string) Head {
	level := firstLevel(line) != ""
	if !level && !mayHaveHead(line) && !mayBeUntimed(line) {
		return Head{}
	}
	if h := klogHead(line); h.Len > 0 {
		return h
	}
	h := readHead(headReader{line: line, timed: level})
	if !level && h.Len == 0 && untimed(line) {
		h = readHead(headReader{line: line, timed: true, at: zoneLen(line)})
	}
	return h
}

// readHead reads columns from where a reader is.
func readHead(r headReader) Head {
	if n := found(numbered, r.line, func(line string) bool { return digitsIn(line[:1]) > 0 }); n != "" {
		r.at, r.timed = len(n), true
		r.sure()
	}
	for range maxColumns {
		if !r.field() {
			break
		}
	}
	if r.found.Len < len(r.line) {
		return r.found
	}
	return Head{}
}

// mayHaveHead reports whether there is a number near the beginning of a line.
func mayHaveHead(line string) bool {
	return len(line) > 8 && line[0] != '\t' && hasFigure(line[:min(len(line), 60)])
}

// found is what an expression finds at the start of a text that is not empty, if it may be there; empty: it is not.
func found(re *lazyregexp.Regexp, text string, may func(string) bool) string {
	if !may(text) {
		return ""
	}
	return re.FindString(text)
}

// A headReader reads columns.
type headReader struct {
	line  string
	at    int
	timed bool // a time was there
	named bool // and a class
	words int  // fields since the last that is surely of the head
	found Head
}

// field reads one column. It reports whether there may be more.
func (r *headReader) field() bool {
	for r.at < len(r.line) && r.line[r.at] == ' ' {
		r.at++
	}
	rest := r.line[r.at:]
	if rest == "" || r.at > maxHead {
		return false
	}
	kind, n := r.kind(rest)
	switch kind {
	case noColumn:
		return false
	case wordColumn, numberColumn, dashColumn:
		r.words++
		r.at += n
		if kind == dashColumn && r.timed && r.words == 1 {
			r.sure()
		}
		return r.words <= 6
	case classColumn:
		r.named = r.named || !isHostName(rest[:n])
	case levelColumn:
		r.found.Level = strings.ToUpper(strings.Trim(rest[:n], "[]<>():| "))
	case wholeColumn:
		r.timed, r.named = true, r.timed // between dashes stands a name as well
		r.found.Level = levelOf(rest[:n])
	case stampColumn:
		r.timed = true
	}
	r.at += n
	r.sure()
	return true
}

// sure takes all up to here for the head.
func (r *headReader) sure() {
	r.words = 0
	for r.at < len(r.line) && strings.IndexByte(" |", r.line[r.at]) >= 0 {
		r.at++
	}
	if r.timed {
		r.found.Len = r.at
	}
}

// kind tells what stands in the next column, and how long it is.
func (r *headReader) kind(rest string) (column, int) {
	if n := r.piped(rest); n > 0 {
		if r.found.Level == "" && n == len(levelField.FindString(rest[:n-1]))+1 {
			return levelColumn, n
		}
		return bracketColumn, n
	}
	if n := r.whole(rest); n > 0 {
		return wholeColumn, n
	}
	if n := found(stampField, rest, mayBeStamp); n != "" && (rest[0] != '[' || strings.Contains(n, "]")) {
		return stampColumn, len(n)
	}
	if strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "-- ") || strings.HasPrefix(rest, ": ") || strings.HasPrefix(rest, "| ") {
		return dashColumn, strings.IndexByte(rest, ' ') + 1
	}
	if n := found(levelField, rest, mayBeLevelField); n != "" && r.found.Level == "" && r.isLevel(n) {
		return levelColumn, len(n)
	}
	if n := found(numField, rest, mayBeNumField); n != "" {
		return numberColumn, len(n)
	}
	if !r.timed {
		return r.before(rest)
	}
	if n := bracketLen(rest); n > 0 && !r.named {
		return bracketColumn, n
	}
	if r.named {
		if n := bracketLen(rest); n > 0 && r.found.Level != "" {
			return bracketColumn, n
		}
		return noColumn, 0
	}
	if n := classField.FindString(rest); n != "" && !isAlarm(n) {
		return classColumn, len(n)
	}
	if n := r.padded(rest); n > 0 {
		return classColumn, n
	}
	if n := wordFieldLen(rest); n > 0 && r.found.Level == "" {
		return wordColumn, n
	}
	return noColumn, 0
}

// isLevel tells a level from a word of the message: it stands behind the time, alone or in capitals.
func (r *headReader) isLevel(found string) bool {
	bare := strings.Trim(found, "[]<>(): ")
	switch {
	case len(bare) == 1:
		return r.timed && !r.named
	case r.named:
		return found[len(found)-1] != ' ' || strings.ContainsAny(found, "]>):")
	}
	return strings.ToUpper(bare) == bare || strings.IndexByte("[<(", found[0]) >= 0 || r.timed && r.words == 0 && !r.named && isUpper(bare[0])
}

// before tells what stands in front of the time: a name, which is not a word of a sentence.
func (r *headReader) before(rest string) (column, int) {
	n := rest[:wordFieldLen(rest)]
	first := r.at == 0 && n != "" && len(n) < len(rest) && found(stampField, rest[len(n):], mayBeStamp) != "" && strings.ToUpper(n) == n
	if n == "" || !first && !strings.ContainsAny(n, digits+"._/-") {
		return noColumn, 0
	}
	return wordColumn, len(n)
}

// padded finds a short word behind a level, with more than one space behind it, as columns have it.
func (r *headReader) padded(rest string) int {
	n := 0
	for n < len(rest) && n <= 12 && (isWord(rest[n]) || rest[n] == '-') {
		n++
	}
	if r.found.Level == "" || n == 0 || n+2 >= len(rest) || rest[n] != ' ' || rest[n+1] != ' ' {
		return 0
	}
	return n + 2
}

// piped finds the columns that stand between bars behind a time.
func (r *headReader) piped(rest string) int {
	if r.at == 0 || r.line[r.at-1] != '|' || r.named {
		return 0
	}
	n := strings.IndexByte(rest, '|')
	if n <= 0 || n > 60 || strings.IndexByte(rest[:n], ' ') >= 0 {
		return 0
	}
	return n + 1
}

// whole finds columns that are told from the message by what is around all of them: brackets that begin with a time, as in Celery and
// in env_logger of Rust, or dashes between words up to a level, as Python's logging is set up most often.
func (r *headReader) whole(rest string) int {
	if r.found.Level != "" {
		return 0
	}
	if r.timed && strings.HasPrefix(rest, "- ") {
		return len(dashedFields.FindString(rest))
	}
	if r.at > 0 || rest[0] != '[' || len(rest) == 1 || found(stampField, rest[1:], mayBeStamp) == "" {
		return 0
	}
	n := bracketLen(rest)
	if n == 0 || levelOf(rest[:n]) == "" {
		return 0
	}
	return n
}

// levelOf returns the level that is one of the words of columns, in capitals; empty: none is.
func levelOf(columns string) string {
	if m := levelWord.FindStringSubmatch(columns); m != nil {
		return m[1]
	}
	return ""
}

// bracketLen returns the length of what is in brackets, with what stands behind it.
func bracketLen(rest string) int {
	if rest[0] != '[' && (rest[0] != '{' || !sourceField.MatchString(rest)) {
		return 0
	}
	open := 0
	for i := 0; i < len(rest) && i < maxHead/2; i++ {
		switch rest[i] {
		case '[', '{':
			open++
		case ']', '}':
			if open--; open > 0 {
				continue
			}
			if i++; i < len(rest) && rest[i] == ':' {
				i++
			}
			if i < len(rest) && rest[i] == ' ' {
				return i
			}
			return 0
		}
	}
	return 0
}

// isHostName reports whether what may be the name of a class is one of a host, behind which a class or a program may
// stand.
func isHostName(column string) bool {
	found := domain.in(strings.TrimRight(column, " "))
	return found.end == len(strings.TrimRight(column, " "))
}

// isAlarm reports whether a word in front of a colon is how the message begins.
func isAlarm(word string) bool {
	switch strings.ToLower(strings.TrimRight(word, ": ")) {
	case "error", "warning", "warn", "fatal", "critical", "exception", "failure", "failed", "panic", "note", "notice", "info", "debug", "hint", "caused", "traceback", "usage":
		return true
	}
	return false
}

// IsBad reports whether a level is that of something that went wrong.
func IsBad(level string) bool {
	switch level {
	case "ERROR", "ERR", "SEVERE", "CRITICAL", "CRIT", "FATAL", "ALERT", "EMERG", "EMERGENCY", "PANIC", "FAILURE", "E", "F":
		return true
	}
	return false
}

// IsLevel reports whether a column says how grave a line is.
func IsLevel(column string) bool {
	return len(levelField.FindString(column)) == len(column) && column != ""
}

var (
	// namedLevel is a level that is a field of a line.
	namedLevel = lazyregexp.New(`(?i)\b(?:level|lvl|severity|loglevel)["']?\s*[=:]\s*["']?([a-z]+)`)
)

// firstLevel is a level that a line begins with; empty: there is none. It is all of a word.
func firstLevel(line string) string {
	at := 0
	for at < len(line) && (line[at] == ' ' || strings.IndexByte(`[<("*`, line[at]) >= 0) {
		at++
	}
	to := at
	for to < len(line) && isUpper(line[to]) {
		to++
	}
	if to-at < 3 || to < len(line) && line[to] < 0x80 && isWord(line[to]) {
		return ""
	}
	switch word := line[at:to]; word {
	case "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "SEVERE", "CRITICAL", "CRIT", "FATAL", "ALERT", "EMERG", "PANIC":
		return word
	}
	return ""
}

// LevelIn returns how grave a line says that it is which has no columns: it begins with that, or has a field for
// it, as JSON has. Empty: it does not say.
func LevelIn(line string) string {
	if level := firstLevel(line); level != "" {
		return level
	}
	if strings.HasPrefix(line, "{") {
		level, _ := LevelOfObject(line)
		return level
	}
	if strings.IndexByte(line, '=') < 0 && strings.IndexByte(line, ':') < 0 || !strings.Contains(line, "ev") && !strings.Contains(line, "lvl") && !strings.Contains(line, "EV") {
		return ""
	}
	if m := namedLevel.FindStringSubmatch(line); m != nil {
		return strings.ToUpper(m[1])
	}
	return ""
}
