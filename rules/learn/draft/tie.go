package draft

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// What ties the lines of a block together: a process, a request, a file that
// several of them name. In the rule it is a named group, so that the lines of
// one and of another are not taken for one block.

// maxTies is how many values of a block are named, at most.
const maxTies = 8

// A spot is where a value stands.
type spot struct{ line, piece int }

// tie returns lines whose patterns give one name to what is the same in several
// of them; nil when there is no such thing.
func tie(lines []Line) []Line {
	order, at := values(lines)
	var out []Line
	used := map[string]bool{"host": true}
	for _, text := range order {
		spots := at[text]
		if len(spots) < 2 || len(used) > maxTies || !alwaysSame(lines, spots) {
			continue
		}
		if out == nil {
			out = copied(lines)
		}
		name := tieName(labelOf(lines[spots[0].line].Pieces, spots[0].piece), used)
		for _, s := range spots {
			p := &out[s.line].Pieces[s.piece]
			p.Pattern = "(?<" + name + ">" + p.Pattern + ")"
		}
	}
	for i := range out {
		if !sameAs(lines[i].Pieces, out[i].Pieces) {
			out[i].Pattern = mask.Expression(out[i].Pieces)
		}
	}
	return out
}

// values returns the texts that may tie lines, in order, and where they stand:
// once in each line.
func values(lines []Line) (order []string, at map[string][]spot) {
	at = map[string][]spot{}
	for i, l := range lines {
		if mask.Expression(l.Pieces) != l.Pattern { // it is of other lines as well
			continue
		}
		for n, p := range l.Pieces {
			if !ties(p) {
				continue
			}
			key := p.Text
			if short(p.Text) { // it may be the same by chance
				label := labelOf(l.Pieces, n)
				if label == "" {
					continue
				}
				key = label + " " + key
			}
			if have := at[key]; len(have) == 0 {
				order = append(order, key)
			} else if have[len(have)-1].line == i {
				continue
			}
			at[key] = append(at[key], spot{i, n})
		}
	}
	return order, at
}

// moments are patterns of times, sizes and amounts: that they are the same in
// two lines says nothing of the next occurrence.
var moments = lazyregexp.New(`^(?:\\d\{4\}|\\d\+:|\\d\+\[/|\(\?:\[A-Z\]|\[A-Z\]|\\d\[\\d| \+)`)

// ties reports whether a piece can say what a line is about.
func ties(p mask.Piece) bool {
	return p.Variable && !p.Optional && p.Pattern != mask.HostPrefix && strings.TrimSpace(p.Text) != "" &&
		!strings.HasSuffix(p.Pattern, "{4,}") && !moments.MatchString(p.Pattern) && p.Pattern != mask.Quote(p.Text)
}

func short(text string) bool { return len(text) < 3 }

// nearlyAlways is in how many of the occurrences a value has to be the same, at least.
const nearlyAlways = 0.75

// alwaysSame reports whether a value is the same at its places in nearly all of the occurrences, and not the
// same in all of these: what is always 240 ties nothing.
func alwaysSame(lines []Line, spots []spot) bool {
	first := lines[spots[0].line]
	same, differs := 1, len(first.Again) == 0
	for n := range first.Again {
		text, ok := textAt(first.Again[n], spots[0])
		differs = differs || ok && text != first.Pieces[spots[0].piece].Text
		for _, s := range spots[1:] {
			other, there := textAt(lines[s.line].Again[n], s)
			ok = ok && there && other == text
		}
		if ok {
			same++
		}
	}
	all := 1 + len(first.Again)
	return differs && (same == all && !entries(lines, spots) || float64(same) >= nearlyAlways*float64(all) && called(lines, spots))
}

// entries reports whether the lines have columns of their own, so that each is to be understood without the others: a
// number that stands in several of them, and is called otherwise there, is the same by chance.
func entries(lines []Line, spots []spot) bool {
	return !called(lines, spots) && !slices.ContainsFunc(spots, func(s spot) bool { return lines[s.line].Head == 0 })
}

// called reports whether a value is no number, or one that is called the same wherever it stands. Others are the
// same now and then: counters.
func called(lines []Line, spots []spot) bool {
	return !slices.ContainsFunc(spots, func(s spot) bool {
		label := labelOf(lines[s.line].Pieces, s.piece)
		return lines[s.line].Pieces[s.piece].Kind == mask.Number && (label == "" || label != labelOf(lines[spots[0].line].Pieces, spots[0].piece))
	})
}

func textAt(l Line, s spot) (text string, ok bool) {
	if s.piece >= len(l.Pieces) {
		return "", false
	}
	return l.Pieces[s.piece].Text, true
}

var lastWord = lazyregexp.New(`([A-Za-z]+)[^A-Za-z]{0,3}$`)

// labelOf returns the word in front of a piece; it may be empty.
func labelOf(pieces []mask.Piece, n int) string {
	text := ""
	for i := n - 1; i >= 0 && !pieces[i].Variable && len(text) < 2*maxTieName; i-- {
		text = pieces[i].Text + text
	}
	m := lastWord.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.ToLower(m[1])
}

// maxTieName is how long the name of a group is.
const maxTieName = 16

// tieName makes a name for a group of the word in front of it.
func tieName(label string, used map[string]bool) string {
	name := label
	if len(name) < 2 || len(name) > maxTieName || noWords.MatchString(name) || used[name] {
		for n := 1; ; n++ {
			if name = "v" + number(n); !used[name] {
				break
			}
		}
	}
	used[name] = true
	return name
}

func copied(lines []Line) []Line {
	out := append([]Line(nil), lines...)
	for i := range out {
		out[i].Pieces = append([]mask.Piece(nil), out[i].Pieces...)
	}
	return out
}

func sameAs(a, b []mask.Piece) bool { return mask.Expression(a) == mask.Expression(b) }
