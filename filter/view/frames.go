package view

import "bytes"

// A line that is overwritten is several frames: a spinner, a progress bar.

// FrameLen returns the length of the frame that b begins with: up to a CR
// that does not belong to a line end, and the erasing sequence behind it. It
// is 0 when b holds no whole frame, or when what follows is not there yet; seen
// is from where to look again then. The bytes before from were looked at.
func FrameLen(b []byte, from int) (n, seen int) {
	for i := from; ; {
		j := bytes.IndexByte(b[i:], '\r')
		if j < 0 {
			return 0, len(b)
		}
		i += j + 1
		rest := b[i:]
		switch behind := bytes.TrimLeft(rest, "\r"); {
		case len(behind) > 0 && behind[0] == '\n':
			i += len(rest) - len(behind) // CR LF, CR CR LF
			continue
		case len(behind) < len(rest) && len(behind) > 0:
			return i, 0 // an empty frame follows
		case len(behind) == 0 || couldErase(rest):
			return 0, i - 1
		}
		return i + eraseLen(rest), 0
	}
}

// couldErase reports whether b is the beginning of an erasing sequence, and not yet all of it.
func couldErase(b []byte) bool {
	for _, el := range erasing {
		if len(b) < len(el) && el[:len(b)] == string(b) {
			return true
		}
	}
	return false
}

// LastFrame is what is to be seen of a line that was overwritten: the last of
// its frames that has text.
func LastFrame(raw []byte) []byte {
	raw = bytes.TrimRight(raw, "\r")
	for {
		i := bytes.LastIndexByte(raw, '\r')
		if i < 0 || len(bytes.TrimSpace(raw[i+1+eraseLen(raw[i+1:]):])) > 0 {
			return raw[i+1:]
		}
		raw = raw[:i]
	}
}
