package recurring

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/view"
)

// The old signature of a line is what fingerprints of version 1 were made of. It is made of what is reported, for
// baselines that are carried over, and of nothing else:
//
//   - escape sequences, the prefixes of log collectors, pyinfra's "[host] ", and
//     spaces at both ends are left out;
//   - a word (letters, figures, "_" and what is not ASCII) with a figure in it is 0,
//     and so are several with one of .,:-+/ between each two: times, versions, hashes;
//   - a path, from a "/" or "\" that is not behind a word to the next space, quote,
//     bracket, comma or semicolon, is "/", with the drive before it;
//   - spaces, and marks that are repeated, are one.

const (
	letterClass = 1 << iota
	figureClass
	spaceClass
	slashClass
	pathEndClass // ends a path
	joinClass    // stands between numbers that are one

	wordClass = letterClass | figureClass
)

var byteClasses = newByteClasses()

func newByteClasses() (classes [256]uint8) {
	for c := range classes {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= 0x80:
			classes[c] = letterClass
		case c >= '0' && c <= '9':
			classes[c] = figureClass
		case c <= ' ', c == 0x7f:
			classes[c] = spaceClass | pathEndClass
		case c == '/', c == '\\':
			classes[c] = slashClass
		case strings.IndexByte("\"'`<>()[]{},;|", byte(c)) >= 0:
			classes[c] = pathEndClass
		}
		if c == ',' || c == '.' || c == ':' || c == '-' || c == '+' || c == '/' {
			classes[c] |= joinClass
		}
	}
	return classes
}

// oldSignature appends the signature of a text, which has no prefix and no host. Most of a
// text is in its signature as it stands, and is copied in long runs.
func oldSignature(to, text []byte) []byte {
	begin, kept, last := len(to), 0, uint8(spaceClass) // text[kept:i] is still to be copied
	for i := 0; i < len(text); {
		class, from := byteClasses[text[i]], i
		switch {
		case class&wordClass != 0:
			all := class
			for i += 1 + lettersIn(text[i+1:]); i < len(text); i++ {
				c := byteClasses[text[i]]
				if c&wordClass == 0 {
					break
				}
				all |= c
			}
			if all&figureClass != 0 {
				to, kept = figure(append(to, text[kept:from]...), begin), i
			}
		case class&spaceClass != 0:
			i = runEnd(text, i, spaceClass)
			inside := i < len(text) && (len(to) > begin || kept < from)
			if !inside || i > from+1 || text[from] != ' ' {
				to, kept = append(to, text[kept:from]...), i
				if inside {
					to = append(to, ' ')
				}
			}
		case class&slashClass != 0 && last&wordClass == 0:
			i += pathLen(text[i:])
			to, kept = append(withoutDrive(append(to, text[kept:from]...), begin), '/'), i
		default:
			for i++; i < len(text) && text[i] == text[from]; i++ {
			}
			if i > from+1 {
				to, kept = append(to, text[kept:from+1]...), i
			}
		}
		last = class
	}
	return append(to, text[kept:]...)
}

// lettersIn returns how many ASCII letters a text begins with, at least if they are
// fewer than eight. It looks at eight bytes at once: where words end cannot be
// guessed, which costs a processor more than all else here.
func lettersIn(text []byte) (n int) {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	for len(text) >= 8 {
		x := binary.LittleEndian.Uint64(text)
		low := x&^highs | 0x20*ones // a capital is as its small letter, nothing else becomes one
		letters := (low + (0x80-'a')*ones) &^ (low + (0x7f-'z')*ones) &^ x & highs
		if letters != highs {
			return n + bits.TrailingZeros64(^letters&highs)/8
		}
		text, n = text[8:], n+8
	}
	return n
}

// runEnd returns where the run of bytes of a class ends that i is in.
func runEnd(text []byte, i int, class uint8) int {
	for i < len(text) && byteClasses[text[i]]&class != 0 {
		i++
	}
	return i
}

// figure appends a number, unless it is one with the number before.
func figure(to []byte, begin int) []byte {
	if n := len(to); n-begin >= 2 && byteClasses[to[n-1]]&joinClass != 0 && to[n-2] == '0' {
		return to[:n-1]
	}
	return append(to, '0')
}

// withoutDrive cuts the letter of a drive off that stands in front of a path.
func withoutDrive(to []byte, begin int) []byte {
	n := len(to) - 2
	if n < begin || to[n+1] != ':' || byteClasses[to[n]] != letterClass || n > begin && byteClasses[to[n-1]]&wordClass != 0 {
		return to
	}
	return to[:n]
}

// pathLen returns the length of the path that a text begins with.
func pathLen(text []byte) int {
	for i, c := range text {
		if byteClasses[c]&pathEndClass != 0 || c == ':' && (i+1 == len(text) || byteClasses[text[i+1]]&pathEndClass != 0) {
			return i
		}
	}
	return len(text)
}

// plainText appends what is to be seen of a line: its last frame, without escape
// sequences.
func plainText(to, raw []byte) []byte {
	raw = view.LastFrame(raw)
	for {
		i := bytes.IndexByte(raw, view.Esc)
		if i < 0 {
			return append(to, raw...)
		}
		to = append(to, raw[:i]...)
		n, _ := view.EscapeLen(raw[i:])
		raw = raw[i+n:]
	}
}

// isInner reports whether a text is a line in a traceback, but not what it is
// about. frame: it is behind a frame.
func isInner(text []byte, frame bool) bool {
	rest := bytes.TrimLeft(text, " ")
	return cpython.IsHead(text) || frame && len(rest) < len(text) || len(rest) < len(text) && (cpython.IsFrame(rest) || cpython.IsMarks(rest))
}

// isTraced reports whether a text is of a traceback that comes directly behind
// something. in: the line before is.
func isTraced(text []byte, in bool) bool {
	return cpython.IsHead(text) || in && len(text) > 0 && (text[0] == ' ' || cpython.IsError(text)) ||
		bytes.HasPrefix(text, []byte("During handling of ")) || bytes.HasPrefix(text, []byte("The above exception "))
}
