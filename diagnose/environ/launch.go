package environ

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/command"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// pythonLike is how Pythons are named. What is not named so is not taken for one, and not run.
var pythonLike = lazyregexp.New(`(?i)^(?:python|pypy)w?[\d.]*(?:[a-z]{0,3}|-[\w.]+)(?:\.exe)?$`)

// maxShims is how many scripts may start each other.
const maxShims = 10

// follow goes from a script to its interpreter.
func (e *Environment) follow(ctx context.Context, script string) error {
	h := e.Host
	if e.Script == "" {
		e.Script = script
	}
	if e.shims++; e.shims > maxShims {
		return chain.Unknown(script + " is started by a script that starts it again")
	}
	target, err := h.Files.EvalSymlinks(script)
	if err != nil {
		return &chain.UnknownError{What: script + " cannot be followed: " + host.Cause(err), Pass: "type: ls -l " + shell.Quote(script) + ", or install pyinfra again"}
	}
	e.Target = target // of uv tool, pipx and Homebrew, who link into a folder on PATH
	head, err := h.Read(target, host.MaxSmall)
	if err != nil {
		return chain.Unknown(target + " cannot be read: " + host.Cause(err))
	}
	if python := windowsLauncher(h, target); python != "" {
		e.How = "Windows launcher"
		e.link(chain.Launcher, e.How, python, target)
		return e.enter(ctx, python)
	}
	if done, err := e.unpack(target, func() error { return e.shebang(ctx, script, target, head) }); done {
		return err
	}
	if root, ok := pyenvShim(h, script, head); ok {
		return e.followShim(ctx, root, script)
	}
	return e.shebang(ctx, script, target, head)
}

// shebang follows the first lines of a script.
func (e *Environment) shebang(ctx context.Context, script, target string, head []byte) error {
	l, err := parseLaunch(head, filepath.Dir(target), e.Host.GOOS)
	switch {
	case err != nil:
		return err
	case l == nil:
		return e.shimOf(script, target, head)
	}
	e.How = l.how
	switch name := command.Name(l.argv[0]); {
	case l.shell && ownShim(head):
		return e.nextPyinfra(ctx, script)
	case l.shell && launcherName(target, head) == anyLauncher:
		return chain.Unknown(script + " is a script of a shell, and what it starts is not read here")
	case l.shell:
		return e.shimOf(script, target, head)
	case name == "env":
		return e.throughEnv(ctx, target, l.argv)
	case !pythonLike.MatchString(name):
		e.link(chain.Launcher, l.how, l.argv[0], target)
		return chain.Unknown("the first line of " + target + " names " + l.argv[0] + ", which is no Python")
	case !filepath.IsAbs(l.argv[0]) && !shell.Windows(l.argv[0]):
		return &chain.UnknownError{What: "the first line of " + e.Script + " names no interpreter (" + l.argv[0] + ")", Pass: "install pyinfra again"}
	}
	e.link(chain.Launcher, l.how, strings.Join(l.argv, " "), target)
	return e.interpret(ctx, append(slices.Clone(l.argv), target))
}

// shimOf is the error for a script that leads to no Python, with what its program keeps, if that is known.
func (e *Environment) shimOf(script, target string, head []byte) error {
	what := launcherName(target, head)
	for _, manager := range []string{"mise", "asdf"} {
		if pass := command.Nearby(e.Host, manager, nil); pass != "" && strings.HasPrefix(what, "a shim of "+manager) {
			return &chain.UnknownError{What: script + " is " + what, Pass: pass}
		}
	}
	return chain.Unknown(script + " is " + what)
}

// throughEnv follows #!/usr/bin/env, whose words are those of a command.
func (e *Environment) throughEnv(ctx context.Context, target string, argv []string) error {
	e.link(chain.Launcher, "shebang", strings.Join(argv, " "), target)
	way, err := command.Follow(e.Host, append(slices.Clone(argv), target))
	e.Host, e.Chain = way.Host, append(e.Chain, way.Links...)
	if err != nil {
		return err
	}
	name := command.Name(way.Argv[0])
	if !pythonLike.MatchString(name) {
		return chain.Unknown("the first line of " + target + " names " + way.Argv[0] + ", which is no Python")
	}
	python := way.Argv[0]
	if !strings.ContainsAny(python, `/\`) {
		if python = e.Host.Look(way.Argv[0], e.Host.Path()); python == "" {
			return &chain.GoneError{Script: e.Script, Python: way.Argv[0] + " on PATH"}
		}
	}
	if err := e.interpret(ctx, append([]string{python}, way.Argv[1:]...)); err != nil {
		return err
	}
	return e.inStep(way)
}

// ownShim reports whether a script of a shell lets orbfilter run the next pyinfra on PATH.
func ownShim(head []byte) bool { return ownRun.Match(head) }

var ownRun = lazyregexp.New(`(?m)^[ \t]*exec[ \t]+(?:\S*/)?orbfilter[ \t]+run[ \t]+(?:-\S+[ \t]+)*--[ \t]+pyinfra[ \t]+"\$@"[ \t]*$`)

// nextPyinfra goes on with the pyinfra that stands behind a shim on PATH.
func (e *Environment) nextPyinfra(ctx context.Context, shim string) error {
	e.link(chain.Wrapper, "orbfilter run", "the next pyinfra on PATH", shim)
	for _, p := range e.Host.LookAll(Program, e.Host.Path()) {
		if e.Host.Real(p) != e.Host.Real(shim) && !ownShim(e.Host.Small(p)) {
			e.Script = p
			return e.follow(ctx, p)
		}
	}
	return &chain.MissingError{What: "behind " + shim + " there is no other pyinfra on PATH", Pass: "type: orbfilter doctor --venv DIR, with the environment of pyinfra"}
}

func (e *Environment) followShim(ctx context.Context, root, script string) error {
	target, chosen := pyenvWhich(e.Host, root, filepath.Base(script))
	if target == "" {
		return &chain.UnknownError{What: "pyenv has no pyinfra in the version that is chosen here (" + chosen + ")",
			Pass: "go to the folder of the deploy, type: pyenv whence pyinfra, and: pyenv local VERSION"}
	}
	e.link(chain.Launcher, "shim of pyenv", target, script+", "+chosen)
	err := e.follow(ctx, target)
	e.How += ", pyenv " + chosen
	return err
}

// unpack handles scripts that are zip files with the packages in them; launch finds their Python.
func (e *Environment) unpack(file string, launch func() error) (done bool, err error) {
	z, closeFile, err := archive(e.Host, file)
	if err != nil {
		return true, &chain.UnknownError{What: file + " is a broken zip file: " + host.Cause(err), Pass: "build or download it again"}
	}
	if z == nil {
		return false, nil
	}
	defer closeFile()
	kind := bundle(z)
	if kind == "" {
		return false, nil
	}
	e.link(chain.Launcher, kind, "the packages in it", file)
	e.bundled = true
	err = launch()
	sites, dists := e.Sites, e.Indexes
	e.Kind, e.How, e.Sites, e.Indexes = Bundle, kind, nil, nil
	for _, site := range zipSites(z) {
		i := e.zipIndex(file, z, site)
		i.load()
		e.Sites, e.Indexes = append(e.Sites, i.Site), append(e.Indexes, i)
	}
	if kind != "pex" { // which leaves the folders of its Python out
		e.Sites, e.Indexes = append(e.Sites, sites...), append(e.Indexes, dists...)
	}
	return true, err
}

const anyLauncher = "an unknown kind of launcher"

// launcherName says what a program is that leads to no Python.
func launcherName(target string, head []byte) string {
	text := string(head)
	manager := map[string]string{"mise": "mise", "rtx": "mise", "asdf": "asdf"}[command.Name(target)]
	switch {
	case manager != "" || strings.Contains(text, "asdf exec") || strings.HasPrefix(text, "#!") && strings.Contains(text, "mise"):
		if manager == "" {
			manager = map[bool]string{true: "asdf", false: "mise"}[strings.Contains(text, "asdf exec")]
		}
		return "a shim of " + manager + " (" + manager + " which pyinfra says what it starts)"
	case strings.HasPrefix(text, "\x7fELF"), strings.HasPrefix(text, "MZ"), strings.HasPrefix(text, "\xcf\xfa\xed\xfe"), strings.HasPrefix(text, "\xca\xfe\xba\xbe"):
		return "a program that starts Python in a way that cannot be read"
	case strings.Contains(text, "docker") || strings.Contains(text, "podman"):
		return "a script that runs a container, in which packages cannot be seen from here"
	case strings.Contains(text, "direnv"):
		return "a script of direnv"
	}
	return anyLauncher
}
