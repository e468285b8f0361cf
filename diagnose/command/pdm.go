package command

import (
	"crypto/md5" //nolint:gosec // PDM's choice, for a name
	"encoding/base64"
	"path/filepath"
	"slices"
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
	const takes options = "q v vv n quiet verbose non-interactive I ignore-python p: project="
	given, rest, strange := takes.parse(args)
	if strange == "" && (len(rest) == 0 || rest[0] != "run") {
		strange = strings.Join(rest, " ")
	}
	if strange != "" || has(given, "I", "ignore-python") {
		return w.strange("pdm", either(strange, "--ignore-python"))
	}
	more, argv, strange := options(takes + " venv= env= env-file= working-dir=").parse(rest[1:])
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

// hatch is hatch run: an environment with a name, where Hatch keeps it (hatch/env/virtual.py).
func hatch(w *Way, args []string) error {
	const takes options = "q v e: env= no-color color interactive no-interactive data-dir= cache-dir= quiet verbose"
	given, rest, strange := takes.parse(args)
	if len(rest) > 1 && rest[0] == "env" && rest[1] == "run" {
		more, argv, odd := options("e: env=").parse(rest[2:])
		given, rest, strange = append(given, more...), append([]string{"run"}, argv...), either(strange, odd)
	}
	if strange != "" || len(rest) < 2 || rest[0] != "run" || strings.ContainsAny(rest[1][:1], "+-") || w.Host.Getenv("HATCH_PROJECT") != "" {
		return w.strange("hatch", either(strange, strings.Join(rest, " ")))
	}
	name, argv := either(last(given, "e", "env"), w.Host.Getenv("HATCH_ENV"), "default"), slices.Clone(rest[1:])
	if before, after, ok := strings.Cut(argv[0], ":"); ok {
		name, argv[0] = before, after
	}
	top := either(w.Host.Above("pyproject.toml"), w.Host.Above("setup.py"))
	if top == "" || name == "" || name == "system" || strings.HasSuffix(argv[0], ".py") {
		return w.strange("hatch run", either(name, "no project"))
	}
	dir, evidence, err := w.hatchEnv(top, name, argv[0], last(given, "data-dir"))
	if err != nil {
		return err
	}
	return w.enter("hatch run", dir, evidence, argv)
}

// A hatchEnv is what Hatch reads of an environment.
type hatchEnv struct {
	Path, Type, Template string
	Scripts, EnvVars     map[string]any
	Matrix               []any
}

func (w *Way) hatchEnv(top, name, program, data string) (dir, evidence string, err error) {
	h := w.Host
	var project struct {
		Project *struct{ Name string }
		Tool    struct {
			Hatch struct{ Envs map[string]hatchEnv }
		}
	}
	var own struct{ Envs map[string]hatchEnv }
	_ = toml.Unmarshal(h.Small(top, "pyproject.toml"), &project)
	_ = toml.Unmarshal(h.Small(top, "hatch.toml"), &own)
	envs, evidence := project.Tool.Hatch.Envs, filepath.Join(top, "pyproject.toml")
	if own.Envs != nil {
		envs, evidence = own.Envs, filepath.Join(top, "hatch.toml")
	}
	env := envs[name]
	settings := either(h.Getenv("HATCH_CONFIG"), filepath.Join(configOf(h, "hatch"), "config.toml"))
	odd := ""
	switch {
	case env.Type != "" && env.Type != "virtual":
		odd = "type " + env.Type
	case env.Matrix != nil:
		odd = "a matrix"
	case env.Scripts[program] != nil || envs["default"].Scripts[program] != nil:
		odd = "a script named " + program
	case strings.Contains(string(h.Small(settings)), "[dirs.env]"):
		odd = "[dirs.env] of " + settings
	}
	if odd != "" {
		return "", "", w.strange("hatch run", name+", which has "+odd)
	}
	if p := either(h.Getenv("HATCH_ENV_TYPE_VIRTUAL_PATH"), env.Path); p != "" {
		return h.In(top).Abs(p), evidence, nil
	}
	venv, real := name, h.Real(top)
	if project.Project != nil && name == "default" {
		venv = normal(project.Project.Name)
	}
	all := filepath.Join(either(data, h.Getenv("HATCH_DATA_DIR"), dataOf(h, "hatch")), "env", "virtual")
	if project.Project == nil { // it is named by the hash
		if venv == "default" {
			venv = pathHash(real) + "-unmanaged"
		}
		return filepath.Join(all, pathHash(real)+"-unmanaged", pathHash(real), venv), "the hash of " + top, nil
	}
	return filepath.Join(all, normal(project.Project.Name), pathHash(real), venv), "the hash of " + top, nil
}

// normal is the name of a project as PEP 503 has it.
func normal(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' }), "-"))
}
