package view

import "bytes"

// A style is what sequences have switched on: a bit for each thing that one of them
// switches off again.
type style uint32

// The styles of SGR (ECMA-48 8.3.117; xterm for the colour of underlines), and that
// another set of characters than ASCII is in use (ISO 2022).
const (
	weight style = 1 << iota
	italic
	underline
	blink
	inverse
	hidden
	crossed
	font
	proportional
	foreground
	background
	framed
	overline
	underlineColor
	ideogram
	script
	charset
)

// switches are the parameters that switch something on, from the first to the last.
var switches = []struct {
	first, last int
	on          style
}{
	{1, 2, weight}, {3, 3, italic}, {4, 4, underline}, {5, 6, blink}, {7, 7, inverse}, {8, 8, hidden}, {9, 9, crossed},
	{11, 19, font}, {20, 20, italic}, {21, 21, underline}, {26, 26, proportional}, {30, 38, foreground}, {40, 48, background},
	{51, 52, framed}, {53, 53, overline}, {58, 58, underlineColor}, {60, 64, ideogram}, {73, 74, script},
	{90, 97, foreground}, {100, 107, background},
}

// offs are those that switch something off.
var offs = map[int]style{
	10: font, 22: weight, 23: italic, 24: underline, 25: blink, 27: inverse, 28: hidden, 29: crossed, 39: foreground, 49: background,
	50: proportional, 54: framed, 55: overline, 59: underlineColor, 65: ideogram, 75: script,
}

// A change is what a sequence does to a style: first it switches off, then on.
type change struct{ off, on style }

// to is the style after the change.
func (c change) to(s style) style { return s&^c.off | c.on }

// switched takes in that something is switched off, and something else on.
func (c *change) switched(off, on style) {
	c.off, c.on = c.off|off, c.on&^off|on
}

// changeOf reads a sequence that colours: SGR, or the choice of a set of characters.
func changeOf(seq []byte) (c change) {
	if seq[1] != '[' {
		if seq[2] == 'B' {
			return change{off: charset}
		}
		return change{on: charset}
	}
	rest := seq[2 : len(seq)-1]
	for more := true; more; {
		var one []byte
		one, rest, more = bytes.Cut(rest, []byte(";"))
		p, sub, parts := parameter(one)
		c.parameter(p, sub)
		if (p == 38 || p == 48 || p == 58) && !parts {
			rest, more = skipColor(rest, more)
		}
	}
	return c
}

// parameter takes one in; sub is the number behind its colon, or -1.
func (c *change) parameter(p, sub int) {
	switch {
	case p == 0:
		*c = change{off: ^charset}
		return
	case p == 4 && sub == 0:
		c.switched(underline, 0)
		return
	}
	c.switched(offs[p], 0)
	for _, s := range switches {
		if p >= s.first && p <= s.last {
			c.switched(0, s.on)
		}
	}
}

// parameter reads one: a number, 0 if there is none, and the first behind a colon.
// parts: there is a colon.
func parameter(b []byte) (p, sub int, parts bool) {
	head, tail, parts := bytes.Cut(b, []byte(":"))
	sub = -1
	if parts {
		first, _, _ := bytes.Cut(tail, []byte(":"))
		sub = number(first)
	}
	return number(head), sub, parts
}

// number reads figures; one that is too long to be a parameter is none that is known.
func number(b []byte) (n int) {
	const unknown = 9999
	for _, c := range b {
		if !isDigit(c) || n > unknown {
			return unknown
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// skipColor takes off the parameters of a colour, "5;n" or "2;r;g;b".
func skipColor(rest []byte, more bool) ([]byte, bool) {
	kind, after, left := bytes.Cut(rest, []byte(";"))
	n := 0
	switch string(kind) {
	case "5":
		n = 1
	case "2":
		n = 3
	default:
		return rest, more
	}
	for rest, more = after, left; n > 0 && more; n-- {
		_, rest, more = bytes.Cut(rest, []byte(";"))
	}
	return rest, more
}
