package skeleton

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const (
	// similar is which part of the words must be the same.
	similar = 0.6
	// fewLetters is how much text a template must keep that is merged.
	fewLetters = 8
)

// outcomes are words that say how something went: lines that differ in one are not the same, however
// similar.
var outcomes = lazyregexp.New(`(?i)(?:^|[^a-z])` + OutcomeWords + `(?:$|[^a-z])`)

// OutcomeWords is an expression for them.
const OutcomeWords = `(?:(?:un)?success\w*|succeed\w*|ok|pass|passed|passes|fail\w*|errors?|err|fatal|critical|warn\w*|denied|refused|rejected|invalid|missing|lost|killed|timeout|timed|` +
	`skip\w*|changed?|unchanged|up|down|start\w*|stop\w*|running|dead|crash\w*|true|false|yes|no|not|none|never|enabled|disabled|(?:un)?reachable|(?:in)?active|open\w*|close[ds]?|closing|connected|disconnected|` +
	`added|removed|allow\w*|accepted|granted|abort\w*|corrupt\w*|expired|full|empty|healthy|unhealthy|degraded|broken|online|offline|exceed\w*|unable|cannot|panic\w*|exception\w*)`

// SaysOutcome reports whether a word says how something went.
func SaysOutcome(word string) bool { return outcomes.MatchString(word) }

// Merge returns what two texts of as many words have in common; nil when that is too little, or when
// words differ that carry the meaning.
func Merge(a, b []string) []string {
	if len(a) != len(b) {
		return nil
	}
	same, known, letters := 0, 0, 0
	for i := range a {
		switch {
		case a[i] == Any || b[i] == Any:
			known++
		case a[i] == b[i]:
			known++
			same++
			letters += LetterCount(a[i])
		case differInWords(a[i], b[i]):
			return nil
		}
	}
	if float64(known) < similar*float64(len(a)) || 2*same < len(a) || letters < fewLetters {
		return nil
	}
	return common(a, b)
}

// common returns a text with Any where they differ; nil: they differ in how something went.
func common(a, b []string) []string {
	out := a
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if a[i] != Any && SaysOutcome(a[i]) || b[i] != Any && SaysOutcome(b[i]) {
			return nil
		}
		if &out[0] == &a[0] {
			out = slices.Clone(a)
		}
		out[i] = Any
	}
	return out
}

// differInWords reports whether what two words do not have in common are words of the language in both:
// `"msg":"lost` and `"msg":"sent`.
func differInWords(a, b string) bool {
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	for from > 0 && isLetter(a[from-1]) {
		from--
	}
	a, b = a[from:], b[from:]
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && isLetter(a[len(a)-n]) {
		n--
	}
	return isPlain(a[:len(a)-n]) && isPlain(b[:len(b)-n])
}

// isPlain reports whether a word is one of the language, as far as can be seen. What is in front of "=" is
// the same another time.
func isPlain(w string) bool {
	if at := strings.LastIndexByte(w, '='); at >= 0 {
		w = w[at+1:]
	}
	w = strings.Trim(w, `.,:;!?'"()[]{}<>`)
	if len(w) < 2 {
		return false
	}
	for i := 0; i < len(w); i++ {
		if !isLetter(w[i]) {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// LetterCount counts the letters of a word, without the marks of what varies.
func LetterCount(w string) (n int) {
	for i := 0; i < len(w); i++ {
		switch {
		case isLetter(w[i]), w[i] >= 0x80:
			n++
		case w[i] == 0:
			i++
		}
	}
	return n
}
