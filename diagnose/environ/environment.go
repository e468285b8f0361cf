// Package environ finds the Python that pyinfra runs in, the folders in which that looks for
// packages, and what holds their versions. It reads files, and runs nobody's code.
package environ

import (
	"bufio"
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// An Environment is where pyinfra runs: a Python, and the folders in which it
// looks for packages.
type Environment struct {
	Script string // pyinfra, as it is found; empty: only Python is known
	Target string // the script without symbolic links
	Wins   string // why this one: "first on PATH", "--venv"
	How    string // what leads from the script to Python
	Python string // the interpreter; not resolved: its place says which environment it is
	Prefix string
	Kind   Kind
	Minor  string // "3.12"
	Full   string // "3.12.1", or Minor when the patch level is not known
	From   string // where Full was found
	Flags  string // the interpreter's own in the script, "E" of -E
	Sites  []string
	Others []string     // further pyinfras, that do not win
	Chain  []chain.Link // how it was found, from what was typed on

	Host    *host.Host
	Indexes []*Index // of Sites, in order; those of a zipapp's own first

	trust    bool   // it may be asked for its version
	front    string // the folder that is searched before all others; empty: none
	safePath bool   // PYTHONSAFEPATH is set: since 3.11 there is no front
	locked   string // the lock file of the project that a runner runs it for; empty: it is not known
	bundled  bool   // it is the Python of a zip file with packages
	shims    int    // scripts that were followed
	venv     map[string]string
	own      []string // folders with packages that Python searches by itself
}

// Dist returns an installed package, as Python finds it: the first in the
// order of the folders. Nil: it is not installed.
func (e *Environment) Dist(name string) *Dist {
	for _, i := range e.Indexes {
		if d := i.Find(name); d != nil {
			return d
		}
	}
	return nil
}

// Version is the version of a package, or "".
func (e *Environment) Version(name string) string {
	if d := e.Dist(name); d != nil {
		return d.Version
	}
	return ""
}

// enter fills in all that follows from the interpreter.
func (e *Environment) enter(ctx context.Context, python string) error {
	h := e.Host
	e.Python = python
	if e.shims++; e.shims > 2*maxShims {
		return chain.Unknown(python + " is started by a script that starts it again")
	}
	switch {
	case h.Denied(python):
		return denied(python)
	case !h.Exists(python):
		return &chain.GoneError{Script: e.Script, Python: python}
	case h.IsDir(python):
		return &chain.UnknownError{What: python + " is a folder", Pass: "type: orbfilter doctor --venv " + shell.Quote(python) + ", if it is that of an environment"}
	case !h.Executable(python):
		return chain.Unknown(python + " is no program that can be started")
	}
	if head := h.Small(python); bytes.HasPrefix(head, []byte("#!")) {
		return e.enterShim(ctx, python, head)
	}
	if !pythonLike.MatchString(filepath.Base(python)) {
		return chain.Unknown(python + " is not named as Pythons are")
	}
	if err := e.displaced(); err != nil {
		return err
	}
	e.findPrefix()
	e.findMinor()
	e.findVersion(ctx)
	if e.Minor == "" {
		return &chain.UnknownError{What: python + " does not say which Python it is", Pass: "type: " + python + " -V, and if that works: orbfilter doctor without --no-exec"}
	}
	if e.safePath && e.since(11, 0) {
		e.front = ""
	}
	e.link(chain.Interpreter, "Python "+e.Full, e.Prefix, python+", by "+e.From)
	e.findSites()
	for _, site := range e.Sites {
		e.Indexes = append(e.Indexes, e.index(site))
	}
	e.Kind = e.kind()
	e.link(chain.Paths, string(e.Kind), strings.Join(e.Sites, string(filepath.ListSeparator)), e.Prefix)
	return e.shadowed()
}

// denied is the error for what may not be looked at.
func denied(file string) error {
	return &chain.UnknownError{What: file + " may not be looked at: permission denied", Pass: "type it as the user who runs pyinfra: sudo -u USER orbfilter doctor …"}
}

// enterShim follows an interpreter that is a script: pyenv's shim does no harm,
// what another does cannot be known.
func (e *Environment) enterShim(ctx context.Context, python string, head []byte) error {
	root, ok := pyenvShim(e.Host, python, head)
	if !ok {
		return chain.Unknown(python + " is a script, and no Python")
	}
	program, chosen := pyenvWhich(e.Host, root, filepath.Base(python))
	if program == "" || program == python {
		return &chain.GoneError{Script: e.Script, Python: filepath.Base(python) + " of pyenv (" + chosen + ")"}
	}
	e.How += ", pyenv " + chosen
	e.link(chain.Launcher, "shim of pyenv", program, python+", "+chosen)
	return e.enter(ctx, program)
}

// findPrefix looks for pyvenv.cfg beside the interpreter and above (PEP 405).
// Where there is none, Python is where its last link leads.
func (e *Environment) findPrefix() {
	dir := filepath.Dir(e.Python)
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if data, err := e.Host.Read(filepath.Join(d, "pyvenv.cfg"), host.MaxSmall); err == nil {
			if e.Prefix, e.venv = d, settings(data); d == dir && e.Host.GOOS != "windows" { // Lib/site.py
				e.Prefix = filepath.Dir(dir)
			}
			return
		}
	}
	e.Prefix = prefix(e.Host, e.Python)
}

// settings reads "name = value" lines.
func settings(data []byte) map[string]string {
	out := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			out[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return out
}

var (
	pythonNumber = lazyregexp.New(`^(\d+\.\d+)\.\d+`)
	pythonName   = lazyregexp.New(`^(?:python|pypy)(\d+\.\d+)t?(?:\.exe)?$`)
	libName      = lazyregexp.New(`^(?:python|pypy)(\d+\.\d+)t?$`)
	pathVersion  = lazyregexp.New(`[/\\](?:versions[/\\]|Cellar[/\\]python@[\d.]+[/\\]|cpython-)(\d+\.\d+\.\d+)`)
	patchLevel   = lazyregexp.New(`(?m)^#define\s+PY_VERSION\s+"(\d+\.\d+\.\d+)`)
	saysVersion  = lazyregexp.New(`^Python (\d+\.\d+\.\d+)`)
)

// base is the prefix of the Python that a virtual environment was made from.
func (e *Environment) base() string {
	if e.venv == nil {
		return e.Prefix
	}
	for _, name := range []string{"python" + e.Minor, "python3", "python", "python.exe"} { // its own may be a copy
		if p := filepath.Join(e.venv["home"], name); e.venv["home"] != "" && e.Host.Exists(p) {
			return prefix(e.Host, p)
		}
	}
	return prefix(e.Host, e.Python)
}

// prefix is the folder that a Python, which is no virtual environment's, is
// the program of.
func prefix(h *host.Host, python string) string {
	dir := filepath.Dir(h.Program(python))
	if h.GOOS != "windows" {
		dir = filepath.Dir(dir) // bin
	}
	return dir
}

// findMinor reads the version of Python by which folders are named: from what
// the environment says, the name of the program, or the one folder there is.
func (e *Environment) findMinor() {
	for _, name := range []string{"version_info", "version"} { // uv and virtualenv; the standard library
		if m := pythonNumber.FindStringSubmatch(e.venv[name]); m != nil {
			e.Minor, e.Full, e.From = m[1], m[0], "pyvenv.cfg"
			return
		}
	}
	if m := pythonName.FindStringSubmatch(filepath.Base(e.Host.Real(e.Python))); m != nil {
		e.Minor = m[1]
		return
	}
	if libs := e.libs(e.Prefix); len(libs) == 1 {
		e.Minor = libName.FindStringSubmatch(filepath.Base(libs[0]))[1]
	}
}

// libs are the folders lib/python3.12 of a prefix.
func (e *Environment) libs(prefix string) (dirs []string) {
	lib := filepath.Join(prefix, "lib")
	entries, _ := e.Host.Files.ReadDir(lib)
	for _, entry := range entries {
		if libName.MatchString(entry.Name()) && e.Host.IsDir(filepath.Join(lib, entry.Name())) {
			dirs = append(dirs, filepath.Join(lib, entry.Name()))
		}
	}
	return dirs
}

// findVersion finds the patch level. pyvenv.cfg has that of the day when the
// environment was made, so the interpreter is asked, which runs no file of
// the environment (python -V ends before site is imported).
func (e *Environment) findVersion(ctx context.Context) {
	if e.trust {
		if v := e.ask(ctx); v != "" {
			e.set(v, "python -V")
			return
		}
	}
	if e.Minor != "" {
		header := filepath.Join(e.base(), "include", "python"+e.Minor, "patchlevel.h")
		if m := patchLevel.FindSubmatch(e.Host.Small(header)); m != nil {
			e.set(string(m[1]), header)
			return
		}
	}
	if m := pathVersion.FindStringSubmatch(e.Host.Real(e.Python)); m != nil {
		e.set(m[1], "its path")
	} else if e.Full == "" {
		e.Full = e.Minor
	}
}

func (e *Environment) set(full, from string) {
	e.Full, e.From = full, from
	e.Minor = pythonNumber.FindStringSubmatch(full)[1]
}

// pythonLimit is how long it may take to say its version.
const pythonLimit = 2 * time.Second

// ask asks the interpreter. That of macOS itself is a stub, which may open a
// window that offers to install developer tools.
func (e *Environment) ask(ctx context.Context) string {
	if e.Host.GOOS == "darwin" && strings.HasPrefix(e.Host.Real(e.Python), "/usr/bin/") {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, pythonLimit)
	defer cancel()
	out, err := e.Host.Run(ctx, e.Python, "-V")
	if m := saysVersion.FindSubmatch(out.Stdout); err == nil && out.Code == 0 && m != nil {
		return string(m[1])
	}
	return ""
}
