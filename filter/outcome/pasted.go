package outcome

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A log that a person has copied is not quite what pyinfra printed: a terminal fills lines up with blanks, an editor or
// a form takes the indent away, and what the shell, or Markdown, has around it comes with it.

// trimmed is a text without the blanks at its end.
func trimmed(text []byte) []byte { return bytes.TrimRight(text, " \t") }

// pasted is what stands around the output of a command: the prompt of a shell, and a fence of Markdown.
var pasted = lazyregexp.New("^(?:(?:\\([\\w.@/-]+\\) ?)*(?:\\[?[\\w.-]+@[\\w.-]+(?:[ :][^$#%>❯]*)?[$#%>❯]|~[^$#%>❯]*[$#%>❯]|PS [A-Za-z]:[^>]*>|[$❯➜λ»])(?: .*)?|```.*)$")

// isPasted reports whether a line is such: then what stands above it has come to its end.
func isPasted(text []byte) bool { return len(text) > 0 && pasted.Match(text) }

// A margin is how the lines about hosts stand that a run has said so far.
type margin uint8

const (
	unseen margin = iota // there was none
	proper               // as pyinfra prints them, behind logged
	lost                 // at the left edge, where else stands only what a host prints
)

// indented returns a line as pyinfra prints it. One about a host that stands at the left edge is pyinfra's own if all of the
// run stand there: none was seen behind the spaces of pyinfra's logger, and this one is in words that only pyinfra has.
func (r *run) indented(text []byte, at int) []byte {
	switch {
	case len(text) == 0 || r.margin == proper:
		return text
	case bytes.HasPrefix(text, []byte(logged+"[")):
		if r.margin == unseen {
			r.margin, r.early = proper, nil
		}
		return text
	case text[0] != '[':
		return text
	}
	whole := append([]byte(logged), text...)
	if r.margin == unseen && r.isOwnAt(whole) {
		r.adopt()
	}
	switch {
	case r.margin == lost:
		return whole
	case r.phase == "connecting" && len(r.early) < maxEarly:
		r.early = append(r.early, earlyLine{shortened(whole), at})
	}
	return text
}

// An earlyLine is one at the left edge of which it is not known yet whether pyinfra has said it of a host that connects.
type earlyLine struct {
	text []byte
	at   int
}

// maxEarly bounds how many are kept.
const maxEarly = 200

// adopt takes the lines at the left edge for pyinfra's, also those that stand above.
func (r *run) adopt() {
	early := r.early
	r.margin, r.early = lost, nil
	for _, l := range early {
		if name, said, _ := splitHost(l.text); name != nil && !debug.Match(l.text) {
			r.connecting(pyinfra.Name(string(name)), said, l.at)
		}
	}
	r.goesOn = nil
}

// isOwnAt reports whether a line says of a host, where pyinfra says it, that it is connected, or that an operation or a fact
// failed there.
func (r *run) isOwnAt(text []byte) bool {
	_, said, _ := splitHost(text)
	if what, failed := bytes.CutPrefix(said, []byte("Error: ")); failed {
		return isOurs(what) && (!isExecuted(what) || hasRun(what))
	}
	return r.phase == "connecting" && string(said) == "Connected"
}

// shortened is as much of a line as a reason has.
func shortened(text []byte) []byte {
	return bytes.Clone(text[:min(len(text), pyinfra.MaxName+maxWidth)])
}
