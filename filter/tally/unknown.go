package tally

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Kinds of what no rule knows.
const (
	Exception = "exception" // a traceback, live and in recorded logs
	Recurring = "recurring" // lines that come again and again, in recorded logs
)

// FingerprintVersion is counted up with each change that gives a text another
// fingerprint: those that people have kept (a baseline) mean something else then.
//
//  1. numbers, addresses, paths and quoted words left out; of lines that come together, one for all
//  2. of recurring lines: what masks know left out, and the columns in front of a message; one for each line
const FingerprintVersion = 2

// An Unknown is something in the stream that no rule claimed.
type Unknown struct {
	// Fingerprint is the same for texts that differ in what varies only: numbers, times, names of hosts, paths;
	// of exceptions, those of one place. Of lines that come together it is one of theirs.
	Fingerprint string `json:"fingerprint"`
	Kind        string `json:"kind"`
	Count       int    `json:"count"`
	Lines       int64  `json:"lines"` // of all of them; of an exception only the last
	FirstLine   int    `json:"first_line"`
	Sample      string `json:"sample"`
	// Where is the function that raised an exception, and below it the innermost of
	// the user's own code if that is another: "put (client.py), deploy (hooks.py)".
	// Empty: not known.
	Where string `json:"where"`
	// Keys are the fingerprints of its lines, as far as they say something, and Texts these lines; nil: it has one.
	Keys  []string `json:"-"`
	Texts []string `json:"-"`
	// Was are the fingerprints that it may have had with version 1; nil: the same.
	Was []string `json:"-"`
}

// Names are its keys; of what has none, its fingerprint.
func (u *Unknown) Names() []string {
	if len(u.Keys) == 0 {
		return []string{u.Fingerprint}
	}
	return u.Keys
}

// Join adds what o, which has the same fingerprint, has of lines.
func (u *Unknown) Join(o *Unknown) {
	for i, k := range o.Keys {
		if !slices.Contains(u.Keys, k) {
			u.Keys, u.Texts = append(slices.Clip(u.Keys), k), append(slices.Clip(u.Texts), o.Texts[i])
		}
	}
	for _, w := range o.Was {
		if !slices.Contains(u.Was, w) {
			u.Was = append(slices.Clip(u.Was), w)
		}
	}
}

// Text is the sample with its place, as it is shown in a line.
func (u *Unknown) Text() string {
	if u.Where == "" {
		return u.Sample
	}
	return strings.TrimRight(u.Sample, " :") + ", in " + u.Where
}

// MaxUnknown is how many different ones are kept of a run: the first.
const MaxUnknown = 200

// unknowns finds the last line of each traceback that passes: the first one
// behind its head that is not indented.
type unknowns struct {
	list []*Unknown
	more int // that are not in it, since it is full
}

// See looks at a line that was written behind r: a traceback that passes and has not ended; nil:
// there is none. It returns what passes behind this line. folded: a block has taken a part of it, and
// it is not the run's. known: a rule has taken it.
func (t *Tally) See(r *Raised, text []byte, line int, folded, known bool) *Raised {
	return t.see(r, text, line, folded, known)
}

// CutOff enters a traceback that its log ends in. A head alone may be what is left of a torn one.
func (t *Tally) CutOff(r *Raised, line int) {
	if r != nil && r.inner != "" {
		t.raise("a traceback that was cut off", r.where(), line)
	}
}

// see looks at a line. r: the line before is of a traceback that passes; nil: it
// is not. It returns the same of this line. folded: a block has taken a part of it, and
// it is not the run's. known: a rule has taken it.
func (t *Tally) see(r *Raised, text []byte, line int, folded, known bool) *Raised {
	switch {
	case folded || len(text) == 0:
	case bytes.HasPrefix(text, []byte(cpython.TracebackHead)):
		return &Raised{}
	case text[0] == ' ' && bytes.HasPrefix(withoutMarks(text), []byte(groupHead)):
		return &Raised{group: true}
	case r != nil && r.group:
		return t.inGroup(r, text, line, known)
	case r != nil && endsTraceback(text):
		if !known {
			t.raise(string(text), r.where(), line)
		}
		return nil
	case r != nil && text[0] == ' ':
		r.frame(bytes.TrimLeft(text, " "))
	}
	return r
}

// inGroup looks at a line of an ExceptionGroup. Each exception in it is one, with the
// frames in front of it.
func (t *Tally) inGroup(r *Raised, text []byte, line int, known bool) *Raised {
	rest := withoutMarks(text)
	switch {
	case len(rest) == len(text): // no mark: the group has ended
		return nil
	case len(rest) == 0 || rest[0] == ' ' && r.said:
	case rest[0] == ' ':
		r.frame(bytes.TrimLeft(rest, " "))
	case rest[0] == '-' || bytes.HasPrefix(rest, []byte(cpython.TracebackHead)): // the next one begins
		return &Raised{group: true}
	case !r.said && !cpython.IsMarks(rest):
		if !known {
			t.raise(string(rest), r.where(), line)
		}
		return &Raised{group: true, said: true}
	}
	return r
}

// endsTraceback reports whether a line is the first behind a traceback. What Python
// draws below a source line stands at the left edge if it has read another line than
// the one that ran.
func endsTraceback(text []byte) bool {
	return text[0] != ' ' && !cpython.IsMarks(text) && !pyinfra.NamesHost(text) && !bytes.HasPrefix(text, []byte("--> "))
}

// variable is what differs in texts that say the same.
var variable = lazyregexp.New(`0x[0-9a-fA-F]+|\d+|"[^"]*"|'[^']*'`)

// Template returns a text with stars in place of what differs in texts that say the same: numbers, addresses, quoted words.
func Template(text []byte) []byte { return variable.ReplaceAll(text, []byte("*")) }

// add counts an exception. The same error of another place is another one: a
// KeyError that is known says nothing of the next one.
// raise enters an exception.
func (t *Tally) raise(text, where string, line int) {
	t.unknown.add(text, where, line)
	t.tell(&Note{kind: raised, text: text, where: where, line: line})
}

func (u *unknowns) add(text, where string, line int) {
	text = strings.TrimRight(text, " ")
	name := Fingerprint(string(Template([]byte(text)))+"\n"+where, 8)
	one := &Unknown{Fingerprint: name, Kind: Exception, Count: 1, Lines: 1, FirstLine: line, Sample: text[:min(len(text), 500)], Where: strings.ToValidUTF8(where, "\uFFFD")}
	more := 0
	u.list, more = MergeUnknown(u.list, []*Unknown{one})
	u.more += more
}

// MergeUnknown adds up what has the same fingerprint, and appends what is new as
// long as there are not MaxUnknown. more is how often the rest was seen.
func MergeUnknown(to, from []*Unknown) (all []*Unknown, more int) {
	for _, n := range from {
		i := slices.IndexFunc(to, func(o *Unknown) bool { return o.Fingerprint == n.Fingerprint })
		switch {
		case i >= 0:
			to[i].Count += n.Count
			to[i].Lines += n.Lines
			to[i].Join(n)
		case len(to) < MaxUnknown:
			c := *n // n goes on counting
			to = append(to, &c)
		default:
			more += n.Count
		}
	}
	return to, more
}

// Fingerprint is a name for a text that is the same each time, "U-" with so
// many figures.
func Fingerprint(text string, figures int) string {
	sum := sha256.Sum256([]byte(text))
	return "U-" + hex.EncodeToString(sum[:])[:min(figures, 2*len(sum))]
}
