package audit

import "syscall"

// Limit lets n more bytes be written, and no more: a disk that is full. If
// again, there is room for all that comes after.
func (w *Writer) Limit(n int, again bool) {
	w.to = unpacked{&limited{w.to, n, again}}
}

type limited struct {
	packer
	left  int
	again bool
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) <= l.left {
		l.left -= len(p)
		return l.packer.Write(p)
	}
	n, _ := l.packer.Write(p[:l.left])
	l.left = 0
	if l.again {
		l.left = 1 << 40
	}
	return n, syscall.ENOSPC
}
