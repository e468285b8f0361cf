package command

import (
	"crypto/sha256"
	"encoding/base64"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A runner takes its own name and words off, and leaves the command that it runs.
type runner func(w *Way, args []string) error

var runners map[string]runner

func init() {
	runners = map[string]runner{
		"uv": uv, "uvx": uvx, "poetry": poetry, "pdm": pdm, "pipenv": pipenv, "hatch": hatch, "pyenv": pyenv, "pipx": pipx,
		"orbfilter": ownRun, "gosu": stepDown, "su-exec": stepDown,
	}
}

// ownRun takes orbfilter run -- off: what stands behind it is run as it is.
func ownRun(w *Way, args []string) error {
	run := false
	for i, word := range args {
		switch {
		case word == "run" && !run:
			run = true
			if i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
				return w.rest("orbfilter run", args[i+1:])
			}
		case word == "--" && run:
			return w.rest("orbfilter run", args[i+1:])
		}
	}
	return w.strange("orbfilter", strings.Join(args, " "))
}

// rest goes on with what is left.
func (w *Way) rest(name string, argv []string) error {
	if len(argv) == 0 {
		return w.strange(name, "nothing to run")
	}
	w.link(chain.Wrapper, name, strings.Join(argv, " "))
	w.Argv = argv
	return nil
}

// pyenv is pyenv exec: what a shim does as well.
func pyenv(w *Way, args []string) error {
	if len(args) < 2 || args[0] != "exec" {
		return w.strange("pyenv", strings.Join(args, " "))
	}
	root := w.Host.Getenv("PYENV_ROOT")
	if root == "" {
		root = filepath.Join(w.Host.Home, ".pyenv")
	}
	w.link(chain.Runner, "pyenv exec", args[1])
	w.Argv = args[1:]
	w.Host = w.Host.With(map[string]string{"PATH": filepath.Join(root, "shims") + string(filepath.ListSeparator) + w.Host.Getenv("PATH")})
	return nil
}

// pipx is pipx run, which makes an environment for each run, and takes none that is installed.
func pipx(w *Way, args []string) error {
	if len(args) == 0 || args[0] != "run" {
		return w.strange("pipx", strings.Join(args, " "))
	}
	const name = "pipx run"
	w.link(chain.Runner, name, "an environment in a cache")
	return &chain.UnknownError{What: name + " makes an environment for each run, in a cache, and which one cannot be read", Pass: w.pass("pipx")}
}

// enter goes on in an environment, if it is there.
func (w *Way) enter(runner, dir, evidence string, argv []string) error {
	if !w.Host.IsDir(dir) {
		w.note(chain.Runner, runner, dir, evidence)
		return &chain.UnknownError{What: dir + ", which " + runner + " would use, is not there yet", Pass: w.pass(Name(strings.Fields(runner)[0]))}
	}
	if len(argv) == 0 {
		return w.strange(runner, "nothing to run")
	}
	w.activate(runner, dir, evidence)
	w.Argv = argv
	return nil
}

// envFile looks into a file with variables that a runner sets. What it says of Python and of PATH
// is not gone after.
func (w *Way) envFile(runner, file string) error {
	data, err := w.Host.Read(w.Host.Abs(file), host.MaxSmall)
	if err != nil {
		return nil //nolint:nilerr // the runner says so itself, or goes on without it
	}
	if m := touchy.FindSubmatch(data); m != nil {
		return chain.Unknown(runner + " sets " + string(m[1]) + ", which " + file + " names")
	}
	return nil
}

// touchy are variables that decide which Python is run, and what it finds.
var touchy = lazyregexp.New(`(?m)^[ \t]*(?:export[ \t]+)?(PATH|HOME|VIRTUAL_ENV|CONDA_PREFIX|PYTHON\w*|UV_\w+|POETRY_\w+|PDM_\w+|PIPENV_\w+|HATCH_\w+|PYENV_\w+)[ \t]*=`)

// pathHash is how Poetry and Hatch shorten the path of a project.
func pathHash(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return base64.URLEncoding.EncodeToString(sum[:])[:8]
}

// DataHome is where programs keep what they have, on this system. (uv and pipx use the XDG
// folders on macOS, too.)
func DataHome(h *host.Host) string {
	if dir := h.Getenv("XDG_DATA_HOME"); dir != "" {
		return dir
	}
	return filepath.Join(h.Home, ".local", "share")
}

// appFolder is what Python's platformdirs says: the folder of a program for its data, its cache
// or its settings.
func appFolder(h *host.Host, variable, unix, mac, name string) string {
	switch dir := h.Getenv(variable); {
	case h.GOOS == "darwin":
		return filepath.Join(h.Home, "Library", mac, name)
	case h.GOOS == "windows":
		return filepath.Join(h.Getenv("LOCALAPPDATA"), name)
	case dir != "":
		return filepath.Join(dir, name)
	}
	return filepath.Join(h.Home, unix, name)
}

func dataOf(h *host.Host, name string) string {
	return appFolder(h, "XDG_DATA_HOME", ".local/share", "Application Support", name)
}
func cacheOf(h *host.Host, name string) string {
	return appFolder(h, "XDG_CACHE_HOME", ".cache", "Caches", name)
}
func configOf(h *host.Host, name string) string {
	return appFolder(h, "XDG_CONFIG_HOME", ".config", "Application Support", name)
}
