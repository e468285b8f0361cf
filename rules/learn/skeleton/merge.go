package skeleton

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules/mask"
)

const (
	// similar is which part of the words must be the same.
	similar = 0.6
	// fewLetters is how much text a template must keep that is merged.
	fewLetters = 8
)

// SaysOutcome reports whether a word says how something went: lines that differ in one are not the same, however
// similar.
func SaysOutcome(word string) bool {
	for i := 0; i < len(word); i++ {
		if word[i] == 0 { // the kind of what varies
			i++
			continue
		}
		if !isLetter(word[i]) {
			continue
		}
		from := i
		for i < len(word) && isLetter(word[i]) {
			i++
		}
		if isOutcome(strings.ToLower(word[from:i])) {
			return true
		}
		i--
	}
	return false
}

func isOutcome(word string) bool {
	switch word {
	case "ok", "pass", "passed", "passes", "error", "errors", "err", "fatal", "critical", "denied", "refused", "rejected", "invalid", "missing", "lost", "killed", "timeout", "timed", "change", "changed",
		"unchanged", "up", "down", "running", "dead", "true", "false", "yes", "no", "not", "none", "never", "enabled", "disabled", "reachable", "unreachable", "active", "inactive", "close", "closed", "closes",
		"closing", "connected", "disconnected", "added", "removed", "accepted", "granted", "expired", "full", "empty", "healthy", "unhealthy", "degraded", "broken", "online", "offline", "unable", "cannot":
		return true
	}
	for _, stem := range [...]string{"success", "unsuccess", "succeed", "fail", "warn", "skip", "start", "stop", "crash", "open", "allow", "abort", "corrupt", "exceed", "panic", "exception"} {
		if strings.HasPrefix(word, stem) {
			return true
		}
	}
	return false
}

// Merge returns what two texts of as many words have in common; nil when that is too little, or when
// words differ that carry the meaning.
func Merge(a, b []string) []string {
	m, byWords := merge(a, b)
	if byWords {
		return nil
	}
	return m
}

// merge is Merge, and reports whether words of the language are among what differs.
func merge(a, b []string) (m []string, byWords bool) {
	if len(a) != len(b) {
		return nil, false
	}
	if onlyKinds(a, b) {
		return common(a, b), false
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
		case !byWords:
			byWords = differInWords(a[i], b[i])
		}
	}
	if float64(known) < similar*float64(len(a)) || 2*same < len(a) || letters < fewLetters {
		return nil, false
	}
	m = common(a, b)
	return m, byWords && m != nil
}

// onlyKinds reports whether texts differ in nothing but whether a number or an id stands somewhere: an id may have figures only.
func onlyKinds(a, b []string) bool {
	differ := false
	for i := range a {
		if a[i] == b[i] || a[i] == Any || b[i] == Any {
			continue
		}
		if len(a[i]) != len(b[i]) || !sameButKinds(a[i], b[i]) {
			return false
		}
		differ = true
	}
	return differ
}

func sameButKinds(a, b string) bool {
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && !(i > 0 && a[i-1] == 0 && isNumberOrID(a[i]) && isNumberOrID(b[i])) {
			return false
		}
	}
	return true
}

func isNumberOrID(kind byte) bool { return kind == byte(mask.Number) || kind == byte(mask.ID) }

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
