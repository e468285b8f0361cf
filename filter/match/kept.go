package match

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match/site"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// What hosts say when an operation fails is mostly the same: a line that a rule names and leaves where it is. So such lines are remembered, as
// they stand, and where one comes again while nothing else is going on, it is what it was. It is counted each time.

const (
	// maxKept is how many are remembered.
	maxKept = 512
	// longestKept bounds the bytes of one.
	longestKept = 160
)

// A keptLine is one that is remembered.
type keptLine struct {
	single
	text string // what is kept of it as an issue
}

// keptLines are those of hosts, by all of their bytes.
type keptLines struct {
	of  map[string]keptLine
	off bool // none is remembered
	// lone: nothing was going on when the line began that is looked at, which may be remembered then.
	lone bool
}

// ofHost is what the lines of hosts begin with. There is no prefix in front of one, unless one was learnt.
const ofHost = "    ["

// keptAgain takes a line that is remembered, if p begins with one, and returns how many bytes it is. w is the writer that is alone.
func (w *writer) keptAgain(p []byte) (n int) {
	m := w.Matcher
	if len(m.kept.of) == 0 || !bytes.HasPrefix(p, []byte(ofHost)) || !m.view.Untaught() {
		return 0
	}
	n = bytes.IndexByte(p[:min(len(p), longestKept)], '\n') + 1
	k, ok := m.kept.of[string(p[:n])]
	if !ok {
		return 0
	}
	m.last, m.named = w, false
	m.work++
	w.at = w.line
	w.tally.Count(k.rule.Rule, tally.Occurrence{Line: w.line, Last: w.line, Lines: 1, Stamp: w.stamp, Where: w.where(), Host: k.host, Site: w.siteFor(k.rule.Rule, "", w.stamp), Text: k.text})
	w.queue.Fold(p[:n], w.line, hold.Owner{Rule: k.rule.Rule})
	w.row++
	return n
}

// keepLine remembers the line that is in view, if what it is hangs on nothing but its bytes. text is what a rule has taken of it, at is what was counted.
func (w *writer) keepLine(found single, text []byte, at tally.Occurrence) {
	v, k := w.view, &w.kept
	if !k.lone || k.off || found.rule.Rule.Folds() || found.rule.Repeat || len(found.undecided) > 0 ||
		len(v.Raw) > longestKept || !bytes.HasPrefix(v.Raw, []byte(ofHost)) || !isBare(v) || len(text) != len(v.Text) || site.Named(text) {
		return
	}
	if k.of == nil || len(k.of) >= maxKept {
		k.of = map[string]keptLine{}
	}
	k.of[string(v.Raw)] = keptLine{found, at.Text}
}

// isBare reports whether a whole line is seen as it stands, but for its LF.
func isBare(v *view.Line) bool {
	return v.IsLine() && !v.Inner && v.Dress == "" && v.Prefix == 0 && !v.Wrapped && !v.GoesOn && !v.Escaped && v.Untaught() &&
		len(v.Text)+1 == len(v.Raw) && bytes.HasPrefix(v.Raw, v.Text) && v.Raw[len(v.Text)] == '\n'
}
