package draft

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A pythonText is what CPython prints of an exception or a warning, taken
// apart.
type pythonText struct {
	kind     string   // the kind of match
	object   string   // python-unraisable
	frames   []string // the lines that name a place, without their indent
	last     string   // the last line, or the one of a warning
	path     string   // of a warning, or of the innermost frame
	category string   // of a warning, or the type of the error
	message  string
	source   string // of a warning; may be empty
}

// IsWarningClass reports whether a class is named as warnings are.
func IsWarningClass(name []byte) bool { return bytes.HasSuffix(name, []byte("Warning")) }

// ReadPython takes lines apart that are one exception or one warning, and
// nothing else; nil when they are not.
func ReadPython(lines []string) *pythonText {
	if len(lines) == 0 {
		return nil
	}
	if path, category, message, ok := cpython.WarningParts([]byte(lines[0])); ok && IsWarningClass(category) && len(lines) <= 2 {
		p := &pythonText{kind: "python-warning", last: lines[0], path: string(path), category: string(category), message: string(message)}
		if len(lines) == 2 {
			p.source = strings.TrimLeft(lines[1], " ")
			if len(lines[1])-len(p.source) != cpython.FrameIndent {
				return nil
			}
		}
		return p
	}
	p := &pythonText{kind: "python-traceback"}
	if n := cpython.IgnoredLen([]byte(lines[0])); n > 0 {
		p.kind, p.object = "python-unraisable", strings.TrimSuffix(strings.TrimRight(lines[0][n:], " "), ":")
		lines = lines[1:]
	}
	if len(lines) < 3 || strings.TrimRight(lines[0], " ") != cpython.TracebackHead || !p.readFrames(lines[1:]) {
		return nil
	}
	return p
}

// misnamed says that the last line of a traceback is what keeps it from being one;
// nil: it is another thing.
func misnamed(lines []string) error {
	last := lines[len(lines)-1]
	if !StartsPython(lines[0]) || strings.HasPrefix(last, " ") || cpython.IsError([]byte(last)) {
		return nil
	}
	return fmt.Errorf("no rule can be made of a traceback that ends with %q: it is known by the class of its error, which is called …Error, …Exception or the like; choose its last line alone, "+
		"with --from LOG:LINE-LINE", last)
}

// readFrames reads what is below the head of a traceback.
func (p *pythonText) readFrames(lines []string) bool {
	for i, l := range lines {
		text := strings.TrimLeft(l, " ")
		switch indent := len(l) - len(text); {
		case i == len(lines)-1:
			return p.readError(strings.TrimRight(text, " "), indent)
		case indent == cpython.FrameIndent && cpython.IsFrame([]byte(text)):
			p.frames = append(p.frames, strings.TrimRight(text, " "))
		case indent < cpython.FrameIndent, indent < cpython.SourceIndent && !cpython.IsBareFrame([]byte(text)):
			return false
		}
	}
	return false
}

func (p *pythonText) readError(text string, indent int) bool {
	if indent > 0 || len(p.frames) == 0 || !cpython.IsError([]byte(text)) {
		return false
	}
	p.last = strings.TrimSuffix(text, ":")
	p.category, p.message, _ = strings.Cut(p.last, ": ")
	p.path = strings.Split(p.frames[len(p.frames)-1], `"`)[1]
	return true
}

// maxFrames is how many frames of a traceback a rule names: the innermost.
const maxFrames = 8

// match returns the match of a rule for the text.
func (p *pythonText) match(varied func(string) string) SketchMatch {
	m := SketchMatch{Kind: p.kind}
	if p.kind == "python-warning" {
		m.Path, m.Category, m.Message = varied(p.path)+"$", mask.Quote(p.category), "^"+varied(p.message)+"$"
		if p.source != "" {
			m.Source = varied(p.source)
		}
		return m
	}
	frames := p.frames
	if p.kind == "python-traceback" {
		frames = frames[max(0, len(frames)-maxFrames):]
	}
	for _, f := range frames {
		m.Frames = append(m.Frames, "^"+varied(f)+"$")
	}
	m.Error = varied(p.last)
	if p.kind == "python-unraisable" {
		m.Object = varied(p.object)
	}
	return m
}

var (
	installed = lazyregexp.New(`(?:site|dist)-packages[\\/]([A-Za-z]\w*)`)
	fileName  = lazyregexp.New(`([A-Za-z]\w*)\.py`)
)

// where names the package that a text is of, or its file; it may be empty.
func (p *pythonText) where() string {
	for _, text := range append([]string{p.path}, p.frames...) {
		if m := installed.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	if m := fileName.FindStringSubmatch(p.path); m != nil {
		return m[1] + ".py"
	}
	return ""
}

// title says what the text is, in a sentence.
func (p *pythonText) title() string {
	who, what := p.where(), "an exception"
	if who == "" {
		who = "Python"
	}
	switch p.kind {
	case "python-warning":
		return who + " causes a " + p.category + ": " + p.message
	case "python-unraisable":
		what = "an exception that Python ignores"
	}
	_, function, _ := strings.Cut(p.frames[len(p.frames)-1], ", in ")
	return who + " prints " + what + " in " + function + ": " + p.last
}

// words are those that an id is made of.
func (p *pythonText) words() string {
	if p.kind == "python-warning" {
		return p.where() + " " + p.category + " " + p.message
	}
	_, function, _ := strings.Cut(p.frames[len(p.frames)-1], ", in ")
	return p.where() + " " + function + " " + p.category
}

// StartsPython reports whether a line begins what Python prints of an exception.
func StartsPython(text string) bool {
	return strings.HasPrefix(text, cpython.Ignored) || strings.HasPrefix(text, cpython.TracebackHead)
}
