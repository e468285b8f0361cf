// Package chain is what is known of the way from what is typed to the folders in which Python
// looks for packages: the links one by one, and how such a way may end before it.
package chain

import "fmt"

// A Stage is what kind of link it is.
type Stage string

// The stages, in the order in which they mostly come.
const (
	Wrapper     Stage = "wrapper"     // runs a command as it is: env, sudo, timeout, a shell
	Runner      Stage = "runner"      // runs a command in an environment that it chooses: uv run, poetry run
	Launcher    Stage = "launcher"    // is run, and starts Python: a script, a zipapp, a program of Windows
	Interpreter Stage = "interpreter" // is Python
	Paths       Stage = "paths"       // the folders in which that looks
)

// A Link is one step of the way, with what shows that it goes there.
type Link struct {
	Stage    Stage
	Name     string // "sudo", "uv run", "shebang"
	Leads    string // where it leads: a command, a file, a folder
	Evidence string // what says so: a file, a variable, or what is typed
}

// A GoneError is a script whose interpreter is not there any more, as after
// an upgrade of Homebrew's or pyenv's Python.
type GoneError struct {
	Script string // empty: only Python was asked for
	Python string
}

func (e *GoneError) Error() string {
	if e.Script == "" {
		return e.Python + " does not exist, or is a link that leads nowhere"
	}
	return fmt.Sprintf("%s is run by %s, which does not exist", e.Script, e.Python)
}

// An UnknownError is something that cannot be found out by reading, and what to pass instead.
type UnknownError struct{ What, Pass string }

func (e *UnknownError) Error() string { return e.What + "; " + e.Pass }

// A MissingError is a pyinfra that is not where it should be, and what to do about it.
type MissingError struct{ What, Pass string }

func (e *MissingError) Error() string { return e.What + "; " + e.Pass }

// PassPython is what to pass where nothing better is known.
const PassPython = "type: orbfilter doctor --python PATH, with the Python that pyinfra runs in"

// Unknown makes an UnknownError that ends with PassPython.
func Unknown(what string) error { return &UnknownError{what, PassPython} }
