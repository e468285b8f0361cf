package skeleton

// Signature appends what is left of a line without its numbers and addresses.
// Lines with one signature have one template. It is much faster to find than
// that.
func Signature[T string | []byte](to []byte, line T) []byte {
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
