package draft

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// A Sketch is a rule that a program proposes. Its patterns are still text, and
// its File is what a person goes on with.
type Sketch struct {
	// Comment stands at the top of the file: where the text is from, what to do.
	Comment  []string
	ID       string
	Title    string
	Status   rules.Status // Draft, or empty
	Severity rules.Severity
	Match    SketchMatch
	Advice   string
	Sample   string
	// Counterexample has Changed in place of a word of the sample; empty: none.
	Counterexample, Changed string
}

// A SketchMatch is the match of a Sketch. Kind is the name of the field that it
// is for; the others are those of that kind.
type SketchMatch struct {
	Kind                            string
	Lines                           []string // line, block
	Object, Error                   string   // python-unraisable, python-traceback
	Frames                          []string // the same
	Path, Category, Message, Source string   // python-warning
}

// File returns the rule as it is written to a file. Whether it is right is for
// Parse to say.
func (s *Sketch) File() []byte {
	var w strings.Builder
	for _, c := range s.Comment {
		fmt.Fprintf(&w, "# %s\n", rules.Visible(c))
	}
	fmt.Fprintf(&w, "id: %s\ntitle: %s\n", plainScalar(s.ID), plainScalar(s.Title))
	if s.Status != "" {
		fmt.Fprintf(&w, "status: %s\n", s.Status)
	}
	fmt.Fprintf(&w, "severity: %s\nmatch:\n", s.Severity)
	s.Match.write(&w)
	if s.Advice != "" {
		fmt.Fprintf(&w, "advice: %s\n", plainScalar(s.Advice))
	}
	fmt.Fprintf(&w, "samples:\n  - text: %s\n", textScalar(s.Sample))
	if s.Counterexample != "" {
		fmt.Fprintf(&w, "counterexamples:\n  # %s\n  - text: %s\n", rules.Visible(s.Changed), textScalar(s.Counterexample))
	}
	return []byte(w.String())
}

func (m *SketchMatch) write(w *strings.Builder) {
	switch m.Kind {
	case "line":
		fmt.Fprintf(w, "  line: %s\n", quoted(m.Lines[0]))
		return
	case "block":
		w.WriteString("  block:\n")
		writeList(w, "    ", m.Lines)
		return
	}
	fmt.Fprintf(w, "  %s:\n", m.Kind)
	for _, f := range [][2]string{{"object", m.Object}, {"path", m.Path}, {"category", m.Category}, {"message", m.Message}, {"source", m.Source}} {
		if f[1] != "" {
			fmt.Fprintf(w, "    %s: %s\n", f[0], quoted(f[1]))
		}
	}
	if len(m.Frames) > 0 {
		w.WriteString("    frames:\n")
		writeList(w, "      ", m.Frames)
	}
	if m.Error != "" {
		fmt.Fprintf(w, "    error: %s\n", quoted(m.Error))
	}
}

func writeList(w *strings.Builder, indent string, entries []string) {
	for _, e := range entries {
		fmt.Fprintf(w, "%s- %s\n", indent, quoted(e))
	}
}

// quoted is a scalar in single quotes, in which a backslash is a backslash.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// simple is text that is the same to YAML with and without quotes.
var simple = lazyregexp.New(`^[A-Za-z][\w ,./()+*;-]*[\w./()+*;-]$`)

// notPlain are words that YAML takes for something other than text.
var notPlain = lazyregexp.New(`(?i)^(?:true|false|null|yes|no|on|off|y|n|inf|nan)$`)

// plainScalar is a text of one line.
func plainScalar(text string) string {
	if simple.MatchString(text) && !notPlain.MatchString(text) {
		return text
	}
	return quoted(text)
}

// textScalar is a text of several lines: as a block, as it was printed, or, if
// there is something in it that YAML or an editor would change, in double
// quotes.
func textScalar(text string) string {
	if !asBlock(text) {
		return doubleQuoted(text)
	}
	var w strings.Builder
	w.WriteString("|")
	if text[0] == ' ' {
		w.WriteString("2") // how far the block itself is indented
	}
	for l := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		w.WriteString("\n")
		if l != "" {
			w.WriteString("      " + l)
		}
	}
	return w.String()
}

// asBlock reports whether a text is the same when it is read from a block.
func asBlock(text string) bool {
	if text == "" || !strings.HasSuffix(text, "\n") || text[0] == '\n' || strings.HasSuffix(text, "\n\n") {
		return false
	}
	for _, r := range text {
		if r != '\n' && (!unicode.IsPrint(r) || r == unicode.ReplacementChar) {
			return false
		}
	}
	for l := range strings.SplitSeq(text, "\n") {
		if strings.TrimRight(l, " ") != l || strings.HasPrefix(strings.TrimLeft(l, " "), "\t") {
			return false
		}
	}
	return true
}

// doubleQuoted writes everything that is not plain to see as an escape.
func doubleQuoted(text string) string {
	var w strings.Builder
	w.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			w.WriteString(`\` + string(r))
		case r == '\n':
			w.WriteString(`\n`)
		case r == '\t':
			w.WriteString(`\t`)
		case unicode.IsPrint(r):
			w.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&w, `\x%02X`, r)
		case r < 0x10000:
			fmt.Fprintf(&w, `\u%04X`, r)
		default:
			fmt.Fprintf(&w, `\U%08X`, r)
		}
	}
	w.WriteByte('"')
	return w.String()
}
