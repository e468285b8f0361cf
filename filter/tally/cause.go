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

// causeOf returns what an occurrence comes of, in the same run: of what a host says, another one's words
// are no cause, nor are those of another operation; of what is said of the whole run,
// the first that was seen in it. nil: nothing is known.
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
	run, ok := i.runs[o.Writer]
	if !ok {
		return nil
	}
	if o.Host == "" {
		return &Cause{i.Rule, run.first.line, i.said(run.first.text)}
	}
	at, ok := run.latest[o.Host]
	if !ok {
		if at, ok = run.latest[""]; ok { // of no host: it stands directly above, or names it
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

// A seen is what is remembered of an occurrence.
type seen struct {
	line, last    int
	context, text string
}

// inRun is what is remembered of an issue in the run that a writer is at, if other issues may come of it.
type inRun struct {
	first  seen
	latest map[string]seen // on each host; "": of none
}

// seenCost is what a seen takes at most, in bytes: its texts are cut.
const seenCost = 600

// BeginRun is called when a writer begins a run: what was said in the one before is no cause of what is said in this one.
func (t *Tally) BeginRun(writer string) {
	t.tell(&Note{kind: begun, text: writer})
	for _, i := range t.issues {
		if run, ok := i.runs[writer]; ok {
			for range len(run.latest) + 1 {
				t.lately.Give(seenCost)
			}
			i.remembered -= len(run.latest)
			delete(i.runs, writer)
		}
	}
}

// note remembers an occurrence as the last on its host.
func (i *Issue) note(o Occurrence, room *capped.Room) {
	if i.runs == nil {
		return
	}
	this := seen{o.Line, o.Last, o.Context, o.Text}
	run, known := i.runs[o.Writer]
	switch {
	case !known && !room.Take(seenCost):
		return
	case !known:
		run = &inRun{first: this, latest: map[string]seen{}}
		i.runs[o.Writer] = run
	case o.Line < run.first.line: // a block that began before another may be complete after it
		run.first = this
	}
	if _, known = run.latest[o.Host]; !known && (i.remembered >= capped.Most || !room.Take(seenCost)) {
		return
	} else if !known {
		i.remembered++
	}
	run.latest[o.Host] = this
}
