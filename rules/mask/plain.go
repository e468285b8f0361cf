package mask

// Most words of most lines are words: nothing varies in them, and nothing is to be looked for there.

// A letter is what counts of a byte in a plain word.
type letter uint8

const (
	isSmall   letter = 1 << iota
	isCapital        // a random text has some
	isHexed          // a hash has only these
	isEnd            // what may stand behind a word, in front of a space, and makes nothing of it
)

var letterOf = newLetterOf()

func newLetterOf() (out [256]letter) {
	for _, c := range []byte(lower) {
		out[c] = isSmall
	}
	for _, c := range []byte(upper) {
		out[c] = isCapital
	}
	for _, c := range []byte("abcdefABCDEF") {
		out[c] |= isHexed
	}
	for _, c := range []byte(",:;") {
		out[c] = isEnd
	}
	return out
}

// plainWords returns how much of a line, from a place on where a word may begin, is words of letters with one space behind each, in
// which nothing varies that a finder looks for; 0: what stands there has to be looked at.
func plainWords(line string, at int) int {
	if at > 0 && line[at-1] != ' ' {
		return 0
	}
	for n := at; ; {
		to := plainWord(line, n)
		if to == n || to == len(line) || to+1 == len(line) || line[to+1] == ' ' { // a run of spaces
			return to - at
		}
		n = to + 1
	}
}

// plainWord returns where the word ends that begins at a place; there: it may be one in which something varies.
func plainWord(line string, at int) int {
	n, capitals, hexed := at, 0, 0
	for n < len(line) && letterOf[line[n]]&(isSmall|isCapital) != 0 {
		capitals += int(letterOf[line[n]]&isCapital) >> 1
		hexed += int(letterOf[line[n]]&isHexed) >> 2
		n++
	}
	to := n
	if to < len(line) && letterOf[line[to]] == isEnd {
		to++
	}
	size := n - at
	switch {
	case size == 0, to < len(line) && line[to] != ' ':
		return at
	case size == hexed && size >= leastHash, capitals >= fewCapitals && size >= leastToken, isCalendar(line[at:]):
		return at
	case size <= longestLead && leadOf(line[at:n]) != 0:
		return at
	}
	return to
}
