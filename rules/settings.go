package rules

import (
	"cmp"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A Setting is a field of a YAML file that is no rule but one of settings: a name with a text, or
// with a list of texts.
type Setting struct {
	Name         string
	Line, Column int // of the name, from 1, in characters
	Values       []SettingValue
	List         bool // it was written as a list
}

// A SettingValue is a text of a setting.
type SettingValue struct {
	// Text is as it stands in the file, without quotes: a number or true is a text here.
	Text         string
	Line, Column int
}

// Settings are a file of settings that was read.
type Settings struct {
	All []Setting // in the order of the file, each name once

	src *source
}

// MaxSettings is how large a file of settings may be, in bytes.
const MaxSettings = 64 << 10

var settingsFile = kindOfFile{"a file holds one list of settings", "a file of settings", "it has lines such as fail-on: error"}

// ReadSettings reads a file of settings as carefully as one of a rule: what is in it is written by
// others. The file is named in messages. The errors are FileErrors, one for each setting that is
// wrong, or one for the whole file; what is right is there all the same. A file without any
// settings, as one of comments, is right.
func ReadSettings(file string, data []byte) (s *Settings, errs []error) {
	src := newSource(file, data)
	src.of = settingsFile
	s = &Settings{src: src}
	defer func() {
		if p := recover(); p != nil { // as in Parse
			s.All, errs = nil, []error{src.fail(pos{}, "this cannot be read as YAML, and not be said why (%v)", p)}
		}
	}()
	if len(data) > MaxSettings {
		return s, []error{src.fail(pos{}, "this is too large for a file of settings, of which the largest has %d bytes", MaxSettings)}
	}
	fields, err := src.settings()
	if err != nil {
		return s, []error{err}
	}
	for _, f := range fields {
		setting, err := src.setting(f)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.All = append(s.All, setting)
	}
	return s, errs
}

// Wrong is the error for a place in the file.
func (s *Settings) Wrong(line, column int, text string) *FileError {
	return s.src.fail(pos{line, column}, "%s", text)
}

// settings returns the fields of the file; nil: there are none.
func (s *source) settings() ([]*ast.MappingValueNode, *FileError) {
	if err := s.checkText(); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(s.text)
	if !hasContent(tokens) {
		return nil, nil
	}
	if err := cmp.Or(s.checkTokens(tokens), s.checkOne(tokens)); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, s.yamlError(err)
	}
	for _, d := range file.Docs {
		switch body := d.Body.(type) {
		case nil, *ast.DirectiveNode, *ast.CommentGroupNode, *ast.NullNode:
		case *ast.MappingNode:
			return body.Values, nil
		case *ast.MappingValueNode:
			return []*ast.MappingValueNode{body}, nil
		default:
			return nil, s.fail(start(body), "this is %s, and no setting; write NAME: VALUE, such as fail-on: error", kind(body))
		}
	}
	return nil, nil
}

// hasContent reports whether there is more than comments.
func hasContent(tokens token.Tokens) bool {
	for _, t := range tokens {
		switch t.Type {
		case token.CommentType, token.DocumentHeaderType, token.DocumentEndType:
		default:
			return true
		}
	}
	return false
}

func (s *source) setting(f *ast.MappingValueNode) (Setting, *FileError) {
	at := start(f.Key)
	out := Setting{Name: f.Key.GetToken().Value, Line: at.line, Column: at.column}
	nodes := []ast.Node{f.Value}
	if list, ok := f.Value.(*ast.SequenceNode); ok {
		nodes, out.List = list.Values, true
	}
	for _, n := range nodes {
		v, err := s.settingValue(out.Name, f, n)
		if err != nil {
			return out, err
		}
		out.Values = append(out.Values, v)
	}
	return out, nil
}

func (s *source) settingValue(name string, f *ast.MappingValueNode, n ast.Node) (SettingValue, *FileError) {
	_, null := n.(*ast.NullNode)
	scalar, ok := n.(ast.ScalarNode)
	switch {
	case null:
		return SettingValue{}, s.fail(start(f.Key), "%s has no value: write one, or remove the line", name)
	case !ok:
		return SettingValue{}, s.fail(start(n), "%s needs a text here, not %s", name, kind(n))
	}
	at := start(n)
	text := scalar.GetToken().Value
	if l, ok := n.(*ast.LiteralNode); ok {
		text = l.Value.Value
	}
	return SettingValue{text, at.line, at.column}, nil
}
