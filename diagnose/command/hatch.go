package command

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/host"
)

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

// A hatchConfig is what Hatch's settings say of folders.
type hatchConfig struct {
	Dirs struct {
		Data string
		Env  map[string]string
	}
}

func hatchSettings(h *host.Host) (c hatchConfig) {
	_ = toml.Unmarshal(h.Small(either(h.Getenv("HATCH_CONFIG"), filepath.Join(configOf(h, "hatch"), "config.toml"))), &c)
	return c
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
	settings := hatchSettings(h)
	odd := ""
	switch {
	case env.Type != "" && env.Type != "virtual":
		odd = "type " + env.Type
	case env.Matrix != nil:
		odd = "a matrix"
	case env.Scripts[program] != nil || envs["default"].Scripts[program] != nil:
		odd = "a script named " + program
	case settings.Dirs.Env["virtual"] != "":
		odd = "a folder of its own, " + settings.Dirs.Env["virtual"]
	}
	if odd != "" {
		return "", "", w.strange("hatch run", name+", which has "+odd)
	}
	if p := either(h.Getenv("HATCH_ENV_TYPE_VIRTUAL_PATH"), env.Path); p != "" {
		return h.In(top).Abs(p), evidence, nil
	}
	venv, hash := name, pathHash(h.Real(top))
	if project.Project != nil && name == "default" {
		venv = normal(project.Project.Name)
	}
	all := filepath.Join(either(data, h.Getenv("HATCH_DATA_DIR"), settings.Dirs.Data, dataOf(h, "hatch")), "env", "virtual")
	if project.Project == nil { // it is named by the hash
		if venv == "default" {
			venv = hash + "-unmanaged"
		}
		return filepath.Join(all, hash+"-unmanaged", hash, venv), "the hash of " + top, nil
	}
	return filepath.Join(all, normal(project.Project.Name), hash, venv), "the hash of " + top, nil
}

// normal is the name of a project as PEP 503 has it.
func normal(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' }), "-"))
}
