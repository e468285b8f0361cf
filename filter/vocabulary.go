package filter

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A vocabulary is what the samples of a rule show: the source lines below
// its frames, the indent of the carets, the errors. A rule names frames by
// pattern and leaves the rest to its samples: only text that a sample shows
// is ever taken for a source line, since the lines of pyinfra are indented
// just as much.
type vocabulary struct {
	sources   [][]string // for each frame
	caretLead []int      // for each frame; -1: not known
	carets    []string   // for each frame, the longest; empty: none
	errors    []string   // whole last lines
	object    string     // what the object's repr begins with; may be empty
}

func readSamples(frames []*rules.Pattern, errorPattern *rules.Pattern, samples []rules.Sample) *vocabulary {
	v := &vocabulary{sources: make([][]string, len(frames)), caretLead: make([]int, len(frames)), carets: make([]string, len(frames))}
	for i := range v.caretLead {
		v.caretLead[i] = -1
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
				v.readSource(f, lines[i+1:])
			}
		}
	}
}

// readSource takes in the source line and the carets of frame f, if they are
// the first of the lines.
func (v *vocabulary) readSource(f int, lines []string) {
	if len(lines) == 0 || view.SkipSpaces([]byte(lines[0])) < cpython.SourceIndent {
		return
	}
	if src := strings.Trim(lines[0], " \r"); !slices.Contains(v.sources[f], src) {
		v.sources[f] = append(v.sources[f], src)
	}
	if len(lines) > 1 && strings.Trim(lines[1], "^~ \r") == "" && strings.ContainsAny(lines[1], "^~") {
		v.caretLead[f] = view.SkipSpaces([]byte(lines[1]))
		if marks := strings.ReplaceAll(strings.Trim(lines[1], " \r"), " ", ""); len(marks) > len(v.carets[f]) {
			v.carets[f] = marks
		}
	}
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
var glue = regexp.MustCompile(`^(?: {4}| *--> | *\[[^\]\s]+\] |Exception ignored |Traceback \(most recent call last\):| *File "|\^|~+(?:[~^ ]|$)|:(?: |$))`)

// glued reports whether text, which follows a piece, was written by somebody
// else, or is nothing. It is what tells "AssertionError: " with a result of
// pyinfra behind it from an AssertionError with another message.
func (v *vocabulary) glued(text []byte) bool {
	word := bytes.TrimLeft(text, " ")
	if len(word) == 0 || glue.Match(text) || glue.Match(word) {
		return true
	}
	starts := func(s string) bool { return s != "" && bytes.HasPrefix(word, []byte(s)) }
	return starts(v.object) ||
		slices.ContainsFunc(v.errors, func(e string) bool { t, _, _ := strings.Cut(e, ": "); return starts(t) }) ||
		slices.ContainsFunc(v.sources, func(s []string) bool { return slices.ContainsFunc(s, starts) })
}
