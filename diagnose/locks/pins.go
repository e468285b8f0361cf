package environ

import (
	"bytes"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// A Pin is a place in the working folder that says which versions of a
// package may be installed.
type Pin struct {
	File    string // from the working folder
	Line    int
	Package string // in normal form
	Spec    string // as PEP 440 has it, "==25.5.1"
	Text    string // as it stands there, "gevent==25.5.1"
	Lock    bool   // a lock file, which a program writes
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

// pinFiles are looked at in the working folder.
var pinFiles = []struct {
	glob string
	read func(data []byte) []Pin
}{
	{"requirements*.txt", requirementPins},
	{"constraints*.txt", requirementPins},
	{"requirements/*.txt", requirementPins},
	{"pyproject.toml", projectPins},
	{"uv.lock", lockPins},
	{"poetry.lock", lockPins},
}

// Pins reads what the working folder says of versions.
func Pins(h *host.Host) (pins []Pin) {
	for _, f := range pinFiles {
		for _, name := range glob(h, f.glob) {
			data, err := h.Read(filepath.Join(h.Dir, name), host.MaxText)
			if err != nil {
				continue
			}
			for _, p := range f.read(data) {
				p.File = name
				pins = append(pins, p)
			}
		}
	}
	return pins
}

// glob returns the files of the working folder that match, sorted.
func glob(h *host.Host, pattern string) (names []string) {
	dir, base := filepath.Split(filepath.FromSlash(pattern))
	entries, _ := h.Files.ReadDir(filepath.Join(h.Dir, dir))
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
var requirement = lazyregexp.New(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?\s*((?:~=|===?|!=|<=?|>=?)[^;#()\s]+(?:\s*,\s*(?:~=|===?|!=|<=?|>=?)\s*[^;#(),\s]+)*|(?:~=|===?|!=|<=?|>=?)\s+[^;#()\s,]+)`)

// parseRequirement returns the pin that a requirement is, if it names versions.
func parseRequirement(text string) (p Pin, ok bool) {
	m := requirement.FindStringSubmatch(text)
	if m == nil {
		return Pin{}, false
	}
	shown, _, _ := strings.Cut(text, " --hash")
	shown, _, _ = strings.Cut(shown, "#")
	return Pin{Package: rules.NormalName(m[1]), Spec: strings.ReplaceAll(m[2], " ", ""), Text: strings.Trim(shown, " \t\r\n\\")}, true
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

// requirementLists are the lists of requirements in a pyproject.toml: PEP 621,
// PEP 735, and uv's.
var requirementLists = lazyregexp.New(`^(?:project\.dependencies|project\.optional-dependencies\.[^.]+|dependency-groups\.[^.]+|tool\.uv\.(?:dev|constraint|override)-dependencies)$`)

// poetryTables are Poetry's, with a package for each key.
var poetryTables = lazyregexp.New(`^tool\.poetry\.(?:dev-)?dependencies\.([^.]+)(?:\.version)?$|^tool\.poetry\.group\.[^.]+\.dependencies\.([^.]+)(?:\.version)?$`)

func projectPins(data []byte) (pins []Pin) {
	walkTOML(data, func(key string, value *unstable.Node, line int) {
		text := string(value.Data)
		if requirementLists.MatchString(key) {
			if p, ok := parseRequirement(text); ok {
				p.Line = line
				pins = append(pins, p)
			}
		}
		if m := poetryTables.FindStringSubmatch(key); m != nil {
			name := m[1] + m[2]
			pins = append(pins, Pin{Line: line, Package: rules.NormalName(name), Spec: poetrySpec(text), Text: name + ` = "` + text + `"`})
		}
	})
	return pins
}

// lockPins reads uv.lock and poetry.lock, which have a [[package]] table for
// each package, with its name before its version.
func lockPins(data []byte) (pins []Pin) {
	name := ""
	walkTOML(data, func(key string, value *unstable.Node, line int) {
		switch text := string(value.Data); key {
		case "package.name":
			name = text
		case "package.version":
			pins = append(pins, Pin{Line: line, Package: rules.NormalName(name), Spec: "==" + text, Text: name + " " + text, Lock: true})
		}
	})
	return pins
}

// walkTOML calls f for every string of a file: with its key, the line, and for
// those in a list, the key of the list. It ends at what is no TOML.
func walkTOML(data []byte, f func(key string, value *unstable.Node, line int)) {
	var p unstable.Parser
	p.Reset(data)
	lines := lineCounter{data: data}
	table := ""
	var visit func(key string, n *unstable.Node)
	visit = func(key string, n *unstable.Node) {
		switch n.Kind {
		case unstable.String:
			f(key, n, lines.at(int(n.Raw.Offset)))
		case unstable.Array, unstable.InlineTable:
			for it := n.Children(); it.Next(); {
				visit(key, it.Node())
			}
		case unstable.KeyValue:
			visit(join(key, n.Key()), n.Value())
		}
	}
	for p.NextExpression() {
		switch n := p.Expression(); n.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = join("", n.Key())
		case unstable.KeyValue:
			visit(table, n)
		}
	}
}

func join(key string, it unstable.Iterator) string {
	for it.Next() {
		if key != "" {
			key += "."
		}
		key += string(it.Node().Data)
	}
	return key
}

// A lineCounter tells in which line a byte is; it goes forward only.
type lineCounter struct {
	data     []byte
	pos, row int
}

func (c *lineCounter) at(offset int) int {
	if offset > c.pos && offset <= len(c.data) {
		c.row += bytes.Count(c.data[c.pos:offset], []byte("\n"))
		c.pos = offset
	}
	return c.row + 1
}

// poetrySpec writes Poetry's caret and tilde, and a version alone, as PEP 440
// does: ^25.5.1 is >=25.5.1,<26; ~25.5 is >=25.5,<25.6.
func poetrySpec(text string) string {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		part = strings.TrimSpace(part)
		switch rest := strings.TrimLeft(part, "^~"); {
		case strings.HasPrefix(part, "^"):
			part = ">=" + rest + ",<" + next(rest, firstNonZero(rest))
		case strings.HasPrefix(part, "~") && !strings.HasPrefix(part, "~="):
			part = ">=" + rest + ",<" + next(rest, min(1, strings.Count(rest, ".")))
		case part == "*":
			part = ">=0"
		case part != "" && part[0] >= '0' && part[0] <= '9':
			part = "==" + part
		}
		parts[i] = strings.ReplaceAll(part, " ", "")
	}
	return strings.Join(parts, ",")
}

// next raises one part of a version and drops those behind it.
func next(version string, part int) string {
	parts := strings.Split(version, ".")
	n, err := strconv.Atoi(parts[part])
	if err != nil {
		return version
	}
	return strings.Join(append(parts[:part:part], strconv.Itoa(n+1)), ".")
}

func firstNonZero(version string) int {
	parts := strings.Split(version, ".")
	for i, p := range parts {
		if p != "0" {
			return i
		}
	}
	return len(parts) - 1
}
