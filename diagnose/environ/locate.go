package environ

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/command"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A Request says which pyinfra is meant, in one of its fields. When all are
// empty, it is the one that a shell finds.
type Request struct {
	Pyinfra   string   // the script
	Python    string   // the interpreter
	Venv      string   // the folder of the environment
	Command   []string // what is typed to run pyinfra
	NoExec    bool     // not even python -V
	Inventory string   // a file in which to look for @orbstack/NAME
}

// Program is the name of what the doctor is for.
const Program = "pyinfra"

// Resolve finds the environment that is meant. It returns what it found also
// with an error, which says what to type instead and is one of package chain.
func Resolve(ctx context.Context, h *host.Host, req Request) (*Environment, error) {
	e := &Environment{Host: h, trust: !req.NoExec}
	err := e.resolve(ctx, req)
	if _, unknown := errors.AsType[*chain.UnknownError](err); unknown { // what was read on the way is not that of the environment
		e = &Environment{Host: e.Host, Script: e.Script, Target: e.Target, Wins: e.Wins, Others: e.Others, Chain: e.Chain}
	}
	return e, err
}

func (e *Environment) resolve(ctx context.Context, req Request) error {
	h := e.Host
	switch {
	case req.Python != "":
		e.Wins, e.How = "--python", "--python"
		e.link(chain.Wrapper, "--python", req.Python, "as typed")
		return e.enter(ctx, find(h, req.Python))
	case req.Venv != "":
		e.Wins = "--venv"
		e.link(chain.Wrapper, "--venv", req.Venv, "as typed")
		return e.enterVenv(ctx, h.Abs(req.Venv))
	case req.Pyinfra != "":
		e.Wins = "--pyinfra"
		e.link(chain.Wrapper, "--pyinfra", req.Pyinfra, "as typed")
		return e.follow(ctx, find(h, req.Pyinfra))
	case len(req.Command) > 0:
		e.Wins = "as typed"
		return e.command(ctx, req.Command)
	}
	return e.search(ctx)
}

// link notes a step of the way.
func (e *Environment) link(s chain.Stage, name, leads, evidence string) {
	e.Chain = append(e.Chain, chain.Link{Stage: s, Name: name, Leads: leads, Evidence: evidence})
}

// find returns a program that may be given by its name alone.
func find(h *host.Host, name string) string {
	if !strings.ContainsAny(name, `/\`) && name != "~" {
		if p := h.Look(name, h.Path()); p != "" {
			return p
		}
	}
	return h.Abs(name)
}

// places are where pyinfra may be, and why it is looked for there.
func places(h *host.Host) (dirs []string, why map[string]string) {
	why = map[string]string{}
	add := func(dir, reason string) {
		if _, known := why[dir]; !known {
			dirs, why[dir] = append(dirs, dir), reason
		}
	}
	for _, dir := range h.Path() {
		add(dir, "on PATH")
	}
	if v := h.Getenv("VIRTUAL_ENV"); v != "" {
		add(h.Bin(h.Abs(v)), "in $VIRTUAL_ENV, not on PATH")
	}
	if v := h.Getenv("CONDA_PREFIX"); v != "" {
		add(h.Bin(h.Abs(v)), "in $CONDA_PREFIX, not on PATH")
	}
	for dir := h.Dir; ; dir = filepath.Dir(dir) {
		add(h.Bin(filepath.Join(dir, ".venv")), "in "+filepath.Join(dir, ".venv")+", not on PATH")
		if dir == filepath.Dir(dir) || dir == h.Home || h.Exists(dir, ".git") {
			return dirs, why
		}
	}
}

// search finds the pyinfra that a shell runs, or one that it would not find.
func (e *Environment) search(ctx context.Context) error {
	h := e.Host
	dirs, why := places(h)
	all := h.LookAll(Program, dirs)
	if len(all) == 0 {
		return &chain.MissingError{What: "pyinfra is not on PATH, and not in " + filepath.Join(h.Dir, ".venv"),
			Pass: "type: orbfilter doctor --venv DIR, with its environment; or install it: uv tool install pyinfra --with pyinfra-orbstack"}
	}
	e.Wins = why[filepath.Dir(all[0])]
	if e.Wins == "on PATH" && len(all) > 1 {
		e.Wins = "first on PATH"
	}
	for _, other := range all[1:] {
		if h.Real(other) != h.Real(all[0]) {
			e.Others = append(e.Others, fmt.Sprintf("%s (%s)", other, why[filepath.Dir(other)]))
		}
	}
	e.link(chain.Wrapper, Program, all[0], e.Wins)
	// Who unpacks a folder and looks at it does not mean to run what is in it.
	e.trust = e.trust && !strings.HasPrefix(e.Wins, "in /") && !strings.HasPrefix(e.Wins, "in "+h.Dir)
	return e.follow(ctx, all[0])
}

// enterVenv takes the Python of a folder, and its pyinfra if there is one.
func (e *Environment) enterVenv(ctx context.Context, dir string) error {
	h := e.Host
	switch {
	case h.Denied(h.Bin(dir), "python"):
		return denied(dir)
	case !h.IsDir(dir):
		return noVenv(h, dir, "is no folder")
	}
	if script := h.Look(Program, []string{h.Bin(dir)}); script != "" {
		if err := e.follow(ctx, script); err != nil || e.Kind == Bundle || h.Real(e.Prefix) == h.Real(dir) || !h.Exists(dir, "pyvenv.cfg") {
			return err
		}
		return &chain.UnknownError{What: script + " starts the Python of " + e.Prefix + ", and not that of " + dir + ", which was copied or moved",
			Pass: "type: orbfilter doctor --pyinfra " + shell.Quote(script) + " for what it starts; or: orbfilter doctor --python " + shell.Quote(filepath.Join(h.Bin(dir), "python")) + " for the folder; and make that environment anew"}
	}
	e.How = "--venv"
	for _, python := range []string{"python", "python3"} {
		if p := h.Look(python, []string{h.Bin(dir), dir}); p != "" {
			return e.enter(ctx, p)
		}
	}
	if h.Exists(dir, "pyvenv.cfg") {
		return &chain.MissingError{What: "the Python of " + dir + " is not there any more", Pass: "make it anew: python3 -m venv --upgrade " + shell.Quote(dir) + "; or type: orbfilter doctor --venv DIR, with another"}
	}
	return noVenv(h, dir, "has no Python in it")
}

// noVenv is the error for a folder that is no environment; where one lies in it or beside it, that is named.
func noVenv(h *host.Host, dir, why string) error {
	pass := "type: orbfilter doctor --venv DIR, with the folder that has pyvenv.cfg in it"
	for _, near := range []string{filepath.Join(dir, ".venv"), filepath.Join(dir, "venv"), filepath.Join(filepath.Dir(dir), ".venv"), filepath.Join(filepath.Dir(dir), "venv")} {
		if h.Exists(near, "pyvenv.cfg") && h.Look(Program, []string{h.Bin(near)}) != "" {
			pass = "type: orbfilter doctor --venv " + shell.Quote(near)
			break
		}
	}
	return &chain.MissingError{What: dir + " " + why, Pass: pass}
}

// command finds the environment of a command as it is typed.
func (e *Environment) command(ctx context.Context, argv []string) error {
	way, err := command.Follow(e.Host, argv)
	e.Host, e.Chain = way.Host, append(e.Chain, way.Links...)
	if err != nil {
		return err
	}
	if err := e.run(ctx, way.Argv); err != nil {
		return err
	}
	return e.inStep(way)
}

// run follows a program that is neither a wrapper nor a runner.
func (e *Environment) run(ctx context.Context, argv []string) error {
	name, h := command.Name(argv[0]), e.Host
	if pythonLike.MatchString(name) {
		return e.typedPython(ctx, argv)
	}
	if !strings.ContainsAny(argv[0], `/\`) && h.Look(argv[0], h.Path()) == "" {
		return e.notFound(argv)
	}
	script := find(h, argv[0])
	if name != Program {
		e.link(chain.Launcher, argv[0], script, "PATH")
	}
	if err := e.follow(ctx, script); err != nil || name == Program {
		return err
	}
	if e.Dist(Program) == nil || runsPyinfra(argv[1:]) {
		return &chain.UnknownError{What: "in which environment " + argv[0] + " runs pyinfra is not known here", Pass: chain.PassPython}
	}
	return nil
}

// notFound is the error for a program that is not on PATH. Where it would run pyinfra, there may
// be one of that name where the command is run.
func (e *Environment) notFound(argv []string) error {
	if command.Name(argv[0]) != Program && runsPyinfra(argv[1:]) {
		return &chain.UnknownError{What: argv[0] + " is not on PATH, and what it does with pyinfra is not known here", Pass: chain.PassPython}
	}
	for _, l := range e.Chain { // the PATH is not that of this shell
		if l.Stage == chain.Runner || strings.HasPrefix(l.Leads, "PATH=") {
			return &chain.UnknownError{What: argv[0] + " is not on the PATH that " + l.Name + " gives it", Pass: chain.PassPython}
		}
	}
	return &chain.MissingError{What: argv[0] + " is not on PATH", Pass: "type: orbfilter doctor --venv DIR, with the environment of pyinfra"}
}

// runsPyinfra reports whether pyinfra is among the words of a command.
func runsPyinfra(words []string) bool {
	for _, w := range words {
		if name := command.Name(w); name == Program || strings.HasSuffix(w, ":"+Program) {
			return true
		}
	}
	return false
}

// inStep reports as an error that the runner will bring the environment to what its lock file
// says before it runs anything: then what is installed now is not what will run.
func (e *Environment) inStep(way *command.Way) error {
	if way.Lock == "" || e.Kind == Bundle {
		return nil
	}
	e.locked = way.Lock
	f, err := locks.Read(e.Host, way.Lock)
	if err != nil {
		return nil //nolint:nilerr // the runner says so
	}
	locked := map[string][]string{}
	for _, p := range f.Pins {
		locked[p.Package] = append(locked[p.Package], p.Version())
	}
	for _, name := range []string{Program, "pyinfra-orbstack", "gevent", "greenlet", "paramiko", "cryptography"} {
		is, want := e.Version(name), locked[name]
		if len(want) == 1 && is != want[0] && (is != "" || name == Program) {
			return &chain.UnknownError{What: fmt.Sprintf("before it runs anything, %s installs %s %s, as %s has it; now it is %s", way.Links[len(way.Links)-1].Name, name, want[0], way.Lock, or(is, "not there")),
				Pass: "type: uv sync, and ask again; or for what is there now: orbfilter doctor --venv " + shell.Quote(way.Env)}
		}
	}
	return nil
}

func or(value, none string) string {
	if value == "" {
		return none
	}
	return value
}
