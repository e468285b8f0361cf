package slots

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules/mask"
)

// A word is one of a line, without the space in front of it.
type word struct {
	space  string // as it stands there
	pieces []mask.Piece
}

func (w *word) text() string {
	var b strings.Builder
	for _, p := range w.pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// wordsOf cuts a message into words: as many as its skeleton has.
func wordsOf(pieces []mask.Piece) []word {
	words := []word{{}}
	for _, p := range pieces {
		last := &words[len(words)-1]
		switch {
		case p.Kind == mask.Space:
			words = append(words, word{space: p.Text})
		case p.Variable:
			last.pieces = append(last.pieces, p)
		default:
			for i, text := range strings.Split(p.Text, " ") {
				if i > 0 {
					words = append(words, word{space: " "})
				}
				if text != "" {
					last = &words[len(words)-1]
					last.pieces = append(last.pieces, mask.Piece{Text: text, Pattern: mask.Quote(text)})
				}
			}
		}
	}
	return words
}

// maxSeen is how many different words of a slot are counted.
const maxSeen = 64

// see takes in a word that stands in the place of the slot.
func (s *slot) see(w *word, count int, first bool) {
	switch {
	case len(w.space) > 1:
		s.space = " +"
	case s.space == "":
		s.space = w.space
	}
	kinds := shape(w.pieces)
	if first {
		s.kinds = kinds
		for _, p := range w.pieces {
			s.parts = append(s.parts, part{kind: p.Kind, variable: p.Variable})
		}
	}
	if kinds != s.kinds {
		s.any = true
	} else {
		for i, p := range w.pieces {
			s.parts[i].patterns = add(s.parts[i].patterns, p.Pattern)
		}
	}
	text := w.text()
	pattern := mask.Expression(w.pieces)
	s.texts = add(s.texts, pattern)
	if strings.Contains(text, " ") {
		s.spaced = add(s.spaced, pattern)
	}
	s.masked = (first || s.masked) && !slices.ContainsFunc(w.pieces, func(p mask.Piece) bool { return !p.Variable && hasLetter(p.Text) })
	s.count(text, count)
}

func add(to []string, text string) []string {
	if slices.Contains(to, text) || len(to) > 2*maxSeen {
		return to
	}
	return append(to, text)
}

func (s *slot) count(text string, count int) {
	i := slices.IndexFunc(s.seen, func(v Value) bool { return v.Text == text })
	switch {
	case i >= 0:
		s.seen[i].Count += count
	case len(s.seen) < maxSeen:
		s.seen = append(s.seen, Value{text, count})
	default:
		s.more++
	}
}

// shape is the same for words of the same pieces: their kinds, and what is the same each time.
func shape(pieces []mask.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Variable {
			b.WriteByte(0)
			b.WriteByte(byte(p.Kind))
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// settle makes the patterns. more: not all words were seen.
func (s *slot) settle(open bool, more int, narrow bool) {
	if s.any = s.any || open; s.any {
		s.parts = []part{{pattern: s.wordPattern(more, narrow), variable: true}}
		return
	}
	for i := range s.parts {
		p := &s.parts[i]
		if !p.variable {
			p.pattern = p.patterns[0]
			continue
		}
		p.pattern = ofKind(p.kind, p.patterns, !narrow && (more+s.more > 0 || s.goesOn()), narrow)
		s.any = s.any || len(p.patterns) > 1 && p.kind != mask.Number && p.kind != mask.Time && len(s.parts) == 1
	}
}

// goesOn reports whether words are to come that were not there yet: the chance of one is about that of one
// that was there once (I. J. Good, Biometrika 1953).
func (s *slot) goesOn() bool {
	once, all := 0, 0
	for _, v := range s.seen {
		all += v.Count
		if v.Count == 1 {
			once++
		}
	}
	return len(s.seen) > 2 && 10*once > all
}

// wordPattern takes the words that were seen. Of more than a few, and where names and numbers go on that are no words
// of the language, it takes what looks like them and does not say how something went.
func (s *slot) wordPattern(more int, narrow bool) string {
	closed := more == 0 && s.more == 0 && !(s.goesOn() && s.names())
	if narrow || len(s.texts) <= few && (closed || s.masked) {
		return oneOf(s.texts)
	}
	return oneOf(append([]string{noOutcome + class(s.seen)}, s.spaced...))
}

// names reports whether none of the words is one of the language.
func (s *slot) names() bool {
	return !slices.ContainsFunc(s.seen, func(v Value) bool { return !strings.ContainsAny(v.Text, "0123456789/\\_:@") })
}

// class takes words of the characters that were seen.
func class(seen []Value) string {
	seen = slices.DeleteFunc(slices.Clone(seen), func(v Value) bool { return strings.Contains(v.Text, " ") })
	if len(seen) == 0 {
		return `\S+`
	}
	from, to := common(seen)
	class := ""
	for _, c := range [][2]string{{lettersOnly, `[A-Za-z]+`}, {lettersOnly + "0123456789_", `\w+`}, {lettersOnly + "0123456789_.-", `[\w.-]+`}, {lettersOnly + "0123456789_.:@/+-", `[\w.:@/+-]+`}} {
		if class == "" && !slices.ContainsFunc(seen, func(v Value) bool {
			return strings.Trim(inside(v.Text, from, to), c[0]) != "" || inside(v.Text, from, to) == ""
		}) {
			class = c[1]
		}
	}
	if class == "" {
		return `\S+`
	}
	first := seen[0].Text
	return mask.Quote(first[:from]) + class + mask.Quote(first[len(first)-to:])
}

const lettersOnly = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

func inside(text string, from, to int) string {
	if from+to >= len(text) {
		return ""
	}
	return text[from : len(text)-to]
}

// common is how much all words begin and end with, up to letters and figures. Figures are others each time.
func common(seen []Value) (from, to int) {
	first := seen[0].Text
	from, to = len(first), len(first)
	for _, v := range seen[1:] {
		from = min(from, len(v.Text))
		for from > 0 && v.Text[:from] != first[:from] {
			from--
		}
		to = min(to, len(v.Text))
		for to > 0 && v.Text[len(v.Text)-to:] != first[len(first)-to:] {
			to--
		}
	}
	if n := strings.IndexAny(first[:from], "0123456789"); n >= 0 {
		from = n
	}
	if n := strings.LastIndexAny(first[len(first)-to:], "0123456789"); n >= 0 {
		to -= n + 1
	}
	for from > 0 && strings.IndexByte(lettersOnly+"0123456789_", first[from-1]) >= 0 {
		from--
	}
	for to > 0 && strings.IndexByte(lettersOnly+"0123456789_", first[len(first)-to]) >= 0 {
		to--
	}
	if from+to >= len(first) {
		return 0, 0
	}
	return from, to
}

// pieces appends a word of a line, with the patterns of the slot.
func (s *slot) pieces(to []mask.Piece, w *word) []mask.Piece {
	if s.space != "" {
		pattern := s.space
		to = append(to, mask.Piece{Text: w.space, Pattern: pattern, Variable: pattern != " ", Kind: kindOfSpace(pattern)})
	}
	if len(s.parts) == len(w.pieces) && !(len(s.parts) == 1 && s.any) {
		for i, p := range w.pieces {
			p.Pattern = s.parts[i].pattern
			to = append(to, p)
		}
		return to
	}
	if len(s.parts) == 0 {
		return to
	}
	return append(to, mask.Piece{Text: w.text(), Pattern: s.parts[0].pattern, Variable: true})
}

func kindOfSpace(pattern string) mask.Kind {
	if pattern == " " {
		return 0
	}
	return mask.Space
}

// oneOf is an expression for each of several.
func oneOf(patterns []string) string {
	if len(patterns) == 1 {
		return patterns[0]
	}
	return "(?:" + strings.Join(patterns, "|") + ")"
}

// ofKind takes what was seen of a kind, or anything of it if that was much, or if there is more of it.
func ofKind(kind mask.Kind, patterns []string, more, narrow bool) string {
	wide := ""
	switch kind {
	case mask.Path:
		wide = `[^\s"']*[\\/][^\s"']*`
	case mask.Web:
		wide = `[A-Za-z][\w+.-]*://[^\s"'<>]+`
	case mask.AHost:
		wide = `[\w.:-]+`
	case mask.User:
		wide = `[\w.@+-]+`
	case mask.ID:
		wide = `[\w+/=:-]+`
	}
	if wide != "" && (len(patterns) > few && !narrow || more && len(patterns) > 1) {
		return wide
	}
	return oneOf(patterns)
}

func hasLetter(text string) bool { return strings.ContainsAny(text, lettersOnly) }
