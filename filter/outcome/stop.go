package outcome

import "maps"

// A stop is an interruption of which it is known how far it reaches.
type stop struct {
	line int
	upTo int // the line in which another run begins; 0: none does
}

// Interruption returns the line of the interruption that a line comes behind, in the same run. 0: there is none, or
// other runs went on beside that one, and whose the line is is not known.
func (o *Outcome) Interruption(line int) int {
	for _, s := range o.stops {
		if s.line < line && (s.upTo == 0 || line < s.upTo) {
			return s.line
		}
	}
	return 0
}

// isAlone reports whether no other run goes on beside one.
func (f *Follower) isAlone(r *run) bool {
	for o := range maps.Values(f.writers) {
		if o != r && o.began && o.disconnects == 0 && o.last == nil {
			return false
		}
	}
	return true
}

// cutStops ends what interruptions reach, where a run begins.
func (f *Follower) cutStops(line int) {
	for r := range maps.Values(f.writers) {
		if r.stopped > 0 && r.upTo == 0 {
			r.upTo = line
		}
	}
}
