package gotemplate

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
	"unicode"
)

// A value is an expression of Go with its type.
type value struct {
	code string
	of   reflect.Type // nil: there is none
}

// A scope is what names mean in a place.
type scope struct {
	dot  value
	vars map[string]*value
}

// with is the scope with another dot, and with variables of its own.
func (s scope) with(dot value) scope { return scope{dot, maps.Clone(s.vars)} }

// A writer writes a function.
type writer struct {
	*File
	b     strings.Builder
	text  strings.Builder // that waits: what stands together is written together
	names int
}

// inside returns what do writes.
func (w *writer) inside(do func()) string {
	w.flush()
	outer := w.b.String()
	w.b.Reset()
	do()
	w.flush()
	inner := w.b.String()
	w.b.Reset()
	w.b.WriteString(outer)
	return inner
}

func (w *writer) flush() {
	if w.text.Len() > 0 {
		text := w.text.String()
		w.text.Reset()
		fmt.Fprintf(&w.b, "b.WriteString(%s)\n", quoted(text))
	}
}

// quoted is a text with a line of source for each of its own.
func quoted(text string) string {
	if strings.ContainsAny(text, "`\r") {
		return strconv.Quote(text)
	}
	return "`" + text + "`"
}

func (w *writer) line(format string, args ...any) {
	w.flush()
	fmt.Fprintf(&w.b, format+"\n", args...)
}

// name is one for a variable, which no other has.
func (w *writer) name() string {
	w.names++
	return "v" + strconv.Itoa(w.names)
}

func (w *writer) list(l *parse.ListNode, s scope) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		w.node(n, s)
	}
}

func (w *writer) node(n parse.Node, s scope) {
	switch n := n.(type) {
	case *parse.TextNode:
		w.text.Write(n.Text)
	case *parse.ActionNode:
		w.action(n, s)
	case *parse.IfNode:
		w.branches(w.condition(n.Pipe, s), n.List, n.ElseList, s, s)
	case *parse.WithNode:
		v := value{code: w.name(), of: nil}
		given := w.pipe(n.Pipe, s)
		v.of = given.of
		w.branches(v.code+" := "+given.code+"; "+w.truth(n, v), n.List, n.ElseList, s.with(v), s)
	case *parse.RangeNode:
		w.loop(n, s)
	case *parse.TemplateNode:
		w.call(n, s)
	default:
		w.fail(n, "this is not known")
	}
}

func (w *writer) branches(condition string, then, otherwise *parse.ListNode, inThen, inElse scope) {
	yes := w.inside(func() { w.list(then, inThen.with(inThen.dot)) })
	no := w.inside(func() { w.list(otherwise, inElse.with(inElse.dot)) })
	if no != "" {
		no = " else {\n" + no + "}"
	}
	w.line("if %s {\n%s}%s", condition, yes, no)
}

func (w *writer) loop(n *parse.RangeNode, s scope) {
	over := w.pipe(&parse.PipeNode{NodeType: parse.NodePipe, Cmds: n.Pipe.Cmds}, s)
	if over.of == nil || over.of.Kind() != reflect.Slice && over.of.Kind() != reflect.Array || n.ElseList != nil {
		w.fail(n, "a range of %v, or with an else", over.of)
		return
	}
	index, element := &value{code: w.name(), of: reflect.TypeFor[int]()}, &value{code: w.name(), of: over.of.Elem()}
	inner := s.with(*element)
	switch d := n.Pipe.Decl; len(d) {
	case 1:
		inner.vars[d[0].Ident[0]] = element
	case 2:
		inner.vars[d[0].Ident[0]], inner.vars[d[1].Ident[0]] = index, element
	}
	body := w.inside(func() { w.list(n.List, inner) })
	names := named(body, index.code) + ", " + named(body, element.code) + " := "
	if names == "_, _ := " {
		names = ""
	}
	w.line("for %srange %s {\n%s}", names, over.code, body)
}

// named is the name of a variable, or _ where the text does not have it.
func named(text, name string) string {
	isName := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	if slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return !isName(r) }), name) {
		return name
	}
	return "_"
}

func (w *writer) call(n *parse.TemplateNode, s scope) {
	if n.Pipe == nil {
		w.line("%s(b)", w.function(key{n.Name, nil}))
		return
	}
	v := w.pipe(n.Pipe, s)
	w.line("%s(b, %s)", w.function(key{n.Name, v.of}), v.code)
}

// action is a value that is shown, or that a variable gets.
func (w *writer) action(n *parse.ActionNode, s scope) {
	if len(n.Pipe.Decl) == 1 && !n.Pipe.IsAssign {
		given := w.pipe(&parse.PipeNode{NodeType: parse.NodePipe, Cmds: n.Pipe.Cmds}, s)
		v := &value{code: w.name(), of: given.of}
		s.vars[n.Pipe.Decl[0].Ident[0]] = v
		w.line("%s := %s\n_ = %s", v.code, given.code, v.code)
		return
	}
	var escapers []string
	cmds := n.Pipe.Cmds
	for len(cmds) > 1 {
		escapers = append([]string{strings.TrimPrefix(cmds[len(cmds)-1].String(), "_html_template_")}, escapers...)
		cmds = cmds[:len(cmds)-1]
	}
	w.show(n, w.command(cmds[0], s), strings.Join(escapers, " "))
}

// show writes a value as the place wants it.
func (w *writer) show(n parse.Node, v value, escapers string) {
	switch number := w.number(v); {
	case number != "":
		w.line("b.WriteString(%s)", number) // has nothing to escape
	case escapers == "htmlescaper", escapers == "attrescaper", escapers == "rcdataescaper":
		w.line("escape(b, %s)", w.textOf(n, v))
	case escapers == "urlescaper attrescaper":
		w.line("escape(b, urlPart(%s))", w.textOf(n, v))
	case escapers == "urlfilter urlnormalizer attrescaper":
		w.line("escape(b, address(%s))", w.textOf(n, v))
	case v.of == style && escapers == "cssvaluefilter", v.of == script && escapers == "jsvalescaper":
		w.line("b.WriteString(%s)", v.code)
	default:
		w.fail(n, "a %v that goes through %s", v.of, escapers)
	}
}

func (w *writer) number(v value) string {
	if v.of == nil || v.of.NumMethod() > 0 {
		return ""
	}
	switch v.of.Kind() {
	case reflect.Int:
		w.imports["strconv"] = true
		return "strconv.Itoa(" + v.code + ")"
	case reflect.Int64:
		w.imports["strconv"] = true
		return "strconv.FormatInt(" + v.code + ", 10)"
	}
	return ""
}

func (w *writer) textOf(n parse.Node, v value) string {
	switch {
	case v.of == reflect.TypeFor[string]():
		return v.code
	case v.of == nil || v.of.Kind() != reflect.String:
		w.fail(n, "a %v is no text", v.of)
	case v.of.Implements(reflect.TypeFor[fmt.Stringer]()):
		return v.code + ".String()"
	}
	return "string(" + v.code + ")"
}
