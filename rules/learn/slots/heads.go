package slots

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules/mask"
)

// The columns in front of a message are words as those of the message are, and say less: of more than a few hosts,
// threads or classes there will be others. How grave a line is stands among them, and may not be another.

// maxForms is how many forms the columns may have: numbers of words.
const maxForms = 4

// A form is the columns of lines that have as many words there.
type form struct{ words []slot }

// head takes in the columns in front of a message.
func (x *Text) head(text string, count int) {
	words := headWords(text)
	i := 0
	for i < len(x.forms) && len(x.forms[i].words) != len(words) {
		i++
	}
	first := i == len(x.forms)
	if first {
		x.forms = append(x.forms, form{make([]slot, len(words))})
	}
	for n := range words {
		x.forms[i].words[n].see(&words[n], count, first)
	}
}

// headWords are the words of columns. What is in brackets is one, unless it begins with a time: then a level may
// follow.
func headWords(text string) (out []word) {
	if text == "" {
		return nil
	}
	words := wordsOf(mask.Message(text))
	for i := 0; i < len(words); i++ {
		n := bracketed(words[i:])
		out = append(out, words[i])
		if n > 1 {
			out[len(out)-1].pieces = []mask.Piece{{Text: joined(words[i : i+n]), Pattern: inBrackets, Variable: true}}
			i += n - 1
		}
	}
	return out
}

const (
	levels = `(?i:err|error|fatal|crit|critical|severe|panic|alert|emerg|emergency|failure)`
	// inBrackets is what may stand in brackets that has spaces in it.
	inBrackets = `\[(?![^\]]*\b` + levels + `\b)[^\]]*\]:?`
	// noLevel keeps a column from being the level of an error.
	noLevel = `(?!(?:\S*[^\w.])?(?:` + levels + `|[EF])(?![\w.]))`
	// wrongLevel keeps columns from having one.
	wrongLevel = `(?!.{0,300}?(?:\b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|ALERT|EMERG)\b|[\[<(]` + levels + `[\])>]))`
)

// bracketed is how many words a pair of brackets goes over; 0: there is none.
func bracketed(words []word) int {
	text := words[0].text()
	if !strings.HasPrefix(text, "[") || len(words[0].pieces) > 1 && words[0].pieces[1].Kind == mask.Time {
		return 0
	}
	for i := range words {
		text := strings.TrimSuffix(words[i].text(), ":")
		if strings.HasSuffix(text, "]") {
			return i + 1
		}
		if strings.Contains(text, "]") {
			return 0
		}
	}
	return 0
}

func joined(words []word) string {
	var b strings.Builder
	for i := range words {
		if i > 0 {
			b.WriteString(words[i].space)
		}
		b.WriteString(words[i].text())
	}
	return b.String()
}

// headsPattern is of all forms that the columns had. Of more than a few it is anything that does not say of itself
// that something went wrong, unless that is what the text is about.
func (x *Text) headsPattern() string {
	var all []string
	length := 0
	for i := range x.forms {
		p := x.formPattern(&x.forms[i])
		all, length = append(all, p), length+len(p)
	}
	if x.Narrow || len(all) <= maxForms && length < maxForms*200 {
		return oneOf(all)
	}
	if x.Bad {
		return `\S.{0,300}? `
	}
	return wrongLevel + `\S.{0,300}? `
}

func (x *Text) formPattern(f *form) string {
	var b strings.Builder
	for i := range f.words {
		b.WriteString(f.words[i].space)
		b.WriteString(x.columnPattern(f, i))
	}
	return b.String()
}

// columnPattern takes what was seen in a column; if others are to come, what looks like it.
func (x *Text) columnPattern(f *form, i int) string {
	s := &f.words[i]
	if x.Narrow || len(s.texts) <= few && s.masked {
		return oneOf(s.texts)
	}
	all := x.column(i)
	if len(all.texts) == 1 || len(all.seen) <= few && all.more == 0 && (s.isLevel() || !all.goesOn() && !all.areNames()) {
		return oneOf(s.texts)
	}
	return oneOf(append([]string{noLevel + class(all.seen)}, s.spaced...))
}

// column is what stands in one place in all forms.
func (x *Text) column(i int) slot {
	var all slot
	for _, f := range x.forms {
		if i >= len(f.words) || f.words[i].masked {
			continue
		}
		all.more += f.words[i].more
		for _, text := range f.words[i].texts {
			all.texts = add(all.texts, text)
		}
		for _, v := range f.words[i].seen {
			all.count(v.Text, v.Count)
		}
	}
	return all
}

func (s *slot) isLevel() bool {
	return slices.ContainsFunc(s.seen, func(v Value) bool { return mask.IsLevel(v.Text) })
}

// areNames reports whether none of what stands in a column is a word of the language.
func (s *slot) areNames() bool {
	return !slices.ContainsFunc(s.seen, func(v Value) bool {
		return !strings.ContainsAny(strings.Trim(v.Text, "[](){}<>|:,;-."), "0123456789/\\_:@.$[(-")
	})
}
