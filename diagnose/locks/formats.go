package locks

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// requirementLists are the lists of requirements in a pyproject.toml: PEP 621,
// PEP 735, uv's, PDM's and Hatch's.
var requirementLists = lazyregexp.New(`^(?:project\.dependencies|project\.optional-dependencies\.[^.]+|dependency-groups\.[^.]+|tool\.uv\.(?:dev|constraint|override)-dependencies|tool\.pdm\.dev-dependencies\.[^.]+|(?:tool\.hatch\.)?envs\.[^.]+\.(?:extra-)?dependencies)$`)

// poetryTables are Poetry's, with a package for each key.
var poetryTables = lazyregexp.New(`^tool\.poetry\.(?:dev-)?dependencies\.([^.]+)(?:\.version)?$|^tool\.poetry\.group\.[^.]+\.dependencies\.([^.]+)(?:\.version)?$`)

func projectPins(data []byte) (pins []Pin) {
	project := ""
	walkTOML(data, func(key string, value *unstable.Node, line int) {
		text := string(value.Data)
		if key == "project.name" {
			project = text
		}
		if requirementLists.MatchString(key) {
			if p, ok := parseRequirement(text); ok {
				p.Line, p.Table, p.Project = line, key, project
				pins = append(pins, p)
			}
		}
		if m := poetryTables.FindStringSubmatch(key); m != nil {
			name := m[1] + m[2]
			table := key[:strings.LastIndex(key, ".dependencies.")+len(".dependencies")]
			if strings.HasPrefix(key, "tool.poetry.dev-dependencies") {
				table = "tool.poetry.dev-dependencies"
			}
			pins = append(pins, Pin{Line: line, Package: versions.NormalName(name), Spec: poetrySpec(text), Text: name + ` = "` + text + `"`, Table: table})
		}
	})
	return pins
}

// pipfileTable is a package of a Pipfile, in whatever category.
var pipfileTable = lazyregexp.New(`^([\w-]+)\.([^.]+)(?:\.version)?$`)

func pipfilePins(data []byte) (pins []Pin) {
	walkTOML(data, func(key string, value *unstable.Node, line int) {
		text := string(value.Data)
		m := pipfileTable.FindStringSubmatch(key)
		if m == nil || m[1] == "source" || m[1] == "requires" || m[1] == "scripts" || m[1] == "pipenv" {
			return
		}
		if p, ok := parseRequirement(m[2] + text); ok {
			p.Line, p.Table, p.Text = line, m[1], m[2]+` = "`+text+`"`
			pins = append(pins, p)
		}
	})
	return pins
}

// lockPins reads uv.lock, poetry.lock, pdm.lock and pylock.toml, which have a table for each
// package, with its name before its version.
func lockPins(data []byte) (pins []Pin) {
	name := ""
	walkTOML(data, func(key string, value *unstable.Node, line int) {
		switch text := string(value.Data); strings.Replace(key, "packages.", "package.", 1) {
		case "package.name":
			name = text
		case "package.version":
			pins = append(pins, Pin{Line: line, Package: versions.NormalName(name), Spec: "==" + text, Text: name + " " + text, Lock: true})
		case "package.marker", "package.markers":
			if n := len(pins); n > 0 && pins[n-1].Package == versions.NormalName(name) {
				pins[n-1].Marker = text
			}
		}
	})
	return pins
}

// pipfileLockPins reads Pipfile.lock, which is JSON: a category has packages, and each its version.
func pipfileLockPins(data []byte) (pins []Pin) {
	dec := json.NewDecoder(bytes.NewReader(data))
	lines := lineCounter{data: data}
	var path []string // keys of the objects that are open
	key, isKey := "", true
	for {
		tok, err := dec.Token()
		if err != nil {
			return pins
		}
		switch t := tok.(type) {
		case json.Delim:
			switch t {
			case '{':
				path, key, isKey = append(path, key), "", true
			case '[':
				path, isKey = append(path, "["), false
			default:
				path = path[:max(len(path)-1, 0)]
				isKey = len(path) == 0 || path[len(path)-1] != "["
			}
		case string:
			if isKey && (len(path) == 0 || path[len(path)-1] != "[") {
				key, isKey = t, false
				continue
			}
			if len(path) == 3 && key == "version" && path[1] != "_meta" {
				pins = append(pins, Pin{Line: lines.at(int(dec.InputOffset())), Package: versions.NormalName(path[2]), Spec: t, Text: path[2] + t, Table: path[1], Lock: true})
			}
			isKey = len(path) == 0 || path[len(path)-1] != "["
		default:
			isKey = len(path) == 0 || path[len(path)-1] != "["
		}
	}
}

var (
	condaItem = lazyregexp.New(`^\s*-\s+["']?(?:[\w.-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*((?:[=<>!~]=?|===)\s*[^"'\s#;]+)`)
	condaOne  = lazyregexp.New(`^=([^=]+)(=.*)?$`)
)

// condaPins reads environment.yml: conda's packages, where = is a beginning of a version, and
// pip's below them.
func condaPins(data []byte) (pins []Pin) {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		m := condaItem.FindStringSubmatch(string(line))
		if m == nil {
			continue
		}
		spec := strings.ReplaceAll(m[3], " ", "")
		if one := condaOne.FindStringSubmatch(spec); one != nil {
			if spec = "==" + one[1] + ".*"; one[2] != "" || strings.Count(one[1], ".") > 1 {
				spec = "==" + strings.TrimSuffix(one[1], ".*")
			}
		}
		pins = append(pins, Pin{Line: n, Package: versions.NormalName(m[1]), Extras: m[2], Spec: spec, Text: strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(string(line)), "-"))})
	}
	return pins
}

// quoted is a string of setup.py that is a requirement from end to end.
var quoted = lazyregexp.New(`["']([A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*(?:~=|===?|!=|<=?|>=?)[^"']+)["']`)

// setupPins reads setup.cfg and setup.py: lines of requirements, and strings that are some.
func setupPins(data []byte) (pins []Pin) {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		text := string(line)
		if all := quoted.FindAllStringSubmatch(text, -1); all != nil {
			for _, m := range all {
				if p, ok := parseRequirement(m[1]); ok {
					p.Line = n
					pins = append(pins, p)
				}
			}
			continue
		}
		if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t") {
			if p, ok := parseRequirement(text); ok && !strings.Contains(text, "=(") && p.Spec != "" && !strings.HasPrefix(strings.TrimSpace(text), "\"") {
				p.Line = n
				pins = append(pins, p)
			}
		}
	}
	return pins
}
