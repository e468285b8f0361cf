package filter

import (
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
)

// A rule ends by itself where the installation is that of the run. Of a run that
// goes on now it is. Recorded input may be older than what is installed: gevent was
// upgraded, and yesterday's log is filtered once more. So a version that does not
// have the issue speaks against it only if it was there when the issue was written.
//
// When that was, is decided as a block is opened, by its own lines: the end of a
// stream is not known yet, and a log of months has blocks from before the upgrade and
// from after it. The date is the last one that a line was seen with, which is the
// block's own where each line has one. Where there is none, the time of the log file
// stands in.

// date keeps the date of the line that is in view, if it has one.
func (f *Filter) date(v *view.Line) {
	if f.options.Recorded && f.options.Installed != nil {
		f.stamp = v.AppendStamp(f.stamp)
	}
}

// wasThere reports whether what is installed since then was there when something was
// written that has this date. What is not known was not.
func (f *Filter) wasThere(since time.Time, stamp []byte) bool {
	if !f.options.Recorded {
		return true
	}
	written := f.options.Written
	if t, ok := view.Earliest(string(stamp)); ok {
		written = t
	}
	return !since.IsZero() && since.Before(written)
}
