package command

import (
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/host"
)

// pipenv is pipenv run: the environment that is active, .venv, or one with a hash of the Pipfile's
// path in its name (pipenv/utils/venv_locator.py).
func pipenv(w *Way, args []string) error {
	const takes options = "q v quiet verbose bare clear"
	given, rest, strange := takes.parse(args)
	if strange != "" || len(rest) < 2 || rest[0] != "run" || len(given) > 3 {
		return w.strange("pipenv", either(strange, strings.Join(rest, " ")))
	}
	_, argv, strange := takes.parse(rest[1:])
	if strange != "" || len(argv) == 0 {
		return w.strange("pipenv run", strange)
	}
	h := w.Host
	file := h.Getenv("PIPENV_PIPFILE")
	if file == "" {
		file = filepath.Join(h.Above("Pipfile"), "Pipfile")
	}
	if file = h.Abs(file); !h.Exists(file) {
		return w.strange("pipenv run", "no Pipfile here or above")
	}
	var pipfile struct {
		Scripts map[string]any
		Pipenv  struct {
			InProject *bool `toml:"venv_in_project"`
		}
	}
	_ = toml.Unmarshal(h.Small(file), &pipfile)
	if pipfile.Scripts[argv[0]] != nil {
		return w.strange("pipenv run", argv[0]+", a script of "+file)
	}
	if !yes(h.Getenv("PIPENV_DONT_LOAD_ENV")) {
		if err := w.envFile("pipenv run", either(h.Getenv("PIPENV_DOTENV_LOCATION"), filepath.Join(filepath.Dir(file), ".env"))); err != nil {
			return err
		}
	}
	dir, evidence := pipenvEnv(h, file, pipfile.Pipenv.InProject)
	return w.enter("pipenv run", dir, evidence, argv)
}

func pipenvEnv(h *host.Host, pipfile string, inProject *bool) (dir, evidence string) {
	if active := h.Getenv("VIRTUAL_ENV"); active != "" && h.Getenv("PIPENV_ACTIVE") == "" && !yes(h.Getenv("PIPENV_IGNORE_VIRTUALENVS")) {
		return h.Abs(active), "VIRTUAL_ENV"
	}
	top := filepath.Dir(pipfile)
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" &$`!*@\"()[]\\\r\n\t", r) {
			return '_'
		}
		return r
	}, filepath.Base(top))
	name = name[:min(len(name), 42)] + "-" + pathHash(pipfile)
	if python := h.Getenv("PIPENV_PYTHON"); python != "" {
		name += "-" + filepath.Base(python)
	}
	name = either(h.Getenv("PIPENV_CUSTOM_VENV_NAME"), name)
	home := either(h.Getenv("WORKON_HOME"), filepath.Join(DataHome(h), "virtualenvs"))
	if rest, ok := strings.CutPrefix(home, "~"); ok {
		home = h.Home + rest
	}
	central, local := filepath.Join(h.Abs(home), name), filepath.Join(top, ".venv")
	said := h.Getenv("PIPENV_VENV_IN_PROJECT")
	switch {
	case h.Exists(local) && !h.IsDir(local):
		if text := strings.TrimSpace(string(h.Small(local))); strings.ContainsAny(text, `/\`) {
			return h.In(top).Abs(text), local
		} else if text != "" {
			return filepath.Join(h.Abs(home), text), local
		}
	case said != "" && yes(said), said == "" && inProject != nil && *inProject:
		return local, pipfile
	case said == "" && inProject == nil && h.IsDir(local) && !h.IsDir(central):
		return local, pipfile
	}
	return central, "the hash of " + pipfile
}
