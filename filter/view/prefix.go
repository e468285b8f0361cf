package view

import (
	"bytes"
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
func MayHavePrefix(text []byte) bool { return len(text) > 0 && Known[text[0]] != nil }

// Longest finds the longest layout that a text begins with, and writes to best how
// it fits. narrow: the one with two spaces behind a clock is none.
func (all *layouts) Longest(text []byte, narrow bool, best *Match) (ok bool) {
	if len(text) == 0 {
		return false
	}
	var m Match
	for _, l := range all[text[0]] {
		if narrow && l.text == wideClock {
			continue
		}
		if l.match(text, &m) && (!ok || m.n > best.n) {
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
	v.key = v.key[:0]
	for range maxPrefixes {
		if len(v.Text) == 0 || prefixes[v.Text[0]] == nil {
			break
		}
		var m Match
		if !prefixes.Longest(v.Text[:min(len(v.Text), LongestPrefix)], v.Narrow, &m) {
			break
		}
		v.takeOff(&m)
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
	v.Prefix = v.At(m.n-1) + 1
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
	v.Look(line)
	switch {
	case v.stamp != nil:
		return string(v.stamp), true
	case bytes.HasPrefix(v.Text, []byte(sectionStart)):
		return unixTime(v.Text[len(sectionStart):], time.Second)
	}
	for _, q := range v.seqs {
		if rest, found := bytes.CutPrefix(line[q.From:q.To], []byte(buildkite+"t=")); found {
			return unixTime(rest, time.Millisecond)
		}
	}
	return "", false
}

// sectionStart begins a section of GitLab's, and with it its logs.
const sectionStart = "section_start:"

// unixTime reads the number that a text begins with.
func unixTime(text []byte, unit time.Duration) (string, bool) {
	const most = 16 // figures
	n, value := 0, int64(0)
	for n < len(text) && n <= most && isDigit(text[n]) {
		value = 10*value + int64(text[n]-'0')
		n++
	}
	if n == 0 || n > most {
		return "", false
	}
	perSecond := int64(time.Second / unit)
	return time.Unix(value/perSecond, value%perSecond*int64(unit)).UTC().Format(time.RFC3339Nano), true
}
