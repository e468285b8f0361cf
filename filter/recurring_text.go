package filter

import (
	"bytes"
	"slices"
	"strings"
)

// The skeleton of a line is what is the same of it another time and on another
// machine. It is made by these rules, which fingerprints depend on (see
// FingerprintVersion):
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

// bones appends the skeleton of a text, which has no prefix and no host.
func bones(to, text []byte) []byte {
	begin, last := len(to), uint8(spaceClass)
	to = slices.Grow(to, len(text)) // it is never longer
	for i := 0; i < len(text); {
		class := byteClasses[text[i]]
		from := i
		switch {
		case class&wordClass != 0:
			word := len(to)
			all := uint8(0)
			for c := class; c&wordClass != 0; c = byteClasses[text[i]] {
				all |= c
				to = append(to, text[i])
				if i++; i == len(text) {
					break
				}
			}
			if all&figureClass != 0 {
				to = figure(to[:word], begin)
			}
		case class&spaceClass != 0:
			for i++; i < len(text) && byteClasses[text[i]]&spaceClass != 0; i++ {
			}
			if i < len(text) && len(to) > begin {
				to = append(to, ' ')
			}
		case class&slashClass != 0 && last&wordClass == 0:
			i += pathLen(text[i:])
			to = append(withoutDrive(to, begin), '/')
		default:
			for i++; i < len(text) && text[i] == text[from]; i++ {
			}
			to = append(to, text[from])
		}
		last = class
	}
	return to
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
	raw = lastFrame(raw)
	for {
		i := bytes.IndexByte(raw, esc)
		if i < 0 {
			return append(to, raw...)
		}
		to = append(to, raw[:i]...)
		n, _ := escapeLen(raw[i:])
		raw = raw[i+n:]
	}
}

// isInner reports whether a text is a line in a traceback, but not what it is
// about. frame: it is behind a frame.
func isInner(text []byte, frame bool) bool {
	rest := bytes.TrimLeft(text, " ")
	n, _ := matchTraceback(text)
	return n > 0 || frame && len(rest) < len(text) || len(rest) < len(text) && (isFrame(rest) || len(bytes.Trim(rest, "^~ ")) == 0)
}

// isTraced reports whether a text is of a traceback that comes directly behind
// something. in: the line before is.
func isTraced(text []byte, in bool) bool {
	n, _ := matchTraceback(text)
	return n > 0 || in && len(text) > 0 && (text[0] == ' ' || errorLine.Match(text)) ||
		bytes.HasPrefix(text, []byte("During handling of ")) || bytes.HasPrefix(text, []byte("The above exception "))
}
