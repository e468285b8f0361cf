package environ

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
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
// with an error, which says what to type instead.
func Resolve(ctx context.Context, h *host.Host, req Request) (*Environment, error) {
	e := &Environment{Host: h, trust: true}
	switch {
	case req.Python != "":
		e.Wins, e.How = "--python", "--python"
		return e, e.enter(ctx, find(h, req.Python), req.NoExec)
	case req.Venv != "":
		e.Wins = "--venv"
		return e, e.enterVenv(ctx, h.Abs(req.Venv), req.NoExec)
	case req.Pyinfra != "":
		e.Wins = "--pyinfra"
		return e, e.follow(ctx, find(h, req.Pyinfra), req.NoExec)
	case len(req.Command) > 0:
		return e, e.command(ctx, req.Command, req.NoExec)
	}
	return e, e.search(ctx, req.NoExec)
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
func (e *Environment) search(ctx context.Context, noExec bool) error {
	h := e.Host
	dirs, why := places(h)
	all := h.LookAll(Program, dirs)
	if len(all) == 0 {
		return &MissingError{"pyinfra is not on PATH, and not in " + filepath.Join(h.Dir, ".venv"),
			"type: orbfilter doctor --venv DIR, with its environment; or install it: uv tool install pyinfra --with pyinfra-orbstack"}
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
	// Who unpacks a folder and looks at it does not mean to run what is in it.
	e.trust = !strings.HasPrefix(e.Wins, "in /") && !strings.HasPrefix(e.Wins, "in "+h.Dir)
	return e.follow(ctx, all[0], noExec)
}

// enterVenv takes the Python of a folder, and its pyinfra if there is one.
func (e *Environment) enterVenv(ctx context.Context, dir string, noExec bool) error {
	h := e.Host
	if !h.IsDir(dir) {
		return &MissingError{dir + " is no folder", "type: orbfilter doctor --venv DIR, with the folder that has pyvenv.cfg in it"}
	}
	if script := h.Look(Program, []string{h.Bin(dir)}); script != "" {
		return e.follow(ctx, script, noExec)
	}
	e.How = "--venv"
	for _, python := range []string{"python", "python3"} {
		if p := h.Look(python, []string{h.Bin(dir), dir}); p != "" {
			return e.enter(ctx, p, noExec)
		}
	}
	return &GoneError{"", filepath.Join(h.Bin(dir), "python")}
}

// follow goes from a script to its interpreter.
func (e *Environment) follow(ctx context.Context, script string, noExec bool) error {
	h := e.Host
	if e.Script == "" {
		e.Script = script
	}
	target, err := h.Files.EvalSymlinks(script)
	if err != nil {
		return &UnknownError{script + " cannot be followed: " + host.Cause(err), "type: ls -l " + shell.Quote(script) + ", or install pyinfra again"}
	}
	e.Target = target // of uv tool, pipx and Homebrew, who link into a folder on PATH
	head, err := h.Read(target, host.MaxSmall)
	if err != nil {
		return &UnknownError{target + " cannot be read: " + host.Cause(err), passPython}
	}
	if python := windowsLauncher(h, target); python != "" {
		e.How = "Windows launcher"
		return e.enter(ctx, python, noExec)
	}
	if done, err := e.unpack(ctx, target, head, noExec); done {
		return err
	}
	if root, ok := pyenvShim(h, script, head); ok {
		return e.followShim(ctx, root, script, noExec)
	}
	l, ok := parseLaunch(head, filepath.Dir(target))
	if !ok || l.shell {
		return &UnknownError{script + " is " + launcherName(head), passPython}
	}
	return e.launch(ctx, l, noExec)
}

func (e *Environment) launch(ctx context.Context, l launch, noExec bool) error {
	e.How, e.Flags = l.how, l.flags()
	if !l.env {
		if !filepath.IsAbs(l.program) && !shell.Windows(l.program) {
			return &UnknownError{"the first line of " + e.Script + " names no interpreter (" + l.program + ")", "install pyinfra again"}
		}
		return e.enter(ctx, l.program, noExec)
	}
	python := e.Host.Look(l.program, e.Host.Path())
	if python == "" {
		return &GoneError{e.Script, l.program + " on PATH"}
	}
	return e.enter(ctx, python, noExec)
}

func (e *Environment) followShim(ctx context.Context, root, script string, noExec bool) error {
	target, chosen := pyenvWhich(e.Host, root, filepath.Base(script))
	if target == "" {
		return &UnknownError{"pyenv has no pyinfra in the version that is chosen here (" + chosen + ")",
			"go to the folder of the deploy, type: pyenv whence pyinfra, and: pyenv local VERSION"}
	}
	err := e.follow(ctx, target, noExec)
	e.How += ", pyenv " + chosen
	return err
}

// unpack handles scripts that are zip files with the packages in them.
func (e *Environment) unpack(ctx context.Context, file string, head []byte, noExec bool) (done bool, err error) {
	z, closeFile, err := archive(e.Host, file)
	if err != nil {
		return true, &UnknownError{file + " is a broken zip file: " + host.Cause(err), "build or download it again"}
	}
	if z == nil {
		return false, nil
	}
	defer closeFile()
	kind := bundle(z)
	if kind == "" {
		return false, nil
	}
	if l, ok := parseLaunch(head, filepath.Dir(file)); ok && !l.shell {
		err = e.launch(ctx, l, noExec)
	}
	sites, dists := e.Sites, e.Indexes
	e.Kind, e.How, e.Sites, e.Indexes = Bundle, kind, nil, nil
	for _, site := range zipSites(z) {
		i := zipIndex(e.Host, file, z, site)
		i.load()
		e.Sites, e.Indexes = append(e.Sites, i.Site), append(e.Indexes, i)
	}
	if kind != "pex" { // which leaves the folders of its Python out
		e.Sites, e.Indexes = append(e.Sites, sites...), append(e.Indexes, dists...)
	}
	return true, err
}

// launcherName says what a program is that leads to no Python.
func launcherName(head []byte) string {
	text := string(head)
	switch {
	case strings.HasPrefix(text, "\x7fELF"), strings.HasPrefix(text, "MZ"), strings.HasPrefix(text, "\xcf\xfa\xed\xfe"), strings.HasPrefix(text, "\xca\xfe\xba\xbe"):
		return "a program that starts Python in a way that cannot be read"
	case strings.Contains(text, "asdf exec"):
		return "a shim of asdf (asdf which pyinfra says what it starts)"
	case strings.Contains(text, "mise"):
		return "a shim of mise (mise which pyinfra says what it starts)"
	case strings.Contains(text, "docker") || strings.Contains(text, "podman"):
		return "a script that runs a container, in which packages cannot be seen from here"
	case strings.Contains(text, "direnv"):
		return "a script of direnv"
	}
	return "an unknown kind of launcher"
}
