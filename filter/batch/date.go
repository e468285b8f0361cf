package batch

import (
	"bytes"
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
)

// dateOf returns when a run began: the first time that stands in front of a line,
// else the time of the file. Times without a zone are taken for UTC.
func dateOf(head []byte, file time.Time) string {
	var v view.Line
	for line := range bytes.Lines(head) {
		stamp, ok := v.StampOf(bytes.TrimRight(line, "\r\n"))
		if t, _, read := view.Time(stamp); ok && read {
			return utc(t)
		}
	}
	return utc(file)
}

// utc writes a time as reports do; the zero time, and one that they cannot write,
// is not known.
func utc(t time.Time) string {
	if t = t.UTC(); t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format(time.RFC3339)
}
