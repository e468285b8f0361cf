package rules

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/clipperhouse/displaywidth"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A FileError is a mistake in a rule file.
type FileError struct {
	File         string
	Line, Column int    // from 1, in characters; 0: the file as a whole
	Excerpt      string // the line, with a mark below the column; may be empty
	Message      string
}

func (e *FileError) Error() string {
	where := visible(e.File)
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, e.Line, e.Column)
	}
	text := where + ": " + visible(e.Message)
	if e.Excerpt == "" {
		return text
	}
	return text + "\n" + strings.TrimRight(e.Excerpt, "\n")
}

// visible shows what would give orders to a terminal, or turn the text around
// in it, as something that is to be seen: a rule file is not to be trusted.
// Two that look the same are not: of those that have no picture, the number is
// shown, as it is written in a pattern.
func visible(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r < ' ':
			out.WriteRune('\u2400' + r) // U+241B, ␛, stands for escape, and so on
		case r == 0x7f:
			out.WriteRune('\u2421')
		case !unicode.IsGraphic(r):
			fmt.Fprintf(&out, `\x{%04X}`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// A pos is a place in a file, from 1, in characters.
type pos struct{ line, column int }

// A source is the text of a file, for messages about places in it.
type source struct {
	file string
	text string // without a byte order mark
	of   kindOfFile
}

// A kindOfFile is what messages call what a file holds.
type kindOfFile struct {
	one   string // what there is one of in a file
	whole string // what is too large, or nested too deep
	empty string // what is to be in a file
}

var ruleFile = kindOfFile{"a file holds one rule", "a rule", "a rule has at least id, title, severity, match and samples"}

func newSource(file string, data []byte) *source {
	return &source{file: file, text: strings.TrimPrefix(string(data), "\ufeff"), of: ruleFile}
}

// fail returns the error for a place; line 0 stands for the whole file. What is
// missing at the end of a line is shown at its last character.
func (s *source) fail(at pos, format string, args ...any) *FileError {
	at.line = min(at.line, 1+len(lineEnd.FindAllStringIndex(s.text, -1))) // the parser may be past the end
	at.column = max(1, min(at.column, len([]rune(strings.TrimRight(s.line(at.line), " \t")))))
	if at.line < 1 {
		at = pos{}
	}
	return &FileError{File: s.file, Line: at.line, Column: at.column, Excerpt: s.excerpt(at), Message: message(format, args...)}
}

// maxArg is how much of what a file holds is repeated in a message.
const maxArg = 200

func message(format string, args ...any) string {
	for i, a := range args {
		if text, ok := a.(string); ok && len(text) > maxArg {
			args[i] = strings.ToValidUTF8(text[:maxArg], "") + "…"
		}
	}
	return fmt.Sprintf(format, args...)
}

var lineEnd = lazyregexp.New(`\r\n|\r|\n`)

// line returns a line without its end.
func (s *source) line(n int) string {
	lines := lineEnd.Split(s.text, n+1)
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// maxExcerpt is how many characters of a line are shown; those around the mark.
const maxExcerpt = 120

// excerpt shows a line with a mark below the column. Characters that take two
// columns of a terminal are taken into account.
func (s *source) excerpt(at pos) string {
	line := []rune(s.line(at.line))
	if len(line) == 0 {
		return ""
	}
	column := min(at.column, len(line)+1)
	from := max(0, min(column-maxExcerpt/2, len(line)-maxExcerpt))
	head := fmt.Sprintf(">  %d | ", at.line)
	before := head + cut(from > 0) + visible(string(line[from:column-1]))
	to := min(len(line), from+maxExcerpt)
	return before + visible(string(line[column-1:max(to, column-1)])) + cut(to < len(line)) +
		"\n" + strings.Repeat(" ", displaywidth.String(before)) + "^"
}

// cut stands for what is left out.
func cut(is bool) string {
	if is {
		return "…"
	}
	return ""
}
