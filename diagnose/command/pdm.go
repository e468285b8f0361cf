package command

import (
	"crypto/md5" //nolint:gosec // PDM's choice, for a name
	"encoding/base64"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

// A pdmProject is what PDM reads of a pyproject.toml, for run.
type pdmProject struct {
	Tool struct {
		PDM struct{ Scripts map[string]any }
	}
}

// pdm is pdm run: the Python that PDM has noted, the environment that is active, or that of the
// project (pdm/project/core.py, resolve_interpreter).
func pdm(w *Way, args []string) error {
	const takes options = "q v vv n quiet verbose non-interactive I ignore-python"
	given, rest, strange := takes.parse(args)
	if strange == "" && (len(rest) == 0 || rest[0] != "run") {
		strange = strings.Join(rest, " ")
	}
	if strange != "" || has(given, "I", "ignore-python") {
		return w.strange("pdm", either(strange, "--ignore-python"))
	}
	more, argv, strange := (takes + " p: project= venv= env= env-file= working-dir=").parse(rest[1:])
	if given = append(given, more...); strange != "" || len(argv) == 0 {
		return w.strange("pdm run", strange)
	}
	start := w.Host
	if dir := either(last(given, "p", "project"), w.Host.Getenv("PDM_PROJECT")); dir != "" {
		start = start.In(dir)
	}
	top := start.Above("pyproject.toml")
	if top == "" || strings.HasSuffix(argv[0], ".py") {
		return w.strange("pdm run", either(argv[0], "no project"))
	}
	var project pdmProject
	_ = toml.Unmarshal(w.Host.Small(top, "pyproject.toml"), &project)
	if scripts := project.Tool.PDM.Scripts; scripts[argv[0]] != nil || scripts["_"] != nil || has(given, "env") || w.Host.Exists(top, "__pypackages__") {
		return w.strange("pdm run", argv[0]+", with the scripts, the variables or the __pypackages__ of "+top)
	}
	if file := last(given, "env-file"); file != "" {
		if err := w.envFile("pdm run", file); err != nil {
			return err
		}
	}
	dir, evidence := pdmEnv(w.Host, top, last(given, "venv"))
	if dir == "" {
		return &chain.UnknownError{What: "PDM has no environment for " + top + ", or more than one", Pass: w.pass("pdm")}
	}
	if in := last(given, "working-dir"); in != "" {
		w.Host = w.Host.In(in)
	}
	return w.enter("pdm run", dir, evidence, argv)
}

func pdmEnv(h *host.Host, top, venv string) (dir, evidence string) {
	sum := md5.Sum([]byte(filepath.ToSlash(top))) //nolint:gosec // PDM's choice, for a name
	part := filepath.Base(top) + "-" + base64.URLEncoding.EncodeToString(sum[:])[:8] + "-"
	central := filepath.Join(dataOf(h, "pdm"), "venvs")
	saved := filepath.Join(top, ".pdm-python")
	python := either(h.Getenv("PDM_PYTHON"), strings.TrimSpace(string(h.Small(saved))))
	active := either(h.Getenv("VIRTUAL_ENV"), h.Getenv("CONDA_PREFIX"))
	switch {
	case venv != "" && venv != "in-project":
		return filepath.Join(central, part+venv), "--venv " + venv
	case venv == "" && python != "" && !yes(h.Getenv("PDM_IGNORE_SAVED_PYTHON")):
		if prefix := filepath.Dir(filepath.Dir(h.Abs(python))); h.Exists(prefix, "pyvenv.cfg") {
			return prefix, saved
		}
		return "", ""
	case venv == "" && active != "" && h.Getenv("CONDA_DEFAULT_ENV") != "base" && !yes(h.Getenv("PDM_IGNORE_ACTIVE_VENV")):
		return h.Abs(active), "VIRTUAL_ENV"
	}
	for _, name := range []string{".venv", "venv", "env"} {
		if h.Exists(top, name, "pyvenv.cfg") {
			return filepath.Join(top, name), filepath.Join(top, "pyproject.toml")
		}
	}
	if all := withPart(h, central, part); len(all) == 1 {
		return filepath.Join(central, all[0]), "the hash of " + top
	}
	return "", ""
}
