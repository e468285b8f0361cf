// Package report is what is known of one run, or of many, when they are over:
// the format that programs read, how reports are added up, and how one is read
// again. What a person or another program gets to see of it is written by
// package render.
package report

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// Schema names the format. docs/reference/report.schema.json describes it.
const Schema = "orbfilter.report/v1"

// A Report is of one run or of several. Input is Output and Folded together,
// in bytes and in lines. No list and no map in it is nil, so that a program can
// go through them without asking.
type Report struct {
	Schema string      `json:"schema"`
	Tool   Tool        `json:"tool"`
	Input  filter.Size `json:"input"`
	Output filter.Size `json:"output"`
	Folded filter.Size `json:"folded"`
	// Issues are in the order of their first line, then of their ids.
	Issues []*Issue `json:"issues"`
	// Unknown are in the order of their first line, then of their fingerprints.
	Unknown []*Unknown `json:"unknown"`
	// UnknownMore is how often others were seen than those among Unknown; 0: there were
	// no others, as far as is known.
	UnknownMore int `json:"unknown_more,omitempty"`
	// Seen are the keys of all lines that no rule knows, in order, those as well that came too seldom to be
	// among Unknown, as far as they are remembered. They are for a baseline, and no part of the JSON.
	Seen []string `json:"-"`
	// Logs are the runs that the report is of, in the order of their names.
	Logs        []*Log      `json:"logs"`
	Limits      Limits      `json:"limits"`
	Environment Environment `json:"environment"`
	// Verdict says whether a run failed: that of the one that came off worst.
	Verdict outcome.Verdict `json:"verdict"`
	// Command, Tail and Run are where what a report of one log has of it is written. In memory they are
	// those of the log.
	Command *Command        `json:"command,omitempty"`
	Tail    []string        `json:"tail,omitempty"`
	Run     *outcome.Record `json:"run,omitempty"`
	// ExitCode is the highest of the runs.
	ExitCode int `json:"exit_code"`
	// Gate is what became of --fail-on; nil: it was not given, or nobody knows any more.
	Gate *Gate `json:"-"`
}

// MoreUnknown reports whether there are texts that no rule knows beside those among Unknown.
func (r *Report) MoreUnknown() bool {
	return r.UnknownMore > 0 || slices.ContainsFunc(r.Logs, func(l *Log) bool { return l.RecurringMore > 0 })
}

// Tool is the program that wrote the report; of different versions, Version
// is "various".
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// About is what a rule says of its issue.
type About struct {
	ID         string         `json:"id"`
	Title      string         `json:"title"`
	Severity   rules.Severity `json:"severity"`
	Advice     string         `json:"advice"` // empty: there is none
	Affected   []Affected     `json:"affected"`
	References []string       `json:"references"` // URLs
}

// An Issue is what was seen of one rule.
type Issue struct {
	About
	Count    int   `json:"count"`    // occurrences
	Unfolded int   `json:"unfolded"` // of count, not folded because of the version
	Lines    int64 `json:"lines"`    // of the occurrences, folded or not, without what stands in between
	// FirstLine and LastLine are the lowest and the highest in any log, from 1.
	FirstLine int `json:"first_line"`
	LastLine  int `json:"last_line"`
	// Hosts and Operations are occurrences that name a host, and occurrences by operation
	// or phase: of MaxNames names at most. HostsMore and OperationsMore are those of
	// other names; 0: there are no others.
	Hosts          map[string]int `json:"hosts"`
	HostsMore      int            `json:"hosts_more,omitempty"`
	Operations     map[string]int `json:"operations"`
	OperationsMore int            `json:"operations_more,omitempty"`
	// Installed has MaxNames at most, and InstalledMore says that there were others.
	Installed     []Installation `json:"installed"`
	InstalledMore bool           `json:"installed_more,omitempty"`
	Fix           []string       `json:"fix"`   // commands that end it, one for each environment in Installed
	Cause         *Cause         `json:"cause"` // nil: the rule names none, or none was seen above
	// Places are those of the first occurrences, in the order of their logs and lines: MaxPlaces at
	// most.
	Places []Place `json:"places"`
}

// MaxPlaces is of how many occurrences of an issue a report has the places.
const MaxPlaces = filter.MaxPlaces

// A Place is where an occurrence of an issue is.
type Place struct {
	Log       string `json:"log"`       // its name; empty: the run was live
	Line      int    `json:"line"`      // in which it begins, from 1
	Host      string `json:"host"`      // that the line names; empty: none
	Operation string `json:"operation"` // or phase; empty: in none
	// Text is the line, and behind it what the host had said above, the last lines of it. Empty: not
	// known, as of blocks.
	Text []string `json:"text"`
}

// A Command is what orbfilter run has run.
type Command struct {
	Argv     []string `json:"argv"`      // what looks like a secret in it is masked
	ExitCode int      `json:"exit_code"` // 128+n if signal n killed it
	Signal   string   `json:"signal"`    // that killed it, such as SIGTERM; empty: none did
	Seconds  float64  `json:"seconds"`   // that it took
}

// A Cause is the first occurrence of the issue that another one comes of.
type Cause struct {
	ID   string `json:"id"`
	Log  string `json:"log"` // that the line is of; empty: the run was live
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Affected says which versions of a package have an issue, as in OSV
// (https://ossf.github.io/osv-schema/#affected-fields).
type Affected struct {
	Package string  `json:"package"`
	Ranges  []Range `json:"ranges"`
}

// A Range is a list of events, each with one of the keys introduced, fixed
// and last_affected.
type Range struct {
	Events []map[string]string `json:"events"`
}

// An Installation is a package of an issue, as it was found in the folder that
// a traceback names.
type Installation struct {
	Package  string `json:"package"`
	Version  string `json:"version"` // empty: not found on the machine
	Site     string `json:"site"`    // empty: the text names no folder
	Affected bool   `json:"affected"`
	// Unanswered: the version is empty since the folder did not answer in time.
	Unanswered bool `json:"unanswered,omitempty"`
	// Later: the version does not have the issue, and is not known to have been there
	// when the log was written.
	Later bool `json:"later"`
}

// Unknown is something that recurs and that no rule knows.
type Unknown = filter.Unknown

// A Log is one run, or one recorded log.
type Log struct {
	// Name is the file's, as it was typed; in an archive, "a.zip/1_Deploy.txt".
	// Empty: a run that was live.
	Name string `json:"name"`
	// Date is when the run began (RFC 3339), as far as is known: the first time that
	// stands in the log, else the file's. Empty: not known.
	Date   string      `json:"date"`
	Input  filter.Size `json:"input"`
	Output filter.Size `json:"output"`
	Folded filter.Size `json:"folded"`
	// Verdict says whether the run failed; that of a log with several runs is the one
	// of the run that came off worst.
	Verdict outcome.Verdict `json:"verdict"`
	// Run is what pyinfra did, as it says it; nil: that was not asked for, there was no run of
	// it, or a report of an earlier version does not have it.
	Run *outcome.Record `json:"run,omitempty"`
	// Command is nil of a log, and of a pipe.
	Command *Command `json:"command,omitempty"`
	// Tail are the last lines that were shown, of a run that failed: outcome.MaxTail at most. They are as
	// they are to be seen, and cut; nil: the run did not fail.
	Tail    []string   `json:"tail,omitempty"`
	Issues  []LogIssue `json:"issues"`  // in the order of their ids
	Unknown []string   `json:"unknown"` // fingerprints, in order
	// UnknownSeen is what was seen of each here; nil: it is not known.
	UnknownSeen []LogUnknown `json:"unknown_seen,omitempty"`
	// RecurringMore is how many other texts recur in it, of fewer lines than those among Unknown.
	RecurringMore int `json:"recurring_more,omitempty"`
	// Error says why the log could not be read to its end; empty: it was.
	Error string `json:"error"`
	// Streams are what it says; nil: that was not kept. It is not written, and a sum does not have it.
	Streams []Stream `json:"-"`
	// Excerpts are the lines around what went wrong, of one of several logs; nil: they were not kept. They are not written.
	Excerpts []Excerpt `json:"-"`
	hadLines int       // of excerpts that there was no room for
}

// A LogIssue is what was seen of one issue in one log.
type LogIssue struct {
	ID        string          `json:"id"`
	Count     int             `json:"count"`
	Lines     int64           `json:"lines"`
	FirstLine int             `json:"first_line"`
	LastLine  int             `json:"last_line"`
	Installed []Installation  `json:"installed"`
	Timeline  filter.Timeline `json:"timeline"`
}

// Limits says how near the runs came to what the filter bounds.
type Limits struct {
	HeldBytesMax  int      `json:"held_bytes_max"`
	HeldMsMax     int64    `json:"held_ms_max"`
	RegexTimeouts int      `json:"regex_timeouts"`
	RulesSkipped  []string `json:"rules_skipped"`
	// Undecided is in the order of the rules.
	Undecided []Undecided `json:"undecided,omitempty"`
}

// An Undecided is what a limit has kept a rule from deciding. It was shown.
type Undecided struct {
	Rule     string         `json:"rule"` // its id; empty: all of them, or whether the run failed
	Severity rules.Severity `json:"severity"`
	Why      string         `json:"why"`
	Count    int            `json:"count"`
}

// Environment is the machine; of different ones, each field is "various".
type Environment struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
}
