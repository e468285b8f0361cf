package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Kind returns the name of the field that is set, such as "block"; "" for the
// match of a rule that is disabled.
func (m *Match) Kind() string {
	for _, k := range m.kinds() {
		if k.set {
			return k.name
		}
	}
	return ""
}

// A kind of match, and whether a rule has it.
type kindSet struct {
	name string
	set  bool
}

func (m *Match) kinds() []kindSet {
	return []kindSet{
		{"line", m.Line != nil}, {"repeat", m.Repeat != nil}, {"block", m.Block != nil}, {"python-unraisable", m.PythonUnraisable != nil},
		{"python-traceback", m.PythonTraceback != nil}, {"python-warning", m.PythonWarning != nil},
	}
}

// A Part is a pattern of a match, and what it is for.
type Part struct {
	Name    string // such as "frames[0]" or "line 2"; "" for the one pattern of a line
	Pattern *Pattern
}

// Parts returns the patterns of a match, in the order in which their text is
// printed.
func (m *Match) Parts() (parts []Part) {
	in := "match." + m.Kind()
	for _, p := range m.Placed() {
		parts = append(parts, Part{strings.TrimPrefix(strings.TrimPrefix(p.Path, in), "."), p.Pattern})
	}
	for i, l := range m.Block {
		parts[i].Name = fmt.Sprint("line ", i+1)
		if l.Optional {
			parts[i].Name += ", if it is there"
		}
	}
	if u := m.PythonUnraisable != nil; u || m.PythonTraceback != nil { // the error is printed last
		at := slices.IndexFunc(parts, func(p Part) bool { return p.Name == "error" })
		e := parts[at]
		parts = append(slices.Delete(parts, at, at+1), e)
	}
	return parts
}

// systems are what people call the operating systems.
var systems = map[string]string{"darwin": "macOS", "linux": "Linux", "windows": "Windows"}

// SystemName returns what people call an operating system.
func SystemName(goos string) string {
	if name := systems[goos]; name != "" {
		return name
	}
	return goos
}

// AffectsWords says in words what a rule is about: packages, Python, systems;
// nil: it does not depend on any.
func (r *Rule) AffectsWords() (out []string) {
	for i := range r.Affected {
		out = append(out, r.Affected[i].Words())
	}
	if r.Python != "" {
		out = append(out, "Python "+r.Python)
	}
	if len(r.OS) > 0 {
		var names []string
		for _, s := range r.OS {
			names = append(names, SystemName(s))
		}
		out = append(out, strings.Join(names, " and "))
	}
	return out
}

// Nearest returns the id that is likely to be meant by one that is none: of a
// similar spelling, or the only one that it is a part of; "" if there is none.
func (s *Set) Nearest(id string) string {
	var ids, holding []string
	for r := range s.All() {
		ids = append(ids, r.ID)
		if id != "" && strings.Contains(r.ID, spelling(id)) {
			holding = append(holding, r.ID)
		}
	}
	if near := nearest(id, ids); near != "" {
		return near
	}
	if len(holding) == 1 {
		return holding[0]
	}
	return ""
}

// Nearest returns the one of some names that is likely to be meant by one that is none,
// since its spelling is similar; "" if there is none.
func Nearest(name string, names []string) string { return nearest(name, names) }

// Visible shows what would give orders to a terminal, or turn the text around
// in it, as characters that are to be seen: who is to judge a pattern must see
// all of it.
func Visible(text string) string { return visible(text) }
