package hold

import "github.com/orbfilter/orbfilter/filter/view"

// A Known is what a line, or a frame, is to the queue that nobody has a part in, and that may come again.
type Known struct {
	text   text
	stands bool // something of it is to be seen
}

// KnownOf returns it. The line has no prefix, and nothing is wrapped around it.
func KnownOf(v *view.Line) Known {
	return Known{textOf(v, 0, view.Span{From: 0, To: len(v.Raw)}), !isBlank(v.Text)}
}

// MayRepeat reports whether a line that nobody has a part in may be put by PutAgain.
func (q *Queue) MayRepeat() bool { return !q.margin.waits && q.wrapper == nil }

// PutAgain is Put for what is known, as if it were looked at.
func (q *Queue) PutAgain(k *Known, raw []byte, number int, a *Account) {
	if k.stands {
		q.Stand()
	}
	q.put(segment{raw: raw, line: number, account: a, text: k.text})
}
