package skeleton

import "encoding/binary"

// Signature appends what is left of a line without its numbers and addresses.
// Lines with one signature have one template. It is much faster to find than
// that.
func Signature[T string | []byte](to []byte, line T) []byte {
	from := 0
	for i := 0; i < len(line); {
		if line[i] < '0' || line[i] > '9' {
			i++
			continue
		}
		at := hexFrom(line, from, i)
		to = append(to, line[from:at]...)
		n := 0
		if to, n = skipNumber(to, line, at); n == 0 { // letters of a word that is no hash
			to = append(to, line[at:i]...)
			to, n = skipNumber(to, line, i)
			at = i
		}
		from, i = at+n, at+n
	}
	return append(to, line[from:]...)
}

// hexFrom returns where the letters begin in front of a figure, if these begin a word and may be of a hash; else the figure. Nothing in front of from is
// looked at.
func hexFrom[T string | []byte](line T, from, figure int) int {
	at := figure
	for at > from && line[at-1] >= 'a' && line[at-1] <= 'f' {
		at--
	}
	if at > 0 && plainWord(line[at-1]) {
		return figure
	}
	return at
}

// HasFigures reports whether a line has any; else it is its own signature.
func HasFigures(line []byte) bool {
	const low, high, zeros, most = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080, 0x3030303030303030, 0x7676767676767676
	for ; len(line) >= 8; line = line[8:] { // of each byte, the highest bit is left if it is no figure
		x := binary.LittleEndian.Uint64(line) ^ zeros
		if ((x&low+most)|x)&high != high {
			return true
		}
	}
	for _, c := range line {
		if c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}

// skipNumber appends what stands for a number or an address at i in the line,
// if there is one, and returns its length.
func skipNumber[T string | []byte](to []byte, line T, i int) (out []byte, n int) {
	const zeros = "0000" // a clock has two figures, a year four
	begins := i == 0 || !plainWord(line[i-1])
	c := line[i]
	if (c < '0' || c > '9') && (c < 'a' || c > 'f' || !begins) {
		return to, 0
	}
	n, figures := hexRun(line[i:])
	switch {
	case n == 1 && c == '0' && i+1 < len(line) && line[i+1] == 'x':
		n, _ = hexRun(line[i+2:])
		return append(to, "0x"...), 2 + n
	case n >= 6 && figures > 0 && figures < n && begins && (i+n == len(line) || !plainWord(line[i+n])):
		return append(to, '#'), n
	case c <= '9':
		for n = 0; i+n < len(line) && line[i+n] >= '0' && line[i+n] <= '9'; n++ {
		}
		return append(to, zeros[:min(n, len(zeros))]...), n
	}
	return to, 0
}

func plainWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// hexRun returns how many hexadecimal digits a text begins with, and how many
// of these are decimal.
func hexRun[T string | []byte](text T) (n, figures int) {
	for n < len(text) {
		switch c := text[n]; {
		case c >= '0' && c <= '9':
			figures++
		case c < 'a' || c > 'f':
			return n, figures
		}
		n++
	}
	return n, figures
}
