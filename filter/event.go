package filter

import (
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// A Sink receives the events of a run in order. An error ends the writing to
// the sink; the filter returns it and goes on reading. ErrShow does not.
type Sink interface {
	Event(Event) error
}

// A Flusher is a sink that keeps what it has until it is flushed, so that it can leave together. A filter
// does that when all was sent that one call of it has decided; nobody else needs to.
type Flusher interface {
	Sink
	Flush()
}

// SinkFunc is a function as a Sink.
type SinkFunc func(Event) error

// Event calls the function.
func (fn SinkFunc) Event(e Event) error { return fn(e) }

// What the stages say to who uses a filter has the names of the stages, and these.
type (
	// An Event is what package hold says it is.
	Event = hold.Event
	// A Trace is what package match says it is.
	Trace = match.Trace
	// A Decision is what a Trace is about.
	Decision = match.Decision

	// A Summary is what package tally says it is, and so is what it has.
	Summary = tally.Summary
	// A Size is of a Summary.
	Size = tally.Size
	// An Issue is of a Summary.
	Issue = tally.Issue
	// A Cause is of an Issue.
	Cause = tally.Cause
	// A Place is where an occurrence of an issue is.
	Place = tally.Place
	// An Installation is of an Issue.
	Installation = tally.Installation
	// Installations are of an Issue.
	Installations = tally.Installations
	// A Timeline is of an Issue.
	Timeline = tally.Timeline
	// An Unknown is of a Summary.
	Unknown = tally.Unknown
	// An Undecided is of a Summary.
	Undecided = tally.Undecided
	// Limits are of a Summary.
	Limits = tally.Limits
)

// The decisions of a Trace.
const (
	Took     = match.Took
	Refused  = match.Refused
	Folded   = match.Folded
	Shown    = match.Shown
	GivenUp  = match.GivenUp
	GaveBack = match.GaveBack
	Nearly   = match.Nearly
)

// What stands in a Summary.
const (
	Exception          = tally.Exception
	Recurring          = tally.Recurring
	FingerprintVersion = tally.FingerprintVersion
	MaxUnknown         = tally.MaxUnknown
	MaxPlaces          = tally.MaxPlaces
	Python             = tally.Python
	AllRules           = tally.AllRules
	TooManySteps       = tally.TooManySteps
)

// ErrShow is what a sink returns for bytes that are to be folded, and that it does not let be.
var ErrShow = hold.ErrShow

// NoAnswer is since when nothing is installed where the machine did not answer.
var NoAnswer = tally.NoAnswer

// Fingerprint is a name for a text that is the same each time, "U-" with so many figures.
func Fingerprint(text string, figures int) string { return tally.Fingerprint(text, figures) }

// MergeUnknown adds up what has the same fingerprint.
func MergeUnknown(to, from []*Unknown) (all []*Unknown, more int) {
	return tally.MergeUnknown(to, from)
}

// Literals returns texts of which every line that begins an issue of the rule
// holds one; none: there are none such, so that every line of a run has to be looked at.
func Literals(r *rules.Rule) []string { return plan.Literals(r) }
