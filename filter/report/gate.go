package report

// A Gate is what --fail-on was to find, and what became of it. It is of the command
// that was typed and not of the run: it is in no JSON report, and in no sum.
type Gate struct {
	FailOn string // as it was typed
	// Baseline is the file of --baseline; empty: none was named.
	Baseline string
	// Broken: the baseline could not be read, so that nobody knows what is new.
	Broken bool
	// New are the fingerprints that --fail-on new-unknown does not pass over, and Known
	// is how many texts it passes over. Without it there are none.
	New   []string
	Known int
	// Reasons are why the gate has failed, in the order of FailOn; none: it has passed.
	Reasons []Reason
}

// A Reason is a value of --fail-on that was met.
type Reason struct {
	Value string
	// Names are the ids of issues or, of texts that no rule knows, fingerprints.
	Names []string
	// Because says it in words, where there are no names.
	Because string
}
