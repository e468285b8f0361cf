package filter_test

import (
	"bytes"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/rules"
)

// What the reference knows of a rule: the lines that a block of it has.

// A refStep is a line that a block waits for. Its kind is L in a rule for blocks of lines, I for "Exception ignored in: OBJECT", W for a warning, w for the
// source line of one; in a traceback H for the head, F for a frame, S for a source line, M for the marks (carets) below it, E for the error.
type refStep struct {
	kind     byte
	is       func(text []byte) bool // of a text that is not empty, without the spaces in front
	pattern  *rules.Pattern         // of a line, which may name something; nil: it does not
	texts    []string               // what begins with one of these, and is no such line, is torn
	drawn    []string               // marks as samples show them, with the spaces in front
	lead     int                    // spaces in front; -1: any
	optional bool
}

func (s *refStep) in(kinds string) bool { return strings.IndexByte(kinds, s.kind) >= 0 }

// torn reports whether a text may be a piece of such a line, with something of another writer.
func (s *refStep) torn(text []byte) bool {
	begins := func(known string) bool { return bytes.HasPrefix(text, []byte(known)) }
	return slices.ContainsFunc(s.texts, begins) && !s.is(text)
}

// A refPlace is how far a block is in a rule.
type refPlace struct {
	rule  *rules.Rule
	rest  []*refStep        // that it waits for
	names map[string]string // what its lines have named
}

// refSteps are the lines of a rule for blocks; none: it is for single lines.
func refSteps(rule *rules.Rule) (steps []*refStep) {
	m := &rule.Match
	for _, l := range m.Block {
		steps = append(steps, &refStep{kind: 'L', is: l.Line.MatchAll, pattern: l.Line, lead: -1, optional: l.Optional})
	}
	if w := m.PythonWarning; w != nil {
		source := func(text []byte) bool { return w.Source == nil || w.Source.MatchAll(bytes.TrimRight(text, " ")) }
		steps = []*refStep{{kind: 'W', is: refWarning(w)}, {kind: 'w', is: source, lead: cpython.FrameIndent, optional: true}}
	}
	if u := m.PythonUnraisable; u != nil {
		ignored := func(text []byte) bool {
			n := cpython.IgnoredLen(text)
			object := bytes.TrimRight(text[n:], " :")
			return n > 0 && len(object) > 0 && u.Object.MatchAll(object)
		}
		steps = append([]*refStep{{kind: 'I', is: ignored}}, refTraceback(rule, u.Frames, u.Error)...)
	}
	if t := m.PythonTraceback; t != nil {
		steps = refTraceback(rule, t.Frames, t.Error)
	}
	return steps
}

func refWarning(w *rules.PythonWarning) func([]byte) bool {
	return func(text []byte) bool {
		path, category, message, ok := cpython.WarningParts(text)
		return ok && !pyinfra.NamesHost(text) && w.Category.MatchAll(category) && w.Message.Search(message) && (w.Path == nil || w.Path.Search(path))
	}
}

// refTraceback are its head, its frames, below each the source lines that samples show, and its error.
func refTraceback(rule *rules.Rule, frames []*rules.Pattern, failure *rules.Pattern) []*refStep {
	var sample []string
	for _, s := range rule.Samples {
		sample = append(append(sample, strings.Split(strings.ReplaceAll(s.Text, "\r", ""), "\n")...), "")
	}
	steps := []*refStep{{kind: 'H', is: cpython.IsHead}}
	for _, f := range frames {
		frame := func(text []byte) bool { return cpython.IsFrame(text) && f.Search(bytes.TrimRight(text, " ")) }
		steps = append(append(steps, &refStep{kind: 'F', is: frame, lead: cpython.FrameIndent}), refStatement(frame, sample)...)
	}
	return append(steps, refError(failure, sample))
}

// refStatement are the lines below a frame, as samples show them: source lines, each with marks below.
func refStatement(frame func([]byte) bool, sample []string) []*refStep {
	below, n := refSource(cpython.SourceIndent), -1 // source lines behind the frame; -1: there is no frame
	for _, line := range sample {
		line = strings.TrimRight(line, " ")
		text := strings.TrimLeft(line, " ")
		lead, marks := len(line)-len(text), cpython.IsMarks([]byte(text))
		switch {
		case text != "" && frame([]byte(text)):
			n = 0
		case n < 0 || lead < cpython.SourceIndent:
			n = -1
		case marks && n > 0:
			below[2*n-1].drawn = append(below[2*n-1].drawn, line)
		case !marks:
			if n++; 2*n > len(below) {
				below = append(below, refSource(lead)...)
			}
			below[2*n-2].texts = append(below[2*n-2].texts, text)
		}
	}
	return below
}

// refSource are a source line, which has no text yet, and the marks below it.
func refSource(lead int) []*refStep {
	s := &refStep{kind: 'S', lead: lead, optional: true}
	s.is = func(text []byte) bool { return slices.Contains(s.texts, string(bytes.TrimRight(text, " "))) }
	return []*refStep{s, {kind: 'M', is: cpython.IsMarks, texts: []string{"^", "~"}, lead: -1, optional: true}}
}

func refError(failure *rules.Pattern, sample []string) *refStep {
	messages, plain := false, func(text []byte) []byte { return bytes.TrimSuffix(bytes.TrimRight(text, " "), []byte(":")) }
	s := &refStep{kind: 'E', texts: []string{":"}}
	s.is = func(text []byte) bool {
		error := plain(text)
		return len(error) > 0 && failure.MatchAll(error) && (!messages || bytes.Contains(text, []byte(": ")))
	}
	for _, line := range sample {
		if line = strings.TrimSpace(line); line != "" && line[0] != '<' && failure.MatchAll(plain([]byte(line))) {
			class, message, found := strings.Cut(strings.TrimSuffix(line, ":"), ": ")
			if s.texts = append(s.texts, class); found {
				s.texts, messages = append(s.texts, message), true
			}
		}
	}
	return s
}
