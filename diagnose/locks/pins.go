// Package locks reads what the files of a project say of versions: lock files, requirements,
// pyproject.toml and its like, each with its line.
package locks

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A Pin is a place that says which versions of a package may be installed.
type Pin struct {
	File    string // from the folder that was read, or absolute
	Line    int
	Package string // in normal form
	Spec    string // as PEP 440 has it, "==25.5.1"
	Text    string // as it stands there, "gevent==25.5.1"
	Extras  string // "[recommended]", or empty
	Lock    bool   // a lock file, which a program writes
	Table   string // of TOML, "dependency-groups.ops"; empty elsewhere
	Marker  string // for which Pythons and systems; empty: for all
	Project string // the name in the pyproject.toml that it stands in
}

// Version is the one version that the pin lets in, or "".
func (p *Pin) Version() string {
	exact, ok := strings.CutPrefix(strings.TrimPrefix(p.Spec, "="), "=")
	if !ok || strings.ContainsAny(exact, ",*<>!~") {
		return ""
	}
	return exact
}

// Holds reports whether the pin lets in a version and keeps out the fixed one.
func (p *Pin) Holds(installed, fixed string) bool {
	spec, err := pep440.NewSpecifiers(p.Spec)
	if err != nil {
		return false
	}
	bad, errBad := pep440.Parse(installed)
	good, errGood := pep440.Parse(fixed)
	return errBad == nil && errGood == nil && spec.Check(bad) && !spec.Check(good)
}

// A reader reads one kind of file.
type reader func(data []byte) []Pin

// kinds are told apart by the names of files.
var kinds = []struct {
	glob string
	read reader
	lock bool
}{
	{"requirements*.txt", requirementPins, false},
	{"requirements*.in", requirementPins, false},
	{"constraints*.txt", requirementPins, false},
	{"requirements/*.txt", requirementPins, false},
	{"requirements/*.in", requirementPins, false},
	{"pyproject.toml", projectPins, false},
	{"hatch.toml", projectPins, false},
	{"setup.cfg", setupPins, false},
	{"setup.py", setupPins, false},
	{"Pipfile", pipfilePins, false},
	{"environment.yml", condaPins, false},
	{"environment.yaml", condaPins, false},
	{"uv.lock", lockPins, true},
	{"poetry.lock", lockPins, true},
	{"pdm.lock", lockPins, true},
	{"pylock.toml", lockPins, true},
	{"pylock.*.toml", lockPins, true},
	{"Pipfile.lock", pipfileLockPins, true},
}

// In reads what the files of a folder say of versions.
func In(h *host.Host, dir string) (pins []Pin) {
	for _, k := range kinds {
		for _, name := range glob(h, dir, k.glob) {
			for _, p := range read(h, filepath.Join(dir, name), k.read) {
				if rel, err := filepath.Rel(dir, p.File); err == nil && filepath.IsLocal(rel) {
					p.File = rel
				}
				pins = append(pins, p)
			}
		}
	}
	return pins
}

// Files are the lock files of a folder.
func Files(h *host.Host, dir string) (names []string) {
	for _, k := range kinds {
		if k.lock {
			names = append(names, glob(h, dir, k.glob)...)
		}
	}
	return names
}

func read(h *host.Host, file string, r reader) (pins []Pin) {
	data, err := h.Read(file, host.MaxText)
	if err != nil {
		return nil
	}
	data = decode(data)
	for _, p := range r(data) {
		p.File = file
		pins = append(pins, p)
	}
	return pins
}

// kindOf returns what reads a file of this name, and whether it is a lock file; nil: it is none
// that is known.
func kindOf(name string) (r reader, lock bool) {
	base := filepath.Base(name)
	for _, k := range kinds {
		if ok, _ := filepath.Match(filepath.Base(k.glob), base); ok && (!strings.Contains(k.glob, "/") || filepath.Base(filepath.Dir(name)) == "requirements") {
			return k.read, k.lock
		}
	}
	return nil, false
}

// glob returns the files of a folder that match, sorted.
func glob(h *host.Host, top, pattern string) (names []string) {
	dir, base := filepath.Split(filepath.FromSlash(pattern))
	if !strings.ContainsAny(base, "*?[") {
		if h.Exists(top, pattern) {
			return []string{pattern}
		}
		return nil
	}
	entries, _ := h.Files.ReadDir(filepath.Join(top, dir))
	for _, e := range entries {
		if ok, _ := filepath.Match(base, e.Name()); ok {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	return names
}

// requirement is the beginning of a PEP 508 requirement: a name, extras, and
// versions, with or without parentheses.
var requirement = lazyregexp.New(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*\(?\s*((?:~=|===?|!=|<=?|>=?)[^;#()\s]+(?:\s*,\s*(?:~=|===?|!=|<=?|>=?)\s*[^;#(),\s]+)*|(?:~=|===?|!=|<=?|>=?)\s+[^;#()\s,]+)`)

// parseRequirement returns the pin that a requirement is, if it names versions.
func parseRequirement(text string) (p Pin, ok bool) {
	m := requirement.FindStringSubmatch(text)
	if m == nil {
		return Pin{}, false
	}
	shown, _, _ := strings.Cut(text, " --hash")
	shown, _, _ = strings.Cut(shown, "#")
	_, marker, _ := strings.Cut(shown, ";")
	return Pin{Package: versions.NormalName(m[1]), Extras: m[2], Spec: strings.ReplaceAll(m[3], " ", ""), Text: strings.Trim(shown, " \t\r\n\\"), Marker: strings.Trim(marker, " \t\r\n\\")}, true
}

func requirementPins(data []byte) (pins []Pin) {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if p, ok := parseRequirement(string(line)); ok {
			p.Line = n
			pins = append(pins, p)
		}
	}
	return pins
}
