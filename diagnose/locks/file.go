package locks

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A File is a file that says what would be installed.
type File struct {
	Name   string
	Pins   []Pin
	Python string // what it says of Python, as PEP 440 has it; empty: nothing
	Lock   bool
}

// Errors of files.
var (
	ErrUnknown = errors.New("no kind of lock file or list of requirements that is known here")
	ErrNothing = errors.New("it names no version of any package")
)

// Read reads a file by its name, with what it includes.
func Read(h *host.Host, name string) (*File, error) {
	data, err := h.Read(h.Abs(name), host.MaxText)
	if err != nil {
		return nil, err
	}
	data = decode(data)
	f, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	if !f.Lock && !strings.HasSuffix(name, ".toml") {
		f.include(h, name, data, 0)
	}
	if f.Python == "" {
		f.Python = pinnedPython(h, filepath.Dir(h.Abs(name)))
	}
	if len(f.Pins) == 0 {
		return f, ErrNothing
	}
	return f, nil
}

// Parse reads the text of a file. Where the name says nothing, as of standard input, the text
// tells what it is.
func Parse(name string, data []byte) (*File, error) {
	data = decode(data)
	r, lock := kindOf(name)
	if r == nil {
		r, lock = guess(data)
	}
	if r == nil {
		return nil, ErrUnknown
	}
	if err := check(name, data, lock); err != nil {
		return nil, err
	}
	f := &File{Name: name, Lock: lock, Python: requiresPython(data)}
	for _, p := range r(data) {
		p.File = name
		f.Pins = append(f.Pins, p)
	}
	return f, nil
}

// guess tells kinds apart by what they hold.
func guess(data []byte) (r reader, lock bool) {
	text := string(data)
	for _, k := range []struct {
		has  string
		read reader
		lock bool
	}{
		{"[[package]]", lockPins, true}, {"[[packages]]", lockPins, true}, {"\"_meta\"", pipfileLockPins, true},
		{"[project]", projectPins, false}, {"[tool.", projectPins, false}, {"[packages]", pipfilePins, false}, {"\ndependencies:", condaPins, false},
	} {
		if strings.Contains("\n"+text, k.has) {
			return k.read, k.lock
		}
	}
	if len(requirementPins(data)) > 0 {
		return requirementPins, false
	}
	return nil, false
}

// including is a line of a list of requirements that names another one.
var including = lazyregexp.New(`^\s*(?:-r|-c|--requirement|--constraint)[= \t]*([^\s#]+)`)

// maxIncludes is deeper than anybody's lists.
const maxIncludes = 10

// include reads what -r and -c name, from the folder of the file.
func (f *File) include(h *host.Host, name string, data []byte, deep int) {
	for line := range bytes.Lines(data) {
		m := including.FindStringSubmatch(string(line))
		if m == nil || strings.Contains(m[1], "://") || deep > maxIncludes {
			continue
		}
		other := filepath.Join(filepath.Dir(name), m[1])
		text, err := h.Read(h.Abs(other), host.MaxText)
		if err != nil {
			continue // pip says so
		}
		for _, p := range requirementPins(text) {
			p.File = other
			f.Pins = append(f.Pins, p)
		}
		f.include(h, other, text, deep+1)
	}
}

// requiresPython is what a lock file says of Python.
func requiresPython(data []byte) (spec string) {
	walkTOML(data, func(key string, value *unstable.Node, _ int) {
		switch key {
		case "requires-python", "project.requires-python", "metadata.python-versions", "metadata.requires_python":
			spec = poetrySpec(string(value.Data))
		}
	})
	if m := pipfilePython.FindSubmatch(data); spec == "" && m != nil {
		spec = "==" + string(m[1]) + ".*"
	}
	return spec
}

var pipfilePython = lazyregexp.New(`"?python_version"?\s*[:=]\s*"(\d+\.\d+)"`)

// onlyVersion is a version of Python that a .python-version may have.
var onlyVersion = lazyregexp.New(`^(?:cpython[@-])?(\d+\.\d+)(\.\d+)?$`)

// pinnedPython is what .python-version beside a file says.
func pinnedPython(h *host.Host, dir string) string {
	for line := range strings.Lines(string(h.Small(dir, ".python-version"))) {
		if m := onlyVersion.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			if m[2] != "" {
				return "==" + m[1] + m[2]
			}
			return "==" + m[1] + ".*"
		}
	}
	return ""
}
