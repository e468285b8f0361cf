// Package slots makes patterns of lines that are of one text: what is the same in all of them stands in the
// pattern as it is, and where they differ the pattern takes what was seen there, and little else.
package slots

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// A Seen is a line of the text, and how often it was there, with other numbers in it. Its prefix is cut off.
type Seen struct {
	Text  string
	Count int
}

const (
	// few is up to how many different words a slot takes those and no others.
	few = 8
)

// A Text is what lines have in common.
type Text struct {
	How
	host  bool
	forms []form // of the columns in front of the message
	words []slot
}

// How says which patterns are made of a text.
type How struct {
	// Bad: the lines say of themselves that something went wrong.
	Bad bool
	// Narrow: the pattern takes the words that were seen and no others, however many they are.
	Narrow bool
}

// A slot is a word of the text.
type slot struct {
	space  string   // the pattern of what is in front of it
	parts  []part   // pieces; one if the words differ
	kinds  string   // of the pieces, as shape has it
	any    bool     // the words differ
	seen   []Value  // other words than numbers and times
	more   int      // that are not in it
	texts  []string // the patterns of whole words
	spaced []string // those of them that have spaces in them
	masked bool     // nothing of it but marks is the same each time
}

// A part is a piece of a word.
type part struct {
	pattern  string
	patterns []string
	kind     mask.Kind
	variable bool
}

// A Value is what was seen in a slot.
type Value struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// New makes a text of lines, which are of one template. more is how many others there were that are not
// among them: then slots are for what may come.
func New(t []string, lines []*Seen, more int, how How) *Text {
	x := &Text{How: how}
	for n, l := range lines {
		host, head, words := x.cut(l.Text)
		x.host = host != ""
		x.head(head, l.Count)
		if n == 0 {
			x.words = make([]slot, len(words))
		}
		if len(words) != len(x.words) {
			continue
		}
		for i := range words {
			x.words[i].see(&words[i], l.Count, n == 0)
		}
	}
	for i := range x.words {
		x.words[i].settle(i < len(t) && t[i] == skeleton.Any, more, x.Narrow)
	}
	return x
}

// cut takes a line apart.
func (x *Text) cut(line string) (host, head string, words []word) {
	name, rest := mask.Host(line)
	if name != "" {
		host = line[:len(line)-len(rest)]
	}
	h := mask.HeadOf(rest)
	return host, rest[:h.Len], wordsOf(mask.Message(strings.TrimRight(rest[h.Len:], " \t\r")))
}

// HeadLen is how much of a line stands in front of its message.
func (x *Text) HeadLen(line string) int {
	host, head, _ := x.cut(line)
	return len(host) + len(head)
}

// Pieces takes a line of the text apart, with the patterns of all of them, and returns how many pieces stand in
// front of its message.
func (x *Text) Pieces(line string) (out []mask.Piece, head int) {
	host, front, words := x.cut(line)
	if host != "" {
		out = append(out, mask.Piece{Text: host, Pattern: mask.HostPrefix, Variable: true, Kind: mask.AHost})
	}
	if front != "" {
		out = append(out, mask.Piece{Text: front, Pattern: x.headsPattern(), Variable: true})
	}
	head = len(out)
	for i := range words {
		if len(words) != len(x.words) {
			return append(out[:head], mask.Message(line[len(host)+len(front):])...), head
		}
		out = x.words[i].pieces(out, &words[i])
	}
	return out, head
}

// A Slot is a place in the pattern of a text where lines differ in words.
type Slot struct {
	Pattern string  `json:"pattern"`
	Values  []Value `json:"values"` // the most frequent first
	More    int     `json:"more"`   // that are not in it
}

// Slots are those of a text.
func (x *Text) Slots() (out []Slot) {
	for i := range x.words {
		w := &x.words[i]
		if !w.any || len(w.seen) < 2 {
			continue
		}
		values := slices.Clone(w.seen)
		slices.SortStableFunc(values, func(a, b Value) int { return b.Count - a.Count })
		shown := values[:min(len(values), few)]
		out = append(out, Slot{w.parts[0].pattern, shown, len(values) - len(shown) + w.more})
	}
	return out
}
