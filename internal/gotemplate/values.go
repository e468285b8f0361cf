package gotemplate

import (
	"html/template"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// Types of what is as it should be where it stands.
var (
	style  = reflect.TypeFor[template.CSS]()
	script = reflect.TypeFor[template.JS]()
)

// pipe is what a pipeline gives; it has one command.
func (w *writer) pipe(p *parse.PipeNode, s scope) value {
	if len(p.Cmds) != 1 || len(p.Decl) > 0 {
		w.fail(p, "more than a command")
		return value{}
	}
	return w.command(p.Cmds[0], s)
}

func (w *writer) command(c *parse.CommandNode, s scope) value {
	name, isFunc := c.Args[0].(*parse.IdentifierNode)
	if !isFunc {
		if len(c.Args) > 1 {
			w.fail(c, "a method with arguments")
		}
		return w.operand(c.Args[0], s)
	}
	switch name.Ident {
	case "and", "not", "eq", "le", "gt", "lt", "ge", "ne":
		return value{code: w.boolean(c, s), of: reflect.TypeFor[bool]()}
	}
	var args []value
	for _, a := range c.Args[1:] {
		args = append(args, w.operand(a, s))
	}
	switch f, ours := w.funcs[name.Ident]; {
	case name.Ident == "len" && len(args) == 1:
		return value{code: "len(" + args[0].code + ")", of: reflect.TypeFor[int]()}
	case name.Ident == "or" && args[0].of == reflect.TypeFor[string]():
		w.imports["cmp"] = true
		return value{code: "cmp.Or(" + codes(args) + ")", of: args[0].of}
	case name.Ident == "or":
		return value{code: w.boolean(c, s), of: reflect.TypeFor[bool]()}
	case ours && len(args) == 1 && slices.Contains([]reflect.Type{style, script}, reflect.TypeOf(f).Out(0)):
		return value{code: args[0].code, of: reflect.TypeOf(f).Out(0)}
	case ours:
		return value{code: w.nameOf(f) + "(" + codes(args) + ")", of: reflect.TypeOf(f).Out(0)}
	}
	w.fail(c, "this function is not known")
	return value{}
}

// nameOf is a function as the file names it.
func (w *writer) nameOf(f any) string {
	whole := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	pkg, name, _ := strings.Cut(path.Base(whole), ".")
	if full := path.Join(path.Dir(whole), pkg); full != w.pkg {
		w.imports[full] = true
		return pkg + "." + name
	}
	return name
}

func codes(values []value) string {
	var out []string
	for _, v := range values {
		out = append(out, v.code)
	}
	return strings.Join(out, ", ")
}

func (w *writer) operand(n parse.Node, s scope) value {
	switch n := n.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return w.fields(n, s.dot, n.Ident)
	case *parse.VariableNode:
		v := s.vars[n.Ident[0]]
		if v == nil {
			w.fail(n, "no such variable")
			return value{}
		}
		return w.fields(n, *v, n.Ident[1:])
	case *parse.PipeNode:
		v := w.pipe(n, s)
		return v
	case *parse.StringNode:
		return value{code: strconv.Quote(n.Text), of: reflect.TypeFor[string]()}
	case *parse.NumberNode:
		return value{code: n.Text, of: reflect.TypeFor[int]()}
	}
	w.fail(n, "no such operand")
	return value{}
}

// fields follows names, of fields or of methods without arguments.
func (w *writer) fields(n parse.Node, v value, names []string) value {
	for _, name := range names {
		if v.of == nil {
			w.fail(n, "%s of nothing", name)
			return v
		}
		if m, ok := methods(v.of).MethodByName(name); ok {
			v = value{code: v.code + "." + name + "()", of: m.Type.Out(0)}
			continue
		}
		at := v.of
		if at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
		var f reflect.StructField
		ok := at.Kind() == reflect.Struct
		if ok {
			f, ok = at.FieldByName(name)
		}
		if !ok {
			w.fail(n, "%v has no %s", v.of, name)
			return v
		}
		v = value{code: v.code + "." + name, of: f.Type}
	}
	return v
}

// methods are those of a type and, since what is shown has an address, of a pointer to it.
func methods(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t
	}
	return reflect.PointerTo(t)
}

// condition is a pipeline as a boolean expression.
func (w *writer) condition(p *parse.PipeNode, s scope) string {
	if len(p.Cmds) != 1 || len(p.Decl) > 0 {
		w.fail(p, "more than a command")
		return ""
	}
	if _, isFunc := p.Cmds[0].Args[0].(*parse.IdentifierNode); isFunc {
		return w.boolean(p.Cmds[0], s)
	}
	return w.truth(p, w.command(p.Cmds[0], s))
}

var operators = map[string]string{"eq": "==", "ne": "!=", "le": "<=", "lt": "<", "ge": ">=", "gt": ">"}

// boolean is a call as a boolean expression.
func (w *writer) boolean(c *parse.CommandNode, s scope) string {
	name := c.Args[0].String()
	if op := operators[name]; op != "" && len(c.Args) == 3 {
		return w.operand(c.Args[1], s).code + " " + op + " " + w.operand(c.Args[2], s).code
	}
	var parts []string
	for _, a := range c.Args[1:] {
		parts = append(parts, w.isTrue(a, s))
	}
	switch name {
	case "and":
		return strings.Join(parts, " && ")
	case "or":
		return "(" + strings.Join(parts, " || ") + ")"
	case "not":
		return "!(" + parts[0] + ")"
	}
	return w.truth(c, w.command(c, s))
}

func (w *writer) isTrue(n parse.Node, s scope) string {
	if p, ok := n.(*parse.PipeNode); ok {
		return w.condition(p, s)
	}
	return w.truth(n, w.operand(n, s))
}

// truth is what if and with ask of a value.
func (w *writer) truth(n parse.Node, v value) string {
	if v.of != nil {
		switch v.of.Kind() {
		case reflect.Bool:
			return v.code
		case reflect.String:
			return v.code + ` != ""`
		case reflect.Int, reflect.Int64:
			return v.code + " != 0"
		case reflect.Slice, reflect.Map:
			return "len(" + v.code + ") > 0"
		case reflect.Pointer:
			return v.code + " != nil"
		case reflect.Struct: // with of one is for its name
			return "true"
		}
	}
	w.fail(n, "a %v is neither true nor false", v.of)
	return ""
}
