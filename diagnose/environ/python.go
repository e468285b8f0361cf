package environ

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/command"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

// An invocation is a Python with its options, as they are given.
type invocation struct {
	flags  string // letters, "E" of -E
	module string // of -m
	code   bool   // of -c, or typed
	script string
	rest   []string // the words behind the module
	odd    string   // what is not understood
}

// parsePython reads the options of Python, up to what is run.
func parsePython(argv []string) (v invocation) {
	for words := argv[1:]; ; words = words[1:] {
		switch {
		case len(words) == 0 || words[0] == "-":
			v.code = true
			return v
		case !strings.HasPrefix(words[0], "-"):
			v.script = words[0]
			return v
		case strings.HasPrefix(words[0], "--"):
			if words[0] == "--check-hash-based-pycs" && len(words) > 1 {
				words = words[1:]
				continue
			}
			v.odd = words[0]
			return v
		}
		for letters := words[0][1:]; letters != ""; letters = letters[1:] {
			switch letter := letters[:1]; letter {
			case "m", "c":
				more := append([]string{letters[1:]}, words[1:]...)
				if more[0] == "" {
					more = more[1:]
				}
				if letter == "c" || len(more) == 0 {
					v.code = true
					return v
				}
				v.module, v.rest = more[0], more[1:]
				return v
			case "W", "X":
				if letters == letter && len(words) > 1 {
					words = words[1:]
				}
				letters = letter
			default:
				v.flags += letter
			}
		}
	}
}

// typedPython follows python as it is typed.
func (e *Environment) typedPython(ctx context.Context, argv []string) error {
	python := argv[0]
	if !strings.ContainsAny(python, `/\`) {
		if python = e.Host.Look(argv[0], e.Host.Path()); python == "" {
			return e.notFound(argv)
		}
	} else {
		python = e.Host.Abs(python)
	}
	e.How = "typed"
	e.link(chain.Launcher, "python", strings.Join(argv, " "), "as typed")
	return e.interpret(ctx, append([]string{python}, argv[1:]...))
}

// sameProcess are modules that run another one in the Python that runs them.
var sameProcess = []string{"coverage", "cProfile", "profile", "pdb", "trace", "debugpy", "runpy", "viztracer", "faulthandler"}

// interpret enters the Python of an invocation, with what its options change.
func (e *Environment) interpret(ctx context.Context, argv []string) error {
	v := parsePython(argv)
	e.Flags = v.flags
	isolated := strings.Contains(v.flags, "I")
	switch {
	case v.odd != "":
		return chain.Unknown("what Python does with " + v.odd + " is not known here")
	case strings.Contains(v.flags, "S"):
		return chain.Unknown("with -S Python looks into no folder of packages")
	case v.module != "" && command.Runs(command.Name(v.module)):
		way, err := command.Follow(e.Host, append([]string{v.module}, v.rest...))
		e.Host, e.Chain = way.Host, append(e.Chain, way.Links...)
		if err != nil {
			return err
		}
		return e.run(ctx, way.Argv)
	case v.module != "" && !strings.HasPrefix(v.module, Program) && !slices.Contains(sameProcess, v.module) && runsPyinfra(v.rest):
		return chain.Unknown("in which environment python -m " + v.module + " runs pyinfra is not known here")
	}
	safe := isolated || strings.Contains(v.flags, "P")
	e.safePath = !strings.Contains(v.flags, "E") && e.Host.Getenv("PYTHONSAFEPATH") != ""
	if !safe && v.script == "" {
		e.front = e.Host.Dir
	}
	if v.script != "" && !e.bundled {
		file := e.Host.Abs(v.script)
		if done, err := e.unpack(file, func() error { return e.enter(ctx, argv[0]) }); done {
			return err
		}
		switch {
		case e.Host.IsDir(file): // its __main__.py is run, and the folder is searched, whatever the options and variables say
			e.front, e.safePath = file, false
		case !safe:
			e.front = filepath.Dir(e.Host.Real(file))
		}
	}
	if err := e.enter(ctx, argv[0]); err != nil {
		return err
	}
	if strings.Contains(v.flags, "P") && !e.since(11, 0) {
		return &chain.UnknownError{What: "Python " + e.Full + " has no option -P, which came with 3.11, and does not start", Pass: "leave -P out, or type -I in its place"}
	}
	return nil
}

// displaced reports as an error that a variable changes where Python has all that is its own. Of the
// last two Python takes its own place, since 3.11 on all systems, also with -E and -I (Modules/getpath.py).
func (e *Environment) displaced() error {
	for _, v := range []struct {
		name    string
		ignored string // the options with which it has no effect
	}{{"PYTHONHOME", "EI"}, {"PYTHONPLATLIBDIR", "EI"}, {"PYTHONEXECUTABLE", ""}, {"__PYVENV_LAUNCHER__", ""}} {
		if value := e.Host.Getenv(v.name); value != "" && !strings.ContainsAny(e.Flags, v.ignored) {
			return &chain.UnknownError{What: v.name + " is set (" + value + "), and where Python looks for all that it has depends on it", Pass: "unset it, or put env -u " + v.name + " in front of the command"}
		}
	}
	return nil
}

// hides are the modules that matter, with their packages.
var hides = []struct{ module, pkg string }{{"pyinfra", Program}, {"pyinfra_cli", Program}, {"pyinfra_orbstack", "pyinfra-orbstack"}, {"gevent", "gevent"}, {"greenlet", "greenlet"}, {"paramiko", "paramiko"}}

// shadowed reports as an error that a folder which Python searches before has a module of the
// same name as one that is installed: which version that is, no metadata say.
func (e *Environment) shadowed() error {
	for _, dir := range e.early() {
		for _, hidden := range hides {
			file := moduleIn(e.Host, dir, hidden.module)
			if file == "" {
				continue
			}
			if d := e.Dist(hidden.pkg); d != nil && d.Site != dir && !d.Editable {
				return &chain.UnknownError{What: file + " stands in front of the " + d.Name + " that is installed, and which version it is cannot be known",
					Pass: "run it from another folder, or with python -P; for what is installed: orbfilter doctor --python " + e.Python}
			}
		}
	}
	return nil
}

// early are the folders that Python searches before those of its packages.
func (e *Environment) early() (dirs []string) {
	if e.front != "" {
		dirs = append(dirs, e.front)
	}
	return append(dirs, e.pythonPath()...)
}

// pythonPath are those of PYTHONPATH. An empty one is the working folder (PYTHONPATH=$PYTHONPATH:lib
// where it was not set), and ~ has no meaning.
func (e *Environment) pythonPath() (dirs []string) {
	if strings.ContainsAny(e.Flags, "EI") {
		return nil
	}
	for _, dir := range filepath.SplitList(e.Host.Getenv("PYTHONPATH")) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(e.Host.Dir, dir)
		}
		dirs = append(dirs, filepath.Clean(dir))
	}
	return dirs
}

// moduleIn returns the file or folder of a module, or "".
func moduleIn(h *host.Host, dir, module string) string {
	file := filepath.Join(dir, module)
	switch {
	case dir == "":
	case h.IsDir(file) && h.Exists(file, "__init__.py"):
		return file
	case h.Exists(file + ".py"):
		return file + ".py"
	}
	return ""
}
