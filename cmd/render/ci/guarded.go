package ci

import (
	"fmt"
	"io"

	"github.com/orbfilter/orbfilter/cmd/render/words"
)

// What text is written in decides how a command is broken that stands in it.

// escapes are how a character is written otherwise in a syntax.
var escapes = map[string]string{words.JSONText: `\u%04x`, words.XMLText: "&#x%x;"}

// Guarded returns what writes text of a syntax to w so that it cannot give orders.
func (f *Format) Guarded(w io.Writer, syntax string) io.Writer {
	if f.newGuard == nil || syntax == words.AsItIs {
		return w
	}
	g := f.newGuard(&Live{})
	if b, ok := g.(*breakGuard); ok {
		b.escape = escapes[syntax]
	}
	return &guardedWriter{w, g}
}

type guardedWriter struct {
	w     io.Writer
	guard guard
}

func (g *guardedWriter) Write(p []byte) (int, error) {
	if _, err := g.w.Write(g.guard.add(nil, p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// broken appends a byte that would complete a command so that it does not.
func (g *breakGuard) broken(out []byte, c byte) []byte {
	if g.escape == "" {
		return append(append(out, plainSGR...), c)
	}
	return fmt.Appendf(out, g.escape, c)
}
