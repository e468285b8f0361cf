package view

import (
	"bytes"
	"strings"
	"time"
)

// Known are the layouts of all formats. They are read only.
var Known = newLayouts(formats)

const (
	// LongestPrefix bounds where a prefix is looked for.
	LongestPrefix = 600
	// maxPrefixes are how many may stand in front of a line: gh writes one in
	// front of GitHub's, where a step may show the logs of Compose with its own.
	maxPrefixes = 4
)

// MayHavePrefix reports whether a text begins as a prefix does. It is quick, and
// may be wrong when it says so.
func MayHavePrefix(text []byte) bool {
	return len(text) > 0 && (Known[text[0]] != nil || text[0] == '{')
}

// Longest finds the longest layout that a text begins with, and writes to best how
// it fits. narrow: the one with two spaces behind a clock is none.
func (all *layouts) Longest(text []byte, narrow bool, best *Match) (ok bool) {
	if len(text) == 0 {
		return false
	}
	var m Match
	var first scanned
	for _, l := range all[text[0]] {
		if narrow && l.text == wideClock {
			continue
		}
		if l.match(text, &m, &first) && (!ok || m.n > best.n) {
			*best, ok = m, true
		}
	}
	return ok
}

// Jenkins writes two spaces behind the time of day, and ts one. Only the lines
// of the run that are not indented tell which it was.
const (
	wideClock   = "{clock}  "
	narrowClock = "{clock} "
)

// undress takes the prefixes off the text.
func (v *Line) undress(prefixes *layouts) {
	v.takePrefixes(prefixes)
	v.dress()
}

// takePrefixes takes off those that are in the table.
func (v *Line) takePrefixes(prefixes *layouts) {
	for range maxPrefixes {
		if len(v.Text) == 0 || prefixes[v.Text[0]] == nil {
			break
		}
		var m Match
		text := v.Text[:min(len(v.Text), LongestPrefix)]
		if prefixes == Known && v.bare.knows(text) {
			break
		}
		if !prefixes.Longest(text, v.Narrow, &m) {
			if prefixes == Known {
				v.keepBare(text)
			}
			break
		}
		v.takeOff(&m)
	}
}

// dress takes off a prefix that was learnt, and says whose line it is.
func (v *Line) dress() {
	if v.learn(); len(v.taught) > 0 {
		v.undressLearnt()
	}
	if string(v.key) != v.Dress {
		v.Dress = string(v.key)
	}
}

func (v *Line) takeOff(m *Match) {
	if m.layout.text == narrowClock && m.n < len(v.Text) && v.Text[m.n] != ' ' {
		v.Narrow = true
	}
	if v.stamp == nil && m.stamp.To > 0 {
		v.stamp = v.Text[m.stamp.From:m.stamp.To]
	}
	v.GoesOn = v.GoesOn || m.goesOn
	v.Escaped = v.Escaped || m.layout.escapes
	v.key = append(v.key, m.layout.kind...)
	for _, w := range m.writer[:m.writers] {
		v.key = append(append(v.key, ' '), v.Text[w.From:w.To]...)
	}
	v.key = append(v.key, '\n')
	v.Prefix = v.After(m.n - 1)
	v.Cut(m.n)
}

// dates are those that the words of a program may stand behind, as if they were
// syslog's: GitHub's, and that of ts.
var dates = []string{"2026-11-24T03:59:21Z ", "Nov 24 03:59:21 "}

// HeadLen is how much of a text is taken for a part of the prefix if a date stands in
// front: of "celery worker[17]: text", which syslog writes as well, up to the text.
// 0: nothing is.
func HeadLen(text []byte) int {
	var v Line
	most := 0
	for _, date := range dates {
		v.Look(append([]byte(date), text...))
		most = max(most, v.Prefix-len(date))
	}
	return most
}

// isLevel is for the levels of logging as programs write them by themselves.
func isLevel(b []byte) bool {
	switch string(b) {
	case "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL":
		return true
	}
	return false
}

// Stamp returns when a line was written, if a CI system or log collector has
// written it in front of the line, with the date: as it stands there, in RFC 3339
// or with a space in place of the T, with or without a fraction and a zone; a
// number of seconds or milliseconds, such as Buildkite's, in RFC 3339.
func Stamp(line []byte) (text string, ok bool) {
	var v Line
	return v.StampOf(line)
}

// StampOf is Stamp, of a line that no other line has told anything of. It reuses v's memory, but for what is kept of lines.
func (v *Line) StampOf(line []byte) (text string, ok bool) {
	*v = Line{texts: v.texts, places: v.places, seqs: v.seqs, bare: v.bare}
	v.Look(line)
	stamp := v.AppendStamp(nil)
	return string(stamp), len(stamp) > 0
}

// AppendStamp puts the Stamp of the line in the place of what is in to, if the line
// has one.
func (v *Line) AppendStamp(to []byte) []byte {
	if v.stamp != nil {
		return append(to[:0], v.stamp...)
	}
	for _, begin := range []string{SectionStart, SectionEnd} {
		if rest, found := bytes.CutPrefix(v.Text, []byte(begin)); found {
			return appendTime(to, rest, time.Second)
		}
	}
	for _, q := range v.seqs {
		if rest, found := bytes.CutPrefix(v.Raw[q.From:q.To], []byte(buildkite+"t=")); found {
			return appendTime(to, rest, time.Millisecond)
		}
	}
	return to
}

// stampLayouts are how the times in front of lines are written, with a zone and
// without one.
var stampLayouts = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05"}

// Time reads a Stamp. zoned: it says in which zone; else it is taken for UTC.
func Time(stamp string) (t time.Time, zoned, ok bool) {
	if len(stamp) < len("2006-01-02T") {
		return t, false, false
	}
	stamp = strings.ReplaceAll(stamp[:10], "/", "-") + "T" + stamp[11:]
	for n, layout := range stampLayouts {
		if t, err := time.Parse(layout, stamp); err == nil {
			return t, n < len(stampLayouts)-1, true
		}
	}
	return t, false, false
}

// firstZone is the zone in which it is a time of day first, of all that there are.
const firstZone = 14 * time.Hour

// Earliest returns the earliest time that a Stamp may stand for: where it has no zone,
// it may be of any.
func Earliest(stamp string) (t time.Time, ok bool) {
	t, zoned, ok := Time(stamp)
	if !zoned {
		t = t.Add(-firstZone)
	}
	return t, ok
}

// What a section of GitLab's begins with, and its logs, and what it ends with.
const (
	SectionStart = "section_start:"
	SectionEnd   = "section_end:"
)

// appendTime puts the number that a text begins with in the place of what is in to, as
// a time; if there is none, it leaves that.
func appendTime(to, text []byte, unit time.Duration) []byte {
	const most = 16 // figures
	n, value := 0, int64(0)
	for n < len(text) && n <= most && isDigit(text[n]) {
		value = 10*value + int64(text[n]-'0')
		n++
	}
	if n == 0 || n > most {
		return to
	}
	perSecond := int64(time.Second / unit)
	return time.Unix(value/perSecond, value%perSecond*int64(unit)).UTC().AppendFormat(to[:0], time.RFC3339Nano)
}
