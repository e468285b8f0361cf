package recurring

import (
	"bytes"
	"strings"

	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// writers tells whose a line is: by the prefix of a log collector, and by the
// host that pyinfra names. To find either out takes time, so that what was found
// is remembered.
type writers struct {
	dresses map[uint64]int32 // by the hash of a name
	shapes  [4]prefixShape
	next    int              // the shape that is forgotten next
	hosts   map[uint64]int32 // as well; 0: it is none
	view    view.Line
	// last is what stood in the last brackets, of which the next line mostly has the same, and lastHost its host; 0: it is none.
	last     []byte
	lastHost int32
}

// maxWriters is how many prefixes, and hosts, are told apart.
const maxWriters = 1024

func newWriters() writers {
	return writers{dresses: map[uint64]int32{}, hosts: map[uint64]int32{}}
}

// A prefixShape is a prefix that was seen, and what of it may be any figure.
type prefixShape struct {
	text  []byte
	any   []bool
	dress int32
}

// fits reports whether a text begins with such a prefix.
func (s *prefixShape) fits(text []byte) bool {
	if len(s.text) == 0 || len(text) < len(s.text) {
		return false
	}
	for i, c := range s.text {
		if text[i] != c && !(s.any[i] && byteClasses[text[i]]&figureClass != 0) {
			return false
		}
	}
	return true
}

// dress cuts the prefix off a line, and returns a number for whose it is; 0: it
// has none.
func (w *writers) dress(text []byte) (dress int32, rest []byte) {
	if !view.MayHavePrefix(text) {
		return 0, text
	}
	var best *prefixShape
	for i := range w.shapes {
		if s := &w.shapes[i]; s.fits(text) && (best == nil || len(s.text) > len(best.text)) {
			best = s
		}
	}
	if best != nil {
		if rest = text[len(best.text):]; !w.look(rest) {
			return best.dress, rest
		}
	}
	if !w.look(text) {
		return 0, text
	}
	v := &w.view
	dress = numberOf(w.dresses, hashSignature([]byte(v.Dress)))
	if n := v.At(0); !v.Escaped && !v.Wrapped && n < len(text) {
		w.remember(text[:n], v.Dress, dress)
	}
	return dress, v.Text
}

// look reports whether there is a prefix, as matching sees it. Most lines have none,
// which is found out without a view: there are no sequences in them any more.
func (w *writers) look(text []byte) bool {
	if !view.MayHavePrefix(text) {
		return false
	}
	var m view.Match
	if text[0] != view.Bom[0] && text[0] != '{' && !view.Known.Longest(text[:min(len(text), view.LongestPrefix)], w.view.Narrow, &m) {
		return false
	}
	w.view.Look(text)
	return w.view.Dress != ""
}

// remember keeps the shape of a prefix. Its figures may be others another time
// unless they are in the name.
func (w *writers) remember(prefix []byte, name string, dress int32) {
	const most = 200
	if len(prefix) > most {
		return
	}
	s := &w.shapes[w.next]
	w.next = (w.next + 1) % len(w.shapes)
	s.text, s.dress, s.any = append(s.text[:0], prefix...), dress, append(s.any[:0], make([]bool, len(prefix))...)
	for i := 0; i < len(prefix); {
		from := i
		for i < len(prefix) && byteClasses[prefix[i]]&figureClass != 0 {
			i++
		}
		if i == from {
			i++
			continue
		}
		varies := !strings.Contains(name, string(prefix[from:i]))
		for k := from; k < i; k++ {
			s.any[k] = varies
		}
	}
}

// numberOf returns the number of a name, from 1; all names are one if there are too
// many.
func numberOf(of map[uint64]int32, name uint64) int32 {
	n, ok := of[name]
	if !ok {
		if n = int32(len(of)) + 1; n >= maxWriters {
			return maxWriters
		}
		of[name] = n
	}
	return n
}

// bracket returns where the bracket ends that a line of a host begins with, and
// where what it holds begins.
func bracket(text []byte) (from, to int, ok bool) {
	const longest = 200
	at := view.SkipSpaces(text)
	if at == len(text) || text[at] != '[' {
		return 0, 0, false
	}
	end := bytes.IndexByte(text[at:min(len(text), at+longest)], ']') + at
	return at + 1, end, end > at && end+1 < len(text) && text[end+1] == ' '
}

// knownHost cuts "[host] " off a line, if it is of a host that was there before.
func (w *writers) knownHost(text []byte) (host int32, rest []byte, ok bool) {
	from, to, ok := bracket(text)
	if !ok {
		return 0, text, false
	}
	if host = w.lastHost; host == 0 || !bytes.Equal(w.last, text[from:to]) {
		host = w.hosts[hashSignature(text[from:to])]
	}
	if host == 0 {
		return 0, text, false
	}
	return host, text[to+1+view.SkipSpaces(text[to+1:]):], true
}

// host cuts pyinfra's "[host] " off a line, and returns a number for the host;
// 0: there is none.
func (w *writers) host(text []byte) (host int32, rest []byte) {
	from, to, ok := bracket(text)
	if !ok {
		return 0, text
	}
	if host = w.lastHost; host == 0 || !bytes.Equal(w.last, text[from:to]) {
		host = w.numberOf(text[from:to], text[:to+2])
		if len(w.hosts) < maxWriters { // else it may be none that is told apart
			w.last, w.lastHost = append(w.last[:0], text[from:to]...), host
		}
	}
	if host == 0 {
		return 0, text
	}
	return host, text[to+1+view.SkipSpaces(text[to+1:]):]
}

// numberOf returns the number of a host; 0: it is none. head is what a line begins with, up to behind its brackets.
func (w *writers) numberOf(name, head []byte) (host int32) {
	key := hashSignature(name)
	host, known := w.hosts[key]
	if known {
		return host
	}
	if name, _ := mask.Host(string(head)); name != "" {
		host = min(int32(len(w.hosts))+1, maxWriters)
	}
	if len(w.hosts) < maxWriters {
		w.hosts[key] = host
	}
	return host
}
