// Package rules is the model of what orbfilter knows: one rule for each known
// issue, loaded from YAML and checked, with its patterns compiled. It knows
// nothing of streams; package filter turns rules into matchers.
package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules/versions"
)

// Severity says how much an issue matters. Noise is folded unless the rule
// says otherwise, all others stay in the stream and are counted.
type Severity string

// The severities, from the least to the most.
const (
	Noise   Severity = "noise"
	Notice  Severity = "notice"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// Severities are all severities, in rising order.
var Severities = []Severity{Noise, Notice, Warning, Error}

// AtLeast reports whether s is as severe as t or more.
func (s Severity) AtLeast(t Severity) bool {
	return slices.Index(Severities, s) >= slices.Index(Severities, t)
}

// Valid reports whether s is a severity.
func (s Severity) Valid() bool { return slices.Contains(Severities, s) }

// Status says how far a rule can be relied on; see Sigma's field of this name.
type Status string

// The states of a rule. An empty one is Stable.
const (
	Stable       Status = "stable"
	Experimental Status = "experimental" // its text was taken from reports, and not seen
	Draft        Status = "draft"        // proposed by a program: matched and counted, never folded
)

// Statuses are all states.
var Statuses = []Status{Stable, Experimental, Draft}

// Systems are the operating systems that a rule may name, as Go calls them.
var Systems = []string{"darwin", "linux", "windows"}

// A Rule describes one known issue. Field names follow OSV
// (https://ossf.github.io/osv-schema/) where it has them.
type Rule struct {
	ID       string   `yaml:"id"`
	Title    string   `yaml:"title"`
	Status   Status   `yaml:"status,omitempty"`
	Severity Severity `yaml:"severity"`
	// Fold overrides what the severity says; nil: noise is folded.
	Fold *bool `yaml:"fold,omitempty"`
	// Disabled takes the rule of this id out that an earlier layer has. Such a
	// rule needs nothing but its id.
	Disabled bool  `yaml:"disabled,omitempty"`
	Match    Match `yaml:"match"`
	// Affected is empty where the issue does not depend on a version.
	Affected []versions.Affected `yaml:"affected,omitempty"`
	// Python is a PEP 440 specifier set such as "<3.13"; empty: any.
	Python string `yaml:"python,omitempty"`
	// OS are the operating systems that the issue occurs on; empty: any.
	OS []string `yaml:"os,omitempty"`
	// Cause are the ids of rules whose first occurrence above is what this
	// issue comes of: the summary points there.
	Cause []string `yaml:"cause,omitempty"`
	// Advice is what to know and to do, in a sentence or two.
	Advice string `yaml:"advice,omitempty"`
	// Fix is the upgrade that ends the issue; nil: there is none.
	Fix             *Fix     `yaml:"fix,omitempty"`
	References      []string `yaml:"references,omitempty"`
	Samples         []Sample `yaml:"samples"`
	Counterexamples []Sample `yaml:"counterexamples,omitempty"`

	// File is where the rule was read from, for messages.
	File string `yaml:"-"`
	// Layer is how strong the place is that it comes from: 0 for the rules that come
	// with the program and for those of no layer, more for each later one.
	Layer int `yaml:"-"`
	// id is where in the file the id stands, for messages.
	id FileError
	// source is what stands in the file.
	source []byte
	// builtin: it came with the program.
	builtin bool
}

// Builtin reports whether the rule came with the program.
func (r *Rule) Builtin() bool { return r.builtin }

// Folds reports whether what the rule claims is taken out of the stream.
func (r *Rule) Folds() bool {
	if r.Status == Draft {
		return false
	}
	if r.Fold != nil {
		return *r.Fold
	}
	return r.Severity == Noise
}

// Reported is what the program says of an experimental rule, so that no rule
// has to say it.
const Reported = "Others have reported it; whoever wrote the rule has not seen it."

// Counsel is the advice, and what it rests on where that is a report alone. It is
// empty when there is nothing to say.
func (r *Rule) Counsel() string {
	if r.Status != Experimental {
		return r.Advice
	}
	return strings.TrimSpace(r.Advice + " " + Reported)
}

// A Match says what text an issue has. Exactly one field is set.
type Match struct {
	// Line is searched in each line.
	Line *Pattern `yaml:"line,omitempty"`
	// Repeat is searched in each line. A line that was there before, but for
	// its host, numbers and addresses, is the issue; the first one is kept.
	Repeat *Pattern `yaml:"repeat,omitempty"`
	// Block is a sequence of lines; other lines may stand between them. What
	// a named group (?<name>…) has matched, the group of that name in a later
	// line must match as well.
	Block            []BlockLine       `yaml:"block,omitempty"`
	PythonUnraisable *PythonUnraisable `yaml:"python-unraisable,omitempty"`
	PythonTraceback  *PythonTraceback  `yaml:"python-traceback,omitempty"`
	PythonWarning    *PythonWarning    `yaml:"python-warning,omitempty"`
}

// A BlockLine is one line of a block: a pattern that the whole line must
// match, or that pattern with "optional: true".
type BlockLine struct {
	Line     *Pattern `yaml:"line"`
	Optional bool     `yaml:"optional,omitempty"`
}

// UnmarshalYAML lets a line without options be written as a plain string.
func (l *BlockLine) UnmarshalYAML(unmarshal func(any) error) error {
	var p Pattern
	if err := unmarshal(&p); err == nil && p.source != "" {
		l.Line = &p
		return nil
	}
	type plain BlockLine
	return unmarshal((*plain)(l))
}

// PythonUnraisable is what CPython's sys.unraisablehook prints: a head that
// names an object, a traceback with these frames and no others, an error.
// The source lines below the frames are those that the samples show.
type PythonUnraisable struct {
	// Object matches the whole repr in the head.
	Object *Pattern `yaml:"object"`
	// Frames are searched in the lines `File "PATH", line N, in FUNCTION`, one
	// for each frame, outermost first.
	Frames []*Pattern `yaml:"frames"`
	// Error matches the whole last line, "TYPE: MESSAGE" or "TYPE".
	Error *Pattern `yaml:"error"`
}

// PythonTraceback is an uncaught exception's traceback. Frames are those that
// must occur, in this order; there may be others around them.
type PythonTraceback struct {
	Frames []*Pattern `yaml:"frames,omitempty"`
	Error  *Pattern   `yaml:"error"`
}

// PythonWarning is what CPython's warnings module prints: "PATH:LINE:
// CATEGORY: MESSAGE", then the source line, if it can be read.
type PythonWarning struct {
	// Path is searched in the path of the warning; nil: any.
	Path *Pattern `yaml:"path,omitempty"`
	// Category matches the whole name of the class.
	Category *Pattern `yaml:"category"`
	// Message is searched in the message.
	Message *Pattern `yaml:"message"`
	// Source matches the whole source line, without its indent; nil: any.
	Source *Pattern `yaml:"source,omitempty"`
}

// A Fix is an upgrade: the package, and the specifier that has the fix.
type Fix struct {
	Upgrade string `yaml:"upgrade"`
	To      string `yaml:"to"`
}

// Requirement returns the fix as a PEP 508 requirement, "gevent>=25.8.1".
func (f *Fix) Requirement() string { return f.Upgrade + f.To }

// A Sample is a text that shows the issue, or one that must not be claimed.
type Sample struct {
	Text string `yaml:"text"`
}

// Knows says how much a rule knows of the text that it is about: how many characters its
// patterns name one by one, those of the longest stretch twice, since a long stretch says
// more than as many single ones. Of two rules that one text is of, the one that knows
// more takes it.
func (r *Rule) Knows() (n int) {
	for p := range r.Match.all() {
		n += p.fixed + len(p.literal)
	}
	return n
}

// A Placed pattern knows its path in the file.
type Placed struct {
	Path    string
	Pattern *Pattern
}

// Patterns returns all patterns that are there.
func (m *Match) Patterns() []*Pattern { return slices.Collect(m.all()) }

// all yields them.
func (m *Match) all() iter.Seq[*Pattern] {
	return func(yield func(*Pattern) bool) {
		one := func(p *Pattern) bool { return p == nil || yield(p) }
		each := func(all []*Pattern) bool { return !slices.ContainsFunc(all, func(p *Pattern) bool { return !one(p) }) }
		ok := one(m.Line) && one(m.Repeat) && !slices.ContainsFunc(m.Block, func(l BlockLine) bool { return !one(l.Line) })
		if u := m.PythonUnraisable; ok && u != nil {
			ok = one(u.Object) && one(u.Error) && each(u.Frames)
		}
		if t := m.PythonTraceback; ok && t != nil {
			ok = one(t.Error) && each(t.Frames)
		}
		if w := m.PythonWarning; ok && w != nil {
			_ = one(w.Path) && one(w.Category) && one(w.Message) && one(w.Source)
		}
	}
}

// Placed returns them with their paths, in the same order.
func (m *Match) Placed() []Placed {
	all := []Placed{{"match.line", m.Line}, {"match.repeat", m.Repeat}}
	for i, l := range m.Block {
		all = append(all, Placed{fmt.Sprintf("match.block[%d].line", i), l.Line})
	}
	if u := m.PythonUnraisable; u != nil {
		const in = "match.python-unraisable."
		all = append(append(all, Placed{in + "object", u.Object}, Placed{in + "error", u.Error}), list(in, u.Frames)...)
	}
	if t := m.PythonTraceback; t != nil {
		const in = "match.python-traceback."
		all = append(append(all, Placed{in + "error", t.Error}), list(in, t.Frames)...)
	}
	if w := m.PythonWarning; w != nil {
		const in = "match.python-warning."
		all = append(all, Placed{in + "path", w.Path}, Placed{in + "category", w.Category}, Placed{in + "message", w.Message}, Placed{in + "source", w.Source})
	}
	return slices.DeleteFunc(all, func(p Placed) bool { return p.Pattern == nil })
}

func list(in string, frames []*Pattern) (out []Placed) {
	for i, f := range frames {
		out = append(out, Placed{fmt.Sprintf("%sframes[%d]", in, i), f})
	}
	return out
}
