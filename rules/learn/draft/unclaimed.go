package draft

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// Lifted returns the rules as they would be if each folded its issue wherever it
// occurs: it is asked what they know, and not what they do with it.
func Lifted(set *rules.Set) *rules.Set {
	out := rules.NewSet()
	for r := range set.All() {
		out.Put(Lift(r))
	}
	return out
}

// Lift returns a rule as it would be if it folded, whatever is installed.
func Lift(r *rules.Rule) *rules.Rule {
	fold, c := true, *r
	c.Status, c.Fold, c.Affected, c.Python, c.OS, c.Cause = rules.Stable, &fold, nil, "", nil, nil
	return &c
}

// An Unclaimed is a sink for what no rule knows. It puts the lines of it
// together again.
type Unclaimed struct {
	// line takes a line, without its LF, and its number.
	Line func(raw []byte, number int)
	part []byte
	at   int // number of the line that part is of
}

// Event takes in what is not claimed.
func (u *Unclaimed) Event(e filter.Event) error {
	if e.Rule != nil {
		return nil
	}
	number := e.Line
	for raw := e.Raw; len(raw) > 0; number++ {
		i := bytes.IndexByte(raw, '\n')
		if i < 0 {
			u.keep(raw, number)
			return nil
		}
		if len(u.part) > 0 {
			u.keep(raw[:i], number)
			u.Flush()
		} else {
			u.Line(raw[:i], number)
		}
		raw = raw[i+1:]
	}
	return nil
}

// maxUnclaimed is how much of a line without an end is kept.
const maxUnclaimed = 2 * MaxText

func (u *Unclaimed) keep(raw []byte, number int) {
	if len(u.part) == 0 {
		u.at = number
	}
	u.part = append(u.part, raw[:min(len(raw), max(0, maxUnclaimed-len(u.part)))]...)
}

// Flush ends the last line, which may have no end.
func (u *Unclaimed) Flush() {
	if len(u.part) > 0 {
		u.Line(u.part, u.at)
		u.part = u.part[:0]
	}
}
