package filter

import (
	"github.com/orbfilter/orbfilter/filter/pyinfra"

	"github.com/orbfilter/orbfilter/filter/cpython"

	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// Kinds of what no rule knows.
const (
	Exception = "exception" // a traceback, live and in recorded logs
	Recurring = "recurring" // lines that come again and again, in recorded logs
)

// FingerprintVersion is counted up with each change that gives a text another
// fingerprint: those that people have kept (a baseline) mean something else then.
const FingerprintVersion = 1

// An Unknown is something in the stream that no rule claimed.
type Unknown struct {
	// Fingerprint is the same for texts that differ in numbers, addresses
	// and paths only.
	Fingerprint string `json:"fingerprint"`
	Kind        string `json:"kind"`
	Count       int    `json:"count"`
	Lines       int64  `json:"lines"` // of all of them; of an exception only the last
	FirstLine   int    `json:"first_line"`
	Sample      string `json:"sample"`
}

// MaxUnknown is how many different ones are kept of a run. Where there are so many,
// there may be more.
const MaxUnknown = 200

// unknowns finds the last line of each traceback that passes: the first one
// behind its head that is not indented.
type unknowns struct {
	list []*Unknown
}

// see looks at a line. in: the line before is of a traceback that passes; it
// reports whether this one is. folded: a block has taken a part of it, and it is not
// the run's. known: a rule has taken it.
func (u *unknowns) see(in bool, text []byte, line int, folded, known bool) bool {
	switch {
	case folded || len(text) == 0:
	case bytes.HasPrefix(text, []byte(cpython.TracebackHead)):
		return true
	case in && endsTraceback(text):
		if !known {
			u.add(string(text), line)
		}
		return false
	}
	return in
}

// endsTraceback reports whether a line is the first behind a traceback. What Python
// draws below a source line stands at the left edge if it has read another line than
// the one that ran.
func endsTraceback(text []byte) bool {
	return text[0] != ' ' && !cpython.IsMarks(text) && !pyinfra.NamesHost(text) && !bytes.HasPrefix(text, []byte("--> "))
}

var variable = regexp.MustCompile(`0x[0-9a-fA-F]+|\d+|"[^"]*"|'[^']*'`)

func (u *unknowns) add(text string, line int) {
	text = strings.TrimRight(text, " ")
	one := &Unknown{Fingerprint: Fingerprint(variable.ReplaceAllString(text, "*"), 8), Kind: Exception, Count: 1, Lines: 1, FirstLine: line, Sample: text[:min(len(text), 500)]}
	u.list = MergeUnknown(u.list, []*Unknown{one})
}

// MergeUnknown adds up what has the same fingerprint, and appends what is new as
// long as there are not MaxUnknown.
func MergeUnknown(to, from []*Unknown) []*Unknown {
	for _, n := range from {
		i := slices.IndexFunc(to, func(o *Unknown) bool { return o.Fingerprint == n.Fingerprint })
		switch {
		case i >= 0:
			to[i].Count += n.Count
			to[i].Lines += n.Lines
		case len(to) < MaxUnknown:
			c := *n // n goes on counting
			to = append(to, &c)
		}
	}
	return to
}

// Fingerprint is a name for a text that is the same each time, "U-" with so
// many figures.
func Fingerprint(text string, figures int) string {
	sum := sha256.Sum256([]byte(text))
	return "U-" + hex.EncodeToString(sum[:])[:min(figures, 2*len(sum))]
}
