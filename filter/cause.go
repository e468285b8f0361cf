package filter

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/rules"
)

// A Cause is the occurrence of another issue that an issue comes of.
type Cause struct {
	Rule *rules.Rule
	Line int
	Text string // what its first line said; of a block that is folded, which issue it is
}

// maxLatest bounds how many hosts are remembered with what was last seen there.
const maxLatest = 1000

// causeOf returns what an occurrence comes of: of what a host says, another one's words
// are no cause, nor are those of another operation; of what is said of the whole run,
// the first that was seen. nil: nothing is known.
func (f *Filter) causeOf(r *rules.Rule, o occurrence) (cause *Cause) {
	for _, i := range f.issues {
		if !slices.Contains(r.Cause, i.Rule.ID) || i.Count == 0 {
			continue
		}
		c := i.causes(o)
		switch {
		case c == nil:
		case cause == nil, o.host == "" && c.Line < cause.Line, o.host != "" && c.Line > cause.Line:
			cause = c
		}
	}
	return cause
}

// causes returns the occurrence of the issue that another one's may come of; nil: none.
func (i *Issue) causes(o occurrence) *Cause {
	if o.host == "" {
		return &Cause{i.Rule, i.FirstLine, i.said(i.First)}
	}
	at, ok := i.latest[o.host]
	if !ok {
		if at, ok = i.latest[""]; ok { // of no host: it stands directly above, or names it
			ok = o.line-at.last <= 1 || pyinfra.Mentions([]byte(at.text), o.host)
		}
	}
	if !ok || at.context != o.context {
		return nil
	}
	return &Cause{i.Rule, at.line, i.said(at.text)}
}

// said is what a line of the issue said. A block that was folded is named instead: its
// lines say little each.
func (i *Issue) said(text string) string {
	if text == "" {
		return i.Rule.ID + ": " + i.Rule.Title
	}
	return text
}

// note remembers an occurrence as the last on its host.
func (i *Issue) note(o occurrence) {
	if _, known := i.latest[o.host]; known || len(i.latest) < maxLatest {
		if i.latest == nil {
			i.latest = map[string]occurrence{}
		}
		o.stamp = nil // which is gone with the line
		i.latest[o.host] = o
	}
}
