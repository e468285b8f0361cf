package fix

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// A keeper is a tool that keeps an environment as the files of a project say.
type keeper struct {
	update func(j *job) []shell.Command                    // where nothing but the lock file holds the version
	change func(j *job, p locks.Pin) (shell.Command, bool) // of one pin; false: it has no command for that place
	after  func(j *job) []shell.Command                    // what installs when all pins are changed; nil: change does
	lock   string                                          // how it is written anew by hand
}

var keepers = map[string]keeper{
	"uv":     {update: uvSync, change: uvAdd, lock: "uv lock"},
	"poetry": {update: poetryUpdate, change: poetryAdd, lock: "poetry lock"},
	"pdm":    {update: pdmUpdate, change: pdmAdd, lock: "pdm lock"},
	"pipenv": {update: pipenvUpgrade, change: pipenvChange, after: pipenvSync, lock: "pipenv lock"},
}

// project is the plan where a tool keeps the environment: pins are changed in the tool's words,
// and where it has none for that place, nothing is run.
func (j *job) project() []Fix {
	k, known := keepers[j.owner.Tool]
	switch {
	case j.owner.Tool == "hatch":
		return j.hatch()
	case !known || j.owner.Dir == "":
		return []Fix{{Text: fmt.Sprintf("%s keeps this environment for a project that is not this folder; in the project's folder, allow %s, and lock anew (%s)", strings.ToUpper(j.owner.Tool[:1])+j.owner.Tool[1:], j.requirement(), k.lock)}}
	}
	var commands []shell.Command
	var said, words []Fix
	for _, p := range j.pins {
		c, ok := k.change(j, p)
		f := Fix{File: p.File, Line: p.Line, Text: fmt.Sprintf("asks for %s; the next command changes it", p.Text)}
		if !ok {
			f.Text = fmt.Sprintf("pins %s: change it to %s, and lock anew (%s)", p.Text, j.requirement(), k.lock)
			words = append(words, f)
			continue
		}
		said, commands = append(said, f), append(commands, c)
	}
	if len(words) > 0 { // what no command changes, lets every command fail
		for i := range said {
			said[i].Text = strings.Replace(said[i].Text, "; the next command changes it", ": change it as well", 1)
		}
		return append(said, words...)
	}
	for _, p := range j.lock {
		said = append(said, Fix{File: p.File, Line: p.Line, Text: fmt.Sprintf("holds %s; the next command writes it anew", p.Text)})
	}
	switch {
	case len(commands) == 0:
		commands = k.update(j)
	case k.after != nil:
		commands = append(commands, k.after(j)...)
	}
	return append(said, Fix{Text: "install " + j.requirement(), Commands: commands})
}

// asked is what is asked for in the place of a pin: with its extras.
func (j *job) asked(p locks.Pin) string { return j.pkg + p.Extras + j.spec }

// uvSync keeps what else is installed: extras and groups that were asked for are not asked for here.
func uvSync(j *job) []shell.Command {
	return []shell.Command{{"uv", "sync", "--project", j.owner.Dir, "-P", j.requirement(), "--inexact"}}
}

// uvAdd changes a list of requirements: of the project or of a member of its workspace, in the
// group or the extra that it stands in. Constraints and overrides have no command.
func uvAdd(j *job, p locks.Pin) (shell.Command, bool) {
	c := shell.Command{"uv", "add", "--project", j.owner.Dir}
	if filepath.Base(p.File) != "pyproject.toml" || p.Marker != "" {
		return nil, false
	}
	if dir := filepath.Dir(j.e.Host.Abs(p.File)); dir != j.owner.Dir {
		if p.Project == "" {
			return nil, false
		}
		c = append(c, "--package", p.Project)
	}
	switch group, where, ok := inGroup(p.Table); {
	case p.Table == "project.dependencies":
	case where == "dependency-groups" && ok:
		c = append(c, "--group", group)
	case where == "project.optional-dependencies" && ok:
		c = append(c, "--optional", group)
	case p.Table == "tool.uv.dev-dependencies":
		c = append(c, "--dev")
	default:
		return nil, false
	}
	return append(c, j.asked(p)), true
}

// inGroup takes the name of a group off the end of a table.
func inGroup(table string) (group, where string, ok bool) {
	i := strings.LastIndex(table, ".")
	if i < 0 {
		return "", table, false
	}
	return table[i+1:], table[:i], true
}

// alone runs a tool that would take whatever environment is active, without that.
func (j *job) alone(argv ...string) shell.Command {
	if active := j.e.Host.Getenv("VIRTUAL_ENV"); active != "" && j.e.Host.Real(active) != j.e.Host.Real(j.e.Prefix) {
		return append(shell.Command{"env", "-u", "VIRTUAL_ENV"}, argv...)
	}
	return argv
}

func poetryUpdate(j *job) []shell.Command {
	return []shell.Command{j.alone("poetry", "-C", j.owner.Dir, "update", j.pkg)}
}

func poetryAdd(j *job, p locks.Pin) (shell.Command, bool) {
	if filepath.Base(p.File) != "pyproject.toml" || p.Marker != "" {
		return nil, false
	}
	c := j.alone("poetry", "-C", j.owner.Dir, "add")
	switch group, where, ok := inGroup(strings.TrimSuffix(p.Table, ".dependencies")); {
	case p.Table == "project.dependencies" || p.Table == "tool.poetry.dependencies":
	case ok && (where == "tool.poetry.group" || where == "dependency-groups"):
		c = append(c, "--group", group)
	case p.Table == "tool.poetry.dev-dependencies":
		c = append(c, "--group", "dev")
	default:
		return nil, false
	}
	return append(c, j.asked(p)), true
}

func pdmUpdate(j *job) []shell.Command {
	return []shell.Command{j.alone("pdm", "update", "-p", j.owner.Dir, j.pkg)}
}

func pdmAdd(j *job, p locks.Pin) (shell.Command, bool) {
	if filepath.Base(p.File) != "pyproject.toml" || p.Marker != "" {
		return nil, false
	}
	c := j.alone("pdm", "add", "-p", j.owner.Dir)
	switch group, where, ok := inGroup(p.Table); {
	case p.Table == "project.dependencies":
	case ok && (where == "dependency-groups" || where == "tool.pdm.dev-dependencies"):
		c = append(c, "-d", "-G", group)
	case ok && where == "project.optional-dependencies":
		c = append(c, "-G", group)
	default:
		return nil, false
	}
	return append(c, j.asked(p)), true
}

// ofPipenv is a command for a Pipfile that is somewhere else.
func (j *job) ofPipenv(argv ...string) shell.Command {
	c := shell.Command{"env", "PIPENV_PIPFILE=" + filepath.Join(j.owner.Dir, "Pipfile")}
	if active := j.e.Host.Getenv("VIRTUAL_ENV"); active != "" && j.e.Host.Real(active) != j.e.Host.Real(j.e.Prefix) {
		c = append(c, "PIPENV_IGNORE_VIRTUALENVS=1")
	}
	return append(c, argv...)
}

// category is how Pipenv's commands name a table of a Pipfile, or of its lock file.
func category(table string) []string {
	switch table {
	case "", "packages", "default":
		return nil
	case "dev-packages", "develop":
		return []string{"--dev"}
	}
	return []string{"--categories", table}
}

// categories are those of the places that hold the version, each once; the one that stands for
// none is left out.
func (j *job) categories() (all [][]string) {
	for _, p := range append(slices.Clone(j.pins), j.lock...) {
		c := category(p.Table)
		if c != nil && !slices.ContainsFunc(all, func(o []string) bool { return slices.Equal(o, c) }) {
			all = append(all, c)
		}
	}
	return all
}

func pipenvUpgrade(j *job) (commands []shell.Command) {
	all := j.categories()
	if len(all) == 0 || slices.ContainsFunc(j.lock, func(p locks.Pin) bool { return category(p.Table) == nil }) {
		all = append([][]string{nil}, all...)
	}
	for _, c := range all {
		commands = append(commands, j.ofPipenv(append(append([]string{"pipenv", "upgrade"}, c...), j.requirement())...))
	}
	return append(commands, pipenvSync(j)...)
}

// pipenvSync installs what is locked, with the categories that are meant.
func pipenvSync(j *job) []shell.Command {
	return []shell.Command{j.ofPipenv(slices.Concat(append([][]string{{"pipenv", "sync"}}, j.categories()...)...)...)}
}

func pipenvChange(j *job, p locks.Pin) (shell.Command, bool) {
	if filepath.Base(p.File) != "Pipfile" || p.Extras != "" {
		return nil, false
	}
	return j.ofPipenv(append(append([]string{"pipenv", "upgrade"}, category(p.Table)...), j.requirement())...), true
}

// hatch says what to put into the environment's own list, and installs for now: Hatch takes the
// environment as its list says.
func (j *job) hatch() []Fix {
	if len(j.pins) > 0 || j.owner.Dir == "" {
		steps := j.then(Fix{Text: fmt.Sprintf("put %s into the dependencies of this Hatch environment; Hatch installs it at the next run", j.requirement())})
		return steps
	}
	f := j.pip()
	f.Text = fmt.Sprintf("put %s into the dependencies of this Hatch environment (pyproject.toml), or for now", j.requirement())
	return j.then(f)
}

// members are the folders of the members of uv's workspace.
func members(h *host.Host, top string) (dirs []string) {
	var p struct {
		Tool struct {
			UV struct {
				Workspace struct{ Members []string }
			}
		}
	}
	data, err := h.Read(filepath.Join(top, "pyproject.toml"), host.MaxText)
	if err != nil || toml.Unmarshal(data, &p) != nil {
		return nil
	}
	for _, glob := range p.Tool.UV.Workspace.Members {
		dir, base := path.Split(strings.TrimSuffix(glob, "/"))
		entries, _ := h.Files.ReadDir(filepath.Join(top, filepath.FromSlash(dir)))
		for _, entry := range entries {
			if ok, _ := path.Match(base, entry.Name()); ok && h.Exists(top, dir, entry.Name(), "pyproject.toml") {
				dirs = append(dirs, filepath.Join(top, filepath.FromSlash(dir), entry.Name()))
			}
		}
	}
	return dirs
}
