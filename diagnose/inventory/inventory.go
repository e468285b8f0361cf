// Package inventory reads which hosts a pyinfra inventory names, without running it: an inventory
// is a program of Python, and what it makes while it runs cannot be read.
package inventory

import (
	"bytes"
	"errors"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A Host is one that an inventory names.
type Host struct {
	Connector string // ssh, local, docker, orbstack, …
	Name      string // behind the connector; may be empty, as of @local
	Line      int    // in the file; 0: it is on the command line
	Data      map[string]string
}

// An Inventory is what can be read of one.
type Inventory struct {
	Hosts []Host
	Open  bool // there is more, which is made while it runs
}

// Of returns the host that a text names, as pyinfra does: @CONNECTOR/NAME, or a name for SSH.
func Of(text string) Host {
	rest, ok := strings.CutPrefix(text, "@")
	if !ok {
		return Host{Connector: "ssh", Name: text}
	}
	connector, name, _ := strings.Cut(rest, "/")
	return Host{Connector: connector, Name: name}
}

// List reads hosts as they are typed: with commas between them.
func List(text string) (inv Inventory) {
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			inv.Hosts = append(inv.Hosts, Of(name))
		}
	}
	return inv
}

// Only returns the hosts of some connectors.
func (i *Inventory) Only(connectors ...string) (out []Host) {
	for _, h := range i.Hosts {
		for _, c := range connectors {
			if h.Connector == c {
				out = append(out, h)
			}
		}
	}
	return out
}

// Add puts what another names behind it.
func (i *Inventory) Add(other Inventory) {
	i.Hosts, i.Open = append(i.Hosts, other.Hosts...), i.Open || other.Open
}

// group is a variable at the left margin: each is a group of hosts, unless it begins with _.
var group = lazyregexp.New(`(?m)^([A-Za-z]\w*)[ \t]*(?::[^=\n]+)?=[ \t]*(?:[^=]|$)`)

// moving are lines at the left margin that make hosts while the file runs.
var moving = lazyregexp.New(`(?m)^(?:for|while|if|with|try|exec)\b|^\w+(?:\[[^\]]*\])?(?:\.\w+\(|[ \t]*\+=)|^def[ \t]+\w+`)

// Read reads a file: the strings in the lists and tuples at its left margin. Whatever else makes
// hosts leaves it open.
func Read(data []byte) (inv Inventory) {
	text := string(data)
	inv.Open = moving.MatchString(text)
	for _, m := range group.FindAllStringIndex(text, -1) {
		at := m[0] + strings.Index(text[m[0]:m[1]], "=") + 1
		p := parser{text: text, pos: at}
		v := p.value(0)
		inv.take(v, !p.atEnd())
	}
	return inv
}

// Errors of files that are no program of Python.
var (
	errNoText = errors.New("it is no text, as a program of Python is")
	errCut    = errors.New("it ends within a bracket or a string")
)

// nested begins a string that may have strings of its own in it, with the same quotes.
var nested = lazyregexp.New(`\b[fFtT][rR]?["']`)

// Check returns an error for a file that Python does not read: pyinfra would not either.
func Check(data []byte) error {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return errNoText
	}
	if nested.Match(data) {
		return nil
	}
	p := parser{text: string(data)}
	for depth := 0; ; {
		p.space(true)
		if p.pos >= len(p.text) {
			if depth > 0 {
				return errCut
			}
			return nil
		}
		switch c := p.text[p.pos]; {
		case c == '\'' || c == '"':
			if p.str(depth).kind == other {
				return errCut
			}
			continue
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		}
		p.pos++
	}
}

// take adds the hosts of a group: a list, or a list with the data of all.
func (i *Inventory) take(v value, odd bool) {
	all := map[string]string(nil)
	if v.kind == tuple && len(v.items) == 2 && v.items[0].kind != text && v.items[1].kind == dict {
		v, all = v.items[0], v.items[1].data
	}
	switch v.kind {
	case list, tuple:
	case other:
		i.Open = true
		return
	default: // a string, a number, a dict: no group
		return
	}
	i.Open = i.Open || odd
	for _, item := range v.items {
		switch {
		case item.kind == text:
			i.host(item, all, nil)
		case item.kind == tuple && len(item.items) > 0 && item.items[0].kind == text:
			var own map[string]string
			if len(item.items) > 1 {
				own = item.items[1].data
			}
			i.host(item.items[0], all, own)
		default:
			i.Open = true
		}
	}
}

func (i *Inventory) host(v value, datas ...map[string]string) {
	h := Of(v.text)
	h.Line, h.Data = v.line, map[string]string{}
	for _, d := range datas {
		maps.Copy(h.Data, d)
	}
	i.Hosts = append(i.Hosts, h)
}
