package inventory

import "strings"

// kinds of values of Python that are written as such.
type kind int

const (
	other kind = iota // a call, a name, a comprehension: known when it runs
	text
	number // and True, False, None
	list
	tuple
	dict
)

type value struct {
	kind  kind
	text  string
	line  int
	items []value
	data  map[string]string // of a dict, the plain values by their keys
}

// A parser reads literals of Python. It ends at what is none.
type parser struct {
	text string
	pos  int
}

// maxDeep is deeper than anybody's inventory.
const maxDeep = 50

func (p *parser) value(deep int) value {
	p.space(deep > 0)
	if deep > maxDeep || p.pos >= len(p.text) {
		return value{}
	}
	switch p.text[p.pos] {
	case '\'', '"':
		return p.str(deep)
	case '[':
		items, ok := p.items(']', deep)
		return value{kind: map[bool]kind{true: list}[ok], items: items}
	case '(':
		items, ok := p.items(')', deep)
		return value{kind: map[bool]kind{true: tuple}[ok], items: items}
	case '{':
		return p.dict(deep)
	}
	start := p.pos
	for p.pos < len(p.text) && strings.IndexByte("-+._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", p.text[p.pos]) >= 0 {
		p.pos++
	}
	word := p.text[start:p.pos]
	if word == "True" || word == "False" || word == "None" || word != "" && strings.Trim(word, "-+._0123456789xabcdefABCDEF") == "" && word[0] <= '9' {
		return value{kind: number, text: word}
	}
	return value{}
}

// str reads strings that stand side by side, which are one.
func (p *parser) str(deep int) (v value) {
	v = value{kind: text, line: 1 + strings.Count(p.text[:p.pos], "\n")}
	for p.pos < len(p.text) && (p.text[p.pos] == '\'' || p.text[p.pos] == '"') {
		quote := p.text[p.pos : p.pos+1]
		if strings.HasPrefix(p.text[p.pos:], quote+quote+quote) {
			quote += quote + quote
		}
		p.pos += len(quote)
		for !strings.HasPrefix(p.text[p.pos:], quote) {
			if p.pos >= len(p.text) || len(quote) == 1 && p.text[p.pos] == '\n' {
				return value{}
			}
			if p.text[p.pos] == '\\' && p.pos+1 < len(p.text) {
				p.pos++
			}
			v.text += p.text[p.pos : p.pos+1]
			p.pos++
		}
		p.pos += len(quote)
		p.space(deep > 0)
	}
	return v
}

// items reads what stands between brackets; ok is false when something else stands there.
func (p *parser) items(end byte, deep int) (items []value, ok bool) {
	p.pos++
	for {
		p.space(true)
		if p.pos >= len(p.text) {
			return items, false
		}
		if p.text[p.pos] == end {
			p.pos++
			p.space(deep > 0)
			return items, true
		}
		begin := p.pos
		v := p.value(deep + 1)
		p.space(true)
		if p.pos < len(p.text) && p.text[p.pos] != ',' && p.text[p.pos] != end {
			v = value{} // an expression: [*others], name(x), "a" + b, x for x in y
			p.skip(end)
		}
		items = append(items, v)
		if p.pos < len(p.text) && (p.text[p.pos] == ',' || p.pos == begin) {
			p.pos++ // a bracket that nothing opened as well
		}
	}
}

// dict reads a dict, of which the plain values are known.
func (p *parser) dict(deep int) value {
	v := value{kind: dict, data: map[string]string{}}
	p.pos++
	for {
		p.space(true)
		if p.pos >= len(p.text) {
			return value{}
		}
		if p.text[p.pos] == '}' {
			p.pos++
			p.space(deep > 0)
			return v
		}
		begin := p.pos
		key := p.value(deep + 1)
		p.space(true)
		if p.pos < len(p.text) && p.text[p.pos] == ':' {
			p.pos++
			val := p.value(deep + 1)
			p.space(true)
			if key.kind == text && (val.kind == text || val.kind == number) && p.pos < len(p.text) && (p.text[p.pos] == ',' || p.text[p.pos] == '}') {
				v.data[key.text] = val.text
			}
		}
		if p.pos < len(p.text) && p.text[p.pos] != ',' && p.text[p.pos] != '}' {
			p.skip('}')
		}
		if p.pos < len(p.text) && (p.text[p.pos] == ',' || p.pos == begin) {
			p.pos++
		}
	}
}

// skip goes to the comma or the bracket that ends an item, past all that is nested in it.
func (p *parser) skip(end byte) {
	depth := 0
	for ; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '\'' || c == '"':
			if p.str(1).kind == other {
				return
			}
			p.pos--
		case c == '#':
			p.space(true)
			p.pos--
		case depth == 0 && (c == end || c == ','):
			return
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			if depth--; depth < 0 {
				return
			}
		}
	}
}

// space goes past blanks and comments, and inside of brackets past the ends of lines.
func (p *parser) space(lines bool) {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && lines:
			p.pos++
		case c == '\\' && strings.HasPrefix(p.text[p.pos:], "\\\n"):
			p.pos += 2
		case c == '#' && lines:
			for p.pos < len(p.text) && p.text[p.pos] != '\n' {
				p.pos++
			}
		default:
			return
		}
	}
}

// atEnd reports whether nothing but a comment follows in the line.
func (p *parser) atEnd() bool {
	p.space(false)
	return p.pos >= len(p.text) || p.text[p.pos] == '\n' || p.text[p.pos] == '#'
}
