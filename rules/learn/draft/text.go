package draft

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// How a draft is called, and which text is like its sample and is none.

// maxTitle is how long a title is, in characters; lint says more of it.
const maxTitle = 100

// titled makes a title of a text.
func titled(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }), " ")
	if r := []rune(text); len(r) > maxTitle {
		text = strings.TrimRight(string(r[:maxTitle]), " ") + "…"
	}
	return strings.TrimRight(text, ". ")
}

// gist is a line with … in place of what varies. What may be missing is taken apart once more, and
// no further: what Mask makes of a text is never optional.
func gist(pieces []mask.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch {
		case p.Pattern == mask.HostPrefix:
		case !p.Variable:
			b.WriteString(p.Text)
		case p.Optional:
			b.WriteString(gist(mask.Mask(p.Text)))
		case strings.TrimSpace(p.Text) == "":
			b.WriteByte(' ')
		default:
			b.WriteString("…")
		}
	}
	return b.String()
}

var (
	word    = lazyregexp.New(`\pL+`)
	noWords = lazyregexp.New(`^(?:a|an|and|are|as|at|be|by|for|has|have|in|is|it|its|of|on|or|that|the|this|to|was|were|will|with|you|your)$`)
)

const (
	maxIDWords = 5
	maxID      = 48
)

// idWords are the words of a text that an id may have: whole ones, of names as well that are written together
// ("RMCommunicatorAllocator").
func idWords(text string) (out []string) {
	from := -1
	end := func(to int) {
		if from >= 0 {
			out = append(out, text[from:to])
		}
		from = -1
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case !isSmall(c) && !isCapital(c):
			end(i)
		case from < 0:
			from = i
		case isCapital(c) && isSmall(text[i-1]), isCapital(c) && i+1 < len(text) && isSmall(text[i+1]):
			end(i)
			from = i
		}
	}
	end(len(text))
	return out
}

func isSmall(c byte) bool   { return c >= 'a' && c <= 'z' }
func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

// identified makes an id of a text, other than those that are taken. other is
// what it is made of if there are no letters.
func identified(text, other string, taken func(string) bool) string {
	var words []string
	for _, w := range idWords(text) {
		w = strings.ToLower(w)
		if len(w) > 1 && len(words) < maxIDWords && !noWords.MatchString(w) && len(strings.Join(append(words, w), "-")) <= maxID {
			words = append(words, w)
		}
	}
	id := strings.Join(words, "-")
	if len(id) < 3 {
		id = "rule-" + strings.ToLower(other)
	}
	for n, base := 2, id; taken(id); n++ {
		id = base + "-" + number(n)
	}
	return id
}

func number(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return number(n/10) + number(n%10)
}

// goodLiteral is how much text must be the same each time, in bytes. Shorter
// text is too common for each line that has it to be looked at.
const goodLiteral = 8

// literalOf returns the longest text that is in everything a pattern matches.
func literalOf(pattern string) string {
	p, err := rules.NewPattern(pattern)
	if err != nil {
		return ""
	}
	lit, _ := p.Literal()
	return lit
}

// particular reports whether text of some length, which is the same each time,
// is words and not a line that was drawn.
func particular(literal string) bool { return len(literal) >= goodLiteral && LetterCount(literal) >= 3 }

// LetterCount counts the letters of a text.
func LetterCount(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// A swap is a text that differs from a sample in one word.
type swap struct{ text, was, is string }

// maxSwaps is how many words are tried.
const maxSwaps = 12

// swaps returns texts that differ from the lines in one word of what is the
// same each time; the longest words come first.
func swaps(lines []Line) (out []swap) {
	type place struct {
		line, from, to int
		word           string
	}
	var places []place
	for i, l := range lines {
		at := 0
		for n, p := range l.Pieces {
			if !p.Variable && n >= l.Head {
				for _, w := range word.FindAllStringIndex(p.Text, -1) {
					places = append(places, place{i, at + w[0], at + w[1], p.Text[w[0]:w[1]]})
				}
			}
			at += len(p.Text)
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return utf8.RuneCountInString(b.word) - utf8.RuneCountInString(a.word) })
	for _, p := range places[:min(len(places), maxSwaps)] {
		is := "something"
		if p.word == is {
			is = "anything"
		}
		changed := slices.Clone(lines)
		text := lines[p.line].Text
		changed[p.line].Text = text[:p.from] + is + text[p.to:]
		out = append(out, swap{joined(changed), p.word, is})
	}
	return out
}
