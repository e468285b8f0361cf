package command

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

// keptBySudo are variables that env_reset leaves alone, of those that matter here.
var keptBySudo = []string{"PATH", "TERM", "LANG", "LC_ALL", "LC_CTYPE"}

// deletedBySudo are variables that sudo takes away also where it keeps all others (sudo -V, as root), of
// those that matter here.
var deletedBySudo = []string{"PYTHONHOME", "PYTHONPATH", "PYTHONINSPECT", "PYTHONUSERBASE", "BASH_ENV", "ENV", "ZDOTDIR"}

// minded are variables of which it matters whether a command has them.
var minded = []string{"PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONSAFEPATH", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE", "VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION", "PYENV_ROOT", "UV_TOOL_DIR", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON"}

// sudo runs a command as somebody else, with few variables, and with the PATH that its settings
// name. A shell, a login and another root take ways that cannot be read.
func sudo(w *Way, name string, given []option) error {
	for _, o := range given {
		switch o.name {
		case "i", "login", "s", "shell", "e", "edit", "l", "list", "v", "validate", "V", "R", "chroot", "h", "host", "U", "other-user", "K", "remove-timestamp", "c", "login-class":
			return w.strange(name, "-"+o.name)
		}
	}
	before, set := w.Host, readSudoers(w.Host)
	if err := w.variables(name, given, set); err != nil {
		return err
	}
	home, err := homeOf(before, last(given, "u", "user"))
	if err != nil {
		return err
	}
	if has(given, "H", "set-home") || set.setHome || !set.keeps("HOME", given) {
		w.Host = w.Host.With(map[string]string{"HOME": home})
	}
	if dir := last(given, "D", "chdir"); dir != "" {
		w.Host = w.Host.In(dir)
	}
	w.assign() // sudo NAME=VALUE COMMAND
	return w.securePath(name, set)
}

// variables takes the variables away that sudo does not keep.
func (w *Way) variables(name string, given []option, set *sudoers) error {
	for _, v := range minded {
		if value := w.Host.Getenv(v); value != "" && set.unsure != "" && !slices.Contains(preserved(given), v) {
			return &chain.UnknownError{What: "whether " + name + " keeps " + v + " (" + value + ") is not known: " + set.unsure, Pass: "put env -u " + v + " in front of the command, or write " + v + "=… behind " + name}
		}
	}
	if set.keepsAll(given) {
		w.Host = w.Host.Without(slices.DeleteFunc(slices.Clone(deletedBySudo), func(v string) bool { return slices.Contains(preserved(given), v) })...)
		return nil
	}
	w.Host = w.Host.Bare(slices.Concat(preserved(given), keptBySudo, set.keep)...)
	return nil
}

// preserved are the variables that --preserve-env=A,B names.
func preserved(given []option) (names []string) {
	for _, o := range given {
		if o.name == "preserve-env" && o.value != "" {
			names = append(names, strings.Split(o.value, ",")...)
		}
	}
	return names
}

// keepsAll reports whether sudo leaves all variables alone but deletedBySudo.
func (s *sudoers) keepsAll(given []option) bool {
	return s.all || slices.ContainsFunc(given, func(o option) bool { return o.name == "E" || o.name == "preserve-env" && o.value == "" })
}

func (s *sudoers) keeps(variable string, given []option) bool {
	return s.keepsAll(given) || slices.Contains(s.keep, variable) || slices.Contains(preserved(given), variable)
}

// securePath puts the PATH of the settings in the place of the caller's. A command with a folder
// in its name does not need it.
func (w *Way) securePath(name string, set *sudoers) error {
	switch {
	case len(w.Argv) == 0:
		return w.strange(name, "nothing to run")
	case set.unsure != "" && !strings.Contains(w.Argv[0], "/"):
		return &chain.UnknownError{What: "in which PATH " + name + " looks for " + w.Argv[0] + " is not known: " + set.unsure, Pass: "type the path of the program, or " + chain.PassPython}
	case set.path != "":
		w.Host = w.Host.With(map[string]string{"PATH": set.path})
		w.note(chain.Wrapper, name, "PATH="+set.path, set.pathFrom+", secure_path")
	}
	return nil
}

// homeOf is the home folder of a user, by name or #id; root's where none is named.
func homeOf(h *host.Host, user string) (string, error) {
	if user == "" {
		user = "root"
	}
	for line := range strings.Lines(string(h.Small("/etc/passwd"))) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) > 5 && (fields[0] == user || "#"+fields[2] == user) {
			return fields[5], nil
		}
	}
	if user == "root" {
		return map[string]string{"darwin": "/var/root"}[h.GOOS], nil
	}
	return "", chain.Unknown("the home folder of " + user + " is not known here, which Python looks into")
}

// doas runs a command as somebody else, with few variables; which PATH it takes depends on its rules.
func doas(w *Way, name string, given []option) error {
	if has(given, "C", "s", "L") {
		return w.strange(name, "-C, -L or -s")
	}
	home, err := homeOf(w.Host, last(given, "u"))
	if err != nil {
		return err
	}
	for _, v := range minded {
		if value := w.Host.Getenv(v); value != "" {
			return &chain.UnknownError{What: "whether doas keeps " + v + " (" + value + ") depends on its rules", Pass: "put env -u " + v + " in front of the command"}
		}
	}
	w.Host = w.Host.Bare(keptBySudo...).With(map[string]string{"HOME": home})
	if len(w.Argv) > 0 && !strings.Contains(w.Argv[0], "/") {
		return &chain.UnknownError{What: "in which PATH doas looks for " + w.Argv[0] + " depends on its rules", Pass: "type the path of the program, or " + chain.PassPython}
	}
	return nil
}

// stepDown is gosu USER COMMAND and su-exec USER COMMAND, which change the home folder and nothing else.
func stepDown(w *Way, args []string) error {
	name := Name(w.Argv[0])
	if len(args) < 2 {
		return w.strange(name, "nothing to run")
	}
	user, _, _ := strings.Cut(args[0], ":")
	home, err := homeOf(w.Host, user)
	if err != nil {
		return err
	}
	w.link(chain.Wrapper, name, "as "+args[0])
	w.Host, w.Argv = w.Host.With(map[string]string{"HOME": home}), args[1:]
	return nil
}
