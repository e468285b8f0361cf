package outcome

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// Most lines of a run are what hosts say, "    [web-01] text", and of most of these nothing is to be known but
// whose they are. While operations go on they are taken in here, as run.line would, without a look at each.

// hostLine is what such lines begin with.
const hostLine = logged + "["

// quick takes in lines of hosts, from one of whole lines on in which nothing is hidden, that are one frame each and have none of Literals. It returns where the first one
// begins that has to be looked at, and its number.
func (f *Follower) quick(p []byte, at, line int) (next, number int) {
	r := f.writers[""]
	if r == nil || !r.isSteady() || !f.view.Untaught() {
		return at, line
	}
	next, number = at, line
	for isHostLine(p[next:]) {
		text := p[next+len(hostLine):]
		end := bytes.IndexByte(text, '\n')
		if !r.pass(text[:end], number) {
			break
		}
		next, number = next+len(hostLine)+end+1, number+1
	}
	return next, number
}

// steadyAt returns the run that is steady and that a line of a host is of, where the line is bare, and teaches
// nothing of what stands in front of all lines; else nil.
func (f *Follower) steadyAt(raw []byte) *run {
	r := f.writers[""]
	if r == nil || r.below != nil || !isHostLine(raw) || len(raw) > maxLine || !r.isSteady() || !f.view.Untaught() || bytes.HasSuffix(bytes.TrimRight(raw, " \n"), []byte("...")) {
		return nil
	}
	return r
}

// isHostLine reports whether a line is one of a host, by what it begins with. (A constant is compared in a word; bytes.HasPrefix calls.)
func isHostLine(raw []byte) bool {
	return len(raw) > len(hostLine) && string(raw[:len(hostLine)]) == hostLine
}

// isSteady reports whether operations go on, and no line is looked at for anything else.
func (r *run) isSteady() bool {
	return r.phase == "operations" && r.attentive == 0 && r.usage == 0 && r.trace == nil && r.chain == nil && r.goesOn == nil
}

// pass takes in a line, from behind hostLine on, unless it may be a result that matters, or is none of a host.
func (r *run) pass(text []byte, line int) bool {
	n := bytes.IndexByte(text, ']')
	if n <= 0 || n > pyinfra.MaxName || n+1 == len(text) || text[n+1] != ' ' {
		return false
	}
	name, result := text[:n], isResult(text[n+2:])
	if r.rec == nil && r.below == nil {
		return !result || r.newer && !r.open.of[string(name)]
	}
	if result {
		return false
	}
	if r.rec != nil && r.operating && !r.results {
		r.rec.said(name, line)
	}
	return true
}

func begins(text []byte, with string) bool {
	return len(text) >= len(with) && string(text[:len(with)]) == with
}

// isResult reports whether what is said begins as a result does, or one of an operation within another.
func isResult(said []byte) bool {
	for len(said) > 0 && said[0] == ' ' {
		said = said[1:]
	}
	if len(said) == 0 {
		return false
	}
	switch said[0] {
	case 'n':
		return begins(said, "nested ")
	case 'S':
		return begins(said, "Success") || begins(said, "Skipped")
	case 'N':
		return begins(said, "No changes")
	case 'E':
		return begins(said, "Error")
	}
	return false
}
