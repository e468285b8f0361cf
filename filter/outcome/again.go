package outcome

import (
	"bytes"
	"cmp"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// A lookedAgain is what is to be seen of a line in the end, as far as it was looked at. Its memory is used for the next one.
type lookedAgain struct {
	begun  bool
	text   []byte
	host   []byte // "[web-01] ", as it stands in front of a frame; empty: no host was named
	writer string
}

// lookLast returns what seen does of the last frame of a line that has text, which is what stays of it. pyinfra names a
// host once in a line: it is in front of the frames behind as well.
func (f *Follower) lookLast(line []byte) (text []byte, writer string) {
	l, dress := &f.again, ""
	l.reset()
	for frame := range frames(bytes.TrimRight(line, "\r")) {
		for f.words.First(frame); ; f.words.Next() {
			text, writer = f.seen(&f.words, dress)
			dress = cmp.Or(dress, f.words.Dress)
			l.take(text, writer)
			if !f.words.Inner {
				break
			}
			if f.words.IsLine() {
				l.host = l.host[:0]
			}
		}
	}
	return l.text, l.writer
}

// keepInner keeps a line, or a frame, of a text in an object that others follow. What is overwritten is not kept.
func (f *Follower) keepInner(text []byte, writer string) {
	if f.within.begun {
		f.inner = f.inner[:len(f.inner)-1]
	}
	f.within.take(text, writer)
	f.inner = append(f.inner[max(0, len(f.inner)-maxBack):], saidBefore{f.within.writer, bytes.Clone(f.within.text)})
	if f.view.IsLine() {
		f.within.reset()
	}
}

func (l *lookedAgain) reset() {
	l.begun, l.text, l.host, l.writer = false, l.text[:0], l.host[:0], ""
}

// take takes in the next frame. With the spaces of pyinfra's logger in front it is as it was written; behind the name of an
// earlier frame there are none, since a result of pyinfra's is a line of its own.
func (l *lookedAgain) take(text []byte, writer string) {
	l.begun = true
	empty := len(bytes.TrimSpace(text)) == 0
	if empty && len(l.text) > 0 {
		return
	}
	n := pyinfra.HostLen(text)
	if n > 0 {
		l.host = append(l.host[:0], bytes.TrimLeft(text[:n], " ")...)
	}
	l.text, l.writer = l.text[:0], writer
	if n == 0 && !empty && !isHeader(text) {
		l.text = append(l.text, l.host...)
	}
	l.text = append(l.text, text...)
}
