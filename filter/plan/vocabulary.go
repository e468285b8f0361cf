package plan

import (
	"bytes"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// A vocabulary is what the samples of a rule show: the source lines below
// its frames, the errors. A rule names frames by pattern and leaves the rest to
// its samples: only text that a sample shows is ever taken for a source line, since
// the lines of pyinfra are indented just as much. Carets need not be shown: where
// they may stand follows from the source line, as package match says.
type vocabulary struct {
	below  [][]sourceLine // for each frame, the lines of its statement
	errors []string       // whole last lines
	object string         // what the object's repr begins with; may be empty
}

// A sourceLine is one of a statement.
type sourceLine struct {
	lead  int      // spaces in front of it
	texts []string // as samples show it, without the spaces
	drawn []string // the carets below it that samples show, with the spaces
}

// The vocabularies of the rules that come with the program are read when it is built:
// vocabulary_table.go has them, and TestVocabularyTable writes them and holds them
// against the samples. With the tag fromfiles they are left out.

//go:generate go test -tags fromfiles . -run ^TestVocabularyTable$ -count=1 -update

// A knownVocabulary is that of the rule of an id.
type knownVocabulary struct {
	id string
	vocabulary
}

// vocabularyOf returns the vocabulary of a rule for a python kind that has frames.
func vocabularyOf(r *rules.Rule) *vocabulary {
	if i, found := slices.BinarySearchFunc(vocabularies, r.ID, func(k knownVocabulary, id string) int { return strings.Compare(k.id, id) }); found && r.Builtin() {
		known := vocabularies[i].vocabulary
		return &known
	}
	return readVocabulary(r)
}

func readVocabulary(r *rules.Rule) *vocabulary {
	if u := r.Match.PythonUnraisable; u != nil {
		return readSamples(u.Frames, u.Error, r.Samples)
	}
	t := r.Match.PythonTraceback
	return readSamples(t.Frames, t.Error, r.Samples)
}

func readSamples(frames []*rules.Pattern, errorPattern *rules.Pattern, samples []rules.Sample) *vocabulary {
	v := &vocabulary{below: make([][]sourceLine, len(frames))}
	for i := range v.below {
		v.below[i] = []sourceLine{{lead: cpython.SourceIndent}} // no sample may show it
	}
	for _, s := range samples {
		v.read(frames, errorPattern, strings.Split(s.Text, "\n"))
	}
	return v
}

// read takes one sample in.
func (v *vocabulary) read(frames []*rules.Pattern, errorPattern *rules.Pattern, lines []string) {
	for i, line := range lines {
		text := strings.Trim(line, " \r")
		if e := strings.TrimSuffix(text, ":"); e != "" && e[0] != '<' && errorPattern.MatchAll([]byte(e)) && !slices.Contains(v.errors, e) {
			v.errors = append(v.errors, e)
		}
		if !cpython.IsFrame([]byte(text)) {
			continue
		}
		for f, p := range frames {
			if p.Search([]byte(text)) {
				v.readStatement(f, lines[i+1:])
			}
		}
	}
}

// readStatement takes in the source lines of frame f, and the carets below them, if
// they are the first of the lines.
func (v *vocabulary) readStatement(f int, lines []string) {
	open, n := 0, 0
	for _, line := range lines {
		line = strings.TrimRight(line, " \r")
		text := strings.TrimLeft(line, " ")
		switch lead := len(line) - len(text); {
		case text == "" || lead < cpython.SourceIndent:
			return
		case !cpython.IsMarks([]byte(text)):
			if n > 0 && open == 0 {
				return
			}
			if n == len(v.below[f]) {
				v.below[f] = append(v.below[f], sourceLine{lead: lead})
			}
			v.below[f][n].texts = include(v.below[f][n].texts, text)
			n, open = n+1, cpython.Unclosed(open, []byte(text))
		case n > 0:
			v.below[f][n-1].drawn = include(v.below[f][n-1].drawn, line)
		}
	}
}

// include adds a text to those that do not have it yet.
func include(texts []string, text string) []string {
	if slices.Contains(texts, text) {
		return texts
	}
	return append(texts, text)
}

// messages reports whether an error of the rule has a message.
func (v *vocabulary) messages() bool {
	return slices.ContainsFunc(v.errors, func(e string) bool { return strings.Contains(e, ": ") })
}

// message reports whether text begins with the message of an error.
func (v *vocabulary) message(text []byte) bool {
	return slices.ContainsFunc(v.errors, func(e string) bool {
		_, m, _ := strings.Cut(e, ": ")
		return m != "" && bytes.HasPrefix(text, []byte(m))
	})
}

// tornError finds the part of the last line that was written before
// something else came between.
func (v *vocabulary) tornError(text []byte) (n, steps int) {
	for _, e := range v.errors {
		typ, msg, _ := strings.Cut(e, ": ")
		switch after, ok := bytes.CutPrefix(text, []byte(typ)); {
		case !ok:
		case msg != "" && bytes.HasPrefix(text, []byte(e)) && v.glued(text[len(e):]):
			return len(e), 3
		case bytes.HasPrefix(after, []byte(":")) && v.glued(after[1:]):
			return len(typ) + 1 + min(1, view.SkipSpaces(after[1:])), 2
		case !bytes.HasPrefix(after, []byte(":")) && v.glued(after):
			return len(typ), 1
		}
	}
	return 0, 0
}

// glue is what a text begins with that another process wrote directly behind
// a piece: a line of pyinfra, or a piece of CPython's that is the same for all.
// In front of what pyinfra writes there may be spaces of somebody's indent.
var glue = lazyregexp.New(`^(?: {4}| *--> | *\[[^\]\s]+\] |Exception ignored |Traceback \(most recent call last\):| *File "|\^|~+(?:[~^ ]|$)|:(?: |$))`)

// glued reports whether text, which follows a piece, was written by somebody
// else, or is nothing. It is what tells "AssertionError: " with a result of
// pyinfra behind it from an AssertionError with another message.
func (v *vocabulary) glued(text []byte) bool {
	word := bytes.TrimLeft(text, " ")
	if len(word) == 0 || glue.Match(text) || glue.Match(word) {
		return true
	}
	word = bytes.TrimLeft(word, cpython.Marks+" ") // of a third block
	starts := func(s string) bool { return s != "" && bytes.HasPrefix(word, []byte(s)) }
	return starts(v.object) ||
		slices.ContainsFunc(v.errors, func(e string) bool { t, m, _ := strings.Cut(e, ": "); return starts(t) || starts(m) }) ||
		slices.ContainsFunc(v.below, func(lines []sourceLine) bool {
			return slices.ContainsFunc(lines, func(l sourceLine) bool { return slices.ContainsFunc(l.texts, starts) })
		})
}

// isBlank reports whether a text has nothing but white space. It does not look at the end first,
// which may have much of it.
func isBlank(text []byte) bool { return len(bytes.TrimLeft(text, " \t\r\n\v\f")) == 0 }

// Ended reports whether a piece that stands behind text of the run, such as a
// prompt, is followed by nothing, or by what another process wrote. Otherwise
// it is a part of that text.
func Ended(rest []byte) bool {
	return isBlank(rest) || glue.Match(rest)
}
