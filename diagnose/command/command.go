// Package command follows what is typed to the program that it starts: through programs that
// run another one as it is (env, sudo, timeout, a shell), and through those that choose an
// environment for it (uv run, poetry run). Whatever it does not understand ends in an error that
// says what to pass instead. It reads files and variables, and runs nothing.
package command

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A Way is how far a command was followed.
type Way struct {
	Host  *host.Host // as the program sees it: its variables, its working folder
	Argv  []string   // the program and its arguments
	Links []chain.Link
	Env   string // the folder of the environment that a runner chose; empty: none did
	Lock  string // the lock file that the runner brings that environment to before it runs; may be empty
}

// maxLinks is longer than anybody's way.
const maxLinks = 20

// Follow follows a command to a program that is neither a wrapper nor a runner. The way is as
// long as it was understood, also with an error, which is one of package chain.
func Follow(h *host.Host, argv []string) (*Way, error) {
	w := &Way{Host: h, Argv: argv}
	for {
		if len(w.Links) > maxLinks {
			return w, chain.Unknown("this command goes through more than " + fmt.Sprint(maxLinks) + " others")
		}
		on, err := w.step()
		if err != nil || !on {
			return w, err
		}
	}
}

// Name is how a program is known, whatever its folder and its system.
func Name(program string) string {
	return strings.TrimSuffix(path.Base(filepath.ToSlash(program)), ".exe")
}

// step takes one word or program off the beginning; on is false when what is left is the program.
func (w *Way) step() (on bool, err error) {
	w.assign()
	if len(w.Argv) == 0 || w.Argv[0] == "" {
		return false, &chain.UnknownError{What: "there is no command behind --", Pass: "type: orbfilter doctor -- pyinfra"}
	}
	name := Name(w.Argv[0])
	if words[name] && name == w.Argv[0] {
		w.link(chain.Wrapper, name, "")
		w.Argv = w.Argv[1:]
		return true, nil
	}
	if where := elsewhere(name); where != "" {
		w.link(chain.Wrapper, name, where)
		return false, &chain.UnknownError{What: name + " " + where, Pass: w.pass(name)}
	}
	if r, ok := runners[name]; ok {
		return true, r(w, w.Argv[1:])
	}
	if s, ok := shells[name]; ok {
		return true, s.follow(w, name)
	}
	if wr, ok := wrappers[name]; ok {
		return true, wr.follow(w, name)
	}
	return false, nil
}

// words are those of a shell that stand in front of a command and change nothing about it.
var words = map[string]bool{"!": true, "exec": true, "command": true, "builtin": true, "noglob": true, "nocorrect": true, "then": true, "do": true, "else": true, "if": true, "{": true, "(": true}

var assignment = lazyregexp.New(`^[A-Za-z_]\w*=`)

// assign takes the variables off that are set in front of a command.
func (w *Way) assign() {
	vars := map[string]string{}
	for len(w.Argv) > 0 && assignment.MatchString(w.Argv[0]) {
		name, value, _ := strings.Cut(w.Argv[0], "=")
		vars[name] = value
		w.Argv = w.Argv[1:]
		w.link(chain.Wrapper, "variable", name+"="+value)
	}
	if len(vars) > 0 {
		w.Host = w.Host.With(vars)
	}
}

// link notes a step that is typed.
func (w *Way) link(s chain.Stage, name, leads string) {
	w.Links = append(w.Links, chain.Link{Stage: s, Name: name, Leads: leads, Evidence: "as typed"})
}

// note notes a step that a file or a variable says.
func (w *Way) note(s chain.Stage, name, leads, evidence string) {
	w.Links = append(w.Links, chain.Link{Stage: s, Name: name, Leads: leads, Evidence: evidence})
}

// strange is the error for an option or a form that is not understood here.
func (w *Way) strange(name, what string) error {
	return &chain.UnknownError{What: fmt.Sprintf("what %s does with %s is not known here", name, what), Pass: w.pass(name)}
}

// pass says what to pass in place of a command that a program runs in its own way: the Python
// that the program itself shows.
func (w *Way) pass(name string) string {
	name, _, _ = strings.Cut(name, " ") // "hatch run"
	if p := Nearby(w.Host, name, w.Argv); p != "" {
		return p
	}
	if p := instead[name]; p != "" {
		return p
	}
	return chain.PassPython
}

// activate puts the programs of an environment in front of all others, as runners do it.
func (w *Way) activate(runner, dir, evidence string) {
	w.Env = dir
	w.note(chain.Runner, runner, dir, evidence)
	bin := w.Host.Bin(dir)
	if old := w.Host.Getenv("PATH"); old != "" {
		bin += string(filepath.ListSeparator) + old
	}
	w.Host = w.Host.With(map[string]string{"PATH": bin, "VIRTUAL_ENV": dir, "PYTHONHOME": ""})
}

// Runs reports whether a program of this name runs another one, as far as is known.
func Runs(name string) bool {
	_, runner := runners[name]
	_, wrapper := wrappers[name]
	_, sh := shells[name]
	return runner || wrapper || sh || elsewhere(name) != ""
}
