package command

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A keep is where a program that chooses environments in its own way keeps them.
type keep struct {
	dirs   func(h *host.Host) []string // that have an environment in each folder
	prefix string                      // of their names; what is behind it is not the program's: "python-3.12" of direnv
	named  string                      // the options that name one: "e: env="
	option string                      // of the doctor, to look at one
	file   string                      // in it, that the option takes; empty: the folder
}

// keeps are those of which folders are known. What such a program would do is not followed; but where one of them is
// there and has pyinfra, it can be named.
var keeps = map[string]keep{
	"nox":        {dirs: aboveIn(".nox"), named: "s: e: session= sessions=", option: "--venv"},
	"tox":        {dirs: aboveIn(".tox"), named: "e:", option: "--venv"},
	"pixi":       {dirs: aboveIn(".pixi/envs"), named: "e: environment=", option: "--venv"},
	"rye":        {dirs: aboveIn(""), prefix: ".venv", option: "--venv"},
	"direnv":     {dirs: aboveIn(".direnv"), prefix: "python-", option: "--venv"},
	"conda":      {dirs: condaDirs, named: "n: name= p: prefix=", option: "--venv"},
	"mamba":      {dirs: condaDirs, named: "n: name= p: prefix=", option: "--venv"},
	"micromamba": {dirs: condaDirs, named: "n: name= p: prefix=", option: "--venv"},
	"mise":       {dirs: installs("MISE_DATA_DIR", ".local/share/mise"), option: "--pyinfra", file: "bin/pyinfra"},
	"rtx":        {dirs: installs("MISE_DATA_DIR", ".local/share/mise"), option: "--pyinfra", file: "bin/pyinfra"},
	"asdf":       {dirs: installs("ASDF_DATA_DIR", ".asdf"), option: "--pyinfra", file: "bin/pyinfra"},
}

// aboveIn is a folder here or above.
func aboveIn(name string) func(h *host.Host) []string {
	return func(h *host.Host) []string {
		top := h.Above(either(name, ".venv"))
		if top == "" {
			return nil
		}
		return []string{filepath.Join(top, filepath.FromSlash(name))}
	}
}

// installs are the folders of a tool in all its versions.
func installs(variable, home string) func(h *host.Host) []string {
	return func(h *host.Host) (dirs []string) {
		top := filepath.Join(either(h.Getenv(variable), filepath.Join(h.Home, filepath.FromSlash(home))), "installs")
		entries, _ := h.Files.ReadDir(top)
		for _, entry := range entries {
			dirs = append(dirs, filepath.Join(top, entry.Name()))
		}
		return dirs
	}
}

// condaDirs are those that hold the environments which conda has noted.
func condaDirs(h *host.Host) (dirs []string) {
	for line := range strings.Lines(string(h.Small(h.Home, ".conda", "environments.txt"))) {
		if dir := filepath.Dir(strings.TrimSpace(line)); filepath.IsAbs(dir) && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// maxNamed is how many are named.
const maxNamed = 3

// Nearby says what to type in place of a program's command, where what it keeps is there and has pyinfra in it; "":
// nothing is.
func Nearby(h *host.Host, name string, args []string) string {
	k, ok := keeps[name]
	if !ok {
		return ""
	}
	wants := k.wants(args)
	var all []string
	for _, dir := range k.dirs(h) {
		entries, _ := h.Files.ReadDir(dir)
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		for _, entry := range entries {
			env := filepath.Join(dir, entry.Name())
			script := h.Look("pyinfra", []string{h.Bin(env)})
			if script == "" || !strings.HasPrefix(entry.Name(), k.prefix) || len(wants) > 0 && !slices.ContainsFunc(wants, func(w string) bool { return isNamed(entry.Name(), w) || h.Abs(w) == env }) {
				continue
			}
			if k.file != "" {
				env = script
			}
			if at := h.Real(env); !slices.ContainsFunc(all, func(o string) bool { return h.Real(o) == at }) { // mise links "latest"
				all = append(all, env)
			}
		}
	}
	if len(all) == 0 || len(all) > maxNamed {
		return ""
	}
	for i, env := range all {
		all[i] = "orbfilter doctor " + k.option + " " + shell.Quote(env)
	}
	return "type: " + strings.Join(all, "; or: ")
}

// wants are the names that options give, wherever they stand.
func (k keep) wants(args []string) (names []string) {
	takes := options(k.named)
	for i, word := range args {
		if word == "--" {
			return names
		}
		for o := range strings.FieldsSeq(string(takes)) {
			bare := strings.TrimRight(o, ":=")
			dashes := map[bool]string{true: "--", false: "-"}[len(bare) > 1] + bare
			switch {
			case word == dashes && i+1 < len(args):
				names = append(names, strings.Split(args[i+1], ",")...)
			case strings.HasPrefix(word, dashes+"="):
				names = append(names, strings.Split(word[len(dashes)+1:], ",")...)
			}
		}
	}
	return names
}

// isNamed compares the name of a folder with that of what is kept in it: nox writes deploy(x=1) and deploy-3.12 with
// dashes.
func isNamed(folder, name string) bool {
	plain := func(s string) string {
		return strings.Trim(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
				return r
			}
			return '-'
		}, s), "-")
	}
	return plain(folder) == plain(name)
}
