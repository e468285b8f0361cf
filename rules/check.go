package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A fault is what is wrong with a rule: the path of the field, to be looked up
// in the file, and what to write instead. The zero fault is none.
type fault struct{ field, text string }

func faultf(field, format string, args ...any) fault {
	return fault{field, message(format, args...)}
}

// firstFault returns the first that is one.
func firstFault(faults ...fault) fault {
	for _, f := range faults {
		if f.text != "" {
			return f
		}
	}
	return fault{}
}

// unless is a fault if ok is false.
func unless(ok bool, field, format string, args ...any) fault {
	if ok {
		return fault{}
	}
	return faultf(field, format, args...)
}

// tidy makes one line of what is shown to people.
func (r *Rule) tidy() {
	for _, text := range []*string{&r.Title, &r.Advice} {
		*text = strings.Join(strings.Fields(*text), " ")
	}
}

// check finds what the shape of a file does not show.
func (r *Rule) check() fault {
	if r.Disabled {
		return r.checkID()
	}
	return firstFault(
		r.checkID(),
		unless(r.Title != "", "title", "a rule needs a title: one sentence on what this is"),
		unless(r.Severity != "", "severity", "a rule needs a severity: noise, notice, warning or error"),
		unless(slices.Contains(Severities, r.Severity), "severity", "severity %q: write noise, notice, warning or error", r.Severity),
		unless(r.Status == "" || slices.Contains(Statuses, r.Status), "status", "status %q: write stable, experimental or draft", r.Status),
		r.checkLists(),
		r.Match.check(),
		checkSamples("samples", r.Samples),
		checkSamples("counterexamples", r.Counterexamples),
		unless(len(r.Samples) > 0, "samples", "a rule needs at least one sample: write samples: [{text: …}] with text as it was printed"),
		r.checkVersions(),
		r.Fix.check(),
		r.checkShown(),
	)
}

func (r *Rule) checkID() fault {
	return firstFault(
		unless(r.ID != "", "id", "a rule needs an id, such as my-noisy-line"),
		unless(validID.MatchString(r.ID), "id", "id %q: an id has lower-case letters, digits and hyphens, and begins with a letter or a digit", r.ID),
	)
}

func (r *Rule) checkLists() fault {
	for i, name := range r.OS {
		if !slices.Contains(Systems, name) {
			return faultf(fmt.Sprintf("os[%d]", i), "os %q: write %s", name, strings.Join(Systems, ", "))
		}
	}
	for i, id := range r.Cause {
		if !validID.MatchString(id) || id == r.ID {
			return faultf(fmt.Sprintf("cause[%d]", i), "%q is not the id of another rule", id)
		}
	}
	return fault{}
}

var validID = lazyregexp.New(`^[a-z0-9][a-z0-9-]*$`)

func checkSamples(field string, samples []Sample) fault {
	for i, s := range samples {
		if strings.TrimSpace(s.Text) == "" {
			return faultf(fmt.Sprintf("%s[%d].text", field, i), "an entry of %s has no text; write text: as it was printed", field)
		}
	}
	return fault{}
}

// checkShown finds texts with characters that nobody sees, but that terminals
// and editors obey: escape sequences, and those that turn the direction of
// writing around. Samples may have them: they are what was printed.
func (r *Rule) checkShown() fault {
	shown := [][2]string{{"title", r.Title}, {"advice", r.Advice}}
	for i, u := range r.References {
		shown = append(shown, [2]string{fmt.Sprintf("references[%d]", i), u})
	}
	for _, s := range shown {
		if c := strings.IndexFunc(s[1], func(c rune) bool { return !unicode.IsGraphic(c) }); c >= 0 {
			bad, _ := utf8.DecodeRuneInString(s[1][c:])
			return faultf(s[0], "%s is shown on terminals, and has a character that is not to be seen (U+%04X); leave it out", called(s[0]), bad)
		}
	}
	return fault{}
}

func (m *Match) check() fault {
	var kinds []string
	for _, k := range m.kinds() {
		if k.set {
			kinds = append(kinds, k.name)
		}
	}
	const needs = "match needs exactly one of line, repeat, block, python-unraisable, python-traceback, python-warning"
	switch len(kinds) {
	case 0:
		return faultf("match", "%s; it has none", needs)
	case 1:
		if f := firstFault(m.checkKind(), m.compile()); f.text != "" {
			return f
		}
		return m.checkGreed(kinds[0])
	}
	return faultf("match."+kinds[1], "%s; it has %s", needs, strings.Join(kinds, " and "))
}

// checkKind finds what a kind of match lacks.
func (m *Match) checkKind() fault {
	switch u, t, w := m.PythonUnraisable, m.PythonTraceback, m.PythonWarning; {
	case u != nil:
		return unless(u.Object != nil && u.Error != nil && len(u.Frames) > 0, "match.python-unraisable", "python-unraisable needs object, frames and error")
	case t != nil:
		return unless(t.Error != nil, "match.python-traceback", "python-traceback needs error")
	case w != nil:
		return unless(w.Category != nil && w.Message != nil, "match.python-warning", "python-warning needs category and message")
	case m.Block != nil:
		return m.checkBlock()
	}
	return fault{}
}

func (m *Match) checkBlock() fault {
	if len(m.Block) == 0 {
		return faultf("match.block", "block has no line; write block: ['FIRST LINE', 'SECOND LINE']")
	}
	for i, l := range m.Block {
		if l.Line == nil {
			return faultf(fmt.Sprintf("match.block[%d]", i), "a line of a block needs line: write {line: 'TEXT', optional: true}, or just 'TEXT'")
		}
	}
	return unless(!m.Block[0].Optional, "match.block[0].optional", "the first line of a block cannot be optional: it is what opens the block")
}

func (m *Match) compile() fault {
	for _, p := range m.Placed() {
		if err := p.Pattern.compile(); err != nil {
			return faultf(p.Path, "%v", err)
		}
	}
	return fault{}
}

// checkGreed finds patterns that would claim lines which have nothing to do
// with the issue. The patterns of the python kinds hold together, so it is
// enough if one of them is particular.
func (m *Match) checkGreed(kind string) fault {
	greedy := 0
	for _, p := range m.Placed() {
		whole := kind != "line" && kind != "repeat"
		if !p.Pattern.greedy(whole) {
			continue
		}
		greedy++
		if !whole || kind == "block" {
			return faultf(p.Path, "this pattern matches an empty line, or any line at all, and would claim what has nothing to do with the issue; write some text that the line holds")
		}
	}
	return unless(greedy < len(m.Placed()), "match."+kind, "these patterns match anything, and would claim what has nothing to do with the issue; write some text that it holds")
}

// greedy reports whether the pattern matches no text, or texts that have
// nothing in common.
func (p *Pattern) greedy(whole bool) bool {
	match := p.Search
	if whole {
		match = p.MatchAll
	}
	return match(nil) || match([]byte("a")) && match([]byte("0")) || match([]byte("one ONE, two.")) && match([]byte("[3] %4 #5/6"))
}

// check finds what would make another command of the one that is shown.
func (f *Fix) check() fault {
	if f == nil {
		return fault{}
	}
	return firstFault(
		unless(f.Upgrade != "" && f.To != "", "fix", "a fix has upgrade: PACKAGE and to: '>=VERSION'"),
		unless(versions.IsName(f.Upgrade), "fix.upgrade", "%q is not the name of a package", f.Upgrade),
		checkSpecifier("fix.to", f.To, ">=25.8.1"),
	)
}
