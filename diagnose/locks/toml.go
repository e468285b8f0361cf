package locks

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"
)

// walkTOML calls f for every string of a file: with its key, the line, and for
// those in a list, the key of the list. It ends at what is no TOML.
func walkTOML(data []byte, f func(key string, value *unstable.Node, line int)) {
	var p unstable.Parser
	p.Reset(data)
	lines := lineCounter{data: data}
	table := ""
	var visit func(key string, n *unstable.Node)
	visit = func(key string, n *unstable.Node) {
		switch n.Kind {
		case unstable.String:
			f(key, n, lines.at(int(n.Raw.Offset)))
		case unstable.Array, unstable.InlineTable:
			for it := n.Children(); it.Next(); {
				visit(key, it.Node())
			}
		case unstable.KeyValue:
			visit(join(key, n.Key()), n.Value())
		}
	}
	for p.NextExpression() {
		switch n := p.Expression(); n.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = join("", n.Key())
		case unstable.KeyValue:
			visit(table, n)
		}
	}
}

func join(key string, it unstable.Iterator) string {
	for it.Next() {
		if key != "" {
			key += "."
		}
		key += string(it.Node().Data)
	}
	return key
}

// A lineCounter tells in which line a byte is; it goes forward only.
type lineCounter struct {
	data     []byte
	pos, row int
}

func (c *lineCounter) at(offset int) int {
	if offset > c.pos && offset <= len(c.data) {
		c.row += bytes.Count(c.data[c.pos:offset], []byte("\n"))
		c.pos = offset
	}
	return c.row + 1
}
