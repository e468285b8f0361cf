package lint

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// A Finding is something that lint has to say about a file.
type Finding struct {
	Check Check
	Rule  string // id; empty: the file has none
	// Where it is, and what is wrong there.
	rules.FileError
}

// A Linted is a rule file as lint sees it. What takes the engine to be found
// out is added by the caller, with Add.
type Linted struct {
	File string
	// Rule is nil when the file is not one.
	Rule     *rules.Rule
	Findings []Finding
	doc      *rules.Document
}

// Lint looks at files: at each for itself, and for ids that are there twice.
// What it finds is in the order of checks; Sort puts it in the order of lines.
func Lint(files []rules.File) (all []*Linted) {
	set := rules.NewSet()
	for _, f := range files {
		l := lintFile(f)
		all = append(all, l)
		if l.Rule == nil {
			continue
		}
		if err, ok := errors.AsType[*rules.FileError](set.Add(l.Rule)); ok {
			l.Findings = append(l.Findings, Finding{CheckOf(CheckTaken), l.Rule.ID, *err})
		}
		if replaces(l.Rule, f.Data) {
			l.Add(CheckReplaces, "id", "%s stands for the rule of this id that comes with orbfilter", f.Name)
		}
	}
	return all
}

// replaces reports whether a built-in rule has the id of another one. Its file
// has the name of the id.
func replaces(r *rules.Rule, data []byte) bool {
	old := rules.BuiltinFile(r.ID)
	return old != nil && !r.Disabled && !bytes.Equal(old, data)
}

func lintFile(f rules.File) *Linted {
	l := &Linted{File: f.Name}
	doc, err := rules.ReadDocument(f)
	if err != nil {
		return l.wrong(err)
	}
	l.doc, l.Rule = doc, doc.Rule
	if l.Rule != nil && !l.Rule.Disabled {
		l.lint()
	}
	return l
}

func (l *Linted) wrong(err *rules.FileError) *Linted {
	l.Findings = append(l.Findings, Finding{Check: CheckOf(CheckFile), FileError: *err})
	return l
}

// Add adds a finding about a field, such as "samples[0].text"; the rule must
// be there. format says what is wrong in this case.
func (l *Linted) Add(check, field, format string, args ...any) {
	at := l.doc.Fail(field, format, args...)
	l.Findings = append(l.Findings, Finding{CheckOf(check), l.Rule.ID, *at})
}

// Sort puts the findings in the order of the file, the worst of a line first.
func (l *Linted) Sort() {
	levels := []Level{LevelError, LevelWarning, LevelNote}
	slices.SortStableFunc(l.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(slices.Index(levels, a.Check.Level), slices.Index(levels, b.Check.Level)), cmp.Compare(a.Check.ID, b.Check.ID))
	})
}

// At reports whether a finding is at the place of a field.
func (l *Linted) At(field string, f *Finding) bool {
	return l.doc.At(field, &f.FileError)
}
