package outcome

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
)

// MaxTail is how many lines a tail has.
const MaxTail = 20

// A tail is the last lines that were shown of a stream.
type tail struct {
	lines []string  // each shortened, as it is to be seen
	last  time.Time // when something was shown; the zero time: that is not known
}

// tail returns that of what was shown so far.
func (f *Follower) tail() tail {
	t := tail{last: f.now}
	rest := window(f.above, nil)[0]
	t.add(f.part)
	for len(rest) > 0 && len(t.lines) < MaxTail {
		from := bytes.LastIndexByte(rest[:len(rest)-1], '\n') + 1
		t.add(rest[from:])
		rest = rest[:from]
	}
	slices.Reverse(t.lines)
	return t
}

// add adds what is to be seen of a line in the end, with its prefix.
func (t *tail) add(line []byte) {
	var v view.Line
	text := v.Bare(view.LastFrame(bytes.TrimRight(line, "\r\n")))
	if text = bytes.TrimRight(text, " \t\r\n"); len(text) > 0 {
		t.lines = append(t.lines, strings.ToValidUTF8(string(text[:min(len(text), maxWidth)]), "\uFFFD"))
	}
}

// join puts the tails of two streams one behind the other; which of their lines came first is not
// known. The stream that has shown something last is behind.
func (t tail) join(u tail) tail {
	if u.last.Before(t.last) {
		t, u = u, t
	}
	room := MaxTail - min(len(u.lines), MaxTail/2)
	first := t.lines[max(0, len(t.lines)-room):]
	second := u.lines[max(0, len(u.lines)-(MaxTail-len(first))):]
	return tail{slices.Concat(first, second), u.last}
}
