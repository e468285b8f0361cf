package learn

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// wordsOf cuts a line into words. A word begins with the space that is in front
// of it.
func wordsOf(pieces []mask.Piece) [][]mask.Piece {
	words := [][]mask.Piece{nil}
	add := func(p mask.Piece) { words[len(words)-1] = append(words[len(words)-1], p) }
	for _, p := range pieces {
		switch {
		case p.Pattern == mask.HostPrefix:
			add(p)
			words = append(words, nil)
		case p.Variable && strings.TrimSpace(p.Text) == "":
			words = append(words, []mask.Piece{p})
		case p.Variable:
			add(p)
		default:
			for i, w := range strings.Split(p.Text, " ") {
				if i > 0 {
					words, w = append(words, nil), " "+w
				}
				add(mask.Piece{Text: w, Pattern: mask.Quote(w)})
			}
		}
	}
	return words
}

// tokensOf are the patterns of the words of a line.
func tokensOf(pieces []mask.Piece) []string {
	words := wordsOf(pieces)
	tokens := make([]string, len(words))
	for i, w := range words {
		tokens[i] = mask.Expression(w)
	}
	return tokens
}

// generalize takes words as varying that do in a template.
func generalize(pieces []mask.Piece, tokens []string) (out []mask.Piece) {
	words := wordsOf(pieces)
	for i, w := range words {
		if len(words) != len(tokens) || !isAny(tokens[i]) {
			out = append(out, w...)
			continue
		}
		text := textOf(w)
		word := strings.TrimLeft(text, " ")
		if space, _ := split(tokens[i]); space != "" {
			out = append(out, mask.Piece{Text: text[:len(text)-len(word)], Pattern: space, Variable: space != " "})
		}
		out = append(out, mask.Piece{Text: word, Pattern: anyWord, Variable: true})
	}
	return out
}

func textOf(pieces []mask.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// split cuts the space off a word.
func split(token string) (space, word string) {
	for _, s := range []string{" +", " "} {
		if w, ok := strings.CutPrefix(token, s); ok {
			return s, w
		}
	}
	return "", token
}

func isAny(token string) bool {
	_, w := split(token)
	return w == anyWord
}

// outcome are words that say how something went: lines that differ in one are
// not the same, however similar.
var outcomes = lazyregexp.New(`(?i)^\W*(?:(?:un)?success\w*|succeed\w*|ok|pass\w*|fail\w*|errors?|err|fatal|critical|warn\w*|denied|refused|rejected|invalid|missing|lost|killed|timeout|timed|` +
	`skip\w*|changed?|unchanged|up|down|start\w*|stop\w*|running|dead|crash\w*|true|false|yes|no|not|enabled|disabled|(?:un)?reachable|(?:in)?active)\W*$`)

// merge returns what two templates have in common; nil when that is too little.
func merge(a, b []string) []string {
	same, known, letters := 0, 0, 0
	var out []string
	for i := range a {
		if a[i] == b[i] || isAny(a[i]) {
			known++
		}
		if a[i] == b[i] && !isAny(a[i]) {
			same++
			letters += draft.LetterCount(a[i])
			continue
		}
		as, aw := split(a[i])
		bs, bw := split(b[i])
		if as != bs || strings.Contains(aw+bw, " ") || outcomes.MatchString(aw) || outcomes.MatchString(bw) {
			return nil
		}
		if out == nil {
			out = slices.Clone(a)
		}
		out[i] = as + anyWord
	}
	if float64(known) < similar*float64(len(a)) || 2*same < len(a) || letters < fewLetters {
		return nil
	}
	if out == nil {
		return a
	}
	return out
}
