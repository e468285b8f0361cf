package skeleton

import "strings"

// Signature appends what is left of a line without its numbers and addresses.
// Lines with one signature have one template. It is much faster to find than
// that.
func Signature(to []byte, line string) []byte {
	for i := 0; i < len(line); {
		n := 0
		if to, n = skipNumber(to, line, i); n > 0 {
			i += n
			continue
		}
		to = append(to, line[i])
		i++
	}
	return to
}

// skipNumber appends what stands for a number or an address at i in the line,
// if there is one, and returns its length.
func skipNumber(to []byte, line string, i int) (out []byte, n int) {
	const zeros = "0000" // a clock has two figures, a year four
	begins := i == 0 || !plainWord(line[i-1])
	c := line[i]
	if (c < '0' || c > '9') && (c < 'a' || c > 'f' || !begins) {
		return to, 0
	}
	n, figures := hexRun(line[i:])
	switch {
	case n == 1 && strings.HasPrefix(line[i:], "0x"):
		n, _ = hexRun(line[i+2:])
		return append(to, "0x"...), 2 + n
	case n >= 6 && figures > 0 && figures < n && begins && (i+n == len(line) || !plainWord(line[i+n])):
		return append(to, '#'), n
	case c <= '9':
		n = len(line) - i - len(strings.TrimLeft(line[i:], "0123456789"))
		return append(to, zeros[:min(n, len(zeros))]...), n
	}
	return to, 0
}

func plainWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// hexRun returns how many hexadecimal digits a text begins with, and how many
// of these are decimal.
func hexRun(text string) (n, figures int) {
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
