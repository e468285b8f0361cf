package rules

import (
	"cmp"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const (
	// maxTokens bounds the time that a file takes, which grows with the
	// square of the number of fields; a rule has some hundred tokens.
	maxTokens = 20_000
	// maxDepth is how deep lists and fields may be nested; a rule has 6.
	maxDepth = 50
)

// Parse reads one rule. The file is named in messages. An error is a
// *FileError.
func Parse(file string, data []byte) (rule *Rule, err error) {
	src := newSource(file, data)
	defer func() {
		// The parser has let itself be made to panic before.
		if p := recover(); p != nil {
			rule, err = nil, src.fail(pos{}, "this cannot be read as YAML, and not be said why (%v)", p)
		}
	}()
	rule, wrong := src.parse()
	if wrong != nil {
		return nil, wrong
	}
	rule.source = data
	return rule, nil
}

func (s *source) parse() (*Rule, *FileError) {
	rule, _, err := s.read()
	return rule, err
}

// read returns the rule, and where in the file its fields stand.
func (s *source) read() (*Rule, *shape, *FileError) {
	body, err := s.document()
	if err != nil {
		return nil, nil, err
	}
	shape := &shape{source: s, at: map[string]pos{}}
	if err := shape.walk(body, reflect.TypeFor[Rule](), ""); err != nil {
		return nil, nil, err
	}
	rule := &Rule{File: s.file}
	if err := yaml.NodeToValue(body, rule, yaml.Strict()); err != nil {
		return nil, nil, s.yamlError(err)
	}
	rule.tidy()
	if f := rule.check(); f.text != "" {
		return nil, nil, s.fail(shape.place(f.field), "%s", f.text)
	}
	rule.id = *s.fail(shape.place("id"), "")
	return rule, shape, nil
}

// document returns the one YAML document of the file.
func (s *source) document() (ast.Node, *FileError) {
	if err := s.checkText(); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(s.text)
	if err := cmp.Or(s.checkTokens(tokens), s.checkOne(tokens)); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, s.yamlError(err)
	}
	for _, d := range file.Docs {
		if d.Body != nil && d.Body.Type() != ast.DirectiveType {
			return d.Body, nil
		}
	}
	return nil, s.empty()
}

// checkOne finds a second document. The parser leaves out, in silence, what
// follows an empty one.
func (s *source) checkOne(tokens token.Tokens) *FileError {
	var mark *token.Token // the last --- or ...
	full, directive := false, 0
	for _, t := range tokens {
		switch again := mark != nil; {
		case t.Type == token.CommentType || t.Position.Line == directive:
		case t.Type == token.DirectiveType:
			directive = t.Position.Line
		case t.Type != token.DocumentHeaderType && t.Type != token.DocumentEndType:
			if full && again {
				return s.fail(tokenPos(mark), "%s; put what follows into a file of its own", s.of.one)
			}
			full, mark = true, nil
		case again && !full:
			return s.fail(tokenPos(t), "nothing is before this %s; remove it", t.Value)
		default:
			mark = t
		}
	}
	if !full {
		return s.empty()
	}
	return nil
}

func (s *source) empty() *FileError {
	return s.fail(pos{1, 1}, "there is nothing in this file; %s", s.of.empty)
}

// notText is what YAML does not allow in a file: control characters. Those of
// a sample are written as escapes, "\e[31m".
var notText = lazyregexp.New(`[^\t\n\r\x20-\x7e\x{85}\x{a0}-\x{10ffff}]`)

// checkText finds bytes that are no text.
func (s *source) checkText() *FileError {
	if strings.HasPrefix(s.text, "\xff\xfe") || strings.HasPrefix(s.text, "\xfe\xff") {
		return s.fail(pos{}, "this file is in UTF-16; save it as UTF-8")
	}
	for i, r := range s.text {
		if _, n := utf8.DecodeRuneInString(s.text[i:]); r == utf8.RuneError && n == 1 {
			return s.fail(s.offset(i), "this byte (0x%02X) is not UTF-8; save the file as UTF-8", s.text[i])
		}
	}
	if at := notText.FindStringIndex(s.text); at != nil {
		r, _ := utf8.DecodeRuneInString(s.text[at[0]:])
		return s.fail(s.offset(at[0]), `a control character (U+%04X) cannot stand in a file; write it in double quotes, as "\x%02X"`, r, r)
	}
	return nil
}

// offset returns the place of a byte.
func (s *source) offset(offset int) pos {
	before := s.text[:offset]
	lines := lineEnd.Split(before, -1)
	return pos{len(lines), 1 + utf8.RuneCountInString(lines[len(lines)-1])}
}

// notRead is what YAML has and no rule needs: documents that grow without end
// when they are read ("billion laughs"), and types of other programs. Mostly
// it is a text that ought to stand in quotes.
var notRead = map[token.Type]string{
	token.AnchorType: "an anchor", token.AliasType: "an alias", token.TagType: "a tag", token.MergeKeyType: "a merge key",
}

// checkTokens keeps documents out that take the parser too long, or too deep:
// it calls itself for each level, and a stack that overflows ends the program.
func (s *source) checkTokens(tokens token.Tokens) *FileError {
	var deep depth
	for i, t := range tokens {
		at := pos{t.Position.Line, t.Position.Column}
		if what := notRead[t.Type]; what != "" {
			return s.fail(at, "%s is taken for %s of YAML, which is not read here; write a text in single quotes", t.Value, what)
		}
		if i > maxTokens || deep.with(t) > maxDepth {
			return s.fail(at, "this is too large, or nested too deep, for %s", s.of.whole)
		}
	}
	return nil
}

// A depth counts how deep a token is nested. Nesting by indent is not counted:
// it takes a large file, so there is never much of it.
type depth struct{ flow, block, line int }

func (d *depth) with(t *token.Token) int {
	if t.Position.Line != d.line {
		d.block, d.line = 0, t.Position.Line
	}
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		d.flow++
	case token.MappingEndType, token.SequenceEndType:
		d.flow--
	case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
		if d.flow <= 0 {
			d.block++
		}
	}
	return d.flow + d.block
}

// yamlError turns the error of the parser into ours.
func (s *source) yamlError(err error) *FileError {
	var y yaml.Error
	if !errors.As(err, &y) {
		return s.fail(pos{}, "%v", err)
	}
	t := y.GetToken()
	at := tokenPos(t)
	line := s.line(at.line)
	switch before := []rune(line)[:max(0, min(at.column-1, len([]rune(line))))]; {
	case strings.Contains(line[:len(line)-len(strings.TrimLeft(line, " \t"))], "\t"):
		return s.fail(pos{at.line, 1 + strings.IndexByte(line, '\t')}, "YAML is not indented with tabs; use spaces")
	case t != nil && goesOn(t.Prev):
		return s.fail(tokenPos(t.Prev), "the text has no end in its line, so that it ends at the next quote; close it with %c", t.Prev.Origin[len(t.Prev.Origin)-1])
	case len(before) > 0 && before[len(before)-1] == '\\' && strings.HasPrefix(y.GetMessage(), "found unknown escape"):
		at.column--
	}
	return s.fail(at, "%s", inPlainWords(y.GetMessage()))
}

// goesOn reports whether a token is a text in quotes over several lines.
func goesOn(t *token.Token) bool {
	return t != nil && (t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType) && strings.Contains(strings.TrimSpace(t.Origin), "\n")
}

// tokenPos returns where a token that is wrong stands. A text that goes on over
// several lines is wrong where it ends.
func tokenPos(t *token.Token) pos {
	if t == nil || t.Position == nil {
		return pos{}
	}
	at := pos{t.Position.Line, t.Position.Column}
	if n := strings.LastIndexByte(strings.TrimRight(t.Origin, " \r\n"), '\n'); t.Type == token.StringType && n >= 0 && strings.TrimSpace(t.Origin[:n]) != "" {
		last := t.Origin[n+1:]
		at.line += strings.Count(strings.TrimSpace(t.Origin), "\n")
		at.column = 1 + len(last) - len(strings.TrimLeft(last, " "))
	}
	return at
}
