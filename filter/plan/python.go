package plan

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// unraisable is the program for what sys.unraisablehook prints.
func unraisable(u *rules.PythonUnraisable, known *vocabulary) []Step {
	known.object = beginning(u.Object)
	steps := []Step{
		{Name: "the head: Exception ignored …", Match: matchHead, Standalone: true, Head: true, same: "head", clues: newClues(cpython.Ignored[:1], nil)},
		{Name: "the object " + u.Object.String(), Match: matchObject(u.Object), same: "object " + u.Object.String(), clues: newClues(firsts([][]byte{[]byte(known.object)}), anyOf(u.Object)), Standalone: true, Ends: true, Line: true},
		traceHead(),
	}
	steps = append(steps, frames(u.Frames, known)...)
	return append(steps, errorSteps(u.Error, known)...)
}

// traceback is the program for an uncaught exception.
func traceback(t *rules.PythonTraceback, known *vocabulary) []Step {
	steps := []Step{traceHead()}
	steps = append(steps, frames(t.Frames, known)...)
	return append(steps, errorSteps(t.Error, known)...)
}

// traceHead is the step for the head of a traceback.
func traceHead() Step {
	return Step{Name: cpython.TracebackHead, Match: matchTraceback, Header: true, Ends: true, Line: true, same: "traceback", clues: newClues(cpython.TracebackHead[:1], nil)}
}

// warning is the program for what warnings.showwarning prints, in one write:
// the source line, where there is one, stands on the next line.
func warning(w *rules.PythonWarning) []Step {
	first := func(text []byte) (int, int) {
		path, category, message, ok := cpython.WarningParts(text)
		if !ok || pyinfra.NamesHost(text) {
			return 0, 0
		}
		return takes(every(
			question{(*rules.Pattern).AskAll, w.Category, category},
			question{(*rules.Pattern).AskSearch, w.Message, message},
			question{(*rules.Pattern).AskSearch, w.Path, path},
		), len(text))
	}
	source := func(text []byte) (int, int) {
		if len(text) == 0 {
			return 0, 0
		}
		return takes(every(question{(*rules.Pattern).AskAll, w.Source, bytes.TrimRight(text, " ")}), len(text))
	}
	return []Step{
		{Name: "the warning", Match: first, Site: true, Guarded: true, Ends: true, Line: true},
		{Name: "its source line", Match: source, clues: newClues("", anyOf(w.Source)), Lead: cpython.FrameIndent, Exact: true, Optional: true, Next: true, Ends: true, Line: true},
	}
}

func matchHead(text []byte) (int, int) {
	if !bytes.HasPrefix(text, []byte(cpython.Ignored)) {
		return 0, 0
	}
	return cpython.IgnoredLen(text), 1
}

// HeadLen returns the length of the head of an unraisable exception that a text begins with; 0: none.
func HeadLen(text []byte) int {
	n, _ := matchHead(text)
	return n
}

func matchTraceback(text []byte) (int, int) {
	if !cpython.IsHead(text) {
		return 0, 0
	}
	return len(text), 1
}

// matchObject finds the repr of the object. Where it ends is found by its
// brackets and not by the pattern, since the run's own text may follow it
// directly and hold brackets as well.
func matchObject(object *rules.Pattern) func([]byte) (int, int) {
	lit := beginning(object)
	return func(text []byte) (int, int) {
		if !bytes.HasPrefix(text, []byte(lit)) {
			return 0, 0
		}
		n := reprLen(text[:min(len(text), cpython.MaxRepr)])
		if n == 0 {
			return 0, 0
		}
		if a := object.AskAll(text[:n]); a != rules.Yes {
			return takes(a, 0)
		}
		if string(text[n:]) == ":" { // 3.13 and later: "Exception ignored in X:"
			n++
		}
		return n, 1
	}
}

// beginning returns the text that whatever matches the whole pattern begins with,
// as far as it is easily known.
func beginning(p *rules.Pattern) string {
	lit, _ := p.Literal()
	if !strings.HasPrefix(p.String(), regexp.QuoteMeta(lit)) {
		return ""
	}
	return lit
}

// reprLen returns the length of the repr that text begins with: to the
// bracket or quote that closes the first, or to the end of the line.
func reprLen(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	if text[0] == '\'' {
		return 2 + bytes.IndexByte(text[1:], '\'')
	}
	depth := 0
	for i, c := range text {
		switch c {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		if depth == 0 {
			break
		}
	}
	if depth > 0 {
		return 0
	}
	return len(bytes.TrimRight(text, " :"))
}

// frames are the steps for the frames of a traceback: the line that names
// the place, the source lines, carets below them.
func frames(patterns []*rules.Pattern, known *vocabulary) []Step {
	var steps []Step
	for i, p := range patterns {
		steps = append(steps, Step{Name: "the frame " + p.String(), Match: matchFrame(p), same: "frame " + p.String(), clues: newClues("F", anyOf(p)), Lead: cpython.FrameIndent, Site: true, Ends: true, Line: true})
		for _, l := range known.below[i] {
			steps = append(steps,
				Step{Name: "the source line of the frame " + p.String(), Match: matchSource(l.texts, known), clues: newClues(firsts(bytesOf(l.texts)), bytesOf(l.texts)), Lead: l.lead, Optional: true, Ends: true, Line: true, Torn: true},
				Step{Name: "carets below the source line of the frame " + p.String(), Match: matchCarets(known), clues: newClues(cpython.Marks, nil), Lead: -1, Drawn: l.drawn, Optional: true, Repeat: true, Generic: true, Ends: true, Line: true, Torn: true},
			)
		}
	}
	return steps
}

func matchFrame(p *rules.Pattern) func([]byte) (int, int) {
	return func(text []byte) (int, int) {
		if !cpython.IsFrame(text) {
			return 0, 0
		}
		return takes(p.AskSearch(bytes.TrimRight(text, " ")), len(text))
	}
}

func matchSource(sources []string, known *vocabulary) func([]byte) (int, int) {
	return func(text []byte) (int, int) {
		for _, s := range sources {
			if bytes.HasPrefix(text, []byte(s)) && known.glued(text[len(s):]) {
				return len(s), 1
			}
		}
		return 0, 0
	}
}

// matchCarets takes carets and tildes, and the spaces between them, but not those
// behind the last one: they may be the indent of a line of the run. Whose they are
// depends on where they stand; see package match.
func matchCarets(known *vocabulary) func([]byte) (int, int) {
	return func(text []byte) (int, int) {
		run := len(text) - len(bytes.TrimLeft(text, cpython.Marks+" "))
		n := 1 + bytes.LastIndexAny(text[:run], cpython.Marks)
		if n == 0 || !known.glued(text[n:]) {
			return 0, 0
		}
		return n, 0
	}
}

// errorSteps are the steps for the last line: type, colon, message.
func errorSteps(pattern *rules.Pattern, known *vocabulary) []Step {
	whole := func(text []byte) (int, int) {
		line := bytes.TrimRight(text, " ")
		plain := bytes.TrimSuffix(line, []byte(":"))
		answer := rules.No
		if len(plain) > 0 {
			answer = pattern.AskAll(plain)
		}
		switch {
		case answer != rules.Yes:
			if n, steps := known.tornError(text); n > 0 {
				return n, steps
			}
			return takes(answer, 0)
		case len(plain) == len(line) && !bytes.Contains(plain, []byte(": ")):
			return len(line), 1 // a colon may still come
		}
		return len(line) + min(len(line)-len(plain), len(text)-len(line)), 3
	}
	colon := func(text []byte) (int, int) {
		if text[0] != ':' || !known.glued(text[1:]) && !known.message(bytes.TrimLeft(text[1:], " ")) {
			return 0, 0
		}
		return 1 + min(1, view.SkipSpaces(text[1:])), 1
	}
	message := func(text []byte) (int, int) {
		for _, e := range known.errors {
			if _, m, _ := strings.Cut(e, ": "); m != "" && bytes.HasPrefix(text, []byte(m)) && known.glued(text[len(m):]) {
				return len(m), 1
			}
		}
		return 0, 0
	}
	return []Step{
		{Name: "the error " + pattern.String(), Match: whole, clues: newClues("", known.errorTexts(pattern)), Generic: true, Guarded: true, Ends: true, Line: true, Parts: 3},
		{Name: "the colon behind the error", Match: colon, clues: newClues(":", nil), Optional: true, Generic: true, Ends: true},
		{Name: "the message of the error", Match: message, clues: newClues(firsts(known.errorMessages()), known.errorMessages()), Optional: !known.messages(), Ends: true},
	}
}

// errorTexts are texts of which each error holds one, whole or torn; nil: they are not known.
func (v *vocabulary) errorTexts(pattern *rules.Pattern) [][]byte {
	lits := anyOf(pattern)
	if len(lits) == 0 {
		return nil
	}
	for _, e := range v.errors {
		typ, _, _ := strings.Cut(e, ": ")
		lits = append(lits, []byte(typ))
	}
	return lits
}

// errorMessages are what stands behind the colon in errors, where something does.
func (v *vocabulary) errorMessages() (all [][]byte) {
	for _, e := range v.errors {
		if _, m, _ := strings.Cut(e, ": "); m != "" {
			all = append(all, []byte(m))
		}
	}
	return all
}

// bytesOf are texts as bytes.
func bytesOf(texts []string) (all [][]byte) {
	for _, t := range texts {
		all = append(all, []byte(t))
	}
	return all
}
