package fix

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/command"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A Fix is one step that mends something: commands, or what is to be done by
// hand when there are none.
type Fix struct {
	Text     string
	Writes   []File // that are written before the commands
	Commands []shell.Command
	File     string // that Text is about, with its line; may be empty
	Line     int
}

// A File is a small file that commands need.
type File struct{ Name, Text string }

// A job is one package that is to be installed into an environment, in the versions of a
// specifier.
type job struct {
	e     *environ.Environment
	pkg   string
	spec  string
	owner environ.Owner
	pins  []locks.Pin // that hold the version which is there, no lock files
	lock  []locks.Pin // those of lock files
}

func (j *job) requirement() string { return j.pkg + j.spec }

// Plan returns the steps that install a package in the versions that a specifier allows, in the
// words of whatever keeps the environment, for the project that it was made for. here are the pins
// of the working folder: they count where nothing says what the environment was made for.
func Plan(e *environ.Environment, pkg, spec string, here []locks.Pin) []Fix {
	j := &job{e: e, pkg: pkg, spec: spec, owner: e.Owner()}
	pins := here
	if dir := j.owner.Dir; dir != "" && (dir != e.Host.Dir || j.owner.Tool == "uv") {
		pins = j.ownPins(dir)
	} else if j.owner.Tool != "" && dir == "" || e.Kind == environ.UVTool || e.Kind == environ.PipX || e.Kind == environ.UVX {
		pins = nil // it has nothing to do with the working folder
	}
	for _, p := range pins {
		switch {
		case p.Package != versions.NormalName(pkg) || !p.Holds(e.Version(pkg), Bound(spec)):
		case p.Lock:
			j.lock = append(j.lock, p)
		default:
			j.pins = append(j.pins, p)
		}
	}
	return j.steps()
}

// ownPins are those of the project, with paths that can be found from the working folder.
func (j *job) ownPins(dir string) (pins []locks.Pin) {
	for _, d := range append([]string{dir}, members(j.e.Host, dir)...) {
		for _, p := range locks.In(j.e.Host, d) {
			if file := filepath.Join(d, p.File); d != j.e.Host.Dir {
				if p.File = file; strings.HasPrefix(file, j.e.Host.Dir+string(filepath.Separator)) {
					p.File, _ = filepath.Rel(j.e.Host.Dir, file)
				}
			}
			pins = append(pins, p)
		}
	}
	return pins
}

// Bound is the version in a specifier, ">=25.8.1".
func Bound(spec string) string {
	first, _, _ := strings.Cut(spec, ",")
	return strings.TrimSpace(strings.TrimLeft(first, "<>=!~ "))
}

// steps are the plan: what nobody may change, then who keeps the environment, then pip.
func (j *job) steps() []Fix {
	e := j.e
	formula := environ.Formula(e.Prefix)
	if who := e.System(e.Dist(j.pkg)); who != "" && (formula == "" || e.Kind != environ.Homebrew) {
		return []Fix{j.system(who)}
	}
	switch d := e.Dist(j.pkg); {
	case isAdded(e, d):
		return []Fix{j.added(d)}
	case e.Kind == environ.Bundle:
		return j.then(Fix{Text: fmt.Sprintf("%s holds its packages; build it again with %s", e.Script, j.requirement())})
	case e.Kind == environ.UVTool:
		return j.then(j.uvTool())
	case e.Kind == environ.UVX:
		return j.then(Fix{Text: "uv makes this environment for each run; run it with " + j.requirement(), Commands: nil})
	case e.Kind == environ.PipX:
		return j.then(j.command(append(j.pipxHome(), "pipx", "runpip", filepath.Base(e.Prefix), "install", "-U", j.requirement())...))
	case e.Kind == environ.Pixi:
		return j.then(j.pixi())
	case e.Host.Exists(e.Prefix, "rye-venv.json"):
		return j.then(Fix{Text: fmt.Sprintf("Rye keeps this environment as %s says; there, type: rye add '%s', and: rye sync", filepath.Join(filepath.Dir(e.Prefix), "pyproject.toml"), j.requirement())})
	case e.Kind == environ.Conda && (e.Dist(j.pkg) == nil || e.Dist(j.pkg).Installer == "conda"):
		return j.then(j.command("conda", "install", "-p", e.Prefix, "-c", "conda-forge", j.requirement()))
	case e.Kind == environ.Homebrew && formula != "" && strings.Contains(filepath.ToSlash(e.Prefix), "/libexec"):
		return j.then(Fix{Text: "the formula brings its packages along", Commands: []shell.Command{{"brew", "upgrade", formula}}})
	case j.owner.Tool != "":
		return j.project()
	}
	return j.then(j.pip())
}

// command is a step with one command.
func (j *job) command(argv ...string) Fix {
	return Fix{Text: "install " + j.requirement(), Commands: []shell.Command{argv}}
}

// pipxHome sets, where an environment is not in the folder that pipx has its own in, that folder.
func (j *job) pipxHome() shell.Command {
	h, home := j.e.Host, filepath.Dir(filepath.Dir(j.e.Prefix))
	for _, usual := range []string{filepath.Join(command.DataHome(h), "pipx"), filepath.Join(h.Home, ".local", "pipx")} {
		if h.Real(home) == h.Real(usual) && h.Getenv("PIPX_HOME") == "" {
			return nil
		}
	}
	return shell.Command{"env", "PIPX_HOME=" + home}
}

// pixi says what pixi has to be told: of a package of conda or of PyPI, in a project or of its own.
func (j *job) pixi() Fix {
	d := j.e.Dist(j.pkg)
	top := filepath.Dir(filepath.Dir(filepath.Dir(j.e.Prefix)))
	option := " --pypi"
	if d != nil && d.Installer == "conda" {
		option = ""
	}
	for _, file := range []string{"pixi.toml", "pyproject.toml"} {
		if j.e.Host.Exists(top, file) {
			return Fix{Text: fmt.Sprintf("pixi keeps this environment as %s says; there, type: pixi add%s '%s'", filepath.Join(top, file), option, j.requirement())}
		}
	}
	return Fix{Text: fmt.Sprintf("pixi keeps this environment; type: pixi global add --environment %s '%s'", filepath.Base(j.e.Prefix), j.requirement())}
}

// then is a step behind what is said of the pins.
func (j *job) then(step Fix) (steps []Fix) {
	for _, p := range append(slices.Clone(j.pins), j.lock...) {
		f := Fix{File: p.File, Line: p.Line, Text: fmt.Sprintf("pins %s: change it to %s%s", p.Text, j.pkg, j.spec)}
		if p.Lock {
			f.Text = fmt.Sprintf("holds %s, and whoever installs from it gets that again: lock anew", p.Text)
		}
		steps = append(steps, f)
	}
	return append(steps, step)
}

// system says what is to be done where the system's package manager owns what is there.
func (j *job) system(who string) Fix {
	e := j.e
	switch who {
	case "brew":
		return Fix{Text: fmt.Sprintf("Homebrew keeps %s; its own upgrade brings another version: brew upgrade %s", j.pkg, environ.Formula(e.Host.Real(e.Dist(j.pkg).Path)))}
	case "nix", "guix":
		return Fix{Text: fmt.Sprintf("%s keeps %s, and nothing is changed there; name %s where this environment is described", who, j.pkg, j.requirement())}
	}
	return Fix{Text: fmt.Sprintf("%s keeps %s for the system, and nothing is changed there; give pyinfra an environment of its own: uv tool install pyinfra --with '%s'", who, j.pkg, j.requirement())}
}
