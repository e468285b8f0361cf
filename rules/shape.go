package rules

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A shape compares a YAML document with the fields of a rule, before it is
// decoded, and remembers where everything stands: the decoder's own messages
// speak of Go types, and do not know what a field is called.
type shape struct {
	*source
	at map[string]pos // by path, such as "affected[0].package.name"
}

// place returns where the value of a field stands, or that of the nearest
// field around it.
func (s *shape) place(path string) pos {
	for ; path != ""; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
		if at, ok := s.at[path]; ok {
			return at
		}
	}
	return s.at[""]
}

// walk compares a node with the type that it is to become.
func (s *shape) walk(n ast.Node, t reflect.Type, path string) *FileError {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s.at[path] = start(n)
	_, scalar := n.(ast.ScalarNode)
	switch {
	case t == reflect.TypeFor[Pattern](), t == reflect.TypeFor[BlockLine]() && scalar:
		return s.scalar(n, "text", path)
	case t.Kind() == reflect.Struct:
		return s.fields(n, t, path)
	case t.Kind() == reflect.Slice:
		return s.list(n, t, path)
	case t.Kind() == reflect.Bool:
		return s.scalar(n, "true or false", path)
	}
	return s.scalar(n, "text", path)
}

// start returns where a node begins.
func start(n ast.Node) pos {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return start(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(m.Key)
	}
	p := n.GetToken().Position
	return pos{p.Line, p.Column}
}

// scalar checks a value that is one text, or true or false.
func (s *shape) scalar(n ast.Node, want, path string) *FileError {
	_, isBool := n.(*ast.BoolNode)
	if _, ok := n.(ast.ScalarNode); !ok || (want != "text" && !isBool) {
		return s.fail(start(n), "%s needs %s here, not %s", called(path), want, kind(n))
	}
	return nil
}

func (s *shape) list(n ast.Node, t reflect.Type, path string) *FileError {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return s.fail(start(n), "%s needs a list here, not %s; write - before each entry, or [ ] around all", called(path), kind(n))
	}
	for i, v := range seq.Values {
		at := path + "[" + strconv.Itoa(i) + "]"
		if _, null := v.(*ast.NullNode); null {
			return s.fail(start(v), "an entry of %s is empty: write it, or remove the -", called(path))
		}
		if err := s.walk(v, t.Elem(), at); err != nil {
			return err
		}
		seq.Values[i] = asText(v, t.Elem())
	}
	return nil
}

func (s *shape) fields(n ast.Node, t reflect.Type, path string) *FileError {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		return s.fail(start(n), "%s needs fields here, such as {%s: …}, not %s", called(path), fieldNames(t)[0], kind(n))
	}
	for _, v := range values {
		if err := s.field(v, t, path); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) field(v *ast.MappingValueNode, t reflect.Type, path string) *FileError {
	name := v.Key.GetToken().Value
	f, ok := fieldOf(t, name)
	if !ok {
		in, has := "", fieldNames(t)
		if path != "" {
			in = called(path)
		}
		return s.fail(start(v.Key), "unknown field %q; %s", name, otherField(name, in, has))
	}
	if _, null := v.Value.(*ast.NullNode); null || optional(f) && v.Value.GetToken().Value == "" {
		return s.fail(start(v.Key), "%s has no value: write one, or remove the field", name)
	}
	in := strings.TrimPrefix(path+"."+name, ".")
	if err := s.walk(v.Value, f.Type, in); err != nil {
		return err
	}
	if at := start(v.Key); at.line != s.at[in].line {
		s.at[in] = at // "match:" says more than what is below it
	}
	v.Value = asText(v.Value, f.Type)
	return nil
}

// asText returns a value that is a number as the text that it is written as:
// for YAML, 25.10 is 25.1.
func asText(n ast.Node, t reflect.Type) ast.Node {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, ok := n.(ast.ScalarNode); ok && t.Kind() != reflect.Bool && kind(n) != "text" {
		return ast.String(n.GetToken())
	}
	return n
}

// called is the name of a field in messages: the last of a path.
func called(path string) string {
	if path == "" {
		return "a rule"
	}
	name, _, entry := strings.Cut(path[strings.LastIndex(path, ".")+1:], "[")
	if entry {
		return "an entry of " + name
	}
	return name
}

// kind says what a node is, in plain words.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "fields"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.NullNode:
		return "nothing"
	}
	return "text"
}

// fieldNames returns the names of the fields of a struct, in order.
func fieldNames(t reflect.Type) (names []string) {
	for f := range t.Fields() {
		if name := yamlName(f); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for f := range t.Fields() {
		if name != "" && yamlName(f) == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// optional reports whether a rule is right without the field.
func optional(f reflect.StructField) bool {
	return strings.HasSuffix(f.Tag.Get("yaml"), ",omitempty") && f.Type.Kind() == reflect.String
}

// yamlName returns what a field is called in a file; "": it is not in files.
func yamlName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return strings.TrimPrefix(name, "-")
}
