package gate

import "github.com/orbfilter/orbfilter/filter/view"

// Ahead is what can be found out of bytes before anybody goes through them, while those in front of them may still be gone through: what
// takes longest of most, and hangs on nothing but the bytes. It is not changed any more.
type Ahead struct {
	text             []byte
	literals, hidden view.Marks
}

// Ahead looks at bytes. It is safe for concurrent use.
func (g *Gate) Ahead(p []byte) *Ahead {
	walk, hidden := g.Walk(p), view.NewHidden(p)
	return &Ahead{p, view.Mark(p, walk.Find), view.Mark(p, hidden.Next)}
}

// of returns the marks of whole lines, if they are some of the bytes that were looked at, where these lie.
func (a *Ahead) of(p []byte) (literals, hidden view.Marks) {
	if a == nil || len(p) == 0 {
		return literals, hidden
	}
	from := cap(a.text) - cap(p)
	if from < 0 || from+len(p) > len(a.text) || &a.text[from] != &p[0] {
		return literals, hidden
	}
	return a.literals.Behind(from), a.hidden.Behind(from)
}
