package environ

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
)

// A runner is a program that runs pyinfra in an environment that it chooses.
var runners = map[string]func(e *Environment, args []string) (dir string, err error){
	"uv":     (*Environment).uvRun,
	"poetry": (*Environment).poetryRun,
	"hatch":  (*Environment).hatchRun,
	"uvx":    func(e *Environment, _ []string) (string, error) { return e.ephemeral("uvx") },
	"pipx":   func(e *Environment, _ []string) (string, error) { return e.ephemeral("pipx run") },
}

// command finds the environment of a command as it is typed.
func (e *Environment) command(ctx context.Context, argv []string, noExec bool) error {
	h := e.Host
	for len(argv) > 0 && (path.Base(argv[0]) == "env" || assignment.MatchString(argv[0]) || path.Base(argv[0]) == "sudo") {
		argv = argv[1:]
	}
	if len(argv) == 0 {
		return &UnknownError{"there is no command behind --", "type: orbfilter doctor -- pyinfra"}
	}
	e.Wins = "as typed"
	name := strings.TrimSuffix(filepath.Base(argv[0]), ".exe")
	switch run := runners[name]; {
	case run != nil:
		dir, err := run(e, argv[1:])
		if err != nil {
			return err
		}
		return e.enterVenv(ctx, dir, noExec)
	case strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pypy"):
		e.How = "typed"
		return e.enter(ctx, find(h, argv[0]), noExec)
	case !strings.ContainsAny(argv[0], `/\`) && h.Look(argv[0], h.Path()) == "":
		return &MissingError{argv[0] + " is not on PATH", "type: orbfilter doctor --venv DIR, with the environment of pyinfra"}
	}
	return e.follow(ctx, find(h, argv[0]), noExec)
}

// ephemeral is an environment for one run, in a cache; which one cannot be
// known. If the tool is installed, uvx uses that.
func (e *Environment) ephemeral(how string) (string, error) {
	if dir := filepath.Join(dataHome(e.Host), "uv", "tools", Program); how == "uvx" && e.Host.IsDir(dir) {
		return dir, nil
	}
	return "", &UnknownError{how + " makes an environment for each run, in a cache, and which one cannot be read", "install pyinfra (uv tool install pyinfra --with pyinfra-orbstack), or " + passPython}
}

func (e *Environment) uvRun(args []string) (string, error) {
	if len(args) == 0 || args[0] != "run" || slices.Contains(args, "--with") || slices.Contains(args, "--isolated") {
		return e.ephemeral("uv " + strings.Join(args[:min(1, len(args))], ""))
	}
	if dir := e.Host.Getenv("UV_PROJECT_ENVIRONMENT"); dir != "" {
		return e.Host.Abs(dir), nil
	}
	top := above(e.Host, "pyproject.toml")
	if top == "" {
		top = e.Host.Dir
	}
	return filepath.Join(top, ".venv"), nil
}

// above returns the next folder from here upwards that has a file, or "".
func above(h *host.Host, file string) string {
	for dir := h.Dir; ; dir = filepath.Dir(dir) {
		if h.Exists(dir, file) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// poetryRun finds the environment that Poetry keeps for a project: .venv, or
// one in its cache that has a hash of the project's path in its name
// (poetry/utils/env/env_manager.py, generate_env_name).
func (e *Environment) poetryRun([]string) (string, error) {
	h := e.Host
	top := above(h, "pyproject.toml")
	if dir := filepath.Join(top, ".venv"); h.IsDir(dir) {
		return dir, nil
	}
	cache := filepath.Join(cacheHome(h), "pypoetry")
	if dir := h.Getenv("POETRY_CACHE_DIR"); dir != "" {
		cache = dir
	}
	all := filepath.Join(cache, "virtualenvs")
	return hashed(h, all, "Poetry", "-"+pathHash(h.Real(top))+"-py", "poetry env info --path")
}

// hatchRun finds it where Hatch keeps it: PROJECT/HASH/ENV
// (hatch/env/virtual.py).
func (e *Environment) hatchRun([]string) (string, error) {
	h := e.Host
	top := above(h, "pyproject.toml")
	all := filepath.Join(dataHome(h), "hatch", "env", "virtual", filepath.Base(top))
	dir, err := hashed(h, all, "Hatch", pathHash(h.Real(top)), "hatch env find default")
	if err != nil {
		return "", err
	}
	for _, name := range []string{filepath.Base(top), "default"} {
		if d := filepath.Join(dir, name); h.IsDir(d) {
			return d, nil
		}
	}
	return dir, nil
}

// pathHash is how Poetry and Hatch shorten the path of a project.
func pathHash(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return base64.URLEncoding.EncodeToString(sum[:])[:8]
}

// hashed returns the folder with a hash in its name.
func hashed(h *host.Host, dir, who, part, ask string) (string, error) {
	entries, _ := h.Files.ReadDir(dir)
	for _, entry := range entries {
		if strings.Contains(entry.Name(), part) {
			return filepath.Join(dir, entry.Name()), nil
		}
	}
	return "", &UnknownError{who + " has no environment for this folder in " + dir, "type: orbfilter doctor --venv \"$(" + ask + ")\""}
}

// dataHome and cacheHome are where programs keep what they have, on this
// system. (uv and pipx use the XDG folders on macOS, too.)
func dataHome(h *host.Host) string {
	if dir := h.Getenv("XDG_DATA_HOME"); dir != "" {
		return dir
	}
	return filepath.Join(h.Home, ".local", "share")
}

func cacheHome(h *host.Host) string {
	switch dir := h.Getenv("XDG_CACHE_HOME"); {
	case h.GOOS == "darwin":
		return filepath.Join(h.Home, "Library", "Caches")
	case dir != "":
		return dir
	}
	return filepath.Join(h.Home, ".cache")
}
