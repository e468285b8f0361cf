package outcome

import (
	"bytes"
	"strconv"
)

// other takes in a line that is neither about the run nor about a host.
func (r *run) other(text []byte, at int) {
	if r.signs.Find(text) < 0 {
		if r.isParting(text, at) {
			r.parting = shorten(text)
		}
		return
	}
	switch {
	case total.Match(text):
		m := total.FindSubmatch(text)
		r.tabled, _ = strconv.Atoi(string(m[3]))
		r.table.read = at
		if r.results && string(bytes.Join(m[1:], nil)) == "----" {
			r.nothing = at
		}
	case row.Match(text):
		r.countRow(text)
	case stopped.Match(text):
		r.interrupted(at)
	case asked.Match(text):
		r.asked = true
	case warning.Match(text) && r.warning == "":
		r.warning, r.warned = shorten(text), at
	case greenlet.Match(text):
		r.died(string(greenlet.FindSubmatch(text)[1]))
	case refused.Match(text):
		r.last = &Failure{Line: at, Operation: r.where, Reason: "pyinfra did not understand the answer, and did nothing", Text: []string{shorten(text)}, follows: r.asked}
		r.troubled(r.last)
	case r.usage > 0 && usageError.Match(text):
		r.notBegun(string(usageError.FindSubmatch(text)[1]), at)
	case usage.Match(text):
		r.usage = at
	case missing.Match(text):
		r.notBegun(string(text), at)
		r.absent = true
	case r.isParting(text, at):
		r.parting = shorten(text)
	case ignored.Match(text):
		r.ignored = at
	case deathOf.Match(text):
		r.crash, r.attentive = &Failure{Line: at, Operation: r.where, Reason: shorten(text), Text: []string{shorten(text)}}, maxRest
	}
}

// countRow counts the errors of a host's row of the results.
func (r *run) countRow(text []byte) {
	n, _ := strconv.Atoi(string(row.FindSubmatch(text)[1]))
	r.tabled += n
}

// maxRest is how many lines may follow a death.
const maxRest = 20

// maxUsage is within how many lines behind its usage click names an error.
const maxUsage = 10

// notBegun notes that pyinfra did not get so far as to begin.
func (r *run) notBegun(why string, at int) {
	r.usage = 0
	why = shorten([]byte(why))
	r.last = &Failure{Line: at, Reason: "pyinfra did not begin: " + why, Text: []string{why}}
}
