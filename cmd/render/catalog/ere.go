package catalog

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// asERE writes a pattern as an extended regular expression of POSIX, with \b as GNU has it, which grep -E, logcheck and
// rsyslog know. It matches no line that the pattern does not.
func asERE(pattern string) (string, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", lacking(err, "POSIX")
	}
	var b strings.Builder
	if err := ere(&b, re.Simplify()); err != nil {
		return "", err
	}
	return b.String(), nil
}

// simple are what has no parts.
var simple = map[syntax.Op]string{
	syntax.OpEmptyMatch: "()", syntax.OpAnyCharNotNL: ".", syntax.OpAnyChar: ".", syntax.OpBeginText: "^", syntax.OpBeginLine: "^",
	syntax.OpEndText: "$", syntax.OpEndLine: "$", syntax.OpWordBoundary: `\b`, syntax.OpNoWordBoundary: `\B`,
}

// repeats are how often the part of one may come.
var repeats = map[syntax.Op]string{syntax.OpStar: "*", syntax.OpPlus: "+", syntax.OpQuest: "?"}

func ere(b *strings.Builder, re *syntax.Regexp) error {
	if text, ok := simple[re.Op]; ok {
		b.WriteString(text)
		return nil
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			literal(b, r, re.Flags&syntax.FoldCase != 0)
		}
		return nil
	case syntax.OpCharClass:
		return class(b, re.Rune)
	case syntax.OpConcat, syntax.OpAlternate, syntax.OpCapture:
		return parts(b, re)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		b.WriteByte('(')
		err := ere(b, re.Sub[0])
		b.WriteString(")" + repeats[re.Op])
		return err
	}
	return fmt.Errorf("%q, which POSIX does not know", re)
}

// parts writes what has several, or one that is named.
func parts(b *strings.Builder, re *syntax.Regexp) error {
	between := ""
	if re.Op != syntax.OpConcat {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	if re.Op == syntax.OpAlternate {
		between = "|"
	}
	for i, sub := range re.Sub {
		if i > 0 {
			b.WriteString(between)
		}
		if err := ere(b, sub); err != nil {
			return err
		}
	}
	return nil
}

// literal writes a character. fold: in either case.
func literal(b *strings.Builder, r rune, fold bool) {
	if other := unicode.SimpleFold(r); fold && other != r {
		fmt.Fprintf(b, "[%c%c", r, other)
		for ; unicode.SimpleFold(other) != r; other = unicode.SimpleFold(other) {
			b.WriteRune(unicode.SimpleFold(other))
		}
		b.WriteByte(']')
		return
	}
	if strings.ContainsRune(`\.+*?()|[]{}^$`, r) {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

// class writes a set of characters, as pairs of the first and the last. No line holds a line feed, and none is written.
func class(b *strings.Builder, pairs []rune) error {
	negated := len(pairs) > 0 && pairs[len(pairs)-1] == unicode.MaxRune
	if negated {
		pairs = complement(pairs)
	}
	in := without(pairs, '\n')
	switch {
	case len(in) == 0 && negated:
		b.WriteByte('.')
		return nil
	case len(in) == 0:
		return errors.New("a line feed")
	}
	var first, middle, last strings.Builder
	for i := 0; i < len(in); i += 2 {
		lo, hi := in[i], in[i+1]
		switch {
		case lo >= utf8.RuneSelf || hi >= utf8.RuneSelf:
			return errors.New("characters beyond ASCII in a class, which depend on the locale")
		case hi-lo < 3 && strings.ContainsAny(string([]rune{lo, lo + 1, hi}), "]-^["):
			for r := lo; r <= hi; r++ {
				if r == ']' {
					first.WriteRune(r)
				} else {
					last.WriteRune(r)
				}
			}
		case strings.ContainsRune("]-^[", lo), strings.ContainsRune("]-^[", hi):
			return errors.New("a range that begins or ends with a character that means something in a class")
		case lo == hi:
			middle.WriteRune(lo)
		default:
			middle.WriteString(string(lo) + "-" + string(hi))
		}
	}
	b.WriteByte('[')
	if negated {
		b.WriteByte('^')
	}
	text := first.String() + middle.String()
	rest := last.String()
	if text == "" && !negated && strings.HasPrefix(rest, "^") { // which would negate it
		rest = rest[1:] + "^"
		if rest == "^" {
			return errors.New("a class of ^ alone")
		}
	}
	if i := strings.IndexByte(rest, '-'); i >= 0 { // which stands last
		rest = rest[:i] + rest[i+1:] + "-"
	}
	b.WriteString(text + rest + "]")
	return nil
}

// complement is what is not in a set.
func complement(pairs []rune) (out []rune) {
	next := rune(0)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] > next {
			out = append(out, next, pairs[i]-1)
		}
		next = pairs[i+1] + 1
	}
	return out
}

// without leaves a character out of a set.
func without(pairs []rune, r rune) (out []rune) {
	for i := 0; i < len(pairs); i += 2 {
		lo, hi := pairs[i], pairs[i+1]
		if lo > r || hi < r {
			out = append(out, lo, hi)
			continue
		}
		if lo < r {
			out = append(out, lo, r-1)
		}
		if hi > r {
			out = append(out, r+1, hi)
		}
	}
	return slices.Clip(out)
}
