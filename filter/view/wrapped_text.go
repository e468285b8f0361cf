package view

import (
	"bytes"
	"strconv"
	"time"
)

// hideIn makes the text of a text with escape sequences.
func (v *Line) hideIn(text []byte, pos []int) {
	out, places, endless := v.texts[:0], make([]int, 0, len(text)), false
	for i := 0; i < len(text); {
		if text[i] == Esc {
			n, mark := sequenceLen(text[i:], &endless)
			v.seqs = append(v.seqs, sequenceOf(Span{pos[i], v.behind(pos[i+n-1])}, text[i:i+n], mark))
			i += n
			continue
		}
		out, places = append(out, text[i]), append(places, pos[i])
		i++
	}
	v.Text, v.pos, v.texts = out, places, out
}

// After returns where in raw the end of text[i] lies.
func (v *Line) After(i int) int { return v.behind(v.At(i)) }

// behind returns where the character ends that stands in raw at a place.
func (v *Line) behind(at int) int {
	switch {
	case v.Bytes:
		return afterNumber(v.Raw, at)
	case v.Wrapped && at < len(v.Raw) && v.Raw[at] == '\\':
		return at + escapedLen(v.Raw[at:])
	case bytes.HasPrefix(v.Raw[min(at, len(v.Raw)):], []byte(noBreak)):
		return at + len(noBreak)
	}
	return at + 1
}

// Value returns where in raw the number is of text[i], without the comma in front of it; at len(text) the line end.
func (v *Line) Value(i int) int {
	at := v.At(i)
	for i < len(v.Text) && !isDigit(v.Raw[at]) {
		at++
	}
	return at
}

// appendTimeOf puts a time in the place of what is in to, if the value of a member is one: as it stands, or made of
// the seconds, or thousandths, millionths or milliards of them, since 1970.
func appendTimeOf(to, value []byte) []byte {
	if len(value) > 4 && !isDigit(value[4]) {
		if _, _, ok := Time(string(value)); ok {
			return append(to[:0], value...)
		}
		return to
	}
	const seconds, nanoseconds = 10, 19 // figures
	whole, fraction, _ := bytes.Cut(value, []byte("."))
	figures := append(append(make([]byte, 0, 64), whole...), fraction...)
	n := figuresLen(figures)
	if n != len(figures) || len(whole) < seconds || len(fraction) > 0 && len(whole) != seconds || len(figures) > nanoseconds {
		return to
	}
	for len(figures) < nanoseconds {
		figures = append(figures, '0')
	}
	ns, err := strconv.ParseInt(string(figures), 10, 64)
	if err != nil {
		return to
	}
	return time.Unix(0, ns).UTC().AppendFormat(to[:0], time.RFC3339Nano)
}
