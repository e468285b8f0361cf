package mask

import (
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Objects of JSON say how grave their message is in a field of its own: in words, or as a number.

// levelKeys are what such a field is called, in small letters, behind a name that it may be in ("log.level").
const levelKeys = `(?:level|lvl|loglevel|log_level|levelname|levelno|@l|severity|severity_?text|severity_?number|priority|syslog_severity)`

// levelOfObject finds the field, and what stands in it.
var levelOfObject = lazyregexp.New(`(?i)"@?(?:[\w@.-]+[._])?` + levelKeys + `"\s*:\s*"?([a-z]+|\d{1,2}\b)`)

// LevelOfObject returns how grave an object of JSON says that its message is, in capitals, and whether it says so at
// all. Numbers are those of syslog (0 to 7), of OpenTelemetry (1 to 24) or of pino and bunyan (10 to 60): what is one of
// an error with any of those that count this way is ERROR, and all others are the number itself.
func LevelOfObject(object string) (level string, has bool) {
	at := levelOfObject.FindStringSubmatchIndex(object)
	if at == nil {
		return "", false
	}
	level = strings.ToUpper(object[at[2]:at[3]])
	n, err := strconv.Atoi(level)
	if err != nil {
		return level, true
	}
	key := strings.ToLower(object[at[0]:at[2]])
	if isBadNumber(n, strings.Contains(key, "number"), strings.Contains(key, "levelno")) {
		return "ERROR", true
	}
	return level, true
}

// isBadNumber reports whether a level is that of an error. otel, python: the field is called as that of OpenTelemetry,
// or of Python's logging.
func isBadNumber(n int, otel, python bool) bool {
	switch {
	case otel:
		return n >= 17
	case python:
		return n >= 40
	}
	return n <= 3 || n >= 50 || n >= 17 && n <= 24 && n != 20
}
