package gate

// Chosen is what of a literal is looked for.
func Chosen(literal string) string {
	text := []byte(literal)
	switch g := grouped(numbered([][]byte{text}))[0].(type) {
	case *grams:
		at := g.rarest(text)
		return literal[at : at+g.stride+g.look-1]
	case *alone:
		return string(g.rare)
	}
	return ""
}
