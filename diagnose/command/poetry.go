package command

import (
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

const takesOfPoetry options = "q v vv vvv n ansi no-ansi quiet verbose no-interaction no-plugins no-cache C: directory= P: project="

// poetry is poetry run: the environment that is active, .venv, or one in Poetry's cache that has a
// hash of the project's path in its name (poetry/utils/env/env_manager.py).
func poetry(w *Way, args []string) error {
	given, rest, strange := takesOfPoetry.parse(args)
	if strange != "" || len(rest) == 0 || rest[0] != "run" {
		return w.strange("poetry", either(strange, strings.Join(rest, " ")))
	}
	more, argv, strange := takesOfPoetry.parse(rest[1:])
	given = append(given, more...)
	if strange != "" {
		return w.strange("poetry run", strange)
	}
	if dir := last(given, "C", "directory"); dir != "" {
		w.Host = w.Host.In(dir)
	}
	start := w.Host
	if dir := last(given, "P", "project"); dir != "" {
		start = start.In(dir)
	}
	top := start.Above("pyproject.toml")
	if top == "" {
		return w.strange("poetry run", "no pyproject.toml here or above")
	}
	dir, evidence, err := w.poetryEnv(top)
	if err != nil {
		return err
	}
	return w.enter("poetry run", dir, evidence, argv)
}

// A poetryConfig is what Poetry's settings say of environments.
type poetryConfig struct {
	CacheDir    string `toml:"cache-dir"`
	Virtualenvs struct {
		Path      string
		Create    *bool
		InProject *bool `toml:"in-project"`
	}
}

// poetrySettings reads them: the project's, then the user's, and variables in front of both.
func poetrySettings(h *host.Host, top string) (c poetryConfig) {
	user := either(h.Getenv("POETRY_CONFIG_DIR"), configOf(h, "pypoetry"))
	for _, file := range []string{filepath.Join(user, "config.toml"), filepath.Join(top, "poetry.toml")} {
		_ = toml.Unmarshal(h.Small(file), &c) // what is not there, or is wrong, says nothing
	}
	for name, to := range map[string]**bool{"POETRY_VIRTUALENVS_CREATE": &c.Virtualenvs.Create, "POETRY_VIRTUALENVS_IN_PROJECT": &c.Virtualenvs.InProject} {
		if v := h.Getenv(name); v != "" {
			on := strings.EqualFold(v, "true") || v == "1"
			*to = &on
		}
	}
	c.CacheDir = either(h.Getenv("POETRY_CACHE_DIR"), c.CacheDir, cacheOf(h, "pypoetry"))
	c.Virtualenvs.Path = either(h.Getenv("POETRY_VIRTUALENVS_PATH"), c.Virtualenvs.Path, filepath.Join(c.CacheDir, "virtualenvs"))
	c.Virtualenvs.Path = h.Abs(strings.NewReplacer("{cache-dir}", c.CacheDir, "{project-dir}", top).Replace(c.Virtualenvs.Path))
	return c
}

func (w *Way) poetryEnv(top string) (dir, evidence string, err error) {
	h := w.Host
	c := poetrySettings(h, top)
	part := "-" + pathHash(h.Real(top)) + "-py"
	minor := activated(h, c.Virtualenvs.Path, part)
	active := either(h.Getenv("VIRTUAL_ENV"), h.Getenv("CONDA_PREFIX"))
	switch local := filepath.Join(top, ".venv"); {
	case active != "" && h.Getenv("CONDA_DEFAULT_ENV") != "base" && minor == "":
		return h.Abs(active), "VIRTUAL_ENV", nil
	case h.IsDir(local) && (c.Virtualenvs.InProject == nil || *c.Virtualenvs.InProject):
		return local, filepath.Join(top, "pyproject.toml"), nil
	case c.Virtualenvs.Create != nil && !*c.Virtualenvs.Create:
		return "", "", &chain.UnknownError{What: "Poetry is told to make no environment, and takes its own Python", Pass: w.pass("poetry")}
	}
	found := withPart(h, c.Virtualenvs.Path, part+minor)
	switch len(found) {
	case 0:
		return "", "", &chain.UnknownError{What: "Poetry has no environment for " + top + " in " + c.Virtualenvs.Path, Pass: w.pass("poetry")}
	case 1:
		return filepath.Join(c.Virtualenvs.Path, found[0]), "the hash of " + top, nil
	}
	return "", "", &chain.UnknownError{What: "Poetry has more than one environment for " + top + " in " + c.Virtualenvs.Path, Pass: w.pass("poetry")}
}

// activated returns the version of Python that envs.toml chooses for a project, or "".
func activated(h *host.Host, dir, part string) string {
	var envs map[string]struct{ Minor string }
	_ = toml.Unmarshal(h.Small(dir, "envs.toml"), &envs)
	for name, env := range envs {
		if strings.HasSuffix(name, strings.TrimSuffix(part, "-py")) {
			return env.Minor
		}
	}
	return ""
}

// withPart returns the entries of a folder with a text in their names.
func withPart(h *host.Host, dir, part string) (names []string) {
	entries, _ := h.Files.ReadDir(dir)
	for _, entry := range entries {
		if strings.Contains(entry.Name(), part) {
			names = append(names, entry.Name())
		}
	}
	return names
}
