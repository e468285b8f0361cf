package mask

import (
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Columns in front of a message whose time is not known as one: klog's has the level in front, and of other lines a prefix was taken
// off before, and the time with it.

var (
	// klog is how Kubernetes and glog begin a line, with the level as a letter in front of the date.
	klog = lazyregexp.New(`^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]+:\d+\] ?`)
	// columnsAndLevel are columns in front of a level, in a line whose time somebody else has: brackets, numbers, a time zone
	// that was left behind, a user with a database, the name of a host. zoned is a zone alone, and dashed are columns between dashes.
	columnsAndLevel = lazyregexp.New(`^(?:(?:\[[^\]]{0,80}\]:?|\([\w.-]+\)|\d+|[A-Z]{3,4}|-|[\w.-]+@[\w.-]+|[a-z]\w*-\d[\w-]*) +){1,5}[\[<(]?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|CRITICAL|CRIT|FATAL|ALERT|EMERG|PANIC)[\])>]?:?(?: |$)`)
	dashed          = lazyregexp.New(`^(?:[A-Z]{3,4} )?- (?:[^\s]+ - ){1,5}?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)(?: -|:)(?: |$)`)
	zoned           = lazyregexp.New(`^(?:UTC|GMT|[A-Z]{2,4}T) \[\d+\] `)
)

// klogHead finds what klog writes in front of a message.
func klogHead(line string) Head {
	if len(line) < 20 || line[5] != ' ' || strings.IndexByte("IWEF", line[0]) < 0 {
		return Head{}
	}
	m := klog.FindStringSubmatch(line)
	if m == nil || len(m[0]) == len(line) {
		return Head{}
	}
	return Head{Len: len(m[0]), Level: m[1]}
}

// untimed reports whether columns stand in front of a message whose time was taken off.
func untimed(line string) bool {
	return mayBeUntimed(line) && (columnsAndLevel.MatchString(line) || zoned.MatchString(line) || dashed.MatchString(line))
}

// zoneLen is the length of a time zone that was left behind, with the space behind it.
func zoneLen(line string) (n int) {
	for n < len(line) && n < 4 && isUpper(line[n]) {
		n++
	}
	if n < 3 || n+1 >= len(line) || line[n] != ' ' || strings.IndexByte("-[", line[n+1]) < 0 {
		return 0
	}
	return n + 1
}

// mayBeUntimed reports whether a level stands near the beginning of a line, behind what may be a column, or a zone does.
func mayBeUntimed(line string) bool {
	if zoneLen(line) > 0 {
		return true
	}
	for i := 1; i+3 < len(line) && i < 120; i++ {
		if line[i-1] != ' ' {
			continue
		}
		at := i
		if strings.IndexByte("[<(", line[at]) >= 0 {
			at++
		}
		if isUpper(line[at]) && isUpper(line[at+1]) && mayBeLevelField(line[i:]) {
			return strings.IndexByte("[(-", line[0]) >= 0 || strings.ContainsAny(line[:i-1], digits+"@.") || i <= 5 && strings.Trim(line[:i-1], upper) == ""
		}
	}
	return false
}
