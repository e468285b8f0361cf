// Package fix says which command installs something into an environment, in the words of what
// made it.
package fix

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Command returns the command that installs a requirement into the
// environment of a site-packages folder, as it is typed; see Args.
func Command(folder, requirement string) string { return fixCommand(folder, requirement, onDisk{}) }

func fixCommand(folder, requirement string, files lookedAt) string {
	if shell.Windows(folder) {
		return fixArgs(folder, requirement, files).ForWindows()
	}
	return fixArgs(folder, requirement, files).String()
}

// lookedAt are the files that an environment is known by.
type lookedAt interface {
	has(elem ...string) bool
	small(name string) []byte
	EvalSymlinks(name string) (string, error)
}

// onDisk are those of this machine.
type onDisk struct{}

func (onDisk) has(elem ...string) bool                  { _, err := os.Stat(filepath.Join(elem...)); return err == nil }
func (onDisk) small(name string) []byte                 { return host.ReadSmall(name) }
func (onDisk) EvalSymlinks(name string) (string, error) { return filepath.EvalSymlinks(name) }

// Unseen is Command for a folder that is not looked at, as if it were on another machine.
func Unseen(folder, requirement string) string { return fixCommand(folder, requirement, nowhere{}) }

// nowhere has no files: it stands for a file system that does not answer.
type nowhere struct{}

func (nowhere) has(...string) bool                  { return false }
func (nowhere) small(string) []byte                 { return nil }
func (nowhere) EvalSymlinks(string) (string, error) { return "", fs.ErrNotExist }

// Args returns the command that installs a requirement into the environment
// of a site-packages folder; an empty site stands for one that is not known.
// It is what the installer of the environment understands: uv and pipx make
// some that have no pip, and what a lock file says would come back.
func Args(folder, requirement string) shell.Command { return fixArgs(folder, requirement, onDisk{}) }

func fixArgs(folder, requirement string, files lookedAt) shell.Command {
	if site.Remote(folder) && !shell.Windows(folder) {
		files = nowhere{}
	}
	if !Shows(folder) {
		return pip("python", "-U", requirement)
	}
	if shell.Windows(folder) {
		return windowsCommand(folder, requirement, files)
	}
	e := environment{files: files, site: strings.TrimRight(folder, "/"), prefix: site.Prefix(folder), version: site.PythonOf(folder)}
	if m := userSite.FindStringSubmatch(folder); m != nil {
		python := "python" + m[1] + m[2]
		return pip(python, append(append([]string{"--user"}, override(python, files)...), "-U", requirement)...)
	}
	if e.prefix == folder { // of pip install --target
		return pip("python", "--target", folder, "-U", requirement)
	}
	return e.command(requirement)
}

func pip(python string, args ...string) shell.Command {
	return append(shell.Command{python, "-m", "pip", "install"}, args...)
}

// Shows reports whether a path can be shown and typed, as it is.
func Shows(folder string) bool {
	return folder != "" && strings.IndexFunc(folder, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// userSite is the folder of pip install --user, which belongs to a Python that
// is somewhere else.
var userSite = lazyregexp.New(`/\.local/lib/python(\d+\.\d+)/site-packages$|/Library/Python/(\d+\.\d+)/lib/python/site-packages$`)

// An environment is where packages are installed.
type environment struct {
	files        lookedAt
	site, prefix string
	version      string // as the folder is named by, "3.12"; may be empty
}

func (e *environment) command(req string) shell.Command {
	python, venv := e.python(), e.venv()
	project := filepath.Dir(e.prefix)
	switch {
	case strings.Contains(e.site, "/uv/archive-v0/") || strings.Contains(e.site, "/uv/environments-v2/"):
		return shell.Command{"uvx", "--with", req, "pyinfra"} // an environment for one run, in uv's cache
	case e.files.has(e.prefix, "pipx_metadata.json"):
		return shell.Command{"pipx", "runpip", filepath.Base(e.prefix), "install", "-U", req}
	case venv["uv"] && e.files.has(project, "uv.lock") && filepath.Base(e.prefix) == ".venv":
		return shell.Command{"uv", "sync", "--project", project, "-P", req}
	case len(venv) > 0 && !e.files.has(e.site, "pip") && venv["uv"]:
		return shell.Command{"uv", "pip", "install", "--python", python, "-U", req}
	case len(venv) > 0 && !e.files.has(e.site, "pip"):
		return shell.Command{"python" + e.version, "-m", "pip", "--python", python, "install", "-U", req}
	case len(venv) > 0:
		return pip(python, "-U", req)
	}
	return pip(python, append(override(python, e.files), "-U", req)...)
}

// venv returns the names of the settings of a virtual environment; it is empty
// when the environment is not one.
func (e *environment) venv() map[string]bool {
	names := map[string]bool{}
	for line := range strings.Lines(string(e.files.small(filepath.Join(e.prefix, "pyvenv.cfg")))) {
		if name, _, ok := strings.Cut(line, "="); ok {
			names[strings.TrimSpace(name)] = true
		}
	}
	return names
}

// shared are prefixes in which "python" is another Python, or none.
var shared = lazyregexp.New(`^(?:/usr(?:/local)?|/opt/homebrew|/opt/local|/home/linuxbrew/\.linuxbrew|/Library/Frameworks/.*)$`)

// python returns the program of the environment: the first name that is there,
// or if none is, the one that is most likely.
func (e *environment) python() string {
	names := []string{e.prefix + "/bin/python", e.prefix + "/bin/python" + e.version, e.prefix + "/bin/python3"}
	if shared.MatchString(e.prefix) {
		names = names[1:]
		if e.version == "" || e.version == "3" {
			names = names[1:]
		}
	}
	if e.prefix == "/usr/local" && strings.HasSuffix(e.site, "/dist-packages") { // Debian's pip installs there
		names = []string{"/usr/bin/python" + e.version, "/usr/bin/python3"}
	}
	for _, name := range names {
		if e.files.has(name) {
			return name
		}
	}
	return names[0]
}

// override returns the option without which pip does nothing in a Python that
// belongs to the operating system (PEP 668), or none.
func override(python string, files lookedAt) []string {
	if !strings.Contains(python, "/") {
		python = "/usr/bin/" + python
	}
	program, err := files.EvalSymlinks(python)
	if err != nil {
		return nil
	}
	lib := filepath.Join(filepath.Dir(filepath.Dir(program)), "lib", filepath.Base(program))
	if files.has(lib, "EXTERNALLY-MANAGED") {
		return []string{"--break-system-packages"}
	}
	return nil
}

// ownPython is where the installers of Python put it: the program is at the
// top, and not in Scripts as in a virtual environment.
var ownPython = lazyregexp.New(`(?i)[\\/](?:Python[\d.-]*|pythoncore-[^\\/]*|(?:ana|mini)conda3|miniforge3)$|[\\/]envs[\\/][^\\/]+$`)

func windowsCommand(folder, req string, files lookedAt) shell.Command {
	prefix := site.Prefix(folder)
	switch {
	case prefix == folder: // of pip install --user
		return pip("python", "-U", req)
	case ownPython.MatchString(prefix):
		return pip(prefix+`\python.exe`, "-U", req)
	case files.has(prefix, "pyvenv.cfg") && !files.has(folder, "pip"):
		return shell.Command{"uv", "pip", "install", "--python", prefix, "-U", req}
	}
	return pip(prefix+`\Scripts\python.exe`, "-U", req)
}
