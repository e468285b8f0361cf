package outcome

import (
	"bytes"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
)

// A trace is a traceback that is being read.
type trace struct {
	of    *Failure // whose it is; nil: of nobody who has said so
	start bool     // it comes from pyinfra's own start
	ran   bool     // pyinfra had begun
	// ignored: Python has said that it goes on all the same.
	ignored bool
	lines   int
}

// maxTrace is how many lines a traceback may have that is read.
const maxTrace = 2000

// traceback takes in a line of a traceback at the left edge. Its last line is the
// reason: that of pyinfra which could not begin, of an exception that it has named, or
// of its death, if nothing of pyinfra's follows.
func (r *run) traceback(text []byte, at int) bool {
	t := r.trace
	if t == nil {
		if r.chain = r.chained(text); r.trace != nil {
			return true
		}
		if !cpython.IsHead(text) {
			return false
		}
		r.trace = &trace{ignored: r.ignored > 0 && at-r.ignored <= 1}
		return true
	}
	t.lines++
	switch {
	case isHeader(text), t.lines > maxTrace, t.of == nil && bytes.HasPrefix(text, []byte(logged+"[")):
		r.trace = nil
		return false
	case bytes.HasPrefix(bytes.TrimLeft(text, " "), []byte(`File "`)) && startFrame.Match(text):
		t.start, t.ran = true, t.ran || runFrame.Match(text)
	case len(text) > 0 && text[0] != ' ' && !cpython.IsHead(text) && !cpython.IsMarks(text):
		r.trace = nil
		r.raised(t, shorten(text), at)
	}
	return true
}

// chained goes on with the traceback of an exception that pyinfra has named, where what
// was read so far is the cause of another one. It returns the traceback that may still
// go on.
func (r *run) chained(text []byte) *trace {
	t := r.chain
	switch {
	case t == nil || len(text) == 0:
		return t
	case cpython.IsChain(text):
		r.trace = t
		t.of.Text = t.of.Text[:1]
	}
	return nil
}

// raised takes in the last line of a traceback.
func (r *run) raised(t *trace, text string, at int) {
	switch {
	case t.of != nil:
		t.of.Text = append(t.of.Text, text)
		t.of.Reason = text + inFile(t.of.Text[0])
		r.chain = t
	case t.start && !t.ran && !r.began:
		r.notBegun(text, at)
	case (r.began || t.ran) && !t.ignored:
		r.crash, r.attentive = &Failure{Line: at, Operation: r.where, Reason: text, Text: []string{text}}, max(r.attentive, maxRest)
	}
}

// inFile is where an exception was raised, of "An exception occurred in: FILE".
func inFile(said string) string {
	if _, file, ok := strings.Cut(said, " in: "); ok {
		return " (in " + file + ")"
	}
	return ""
}

// A victim is a host for which a greenlet worked that died.
type victim struct{ host, reason string }

// maxVictims bounds how many are remembered.
const maxVictims = 20

// died notes that a greenlet died of what the traceback above says.
func (r *run) died(host string) {
	if r.crash == nil {
		return
	}
	if m := stoppedAt.FindStringSubmatch(r.crash.Reason); m != nil {
		r.place(m[2], m[1])
		return
	}
	if len(r.victims) < maxVictims {
		r.victims = append(r.victims, victim{host, r.crash.Reason})
	}
}

// named returns pyinfra's last word with the host that it is about, if a greenlet died
// of the same at work for a host. Greenlets of other hosts that died too are counted: pyinfra names
// none of them, and says of one exception only. nil stays nil.
func (r *run) named(last *Failure) *Failure {
	if last == nil || last.follows || last.Host != "" {
		return last
	}
	i := slices.IndexFunc(r.victims, func(v victim) bool {
		return v.reason == last.Reason || len(last.Text) > 0 && strings.HasSuffix(v.reason, last.Text[0])
	})
	if i < 0 {
		return last
	}
	f := *last
	f.Host = r.victims[i].host
	for _, v := range r.victims {
		r.noteFailed(v.host)
	}
	return &f
}

// place says at which operation a host failed. Where hosts do not wait for each other
// (--no-wait), its lines stand below an operation that another host has begun, and only
// the exception that ends its greenlet names its own.
func (r *run) place(host, operation string) {
	for i := range r.failures {
		if f := &r.failures[i]; f.ran && f.Host == host {
			f.Operation = operation
		}
	}
}
