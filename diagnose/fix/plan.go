package fix

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// A Fix is one step that mends something: commands, or what is to be done by
// hand when there are none.
type Fix struct {
	Text     string
	Commands []shell.Command
	File     string // that Text is about, with its line; may be empty
	Line     int
}

// Plan returns the steps that install a package in the versions that a
// specifier allows, in the words of whatever installed it, and names the pins
// of the working folder that hold the version that is there.
func Plan(e *environ.Environment, pkg, spec string, pins []environ.Pin) []Fix {
	var fixes []Fix
	project := projectDir(e)
	for _, p := range pins {
		if p.Package != rules.NormalName(pkg) || !p.Holds(e.Version(pkg), Bound(spec)) {
			continue
		}
		fixes = append(fixes, unpin(e, p, pkg, spec, project))
	}
	return append(fixes, upgrade(e, pkg, spec, pinned(pins, pkg, e.Version(pkg), spec)))
}

// Bound is the version in a specifier, ">=25.8.1".
func Bound(spec string) string {
	first, _, _ := strings.Cut(spec, ",")
	return strings.TrimSpace(strings.TrimLeft(first, "<>=!~ "))
}

// pinned reports whether a project's own file, and not a lock, holds a version.
func pinned(pins []environ.Pin, pkg, installed, spec string) bool {
	return slices.ContainsFunc(pins, func(p environ.Pin) bool {
		return p.File == "pyproject.toml" && p.Package == rules.NormalName(pkg) && p.Holds(installed, Bound(spec))
	})
}

// unpin says what is to be done about a pin.
func unpin(e *environ.Environment, p environ.Pin, pkg, spec, project string) Fix {
	f := Fix{File: p.File, Line: p.Line}
	owner := project == e.Host.Dir && (owner(e) == "uv" || owner(e) == "poetry")
	switch {
	case p.Lock && owner:
		f.Text = fmt.Sprintf("holds %s; the next command writes it anew", p.Text)
	case p.Lock:
		f.Text = fmt.Sprintf("holds %s, and whoever installs from it gets that again: lock anew", p.Text)
	case owner && p.File == "pyproject.toml":
		f.Text = fmt.Sprintf("asks for %s; the next command changes it", p.Text)
	default:
		f.Text = fmt.Sprintf("pins %s: change it to %s%s", p.Text, pkg, spec)
	}
	return f
}

// owner says which program keeps a lock file for the environment, or "".
func owner(e *environ.Environment) string {
	switch {
	case e.Project("uv.lock"):
		return "uv"
	case e.Kind == environ.Poetry:
		return "poetry"
	}
	return ""
}

// projectDir is the folder of the project that the environment is for: where
// its .venv is, or the working folder.
func projectDir(e *environ.Environment) string {
	if filepath.Base(e.Prefix) == ".venv" {
		return filepath.Dir(e.Prefix)
	}
	return e.Host.Dir
}

// upgrade is the step that installs.
func upgrade(e *environ.Environment, pkg, spec string, pinned bool) Fix {
	req := pkg + spec
	f := Fix{Text: "install " + req}
	add := func(argv ...string) { f.Commands = append(f.Commands, argv) }
	d := e.Dist(pkg)
	project := projectDir(e)
	switch {
	case e.Kind == environ.Bundle:
		f.Text = fmt.Sprintf("%s holds its packages; build it again with %s", e.Script, req)
	case e.Kind == environ.UVTool && uvTool(e, req, add):
	case e.Kind == environ.PipX:
		add("pipx", "runpip", filepath.Base(e.Prefix), "install", "-U", req)
	case owner(e) == "uv" && pinned:
		add("uv", "add", "--project", project, req)
	case owner(e) == "uv":
		add("uv", "sync", "--project", project, "-P", req)
	case e.Kind == environ.Poetry && pinned:
		add("poetry", "-C", project, "add", req)
	case e.Kind == environ.Poetry:
		add("poetry", "-C", project, "update", pkg)
	case e.Kind == environ.Hatch:
		f.Text = fmt.Sprintf("put %s into the dependencies of this Hatch environment (pyproject.toml), or for now", req)
		add(Args(siteOf(e, d), req)...)
	case e.Kind == environ.Conda && (d == nil || d.Installer == "conda"):
		add("conda", "install", "-p", e.Prefix, "-c", "conda-forge", req)
	case e.Kind == environ.Homebrew && formula(e) != "":
		f.Text = "the formula brings its packages along"
		add("brew", "upgrade", formula(e))
	case d != nil && d.Installer == "debian" || d != nil && d.Site == "/usr/lib/python3/dist-packages":
		f.Text = "apt keeps " + pkg + " for the system; make an environment of your own for pyinfra, and use its pyinfra"
		add("python3", "-m", "venv", filepath.Join(e.Host.Dir, ".venv"))
		add(filepath.Join(e.Host.Dir, ".venv", "bin", "python"), "-m", "pip", "install", environ.Program, req)
	default:
		add(Args(siteOf(e, d), req)...)
	}
	return f
}

// siteOf is where a package is, or where it would be installed.
func siteOf(e *environ.Environment, d *environ.Dist) string {
	if d != nil {
		return d.Site
	}
	for _, s := range e.Sites {
		if strings.HasPrefix(s, e.Prefix) {
			return s
		}
	}
	if len(e.Sites) > 0 {
		return e.Sites[0]
	}
	return ""
}

var cellar = lazyregexp.New(`/Cellar/([^/]+)/[^/]+/libexec`)

// formula is Homebrew's, if the environment is the inside of one.
func formula(e *environ.Environment) string {
	if m := cellar.FindStringSubmatch(filepath.ToSlash(e.Prefix)); m != nil {
		return m[1]
	}
	return ""
}

// A receipt is what uv writes of a tool (uv-receipt.toml).
type receipt struct {
	Tool struct {
		Python       string
		Requirements []struct {
			Name, Specifier, Git, URL, Path, Directory, Editable string
			Extras                                               []string
		}
	}
}

// uvTool writes the command that made a tool, with one requirement changed:
// what is installed past uv is gone at its next upgrade. It does nothing when
// the receipt has more than names and versions.
func uvTool(e *environ.Environment, req string, add func(...string)) bool {
	var r receipt
	if err := toml.Unmarshal(e.Host.Small(e.Prefix, "uv-receipt.toml"), &r); err != nil || len(r.Tool.Requirements) == 0 {
		return false
	}
	tool := filepath.Base(e.Prefix)
	argv := []string{"uv", "tool", "install"}
	if r.Tool.Python != "" {
		argv = append(argv, "--python", r.Tool.Python)
	}
	own := tool
	for _, q := range r.Tool.Requirements {
		text := q.Name + q.Specifier
		if len(q.Extras) > 0 {
			text = q.Name + "[" + strings.Join(q.Extras, ",") + "]" + q.Specifier
		}
		switch {
		case q.Git+q.URL+q.Path+q.Directory+q.Editable != "" || !Shows(text):
			return false
		case rules.NormalName(q.Name) == tool:
			own = text
		case !strings.HasPrefix(rules.NormalName(req), rules.NormalName(q.Name)+bare(req, q.Name)):
			argv = append(argv, "--with", text)
		}
	}
	if name, _, _ := strings.Cut(req, ">"); rules.NormalName(name) == tool {
		own = req
	} else {
		argv = append(argv, "--with", req)
	}
	add(append(argv, own)...)
	return true
}

// bare is what follows a name in a requirement, in normal form.
func bare(req, name string) string {
	if len(req) < len(name) {
		return "?"
	}
	return rules.NormalName(req[len(name):])
}
