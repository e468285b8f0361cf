package mask

// Most words of most lines are words: nothing varies in them, and nothing is to be looked for there.

// A letter adds up to what counts of a plain word: how many letters it has, how many of these are capitals, of which a random text has some,
// and how many are such as a hash has. 0: it is no letter.
type letter uint64

const (
	capital letter = 1 << 20
	hexed   letter = 1 << 40
	// count is what one of these is counted in.
	count = capital - 1
)

var letterOf = newLetterOf()

func newLetterOf() (out [256]letter) {
	for _, c := range []byte(letters) {
		out[c] = 1
	}
	for _, c := range []byte(upper) {
		out[c] += capital
	}
	for _, c := range []byte("abcdefABCDEF") {
		out[c] += hexed
	}
	return out
}

// isEnd reports whether a character may stand behind a word, in front of a space, and makes nothing of it.
func isEnd(c byte) bool { return c == ',' || c == ':' || c == ';' }

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

// longestPlain bounds a plain word, so that what it adds up to has room.
const longestPlain = 1 << 16

// plainWord returns where the word ends that begins at a place; there: it may be one in which something varies.
func plainWord(line string, at int) int {
	n, sum := at, letter(0)
	for n < len(line) {
		l := letterOf[line[n]]
		if l == 0 {
			break
		}
		sum += l
		n++
	}
	to := n
	if to < len(line) && isEnd(line[to]) {
		to++
	}
	size, capitals := n-at, sum/capital&count
	switch {
	case size == 0, to < len(line) && line[to] != ' ', size > longestPlain:
		return at
	case size >= leastHash && sum/hexed == letter(size), capitals >= fewCapitals && size >= leastToken, capitals > 0 && isCalendar(line[at:]):
		return at
	case leadLengths[line[at]&0x1f]>>min(size, longestLead+1)&1 != 0 && leadOf(line[at:n]) != 0:
		return at
	}
	return to
}

// leadLengths are how long the words are that leads knows, by their first letters, as sets: most words need not be looked up.
var leadLengths = func() (out [32]uint16) {
	for letter, words := range leadWords {
		for _, w := range words {
			out[letter] |= 1 << len(w.text)
		}
	}
	return out
}()
