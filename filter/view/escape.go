package view

import (
	"bytes"
	"slices"
)

// Esc begins an escape sequence.
const Esc = 0x1b

// What is of the prefix though it is an escape sequence, wherever it stands.
const (
	// buildkite begins the time that Buildkite's agent writes, up to BEL; see
	// process/timestamper.go there.
	buildkite = "\x1b_bk;"
	// noteBegin and noteEnd stand around a console note of Jenkins: base64 of what
	// its pages show there; see hudson.console.ConsoleNote.
	noteBegin = "\x1b[8mha:"
	noteEnd   = "\x1b[0m"
)

// hideSequences makes the text, without escape sequences.
func (v *Line) hideSequences() {
	raw := v.Raw
	v.Text, v.pos = v.texts[:0], v.places[:0]
	i, endless := 0, false
	if bytes.HasPrefix(raw[:v.End], []byte(Bom)) { // it is the file's, and no line's
		i = len(Bom)
		v.seqs = append(v.seqs, sequence{Span: Span{0, i}})
	}
	for i < v.End {
		if raw[i] == Esc {
			n, mark := sequenceLen(raw[i:v.End], &endless)
			v.seqs = append(v.seqs, sequenceOf(Span{i, i + n}, raw[i:i+n], mark))
			i += n
			continue
		}
		to := i + upToEscape(raw[i:v.End])
		for v.Text = append(v.Text, raw[i:to]...); i < to; i++ {
			v.pos = append(v.pos, i)
		}
	}
	v.texts, v.places = v.Text, v.pos
}

// Bare returns a line without escape sequences, and without those that are written
// in figures: what may be in a text, for one who need not know where.
func (v *Line) Bare(raw []byte) []byte {
	if v.open(Known, raw) {
		raw = append([]byte(nil), v.decoded...)
	}
	out, endless := v.texts[:0], false
	for i := 0; i < len(raw); {
		if raw[i] == Esc {
			n, _ := sequenceLen(raw[i:], &endless)
			i += n
			continue
		}
		to := i + upToEscape(raw[i:])
		out, i = append(out, raw[i:to]...), to
	}
	if bytes.Contains(out, []byte(noBreak)) {
		out = bytes.ReplaceAll(out, []byte(noBreak), []byte(" "))
	}
	v.texts = out
	if !bytes.Contains(out, []byte(EscFigures)) {
		return out
	}
	*v = Line{Text: out, End: len(out), Dress: v.Dress, key: v.key, Narrow: v.Narrow, texts: v.texts, places: v.places, bare: v.bare, taught: v.taught, margin: v.margin}
	v.hideFigures()
	return v.Text
}

// upToEscape is how much of b stands in front of an escape character.
func upToEscape(b []byte) int {
	if n := bytes.IndexByte(b, Esc); n >= 0 {
		return n
	}
	return len(b)
}

// sequenceLen returns the length of the sequence that b begins with, and whether it
// is of the prefix. endless: a string was begun that does not end in this line: it
// reaches over all that follow.
func sequenceLen(b []byte, endless *bool) (n int, mark bool) {
	if n, mark = markLen(b); mark {
		return n, true
	}
	if *endless && introducesString(b) {
		return 2, false
	}
	n, *endless = EscapeLen(b)
	return n, false
}

// markLen returns the length of a sequence of the prefix that b begins with.
func markLen(b []byte) (n int, ok bool) {
	switch {
	case bytes.HasPrefix(b, []byte(buildkite)):
		n, endless := stringLen(b)
		return n, !endless
	case bytes.HasPrefix(b, []byte(noteBegin)):
		n := len(noteBegin)
		for n < len(b) && b[n] != Esc {
			n++
		}
		return n + len(noteEnd), bytes.HasPrefix(b[n:], []byte(noteEnd))
	}
	return 0, false
}

// Rsyslog writes a control character in figures: "#" and its octal number; see
// $EscapeControlCharactersOnReceive of its manual.
const (
	EscFigures = "#033"
	crFigures  = "#015"
)

// hideFigures takes sequences out of the text that are written in figures, and
// the CR of a line end.
func (v *Line) hideFigures() {
	for bytes.HasSuffix(v.Text, []byte(crFigures)) {
		n := len(v.Text) - len(crFigures)
		v.End, v.Text = v.At(n), v.Text[:n]
	}
	if !bytes.Contains(v.Text, []byte(EscFigures+"[")) {
		return
	}
	from, text, pos := 0, v.Text, make([]int, len(v.Text))
	for i := range text {
		pos[i] = v.At(i)
	}
	out, places := make([]byte, 0, len(text)), make([]int, 0, len(text))
	for from < len(text) {
		n := 1
		if bytes.HasPrefix(text[from:], []byte(EscFigures+"[")) {
			seq := append([]byte{Esc}, text[from+len(EscFigures):]...)
			seq = seq[:csiLen(seq)]
			n = len(EscFigures) - 1 + len(seq)
			v.seqs = append(v.seqs, sequenceOf(Span{pos[from], pos[from+n-1] + 1}, seq, false))
		} else {
			out, places = append(out, text[from]), append(places, pos[from])
		}
		from += n
	}
	v.Text, v.pos = out, places
	slices.SortFunc(v.seqs, func(a, b sequence) int { return a.From - b.From })
}

// colors reports whether a sequence is SGR (ECMA-48 8.3.117), and not a
// private one that ends with the same letter, or chooses a set of characters, as
// tput does in front of each reset.
func colors(seq []byte) bool {
	switch {
	case len(seq) < 3:
		return false
	case seq[1] == '(':
		return len(seq) == 3
	}
	return seq[1] == '[' && seq[len(seq)-1] == 'm' && (seq[2] < '<' || seq[2] > '?')
}

// endLen returns the length of the end of a line: LF, CR LF, or the CR of a
// frame that is overwritten, with the erasing sequence that follows it.
func endLen(raw []byte) int {
	n := len(raw)
	switch {
	case bytes.HasSuffix(raw, []byte("\n")): // CR CR LF comes of a terminal in a terminal
		return n - len(bytes.TrimRight(raw[:n-1], "\r"))
	case bytes.HasSuffix(raw, []byte("\r")):
		return 1
	}
	if i := bytes.LastIndexByte(raw, '\r'); i >= 0 && eraseLen(raw[i+1:]) == n-i-1 {
		return n - i
	}
	return 0
}

// erasing are the sequences EL ("erase in line", ECMA-48 8.3.41).
var erasing = [...]string{"\x1b[K", "\x1b[0K", "\x1b[1K", "\x1b[2K"}

// eraseLen returns the length of the erasing sequence that b begins with, or 0.
func eraseLen(b []byte) int {
	for _, el := range erasing {
		if bytes.HasPrefix(b, []byte(el)) {
			return len(el)
		}
	}
	return 0
}

// introducesString reports whether b begins with a sequence that takes a
// string, such as OSC.
func introducesString(b []byte) bool {
	return len(b) > 1 && bytes.IndexByte([]byte("]P_^X"), b[1]) >= 0
}

// EscapeLen returns the length of the escape sequence (ECMA-48) that b begins
// with; b[0] is ESC. One that is cut off reaches to the end of b. endless: it is
// a string that does not end in this line, so that only the introducer is hidden.
func EscapeLen(b []byte) (n int, endless bool) {
	switch {
	case len(b) < 2:
		return len(b), false
	case b[1] == '[':
		return csiLen(b), false
	case introducesString(b):
		return stringLen(b)
	}
	i := 1
	for i < len(b) && b[i] >= 0x20 && b[i] <= 0x2f {
		i++
	}
	return min(i+1, len(b)), false
}

// csiLen is for CSI: parameters, intermediates, one final byte.
func csiLen(b []byte) int {
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return i + 1
		}
		if b[i] < 0x20 || b[i] > 0x7e {
			return i // broken: what follows is text again
		}
	}
	return len(b)
}

// stringLen is for strings, ended by BEL or ST.
func stringLen(b []byte) (n int, endless bool) {
	for i := 2; i < len(b); i++ {
		if b[i] == 0x07 {
			return i + 1, false
		}
		if b[i] == Esc && i+1 < len(b) && b[i+1] == '\\' {
			return i + 2, false
		}
	}
	return 2, true
}

// whole reports whether an escape sequence has its end.
func whole(seq []byte) bool {
	n, _ := EscapeLen(append(bytes.Clone(seq), '~'))
	return n == len(seq)
}
