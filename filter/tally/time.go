package tally

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

// Asked is how often it has mattered when something was written.
func (t *Tally) Asked() int { return t.asked }

// wasThere reports whether what is installed since then was there when something was
// written that has this date. What is not known was not.
func (t *Tally) wasThere(since time.Time, stamp []byte) bool {
	if !t.options.Recorded {
		return true
	}
	if !since.IsZero() {
		t.asked++
	}
	written := t.options.Written
	if date, ok := view.Earliest(string(stamp)); ok {
		written = date
	}
	return !since.IsZero() && since.Before(written)
}
