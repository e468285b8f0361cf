package tally

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/rules"
)

// A Cause is the occurrence of another issue that an issue comes of.
type Cause struct {
	Rule *rules.Rule
	Line int
	Text string // what its first line said; of a block that is folded, which issue it is
}

// causeOf returns what an occurrence comes of: of what a host says, another one's words
// are no cause, nor are those of another operation; of what is said of the whole run,
// the first that was seen. nil: nothing is known.
func (t *Tally) causeOf(r *rules.Rule, o Occurrence) (cause *Cause) {
	for _, i := range t.issues {
		if !slices.Contains(r.Cause, i.Rule.ID) || i.Count == 0 {
			continue
		}
		c := i.causes(o)
		switch {
		case c == nil:
		case cause == nil, o.Host == "" && c.Line < cause.Line, o.Host != "" && c.Line > cause.Line:
			cause = c
		}
	}
	return cause
}

// causes returns the occurrence of the issue that another one's may come of; nil: none.
func (i *Issue) causes(o Occurrence) *Cause {
	if o.Host == "" {
		return &Cause{i.Rule, i.FirstLine, i.said(i.First)}
	}
	at, ok := i.latest[o.Host]
	if !ok {
		if at, ok = i.latest[""]; ok { // of no host: it stands directly above, or names it
			ok = o.Line-at.last <= 1 || pyinfra.Mentions([]byte(at.text), o.Host)
		}
	}
	if !ok || at.context != o.Context {
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

// A latest is what is remembered of the last occurrence on a host.
type latest struct {
	line, last    int
	context, text string
}

// latestCost is what one takes at most, in bytes: its texts are cut.
const latestCost = 600

// note remembers an occurrence as the last on its host, if other issues may come of it.
func (i *Issue) note(o Occurrence, room *capped.Room) {
	if i.latest == nil {
		return
	}
	if _, known := i.latest[o.Host]; known || len(i.latest) < capped.Most && room.Take(latestCost) {
		i.latest[o.Host] = latest{o.Line, o.Last, o.Context, o.Text}
	}
}
